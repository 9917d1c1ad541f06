package textfmt

import (
	"fmt"
	"strings"
	"time"
)

// Parse reads a whole text as a time. The result is in the zone that zone gives, or else the one in the text, or else
// the one that fallback gives; either may be nil. Where the pattern has no year, it is that of now, or the one before
// when the date would be more than eight days ahead.
func (p *TimeParser) Parse(s string, zone, fallback *time.Location, now time.Time) (time.Time, error) {
	if p.epoch != nil {
		t, err := p.epoch.parse(s)
		if err == nil && zone != nil {
			t = t.In(zone)
		}
		return t, err
	}
	r := textReader{s: s, fold: p.fold}
	if err := r.sequence(p.elements); err != nil {
		return time.Time{}, err
	}
	if r.i < len(s) {
		return time.Time{}, fmt.Errorf("%q follows the time in %q", s[r.i:], s)
	}
	switch {
	case zone != nil:
	case r.zone != nil:
		zone = r.zone
	case fallback != nil:
		zone = fallback
	default:
		return time.Time{}, fmt.Errorf("the time zone of %q is not known", s)
	}
	return r.resolve(zone, now)
}

// textReader collects what a text tells about a time.
type textReader struct {
	s    string
	i    int
	fold bool
	found
}

// found is what was read so far. It is copied before an optional part and put back when that is not there.
type found struct {
	set   [len(fieldLetters)]bool
	value [len(fieldLetters)]int64 // nanoseconds of a day are more than an int of 32 bits holds
	zone  *time.Location
}

// fieldLetters are the letters of the values; E counts from Sunday 0, a is 0 or 1, G is 0 before Christ and 1 after, S is
// nanoseconds, B the number of a part of the day, and u tells that the year y needs no era.
const fieldLetters = "yMdDEHkhKamsSnANGQYwWFBu"

func (r *textReader) get(letter byte) (int, bool) {
	v, ok := r.long(letter)
	return int(v), ok
}

// long is get for the values that count nanoseconds.
func (r *textReader) long(letter byte) (int64, bool) {
	i := strings.IndexByte(fieldLetters, letter)
	return r.value[i], r.set[i]
}

// put sets a value; it may be set again to the same value only.
func (r *textReader) put(letter byte, v int64) error {
	i := strings.IndexByte(fieldLetters, letter)
	if r.set[i] && r.value[i] != v {
		return fmt.Errorf("%q has two values of %c", r.s, letter)
	}
	r.set[i], r.value[i] = true, v
	return nil
}

func (r *textReader) expected(what string) error {
	if r.i >= len(r.s) {
		return fmt.Errorf("%q ends where %s is expected", r.s, what)
	}
	return fmt.Errorf("%q stands where %s is expected in %q", firstChar(r.s[r.i:]), what, r.s)
}

func (r *textReader) sequence(elements []element) error {
	for i := range elements {
		if err := r.element(&elements[i]); err != nil {
			return err
		}
	}
	return nil
}

func (r *textReader) element(e *element) error {
	switch e.kind {
	case literal:
		if !r.has(e.text) {
			return r.expected(fmt.Sprintf("%q", e.text))
		}
		return nil
	case number:
		return r.number(e)
	case fraction:
		start := r.i
		v, err := r.digits(e)
		for n := r.i - start; n < 9; n++ {
			v *= 10
		}
		if err != nil {
			return err
		}
		return r.put('S', v)
	case monthName:
		names := &English.ShortMonths
		if e.count == 4 {
			names = &English.Months
		}
		return r.name(names[:], 'M', 1, "the name of a month")
	case dayName:
		names := &English.ShortDays
		if e.count == 4 {
			names = &English.Days
		}
		return r.name(names[:], 'E', 0, "the name of a day")
	case amPM:
		return r.name([]string{"AM", "PM"}, 'a', 0, "AM or PM")
	case era:
		return r.name(eras[max(e.count, 3)-3], 'G', 0, "an era")
	case quarterName:
		names := quarters
		if e.count == 4 {
			names = longQuarters
		}
		return r.name(names, 'Q', 1, "a quarter")
	case dayPart:
		return r.name(dayPeriodNames(e.count == 5), 'B', 0, "a part of the day")
	case padded:
		return r.padded(e)
	case optional:
		before, at := r.found, r.i
		if r.sequence(e.inner) != nil {
			r.found, r.i = before, at
		}
		return nil
	}
	return r.zoned(e)
}

// has skips a text when it comes next.
func (r *textReader) has(text string) bool {
	rest := r.s[r.i:]
	if len(rest) < len(text) || rest[:len(text)] != text && !(r.fold && strings.EqualFold(rest[:len(text)], text)) {
		return false
	}
	r.i += len(text)
	return true
}

func (r *textReader) name(names []string, letter byte, first int, what string) error {
	for i, n := range names {
		if r.has(n) {
			return r.put(letter, int64(first+i))
		}
	}
	return r.expected(what)
}

