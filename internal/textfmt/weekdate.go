package textfmt

import (
	"fmt"
	"time"
)

// Names that only patterns know, in English as all of them.
var (
	eras         = [3][]string{{"BC", "AD"}, {"Before Christ", "Anno Domini"}, {"B", "A"}} // short, full, narrow
	quarters     = []string{"Q1", "Q2", "Q3", "Q4"}
	longQuarters = []string{"1st quarter", "2nd quarter", "3rd quarter", "4th quarter"}
)

// dayPeriod is a part of the day, in minutes from midnight. It ends before to, and goes over midnight when that is
// less than from; midnight and noon are one moment.
type dayPeriod struct {
	name, narrow string
	from, to     int
}

var dayPeriods = []dayPeriod{
	{"midnight", "mi", 0, 0}, {"noon", "n", 720, 720}, {"in the morning", "in the morning", 360, 720},
	{"in the afternoon", "in the afternoon", 720, 1080}, {"in the evening", "in the evening", 1080, 1260},
	{"at night", "at night", 1260, 360},
}

func (p *dayPeriod) includes(minute int) bool {
	switch {
	case p.from == p.to:
		return minute == p.from
	case p.from < p.to:
		return p.from <= minute && minute < p.to
	}
	return p.from <= minute || minute < p.to
}

func (p *dayPeriod) middle() int {
	to := p.to
	if to < p.from {
		to += 24 * 60
	}
	return (p.from + to) / 2 % (24 * 60)
}

func dayPeriodNames(narrow bool) []string {
	names := make([]string, len(dayPeriods))
	for i, p := range dayPeriods {
		names[i] = p.name
		if narrow {
			names[i] = p.narrow
		}
	}
	return names
}

func dayOf(y, m, d int) time.Time { return time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC) }

// firstWeek is the Sunday on which the first week of a month starts. Weeks are those of Java's English locale, which
// LogScale reads patterns in, and not those of ISO 8601: they start on Sunday, and the first week of a month or a year
// is the one that its first day lies in.
func firstWeek(y, m int) time.Time {
	t := dayOf(y, m, 1)
	return t.AddDate(0, 0, -int(t.Weekday()))
}

// weeksBetween counts whole weeks.
func weeksBetween(from, to time.Time) int { return int(to.Sub(from)/(24*time.Hour)) / 7 }

// weekOf gives the week of a day, and the year which that week is the first, second, ... of.
func weekOf(t time.Time) (year, week int) {
	year = t.Year()
	if !t.Before(firstWeek(year+1, 1)) {
		year++
	}
	return year, weeksBetween(firstWeek(year, 1), t) + 1
}

// year gives the year that was read. A date by weeks has one of its own.
func (r *textReader) year() (y int, known bool, err error) {
	y, known = r.get('y')
	if _, ok := r.get('w'); ok && !known {
		y, known = r.get('Y')
	}
	era, ok := r.get('G')
	if !ok || !known {
		return y, known, nil
	}
	if _, signed := r.get('u'); signed {
		if (era == 1) != (y > 0) {
			return 0, false, fmt.Errorf("the year and the era in %q differ", r.s)
		}
		return y, true, nil
	}
	if y == 0 {
		return 0, false, fmt.Errorf("the eras have no year 0, as %q has it", r.s)
	}
	if era == 0 {
		y = 1 - y
	}
	return y, true, nil
}

// weekDate gives the date of a text that counts weeks instead of days; false when it does not. A week without a day is
// its first day. The fifth Friday of a month that has four is the one behind them, and the 53rd week of a year that has
// 52 is its last, as in Java.
func (r *textReader) weekDate(y int) (time.Time, bool) {
	if _, ok := r.get('d'); ok {
		return time.Time{}, false
	}
	weekday, hasWeekday := r.get('E')
	month, hasMonth := r.get('M')
	if week, ok := r.get('W'); ok && hasMonth {
		return firstWeek(y, month).AddDate(0, 0, (week-1)*7+weekday), true
	}
	if nth, ok := r.get('F'); ok && hasMonth && hasWeekday {
		t := dayOf(y, month, 1+(nth-1)*7)
		return t.AddDate(0, 0, (weekday-int(t.Weekday())+7)%7), true
	}
	year, hasYear := r.get('Y')
	if week, ok := r.get('w'); ok && hasYear {
		first := firstWeek(year, 1)
		week = min(week, weeksBetween(first, firstWeek(year+1, 1)))
		return first.AddDate(0, 0, (week-1)*7+weekday), true
	}
	return time.Time{}, false
}

// agree refuses a date that something else in the text contradicts.
func (r *textReader) agree(y, m, d int) error {
	t := dayOf(y, m, d)
	if weekday, ok := r.get('E'); ok && int(t.Weekday()) != weekday {
		return fmt.Errorf("the date in %q is not on a %s", r.s, English.Days[weekday])
	}
	_, counted := r.get('d')
	if !counted {
		_, counted = r.get('D')
	}
	_, ofMonth := r.get('W')
	if !ofMonth {
		_, ofMonth = r.get('F')
	}
	year, week := weekOf(t)
	for _, x := range []struct {
		letter  byte
		is      int
		what    string
		byWeeks bool // the date may have been made of it
	}{
		{'M', m, "month", ofMonth}, {'Q', (m + 2) / 3, "quarter", false}, {'Y', year, "the weeks of", true}, {'w', week, "week", true},
		{'W', weeksBetween(firstWeek(y, m), t) + 1, "week of the month", true}, {'F', (d + 6) / 7, "seven days of the month, number", true},
	} {
		if v, ok := r.get(x.letter); ok && v != x.is && (counted || !x.byWeeks) {
			return fmt.Errorf("the date in %q is not in %s %d", r.s, x.what, v)
		}
	}
	return nil
}
