package function

import (
	"slices"

	"harrier/diag"
	"harrier/event"
	"harrier/plan"
)

// maxJoined is the largest number of rows of a subquery; LogScale calls it MAX_JOIN_LIMIT.
const maxJoined = 200_000

var joinFunc = &Function{
	Name:     "join",
	Category: "join",
	Summary:  "Keeps the events whose keys are among the rows of a subquery, and adds fields of these rows.",
	Doc: "The subquery runs first. An event matches a row when all its key fields are present and have the same texts as the row's. With " +
		"`mode=inner` events without a match are dropped, with `mode=left` they are kept as they are. `!join(...)` keeps those without a match.\n\n" +
		"The fields of `include` are copied from the row; one that the row lacks becomes an empty text. Without `include` nothing is copied. " +
		"Where several rows have the same key, the last one counts, as it does for `match()`; with `max=N` an event is given up to N times, for " +
		"the last row first. The reference leaves open which rows are taken.\n\n" +
		"All rows of the subquery are looked at, also those of a subquery without an aggregate, up to `limit` that have the key " +
		"fields; beyond it the first ones are kept and a warning is given.\n\n" +
		"A relative `start` or `end` counts back from the end of the time of the query, or from the time at which the query starts " +
		"when its time has no end.\n\n" +
		"`SessionId =~ join(...)` is another way of giving `field`. LogScale advises against `join()` in live queries and prefers " +
		"`defineTable()` with `match()`.",
	Unnamed: "query",
	Params: append([]Param{
		{Name: "query", Kind: Query, Required: true, Doc: "The subquery."},
		{Name: "field", Kind: Fields, Required: true, Doc: "The key fields of the events."},
		// Fields of the subquery are Texts, since they need not exist where the call stands.
		{Name: "key", Kind: Texts, Doc: "The key fields of the rows, as many as in `field`, which is also what they are when not given."},
		{Name: "include", Kind: Texts, Doc: "The fields of the rows to copy."},
		{Name: "mode", Kind: Enum, Enum: []string{"inner", "left"}, Default: "inner", Doc: "Whether events without a match are dropped or kept."},
		{Name: "max", Kind: Int, Default: "1", Min: 1, Max: maxJoined, Doc: "How many rows an event is joined with at most."},
		{Name: "limit", Kind: Int, Default: "100000", Min: 1, Max: maxJoined, Doc: "The largest number of rows of the subquery, or `max`."},
		{Name: "live", Kind: Bool, Doc: "Whether the subquery runs live in a live query. Harrier runs it once, before the query, and accepts the parameter without effect."},
		{Name: "repo", Kind: Text, Doc: "A repository to run the subquery in; see `view`."},
	}, subqueryParams()...),
	Examples: []Example{{
		Query: `kind=read | join({kind=login}, field=session, key=id, include=[user]) | select([file, user])`,
		In: "{\"kind\":\"read\",\"session\":\"s1\",\"file\":\"/a\"}\n{\"kind\":\"read\",\"session\":\"s2\",\"file\":\"/b\"}\n" +
			"{\"kind\":\"login\",\"id\":\"s1\",\"user\":\"ann\"}",
		Out: `{"file":"/a","user":"ann"}`,
	}, {
		Doc:   "With an aggregate in the subquery, and keeping what has no match.",
		Query: `kind=host | name =~ join({kind=alert | groupBy(name, function=count(as=alerts))}, include=alerts, mode=left) | select([name, alerts])`,
		In: "{\"kind\":\"host\",\"name\":\"web1\"}\n{\"kind\":\"host\",\"name\":\"web2\"}\n" +
			"{\"kind\":\"alert\",\"name\":\"web1\"}\n{\"kind\":\"alert\",\"name\":\"web1\"}",
		Out: "{\"name\":\"web1\",\"alerts\":\"2\"}\n{\"name\":\"web2\"}",
	}, {
		Doc:   "What has no match.",
		Query: `kind=host | !join({kind=alert}, field=name) | select(name)`,
		In:    "{\"kind\":\"host\",\"name\":\"web1\"}\n{\"kind\":\"host\",\"name\":\"web2\"}\n{\"kind\":\"alert\",\"name\":\"web1\"}",
		Out:   `{"name":"web2"}`,
	}, {
		Doc:   "Several rows for an event, the last one first.",
		Query: `kind=host | join({kind=user}, field=name, key=host, include=user, max=2) | select([name, user])`,
		In: "{\"kind\":\"host\",\"name\":\"web1\"}\n{\"kind\":\"user\",\"host\":\"web1\",\"user\":\"ann\"}\n" +
			"{\"kind\":\"user\",\"host\":\"web1\",\"user\":\"ben\"}\n{\"kind\":\"user\",\"host\":\"web1\",\"user\":\"cleo\"}",
		Out: "{\"name\":\"web1\",\"user\":\"cleo\"}\n{\"name\":\"web1\",\"user\":\"ben\"}",
	}},
	Where:   searches,
	Filters: true,
	Lower:   lowerJoin,
}

