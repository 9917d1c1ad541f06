package textfmt

import (
	"strconv"
)

// decimal is a number that is not negative, in decimal digits: 0.d1d2d3... times ten to the power of exp. Rounding it
// rounds what the reader sees: 2.675 gives 2.68, whatever the nearest binary fraction is.
type decimal struct {
	buf    [40]byte
	digits []byte // without leading zeros; empty for zero
	exp    int
}

// set makes d the shortest decimal number that reads as f, which is finite and not negative.
func (d *decimal) set(f float64) {
	d.digits, d.exp = d.buf[:0], 0
	if f == 0 {
		return
	}
	var text [32]byte
	s := strconv.AppendFloat(text[:0], f, 'e', -1, 64)
	i := 0
	for ; i < len(s) && s[i] != 'e'; i++ {
		if s[i] != '.' {
			d.digits = append(d.digits, s[i])
		}
	}
	e, _ := strconv.Atoi(string(s[i+1:]))
	d.exp = e + 1
}

// round keeps n digits and rounds half up. n may be negative: then less than half of the last place is left.
func (d *decimal) round(n int) {
	if n >= len(d.digits) {
		return
	}
	up := n >= 0 && d.digits[n] >= '5'
	d.digits = d.digits[:max(n, 0)]
	if !up {
		if len(d.digits) == 0 {
			d.exp = 0
		}
		return
	}
	for i := len(d.digits) - 1; i >= 0; i-- {
		if d.digits[i] < '9' {
			d.digits[i]++
			d.digits = d.digits[:i+1]
			return
		}
	}
	d.digits = append(d.digits[:0], '1')
	d.exp++
}

// at is the digit n places behind the first, zero beyond the last.
func (d *decimal) at(n int) byte {
	if 0 <= n && n < len(d.digits) {
		return d.digits[n]
	}
	return '0'
}

// appendFixed writes d with prec digits behind the point; it rounds d.
func (d *decimal) appendFixed(dst []byte, prec int, point bool) []byte {
	d.round(d.exp + prec)
	if d.exp <= 0 {
		dst = append(dst, '0')
	}
	for i := range max(d.exp, 0) {
		dst = append(dst, d.at(i))
	}
	if prec > 0 || point {
		dst = append(dst, '.')
	}
	for i := range prec {
		dst = append(dst, d.at(d.exp+i))
	}
	return dst
}

// appendScientific writes d as 1.234e+05; it rounds d.
func (d *decimal) appendScientific(dst []byte, prec int, point bool) []byte {
	d.round(prec + 1)
	dst = append(dst, d.at(0))
	if prec > 0 || point {
		dst = append(dst, '.')
	}
	for i := range prec {
		dst = append(dst, d.at(i+1))
	}
	e := d.exp - 1
	if len(d.digits) == 0 {
		e = 0
	}
	dst = append(dst, 'e')
	if e < 0 {
		dst, e = append(dst, '-'), -e
	} else {
		dst = append(dst, '+')
	}
	return pad(dst, e, 2)
}

// appendGeneral writes d with so many significant digits: plainly, or as a power of ten when its whole part has more
// digits than that, or when it is smaller than a ten-thousandth. It rounds d.
func (d *decimal) appendGeneral(dst []byte, significant int, point bool) []byte {
	d.round(significant)
	switch {
	case len(d.digits) == 0:
		return d.appendFixed(dst, significant-1, point)
	case d.exp > significant || d.exp < -3:
		return d.appendScientific(dst, significant-1, point)
	}
	return d.appendFixed(dst, significant-d.exp, point)
}
