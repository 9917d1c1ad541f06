package function

import (
	"slices"
	"time"

	"harrier/cql"
	"harrier/diag"
	"harrier/event"
	"harrier/internal/rx"
	"harrier/plan"
)

// Call is a use of a function: its arguments, read according to the signature
// and with defaults filled in. Reading an argument by a name or kind that the
// signature lacks is a mistake of the function's author and panics.
type Call struct {
	Function *Function
	Env      *Env
	At       diag.Span // the whole call
	Args     map[string]*Arg
	Others   []*Arg // arguments of a function with Rest, in order
	Syntax   *cql.Call
	// Rows is set behind an aggregate: what the call is given are rows of a result,
	// and the events that they were made of are gone.
	Rows bool
	// Condition is set when the call stands in a condition, negated or not, so that only
	// which events it lets through matters.
	Condition bool
	// Tables finds a table made by defineTable(): the number of its subplan and its
	// columns, nil when they are not known.
	Tables func(name string) (id int, columns []string, ok bool)
}

// Arg is the value of one argument. Which members are set depends on the kind
// of its parameter.
type Arg struct {
	Name  string
	At    diag.Span
	Given bool // false for a default

	Text   string
	Texts  []string
	Places []diag.Span // of each of Texts
	Pairs  [][2]string // of a Pairs argument; nil when a single name was given
	Number float64
	Bool   bool
	Span   time.Duration

	Expr     *Expr
	Exprs    []*Expr
	Regex    string
	Aggs     []*Agg
	Pipe     *Pipe
	Plan     *plan.Plan
	Plans    []*plan.Plan
	Named    []*NamedQuery
	NoValues bool // an empty array was given
}

// NamedQuery is one of the queries of a NamedQueries argument.
type NamedQuery struct {
	Name    string
	NameAt  diag.Span
	Pipe    *Pipe // without the links at its end
	Links   []*QueryLink
	Include []string
	All     bool                    // include: *
	Gives   func(field string) bool // whether an event that gets through can have a field
}

// QueryLink is `field <=> Other.field` at the end of a named query.
type QueryLink struct {
	Field  string
	Other  string // the name of a query and of its field, as written
	At     diag.Span
	AtName diag.Span // of Other
}

// Expr is a compiled expression.
type Expr struct {
	New    func(rt *plan.Runtime) plan.Expr
	Reads  []string
	All    bool    // reads fields it cannot name
	Const  *string // its value, when it is a literal
	At     diag.Span
	Source string // as written
}

// Agg is a compiled aggregate in a function= argument or an array of them.
type Agg struct {
	Name    string
	Call    string // the call as the query has it, for a plan to show; "" when there is none
	At      diag.Span
	New     AggregatorFactory
	Reads   plan.Effect
	Outputs []string // nil when unknown
	Rows    bool     // the aggregator is a plan.RowAggregator
	Ordered bool     // its rows come in a meaningful order
	// FreeText is set when stages in front of it, in braces, search values whatever
	// their field.
	FreeText bool
	Sequence bool  // it is a sequence function over the rows in order
	Of       *Call // the call that it is made of; nil when it is made of something else
}

// Passes tells whether the rows of the aggregate are rows that it was given, with
// all their fields.
func (a *Agg) Passes() bool { return !a.Reads.Only }

// Pipe is a compiled pipeline without aggregates.
type Pipe struct {
	At     diag.Span
	Stages []plan.Stage
	Effect plan.Effect
}

// Arg finds an argument; nil when it was not given and has no default.
func (c *Call) Arg(name string) *Arg {
	if c.Function.Param(name) == nil {
		panic("function: " + c.Function.Name + " has no parameter " + name)
	}
	return c.Args[name]
}

// Has tells whether the argument was given.
func (c *Call) Has(name string) bool {
	a := c.Arg(name)
	return a != nil && a.Given
}

