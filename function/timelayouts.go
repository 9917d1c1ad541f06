package function

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"harrier/internal/textfmt"
)

const (
	timestampReach  = 128 // how many characters of a text a time may start in
	timestampLength = 128 // more than any time has
)

// timeLayout is a way to write a time. A layout further up in the list counts when two fit at the same place.
type timeLayout struct {
	re    *regexp.Regexp
	names []string
}

// The pieces of layouts. A regular expression only finds candidates; timeFields says whether they are times.
const (
	layoutMonth   = `(?P<month>\d\d|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)`
	layoutLetters = `(?P<month>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)`
	layoutDay     = `(?P<day>\d\d| ?\d)`
	layoutTime    = `(?P<hour>\d\d):(?P<minute>\d\d):(?P<second>\d\d)`
	layoutMore    = `(?:[.,](?P<fraction>\d{1,9}))?(?: ?(?P<half>[ap]m)\b)?` +
		`(?: ?(?P<zone>z\b|[+-]\d\d(?::?\d\d)?\b|(?:utc|gmt|ut)[+-]\d\d?(?::?\d\d)?\b|[a-z_]+(?:/[a-z_+-]+)+|(?-i:[A-Z]{2,5})\b))?`
	layoutBetween = `[-/._ ]`
)

var timeLayouts = []timeLayout{
	newLayout(`(?P<year>\d{4}|\d\d)` + layoutBetween + layoutMonth + layoutBetween + layoutDay + `(?:t|[ _:,-]{1,3})` + layoutTime + layoutMore),
	newLayout(`(?P<year>\d{4}|\d\d)` + layoutMonth + `(?P<day>\d\d)(?:t|[ _-])?(?P<hour>\d\d):?(?P<minute>\d\d):?(?P<second>\d\d)` + layoutMore),
	newLayout(layoutMonth + layoutBetween + layoutDay + `,?` + layoutBetween + `(?P<year>\d{4}|\d\d)(?:t|[ _,-]{1,3})` + layoutTime + layoutMore),
	newLayout(layoutMonth + layoutBetween + layoutDay + `(?:t|[ _,-]{1,3})` + layoutTime + layoutMore + ` (?P<year>\d{4})\b`),
	newLayout(layoutMonth + layoutBetween + layoutDay + `(?:t|[ _,-]{1,3})` + layoutTime + layoutMore),
	newLayout(layoutDay + layoutBetween + `?` + layoutLetters + layoutBetween + `?(?P<year>\d{4})(?:t|[ _:,-]{1,3})` + layoutTime + layoutMore),
	newLayout(layoutDay + layoutBetween + `?` + layoutLetters + `(?:t|[ _:,-]{1,3})` + layoutTime + layoutMore),
	newLayout(layoutTime + layoutMore),
	newLayout(`(?P<epoch>\d{10})(?:\.?(?P<part>\d{9}|\d{6}|\d{3}))?`),
}

func newLayout(pattern string) timeLayout {
	re := regexp.MustCompile(`(?i)` + pattern)
	return timeLayout{re, re.SubexpNames()}
}

// find looks for a time that starts below limit, and below before when that is not negative.
func (l timeLayout) find(text string, limit, before int) (timeFields, int, bool) {
	if before >= 0 {
		limit = min(limit, before)
	}
	for from := 0; from < limit; {
		m := l.re.FindStringSubmatchIndex(text[from:])
		if m == nil {
			break
		}
		start, end := from+m[0], from+m[1]
		if start >= limit {
			break
		}
		groups := map[string]string{}
		for i, name := range l.names {
			if name != "" && m[2*i] >= 0 {
				groups[name] = text[from+m[2*i] : from+m[2*i+1]]
			}
		}
		if !touches(text, start, end, groups["fraction"] != "") {
			if fields, ok := newTimeFields(groups); ok {
				return fields, start, true
			}
		}
		from = start + 1
	}
	return timeFields{}, 0, false
}

