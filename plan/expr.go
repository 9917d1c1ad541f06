package plan

import "harrier/event"

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
}

// Eval implements Pred.
func (p *Mapped) Eval(st *PredState, b *event.Batch, rows []int32) ([]int32, error) {
	m := st.mapper(p)
	c := b.Clone()
	c.Select(rows)
	if err := m.Map(c); err != nil {
		return nil, err
	}
	return c.Selected(), nil
}

// Fields implements Pred.
func (p *Mapped) Fields(to []string) []string { return append(to, p.Effects.Reads...) }

// Where implements Pred.
func (p *Mapped) Where() event.Predicate { return p.Needs }

// String implements Pred.
func (p *Mapped) String() string { return p.Name }
