// Package num reads and writes the numbers of CQL.
//
// Every value in CQL is text; an operator that wants a number reads it here, and a computed number becomes text here.
// The syntax of a number is a decimal literal with an optional sign, fraction and exponent: "17", "-250.50",
// "1.74587E100". It is what strconv.ParseFloat reads, less hexadecimal floats, digit separators, infinities and NaN.
// Digit grouping ("1,000"), surrounding space and type suffixes make a text that is not a number.
//
// The package knows no fields and no events; Parse and Append allocate nothing.
package num

import (
	"math"
	"strconv"
)

// pow10 holds the powers of ten that a float64 represents exactly.
var pow10 = [...]float64{
	1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
	1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
}

// Parse reads s as a number and reports whether it is one.
//
// The whole of s must be the number. A literal too large for a float64 ("1e999") is not a number, so that no infinity
// enters a query; one too small reads as zero. The result is always the float64 nearest to the decimal value.
func Parse(s string) (float64, bool) {
	i := 0
	neg := false
	if i < len(s) && (s[i] == '-' || s[i] == '+') {
		neg = s[i] == '-'
		i++
	}

	// The digits are collected in mant as long as they fit; dropped counts those that did not, which only the slow
	// path cares about. frac counts digits behind the point.
	var mant uint64
	digits, frac := 0, 0
	exact := true
	for ; i < len(s) && isDigit(s[i]); i++ {
		digits++
		if mant < 1e17 {
			mant = mant*10 + uint64(s[i]-'0')
		} else {
			exact = false
		}
	}
	if i < len(s) && s[i] == '.' {
		i++
		for ; i < len(s) && isDigit(s[i]); i++ {
			digits++
			if mant < 1e17 {
				mant = mant*10 + uint64(s[i]-'0')
				frac++
			} else {
				exact = false
			}
		}
	}
	if digits == 0 {
		return 0, false
	}

	exp := 0
	if i < len(s) && (s[i] == 'e' || s[i] == 'E') {
		i++
		expNeg := false
		if i < len(s) && (s[i] == '-' || s[i] == '+') {
			expNeg = s[i] == '-'
			i++
		}
		start := i
		for ; i < len(s) && isDigit(s[i]); i++ {
			if exp < 1e6 {
				exp = exp*10 + int(s[i]-'0')
			}
		}
		if i == start {
			return 0, false
		}
		if expNeg {
			exp = -exp
		}
	}
	if i != len(s) {
		return 0, false
	}

	// Fast path: the digits and the power of ten are both exact as float64, so that one multiplication or division
	// rounds once and gives the nearest value.
	if e := exp - frac; exact && mant <= 1<<53 && e >= -22 && e <= 22 {
		f := float64(mant)
		if e < 0 {
			f /= pow10[-e]
		} else {
			f *= pow10[e]
		}
		if neg {
			f = -f
		}
		return f, true
	}

	// Slow path: the syntax is known to be good, only the range can still be wrong.
	f, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return 0, false
	}
	return f, true
}

// ParseInt reads s as a whole number of 64 bits, exactly, and reports whether it is one. A sign is allowed; a point or
// an exponent is not, and neither is a value outside the range of int64.
func ParseInt(s string) (int64, bool) {
	i := 0
	neg := false
	if len(s) > 0 && (s[0] == '-' || s[0] == '+') {
		neg = s[0] == '-'
		i = 1
	}
	if i == len(s) {
		return 0, false
	}
	limit := uint64(math.MaxInt64)
	if neg {
		limit++
	}
	var n uint64
	for ; i < len(s); i++ {
		if !isDigit(s[i]) {
			return 0, false
		}
		d := uint64(s[i] - '0')
		if n > (limit-d)/10 {
			return 0, false
		}
		n = n*10 + d
	}
	if neg {
		return -int64(n), true
	}
	return int64(n), true
}

// Format writes f the way CQL shows computed numbers. See Append.
func Format(f float64) string {
	var buf [32]byte
	return string(Append(buf[:0], f))
}

// Append appends the text of f to dst.
//
// A whole number below 1e18 in size is written with all its digits and neither point nor exponent (20/4 is "5", and
// epoch milliseconds stay readable). Any other number is the shortest decimal that reads back as f; it has an exponent
// only from 1e18 up and below 0.0001, spelled as Go does ("1e+18", "4.2e-05"). Negative zero is "0". The values that
// are not numbers are "NaN", "Infinity" and "-Infinity"; the engine turns them into null before they are shown.
func Append(dst []byte, f float64) []byte {
	abs := math.Abs(f)
	switch {
	case abs < 1e18 && f == math.Trunc(f):
		return strconv.AppendInt(dst, int64(f), 10)
	case abs >= 1e-4 && abs < 1e18:
		return strconv.AppendFloat(dst, f, 'f', -1, 64)
	case math.IsNaN(f):
		return append(dst, "NaN"...)
	case math.IsInf(f, 1):
		return append(dst, "Infinity"...)
	case math.IsInf(f, -1):
		return append(dst, "-Infinity"...)
	}
	return strconv.AppendFloat(dst, f, 'g', -1, 64)
}

func isDigit(c byte) bool { return c-'0' < 10 }
