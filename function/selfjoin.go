package function

import (
	"slices"

	"harrier/diag"
	"harrier/event"
	"harrier/plan"
)

var selfJoinFunc = &Function{
	Name:     "selfJoin",
	Category: "join",
	Summary:  "Gives a row for each key for which each of several conditions holds in some event, with values gathered from the events of the key.",
	Doc: "The input is read twice. The first time the keys are noted for which each of the conditions in `where` held at least once, be it in different events, as `selfJoinFilter()` does. " +
		"The second time the events of these keys are put together: the fields of `collect` are gathered as by `collect()`, a value per line, and of those in `select` the latest " +
		"value is taken, as by `selectLast()`. All events of a key take part, or with `prefilter=true` those for which at least one of the conditions holds.\n\n" +
		"With `postfilter=true` all conditions are then tried on the rows, which lets only those pass that hold what the conditions look at; a condition on a field that is neither key nor in " +
		"`collect` or `select` lets none pass. LogScale needs this against wrong keys, as it notes the keys in a way that lets some wrong ones through when there are tens of thousands. Harrier is exact " +
		"without it.\n\n" +
		"Rows come in the order in which the keys first appear. Of more than `limit` rows the first are kept, with a warning. An event without one of the key fields has no key.",
	Unnamed: "field",
	Params: []Param{
		{Name: "field", Kind: Fields, Required: true, Doc: "The key fields."},
		{Name: "where", Kind: Queries, Required: true, Doc: "The conditions: filters in braces, `[{...}, {...}]`."},
		{Name: "collect", Kind: Fields, Doc: "The fields whose values are gathered."},
		{Name: "select", Kind: Fields, Doc: "The fields of which the latest value is taken."},
		{Name: "limit", Kind: Int, Default: "20000", Min: 1, Max: MaxGroups, Doc: "The largest number of rows, or `max`."},
		{Name: "prefilter", Kind: Bool, Default: "false", Doc: "Whether to look only at events for which one of the conditions holds."},
		{Name: "postfilter", Kind: Bool, Default: "false", Doc: "Whether to try the conditions on the rows too."},
	},
	Examples: []Example{{
		Doc:   "Who wrote the mails that ann sent and ben got, and how large they are.",
		Query: `selfJoin(mail, where=[{from=ann}, {to=ben}], collect=[to], select=[from, size])`,
		In: "{\"mail\":\"1\",\"from\":\"ann\"}\n{\"mail\":\"1\",\"to\":\"ben\"}\n{\"mail\":\"1\",\"to\":\"cleo\",\"size\":\"5\"}\n" +
			"{\"mail\":\"2\",\"from\":\"ann\"}\n{\"mail\":\"2\",\"to\":\"cleo\"}\n{\"from\":\"ann\",\"to\":\"ben\"}",
		Out: `{"mail":"1","to":"ben\ncleo","from":"ann","size":"5"}`,
	}, {
		Doc:   "Of the events of a key only those that a condition asks for.",
		Query: `selfJoin([host, pid], where=[{event=start}, {event=/^conn/}], collect=event, prefilter=true)`,
		In: "{\"host\":\"a\",\"pid\":\"1\",\"event\":\"start\"}\n{\"host\":\"a\",\"pid\":\"1\",\"event\":\"connect\"}\n{\"host\":\"a\",\"pid\":\"1\",\"event\":\"exit\"}\n" +
			"{\"host\":\"b\",\"pid\":\"1\",\"event\":\"start\"}\n{\"host\":\"b\",\"pid\":\"2\",\"event\":\"connect\"}",
		Out: `{"host":"a","pid":"1","event":"start\nconnect"}`,
	}},
	Where: searches,
	Lower: lowerSelfJoin,
}

func lowerSelfJoin(c *Call, p *Pipeline) diag.List {
	if c.Rows {
		return c.Errorf("aggregate-not-allowed", "", "selfJoin() looks at events and cannot stand behind an aggregate, where they are gone")
	}
	collected, selected := distinct(c.Fields("collect")), distinct(c.Fields("select"))
	for _, f := range selected {
		if slices.Contains(collected, f) {
			return c.Errorf("field-conflict", "select", "the field %s is in collect and in select, and a row has room for one of them", f)
		}
	}
	j, problems := newSelfJoin(c, p)
	if problems.HasErrors() {
		return problems
	}
	var aggs []*Agg
	for _, a := range []struct {
		f      *Function
		fields []string
	}{{collectFunc, collected}, {selectLastFunc, selected}} {
		if len(a.fields) == 0 {
			continue
		}
		call := &Call{Function: a.f, Env: c.Env, At: c.At, Args: map[string]*Arg{
			"fields": {Name: "fields", Texts: a.fields, Given: true},
		}}
		if a.f == collectFunc {
			call.Args["limit"] = &Arg{Name: "limit", Number: 2000}
			call.Args["multival"] = &Arg{Name: "multival", Bool: true}
			call.Args["separator"] = &Arg{Name: "separator", Text: "\n"}
		}
		f, bad := a.f.NewAggregator(call)
		if problems = append(problems, bad...); bad.HasErrors() {
			return problems
		}
		aggs = append(aggs, &Agg{Name: a.f.Name + "()", At: c.At, New: f, Reads: call.FieldEffect(), Outputs: a.fields, Of: call})
	}
	p.Add(j.filter())
	agg, columns := Combine(aggs), distinct(slices.Concat(j.fields, collected, selected))
	limit, fields := c.Int("limit"), j.fields
	p.Add(&plan.Aggregate{
		Name: "rows of selfJoin", Span: c.At, Columns: columns,
		Effects: plan.Effect{Reads: distinct(slices.Concat(fields, agg.Reads.Reads)), Writes: columns, Only: true},
		New: func(rt *plan.Runtime) plan.Aggregator {
			return &selfJoinRows{groupBy{rt: rt, at: c.At, limit: limit, keys: newKeyTable(fields), agg: agg.New(rt)}}
		},
	})
	if c.Bool("postfilter") {
		p.Add(&plan.Map{Name: "conditions of selfJoin on rows", Span: c.At, New: j.where.allHold, Effects: j.where.effect})
	}
	return append(problems, withTables(c, p)...)
}

// allHold makes a mapper that keeps the rows for which all conditions hold.
func (c *conditions) allHold(rt *plan.Runtime) plan.Mapper {
	tests, all := c.start(rt), int64(1)<<len(c.stages)-1
	return plan.MapperFunc(func(b *event.Batch) error {
		held, err := tests.on(b)
		if err != nil {
			return err
		}
		b.Narrow(func(r int) bool { return held[r] == all })
		return nil
	})
}

// selfJoinRows is a groupBy that keeps the keys which come first when there are too many.
type selfJoinRows struct{ groupBy }

var _ plan.RowAggregator = (*selfJoinRows)(nil)

func (a *selfJoinRows) Merge(other plan.Aggregator, outer []uint32) error {
	return a.groupBy.Merge(&other.(*selfJoinRows).groupBy, outer)
}

func (a *selfJoinRows) Result(outer uint32, w *event.Builder) error {
	groups := a.keys.inOrder(outer)
	if len(groups) > a.limit {
		groups = groups[:a.limit]
		a.rt.Warn(diag.Warningf("selfjoin-limit", a.at, "selfJoin() met more than %d keys, and only the first are kept", a.limit).
			WithHelp("raise limit=, up to %d (max)", MaxGroups))
	}
	return writeKeyed(a.agg, groups, w, func(i int) { a.keys.write(groups[i], w) })
}
