package reltime

import (
	"fmt"
	"time"
)

// maxCalendar bounds calendar arithmetic to what surely does not overflow.
const maxCalendar = 10_000 * 366

// shift moves t by n units, forwards or backwards.
func shift(t time.Time, sign, n int64, u *unit, calendar bool) (time.Time, error) {
	if !calendar || u.days == 0 && u.months == 0 {
		d, err := times(n, u)
		return t.Add(time.Duration(sign) * d), err
	}
	if n > maxCalendar {
		return t, fmt.Errorf("%d%s is longer than the calendar", n, u.names[0])
	}
	n *= sign
	if u.days != 0 {
		return t.AddDate(0, 0, int(n)*u.days), nil
	}
	return addMonths(t, int(n)*u.months), nil
}

// addMonths keeps the day of the month where the other month has it, and takes its last day where it is shorter;
// time.AddDate would go on into the month after it.
func addMonths(t time.Time, n int) time.Time {
	y, m, d := t.Date()
	last := time.Date(y, m+time.Month(n)+1, 0, 0, 0, 0, 0, time.UTC)
	d = min(d, last.Day())
	h, mi, s := t.Clock()
	return time.Date(last.Year(), last.Month(), d, h, mi, s, t.Nanosecond(), t.Location())
}

// floor rounds down on the local clock, which matters for hours in zones that are not whole hours from UTC.
func floor(unit time.Duration) func(time.Time) time.Time {
	return func(t time.Time) time.Time {
		_, offset := t.Zone()
		into := time.Duration(t.Nanosecond())
		if unit > time.Second {
			seconds := (t.Unix() + int64(offset)) % int64(unit/time.Second)
			if seconds < 0 {
				seconds += int64(unit / time.Second)
			}
			into += time.Duration(seconds) * time.Second
		} else {
			into %= unit
		}
		return t.Add(-into)
	}
}

func startOfDay(t time.Time) time.Time { return dayStart(t.Year(), t.Month(), t.Day(), t.Location()) }

// dayStart is the first moment of a day. Where clocks are put forward at midnight the day starts later than 00:00, and
// where they are put back behind it 00:00 comes twice.
func dayStart(y int, m time.Month, d int, loc *time.Location) time.Time {
	want := time.Date(y, m, d, 12, 0, 0, 0, loc).Day()
	t := time.Date(y, m, d, 0, 0, 0, 0, loc)
	start, end := t.ZoneBounds()
	switch {
	case t.Day() != want && !end.IsZero():
		return end.In(loc)
	case start.IsZero():
		return t
	case t.Hour() != 0 || t.Minute() != 0:
		return start.In(loc)
	}
	_, before := start.Add(-1).In(loc).Zone()
	_, after := t.Zone()
	if first := t.Add(time.Duration(after-before) * time.Second); before > after && first.Before(start) && first.Day() == want {
		return first
	}
	return t
}

// startOfWeek is the Monday of the week.
func startOfWeek(t time.Time) time.Time {
	back := (int(t.Weekday()) + 6) % 7
	return dayStart(t.Year(), t.Month(), t.Day()-back, t.Location())
}

// startOfMonths is the start of the month, quarter or year: the blocks of n months that a year divides into.
func startOfMonths(n int) func(time.Time) time.Time {
	return func(t time.Time) time.Time {
		m := (int(t.Month())-1)/n*n + 1
		return dayStart(t.Year(), time.Month(m), 1, t.Location())
	}
}
