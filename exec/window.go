package exec

import (
	"cmp"
	"math"
	"slices"
	"time"

	"harrier/event"
	"harrier/plan"
)

// windows numbers the pieces of time that a worker has met. Without a window
// length there is one piece, number 0.
type windows struct {
	ms     int64
	number map[int64]uint32 // index of the piece since the epoch -> group
	order  []int64          // by group
	buf    []uint32
}

// timeless is the piece of events without a time.
const timeless = math.MinInt64

func newWindows(length time.Duration) *windows {
	w := &windows{ms: length.Milliseconds(), number: map[int64]uint32{}}
	if w.ms <= 0 {
		w.ms = 0
		w.group(0)
	}
	return w
}

func (w *windows) len() int { return len(w.order) }

func (w *windows) group(index int64) uint32 {
	g, ok := w.number[index]
	if !ok {
		g = uint32(len(w.order))
		w.number[index] = g
		w.order = append(w.order, index)
	}
	return g
}

// groups gives the group of every row of a batch. The slice is used again.
func (w *windows) groups(b *event.Batch) []uint32 {
	if w.ms == 0 {
		return plan.ZeroGroups(b.Len())
	}
	if cap(w.buf) < b.Len() {
		w.buf = make([]uint32, b.Len())
	}
	out := w.buf[:b.Len()]
	c := b.Field("@timestamp")
	for _, r := range b.Selected() {
		index := int64(timeless)
		if f, ok := c.Number(int(r)); ok {
			index = int64(math.Floor(f / float64(w.ms)))
		}
		out[r] = w.group(index)
	}
	return out
}

// merge numbers the other's pieces too and gives their groups here.
func (w *windows) merge(other *windows) []uint32 {
	out := make([]uint32, len(other.order))
	for g, index := range other.order {
		out[g] = w.group(index)
	}
	return out
}

type piece struct {
	index int64
	group uint32
}

// start is the first moment of the piece.
func (p piece) start(length time.Duration) time.Time {
	if p.index == timeless {
		return time.Time{}
	}
	return time.UnixMilli(p.index * length.Milliseconds()).UTC()
}

// sorted gives the pieces in order of time.
func (w *windows) sorted() []piece {
	out := make([]piece, len(w.order))
	for g, index := range w.order {
		out[g] = piece{index, uint32(g)}
	}
	slices.SortFunc(out, func(a, b piece) int { return cmp.Compare(a.index, b.index) })
	return out
}