// Place is the place of an argument, or of the call when it was not given.
func (c *Call) Place(name string) diag.Span {
	if a := c.Arg(name); a != nil && a.Given {
		return a.At
	}
	return c.At
}

// Text reads a Text, Enum, Field, NewField, Regex or ArrayName argument; "" when
// it is not given and has no default.
func (c *Call) Text(name string) string {
	if a := c.Arg(name); a != nil {
		return a.Text
	}
	return ""
}

// Field is Text, for field names.
func (c *Call) Field(name string) string { return c.Text(name) }

// Texts reads a Texts or Fields argument.
func (c *Call) Texts(name string) []string {
	if a := c.Arg(name); a != nil {
		return a.Texts
	}
	return nil
}

// Fields is Texts, for field names.
func (c *Call) Fields(name string) []string { return c.Texts(name) }

// Number reads a Num argument; zero when it is not given and has no default.
func (c *Call) Number(name string) float64 {
	if a := c.Arg(name); a != nil {
		return a.Number
	}
	return 0
}

// Int reads an Int argument.
func (c *Call) Int(name string) int { return int(c.Number(name)) }

// Bool reads a Bool argument.
func (c *Call) Bool(name string) bool {
	a := c.Arg(name)
	return a != nil && a.Bool
}

// Duration reads a Span argument.
func (c *Call) Duration(name string) time.Duration {
	if a := c.Arg(name); a != nil {
		return a.Span
	}
	return 0
}

// Expr reads an Expression argument; nil when not given.
func (c *Call) Expr(name string) *Expr {
	if a := c.Arg(name); a != nil {
		return a.Expr
	}
	return nil
}

// Exprs reads an Expressions argument.
func (c *Call) Exprs(name string) []*Expr {
	if a := c.Arg(name); a != nil {
		return a.Exprs
	}
	return nil
}

// Aggregates reads an Aggregates argument.
func (c *Call) Aggregates(name string) []*Agg {
	if a := c.Arg(name); a != nil {
		return a.Aggs
	}
	return nil
}

// Pipe reads a Subpipeline or Condition argument.
func (c *Call) Pipe(name string) *Pipe {
	if a := c.Arg(name); a != nil {
		return a.Pipe
	}
	return nil
}

// Plan reads a Query argument.
func (c *Call) Plan(name string) *plan.Plan {
	if a := c.Arg(name); a != nil {
		return a.Plan
	}
	return nil
}

// Regexp compiles a Regex argument with flags. A bad pattern is reported at its
// place, and gives nil; so is one that LogScale would refuse. A pattern that is
// only known when the query is run counts as one that fits everything.
func (c *Call) Regexp(name string, flags rx.Flags) (*rx.Regexp, diag.List) {
	text := c.Text(name)
	if c.unknown(name) {
		text = ""
	}
	re, err := rx.Compile(text, flags)
	if err != nil {
		return nil, diag.List{diag.Errorf("bad-regex", c.Place(name), "the regular expression cannot be used: %s", err)}
	}
	return re, UnportableRegex(re, c.Env.Dialect, c.Place(name))
}

// UnportableRegex reports a construct that LogScale does not know: a warning, or
// an error in its dialect.
func UnportableRegex(re *rx.Regexp, d cql.Dialect, at diag.Span) diag.List {
	what := re.Beyond()
	if what == "" {
		return nil
	}
	report := diag.Warningf
	if d == cql.LogScale {
		report = diag.Errorf
	}
	return diag.List{report("bad-regex", at, "LogScale does not know %s in a regular expression", what).
		WithHelp("capture what is needed with a group, or test it in a step of its own")}
}

// Errorf is a diagnostic at the place of an argument, or of the call when name
// is "".
func (c *Call) Errorf(code, name, format string, args ...any) diag.List {
	at := c.At
	if name != "" {
		at = c.Place(name)
	}
	return diag.List{diag.Errorf(code, at, format, args...)}
}

