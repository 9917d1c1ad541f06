// Package plan says what a query means: a source, the stages that events go
// through, and the contracts that the operators in them obey.
//
//	Source | Map Map Filter ... | Aggregate | Map Sequence ... | Aggregate | ...
//	        \__ parallel: one chain per worker __/  \__ serial: on few result rows __/
//
// Everything up to and including the first Aggregate runs once per worker, on
// any part of the input; the aggregators' states are then merged, and the rest
// runs in one chain over the result. That an aggregator can merge is the one law
// that serves cores, segments, live windows and push-down.
//
// Nothing here knows CQL or files.
package plan

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"harrier/diag"
	"harrier/event"
)

// Plan is a compiled query. It is immutable: running it makes the state, so one
// Plan may run many times at once.
type Plan struct {
	// Values is set when the query makes its own events (createEvents, readFile)
	// instead of reading the source.
	Values func(rt *Runtime) ([]*event.Batch, error)
	Stages []Stage
	// Subs are plans that run first, in order, over the same source; stages find
	// their rows in Runtime.Sub by Sub.ID.
	Subs []*Sub
	// Interval bounds the search (setTimeInterval); nil when the query does not say.
	// Only the plan of a whole query has one.
	Interval func(now time.Time) (start, end time.Time)
	// Fields is what the plan reads of the source.
	Fields event.FieldSet
	// Choose is set when the first aggregate keeps some events as they are, and fewer
	// fields tell which than Fields: a run may then read these first, and Fields of
	// the events that are kept.
	Choose *event.FieldSet
	// Where is necessary for an event to matter to the plan.
	Where event.Predicate
	// FreeText is set when the events as the source gave them matter, to searches in
	// all fields above all. It may be set before Optimize, which sets it for stages
	// that search.
	FreeText bool
	// Columns is the order in which fields of the result are shown; fields not
	// named follow in the order in which they come.
	Columns []string
	// Ordered is true when the order of the result rows means something.
	Ordered bool
	// Timed is set when what a stage makes of an event hangs on the interval of the
	// search, as start() does, so that one interval cannot stand in for another.
	Timed bool
}

// Sub is a subquery whose rows a stage of the main plan needs before it starts.
type Sub struct {
	ID   int
	Name string // what a user calls it: "join", the name of a table
	// Table is set for a table of defineTable(), which match() finds by Name.
	Table bool
	Plan  *Plan
	// Interval is the time the subquery is about, given the run it is part of; nil
	// when it is that of the query.
	Interval func(rt *Runtime) (start, end time.Time)
}

// Stage is one step of a plan: *Filter, *Map, *Aggregate or *Sequence.
type Stage interface {
	// Describe is one line for `explain`.
	Describe() string
	// Effect is what the stage does to fields.
	Effect() Effect
}

// Filter keeps the rows for which Pred is true.
type Filter struct {
	Pred Pred
	Span diag.Span
}

// Map runs a mapper.
type Map struct {
	Name    string
	Span    diag.Span
	New     func(rt *Runtime) Mapper
	Effects Effect
	// Where is a necessary condition the mapper puts on an event, if it filters.
	Where event.Predicate
	// FreeText is set when the mapper searches values whatever their field.
	FreeText bool
	// Clauses are the alternatives of a case or match statement.
	Clauses []Clause
	// Multiplies is set when the mapper may give several rows for one.
	Multiplies bool
	// Final is set when the events that the mapper drops are gone for good: in a
	// clause of a case they are not offered to the clauses that follow. Such a
	// mapper keeps the row numbers.
	Final bool
	// Ordered is set when the mapper depends on seeing all rows in order, and so
	// may only stand behind an aggregate.
	Ordered bool
}

// Aggregate consumes all rows and gives the rows of its result.
type Aggregate struct {
	Name    string
	Span    diag.Span
	New     func(rt *Runtime) Aggregator
	Effects Effect
	// Ordered is set when the order of the rows it gives means something.
	Ordered bool
	// Columns are the fields it gives, in order, when they are known.
	Columns []string
	// FreeText is set when it searches values whatever their field, as the stages in
	// front of an aggregate of a group may.
	FreeText bool
}

// Sequence sees all rows in order and gives rows in order.
type Sequence struct {
	Name    string
	Span    diag.Span
	New     func(rt *Runtime) Sequencer
	Effects Effect
}

var (
	_ Stage = (*Filter)(nil)
	_ Stage = (*Map)(nil)
	_ Stage = (*Aggregate)(nil)
	_ Stage = (*Sequence)(nil)
)

// Describe implements Stage.
func (s *Filter) Describe() string { return "filter " + s.Pred.String() }

// Effect implements Stage.
func (s *Filter) Effect() Effect {
	return Effect{Reads: s.Pred.Fields(nil), ReadsAll: ReadsAnyField(s.Pred)}
}

// Describe implements Stage.
func (s *Map) Describe() string { return "map " + s.Name }

// Effect implements Stage.
func (s *Map) Effect() Effect { return s.Effects }

// Describe implements Stage.
func (s *Aggregate) Describe() string { return "aggregate " + s.Name }

// Effect implements Stage.
func (s *Aggregate) Effect() Effect { return s.Effects }

// Describe implements Stage.
func (s *Sequence) Describe() string { return "sequence " + s.Name }

// Effect implements Stage.
func (s *Sequence) Effect() Effect { return s.Effects }

// Mapper changes a batch in place: it adds, replaces and drops fields and
// narrows the selection; one that makes several rows of one calls
// [event.Batch.Become]. Each worker has its own, so a Mapper needs no locks; it
// must treat every row by itself, unless its Map is Ordered.
type Mapper interface {
	Map(b *event.Batch) error
}

// MapperFunc is a Mapper without state.
type MapperFunc func(b *event.Batch) error

