package textfmt

import (
	"bytes"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"harrier/internal/num"
)

// Format is a printf-like format of format().
type Format struct {
	parts []part
	args  int
}

// part is a text and the conversion behind it.
type part struct {
	text string
	conv conversion
}

// conversion is what a % starts. Its type is 0 when there is none.
type conversion struct {
	typ   byte // the letter, with 'i' as 'd', 'F' as 'f' and 'T' as 't'
	upper bool
	arg   int  // number of the argument
	time  byte // modifier of a 't'
	width int
	prec  int  // -1: none given
	short bool // 'h': integers have 32 bits

	left, plus, blank, alternate, zero, group bool
}

// Arg is a value to be formatted. An absent one prints null.
type Arg struct {
	Text    string
	Present bool
}

// Args tells how many arguments the format uses.
func (f *Format) Args() int { return f.args }

// Append writes the format with args, of which there are at least Args; times are shown in loc.
func (f *Format) Append(dst []byte, args []Arg, loc *time.Location) []byte {
	for i := range f.parts {
		p := &f.parts[i]
		dst = append(dst, p.text...)
		if p.conv.typ != 0 {
			dst = p.conv.append(dst, args[p.conv.arg], loc)
		}
	}
	return dst
}

func (c *conversion) append(dst []byte, a Arg, loc *time.Location) []byte {
	// The field is written to dst and then moved when it has to be padded.
	start := len(dst)
	number := -1 // where the digits of a number start, behind its sign
	if a.Present {
		switch c.typ {
		case 's':
			dst = append(dst, c.cut(a.Text)...)
		case 'b':
			dst = append(dst, c.cut(strconv.FormatBool(a.Text != "false"))...)
		case 'c':
			_, n := utf8.DecodeRuneInString(a.Text)
			dst = append(dst, a.Text[:n]...)
		case 't':
			if ms, err := strconv.ParseInt(a.Text, 10, 64); err == nil && InRange(ms) {
				dst = appendTime(dst, time.UnixMilli(ms).In(loc), c.time, English)
			} else {
				a.Present = false
			}
		case 'd', 'o', 'x':
			if n, ok := integer(a.Text); ok {
				dst, number = c.appendInteger(dst, n)
			} else {
				a.Present = false
			}
		default:
			if v, ok := num.Parse(a.Text); ok {
				dst, number = c.appendFloat(dst, v)
			} else {
				a.Present = false
			}
		}
	}
	if !a.Present {
		dst = append(dst, "null"...)
	} else if c.upper {
		upper := upperText(string(dst[start:]))
		dst = append(dst[:start], upper...)
	}
	return c.pad(dst, start, number)
}

// cut keeps as many characters as the precision says.
func (c *conversion) cut(s string) string {
	if c.prec < 0 || len(s) <= c.prec {
		return s
	}
	i := 0
	for range c.prec {
		if i == len(s) {
			break
		}
		_, n := utf8.DecodeRuneInString(s[i:])
		i += n
	}
	return s[:i]
}

// integer reads a number as one with 64 bits and a sign: rounded, and the nearest such number when it is too large.
func integer(s string) (int64, bool) {
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		return n, true
	}
	f, ok := num.Parse(s)
	switch {
	case !ok:
		return 0, false
	case f >= math.MaxInt64:
		return math.MaxInt64, true
	case f <= math.MinInt64:
		return math.MinInt64, true
	}
	return int64(math.Round(f)), true
}

func (c *conversion) appendInteger(dst []byte, n int64) ([]byte, int) {
	if c.short {
		n = int64(int32(n))
	}
	abs, base := uint64(n), 10
	switch c.typ {
	case 'd':
		if n < 0 {
			abs = -abs
		}
		dst = c.sign(dst, n < 0)
	case 'o':
		base = 8
		if c.alternate {
			dst = append(dst, '0')
		}
	case 'x':
		base = 16
		if c.alternate && n != 0 {
			dst = append(dst, "0x"...) // %#X writes 0X, as all of it is put in capitals
		}
	}
	if c.short && n < 0 && base != 10 {
		abs &= math.MaxUint32
	}
	start := len(dst)
	if n == 0 && (c.prec == 0 || c.typ == 'o' && c.alternate) {
		return dst, start
	}
	var text [64]byte
	digits := strconv.AppendUint(text[:0], abs, base)
	for range max(0, c.prec-len(digits)) {
		dst = append(dst, '0')
	}
	dst = append(dst, digits...)
	if c.group && base == 10 {
		dst = group(dst, start, len(dst))
	}
	return dst, start
}

