// Package reltime reads the spellings of time that queries and command-line flags use: lengths of time such as "5m",
// and points in time such as "24h" (that long ago), "1d@d+12h" or "2024-01-02".
package reltime

import (
	"fmt"
	"math"
	"strings"
	"time"
)

// unit is a unit of time. Its length is what it stands for outside calendar arithmetic.
type unit struct {
	names  []string
	length time.Duration
	snap   func(t time.Time) time.Time // the start of the unit that t lies in
	months int                         // calendar months, for units that are not a number of days
	days   int                         // calendar days, likewise
}

const day = 24 * time.Hour

var units = []unit{
	{names: []string{"ms", "milli", "millis", "millisecond", "milliseconds"}, length: time.Millisecond, snap: floor(time.Millisecond)},
	{names: []string{"s", "sec", "secs", "second", "seconds"}, length: time.Second, snap: floor(time.Second)},
	{names: []string{"m", "min", "minute", "minutes"}, length: time.Minute, snap: floor(time.Minute)},
	{names: []string{"h", "hr", "hrs", "hour", "hours"}, length: time.Hour, snap: floor(time.Hour)},
	{names: []string{"d", "day", "days"}, length: day, snap: startOfDay, days: 1},
	{names: []string{"w", "week", "weeks"}, length: 7 * day, snap: startOfWeek, days: 7},
	{names: []string{"mon", "month", "months"}, length: 30 * day, snap: startOfMonths(1), months: 1},
	{names: []string{"q", "qtr", "qtrs", "quarter", "quarters"}, length: 90 * day, snap: startOfMonths(3), months: 3},
	{names: []string{"y", "yr", "yrs", "year", "years"}, length: 365 * day, snap: startOfMonths(12), months: 12},
}

var unitByName = func() map[string]*unit {
	m := map[string]*unit{}
	for i := range units {
		for _, n := range units[i].names {
			m[n] = &units[i]
		}
	}
	return m
}()

// ParseDuration reads a length of time: a whole number, at most one blank, and a unit ("5m", "1 hour"), or a whole
// number alone, which counts milliseconds. Days, weeks, months, quarters and years have 24 hours, 7, 30, 90 and 365
// days. Units are written in lower case, so that "5M" is not taken for minutes by one reader and months by another.
func ParseDuration(s string) (time.Duration, error) {
	n, u, rest, err := amount(strings.TrimSpace(s))
	if err != nil {
		return 0, err
	}
	if rest != "" {
		return 0, fmt.Errorf("%q follows the unit of the length of time", rest)
	}
	if u == nil {
		u = &units[0]
	}
	return times(n, u)
}

// times is the length of n units.
func times(n int64, u *unit) (time.Duration, error) {
	if n > math.MaxInt64/int64(u.length) {
		return 0, fmt.Errorf("%d%s is longer than 292 years", n, u.names[0])
	}
	return time.Duration(n) * u.length, nil
}

// amount cuts a number and its unit off s. The unit is nil when none stands there.
func amount(s string) (n int64, u *unit, rest string, err error) {
	digits := prefix(s, func(c byte) bool { return '0' <= c && c <= '9' })
	if digits == "" {
		if s == "" {
			return 0, nil, "", fmt.Errorf("a length of time such as 5m or 1h is missing")
		}
		return 0, nil, "", fmt.Errorf("%q is not a length of time: it starts with a whole number, as 5m and 1 hour do", s)
	}
	for i := range len(digits) {
		d := int64(digits[i] - '0')
		if n > (math.MaxInt64-d)/10 {
			return 0, nil, "", fmt.Errorf("the number %s is too large", digits)
		}
		n = n*10 + d
	}
	rest = s[len(digits):]
	name, u, err := unitName(strings.TrimPrefix(rest, " "))
	if err != nil {
		return 0, nil, "", err
	}
	if u == nil {
		return n, nil, rest, nil
	}
	return n, u, strings.TrimPrefix(rest, " ")[len(name):], nil
}

// unitName reads the unit at the start of s; nil when no letter stands there.
func unitName(s string) (string, *unit, error) {
	name := prefix(s, func(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' || c >= 0x80 })
	if name == "" {
		return "", nil, nil
	}
	u := unitByName[name]
	if u == nil {
		return "", nil, fmt.Errorf("%q is no unit of time: the units are ms, s, m, h, d, w, mon, q and y", name)
	}
	return name, u, nil
}

func prefix(s string, f func(c byte) bool) string {
	i := 0
	for i < len(s) && f(s[i]) {
		i++
	}
	return s[:i]
}
