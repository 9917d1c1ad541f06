package plan

import (
	"slices"
	"strconv"
	"strings"

	"harrier/diag"
	"harrier/event"
)

// Pred is a condition on rows. A Pred is immutable and shared by workers; what it
// keeps between batches lives in a [PredState].
type Pred interface {
	// Eval gives those of rows for which the condition holds, ascending. It may
	// return rows itself, and never changes it.
	Eval(st *PredState, b *event.Batch, rows []int32) ([]int32, error)
	// Fields adds the fields it reads.
	Fields(to []string) []string
	// Where is necessary for the condition to hold.
	Where() event.Predicate
	String() string
}

// PredState is one worker's memory of a predicate tree: results per dictionary
// value. The zero value is ready to use.
type PredState struct {
	Runtime *Runtime
	cache   map[dictKey]*[]uint8
	mappers map[*Mapped]Mapper
}

// mapper finds this worker's instance of a mapped condition.
func (st *PredState) mapper(p *Mapped) Mapper {
	m := st.mappers[p]
	if m == nil {
		if st.mappers == nil {
			st.mappers = map[*Mapped]Mapper{}
		}
		m = p.New(st.Runtime)
		st.mappers[p] = m
	}
	return m
}

type dictKey struct {
	pred any
	dict *event.Dict
}

// results finds the remembered results of pred over dict: 0 unknown, 1 false,
// 2 true.
func (st *PredState) results(pred any, d *event.Dict) *[]uint8 {
	if st.cache == nil {
		st.cache = map[dictKey]*[]uint8{}
	}
	k := dictKey{pred, d}
	r := st.cache[k]
	if r == nil {
		// Old dictionaries of a long scan are not looked at again.
		if len(st.cache) > 256 {
			clear(st.cache)
		}
		r = new([]uint8)
		st.cache[k] = r
	}
	if n := d.Len(); len(*r) < n {
		*r = append(*r, make([]uint8, n-len(*r))...)
	}
	return r
}

// All holds when every term does.
type All struct{ Terms []Pred }

// Any holds when some term does.
type Any struct{ Terms []Pred }

// Not holds when X does not.
type Not struct{ X Pred }

// Always is a constant condition.
type Always bool

// Test holds when the field is present and Match holds for its value.
type Test struct {
	Field string
	// Match decides on a value. It must be safe for concurrent use. With an error
	// the value does not match and the error is shown as a warning.
	Match func(value string) (bool, error)
	// Whole, when not nil, is the only value that matches.
	Whole *string
	// Needles are literals of which a matching value contains each one.
	Needles []event.Needle
	Shown   string // for explain
}

// Compare holds when the field is present, a number, and stands so to Bound.
type Compare struct {
	Field string
	Op    string // "<", "<=", ">", ">="
	Bound float64
}

// Has holds when the field is present.
type Has struct{ Field string }

// Search holds when the value of some original field matches. Skip names the
// fields that are not searched.
type Search struct {
	Match   func(value string) (bool, error)
	Skip    func(field string) bool
	Needles []event.Needle
	Shown   string
}

// Eval implements Pred.
func (p *All) Eval(st *PredState, b *event.Batch, rows []int32) ([]int32, error) {
	var err error
	for _, t := range p.Terms {
		if len(rows) == 0 {
			break
		}
		if rows, err = t.Eval(st, b, rows); err != nil {
			return nil, err
		}
	}
	return rows, nil
}

// Eval implements Pred.
func (p *Any) Eval(st *PredState, b *event.Batch, rows []int32) ([]int32, error) {
	var out []int32
	left := rows
	for i, t := range p.Terms {
		if len(left) == 0 {
			break
		}
		got, err := t.Eval(st, b, left)
		if err != nil {
			return nil, err
		}
		out = merge(out, got)
		if i+1 < len(p.Terms) {
			left = minus(left, got)
		}
	}
	return out, nil
}

// Eval implements Pred.
func (p *Not) Eval(st *PredState, b *event.Batch, rows []int32) ([]int32, error) {
	got, err := p.X.Eval(st, b, rows)
	if err != nil {
		return nil, err
	}
	return minus(rows, got), nil
}

// Eval implements Pred.
func (p Always) Eval(_ *PredState, _ *event.Batch, rows []int32) ([]int32, error) {
	if p {
		return rows, nil
	}
	return nil, nil
}

// Eval implements Pred.
func (p *Test) Eval(st *PredState, b *event.Batch, rows []int32) ([]int32, error) {
	c := b.Column(p.Field)
	if c == nil {
		return nil, nil
	}
	return matchColumn(st, p, p.Match, c, rows), nil
}

