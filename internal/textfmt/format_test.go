package textfmt

import (
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func show(t testing.TB, format string, values ...string) string {
	t.Helper()
	f, err := Compile(format)
	if err != nil {
		t.Fatalf("%q: %v", format, err)
	}
	args := make([]Arg, max(len(values), f.Args()))
	for i, v := range values {
		args[i] = Arg{v, true}
	}
	return string(f.Append(nil, args, time.UTC))
}

func TestFormat(t *testing.T) {
	for _, c := range []struct {
		format string
		args   []string
		want   string
	}{
		{"plain", nil, "plain"},
		{"100%%%n", nil, "100%\n"},
		{"%s,%s", []string{"a", "b"}, "a,b"},
		{"%2$s %1$s %<s %s", []string{"a", "b"}, "b a a a"},
		{"[%5s|%-5s|%.2s|%05s]", []string{"ab", "ab", "äöü", "x"}, "[   ab|ab   |äö|    x]"},
		{"%.s|%3s", []string{"abc", "äöüä"}, "|äöüä"},
		{"%s %d %c %b", nil, "null null null null"},
		{"%6s|%-6d|%06d", nil, "  null|null  |  null"},

		{"%d %i", []string{"42", "-42"}, "42 -42"},
		{"%,i", []string{"3886817"}, "3,886,817"},
		{"%,d|%,d|%,d", []string{"-999", "-1000", "1000000"}, "-999|-1,000|1,000,000"},
		{"%+d|% d|%+d|% d", []string{"5", "5", "-5", "-5"}, "+5| 5|-5|-5"},
		{"%05d|%-5d|%5d|%05d|%+05d", []string{"42", "42", "42", "-42", "42"}, "00042|42   |   42|-0042|+0042"},
		{"%.3d|%6.3d|%06.3d|%.0d|%.0d", []string{"7", "7", "7", "0", "1"}, "007|   007|   007||1"},
		{"%,08d", []string{"1234"}, "0001,234"},
		{"%d %d %d", []string{"3.4", "2.5", "-2.5"}, "3 3 -3"},
		{"%d %d", []string{"1e3", "1.7E100"}, "1000 9223372036854775807"},
		{"%d %d", []string{"1,000", "0x10"}, "null null"},
		{"%d %d", []string{"9223372036854775807", "-9223372036854775808"}, "9223372036854775807 -9223372036854775808"},
		{"%hd %hd", []string{"4294967295", "2147483648"}, "-1 -2147483648"},
		{"%x %X %#x %#X %#o %o", []string{"255", "255", "255", "255", "8", "8"}, "ff FF 0xff 0XFF 010 10"},
		{"%X %hX %#x %#o", []string{"-1", "-1", "0", "0"}, "FFFFFFFFFFFFFFFF FFFFFFFF 0 0"},
		{"%08x|%#08x|%.4x", []string{"255", "255", "255"}, "000000ff|0x0000ff|00ff"},
		{"0x%X", []string{"10"}, "0xA"},

		{"%f %.2f %.0f %#.0f", []string{"1.5", "288.582", "3", "3"}, "1.500000 288.58 3 3."},
		{"%.2f %.2f %.2f %.0f %.0f %.0f", []string{"2.675", "1.005", "-0.125", "0.5", "1.5", "2.5"}, "2.68 1.01 -0.13 1 2 3"},
		{"%.2f %.2f %.1f %.3f", []string{"0.004", "0.006", "99.95", "0"}, "0.00 0.01 100.0 0.000"},
		{"%.12f", []string{"0.123456789123"}, "0.123456789"},
		{"%,.2f|%10.3f|%-10.1f|%010.2f", []string{"1234567.891", "3.14159", "2.25", "-3.14159"}, "1,234,567.89|     3.142|2.3       |-000003.14"},
		{"%F %f", []string{"1e21", "x"}, "1000000000000000000000.000000 null"},
		{"%e %E %.0e %.2e %e", []string{"176.54", "0.00012", "15", "9.999", "0"}, "1.765400e+02 1.200000E-04 2e+01 1.00e+01 0.000000e+00"},
		{"%e", []string{"1.7E100"}, "1.700000e+100"},
		{"%g %g %g %G %g", []string{"12345.678", "12345", "123456789", "1234567", "0.00001"}, "12345.7 12345.0 1.23457e+08 1.23457E+06 1.00000e-05"},
		{"%.3g %.9g %.20g %g %g", []string{"3.14159265", "3.14159265358979", "3.14159265358979", "0", "0.0001"},
			"3.14159 3.14159265 3.14159265 0.00000 0.000100000"},
		{"%g %,g", []string{"999999.9", "123456.7"}, "1.00000e+06 123,457"},

		{"%b %B %b %b %.1b", []string{"false", "false", "no", "", "true"}, "false FALSE true true t"},
		{"%c%C%c", []string{"äb", "äb", ""}, "äÄ"},

		{"%tH", []string{"1686837825000"}, "14"},
		{"%1$Tm/%<Te/%<TY", []string{"1686837825000"}, "06/15/2023"},
		{"%tB %<TB %<tp %<Tp %<th", []string{"1686837825000"}, "June JUNE pm PM Jun"},
		{"%tR %tR %10tR|", []string{"1.5", "x", "0"}, "null null      00:00|"},
		{"%tY", []string{"9223372036854775807"}, "null"},
	} {
		if got := show(t, c.format, c.args...); got != c.want {
			t.Errorf("%q of %q: %q; want %q", c.format, c.args, got, c.want)
		}
	}
}

func TestFormatErrors(t *testing.T) {
	for format, word := range map[string]string{
		"%": "percent sign", "a%5": "percent sign", "%q": "no conversion", "%A": "1.70", "%S": "1.70", "%t": "letter", "%tq": "part of a time",
		"%<s": "before it", "%0$s": "from 1", "%99999s": "larger", "%.99999f": "larger", "%hs": "integers", "%é": "é", "%99999999999999999999d": "larger",
	} {
		if _, err := Compile(format); err == nil || !strings.Contains(err.Error(), word) {
			t.Errorf("%q: %v; want an error with %q", format, err, word)
		}
	}
}

// TestDecimal compares with strconv where no tie can make a difference.
func TestDecimal(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	for range 20000 {
		f := math.Abs(math.Float64frombits(rnd.Uint64()))
		if rnd.IntN(2) == 0 {
			f = rnd.Float64() * math.Pow(10, float64(rnd.IntN(20)-10))
		}
		if math.IsNaN(f) || math.IsInf(f, 0) {
			continue
		}
		prec := rnd.IntN(8)
		s := strconv.FormatFloat(f, 'e', -1, 64)
		if mantissa, _, _ := strings.Cut(s, "e"); strings.HasSuffix(mantissa, "5") || len(mantissa) > 17 {
			continue // the digits shown may be a tie that the number itself is not
		}
		var d decimal
		d.set(f)
		if prec+1 > len(d.digits) {
			continue // zeros here, digits of the binary fraction there
		}
		if got, want := string(d.appendScientific(nil, prec, false)), strconv.FormatFloat(f, 'e', prec, 64); got != want {
			t.Fatalf("%s with %d: %s; want %s", s, prec, got, want)
		}
		if d.set(f); d.exp+prec > len(d.digits) {
			continue
		}
		if got, want := string(d.appendFixed(nil, prec, false)), strconv.FormatFloat(f, 'f', prec, 64); got != want {
			t.Fatalf("%s with %d: %s; want %s", s, prec, got, want)
		}
	}
}

func FuzzFormat(f *testing.F) {
	for _, s := range []string{"%s,%-10.3s", "%,010.2f %e %G", "%1$Tm/%<Te", "%#hx %o %+d", "%c%B%%%n"} {
		f.Add(s, "1686837825000.5")
	}
	f.Fuzz(func(t *testing.T, format, value string) {
		c, err := Compile(format)
		if err != nil {
			return
		}
		args := make([]Arg, c.Args())
		for i := range args {
			args[i] = Arg{value, i%2 == 0}
		}
		out := c.Append([]byte("start"), args, time.UTC)
		if !strings.HasPrefix(string(out), "start") {
			t.Fatalf("%q: %q", format, out)
		}
		if utf8.ValidString(format) && utf8.ValidString(value) && !utf8.Valid(out) {
			t.Fatalf("%q of %q: %q", format, value, out)
		}
	})
}
