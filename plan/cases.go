package plan

import (
	"slices"

	"harrier/event"
)

// Clause is one alternative of a case or match statement: stages that may keep,
// change or drop an event. It has no aggregates.
type Clause struct{ Stages []Stage }

// NewCase makes the mapper of a case statement: for each event the first clause
// that lets it through decides what becomes of it; an event that no clause lets
// through is dropped. What a failed clause did to the event is forgotten
// (language reference 9.1). An event that a clause drops for good is not offered
// to those that follow.
func NewCase(rt *Runtime, clauses []Clause) Mapper {
	m := &caseMapper{chains: make([]*Chain, len(clauses)), out: make([]*event.Batch, len(clauses))}
	for i, c := range clauses {
		m.chains[i] = NewChain(rt, c.Stages, func(b *event.Batch) error {
			m.out[i] = b
			return nil
		})
		m.chains[i].dropped = m.lose
		for _, s := range c.Stages {
			if s, ok := s.(*Map); ok && s.Multiplies {
				m.multiplies = true
			}
		}
	}
	return m
}

type caseMapper struct {
	chains     []*Chain
	out        []*event.Batch // what each clause let through of the present batch
	multiplies bool
	in         *event.Batch // the batch in hand, as it was given
	gone       []int32      // its rows that the clause in hand dropped for good
	outer      func(*event.Batch)
}

var _ finalDropper = (*caseMapper)(nil)

func (m *caseMapper) tellDropped(to func(*event.Batch)) { m.outer = to }

// lose takes note of events that a clause dropped for good. What is final here is
// final around this statement too.
func (m *caseMapper) lose(b *event.Batch) {
	rows := m.origins(b)
	m.gone = append(m.gone, rows...)
	if m.outer != nil {
		lost := m.in.Clone()
		lost.Select(rows)
		m.outer(lost)
	}
}

func (m *caseMapper) Map(b *event.Batch) error {
	m.in = b
	left := b.Selected()
	for i, chain := range m.chains {
		m.out[i], m.gone = nil, m.gone[:0]
		if len(left) == 0 {
			continue
		}
		try := b.Clone()
		try.Select(left)
		if m.multiplies {
			numberRows(try)
		}
		if err := chain.Push(try); err != nil {
			return err
		}
		done := m.gone
		if m.out[i] != nil {
			done = append(done, m.origins(m.out[i])...)
		}
		// An event that became several may be among both.
		slices.Sort(done)
		left = minus(left, slices.Compact(done))
	}
	if m.multiplies {
		return m.joinByOrigin(b)
	}
	joinByRow(b, m.out)
	return nil
}

// origins gives the rows of the batch in hand that rows of a clause were made of.
func (m *caseMapper) origins(b *event.Batch) []int32 {
	if !m.multiplies {
		return b.Selected()
	}
	return originRows(b)
}

// joinByRow joins clause results that kept the row numbers of b: every row is
// selected in at most one of them.
func joinByRow(b *event.Batch, outs []*event.Batch) {
	var rows []int32
	var parts []*event.Batch
	for _, o := range outs {
		if o != nil && o.Count() > 0 {
			rows = merge(rows, o.Selected())
			parts = append(parts, o)
		}
	}
	switch len(parts) {
	case 0:
		b.Select([]int32{})
		return
	case 1:
		b.Become(parts[0])
		return
	}
	res := b.Clone()
	res.Project(nil)
	for _, name := range unionNames(parts) {
		first := parts[0].Column(name)
		same := first != nil
		for _, p := range parts[1:] {
			same = same && p.Column(name) == first
		}
		if same {
			res.Set(name, first)
			continue
		}
		res.Set(name, mixColumns(b.Len(), name, parts))
	}
	res.Select(rows)
	b.Become(res)
}

func unionNames(parts []*event.Batch) []string {
	var names []string
	seen := map[string]bool{}
	for _, p := range parts {
		for _, n := range p.Names() {
			if !seen[n] {
				seen[n] = true
				names = append(names, n)
			}
		}
	}
	return names
}

// mixColumns makes one column of the parts' columns, each giving its selected
// rows.
func mixColumns(n int, name string, parts []*event.Batch) *event.Column {
	numbers := true
	for _, p := range parts {
		if c := p.Column(name); c != nil && c.Kind() != event.Number && c.Kind() != event.Missing {
			numbers = false
		}
	}
	valid := event.NewBits(n)
	if numbers {
		nums := make([]float64, n)
		for _, p := range parts {
			if c := p.Column(name); c != nil {
				for _, r := range p.Selected() {
					if f, ok := c.Number(int(r)); ok {
						nums[r] = f
						valid.Set(int(r))
					}
				}
			}
		}
		return event.NewNumber(nums, valid)
	}
	strs := make([]string, n)
	for _, p := range parts {
		if c := p.Column(name); c != nil {
			for _, r := range p.Selected() {
				if s, ok := c.Text(int(r)); ok {
					strs[r] = s
					valid.Set(int(r))
				}
			}
		}
	}
	return event.NewText(strs, valid)
}

// joinByOrigin joins clause results that may have several rows per event: rows
// stand in the order of their events, those of one event in the order of its
// clause.
func (m *caseMapper) joinByOrigin(b *event.Batch) error {
	type place struct {
		origin int64
		part   int
		row    int32
	}
	var places []place
	for i, o := range m.out {
		if o == nil {
			continue
		}
		ints, _ := o.Column(rowField).Integers()
		for _, r := range o.Selected() {
			places = append(places, place{ints[r], i, r})
		}
	}
	slices.SortStableFunc(places, func(a, b place) int { return int(a.origin - b.origin) })
	var w event.Builder
	pos := make([]uint64, len(places))
	origin := make([]int32, len(places))
	for i, p := range places {
		o := m.out[p.part]
		w.AddRow(o, int(p.row))
		w.EndRow()
		pos[i] = o.Position(int(p.row))
		origin[i] = int32(p.origin)
	}
	// The original fields, for a later free-text search, and hidden fields come
	// from the events the rows were made of.
	res := b.Gather(origin)
	res.Project(nil)
	if made := w.Flush(); made != nil {
		for i, name := range made.Names() {
			res.Set(name, made.Columns()[i])
		}
	}
	res.SetPositions(pos)
	b.Become(res)
	return nil
}