// decide asks match for a value. A value that cannot be decided, because the
// pattern is too expensive on it, does not match, and the user is told.
func (st *PredState) decide(match func(string) (bool, error), s string) bool {
	ok, err := match(s)
	if err != nil {
		if st.Runtime != nil {
			st.Runtime.Warn(diag.Diagnostic{Code: "regex-timeout", Severity: diag.Warning, Message: err.Error()})
		}
		return false
	}
	return ok
}

// matchColumn is Eval of a condition on one value: worked out once for a
// constant, once per value of a dictionary, and per row otherwise.
func matchColumn(st *PredState, owner any, match func(string) (bool, error), c *event.Column, rows []int32) []int32 {
	switch c.Kind() {
	case event.Missing:
		return nil
	case event.Constant:
		if s, _ := c.ConstantText(); !st.decide(match, s) {
			return nil
		}
		return rows
	case event.Coded:
		// Fast path: one decision per distinct value.
		d, codes := c.Codes()
		known := *st.results(owner, d)
		out := make([]int32, 0, len(rows))
		for _, r := range rows {
			code := codes[r]
			if code == event.NoCode {
				continue
			}
			k := known[code]
			if k == 0 {
				k = 1
				if st.decide(match, d.Value(code)) {
					k = 2
				}
				known[code] = k
			}
			if k == 2 {
				out = append(out, r)
			}
		}
		return out
	}
	// Slow path: every row.
	out := make([]int32, 0, len(rows))
	for _, r := range rows {
		if s, ok := c.Text(int(r)); ok && st.decide(match, s) {
			out = append(out, r)
		}
	}
	return out
}

// Eval implements Pred.
func (p *Compare) Eval(_ *PredState, b *event.Batch, rows []int32) ([]int32, error) {
	c := b.Column(p.Field)
	if c == nil {
		return nil, nil
	}
	out := make([]int32, 0, len(rows))
	for _, r := range rows {
		if f, ok := c.Number(int(r)); ok && holds(p.Op, f, p.Bound) {
			out = append(out, r)
		}
	}
	return out, nil
}

func holds(op string, a, b float64) bool {
	switch op {
	case "<":
		return a < b
	case "<=":
		return a <= b
	case ">":
		return a > b
	default:
		return a >= b
	}
}

// Eval implements Pred.
func (p *Has) Eval(_ *PredState, b *event.Batch, rows []int32) ([]int32, error) {
	c := b.Column(p.Field)
	if c == nil {
		return nil, nil
	}
	if c.Kind() == event.Constant {
		return rows, nil
	}
	out := make([]int32, 0, len(rows))
	for _, r := range rows {
		if c.Present(int(r)) {
			out = append(out, r)
		}
	}
	return out, nil
}

// Eval implements Pred.
func (p *Search) Eval(st *PredState, b *event.Batch, rows []int32) ([]int32, error) {
	var out []int32
	left := rows
	names, cols := b.Original()
	for i, c := range cols {
		if len(left) == 0 {
			break
		}
		if event.Hidden(names[i]) && names[i] != event.RawField || p.Skip != nil && p.Skip(names[i]) {
			continue
		}
		got := matchColumn(st, p, p.Match, c, left)
		if len(got) > 0 {
			out = merge(out, got)
			left = minus(left, got)
		}
	}
	return out, nil
}

// merge joins two disjoint ascending lists.
func merge(a, b []int32) []int32 {
	if len(a) == 0 {
		return b
	}
	if len(b) == 0 {
		return a
	}
	out := make([]int32, 0, len(a)+len(b))
	for len(a) > 0 && len(b) > 0 {
		if a[0] < b[0] {
			out, a = append(out, a[0]), a[1:]
		} else {
			out, b = append(out, b[0]), b[1:]
		}
	}
	return append(append(out, a...), b...)
}

// minus gives the rows of a that are not in b, a subset of a.
func minus(a, b []int32) []int32 {
	if len(b) == 0 {
		return a
	}
	out := make([]int32, 0, len(a)-len(b))
	j := 0
	for _, r := range a {
		if j < len(b) && b[j] == r {
			j++
			continue
		}
		out = append(out, r)
	}
	return out
}

// Fields implements Pred.
func (p *All) Fields(to []string) []string {
	for _, t := range p.Terms {
		to = t.Fields(to)
	}
	return to
}

// Fields implements Pred.
func (p *Any) Fields(to []string) []string {
	for _, t := range p.Terms {
		to = t.Fields(to)
	}
	return to
}

// Fields implements Pred.
func (p *Not) Fields(to []string) []string { return p.X.Fields(to) }

// Fields implements Pred.
func (p Always) Fields(to []string) []string { return to }

// Fields implements Pred.
func (p *Test) Fields(to []string) []string { return append(to, p.Field) }

