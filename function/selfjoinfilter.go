package function

import (
	"slices"

	"harrier/diag"
	"harrier/event"
	"harrier/plan"
)

var selfJoinFilterFunc = &Function{
	Name:     "selfJoinFilter",
	Category: "filter",
	Summary:  "Keeps the events with a key for which each of several conditions holds in some event.",
	Doc: "The input is read twice. The first time the conditions are tried on all events that get as far as this step, and the keys are noted for " +
		"which each condition held at least once, be it in different events. The second time the events with these keys are let through; " +
		"with `prefilter=true` only those for which at least one of the conditions holds.\n\n" +
		"An event without one of the key fields has no key. `!selfJoinFilter(...)` keeps the events that the function drops.\n\n" +
		"LogScale notes the keys in a way that lets some wrong ones through when there are tens of thousands. Harrier is exact.",
	Unnamed: "field",
	Params: []Param{
		{Name: "field", Kind: Fields, Required: true, Doc: "The key fields."},
		{Name: "where", Kind: Queries, Required: true, Doc: "The conditions: filters in braces, `[{...}, {...}]`."},
		{Name: "prefilter", Kind: Bool, Default: "false", Doc: "Whether to let only events through for which one of the conditions holds."},
	},
	Examples: []Example{{
		Doc:   "All about the mails from ann to ben, of which sender and receiver are told by different events.",
		Query: `selfJoinFilter(mail, where=[{from=ann}, {to=ben}])`,
		In: "{\"mail\":\"1\",\"from\":\"ann\"}\n{\"mail\":\"1\",\"to\":\"ben\"}\n{\"mail\":\"1\",\"size\":\"5\"}\n" +
			"{\"mail\":\"2\",\"from\":\"ann\"}\n{\"mail\":\"2\",\"to\":\"cleo\"}\n{\"from\":\"ann\",\"to\":\"ben\"}",
		Out: "{\"mail\":\"1\",\"from\":\"ann\"}\n{\"mail\":\"1\",\"to\":\"ben\"}\n{\"mail\":\"1\",\"size\":\"5\"}",
	}, {
		Query: `selfJoinFilter([host, pid], where=[{event=start}, {event=/^conn/}], prefilter=true) | select([pid, event])`,
		In: "{\"host\":\"a\",\"pid\":\"1\",\"event\":\"start\"}\n{\"host\":\"a\",\"pid\":\"1\",\"event\":\"connect\"}\n{\"host\":\"a\",\"pid\":\"1\",\"event\":\"exit\"}\n" +
			"{\"host\":\"b\",\"pid\":\"1\",\"event\":\"start\"}\n{\"host\":\"b\",\"pid\":\"2\",\"event\":\"connect\"}",
		Out: "{\"pid\":\"1\",\"event\":\"start\"}\n{\"pid\":\"1\",\"event\":\"connect\"}",
	}},
	Where:   searches,
	Filters: true,
	Lower:   lowerSelfJoinFilter,
}

// maxConditions is how many conditions fit into the set that is kept for a key.
const maxConditions = 63

func lowerSelfJoinFilter(c *Call, p *Pipeline) diag.List {
	j, problems := newSelfJoin(c, p)
	if problems.HasErrors() {
		return problems
	}
	p.Add(j.filter())
	return append(problems, withTables(c, p)...)
}

// newSelfJoin reads what selfJoin() and selfJoinFilter() have in common, and sets up the first pass over the events.
func newSelfJoin(c *Call, p *Pipeline) (*selfJoin, diag.List) {
	if p.Nested {
		return nil, c.Errorf("not-allowed-here", "", "%s() looks at all events that get as far as it, and so must stand in a step of the query itself", c.Function.Name)
	}
	fields := distinct(c.Fields("field"))
	if len(fields) == 0 {
		return nil, c.Errorf("missing-argument", "field", "%s() needs at least one field as a key", c.Function.Name)
	}
	where, problems := readConditions(c, "where")
	if problems.HasErrors() {
		return nil, problems
	}
	j := &selfJoin{at: c.At, name: c.Function.Name, fields: fields, where: where, some: c.Bool("prefilter")}
	keys := &plan.Aggregate{
		Name: "keys of " + j.name, Span: c.At, Columns: fields,
		Effects: plan.Effect{Reads: fields, Writes: fields, Only: true},
		New: func(*plan.Runtime) plan.Aggregator {
			return &metConditions{keys: newKeyTable(fields), all: 1<<len(where.stages) - 1}
		},
	}
	j.sub = p.Sub(j.name, &plan.Plan{Values: p.Plan.Values, Stages: append(p.Before(), j.seen(), keys)}).ID
	return j, problems
}

// seen is the step of the first pass that notes which conditions hold.
func (j *selfJoin) seen() *plan.Map {
	return &plan.Map{
		Name: "conditions of " + j.name, Span: j.at, FreeText: j.where.freeText, Where: j.where.needs(),
		Effects: plan.Effect{Reads: slices.Concat(j.fields, j.where.effect.Reads), ReadsAll: j.where.effect.ReadsAll},
		New: func(rt *plan.Runtime) plan.Mapper {
			return &conditionsOfKeys{fields: j.fields, tests: j.where.start(rt)}
		},
	}
}

// filter is the step of the second pass that lets the events with the right keys through.
func (j *selfJoin) filter() *plan.Map {
	st := &plan.Map{Name: j.name, Span: j.at, New: j.mapper, Effects: plan.Effect{Reads: j.fields}}
	if j.some {
		seen := j.seen()
		st.FreeText, st.Where, st.Effects = seen.FreeText, seen.Where, seen.Effects
	}
	return st
}

// conditions are filters that are tried on every event, each by itself.
type conditions struct {
	stages   [][]plan.Stage
	effect   plan.Effect // what all of them read
	freeText bool
}