// Map implements Mapper.
func (f MapperFunc) Map(b *event.Batch) error { return f(b) }

// Aggregator is one state per group, addressed by number. Groups come into being
// by Grow. The law: any split of the rows over several aggregators, merged in
// any order, gives the same result.
type Aggregator interface {
	// Grow makes room for groups 0..groups-1. It never shrinks.
	Grow(groups int)
	// Add takes in the selected rows; row r belongs to group[r]. group has an
	// entry for every row of the batch, selected or not.
	Add(b *event.Batch, group []uint32) error
	// Merge takes in the state of other, which has the same type and is not used
	// again: its group g goes into group[g].
	Merge(other Aggregator, group []uint32) error
	// Result writes the group's result. A plain aggregator adds its fields to the
	// open row of w and leaves it open; one that is a RowAggregator closes each row
	// it gives.
	Result(group uint32, w *event.Builder) error
	// Bytes is about how much memory the state takes.
	Bytes() int
}

// RowAggregator gives any number of rows per group, closing each with EndRow.
// Fields of the group key are not its business: AddRows' caller joins them.
type RowAggregator interface {
	Aggregator
	GivesRows()
}

// Chooser is an Aggregator that keeps some of the rows it is given. To choose once
// more, among the rows of the events that were chosen, gives the same rows.
type Chooser interface {
	Aggregator
	// Chosen gives the positions of the rows of a group that are kept.
	Chosen(group uint32) []uint64
}

// Sequencer sees the batches of its input in order, on one goroutine.
type Sequencer interface {
	// Next takes a batch and passes on what it makes of it.
	Next(b *event.Batch, emit func(*event.Batch) error) error
	// End passes on what is left.
	End(emit func(*event.Batch) error) error
}

// Runtime is what operators may know of the run they are part of.
type Runtime struct {
	Context    context.Context
	Now        time.Time
	Start, End time.Time // of the search; zero when unbounded
	Memory     *Budget
	Sub        map[int][]*event.Batch // rows of the subplans

	root *Runtime // nil: this one
	said *said
	once sync.Once
}

// said is what a run, with its subplans, has warned of.
type said struct {
	mu       sync.Mutex
	known    map[string]bool
	warnings diag.List
}

func (rt *Runtime) warnings() *said {
	rt.once.Do(func() {
		if rt.said == nil {
			rt.said = &said{known: map[string]bool{}}
		}
	})
	return rt.said
}

// Within is the runtime of a part of the run that has an interval of its own: a
// subplan, or a window.
func (rt *Runtime) Within(start, end time.Time) *Runtime {
	return &Runtime{
		Context: rt.Context, Now: rt.Now, Start: start, End: end, Memory: rt.Memory, Sub: rt.Sub,
		root: rt.Run(), said: rt.warnings(),
	}
}

// Run is the runtime of the whole run, which its parts share: what is worked out
// once per run is known by it.
func (rt *Runtime) Run() *Runtime {
	if rt.root != nil {
		return rt.root
	}
	return rt
}

// Err tells whether the run was cancelled.
func (rt *Runtime) Err() error {
	if rt.Context == nil {
		return nil
	}
	return rt.Context.Err()
}

// SetSub gives a subplan's rows to the stages that need them. It is called
// before any of them starts.
func (rt *Runtime) SetSub(id int, rows []*event.Batch) { rt.Sub[id] = rows }

// Warn tells the user something about the result, once per code and message.
func (rt *Runtime) Warn(d diag.Diagnostic) {
	w := rt.warnings()
	w.mu.Lock()
	defer w.mu.Unlock()
	key := d.Code + "\x00" + d.Message
	if !w.known[key] {
		w.known[key] = true
		w.warnings = append(w.warnings, d)
	}
}

// Warnings gives what was said so far, sorted by position, code and message.
func (rt *Runtime) Warnings() diag.List {
	w := rt.warnings()
	w.mu.Lock()
	defer w.mu.Unlock()
	l := slices.Clone(w.warnings)
	slices.SortStableFunc(l, func(a, b diag.Diagnostic) int {
		return cmp.Or(cmp.Compare(a.Span.Start, b.Span.Start), cmp.Compare(a.Code, b.Code), cmp.Compare(a.Message, b.Message))
	})
	return l
}

// ErrMemory is wrapped by the error of a query that needs more memory than it
// was given.
var ErrMemory = errors.New("the query needs more memory than it may use")

// Budget counts the memory of a query's state. A nil Budget has no limit.
type Budget struct {
	Limit int64
	mu    sync.Mutex
	used  map[any]int64
	sum   int64
	peak  int64
}

// Use records that owner now holds n bytes, and fails when the sum is too large.
// An owner that holds nothing any more is forgotten.
func (m *Budget) Use(owner any, n int) error {
	if m == nil {
		return nil
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.used == nil {
		m.used = map[any]int64{}
	}
	m.sum += int64(n) - m.used[owner]
	if m.used[owner] = int64(n); n == 0 {
		delete(m.used, owner)
	}
	m.peak = max(m.peak, m.sum)
	if m.Limit > 0 && m.sum > m.Limit {
		return fmt.Errorf("%w: %s of state, limit %s", ErrMemory, size(m.sum), size(m.Limit))
	}
	return nil
}

// size writes a number of bytes for people.
func size(n int64) string {
	switch {
	case n >= 10<<20:
		return fmt.Sprintf("%d MiB", n>>20)
	case n >= 10<<10:
		return fmt.Sprintf("%d KiB", n>>10)
	}
	return fmt.Sprintf("%d bytes", n)
}

// Peak is the largest sum so far, in bytes.
func (m *Budget) Peak() int64 {
	if m == nil {
		return 0
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.peak
}
