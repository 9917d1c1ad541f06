package function

import (
	"math"
	"math/big"
)

// exactSum adds numbers without rounding, so that the order of adding does not matter: only its value, when asked for,
// is rounded, once. Whole numbers are added as integers while they fit, others as a list of floats that together are
// the sum (Shewchuk's partial sums), and numbers of extreme size in a float that is long enough for all.
type exactSum struct {
	ints int64
	more *exactRest // nil while integers suffice
}

type exactRest struct {
	parts []float64 // do not overlap, smallest first
	huge  *big.Float
}

const (
	maxWhole = 1 << 53             // whole numbers up to here are exact as floats
	maxPart  = 0x1p900             // sums of 2^63 such numbers do not overflow
	minRoot  = 0x1p-480            // squares of larger numbers have an exact remainder
	maxRoot  = 0x1p440             // squares of smaller numbers stay below maxPart
	hugeBits = 2*(1074+1024) + 128 // from the square of the smallest float to that of the largest, and their count
)

// add adds a number that is neither infinite nor NaN.
func (s *exactSum) add(v float64) {
	if v == math.Trunc(v) && math.Abs(v) <= maxWhole {
		s.addInt(int64(v))
		return
	}
	if math.Abs(v) > maxPart {
		s.addHuge(new(big.Float).SetFloat64(v))
		return
	}
	s.addPart(v)
}

// addSquare adds the square of a number.
func (s *exactSum) addSquare(v float64) {
	a := math.Abs(v)
	switch {
	case a == math.Trunc(a) && a <= 1<<26:
		s.addInt(int64(a) * int64(a))
	case a < minRoot || a > maxRoot:
		f := new(big.Float).SetPrec(128).SetFloat64(v)
		s.addHuge(f.Mul(f, f))
	default:
		square := v * v
		s.addPart(square)
		s.addPart(math.FMA(v, v, -square))
	}
}

func (s *exactSum) addInt(n int64) {
	sum := s.ints + n
	if (sum > s.ints) == (n > 0) {
		s.ints = sum
		return
	}
	s.spill(s.ints)
	s.ints = n
}

// spill moves an integer to the partial sums, as two halves that floats hold exactly.
func (s *exactSum) spill(n int64) {
	low := n & (1<<32 - 1)
	s.addPart(float64(n - low))
	s.addPart(float64(low))
}

func (s *exactSum) rest() *exactRest {
	if s.more == nil {
		s.more = &exactRest{}
	}
	return s.more
}

// addPart adds a float of moderate size: it goes through the partial sums and leaves behind what rounding would lose.
func (s *exactSum) addPart(v float64) {
	if v == 0 {
		return
	}
	r := s.rest()
	kept := r.parts[:0]
	for _, p := range r.parts {
		if math.Abs(v) < math.Abs(p) {
			v, p = p, v
		}
		high := v + p
		if low := p - (high - v); low != 0 {
			kept = append(kept, low)
		}
		v = high
	}
	if v != 0 {
		kept = append(kept, v)
	}
	r.parts = kept
}

func (s *exactSum) addHuge(f *big.Float) {
	r := s.rest()
	if r.huge == nil {
		r.huge = new(big.Float).SetPrec(hugeBits)
	}
	r.huge.Add(r.huge, f)
}

// merge adds another sum.
func (s *exactSum) merge(o *exactSum) {
	s.addInt(o.ints)
	if o.more == nil {
		return
	}
	for _, p := range o.more.parts {
		s.addPart(p)
	}
	if o.more.huge != nil {
		s.addHuge(o.more.huge)
	}
}

// value gives the sum: as an integer when it is one of 64 bits, otherwise as the float nearest to it, which is infinite
// when it is too large for one. It depends on the sum alone and not on how it came about.
func (s *exactSum) value() (n int64, f float64, isInt bool) {
	if s.more == nil {
		return s.ints, float64(s.ints), true
	}
	sum := s.big()
	f, _ = sum.Float64()
	n, accuracy := sum.Int64()
	return n, f, accuracy == big.Exact
}

// big gives the sum itself.
func (s *exactSum) big() *big.Float {
	sum := new(big.Float).SetPrec(hugeBits).SetInt64(s.ints)
	if s.more == nil {
		return sum
	}
	var f big.Float
	for _, p := range s.more.parts {
		sum.Add(sum, f.SetFloat64(p))
	}
	if s.more.huge != nil {
		sum.Add(sum, s.more.huge)
	}
	return sum
}

// mean gives the float nearest to the sum divided by n.
func (s *exactSum) mean(n int64) float64 {
	if s.more == nil && s.ints <= maxWhole && s.ints >= -maxWhole && n <= maxWhole {
		return float64(s.ints) / float64(n)
	}
	f, _ := new(big.Float).SetPrec(128).Quo(s.big(), new(big.Float).SetInt64(n)).Float64()
	return f
}

// deviation gives the standard deviation of n numbers (divided by n, not n-1) from their sum and the sum of their
// squares: the root of (n*squares - sum^2) / n^2, of which the difference is exact.
func deviation(n int64, sum, squares *exactSum) float64 {
	count := new(big.Float).SetPrec(hugeBits).SetInt64(n)
	s := sum.big()
	spread := new(big.Float).SetPrec(2*hugeBits).Mul(count, squares.big())
	spread.Sub(spread, new(big.Float).SetPrec(2*hugeBits).Mul(s, s))
	if spread.Sign() <= 0 {
		return 0
	}
	spread.SetPrec(128)
	f, _ := new(big.Float).SetPrec(128).Quo(spread.Sqrt(spread), count).Float64()
	return f
}