// DefaultEffect is the effect that the kinds of the parameters tell.
func (c *Call) DefaultEffect() plan.Effect {
	var e plan.Effect
	for _, p := range c.Function.Params {
		a := c.Args[p.Name]
		if a == nil {
			continue
		}
		switch p.Kind {
		case Field:
			if a.Text != "" {
				e.Reads = append(e.Reads, a.Text)
			}
		case Fields:
			e.Reads = append(e.Reads, a.Texts...)
		case NewField:
			if a.Text != "" {
				e.Writes = append(e.Writes, a.Text)
			}
		case Expression:
			e.Reads = append(e.Reads, a.Expr.Reads...)
			e.ReadsAll = e.ReadsAll || a.Expr.All
		case Expressions:
			for _, x := range a.Exprs {
				e.Reads = append(e.Reads, x.Reads...)
				e.ReadsAll = e.ReadsAll || x.All
			}
		case Aggregates:
			for _, g := range a.Aggs {
				e.Reads = append(e.Reads, g.Reads.Reads...)
				e.ReadsAll = e.ReadsAll || g.Reads.ReadsAll || g.Passes()
			}
		case Subpipeline, Condition:
			e = e.Union(a.Pipe.Effect)
		case ArrayName:
			e.ReadsAll = true // elements are fields whose number the data tells
		}
	}
	for _, a := range c.Others {
		e.Reads = append(e.Reads, a.Expr.Reads...)
		e.ReadsAll = e.ReadsAll || a.Expr.All
		e.Writes = append(e.Writes, a.Name)
	}
	if c.Function.IsAggregate() {
		e.Only, e.Keeps, e.Writes = true, nil, c.Outputs()
	}
	return e
}

// FieldEffect is what the call does to fields.
func (c *Call) FieldEffect() plan.Effect {
	if c.Function.Effect != nil {
		return c.Function.Effect(c)
	}
	return c.DefaultEffect()
}

// Outputs are the fields an aggregate gives, in order; nil when unknown.
func (c *Call) Outputs() []string {
	if c.Function.Outputs != nil {
		return c.Function.Outputs(c)
	}
	var out []string
	for _, p := range c.Function.Params {
		if p.Kind == NewField && c.Args[p.Name] != nil && c.Text(p.Name) != "" {
			out = append(out, c.Text(p.Name))
		}
	}
	return out
}

// Pipeline is the plan under construction that Function.Lower adds to.
type Pipeline struct {
	Plan   *plan.Plan
	Stages []plan.Stage
	// Nested is set for a pipeline inside another one, such as a clause of case,
	// which does not see all events that get to where it stands.
	Nested bool
	// Subquery is set for the pipeline of a query that is an argument.
	Subquery bool
	// Condition is set when the stage to be added is to be a condition, so that only
	// which events it lets through matters, and not what it makes of them.
	Condition bool
	subs      *int
}

// NewPipeline starts a pipeline of pl; subs numbers the subplans of the whole
// query.
func NewPipeline(pl *plan.Plan, subs *int) *Pipeline { return &Pipeline{Plan: pl, subs: subs} }

// Add appends a stage.
func (p *Pipeline) Add(s plan.Stage) { p.Stages = append(p.Stages, s) }

// Sub registers a plan to be run before the main one. Its rows are found in
// Runtime.Sub by the number it is given.
func (p *Pipeline) Sub(name string, sub *plan.Plan) *plan.Sub {
	s := &plan.Sub{ID: *p.subs, Name: name, Plan: sub}
	*p.subs++
	p.Plan.Subs = append(p.Plan.Subs, s)
	return s
}

// Before gives a copy of the stages so far, for functions that run what stands
// before them a second time.
func (p *Pipeline) Before() []plan.Stage { return slices.Clone(p.Stages) }

