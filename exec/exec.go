// Package exec runs plans. A run reads the source in parallel, one chain of
// stages per worker up to the first aggregate, merges the workers' states, and
// takes the result through the remaining stages on one goroutine:
//
//	split 0 --\                     worker state --\
//	split 1 ---> worker: chain, add worker state ---> merge -> chain -> rows
//	split 2 --/                     worker state --/
//
// A plan without an aggregate has no states to merge: its rows are put back into
// the order of the input. What the caller is given it is given on its own
// goroutine, and when [Run] returns none of its workers is left.
//
// The rows do not depend on the number of workers, on how the source is cut into
// splits, or on the size of batches. The package knows no function names and
// opens no files.
package exec

import (
	"context"
	"fmt"
	"runtime"
	"runtime/debug"
	"time"

	"harrier/diag"
	"harrier/event"
	"harrier/plan"
)

// DefaultMemory is the limit on the state of a query when Options.Memory is 0.
const DefaultMemory = 1 << 30

// Options say how to run a plan. The zero value runs it over all time with a
// worker per core.
type Options struct {
	Workers    int       // zero: one per core
	Memory     int64     // bytes of state; zero: DefaultMemory, negative: no limit
	Now        time.Time // zero: the present
	Start, End time.Time // zero: unbounded
	Stats      *event.Stats
	// Window, when at least a millisecond, cuts time into pieces of this length
	// (aligned to the epoch, in UTC) and gives each piece a result of its own, as a
	// scheduled search with this interval would: the piece is the interval that
	// bucket() and start() know. Subqueries run once, over all time. OnWindow is told
	// of each piece of which some event got to the first aggregate, before its rows
	// come; events without a time form a piece of their own, told with the zero time.
	Window   time.Duration
	OnWindow func(start time.Time)
	// Report receives input that could not be read; see event.Request.
	Report func(event.Problem)
}

// Summary tells about a run.
type Summary struct {
	Warnings diag.List
	Memory   int64 // peak bytes of state
}

// InternalError is a mistake of ours that a run met: it names what went wrong
// and where in the program.
type InternalError struct {
	Value any
	Stack []byte
}

// Error implements error.
func (e *InternalError) Error() string {
	return fmt.Sprintf("internal error: %v (please report it with the query)", e.Value)
}

// Run runs a plan over a source and gives the rows of its result to emit, in
// order, one call at a time and on the goroutine of the caller. It stops with the
// error of emit, of the source, of a stage, or of ctx. A panic of ours becomes an
// [InternalError]; one of emit goes on to the caller.
func Run(ctx context.Context, p *plan.Plan, src event.Source, o Options, emit func(*event.Batch) error) (sum *Summary, err error) {
	emitting := false
	defer func() {
		if emitting {
			return
		}
		if v := recover(); v != nil {
			err = &InternalError{v, debug.Stack()}
		}
	}()
	give := func(b *event.Batch) error {
		emitting = true
		err := emit(b)
		emitting = false
		return err
	}
	if o.Workers <= 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	if o.Now.IsZero() {
		o.Now = time.Now()
	}
	limit := o.Memory
	if limit == 0 {
		limit = DefaultMemory
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	rt := &plan.Runtime{
		Context: ctx, Now: o.Now, Start: o.Start, End: o.End,
		Memory: &plan.Budget{Limit: limit}, Sub: map[int][]*event.Batch{},
	}
	if p.Interval != nil {
		rt.Start, rt.End = p.Interval(o.Now)
	}
	r := &run{src: src, o: o}
	err = r.plan(ctx, rt, p, o.Window.Truncate(time.Millisecond), give)
	return &Summary{Warnings: rt.Warnings(), Memory: rt.Memory.Peak()}, err
}

type run struct {
	src event.Source
	o   Options
}

// plan runs the subplans, then the plan itself.
func (r *run) plan(ctx context.Context, rt *plan.Runtime, p *plan.Plan, window time.Duration, emit func(*event.Batch) error) error {
	for _, sub := range p.Subs {
		inner := rt
		if sub.Interval != nil {
			inner = rt.Within(sub.Interval(rt))
		}
		var rows []*event.Batch
		bytes := 0
		err := r.plan(ctx, inner, sub.Plan, 0, func(b *event.Batch) error {
			b = detached(b) // it will be read by all workers
			rows = append(rows, b)
			bytes += sizeOf(b)
			return rt.Memory.Use(sub, bytes)
		})
		if err != nil {
			return fmt.Errorf("run %s: %w", sub.Name, err)
		}
		rt.SetSub(sub.ID, rows)
	}
	if p.Values != nil {
		return r.values(ctx, rt, p, emit)
	}
	return r.scan(ctx, rt, p, window, emit)
}

// sizeOf is about how much memory the rows of a batch hold.
func sizeOf(b *event.Batch) int { return b.Count() * (16 + 40*len(b.Names())) }

// detached is the selected rows of a batch with columns that share nothing that
// can still change: a dictionary grows while its split is read, and notes which
// of its values are numbers, so it belongs to one goroutine at a time.
func detached(b *event.Batch) *event.Batch {
	rows := b.Selected()
	out := event.NewBatch(len(rows))
	pos := make([]uint64, len(rows))
	for i, r := range rows {
		pos[i] = b.Position(int(r))
	}
	out.SetPositions(pos)
	for i, name := range b.Names() {
		c := b.Columns()[i]
		dict, codes := c.Codes()
		switch {
		case dict != nil:
			strs, valid := make([]string, len(rows)), event.NewBits(len(rows))
			for n, r := range rows {
				if code := codes[r]; code != event.NoCode {
					strs[n] = dict.Value(code)
					valid.Set(n)
				}
			}
			c = event.NewText(strs, valid)
		case len(rows) < b.Len():
			c = c.Gather(rows)
		}
		out.Set(name, c)
	}
	return out
}

// values runs a plan over events it makes itself.
func (r *run) values(ctx context.Context, rt *plan.Runtime, p *plan.Plan, emit func(*event.Batch) error) error {
	batches, err := p.Values(rt)
	if err != nil {
		return err
	}
	chain := plan.NewChain(rt, p.Stages, emit)
	n := uint64(0)
	for _, b := range batches {
		if err := ctx.Err(); err != nil {
			return err
		}
		b = b.Clone()
		b.SetPosition(n)
		n += uint64(b.Len())
		if p.FreeText {
			b.KeepOriginal()
		}
		if err := chain.Push(b); err != nil {
			return err
		}
	}
	return chain.End()
}
