package plan

import (
	"slices"

	"harrier/event"
)

// Expr is an expression over the fields of a row. It gives a column with a value
// for at least the selected rows; absent is null. Booleans are the texts "true"
// and "false". An Expr may keep state between batches and belongs to one worker.
type Expr interface {
	Eval(b *event.Batch) (*event.Column, error)
}

// ExprFunc is an Expr without state.
type ExprFunc func(b *event.Batch) (*event.Column, error)

// Eval implements Expr.
func (f ExprFunc) Eval(b *event.Batch) (*event.Column, error) { return f(b) }

// Mapped is a condition made from a mapper that filters: it holds for the rows
// that the mapper leaves selected. What else the mapper does to the batch is
// forgotten.
type Mapped struct {
	Name    string
	New     func(rt *Runtime) Mapper
	Effects Effect
	Needs   event.Predicate
	Free    bool // searches values whatever their field
	// Multiplies is set when the mapper may make several rows of one: the condition
	// then holds when there is one at least.
	Multiplies bool
}

// Eval implements Pred.
func (p *Mapped) Eval(st *PredState, b *event.Batch, rows []int32) ([]int32, error) {
	if len(rows) == 0 {
		return nil, nil
	}
	m := st.mapper(p)
	c := b.Clone()
	c.Select(rows)
	if p.Multiplies {
		numberRows(c)
	}
	if err := m.Map(c); err != nil {
		return nil, err
	}
	if !p.Multiplies {
		return c.Selected(), nil
	}
	return originRows(c), nil
}

// rowField is the hidden field that carries an event's row number through
// mappers that may make several rows of it.
const rowField = "\x00row"

// numberRows notes the number of each row.
func numberRows(b *event.Batch) {
	rows := make([]int64, b.Len())
	for r := range rows {
		rows[r] = int64(r)
	}
	b.Set(rowField, event.NewInteger(rows, nil))
}

// originRows gives the numbers that the selected rows had when they were noted,
// each once, ascending.
func originRows(b *event.Batch) []int32 {
	ints, _ := b.Field(rowField).Integers()
	rows := make([]int32, 0, b.Count())
	for _, r := range b.Selected() {
		rows = append(rows, int32(ints[r]))
	}
	slices.Sort(rows)
	return slices.Compact(rows)
}

// Fields implements Pred.
func (p *Mapped) Fields(to []string) []string { return append(to, p.Effects.Reads...) }

// Where implements Pred.
func (p *Mapped) Where() event.Predicate { return p.Needs }

// String implements Pred.
func (p *Mapped) String() string { return p.Name }