func (c *conversion) appendFloat(dst []byte, v float64) ([]byte, int) {
	dst = c.sign(dst, v < 0)
	start := len(dst)
	var d decimal
	d.set(math.Abs(v))
	prec := c.prec
	if prec < 0 {
		prec = 6
	}
	switch c.typ {
	case 'f':
		dst = d.appendFixed(dst, min(prec, maxPrecision), c.alternate)
	case 'e':
		dst = d.appendScientific(dst, min(prec, maxPrecision), c.alternate)
	default:
		dst = d.appendGeneral(dst, min(max(prec, 6), maxPrecision), c.alternate)
	}
	if c.group && c.typ != 'e' && !bytes.ContainsRune(dst[start:], 'e') {
		end := len(dst)
		if i := bytes.IndexByte(dst[start:], '.'); i >= 0 {
			end = start + i
		}
		dst = group(dst, start, end)
	}
	return dst, start
}

// maxPrecision is the largest precision of a number with a fraction; what is above counts as this.
const maxPrecision = 9

func (c *conversion) sign(dst []byte, negative bool) []byte {
	switch {
	case negative:
		return append(dst, '-')
	case c.plus:
		return append(dst, '+')
	case c.blank:
		return append(dst, ' ')
	}
	return dst
}

// group puts commas between the thousands of the digits from start to end.
func group(dst []byte, start, end int) []byte {
	commas := (end - start - 1) / 3
	if end <= start || commas == 0 {
		return dst
	}
	for range commas {
		dst = append(dst, 0)
	}
	copy(dst[end+commas:], dst[end:len(dst)-commas])
	for from, to, n := end-1, end+commas-1, 0; from >= start; from-- {
		if n == 3 {
			dst[to] = ','
			to, n = to-1, 0
		}
		dst[to] = dst[from]
		to, n = to-1, n+1
	}
	return dst
}

// pad brings the field from start on to the width: with zeros at number, when the flag says so and there is a number,
// otherwise with blanks in front or behind.
func (c *conversion) pad(dst []byte, start, number int) []byte {
	missing := c.width
	if missing > 0 {
		missing -= utf8.RuneCount(dst[start:])
	}
	if missing <= 0 {
		return dst
	}
	fill := byte(' ')
	if c.zero && !c.left && number >= 0 && (c.prec < 0 || c.typ == 'f' || c.typ == 'e' || c.typ == 'g') {
		fill, start = '0', number
	}
	end := len(dst)
	for range missing {
		dst = append(dst, fill)
	}
	if !c.left {
		copy(dst[start+missing:], dst[start:end])
		for i := range missing {
			dst[start+i] = fill
		}
	}
	return dst
}

func upperText(s string) string { return strings.ToUpper(s) }

// maxMillis is the farthest from 1970 that times are shown, in milliseconds: a hundred million days.
const maxMillis = 8_640_000_000_000_000

// InRange tells whether a number of milliseconds since 1970 is one that can be shown as a date.
func InRange(ms int64) bool { return -maxMillis <= ms && ms <= maxMillis }

// Compile reads a format. A conversion is %[index$ or <][flags][width][.precision][h]type:
//
//   - d, i: an integer; o, x, X: one in octal or hexadecimal, negative ones as two's complement;
//   - f, e, g and F, E, G: a number with a fraction, plainly, as a power of ten, or whichever fits;
//   - s: the text; c: its first character; b: false for the text false, otherwise true; C and B the same in capitals;
//   - t with a modifier: a time in milliseconds since 1970, written as [CompileTime] has it; T the same in capitals;
//   - n: a line end; %: a percent sign.
//
// The flags are - (to the left), + and blank (a sign in front of a number that is not negative), # (the prefix 0 or 0x,
// or a decimal point in any case), 0 (zeros in front) and the comma (thousands). The precision is the number of
// characters of a text, the least number of digits of an integer, the places behind the point of f and e, and the
// significant digits of g. Numbers round half up. With h, integers have 32 bits instead of 64.
func Compile(format string) (*Format, error) {
	f := &Format{}
	ordinary, last := 0, -1
	start := 0
	for i := 0; i < len(format); {
		if format[i] != '%' {
			i++
			continue
		}
		r := specReader{s: format, i: i + 1}
		c, index, err := r.read()
		if err != nil {
			return nil, err
		}
		at, text := i, format[start:i]
		i, start = r.i, r.i
		switch c.typ {
		case '%':
			f.parts = append(f.parts, part{text: text + string(c.pad([]byte("%"), 0, -1))})
			continue
		case 'n':
			f.parts = append(f.parts, part{text: text + "\n"})
			continue
		}
		switch {
		case index == indexLast && last < 0:
			return nil, fmt.Errorf("%s uses the argument of the conversion before it, and there is none", format[at:r.i])
		case index == indexLast:
			c.arg = last
		case index > 0:
			c.arg = index - 1
		default:
			c.arg = ordinary
			ordinary++
		}
		last = c.arg
		f.args = max(f.args, c.arg+1)
		f.parts = append(f.parts, part{text, c})
	}
	if start < len(format) {
		f.parts = append(f.parts, part{text: format[start:]})
	}
	return f, nil
}