func lowerJoin(c *Call, p *Pipeline) diag.List {
	fields, keys, include, sub := c.Fields("field"), c.Texts("key"), distinct(c.Texts("include")), c.Plan("query")
	if len(fields) == 0 {
		return c.Errorf("missing-argument", "field", "join() needs at least one field to match by")
	}
	if !c.Has("key") {
		keys = fields
	}
	if len(keys) != len(fields) {
		return c.Errorf("bad-value", "key", "key of join() has %d fields and field has %d: they are matched one by one", len(keys), len(fields))
	}
	problems := append(runsElsewhere(c, "repo", "view"), withTables(c, p)...)
	problems = append(problems, lacking(c, "key", sub, keys)...)
	problems = append(problems, lacking(c, "include", sub, include)...)
	of, bad := interval(c)
	if bad != nil {
		return append(problems, bad...)
	}
	j := &join{
		at: c.At, fields: fields, keys: keys, include: include,
		left: c.Text("mode") == "left", most: c.Int("max"), limit: c.Int("limit"),
	}
	if p.Condition {
		if j.left {
			return append(problems, c.Errorf("bad-value", "mode", "join(mode=left) lets all events through and is no condition")...)
		}
		j.include, j.most = nil, 1
	}
	keepOnly(sub, c.At, distinct(slices.Concat(keys, j.include)), distinct(keys))
	s := p.Sub("join", sub)
	s.Interval = of
	j.sub = s.ID
	st := &plan.Map{
		Name: "join", Span: c.At, New: j.mapper, Multiplies: j.most > 1,
		Effects: plan.Effect{Reads: fields, Writes: j.include},
	}
	if j.left {
		st.Effects.Writes, st.Effects.MayWrite = nil, j.include
	}
	p.Add(st)
	return problems
}

// join is a join as it was compiled.
type join struct {
	at                    diag.Span
	fields, keys, include []string
	left                  bool
	most, limit           int
	sub                   int

	indexes perRun[joinIndex]
}

type joinIndex struct {
	*rowIndex
	err error
}

// joinMapper is the state of a worker.
type joinMapper struct {
	*join
	rt     *plan.Runtime
	index  joinIndex
	finder *rowFinder
}

func (j *join) mapper(rt *plan.Runtime) plan.Mapper {
	index := j.indexes.get(rt, func() joinIndex {
		x := newRowIndex(rt.Sub[j.sub], j.keys, j.limit, nil)
		if x.dropped {
			rt.Warn(diag.Warningf("join-limit", j.at, "the subquery of join() has more than %d rows, and only the first are kept", j.limit).
				WithHelp("raise limit=, up to %d (max), or make the subquery an aggregate such as groupBy()", maxJoined))
		}
		return joinIndex{x, rt.Memory.Use(x, x.bytes)}
	})
	return &joinMapper{join: j, rt: rt, index: index, finder: newRowFinder(index.rowIndex, j.fields)}
}

func (m *joinMapper) Map(b *event.Batch) error {
	if m.index.err != nil {
		return m.index.err
	}
	rows := m.finder.find(b)
	if m.most > 1 {
		var err error
		if rows, err = m.repeat(b, rows); err != nil {
			return err
		}
	} else if !m.left {
		b.Narrow(func(r int) bool { return rows[r] != noRow })
	}
	if b.Count() == 0 {
		return nil
	}
	for _, f := range m.include {
		setWhere(b, f, func(r int) (string, bool) {
			if rows[r] == noRow {
				return "", false
			}
			s, _ := m.index.text(rows[r], f)
			return s, true
		})
	}
	return nil
}

// repeat makes as many copies of each event as it has rows to be joined with, and gives the row of each copy.
func (m *joinMapper) repeat(b *event.Batch, last []int32) ([]int32, error) {
	var events, rows []int32
	for _, r := range b.Selected() {
		if last[r] == noRow {
			if m.left {
				events, rows = append(events, r), append(rows, noRow)
			}
			continue
		}
		n := last[r]
		for i := 0; i < m.most && n != noRow; i++ {
			events, rows = append(events, r), append(rows, n)
			n = m.index.earlier(n)
		}
		// A few popular keys can make more events than fit into memory, so it is asked for on the way.
		if err := m.rt.Memory.Use(m, len(events)*(16+24*(len(b.Names())+len(m.include)))); err != nil {
			return nil, err
		}
	}
	b.Become(b.Gather(events))
	return rows, m.rt.Memory.Use(m, 0)
}
