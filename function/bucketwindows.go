package function

import (
	"math"
	"slices"

	"harrier/plan"
)

// withWindows gives aggregates in which each window() has a state that knows of the buckets.
func (a *buckets) withWindows(aggs []*Agg) []*Agg {
	a.windows = nil
	out := slices.Clone(aggs)
	for i, g := range aggs {
		call := windowOf(g)
		if call == nil {
			continue
		}
		own := *g
		_, own.Rows = Combine(call.Aggregates("function")).New(a.rt).(plan.RowAggregator)
		own.New = func(rt *plan.Runtime) plan.Aggregator {
			s := newWindowState(call, rt, a.grid.span, a.chooses, a.mostBuckets())
			a.windows = append(a.windows, s)
			if own.Rows {
				return windowRows{s}
			}
			return s
		}
		out[i] = &own
	}
	return out
}

// mostBuckets is how many buckets there can be, 0 when that is not known.
func (a *buckets) mostBuckets() int {
	switch {
	case a.bounded:
		// A change of clocks may make one more.
		return int(min((a.grid.floor(a.end-1)-a.grid.floor(a.start))/a.grid.span+2, math.MaxInt32))
	case a.chooses:
		return a.shape.buckets + 1
	}
	return 0
}

// arrangeWindows makes the cells for buckets without events that a window reaches, and then the windows.
func (a *buckets) arrangeWindows() error {
	if len(a.windows) == 0 || a.arranged {
		return nil
	}
	a.arranged = true
	firsts := map[uint32]int64{} // by series: the first bucket that is shown
	for outer := range uint32(a.outers) {
		if a.keys == nil {
			a.plainCells(outer, firsts)
		} else {
			a.seriesCells(a.keys.inOrder(outer), firsts)
		}
	}
	a.agg.Grow(len(a.series))
	place := make([]int, len(a.series))
	for i, s := range a.series {
		// A change of clocks shifts buckets by less than half of their length, unless they are shorter than the change,
		// which they are then multiples of.
		place[i] = int(math.Floor(float64(a.starts[a.bucket[i]]-firsts[s])/float64(a.grid.span) + 0.5))
	}
	for _, w := range a.windows {
		if err := w.arrange(a.grid.span, a.series, place); err != nil {
			return err
		}
	}
	return nil
}

// plainCells makes the cells of all buckets that are shown where there are no fields to group by.
func (a *buckets) plainCells(outer uint32, firsts map[uint32]int64) {
	var met []int64
	for _, c := range a.cellsOf(outer) {
		met = append(met, a.starts[a.bucket[c]])
	}
	all, _ := a.everyBucket(met)
	if len(all) == 0 {
		all = met // too many to show them all
	}
	for _, s := range all {
		a.cell(outer, a.bucketAt(s))
	}
	if len(all) > 0 {
		firsts[outer] = all[0]
	}
}

// seriesCells makes the cells behind events of each series as far as a window reaches.
func (a *buckets) seriesCells(series []uint32, firsts map[uint32]int64) {
	first, last := int64(math.MaxInt64), int64(math.MinInt64)
	if a.bounded {
		first, last = a.grid.floor(a.start), a.grid.floor(a.end-1)
	}
	met := map[uint32][]int64{}
	for _, s := range series {
		for _, c := range a.cellsOf(s) {
			start := a.starts[a.bucket[c]]
			met[s] = append(met[s], start)
			first, last = min(first, start), max(last, start)
		}
	}
	reach := 0
	for _, w := range a.windows {
		size := w.size
		if size == 0 {
			size = w.sizeIn(a.grid.span)
		}
		if size <= len(w.copies) {
			reach = max(reach, size-1)
		}
	}
	for _, s := range series {
		firsts[s] = first
		for i, start := range met[s] {
			end := last + 1
			if i+1 < len(met[s]) {
				end = met[s][i+1]
			}
			for range reach {
				if start = a.grid.next(start); start >= end {
					break
				}
				a.cell(s, a.bucketAt(start))
			}
		}
	}
}
