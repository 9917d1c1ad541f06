package function

import (
	"math"
	"slices"
)

// quantileSketch counts numbers in bins whose widths grow with them, so that a quantile is found within a relative
// error (DDSketch: Masson, Rim and Lee, 2019). Sketches of the same error merge without loss. The zero value is empty.
//
// It is a list of the bins in use, and not an array over all: a query keeps one sketch per group, mostly of few values.
type quantileSketch struct {
	n    uint64
	bins []sketchBin // by key
}

type sketchBin struct {
	key int32 // places the bin among all: negative numbers, zero, positive numbers
	n   uint64
}

// sketchScale is the division of numbers into bins.
type sketchScale struct {
	gamma, perLog float64
	smallest      float64
}

// zeroKey is the bin of zero. Keys of positive numbers lie above it, of negative ones mirrored below it.
const (
	zeroKey = 0
	keyBias = 1 << 30
)

// newSketchScale makes bins for a relative error between 0 and 1. The error is not made smaller than what floats and
// keys can express.
func newSketchScale(relative float64) sketchScale {
	relative = min(max(relative, 1e-6), 1-1e-9)
	gamma := (1 + relative) / (1 - relative)
	return sketchScale{gamma: gamma, perLog: 1 / math.Log(gamma), smallest: math.SmallestNonzeroFloat64 * 0x1p52}
}

// key gives the bin of a number. Those closer to zero than any normal float count as zero.
func (s sketchScale) key(v float64) int32 {
	switch {
	case v >= s.smallest:
		return int32(math.Ceil(math.Log(v)*s.perLog)) + keyBias
	case v <= -s.smallest:
		return -(int32(math.Ceil(math.Log(-v)*s.perLog)) + keyBias)
	}
	return zeroKey
}

// value gives the number that stands for a bin: none of the bin is further from it than the relative error.
func (s sketchScale) value(key int32) float64 {
	switch {
	case key > zeroKey:
		return s.magnitude(key - keyBias)
	case key < zeroKey:
		return -s.magnitude(-key - keyBias)
	}
	return 0
}

func (s sketchScale) magnitude(i int32) float64 {
	// The upper bound of the bin is gamma^i; it is taken together with the factor so that it cannot overflow first.
	return min(math.Exp(float64(i)/s.perLog+math.Log(2/(1+s.gamma))), math.MaxFloat64)
}

func (q *quantileSketch) add(key int32, n uint64) {
	q.n += n
	i, found := slices.BinarySearchFunc(q.bins, key, func(b sketchBin, k int32) int { return int(b.key) - int(k) })
	if found {
		q.bins[i].n += n
		return
	}
	q.bins = slices.Insert(q.bins, i, sketchBin{key, n})
}

func (q *quantileSketch) merge(o *quantileSketch) {
	if len(q.bins) == 0 {
		*q = *o
		return
	}
	out := make([]sketchBin, 0, len(q.bins)+len(o.bins))
	a, b := q.bins, o.bins
	for len(a) > 0 || len(b) > 0 {
		switch {
		case len(b) == 0 || len(a) > 0 && a[0].key < b[0].key:
			out, a = append(out, a[0]), a[1:]
		case len(a) == 0 || b[0].key < a[0].key:
			out, b = append(out, b[0]), b[1:]
		default:
			out = append(out, sketchBin{a[0].key, a[0].n + b[0].n})
			a, b = a[1:], b[1:]
		}
	}
	q.n, q.bins = q.n+o.n, slices.Clip(out)
}

// key gives the bin of the number that stands at p percent of the way from the smallest to the largest, of two the
// lower one. The sketch must not be empty.
func (q *quantileSketch) key(p float64) int32 {
	rank := uint64(p * float64(q.n-1) / 100)
	var before uint64
	for _, b := range q.bins {
		if before += b.n; before > rank {
			return b.key
		}
	}
	return q.bins[len(q.bins)-1].key
}