// Fields implements Pred.
func (p *Compare) Fields(to []string) []string { return append(to, p.Field) }

// Fields implements Pred.
func (p *Has) Fields(to []string) []string { return append(to, p.Field) }

// Fields implements Pred.
func (p *Search) Fields(to []string) []string { return to }

// Where implements Pred.
func (p *All) Where() event.Predicate {
	var w event.Predicate
	for _, t := range p.Terms {
		w.Clauses = append(w.Clauses, t.Where().Clauses...)
	}
	return w
}

// Where implements Pred. Any of the terms' needles will do, so each term offers
// one clause; a term without any makes the whole unconditional.
func (p *Any) Where() event.Predicate {
	var any event.Clause
	for _, t := range p.Terms {
		clauses := t.Where().Clauses
		if len(clauses) == 0 {
			return event.Predicate{}
		}
		any.Any = append(any.Any, bestClause(clauses).Any...)
	}
	if len(any.Any) == 0 {
		return event.Predicate{}
	}
	return event.Predicate{Clauses: []event.Clause{any}}
}

// bestClause picks the clause that is likely the rarest: the fewest needles,
// then the longest shortest needle.
func bestClause(cs []event.Clause) event.Clause {
	return slices.MaxFunc(cs, func(a, b event.Clause) int {
		if len(a.Any) != len(b.Any) {
			return len(b.Any) - len(a.Any)
		}
		return shortest(a) - shortest(b)
	})
}

func shortest(c event.Clause) int {
	n := len(c.Any[0].Text)
	for _, x := range c.Any {
		n = min(n, len(x.Text))
	}
	return n
}

// Where implements Pred.
func (p *Not) Where() event.Predicate { return event.Predicate{} }

// Where implements Pred.
func (p Always) Where() event.Predicate { return event.Predicate{} }

// Where implements Pred.
func (p *Test) Where() event.Predicate {
	if p.Whole != nil && *p.Whole != "" {
		return event.Predicate{Clauses: []event.Clause{{Any: []event.Needle{{Field: p.Field, Text: *p.Whole, Whole: true}}}}}
	}
	return needles(p.Field, p.Needles)
}

// Where implements Pred.
func (p *Compare) Where() event.Predicate { return event.Predicate{} }

// Where implements Pred.
func (p *Has) Where() event.Predicate { return event.Predicate{} }

// Where implements Pred.
func (p *Search) Where() event.Predicate { return needles("", p.Needles) }

func needles(field string, ns []event.Needle) event.Predicate {
	var w event.Predicate
	for _, n := range ns {
		if n.Text != "" {
			n.Field = field
			w.Clauses = append(w.Clauses, event.Clause{Any: []event.Needle{n}})
		}
	}
	return w
}

// String implements Pred.
func (p *All) String() string { return join(p.Terms, " and ") }

// String implements Pred.
func (p *Any) String() string { return "(" + join(p.Terms, " or ") + ")" }

func join(ps []Pred, sep string) string {
	parts := make([]string, len(ps))
	for i, p := range ps {
		parts[i] = p.String()
	}
	return strings.Join(parts, sep)
}

// String implements Pred.
func (p *Not) String() string { return "not (" + p.X.String() + ")" }

// String implements Pred.
func (p Always) String() string { return strconv.FormatBool(bool(p)) }

// String implements Pred.
func (p *Test) String() string { return p.Field + " " + p.Shown }

// String implements Pred.
func (p *Compare) String() string {
	return p.Field + " " + p.Op + " " + strconv.FormatFloat(p.Bound, 'g', -1, 64)
}

// String implements Pred.
func (p *Has) String() string { return p.Field + " is present" }

// String implements Pred.
func (p *Search) String() string { return "any field " + p.Shown }

// HasSearch tells whether a condition searches values whatever their field.
func HasSearch(p Pred) bool {
	switch p := p.(type) {
	case *Search:
		return true
	case *All:
		return slices.ContainsFunc(p.Terms, HasSearch)
	case *Any:
		return slices.ContainsFunc(p.Terms, HasSearch)
	case *Not:
		return HasSearch(p.X)
	case *Mapped:
		return p.Free
	}
	return false
}

// ReadsAnyField tells whether a condition reads fields that it cannot name.
func ReadsAnyField(p Pred) bool {
	switch p := p.(type) {
	case *Search:
		return true
	case *All:
		return slices.ContainsFunc(p.Terms, ReadsAnyField)
	case *Any:
		return slices.ContainsFunc(p.Terms, ReadsAnyField)
	case *Not:
		return ReadsAnyField(p.X)
	case *Mapped:
		return p.Effects.ReadsAll
	}
	return false
}
