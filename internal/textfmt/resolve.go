package textfmt

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// resolve makes a time of what was found. What is missing of the time of day is zero; without a month or a day the
// date is the first of its year or month.
func (r *textReader) resolve(loc *time.Location, now time.Time) (time.Time, error) {
	clock, err := r.clock()
	if err != nil {
		return time.Time{}, err
	}
	at := func(y, m, d int) time.Time {
		return localTime(y, m, d, int(clock/time.Hour), int(clock/time.Minute%60), int(clock/time.Second%60), int(clock%time.Second), loc)
	}
	y, hasYear := r.get('y')
	if !hasYear {
		// Go back to a year that has the day, for the sake of 29 February.
		latest := now.In(loc).Add(8 * 24 * time.Hour)
		first := now.In(loc).Year()
		for y = first; y > first-10; y-- {
			m, d, err := r.date(y, true)
			if err != nil {
				continue
			}
			if t := at(y, m, d); !t.After(latest) {
				return t, nil
			}
		}
		return time.Time{}, fmt.Errorf("%q is not a date", r.s)
	}
	m, d, err := r.date(y, false)
	if err != nil {
		return time.Time{}, err
	}
	if weekday, ok := r.get('E'); ok && int(time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC).Weekday()) != weekday {
		return time.Time{}, fmt.Errorf("the date in %q is not on a %s", r.s, English.Days[weekday])
	}
	t := at(y, m, d)
	if !InRange(t.UnixMilli()) {
		return time.Time{}, fmt.Errorf("%q is too far from the present", r.s)
	}
	return t, nil
}

// date gives the month and the day in a year. A day that the month lacks is its last one, or an error when strict.
func (r *textReader) date(y int, strict bool) (m, d int, err error) {
	m, d = 1, 1
	if v, ok := r.get('D'); ok {
		t := time.Date(y, 1, v, 0, 0, 0, 0, time.UTC)
		if t.Year() != y {
			return 0, 0, fmt.Errorf("the year in %q has no day %d", r.s, v)
		}
		return int(t.Month()), t.Day(), nil
	}
	if v, ok := r.get('M'); ok {
		m = v
	}
	if v, ok := r.get('d'); ok {
		d = v
	}
	if last := time.Date(y, time.Month(m)+1, 0, 0, 0, 0, 0, time.UTC).Day(); d > last {
		if strict {
			return 0, 0, fmt.Errorf("the month in %q has no day %d", r.s, d)
		}
		d = last
	}
	return m, d, nil
}

// clock gives the time of day. It is a whole day for the hour 24.
func (r *textReader) clock() (time.Duration, error) {
	if n, ok := r.get('N'); ok {
		return time.Duration(n), nil
	}
	if n, ok := r.get('A'); ok {
		return time.Duration(n) * time.Millisecond, nil
	}
	hour, ok := r.get('H')
	if !ok {
		if hour, ok = r.get('k'); ok {
			hour %= 24
		} else {
			if hour, ok = r.get('K'); !ok {
				hour, _ = r.get('h')
				hour %= 12
			}
			half, _ := r.get('a')
			hour += 12 * half
		}
	}
	minute, _ := r.get('m')
	second, _ := r.get('s')
	nano, ok := r.get('n')
	if !ok {
		nano, _ = r.get('S')
	}
	d := time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute + time.Duration(second)*time.Second + time.Duration(nano)
	if d > 24*time.Hour {
		return 0, fmt.Errorf("the hour in %q is above 23", r.s)
	}
	return d, nil
}

// epoch is a format that counts from 1970.
type epoch struct {
	name     string
	unit     time.Duration
	fraction bool
}

var epochs = map[string]*epoch{}

func init() {
	for _, e := range []epoch{
		{"seconds", time.Second, true}, {"unixtime", time.Second, true}, {"unixtimeseconds", time.Second, true},
		{"millis", time.Millisecond, false}, {"milliseconds", time.Millisecond, false}, {"unixtimemillis", time.Millisecond, false},
		{"nanos", time.Nanosecond, false},
	} {
		epochs[e.name] = &e
	}
}

// parse gives a time in the zone Z.
func (e *epoch) parse(s string) (time.Time, error) {
	whole, frac, point := strings.Cut(s, ".")
	n, err := strconv.ParseInt(whole, 10, 64)
	if err != nil || point && (!e.fraction || frac == "" || strings.Trim(frac, "0123456789") != "") {
		return time.Time{}, fmt.Errorf("%q is not a number of %s", s, e.name)
	}
	perSecond := int64(time.Second / e.unit)
	second, rest := n/perSecond, n%perSecond
	if second > math.MaxInt32*1000 || second < math.MinInt32*1000 {
		return time.Time{}, fmt.Errorf("%q is too far from the present", s)
	}
	nano := rest * int64(e.unit)
	if frac != "" {
		f, _ := strconv.ParseInt((frac + "000000000")[:9], 10, 64)
		if strings.HasPrefix(whole, "-") {
			f = -f
		}
		nano += f
	}
	t := time.Unix(second, nano).In(zulu)
	if !InRange(t.UnixMilli()) {
		return time.Time{}, fmt.Errorf("%q is too far from the present", s)
	}
	return t, nil
}