// readConditions reads an argument that is a list of filters.
func readConditions(c *Call, name string) (*conditions, diag.List) {
	plans := c.Arg(name).Plans
	if len(plans) > maxConditions {
		return nil, c.Errorf("bad-value", name, "%s() takes up to %d conditions", c.Function.Name, maxConditions)
	}
	out := &conditions{}
	for _, pl := range plans {
		bad := pl.Values != nil || len(pl.Subs) > 0
		for _, s := range pl.Stages {
			switch s := s.(type) {
			case *plan.Filter:
			case *plan.Map:
				bad = bad || s.Multiplies || s.Ordered
			default:
				bad = true
			}
			e := s.Effect()
			out.effect.Reads = append(out.effect.Reads, e.Reads...)
			out.effect.ReadsAll = out.effect.ReadsAll || e.ReadsAll
		}
		if bad {
			return nil, c.Errorf("wrong-kind", name, "%s of %s() wants filters, which look at one event and keep it or not", name, c.Function.Name)
		}
		out.stages = append(out.stages, plan.MergeFilters(pl.Stages))
		out.freeText = out.freeText || plan.SearchesText(pl.Stages)
	}
	return out, nil
}

// needs is necessary for any of the conditions to hold.
func (c *conditions) needs() event.Predicate {
	clauses := make([]plan.Clause, len(c.stages))
	for i, s := range c.stages {
		clauses[i] = plan.Clause{Stages: s}
	}
	return plan.ClausesWhere(clauses)
}

// conditionTests are the conditions at work in one worker.
type conditionTests struct {
	chains []*plan.Chain
	bit    int64
	held   []int64 // by row of the batch in hand: the set of the conditions that hold
}

func (c *conditions) start(rt *plan.Runtime) *conditionTests {
	t := &conditionTests{}
	for _, stages := range c.stages {
		t.chains = append(t.chains, plan.NewChain(rt, stages, t.note))
	}
	return t
}

func (t *conditionTests) note(b *event.Batch) error {
	for _, r := range b.Selected() {
		t.held[r] |= t.bit
	}
	return nil
}

// on gives for each selected row the set of the conditions that hold.
func (t *conditionTests) on(b *event.Batch) ([]int64, error) {
	t.held = make([]int64, b.Len())
	for i, chain := range t.chains {
		t.bit = 1 << i
		if b.Count() > 0 {
			if err := chain.Push(b.Clone()); err != nil { // what a condition does to fields is not seen outside
				return nil, err
			}
		}
	}
	return t.held, nil
}

// heldField is the hidden field for the set of the conditions that hold for an event.
const heldField = "\x00held"

// conditionsOfKeys lets the events through that have a key and for which some condition holds, and notes which.
type conditionsOfKeys struct {
	fields []string
	tests  *conditionTests
}

func (m *conditionsOfKeys) Map(b *event.Batch) error {
	for _, f := range m.fields {
		c := b.Field(f)
		b.Narrow(c.Present)
	}
	held, err := m.tests.on(b)
	if err != nil {
		return err
	}
	b.Narrow(func(r int) bool { return held[r] != 0 })
	b.Set(heldField, event.NewInteger(held, nil))
	return nil
}

// metConditions notes for each key which conditions held, and gives the keys for which all did.
type metConditions struct {
	keys *keyTable
	all  int64
	met  []int64 // by group of keys
}

var _ plan.RowAggregator = (*metConditions)(nil)

func (a *metConditions) GivesRows() {}

func (a *metConditions) Grow(int) {} // outer groups need no room of their own

func (a *metConditions) Add(b *event.Batch, outer []uint32) error {
	held, _ := b.Field(heldField).Integers()
	group, _ := a.keys.groups(b, outer)
	a.met = grow(a.met, a.keys.len())
	for _, r := range b.Selected() {
		a.met[group[r]] |= held[r]
	}
	return nil
}

func (a *metConditions) Merge(other plan.Aggregator, outer []uint32) error {
	o := other.(*metConditions)
	group := a.keys.merge(o.keys, outer)
	a.met = grow(a.met, a.keys.len())
	for g, met := range o.met {
		a.met[group[g]] |= met
	}
	return nil
}

func (a *metConditions) Result(outer uint32, w *event.Builder) error {
	for _, g := range a.keys.inOrder(outer) {
		if a.met[g] == a.all {
			a.keys.write(g, w)
			w.EndRow()
		}
	}
	return nil
}

func (a *metConditions) Bytes() int { return a.keys.bytes() + 8*cap(a.met) }

// selfJoin is a selfJoinFilter() or selfJoin() as it was compiled.
type selfJoin struct {
	at     diag.Span
	name   string // of the function
	fields []string
	where  *conditions
	some   bool // only events for which some condition holds
	sub    int

	indexes perRun[joinIndex]
}

func (j *selfJoin) mapper(rt *plan.Runtime) plan.Mapper {
	index := j.indexes.get(rt, func() joinIndex {
		x := newRowIndex(rt.Sub[j.sub], j.fields, 0, nil)
		return joinIndex{x, rt.Memory.Use(x, x.bytes)}
	})
	finder := newRowFinder(index.rowIndex, j.fields)
	var tests *conditionTests
	if j.some {
		tests = j.where.start(rt)
	}
	return plan.MapperFunc(func(b *event.Batch) error {
		if index.err != nil {
			return index.err
		}
		rows := finder.find(b)
		b.Narrow(func(r int) bool { return rows[r] != noRow })
		if tests == nil {
			return nil
		}
		held, err := tests.on(b)
		if err != nil {
			return err
		}
		b.Narrow(func(r int) bool { return held[r] != 0 })
		return nil
	})
}
