package plan

import (
	"fmt"

	"harrier/event"
)

// Chain pushes batches through stages, one after the other, on one goroutine.
// The parallel part of a run has a chain per worker up to the first aggregate;
// the serial part is one chain over the rest.
type Chain struct {
	rt    *Runtime
	steps []chainStep
	emit  func(*event.Batch) error
	// dropped, when not nil, is told of the events that a stage drops for good.
	dropped func(*event.Batch)
}

type chainStep struct {
	filter Pred
	state  *PredState
	mapper Mapper
	final  bool // what the mapper drops is gone for good
	seq    Sequencer
	agg    Aggregator
}

// finalDropper is a mapper inside which events may be dropped for good.
type finalDropper interface {
	// tellDropped names who is to be told of them: a batch with the rows that the
	// mapper was given, of which those are selected that are gone.
	tellDropped(to func(*event.Batch))
}

// NewChain readies stages for a run; emit receives what leaves the last one.
func NewChain(rt *Runtime, stages []Stage, emit func(*event.Batch) error) *Chain {
	c := &Chain{rt: rt, emit: emit, steps: make([]chainStep, len(stages))}
	for i, s := range stages {
		switch s := s.(type) {
		case *Filter:
			c.steps[i] = chainStep{filter: s.Pred, state: &PredState{Runtime: rt}}
		case *Map:
			c.steps[i] = chainStep{mapper: s.New(rt), final: s.Final}
			if m, ok := c.steps[i].mapper.(finalDropper); ok {
				m.tellDropped(c.drop)
			}
		case *Sequence:
			c.steps[i] = chainStep{seq: s.New(rt)}
		case *Aggregate:
			agg := s.New(rt)
			agg.Grow(1)
			c.steps[i] = chainStep{agg: agg}
		default:
			panic(fmt.Sprintf("plan: stage %T cannot run in a chain", s))
		}
	}
	return c
}

func (c *Chain) drop(b *event.Batch) {
	if c.dropped != nil && b.Count() > 0 {
		c.dropped(b)
	}
}

// Push sends a batch through the chain.
func (c *Chain) Push(b *event.Batch) error { return c.push(0, b) }

func (c *Chain) push(i int, b *event.Batch) error {
	for ; i < len(c.steps); i++ {
		s := &c.steps[i]
		if err := c.rt.Err(); err != nil {
			return err
		}
		switch {
		case s.filter != nil:
			rows, err := s.filter.Eval(s.state, b, b.Selected())
			if err != nil {
				return err
			}
			b.Select(rows)
			if len(rows) == 0 {
				return nil
			}
		case s.mapper != nil:
			before := b
			if s.final && c.dropped != nil {
				before = b.Clone()
			}
			if err := s.mapper.Map(b); err != nil {
				return err
			}
			if before != b {
				before.Select(minus(before.Selected(), b.Selected()))
				c.drop(before)
			}
		case s.seq != nil:
			return s.seq.Next(b, func(b *event.Batch) error { return c.push(i+1, b) })
		default:
			if err := s.agg.Add(b, zeroGroups(b.Len())); err != nil {
				return err
			}
			return c.rt.Memory.Use(s, s.agg.Bytes())
		}
		if b.Count() == 0 {
			return nil
		}
	}
	return c.emit(b)
}

// End tells every stage that its input is over, first to last, so that
// aggregates and sequences pass on what they hold.
func (c *Chain) End() error {
	for i := range c.steps {
		s := &c.steps[i]
		next := func(b *event.Batch) error { return c.push(i+1, b) }
		switch {
		case s.seq != nil:
			if err := s.seq.End(next); err != nil {
				return err
			}
		case s.agg != nil:
			if err := EmitResult(s.agg, 0, next); err != nil {
				return err
			}
			if err := c.rt.Memory.Use(s, 0); err != nil {
				return err
			}
		}
	}
	return nil
}

// EmitResult gives the rows of a group of an aggregator as a batch.
func EmitResult(agg Aggregator, group uint32, emit func(*event.Batch) error) error {
	var w event.Builder
	if err := agg.Result(group, &w); err != nil {
		return err
	}
	if w.Pending() {
		w.EndRow()
	}
	b := w.Flush()
	if b == nil {
		return nil
	}
	return emit(b)
}

var zeros = make([]uint32, 1<<16)

// zeroGroups is the group list of a step of the top level: every row is in
// group 0.
func zeroGroups(n int) []uint32 {
	if n <= len(zeros) {
		return zeros[:n]
	}
	return make([]uint32, n)
}

// ZeroGroups is a group list that puts all n rows into group 0. The caller must
// not change it.
func ZeroGroups(n int) []uint32 { return zeroGroups(n) }
