// Package exec runs plans. A run reads the source in parallel, one chain of
// stages per worker up to the first aggregate, merges the workers' states, and
// takes the result through the remaining stages on one goroutine:
//
//	split 0 --\                     worker state --\
//	split 1 ---> worker: chain, add worker state ---> merge -> chain -> rows
//	split 2 --/                     worker state --/
//
// The rows do not depend on the number of workers, on how the source is cut into
// splits, or on the size of batches. The package knows no function names and
// opens no files.
package exec

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"
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
	// Window, when not zero, cuts time into pieces of this length (aligned to the
	// epoch, in UTC) and runs what stands behind the first aggregate for each piece
	// by itself, as a scheduled search with this interval would. OnWindow is told of
	// each piece before its rows come; events without a time form a piece of their
	// own, told with the zero time.
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
// order, one call at a time. It stops with the error of emit, of the
// source, of a stage, or of ctx.
func Run(ctx context.Context, p *plan.Plan, src event.Source, o Options, emit func(*event.Batch) error) (sum *Summary, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = &InternalError{v, debug.Stack()}
		}
	}()
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
	err = r.plan(ctx, rt, p, emit)
	return &Summary{Warnings: rt.Warnings(), Memory: rt.Memory.Peak()}, err
}

type run struct {
	src event.Source
	o   Options
}

