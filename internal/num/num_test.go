package num

import (
	"math"
	"math/big"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	good := map[string]float64{
		"0": 0, "-0": math.Copysign(0, -1), "7": 7, "+7": 7, "-17": -17, "007": 7, "7.0": 7,
		"-250.50": -250.5, "1.5e10": 1.5e10, "2.3e-5": 2.3e-5, "1.74587E100": 1.74587e100,
		"1e5": 1e5, "1E+5": 1e5, ".5": 0.5, "5.": 5, "-.5e1": -5,
		"9007199254740992": 1 << 53, "9007199254740993": 1 << 53, "9007199254740995": 1<<53 + 4,
		"18446744073709551616": 1 << 64, "123456789012345678901234567890": 123456789012345678901234567890,
		"0.1": 0.1, "0.30000000000000004": 0.30000000000000004, "1e22": 1e22, "1e23": 1e23, "1e-400": 0,
		"1.7976931348623157e308": math.MaxFloat64, "5e-324": math.SmallestNonzeroFloat64,
		"1686837825000": 1686837825000, "0." + strings.Repeat("0", 400) + "1": 0,
		"1" + strings.Repeat("0", 300): 1e300,
	}
	for in, want := range good {
		got, ok := Parse(in)
		if !ok || got != want || math.Signbit(got) != math.Signbit(want) {
			t.Errorf("Parse(%q) = %v, %v; want %v", in, got, ok, want)
		}
	}
	bad := []string{
		"", "-", "+", ".", "e5", "-.", "1e", "1e+", "1,000", " 1", "1 ", "1\n", "0x1f", "0x1p4", "1_000", "inf", "-Inf",
		"+Infinity", "nan", "NaN", "1e999", "-1e999", "1d", "1f", "1L", "--1", "1-", "1.2.3", "10.0.0.1", "1e5.5", "٣", "½", "true",
	}
	for _, in := range bad {
		if got, ok := Parse(in); ok {
			t.Errorf("Parse(%q) = %v; want no number", in, got)
		}
	}
}

// agrees checks Parse against strconv, which reads a superset of the syntax.
func agrees(t *testing.T, s string) {
	t.Helper()
	got, ok := Parse(s)
	want, err := strconv.ParseFloat(s, 64)
	wantOK := err == nil && !math.IsInf(want, 0) && !math.IsNaN(want) && !strings.ContainsAny(s, "xX_")
	if ok != wantOK || ok && (got != want || math.Signbit(got) != math.Signbit(want)) {
		t.Fatalf("Parse(%q) = %v, %v; strconv gives %v, %v", s, got, ok, want, err)
	}
}

func TestParseAgreesWithStrconv(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 100000 {
		f := math.Float64frombits(r.Uint64())
		agrees(t, strconv.FormatFloat(f, "efgG"[r.IntN(4)], r.IntN(25)-1, 64))
		agrees(t, strconv.FormatFloat(r.NormFloat64()*math.Pow(10, float64(r.IntN(30)-10)), 'f', r.IntN(12), 64))
	}
	const alphabet = "0123456789.eE+-0123456789"
	for range 300000 {
		b := make([]byte, r.IntN(26))
		for i := range b {
			b[i] = alphabet[r.IntN(len(alphabet))]
		}
		agrees(t, string(b))
	}
}

func TestParseInt(t *testing.T) {
	good := map[string]int64{
		"0": 0, "-0": 0, "+5": 5, "0005": 5, "9223372036854775807": math.MaxInt64, "-9223372036854775808": math.MinInt64,
		"1686837825000": 1686837825000,
	}
	for in, want := range good {
		if got, ok := ParseInt(in); !ok || got != want {
			t.Errorf("ParseInt(%q) = %v, %v; want %v", in, got, ok, want)
		}
	}
	for _, in := range []string{"", "-", "+", "1.0", "1e3", " 1", "9223372036854775808", "-9223372036854775809", "99999999999999999999", "0x10", "1_0"} {
		if got, ok := ParseInt(in); ok {
			t.Errorf("ParseInt(%q) = %v; want no number", in, got)
		}
	}
}

func TestFormat(t *testing.T) {
	for _, c := range []struct {
		f    float64
		want string
	}{
		{5, "5"}, {-5, "-5"}, {0, "0"}, {math.Copysign(0, -1), "0"}, {5.5, "5.5"}, {16.29999999999992, "16.29999999999992"},
		{0.04276470588235326, "0.04276470588235326"}, {1e7, "10000000"}, {1686837825000, "1686837825000"},
		{999999999999999872, "999999999999999872"}, {1e18, "1e+18"}, {-1e18, "-1e+18"}, {1.74587e100, "1.74587e+100"},
		{1234567.25, "1234567.25"}, {0.0001, "0.0001"}, {0.00015, "0.00015"}, {0.00001, "1e-05"}, {-4.2e-5, "-4.2e-05"},
		{math.NaN(), "NaN"}, {math.Inf(1), "Infinity"}, {math.Inf(-1), "-Infinity"}, {123456789012.125, "123456789012.125"},
	} {
		if got := Format(c.f); got != c.want {
			t.Errorf("Format(%v) = %q; want %q", c.f, got, c.want)
		}
	}
}

func TestNoAllocation(t *testing.T) {
	buf := make([]byte, 0, 64)
	n := testing.AllocsPerRun(100, func() {
		Parse("1686837825000")
		Parse("-3.14159265358979323846264338327950288")
		Parse("powershell.exe")
		ParseInt("12345678901234567890123")
		buf = Append(buf[:0], 0.1)
		buf = Append(buf[:0], 1e12)
	})
	if n != 0 {
		t.Errorf("%v allocations; want none", n)
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"1", "-1.5e3", "1e", "0x10", "9007199254740993", "1e-400", "inf", "1_0", ".", "00.00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		agrees(t, s)
		if v, ok := Parse(s); ok {
			if back, ok := Parse(Format(v)); !ok || back != v {
				t.Fatalf("%v written as %q reads back as %v", v, Format(v), back)
			}
		}
		n, ok := ParseInt(s)
		if want, err := strconv.ParseInt(s, 10, 64); ok != (err == nil) || ok && n != want {
			t.Fatalf("ParseInt(%q) = %v, %v; strconv gives %v, %v", s, n, ok, want, err)
		}
		if ok {
			if b, _ := new(big.Int).SetString(s, 10); b == nil || b.Int64() != n {
				t.Fatalf("ParseInt(%q) = %d; big.Int gives %v", s, n, b)
			}
		}
	})
}

func BenchmarkParse(b *testing.B) {
	for _, s := range []string{"443", "1686837825000", "0.04276470588235326", "1.74587E100", "powershell.exe"} {
		b.Run(s, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Parse(s)
			}
		})
	}
}

func BenchmarkAppend(b *testing.B) {
	buf := make([]byte, 0, 64)
	b.ReportAllocs()
	for b.Loop() {
		buf = Append(buf[:0], 288.5821)
	}
}
