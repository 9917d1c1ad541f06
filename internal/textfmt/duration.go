package textfmt

import (
	"slices"
	"strconv"
)

// durationUnits are the units of formatDuration(), from the largest, each with how many of the next smaller one it has.
var durationUnits = []struct {
	name string
	has  uint64
}{{"d", 24}, {"h", 60}, {"m", 60}, {"s", 1000}, {"ms", 1000}, {"us", 1000}, {"ns", 1}}

// DurationUnits lists the names of the units, from the smallest.
func DurationUnits() []string {
	var names []string
	for _, u := range durationUnits {
		names = append(names, u.name)
	}
	slices.Reverse(names)
	return names
}

// AppendDuration writes n units as a compact text such as 6h30m52s553ms. Units that are zero are left out, except that
// zero itself is written in the given unit. When precision is above zero, only so many units are looked at, from the
// largest that is not zero, and the rest is cut off. An unknown unit counts as ms.
func AppendDuration(dst []byte, n int64, unit string, precision int) []byte {
	last := slices.IndexFunc(durationUnits, func(u struct {
		name string
		has  uint64
	}) bool {
		return u.name == unit
	})
	if last < 0 {
		last = 4
	}
	rest := uint64(n)
	if n < 0 {
		dst = append(dst, '-')
		rest = -rest
	}
	var counts [7]uint64
	for i := last; i > 0; i-- {
		counts[i] = rest % durationUnits[i-1].has
		rest /= durationUnits[i-1].has
	}
	counts[0] = rest
	first := 0
	for first < last && counts[first] == 0 {
		first++
	}
	if precision > 0 {
		last = min(last, first+precision-1)
	}
	for i := first; i <= last; i++ {
		if counts[i] != 0 || first == last {
			dst = strconv.AppendUint(dst, counts[i], 10)
			dst = append(dst, durationUnits[i].name...)
		}
	}
	return dst
}