// plan runs the subplans, then the plan itself.
func (r *run) plan(ctx context.Context, rt *plan.Runtime, p *plan.Plan, emit func(*event.Batch) error) error {
	for _, sub := range p.Subs {
		inner := rt
		if sub.Interval != nil {
			inner = rt.Within(sub.Interval(rt))
		} else if sub.Plan.Interval != nil {
			start, end := sub.Plan.Interval(rt.Now)
			inner = rt.Within(start, end)
		}
		var rows []*event.Batch
		bytes := 0
		err := r.plan(ctx, inner, sub.Plan, func(b *event.Batch) error {
			b = b.Compact().Clone()
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
	return r.scan(ctx, rt, p, emit)
}

// sizeOf is about how much memory the rows of a batch hold.
func sizeOf(b *event.Batch) int { return b.Len() * (16 + 40*len(b.Names())) }

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

// scan runs a plan over the source.
func (r *run) scan(ctx context.Context, rt *plan.Runtime, p *plan.Plan, emit func(*event.Batch) error) error {
	req := &event.Request{
		Fields: withTimestamp(p.Fields), Where: p.Where, Start: rt.Start, End: rt.End,
		FreeText: p.FreeText, Report: r.o.Report, Stats: r.o.Stats,
	}
	splits, err := r.src.Splits(ctx, req)
	if err != nil {
		return err
	}
	cut := len(p.Stages)
	var agg *plan.Aggregate
	for i, s := range p.Stages {
		if a, ok := s.(*plan.Aggregate); ok {
			cut, agg = i, a
			break
		}
	}
	s := &scanner{rt: rt, plan: p, parallel: p.Stages[:cut], splits: splits, stats: r.o.Stats}
	if agg == nil {
		chain := plan.NewChain(rt, nil, emit)
		return s.ordered(ctx, r.o.Workers, chain.Push)
	}
	res, err := s.aggregate(ctx, r.o.Workers, agg, r.o.Window)
	if err != nil {
		return err
	}
	for _, w := range res.windows.sorted() {
		if r.o.Window > 0 && r.o.OnWindow != nil {
			r.o.OnWindow(w.start(r.o.Window))
		}
		chain := plan.NewChain(rt, p.Stages[cut+1:], emit)
		if err := plan.EmitResult(res.state, w.group, chain.Push); err != nil {
			return err
		}
		if err := chain.End(); err != nil {
			return err
		}
	}
	return nil
}

// withTimestamp adds the field that the time bounds and the order of events
// need.
func withTimestamp(f event.FieldSet) event.FieldSet {
	if f.All {
		return f
	}
	for _, n := range f.Names {
		if n == "@timestamp" {
			return f
		}
	}
	return event.FieldSet{Names: append([]string{"@timestamp"}, f.Names...)} // '@' sorts first
}

// scanner runs the parallel part of a plan.
type scanner struct {
	rt       *plan.Runtime
	plan     *plan.Plan
	parallel []plan.Stage
	splits   []event.Split
	stats    *event.Stats
	next     atomic.Int64
}

// positionBits leaves room for 2^40 rows in a split.
const positionBits = 40

// work takes splits until there are none left and sends their batches through a
// chain; out receives what leaves it with the number of the split.
func (s *scanner) work(ctx context.Context, out func(split int, b *event.Batch) error, done func(split int) error) error {
	split := 0
	chain := plan.NewChain(s.rt, s.parallel, func(b *event.Batch) error {
		if s.stats != nil {
			s.stats.Matched.Add(int64(b.Count()))
		}
		return out(split, b)
	})
	bounds := timeBounds(s.rt.Start, s.rt.End)
	for {
		i := int(s.next.Add(1)) - 1
		if i >= len(s.splits) {
			return nil
		}
		split = i
		row := uint64(i) << positionBits
		err := s.splits[i].Scan(ctx, func(b *event.Batch) error {
			if err := ctx.Err(); err != nil {
				return err
			}
			b.SetPosition(row)
			row += uint64(b.Len())
			if s.plan.FreeText {
				b.KeepOriginal()
			}
			if bounds != nil {
				bounds(b)
			}
			if b.Count() == 0 {
				return nil
			}
			return chain.Push(b)
		})
		if err != nil {
			return err
		}
		if done != nil {
			if err := done(i); err != nil {
				return err
			}
		}
	}
}

// timeBounds keeps events with start <= @timestamp < end; nil when there are no
// bounds. An event without a time is in no interval.
func timeBounds(start, end time.Time) func(*event.Batch) {
	if start.IsZero() && end.IsZero() {
		return nil
	}
	return func(b *event.Batch) {
		c := b.Field("@timestamp")
		b.Narrow(func(r int) bool {
			f, ok := c.Number(r)
			if !ok {
				return false
			}
			ms := int64(f)
			return (start.IsZero() || ms >= start.UnixMilli()) && (end.IsZero() || ms < end.UnixMilli())
		})
	}
}

// parallelDo runs work on n goroutines and gives the first error that is not the
// echo of another.
func parallelDo(ctx context.Context, n int, work func(ctx context.Context, worker int) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var wg sync.WaitGroup
	errs := make([]error, n)
	for i := range n {
		wg.Add(1)
		go func() {
			defer wg.Done()
			defer func() {
				if v := recover(); v != nil {
					errs[i] = &InternalError{v, debug.Stack()}
					cancel(errs[i])
				}
			}()
			if errs[i] = work(ctx, i); errs[i] != nil {
				cancel(errs[i])
			}
		}()
	}
	wg.Wait()
	if cause := context.Cause(ctx); cause != nil && !errors.Is(cause, context.Canceled) {
		return cause
	}
	return errors.Join(errs...)
}

// partial is the state of one worker.
type partial struct {
	state   plan.Aggregator
	windows *windows
}

// aggregate runs the parallel part into one state per worker and merges them.
func (s *scanner) aggregate(ctx context.Context, workers int, agg *plan.Aggregate, window time.Duration) (*partial, error) {
	workers = max(1, min(workers, len(s.splits)))
	parts := make([]*partial, workers)
	err := parallelDo(ctx, workers, func(ctx context.Context, w int) error {
		p := &partial{state: agg.New(s.rt), windows: newWindows(window)}
		p.state.Grow(p.windows.len())
		parts[w] = p
		return s.work(ctx, func(_ int, b *event.Batch) error {
			groups := p.windows.groups(b)
			p.state.Grow(p.windows.len())
			if err := p.state.Add(b, groups); err != nil {
				return err
			}
			return s.rt.Memory.Use(p, p.state.Bytes())
		}, nil)
	})
	if err != nil {
		return nil, err
	}
	into := parts[0]
	for _, other := range parts[1:] {
		groups := into.windows.merge(other.windows)
		into.state.Grow(into.windows.len())
		if err := into.state.Merge(other.state, groups); err != nil {
			return nil, err
		}
		if err := s.rt.Memory.Use(other, 0); err != nil {
			return nil, err
		}
		if err := s.rt.Memory.Use(into, into.state.Bytes()); err != nil {
			return nil, err
		}
	}
	return into, nil
}

// ordered runs the parallel part and gives its batches in input order.
func (s *scanner) ordered(ctx context.Context, workers int, emit func(*event.Batch) error) error {
	workers = max(1, min(workers, len(s.splits)))
	var mu sync.Mutex
	waiting := make([][]*event.Batch, len(s.splits))
	finished := make([]bool, len(s.splits))
	turn, bytes := 0, 0
	flush := func() error {
		for turn < len(s.splits) {
			for _, b := range waiting[turn] {
				bytes -= sizeOf(b)
				if err := emit(b); err != nil {
					return err
				}
			}
			waiting[turn] = nil
			if !finished[turn] {
				break
			}
			turn++
		}
		return s.rt.Memory.Use(s, bytes)
	}
	return parallelDo(ctx, workers, func(ctx context.Context, _ int) error {
		return s.work(ctx, func(split int, b *event.Batch) error {
			mu.Lock()
			defer mu.Unlock()
			b = b.Compact().Clone()
			waiting[split] = append(waiting[split], b)
			bytes += sizeOf(b)
			if split == turn {
				return flush()
			}
			return s.rt.Memory.Use(s, bytes)
		}, func(split int) error {
			mu.Lock()
			defer mu.Unlock()
			finished[split] = true
			return flush()
		})
	})
}
