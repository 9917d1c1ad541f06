package function

import (
	"harrier/event"
	"harrier/plan"
)

// sliding is slidingWindow() and slidingTimeWindow() at work: at each row the results of aggregates over a window of
// rows that ends there. An aggregator can take in rows but not give them up, so it is filled anew whenever the window
// loses a row, and added to while the window only grows.
type sliding struct {
	sequence
	agg     *Agg
	exclude bool // the window ends before the row
	// first gives the number of the first row of the window that ends before row `end`, as seen from the row with
	// the number `row`. It never goes back.
	first func(row, end uint64) (uint64, error)
	// note is shown each batch before its rows are looked at.
	note func(b *event.Batch) error

	rows     []slidingPiece // the rows that a window may still need
	state    plan.Aggregator
	from, to uint64 // the rows that the state has
	results  runningResults
	bytes    int // of rows
}

// slidingPiece is a short batch whose first row has a number.
type slidingPiece struct {
	at uint64
	b  *event.Batch
}

var _ plan.Sequencer = (*sliding)(nil)

// Next implements plan.Sequencer.
func (a *sliding) Next(b *event.Batch, emit func(*event.Batch) error) error {
	row := a.seen
	b = a.take(b)
	if a.note != nil {
		if err := a.note(b); err != nil {
			return err
		}
	}
	at := row
	for _, p := range pieces(b) {
		a.rows = append(a.rows, slidingPiece{at, p})
		a.bytes += batchBytes(p)
		at += uint64(p.Len())
	}
	for ; row < a.seen; row++ {
		end := row
		if !a.exclude {
			end++
		}
		first, err := a.first(row, end)
		if err != nil {
			return err
		}
		if err := a.fill(min(first, end), end); err != nil {
			return err
		}
		if err := a.results.add(a.state); err != nil {
			return err
		}
		a.forget(first)
	}
	if err := a.rt.Memory.Use(a, a.bytes+a.state.Bytes()); err != nil {
		return err
	}
	a.results.join(b)
	return emit(b)
}

// End implements plan.Sequencer.
func (a *sliding) End(func(*event.Batch) error) error { return a.rt.Memory.Use(a, 0) }

// fill makes the state that of the rows from one number up to before another.
func (a *sliding) fill(from, to uint64) error {
	if a.state == nil || from != a.from {
		a.state, a.from, a.to = newState(a.agg, a.rt), from, from
	}
	for _, p := range a.rows {
		low, high := max(a.to, p.at), min(to, p.at+uint64(p.b.Len()))
		if low >= high {
			continue
		}
		p.b.Select(ascending[low-p.at : high-p.at])
		if err := a.state.Add(p.b, plan.ZeroGroups(p.b.Len())); err != nil {
			return err
		}
	}
	a.to = to
	return nil
}

// forget drops the pieces that lie before a row.
func (a *sliding) forget(first uint64) {
	for len(a.rows) > 0 && a.rows[0].at+uint64(a.rows[0].b.Len()) <= first {
		a.bytes -= batchBytes(a.rows[0].b)
		a.rows = a.rows[1:]
	}
}
