package reltime

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// layouts are the dates that ParsePoint takes. Reading accepts a fraction behind the seconds.
var layouts = []string{
	"2006-01-02T15:04:05Z07:00",
	"2006-01-02T15:04:05Z0700",
	"2006-01-02T15:04Z07:00",
	"2006-01-02T15:04:05",
	"2006-01-02T15:04",
	"2006-01-02",
}

// ParsePoint reads a point in time:
//
//   - "now";
//   - a whole number: milliseconds since 1970-01-01 UTC;
//   - a length of time: that long before now;
//   - one of these anchored to a unit, with offsets: "1d@d+12h" is noon of yesterday, "now@w" is Monday of this week;
//   - any of the relative ones behind "calendar:", which makes days, weeks, months, quarters and years those of the
//     calendar: "calendar: 2months" is the same day two months ago, or the last day of that month when it is shorter;
//   - a date, or a date and a time, in ISO 8601: "2024-01-02", "2024-01-02T15:04:05.5+01:00".
//
// Units start, and dates without a zone are, in loc; nil means UTC.
func ParsePoint(s string, now time.Time, loc *time.Location) (time.Time, error) {
	if loc == nil {
		loc = time.UTC
	}
	text := strings.TrimSpace(s)
	if text == "" {
		return time.Time{}, fmt.Errorf("a point in time is missing")
	}
	if looksLikeDate(text) {
		return parseDate(text, loc)
	}
	if ms, err := strconv.ParseInt(text, 10, 64); err == nil {
		return checked(text, time.UnixMilli(ms).In(loc))
	}
	t, err := parseRelative(text, now.In(loc))
	if err != nil {
		return time.Time{}, fmt.Errorf("%q is not a point in time: %w", text, err)
	}
	return checked(text, t)
}

// checked refuses points outside the years that four digits can write.
func checked(s string, t time.Time) (time.Time, error) {
	if y := t.Year(); y < 0 || y > 9999 {
		return time.Time{}, fmt.Errorf("%q is not in the years 0 to 9999", s)
	}
	return t, nil
}

// looksLikeDate tells a date from a number and a length of time by the hyphen behind its year.
func looksLikeDate(s string) bool {
	return len(prefix(s, func(c byte) bool { return '0' <= c && c <= '9' })) == 4 && len(s) > 4 && s[4] == '-'
}

func parseDate(s string, loc *time.Location) (time.Time, error) {
	iso := s
	if len(s) > 10 && (s[10] == ' ' || s[10] == 't') {
		iso = s[:10] + "T" + s[11:]
	}
	if n := len(iso); n > 10 && iso[n-1] == 'z' {
		iso = iso[:n-1] + "Z"
	}
	for _, l := range layouts {
		if t, err := time.ParseInLocation(l, iso, loc); err == nil {
			return t, nil
		}
	}
	return time.Time{}, fmt.Errorf("%q is not a date such as 2024-01-02 or 2024-01-02T15:04:05Z", s)
}

// parseRelative reads [calendar:] base [@unit {+-N unit}].
func parseRelative(s string, now time.Time) (time.Time, error) {
	const mark = "calendar:"
	calendar := false
	if len(s) >= len(mark) && strings.EqualFold(s[:len(mark)], mark) {
		calendar = true
		s = strings.TrimLeft(s[len(mark):], " ")
	}
	t := now
	if len(s) >= 3 && strings.EqualFold(s[:3], "now") {
		s = s[3:]
	} else {
		n, u, rest, err := amount(s)
		if err != nil {
			return t, err
		}
		if u == nil {
			return t, fmt.Errorf("the unit of %d is missing", n)
		}
		if t, err = shift(t, -1, n, u, calendar); err != nil {
			return t, err
		}
		s = rest
	}
	if s == "" {
		return t, nil
	}
	if s[0] != '@' {
		return t, fmt.Errorf("%q stands where @ and a unit are expected", s)
	}
	name, u, err := unitName(s[1:])
	if err != nil {
		return t, err
	}
	if u == nil {
		return t, fmt.Errorf("the unit behind @ is missing")
	}
	t = u.snap(t)
	for s = s[1+len(name):]; s != ""; {
		sign := int64(1)
		switch s[0] {
		case '+':
		case '-':
			sign = -1
		default:
			return t, fmt.Errorf("%q stands where an offset such as +12h is expected", s)
		}
		n, u, rest, err := amount(s[1:])
		if err != nil {
			return t, err
		}
		if u == nil {
			return t, fmt.Errorf("the unit of the offset %d is missing", n)
		}
		if t, err = shift(t, sign, n, u, calendar); err != nil {
			return t, err
		}
		s = rest
	}
	return t, nil
}