func (r *textReader) digits(e *element) (int64, error) {
	n := 0
	for r.i+n < len(r.s) && isDigit(r.s[r.i+n]) && n < e.most+e.reserve {
		n++
	}
	if n -= e.reserve; n < e.least {
		what := "a digit"
		if e.least > 1 {
			what = fmt.Sprintf("a number of %d digits", e.least)
		}
		return 0, r.expected(what)
	}
	v := int64(0)
	for range n {
		v = v*10 + int64(r.s[r.i]-'0')
		r.i++
	}
	return v, nil
}

func (r *textReader) number(e *element) error {
	v, err := r.digits(e)
	if err != nil {
		return err
	}
	if (e.letter == 'y' || e.letter == 'Y') && e.count == 2 {
		v += 2000
	}
	if b, ok := bounds[e.letter]; ok && (v < b[0] || v > b[1]) {
		return fmt.Errorf("%d in %q is not within %d and %d", v, r.s, b[0], b[1])
	}
	switch {
	case e.letter == 'e':
		return r.put('E', v-1)
	case e.text == "u":
		if err := r.put('u', 1); err != nil {
			return err
		}
	}
	return r.put(e.letter, v)
}

// padded reads an element that fills a width, with blanks before it.
func (r *textReader) padded(e *element) error {
	whole, end := r.s, r.i+e.count
	if end > len(whole) {
		return fmt.Errorf("%q ends where %d characters are expected", whole, e.count)
	}
	for r.i < end && whole[r.i] == ' ' {
		r.i++
	}
	r.s = whole[:end]
	err := r.sequence(e.inner)
	r.s = whole
	if err != nil {
		return err
	}
	if r.i < end {
		return r.expected(fmt.Sprintf("the end of %d characters", e.count))
	}
	return nil
}

// bounds are the least and the largest values of numbers. An hour may be 24 when it ends the day.
var bounds = map[byte][2]int64{
	'y': {0, 275_000}, 'M': {1, 12}, 'd': {1, 31}, 'D': {1, 366}, 'H': {0, 24}, 'k': {1, 24}, 'h': {1, 12}, 'K': {0, 11}, 'm': {0, 59}, 's': {0, 59},
	'A': {0, 86_400_000 - 1}, 'N': {0, 86_400_000_000_000 - 1}, 'Q': {1, 4}, 'e': {1, 7}, 'Y': {1, 275_000}, 'w': {1, 53}, 'W': {0, 6}, 'F': {1, 5},
}

// zoned reads an offset or the name of a zone.
func (r *textReader) zoned(e *element) error {
	var loc *time.Location
	switch e.kind {
	case zoneName:
		loc = r.namedZone()
	case gmtOffset:
		if r.has("GMT") || r.has("UTC") {
			s, n, _ := cutOffset(r.s[r.i:])
			r.i += n
			loc = offsetZone(s)
		}
	default:
		loc = r.offset(e)
	}
	if loc == nil {
		return r.expected("a time zone")
	}
	r.zone = loc
	return nil
}

// namedZone takes the longest text that is the name of a zone.
func (r *textReader) namedZone() *time.Location {
	const longest = 40
	rest := r.s[r.i:]
	isPart := func(c byte) bool { return isAlphanumeric(c) || strings.IndexByte("/_-+:", c) >= 0 }
	n := 0
	for n < len(rest) && n < longest && isPart(rest[n]) {
		n++
	}
	for ; n > 0; n-- {
		if n < len(rest) && isAlphanumeric(rest[n]) && isAlphanumeric(rest[n-1]) {
			continue // within a word
		}
		if loc, err := ParseZone(rest[:n]); err == nil {
			r.i += n
			return loc
		}
	}
	return nil
}

func isAlphanumeric(c byte) bool { return isDigit(c) || 'a' <= c|0x20 && c|0x20 <= 'z' }

// offset reads what the letters X, x and Z stand for: one letter takes minutes where they are there, two and more ask
// for them; three and five have a colon; four and five take seconds as well.
func (r *textReader) offset(e *element) *time.Location {
	if (e.letter == 'X' || e.letter == 'Z' && e.count == 5) && r.has("Z") {
		return zulu
	}
	count := e.count
	if e.letter == 'Z' && count < 4 {
		count = 2
	}
	colon := count == 3 || count == 5
	rest := r.s[r.i:]
	n, least := 3, 3
	if colon {
		least = 6
	} else if count > 1 {
		least = 5
	}
	for n < len(rest) && n < 9 {
		if colon {
			if rest[n] != ':' || n+2 >= len(rest) || !isDigit(rest[n+1]) || !isDigit(rest[n+2]) {
				break
			}
			n += 3
		} else {
			if n+1 >= len(rest) || !isDigit(rest[n]) || !isDigit(rest[n+1]) {
				break
			}
			n += 2
		}
		if count < 4 {
			break // no seconds
		}
	}
	if n > len(rest) || n < least {
		return nil
	}
	s, used, ok := cutOffset(rest[:n])
	if !ok || used != n {
		return nil
	}
	r.i += n
	return offsetZone(s)
}