// touches tells whether a match is cut out of a longer number or word. Digits of a fraction that are too many for it are
// passed over.
func touches(text string, start, end int, fraction bool) bool {
	first := text[start]
	if start > 0 {
		c := text[start-1]
		switch {
		case isASCIIDigit(first) && isASCIIDigit(c), isASCIILetter(first) && isASCIILetter(c):
			return true
		case isASCIIDigit(first) && (c == '.' || c == ':' || c == '-') && start > 1 && isASCIIDigit(text[start-2]):
			return true // the middle of a version, an address or another time
		}
	}
	return !fraction && end < len(text) && isASCIIDigit(text[end])
}

func isASCIIDigit(c byte) bool  { return '0' <= c && c <= '9' }
func isASCIILetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

// timeFields are the parts of a time.
type timeFields struct {
	epoch                bool
	millis               int64 // of a number since 1970
	year, month, day     int   // zero where missing
	hour, minute, second int
	fraction             int // milliseconds
	zone                 *time.Location
}

// newTimeFields reads the parts of a candidate, false when one of them is out of bounds.
func newTimeFields(groups map[string]string) (timeFields, bool) {
	number := func(name string) int {
		n, _ := strconv.Atoi(strings.TrimSpace(groups[name]))
		return n
	}
	if seconds := groups["epoch"]; seconds != "" {
		n, _ := strconv.ParseInt(seconds, 10, 64)
		return timeFields{epoch: true, millis: n*1000 + int64(thousandths(groups["part"]))}, true
	}
	f := timeFields{
		year: number("year"), month: number("month"), day: number("day"),
		hour: number("hour"), minute: number("minute"), second: number("second"), fraction: thousandths(groups["fraction"]),
	}
	if len(groups["year"]) == 2 {
		if f.year < 13 { // it is taken for a day, a month, or nothing
			return f, false
		}
		f.year += 2000
	}
	if name := groups["month"]; len(name) == 3 {
		f.month = strings.Index("janfebmaraprmayjunjulaugsepoctnovdec", strings.ToLower(name))/3 + 1
	}
	if _, dated := groups["month"]; dated {
		// A day that some year has will do when the year is missing.
		year := f.year
		if year == 0 {
			year = 2024
		}
		if f.month < 1 || f.month > 12 || f.day < 1 || f.day > daysIn(year, f.month) {
			return f, false
		}
	}
	if len(strings.TrimSpace(groups["day"])) == 1 && len(groups["month"]) != 3 {
		return f, false
	}
	if half := groups["half"]; half != "" {
		if f.hour < 1 || f.hour > 12 {
			return f, false
		}
		f.hour %= 12
		if half[0]|0x20 == 'p' {
			f.hour += 12
		}
	}
	if f.second == 60 {
		f.second = 59
	}
	if f.hour > 23 || f.minute > 59 || f.second > 59 {
		return f, false
	}
	if name := groups["zone"]; name != "" {
		if loc, err := textfmt.ParseZone(name); err == nil { // else it is a word like others
			f.zone = loc
		}
	}
	return f, true
}

// thousandths reads the digits behind the point of a second.
func thousandths(digits string) int {
	n, _ := strconv.Atoi((digits + "000")[:3])
	return n
}

func daysIn(year, month int) int {
	return time.Date(year, time.Month(month)+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

const (
	daysAhead    = 7 * 24 * time.Hour
	minutesAhead = 10 * time.Minute
)

// resolve makes a time of the parts in a zone, and finds what is missing of the date.
func (f timeFields) resolve(zone *time.Location, now time.Time) (time.Time, error) {
	at := func(year, month, day int) time.Time {
		return time.Date(year, time.Month(month), day, f.hour, f.minute, f.second, f.fraction*1e6, zone)
	}
	today := now.In(zone)
	switch {
	case f.month == 0:
		t := at(today.Year(), int(today.Month()), today.Day())
		if t.After(now.Add(minutesAhead)) {
			t = at(today.Year(), int(today.Month()), today.Day()-1)
		}
		return t, nil
	case f.year == 0:
		for year := today.Year() + 1; year >= today.Year()-1; year-- {
			if f.day <= daysIn(year, f.month) {
				if t := at(year, f.month, f.day); !t.After(now.Add(daysAhead)) {
					return t, nil
				}
			}
		}
		return time.Time{}, errNoTimestamp // 29 February, with no leap year near
	}
	return at(f.year, f.month, f.day), nil
}
