package function

import (
	"sync/atomic"
	"time"

	"harrier/event"
	"harrier/plan"
)

// stepProfile is what one step did in a run, on all workers.
type stepProfile struct{ nanos, in, out atomic.Int64 }

// since adds the time that has passed.
func (p *stepProfile) since(start time.Time) { p.nanos.Add(int64(time.Since(start))) }

// profiledStage gives a stage that does the same as s and keeps a profile. A filter becomes a mapper, so that no other
// filter is merged into it.
func profiledStage(s plan.Stage, of func(rt *plan.Runtime) *stepProfile) plan.Stage {
	switch s := s.(type) {
	case *plan.Filter:
		return &plan.Map{
			Name: s.Describe(), Span: s.Span, Effects: s.Effect(), Where: s.Pred.Where(), FreeText: plan.HasSearch(s.Pred),
			New: func(rt *plan.Runtime) plan.Mapper {
				state := &plan.PredState{Runtime: rt}
				return &profiledMapper{of(rt), plan.MapperFunc(func(b *event.Batch) error {
					rows, err := s.Pred.Eval(state, b, b.Selected())
					if rows == nil {
						rows = []int32{} // nil would select all
					}
					b.Select(rows)
					return err
				})}
			},
		}
	case *plan.Map:
		out := *s
		// At the top of a query nobody asks which events are dropped for good.
		out.Final = false
		out.New = func(rt *plan.Runtime) plan.Mapper { return &profiledMapper{of(rt), s.New(rt)} }
		return &out
	case *plan.Sequence:
		out := *s
		out.New = func(rt *plan.Runtime) plan.Sequencer { return &profiledSequencer{of(rt), s.New(rt)} }
		return &out
	case *plan.Aggregate:
		out := *s
		out.New = func(rt *plan.Runtime) plan.Aggregator {
			a := &profiledAggregator{of(rt), s.New(rt)}
			if _, rows := a.Aggregator.(plan.RowAggregator); rows {
				return &profiledRows{a}
			}
			return a
		}
		return &out
	}
	return s
}

type profiledMapper struct {
	profile *stepProfile
	mapper  plan.Mapper
}

var _ plan.Mapper = (*profiledMapper)(nil)

// Map implements plan.Mapper.
func (m *profiledMapper) Map(b *event.Batch) error {
	defer m.profile.since(time.Now())
	m.profile.in.Add(int64(b.Count()))
	err := m.mapper.Map(b)
	m.profile.out.Add(int64(b.Count()))
	return err
}

type profiledAggregator struct {
	profile *stepProfile
	plan.Aggregator
}

var _ plan.Aggregator = (*profiledAggregator)(nil)

// Add implements plan.Aggregator.
func (a *profiledAggregator) Add(b *event.Batch, group []uint32) error {
	defer a.profile.since(time.Now())
	a.profile.in.Add(int64(b.Count()))
	return a.Aggregator.Add(b, group)
}

// Merge implements plan.Aggregator.
func (a *profiledAggregator) Merge(other plan.Aggregator, group []uint32) error {
	defer a.profile.since(time.Now())
	if rows, ok := other.(*profiledRows); ok {
		other = rows.profiledAggregator
	}
	return a.Aggregator.Merge(other.(*profiledAggregator).Aggregator, group)
}

// Result implements plan.Aggregator.
func (a *profiledAggregator) Result(group uint32, w *event.Builder) error {
	defer a.profile.since(time.Now())
	before := w.Rows()
	err := a.Aggregator.Result(group, w)
	n := w.Rows() - before
	if w.Pending() { // a row that the caller will close
		n++
	}
	a.profile.out.Add(int64(n))
	return err
}

// profiledRows is a profiledAggregator of one that gives rows.
type profiledRows struct{ *profiledAggregator }

var _ plan.RowAggregator = (*profiledRows)(nil)

// GivesRows implements plan.RowAggregator.
func (*profiledRows) GivesRows() {}

type profiledSequencer struct {
	profile   *stepProfile
	sequencer plan.Sequencer
}

var _ plan.Sequencer = (*profiledSequencer)(nil)

// Next implements plan.Sequencer.
func (s *profiledSequencer) Next(b *event.Batch, emit func(*event.Batch) error) error {
	defer s.profile.since(time.Now())
	s.profile.in.Add(int64(b.Count()))
	return s.sequencer.Next(b, s.counting(emit))
}

// End implements plan.Sequencer.
func (s *profiledSequencer) End(emit func(*event.Batch) error) error {
	defer s.profile.since(time.Now())
	return s.sequencer.End(s.counting(emit))
}

// counting counts what is passed on; the time that those behind take for it is not that of the sequencer.
func (s *profiledSequencer) counting(emit func(*event.Batch) error) func(*event.Batch) error {
	return func(b *event.Batch) error {
		s.profile.out.Add(int64(b.Count()))
		start := time.Now()
		err := emit(b)
		s.profile.nanos.Add(-int64(time.Since(start)))
		return err
	}
}
