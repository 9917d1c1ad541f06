package textfmt

import (
	"fmt"
	"strconv"
	"time"
	"unicode/utf8"
)

// TimeFormat is a layout of formatTime(): text with escapes such as %Y.
type TimeFormat struct {
	parts []timePart
}

// timePart is a text and the escape behind it, 0 when there is none.
type timePart struct {
	text   string
	escape byte
}

// CompileTime reads a layout. The escapes are, with their results for 7 February 2024 15:04:05.006 in Los Angeles:
//
//	%Y 2024  %y 24  %C 20  %m 02  %d 07  %e 7  %j 038  %B February  %b, %h Feb  %A Wednesday  %a Wed
//	%H 15  %I 03  %k 15  %l 3  %M 04  %S 05  %L 006  %N 006000000  %p pm
//	%z -0800  %Z PST  %s 1707347045  %Q 1707347045006
//	%R = %H:%M  %T = %H:%M:%S  %r = %I:%M:%S %p in capitals  %D = %m/%d/%y  %F = %Y-%m-%d  %c = %a %b %d %T %Z %Y
//
// %% is a percent sign, and any other text stands for itself.
func CompileTime(layout string) (*TimeFormat, error) {
	f := &TimeFormat{}
	start := 0
	for i := 0; i < len(layout); i++ {
		if layout[i] != '%' {
			continue
		}
		text := layout[start:i]
		i++
		if i == len(layout) {
			return nil, fmt.Errorf("the format ends with a single %%; a percent sign is written %%%%")
		}
		c := layout[i]
		if c == '%' {
			f.parts = append(f.parts, timePart{text: text + "%"})
		} else if isTimeEscape(c) {
			f.parts = append(f.parts, timePart{text, c})
		} else {
			r, _ := utf8.DecodeRuneInString(layout[i:])
			return nil, fmt.Errorf("%%%c is no time escape", r)
		}
		start = i + 1
	}
	if start < len(layout) {
		f.parts = append(f.parts, timePart{text: layout[start:]})
	}
	return f, nil
}

// Append writes t, which is in the zone to be shown, with names of l.
func (f *TimeFormat) Append(dst []byte, t time.Time, l *Locale) []byte {
	for _, p := range f.parts {
		dst = append(dst, p.text...)
		if p.escape != 0 {
			dst = appendTime(dst, t, p.escape, l)
		}
	}
	return dst
}

func isTimeEscape(c byte) bool {
	switch c {
	case 'H', 'I', 'k', 'l', 'M', 'S', 'L', 'N', 'p', 'z', 'Z', 's', 'Q', 'B', 'b', 'h', 'A', 'a', 'C', 'Y', 'y', 'j', 'm', 'd', 'e',
		'R', 'T', 'r', 'D', 'F', 'c':
		return true
	}
	return false
}

// appendTime writes one escape.
func appendTime(dst []byte, t time.Time, escape byte, l *Locale) []byte {
	switch escape {
	case 'H':
		return pad(dst, t.Hour(), 2)
	case 'I':
		return pad(dst, hour12(t), 2)
	case 'k':
		return pad(dst, t.Hour(), 1)
	case 'l':
		return pad(dst, hour12(t), 1)
	case 'M':
		return pad(dst, t.Minute(), 2)
	case 'S':
		return pad(dst, t.Second(), 2)
	case 'L':
		return pad(dst, t.Nanosecond()/1e6, 3)
	case 'N':
		return pad(dst, t.Nanosecond(), 9)
	case 'p':
		return append(dst, halfDay(t, l)...)
	case 'z':
		return appendOffset(dst, t)
	case 'Z':
		name, _ := t.Zone()
		return append(dst, name...)
	case 's':
		return strconv.AppendInt(dst, t.Unix(), 10)
	case 'Q':
		return strconv.AppendInt(dst, t.UnixMilli(), 10)
	case 'B':
		return append(dst, l.Months[t.Month()-1]...)
	case 'b', 'h':
		return append(dst, l.ShortMonths[t.Month()-1]...)
	case 'A':
		return append(dst, l.Days[t.Weekday()]...)
	case 'a':
		return append(dst, l.ShortDays[t.Weekday()]...)
	case 'C':
		return pad(dst, eraYear(t)/100, 2)
	case 'Y':
		return pad(dst, eraYear(t), 4)
	case 'y':
		return pad(dst, eraYear(t)%100, 2)
	case 'j':
		return pad(dst, t.YearDay(), 3)
	case 'm':
		return pad(dst, int(t.Month()), 2)
	case 'd':
		return pad(dst, t.Day(), 2)
	case 'e':
		return pad(dst, t.Day(), 1)
	case 'R':
		return appendAll(dst, t, l, "H:M")
	case 'T':
		return appendAll(dst, t, l, "H:M:S")
	case 'r':
		dst = appendAll(dst, t, l, "I:M:S ")
		return append(dst, upperText(halfDay(t, l))...)
	case 'D':
		return appendAll(dst, t, l, "m/d/y")
	case 'F':
		return appendAll(dst, t, l, "Y-m-d")
	case 'c':
		return appendAll(dst, t, l, "a b d T Z Y")
	}
	return dst
}

// appendAll writes several escapes, given by their letters, with the signs between them.
func appendAll(dst []byte, t time.Time, l *Locale, letters string) []byte {
	for i := range len(letters) {
		if isTimeEscape(letters[i]) {
			dst = appendTime(dst, t, letters[i], l)
		} else {
			dst = append(dst, letters[i])
		}
	}
	return dst
}

func hour12(t time.Time) int { return (t.Hour()+11)%12 + 1 }

func halfDay(t time.Time, l *Locale) string {
	if t.Hour() < 12 {
		return l.AM
	}
	return l.PM
}

// eraYear is the year without its era: the year before 1 AD is 1 BC.
func eraYear(t time.Time) int {
	if y := t.Year(); y > 0 {
		return y
	}
	return 1 - t.Year()
}

func appendOffset(dst []byte, t time.Time) []byte {
	_, s := t.Zone()
	sign := byte('+')
	if s < 0 {
		sign, s = '-', -s
	}
	dst = append(dst, sign)
	return pad(dst, s/3600*100+s/60%60, 4)
}

// pad writes a number that is not negative with at least width digits.
func pad(dst []byte, n, width int) []byte {
	digits := 1
	for m := n; m >= 10; m /= 10 {
		digits++
	}
	for ; digits < width; digits++ {
		dst = append(dst, '0')
	}
	return strconv.AppendInt(dst, int64(n), 10)
}