// mapText lifts a function on one text to a mapper: the result goes to field
// out, once per distinct value where the column allows. ok=false leaves the
// field as it is.
func mapText(in, out string, f func(s string) (string, bool)) MapperFactory {
	return func(*plan.Runtime) plan.Mapper {
		cache := map[*event.Dict]*mappedDict{}
		return plan.MapperFunc(func(b *event.Batch) error {
			c := b.Column(in)
			if c == nil {
				return nil
			}
			if s, ok := c.ConstantText(); ok {
				if v, ok := f(s); ok {
					setWhere(b, out, func(int) (string, bool) { return v, true })
				}
				return nil
			}
			if d, codes := c.Codes(); d != nil {
				// Fast path: once per distinct value, in a dictionary of results.
				m := cache[d]
				if m == nil {
					if len(cache) > 64 {
						clear(cache)
					}
					m = &mappedDict{to: event.NewDict()}
					cache[d] = m
				}
				setCodes(b, out, m.codes(d, codes, b.Selected(), f), m.to)
				return nil
			}
			setWhere(b, out, func(r int) (string, bool) {
				s, ok := c.Text(r)
				if !ok {
					return "", false
				}
				return f(s)
			})
			return nil
		})
	}
}

// mappedDict remembers for each code of one dictionary the code of its result in
// another: 0 not worked out, 1 no result, n+2 code n.
type mappedDict struct {
	to    *event.Dict
	known []uint32
}

func (m *mappedDict) codes(d *event.Dict, codes []uint32, rows []int32, f func(string) (string, bool)) []uint32 {
	if n := d.Len(); len(m.known) < n {
		m.known = append(m.known, make([]uint32, n-len(m.known))...)
	}
	out := make([]uint32, len(codes))
	for i := range out {
		out[i] = event.NoCode
	}
	for _, r := range rows {
		code := codes[r]
		if code == event.NoCode {
			continue
		}
		k := m.known[code]
		if k == 0 {
			k = 1
			if v, ok := f(d.Value(code)); ok {
				k = m.to.Code(v) + 2
			}
			m.known[code] = k
		}
		if k > 1 {
			out[r] = k - 2
		}
	}
	return out
}

// setCodes writes a dictionary column where it has values and leaves an existing
// field alone where it has none.
func setCodes(b *event.Batch, field string, codes []uint32, d *event.Dict) {
	old := b.Column(field)
	if old == nil {
		b.Set(field, event.NewCoded(d, codes))
		return
	}
	for _, r := range b.Selected() {
		if codes[r] == event.NoCode && old.Present(int(r)) {
			setWhere(b, field, func(r int) (string, bool) {
				if codes[r] == event.NoCode {
					return "", false
				}
				return d.Value(codes[r]), true
			})
			return
		}
	}
	b.Set(field, event.NewCoded(d, codes))
}

// setWhere writes a field on the selected rows for which value gives one; on the
// others an existing field keeps its value, as null assigned to a field leaves
// it alone.
func setWhere(b *event.Batch, field string, value func(row int) (string, bool)) {
	old := b.Column(field)
	strs := make([]string, b.Len())
	valid := event.NewBits(b.Len())
	for _, r := range b.Selected() {
		s, ok := value(int(r))
		if !ok && old != nil {
			s, ok = old.Text(int(r))
		}
		if ok {
			strs[r] = s
			valid.Set(int(r))
		}
	}
	b.Set(field, event.NewText(strs, valid))
}

// SetColumn writes a computed column on the selected rows: where it is absent an
// existing field keeps its value.
func SetColumn(b *event.Batch, field string, c *event.Column) {
	old := b.Column(field)
	if old == nil || c.Kind() == event.Constant {
		b.Set(field, c)
		return
	}
	for _, r := range b.Selected() {
		if !c.Present(int(r)) && old.Present(int(r)) {
			setWhere(b, field, func(r int) (string, bool) { return c.Text(r) })
			return
		}
	}
	b.Set(field, c)
}
