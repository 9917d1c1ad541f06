package function

import (
	"math"
	"strconv"
	"testing"
)

// TestLog10 asks for whole numbers at all exact powers of ten, and for little difference elsewhere.
func TestLog10(t *testing.T) {
	for n := -20; n <= 22; n++ {
		if got := log10(math.Pow10(n)); got != float64(n) {
			t.Errorf("log10(1e%d) = %v", n, got)
		}
	}
	for _, x := range []float64{1e-300, 0.3, 0.5, 0.999, 1.001, 2, 7, 12345.678, math.MaxFloat64} {
		if got, want := log10(x), math.Log10(x); math.Abs(got-want) > 1e-15*math.Max(1, math.Abs(want)) {
			t.Errorf("log10(%v) = %v, want %v", x, got, want)
		}
	}
	if log, ten := naturalLog(5e-324), log10(5e-324); math.Abs(log+744.4400719213812) > 1e-12 || math.Abs(ten+323.3062153431158) > 1e-12 {
		t.Errorf("logarithms of the smallest number: %v and %v", log, ten)
	}
	for _, x := range []float64{0, -1, math.Inf(-1), math.NaN()} {
		if v, ok := finite(log10(x)); ok {
			t.Errorf("log10(%v) = %v", x, v)
		}
	}
}

func TestNumberFunctions(t *testing.T) {
	for _, c := range []struct {
		what      string
		got, want float64
	}{
		{"round up", roundHalfUp(0.5), 1},
		{"round down", roundHalfUp(-0.5), 0},
		{"just below a half", roundHalfUp(0.49999999999999994), 0},
		{"no fraction left", roundHalfUp(1<<53 + 2), 1<<53 + 2},
		{"positive divisor", floorMod(-7, 3), 2},
		{"negative divisor", floorMod(7, -3), -2},
		{"both negative", floorMod(-7, -3), -1},
		{"nothing left", floorMod(-6, 3), 0},
	} {
		if v, ok := finite(c.got); !ok || v != c.want {
			t.Errorf("%s: %v, want %v", c.what, c.got, c.want)
		}
	}
	if v, ok := finite(floorMod(7, 0)); ok {
		t.Errorf("7 modulo 0 is %v", v)
	}
	if v, _ := finite(math.Copysign(0, -1)); math.Signbit(v) {
		t.Error("negative zero stays")
	}
	for d, want := range map[float64][2]float64{0: {0, 1}, 90: {1, 0}, -90: {-1, 0}, 540: {0, -1}, -270: {1, 0}, 270: {-1, 0}} {
		if s, c := sincosDegrees(d); s != want[0] || c != want[1] {
			t.Errorf("at %v degrees: %v %v", d, s, c)
		}
	}
}

// TestLot draws for consecutive times, which differ in the last digits only.
func TestLot(t *testing.T) {
	const n = 100000
	for _, share := range []float64{0.001, 0.01, 0.5} {
		kept := 0
		for i := range n {
			if lot(strconv.Itoa(1700000000000+i)) < share {
				kept++
			}
		}
		if off := math.Abs(float64(kept) - n*share); off > 5*math.Sqrt(n*share) {
			t.Errorf("%d of %d kept at %v", kept, n, share)
		}
	}
}
