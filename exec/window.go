package exec

import (
	"cmp"
	"math"
	"slices"
	"time"

	"harrier/event"
	"harrier/plan"
)

// piece is a piece of time with the state of the first aggregate over its
// events. Without a window length there is one, of all time.
type piece struct {
	index int64 // since the epoch
	rt    *plan.Runtime
	chain *plan.Chain     // of its own, when the stages before hang on the interval
	state plan.Aggregator // nil while no event got to it
}

// timeless is the piece of events without a time.
const timeless = math.MinInt64

// start is the first moment of the piece.
func (p *piece) start(length time.Duration) time.Time {
	if p.index == timeless {
		return time.Time{}
	}
	return time.UnixMilli(p.index * length.Milliseconds()).UTC()
}

// pieces is what one worker makes of its events.
type pieces struct {
	s      *scanner
	agg    *plan.Aggregate
	length time.Duration // zero: one piece
	met    map[int64]*piece
	chain  *plan.Chain // of all pieces, unless each has its own
	hand   *piece      // the one whose events are in the chain
	cut    []span      // scratch
}

// span is the rows of a batch that are in one piece.
type span struct {
	index int64
	rows  []int32
}

func newPieces(s *scanner, agg *plan.Aggregate, length time.Duration) *pieces {
	w := &pieces{s: s, agg: agg, length: length, met: map[int64]*piece{}}
	if length == 0 {
		p := &piece{rt: s.rt}
		w.met[0] = p
		p.begin(agg)
	}
	if length == 0 || !s.plan.Timed {
		w.chain = s.chain(s.rt, w.add)
	}
	return w
}

func (p *piece) begin(agg *plan.Aggregate) {
	p.state = agg.New(p.rt)
	p.state.Grow(1)
}

// piece finds a piece, or makes it.
func (w *pieces) piece(index int64) *piece {
	p := w.met[index]
	if p != nil {
		return p
	}
	p = &piece{index: index}
	if index == timeless {
		p.rt = w.s.rt.Within(time.Time{}, time.Time{})
	} else {
		start := p.start(w.length)
		p.rt = w.s.rt.Within(start, start.Add(w.length))
	}
	if w.chain == nil {
		p.chain = w.s.chain(p.rt, w.add)
	}
	w.met[index] = p
	return p
}

// push takes a batch of the source through the parallel stages, the events of
// each piece by themselves: later stages may change @timestamp, and are not
// asked which piece an event is in.
func (w *pieces) push(b *event.Batch) error {
	if w.length == 0 {
		w.hand = w.met[0]
		return w.chain.Push(b)
	}
	w.split(b)
	for _, c := range w.cut {
		part := b
		switch {
		case len(w.cut) == 1:
		case 2*len(c.rows) < b.Len():
			part = b.Gather(c.rows) // a stage may take as long as the batch, selected or not
		default:
			part = b.Clone()
			part.Select(c.rows)
		}
		w.hand = w.piece(c.index)
		chain := w.chain
		if chain == nil {
			chain = w.hand.chain
		}
		if err := chain.Push(part); err != nil {
			return err
		}
	}
	return nil
}

// split finds which rows of a batch are in which piece.
func (w *pieces) split(b *event.Batch) {
	w.cut = w.cut[:0]
	ms := float64(w.length.Milliseconds())
	c := b.Field("@timestamp")
	last := -1
	for _, r := range b.Selected() {
		index := int64(timeless)
		if f, ok := c.Number(int(r)); ok {
			index = int64(math.Floor(f / ms))
		}
		if last < 0 || w.cut[last].index != index {
			last = slices.IndexFunc(w.cut, func(s span) bool { return s.index == index })
			if last < 0 {
				last = len(w.cut)
				w.cut = append(w.cut, span{index: index})
			}
		}
		w.cut[last].rows = append(w.cut[last].rows, r)
	}
}

// add receives what leaves the parallel stages.
func (w *pieces) add(b *event.Batch) error {
	p := w.hand
	if p.state == nil {
		p.begin(w.agg)
	}
	if err := p.state.Add(b, plan.ZeroGroups(b.Len())); err != nil {
		return err
	}
	return p.rt.Memory.Use(p, p.state.Bytes())
}

// merge takes in the states of another worker.
func (w *pieces) merge(other *pieces) error {
	for index, o := range other.met {
		p := w.met[index]
		switch {
		case o.state == nil:
			continue
		case p == nil || p.state == nil:
			w.met[index] = o
			continue
		}
		if err := p.state.Merge(o.state, []uint32{0}); err != nil {
			return err
		}
		if err := p.rt.Memory.Use(o, 0); err != nil {
			return err
		}
		if err := p.rt.Memory.Use(p, p.state.Bytes()); err != nil {
			return err
		}
	}
	return nil
}

// sorted gives the pieces that have a state, in order of time.
func (w *pieces) sorted() []*piece {
	var out []*piece
	for _, p := range w.met {
		if p.state != nil {
			out = append(out, p)
		}
	}
	slices.SortFunc(out, func(a, b *piece) int { return cmp.Compare(a.index, b.index) })
	return out
}
