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
	y, hasYear, err := r.year()
	if err != nil {
		return time.Time{}, err
	}
	at := func(y, m, d int) time.Time {
		return localTime(y, m, d, int(clock/time.Hour), int(clock/time.Minute%60), int(clock/time.Second%60), int(clock%time.Second), loc)
	}
	if !hasYear {
		// Go back to a year that has the day, for the sake of 29 February.
		latest := now.In(loc).Add(8 * 24 * time.Hour)
		first := now.In(loc).Year()
		for y = first; y > first-10; y-- {
			y, m, d, err := r.date(y, true)
			if err != nil {
				continue
			}
			if t := at(y, m, d); !t.After(latest) {
				return t, nil
			}
		}
		return time.Time{}, fmt.Errorf("%q is not a date", r.s)
	}
	y, m, d, err := r.date(y, false)
	if err != nil {
		return time.Time{}, err
	}
	if err := r.agree(y, m, d); err != nil {
		return time.Time{}, err
	}
	t := at(y, m, d)
	if !InRange(t.UnixMilli()) {
		return time.Time{}, fmt.Errorf("%q is too far from the present", r.s)
	}
	return t, nil
}

// date gives the date in a year; a date by weeks may lie in the year before or after it. A day that the month lacks is
// its last one, or an error when strict.
func (r *textReader) date(year int, strict bool) (y, m, d int, err error) {
	m, d = 1, 1
	if v, ok := r.get('D'); ok {
		t := dayOf(year, 1, v)
		if t.Year() != year {
			return 0, 0, 0, fmt.Errorf("the year in %q has no day %d", r.s, v)
		}
		return year, int(t.Month()), t.Day(), nil
	}
	if t, ok := r.weekDate(year); ok {
		return t.Year(), int(t.Month()), t.Day(), nil
	}
	if v, ok := r.get('M'); ok {
		m = v
	} else if v, ok := r.get('Q'); ok {
		m = 3*v - 2
	}
	if v, ok := r.get('d'); ok {
		d = v
	}
	if last := dayOf(year, m+1, 0).Day(); d > last {
		if strict {
			return 0, 0, 0, fmt.Errorf("the month in %q has no day %d", r.s, d)
		}
		d = last
	}
	return year, m, d, nil
}

// clock gives the time of day. It is a whole day for the hour 24.
func (r *textReader) clock() (time.Duration, error) {
	if n, ok := r.long('N'); ok {
		return time.Duration(n), nil
	}
	if n, ok := r.long('A'); ok {
		return time.Duration(n) * time.Millisecond, nil
	}
	hour, minute, err := r.hour()
	if err != nil {
		return 0, err
	}
	second, _ := r.get('s')
	nano, ok := r.long('n')
	if !ok {
		nano, _ = r.long('S')
	}
	d := time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute + time.Duration(second)*time.Second + time.Duration(nano)
	if d > 24*time.Hour {
		return 0, fmt.Errorf("the hour in %q is above 23", r.s)
	}
	return d, nil
}

// hour gives the hour of the day and the minute.
func (r *textReader) hour() (hour, minute int, err error) {
	minute, _ = r.get('m')
	part, hasPart := r.get('B')
	hour, known := r.get('H')
	if !known {
		if hour, known = r.get('k'); known {
			hour %= 24
		}
	}
	if !known {
		var inHalf bool
		if hour, inHalf = r.get('K'); !inHalf {
			hour, inHalf = r.get('h')
			hour %= 12
		}
		var half int
		half, known = r.get('a')
		hour += 12 * half
		switch {
		case known || !hasPart:
		case !inHalf:
			middle := dayPeriods[part].middle()
			return middle / 60, middle % 60, nil
		case dayPeriods[part].includes((hour+12)*60 + minute):
			return hour + 12, minute, nil
		}
	}
	if known && hasPart && !dayPeriods[part].includes(hour%24*60+minute) {
		return 0, 0, fmt.Errorf("the time in %q is not %s", r.s, dayPeriods[part].name)
	}
	return hour, minute, nil
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
