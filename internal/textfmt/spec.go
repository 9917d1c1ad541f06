package textfmt

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// indexLast is the index of a conversion that uses the argument of the one before it.
const indexLast = -1

// Bounds on numbers within a conversion, so that a format cannot ask for gigabytes.
const (
	maxWidth = 10_000
	maxIndex = 1000
)

// specReader reads one conversion behind its percent sign.
type specReader struct {
	s string
	i int
}

func (r *specReader) peek() byte {
	if r.i < len(r.s) {
		return r.s[r.i]
	}
	return 0
}

func (r *specReader) skip(c byte) bool {
	if r.i < len(r.s) && r.s[r.i] == c {
		r.i++
		return true
	}
	return false
}

// number reads digits; -1 when there are none or they are too large a number, in which case what follows is an error.
func (r *specReader) number(limit int) (int, error) {
	start, n := r.i, 0
	for isDigit(r.peek()) {
		n = n*10 + int(r.peek()-'0')
		r.i++
		if n > limit {
			return 0, fmt.Errorf("the number %s... in a conversion is larger than %d", r.s[start:r.i], limit)
		}
	}
	if r.i == start {
		return -1, nil
	}
	return n, nil
}

// read gives the conversion and the index of its argument: 0 for the next one, or indexLast.
func (r *specReader) read() (c conversion, index int, err error) {
	start := r.i - 1
	c.prec = -1
	if r.skip('<') {
		index = indexLast
	} else {
		at := r.i
		n, err := r.number(maxIndex)
		if err == nil && n >= 0 && r.skip('$') {
			if n == 0 {
				return c, 0, fmt.Errorf("%s: arguments are counted from 1", r.s[start:r.i])
			}
			index = n
		} else {
			r.i = at // flags and a width
		}
	}
	for r.flag(&c) {
	}
	w, err := r.number(maxWidth)
	if err != nil {
		return c, 0, err
	}
	c.width = max(w, 0)
	if r.skip('.') {
		p, err := r.number(maxWidth)
		if err != nil {
			return c, 0, err
		}
		c.prec = max(p, 0)
	}
	c.short = r.skip('h')
	if r.i >= len(r.s) {
		return c, 0, fmt.Errorf("the format ends within the conversion %q; a percent sign is written %%%%", r.s[start:])
	}
	return c, index, r.typ(start, &c)
}

func (r *specReader) flag(c *conversion) bool {
	switch r.peek() {
	case '-':
		c.left = true
	case '+':
		c.plus = true
	case ' ':
		c.blank = true
	case '#':
		c.alternate = true
	case '0':
		c.zero = true
	case ',':
		c.group = true
	default:
		return false
	}
	r.i++
	return true
}

// typ reads the letter of a conversion that starts at start.
func (r *specReader) typ(start int, c *conversion) error {
	t := r.s[r.i]
	r.i++
	switch t {
	case 'd', 'o', 'x', 'f', 'e', 'g', 'b', 'c', 's', 'n', '%':
		c.typ = t
	case 'i':
		c.typ = 'd'
	case 'F':
		c.typ = 'f'
	case 'X', 'E', 'G', 'B', 'C':
		c.typ, c.upper = t|0x20, true
	case 't', 'T':
		c.typ, c.upper = 't', t == 'T'
		if r.i == len(r.s) {
			return fmt.Errorf("%s lacks the letter that tells which part of the time is meant", r.s[start:])
		}
		if c.time = r.s[r.i]; !isTimeEscape(c.time) {
			return fmt.Errorf("%s: %q is no part of a time", r.s[start:r.i], firstChar(r.s[r.i:]))
		}
		r.i++
	default:
		letter := firstChar(r.s[r.i-1:])
		err := fmt.Errorf("%s is no conversion: %q is not one of d i o x X f F e E g G b B c C s t T n %%", r.s[start:r.i-1]+letter, letter)
		if strings.Contains("aAS", letter) {
			err = fmt.Errorf("%w; it was removed from the language in 1.70", err)
		}
		return err
	}
	if c.short && !strings.ContainsRune("doxi", rune(c.typ)) {
		return fmt.Errorf("%s: h is for integers only", r.s[start:r.i])
	}
	return nil
}

func firstChar(s string) string {
	_, n := utf8.DecodeRuneInString(s)
	return s[:n]
}
