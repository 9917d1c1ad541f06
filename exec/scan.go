package exec

import (
	"context"
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"harrier/event"
	"harrier/plan"
)

// scan runs a plan over the source.
func (r *run) scan(ctx context.Context, rt *plan.Runtime, p *plan.Plan, window time.Duration, emit func(*event.Batch) error) error {
	req := &event.Request{
		Fields: p.Fields, Where: p.Where, Start: rt.Start, End: rt.End,
		FreeText: p.FreeText, Report: r.o.Report, Stats: r.o.Stats,
	}
	if source, ok := r.src.(event.RowSource); ok && p.Choose != nil && window == 0 && source.GivesRows() && chooses(rt, p) {
		return r.choose(ctx, rt, p, req, emit)
	}
	if window > 0 || !rt.Start.IsZero() || !rt.End.IsZero() || timeOrdered(p) {
		req.Fields = withTimestamp(p.Fields)
	}
	splits, err := r.src.Splits(ctx, req)
	if err != nil {
		return err
	}
	s := &scanner{rt: rt, plan: p, parallel: p.Stages, splits: splits, stats: r.o.Stats}
	for i, stage := range p.Stages {
		if agg, ok := stage.(*plan.Aggregate); ok {
			s.parallel = p.Stages[:i]
			pieces, err := s.aggregate(ctx, r.o.Workers, agg, window)
			if err != nil {
				return err
			}
			return r.results(ctx, pieces, p.Stages[i+1:], window, emit)
		}
	}
	return s.ordered(ctx, r.o.Workers, emit)
}

// results takes the result of each piece of time through the stages behind the
// first aggregate.
func (r *run) results(ctx context.Context, pieces []*piece, stages []plan.Stage, window time.Duration, emit func(*event.Batch) error) error {
	for _, p := range pieces {
		if err := ctx.Err(); err != nil {
			return err
		}
		if window > 0 && r.o.OnWindow != nil {
			r.o.OnWindow(p.start(window))
		}
		chain := plan.NewChain(p.rt, stages, emit)
		if err := plan.EmitResult(p.state, 0, chain.Push); err != nil {
			return err
		}
		if err := chain.End(); err != nil {
			return err
		}
		p.state = nil
		if err := p.rt.Memory.Use(p, 0); err != nil {
			return err
		}
	}
	return nil
}

// timeOrdered tells whether the order of events by time may matter to a plan. It
// does not where the first aggregate lets nothing of the events through and does
// not read their time.
func timeOrdered(p *plan.Plan) bool {
	for _, s := range p.Stages {
		if agg, ok := s.(*plan.Aggregate); ok {
			e := agg.Effect()
			return !e.Only || e.ReadsAll || slices.Contains(e.Reads, timestamp)
		}
	}
	return true
}

const timestamp = "@timestamp"

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
	rows     [][]int64 // by split: which rows to read; nil for all
	stats    *event.Stats
	next     atomic.Int64
}

// positionBits leaves room for 2^40 rows in a split.
const positionBits = 40

// work takes splits until there are none left and hands on their batches, with
// the number of the split; done, when not nil, is told of the end of each.
func (s *scanner) work(ctx context.Context, take func(split int, b *event.Batch) error, done func(split int) error) error {
	bounds := timeBounds(s.rt.Start, s.rt.End)
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		i := int(s.next.Add(1)) - 1
		if i >= len(s.splits) {
			return nil
		}
		row := uint64(i) << positionBits
		each := func(b *event.Batch) error {
			if err := ctx.Err(); err != nil {
				return err
			}
			if s.plan.FreeText {
				b.KeepOriginal()
			}
			if bounds != nil {
				bounds(b)
			}
			if b.Count() == 0 {
				return nil
			}
			return take(i, b)
		}
		var err error
		if s.rows == nil {
			err = s.splits[i].Scan(ctx, func(b *event.Batch) error {
				b.SetPosition(row)
				row += uint64(b.Len())
				return each(b)
			})
		} else {
			err = s.again(ctx, i, each)
		}
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

// chain readies the parallel stages for one worker.
func (s *scanner) chain(rt *plan.Runtime, emit func(*event.Batch) error) *plan.Chain {
	return plan.NewChain(rt, s.parallel, func(b *event.Batch) error {
		if s.stats != nil {
			s.stats.Matched.Add(int64(b.Count()))
		}
		return emit(b)
	})
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

// parallelDo runs work on n goroutines, waits for all of them, and gives the
// first error: the others are told to stop and mostly just echo that.
func parallelDo(ctx context.Context, n int, work func(ctx context.Context, worker int) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var wg sync.WaitGroup
	var once sync.Once
	var first error
	fail := func(err error) {
		once.Do(func() { first = err })
		cancel()
	}
	for i := range n {
		wg.Add(1)
		go func() {
			defer wg.Done()
			defer func() {
				if v := recover(); v != nil {
					fail(&InternalError{v, debug.Stack()})
				}
			}()
			if err := work(ctx, i); err != nil {
				fail(err)
			}
		}()
	}
	wg.Wait()
	return first
}

// aggregate runs the parallel part into one state per worker and piece of time,
// and merges those of each piece.
func (s *scanner) aggregate(ctx context.Context, workers int, agg *plan.Aggregate, window time.Duration) ([]*piece, error) {
	workers = max(1, min(workers, len(s.splits)))
	parts := make([]*pieces, workers)
	err := parallelDo(ctx, workers, func(ctx context.Context, w int) error {
		p := newPieces(s, agg, window)
		parts[w] = p
		return s.work(ctx, func(_ int, b *event.Batch) error { return p.push(b) }, nil)
	})
	if err != nil {
		return nil, err
	}
	into := parts[0]
	for _, other := range parts[1:] {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := into.merge(other); err != nil {
			return nil, err
		}
	}
	return into.sorted(), nil
}
