package function

import (
	"encoding/binary"
	"strings"

	"harrier/diag"
	"harrier/event"
	"harrier/plan"
)

var collectFunc = &Function{
	Name:     "collect",
	Category: "aggregate",
	Summary:  "Gathers the distinct values of fields.",
	Doc: "With `multival=true` the result is one event in which each field holds its distinct values, joined by `separator`. The values of " +
		"each field are gathered by themselves, so the first value of one field need not belong to the first of another. With " +
		"`multival=false` it is one event for each distinct combination of values; a field that is absent stays absent in it.\n\n" +
		"An event in which a field is absent adds nothing to it, and a field without any value is absent from the result. An empty " +
		"text is a value.\n\n" +
		"Values come in the order in which they first appear in the input; the reference leaves their order open. When there are more " +
		"than `limit` of a field in a group (with `multival=false`: combinations), or more than 10 MiB of text, those that come first are kept " +
		"and a warning is given. The reference lowers the 10 MiB to 1 MiB inside other functions. That is not copied, since what a " +
		"query holds as a whole is bounded anyway. Nor is the reference's remark that `@timestamp` is collected only when there is a single one.",
	Unnamed: "fields",
	Params: []Param{
		{Name: "fields", Kind: Fields, Required: true, Doc: "The fields to gather."},
		{Name: "limit", Kind: Int, Default: "2000", Min: 1, Max: maxCollected, Doc: "The largest number of distinct values, or `max`."},
		{Name: "multival", Kind: Bool, Default: "true", Doc: "Whether to join the values in one event; otherwise there is an event for each."},
		{Name: "separator", Kind: Text, Default: "\n", Doc: "What stands between the values when they are joined. It was `;` in LogScale up to version 1.136."},
	},
	Examples: []Example{{
		Query: `groupBy(host, function=collect([user, port], separator=", "))`,
		In: "{\"host\":\"web1\",\"user\":\"ann\",\"port\":\"22\"}\n{\"host\":\"web1\",\"user\":\"ben\",\"port\":\"22\"}\n" +
			"{\"host\":\"web1\",\"port\":\"443\"}\n{\"host\":\"web2\",\"user\":\"ann\"}",
		Out: "{\"host\":\"web1\",\"user\":\"ann, ben\",\"port\":\"22, 443\"}\n{\"host\":\"web2\",\"user\":\"ann\"}",
	}, {
		Doc:   "An event for each combination of values.",
		Query: `collect([user, port], multival=false)`,
		In:    "{\"user\":\"ann\",\"port\":\"22\"}\n{\"user\":\"ben\"}\n{\"user\":\"ann\",\"port\":\"22\"}\n{\"other\":\"1\"}",
		Out:   "{\"user\":\"ann\",\"port\":\"22\"}\n{\"user\":\"ben\"}",
	}, {
		Doc:   "Beyond the limit the first values are kept.",
		Query: `collect(n, limit=2, separator=" ")`,
		In:    "{\"n\":\"7\"}\n{\"n\":\"5\"}\n{\"n\":\"7\"}\n{\"n\":\"6\"}",
		Out:   `{"n":"7 5"}`,
	}},
	// Only with multival=false, and the state tells: see Combine.
	GivesRows: true,
	Outputs:   func(c *Call) []string { return distinct(c.Fields("fields")) },
	NewAggregator: func(c *Call) (AggregatorFactory, diag.List) {
		fields := distinct(c.Fields("fields"))
		if len(fields) == 0 {
			return nil, c.Errorf("missing-argument", "fields", "collect() needs at least one field to gather")
		}
		limit, separator, at := c.Int("limit"), c.Text("separator"), c.At
		if c.Bool("multival") {
			return func(rt *plan.Runtime) plan.Aggregator {
				a := &collect{rt: rt, at: at, limit: limit, fields: fields, separator: separator}
				for range fields {
					a.sets = append(a.sets, newValueSets(limit, maxCollectedBytes))
				}
				return a
			}, nil
		}
		return func(rt *plan.Runtime) plan.Aggregator {
			return &collectRows{rt: rt, at: at, limit: limit, fields: fields, rows: newValueSets(limit, maxCollectedBytes)}
		}, nil
	},
}

const (
	// maxCollected is what limit=max means. The reference names no maximum.
	maxCollected      = 1_000_000
	maxCollectedBytes = 10 << 20
)

// collect is the state of collect(multival=true).
type collect struct {
	rt        *plan.Runtime
	at        diag.Span
	limit     int
	fields    []string
	separator string
	sets      []*valueSets // by field
}

var _ plan.Aggregator = (*collect)(nil)

func (a *collect) Grow(groups int) {
	for _, s := range a.sets {
		s.grow(groups)
	}
}

func (a *collect) Add(b *event.Batch, group []uint32) error {
	for i, f := range a.fields {
		if c := b.Column(f); c != nil {
			a.sets[i].addColumn(b, c, group)
		}
	}
	return nil
}

func (a *collect) Merge(other plan.Aggregator, group []uint32) error {
	for i, s := range other.(*collect).sets {
		a.sets[i].merge(s, group)
	}
	return nil
}

func (a *collect) Result(group uint32, w *event.Builder) error {
	for i, s := range a.sets {
		values, complete := s.values(group)
		if len(values) > 0 {
			w.AddText(a.fields[i], strings.Join(values, a.separator))
		}
		if !complete {
			a.rt.Warn(collectedTooMuch(a.at, a.limit, "values of "+a.fields[i]))
		}
	}
	return nil
}

func (a *collect) Bytes() int {
	n := 0
	for _, s := range a.sets {
		n += s.bytes()
	}
	return n
}

func collectedTooMuch(at diag.Span, limit int, what string) diag.Diagnostic {
	return diag.Warningf("collect-limit", at, "collect() met more than %d distinct %s, or more than %d MiB of them, and only the first are kept",
		limit, what, maxCollectedBytes>>20).WithHelp("raise limit=, up to %d (max), or count(distinct=true) if their number is enough", maxCollected)
}

// collectRows is the state of collect(multival=false). A combination of values is kept as one text: for each field 0 if it
// is absent, and else its length plus 1 and itself.
type collectRows struct {
	rt     *plan.Runtime
	at     diag.Span
	limit  int
	fields []string
	rows   *valueSets
	row    []byte // scratch
}

var _ plan.RowAggregator = (*collectRows)(nil)

func (a *collectRows) GivesRows() {}

func (a *collectRows) Grow(groups int) { a.rows.grow(groups) }

func (a *collectRows) Add(b *event.Batch, group []uint32) error {
	columns := make([]*event.Column, len(a.fields))
	for i, f := range a.fields {
		columns[i] = b.Field(f)
	}
	where := appearances{b: b}
	for _, r := range b.Selected() {
		at := where.of(r)
		a.row = a.row[:0]
		some := false
		for _, c := range columns {
			s, ok := c.Text(int(r))
			if !ok {
				a.row = append(a.row, 0)
				continue
			}
			some = true
			a.row = append(binary.AppendUvarint(a.row, uint64(len(s))+1), s...)
		}
		if some {
			a.rows.add(group[r], a.row, at)
		}
	}
	return nil
}

func (a *collectRows) Merge(other plan.Aggregator, group []uint32) error {
	a.rows.merge(other.(*collectRows).rows, group)
	return nil
}

func (a *collectRows) Result(group uint32, w *event.Builder) error {
	rows, complete := a.rows.values(group)
	for _, row := range rows {
		rest := []byte(row)
		for _, f := range a.fields {
			n, size := binary.Uvarint(rest)
			rest = rest[size:]
			if n > 0 {
				w.AddText(f, string(rest[:n-1]))
				rest = rest[n-1:]
			}
		}
		w.EndRow()
	}
	if !complete {
		a.rt.Warn(collectedTooMuch(a.at, a.limit, "combinations of values"))
	}
	return nil
}

func (a *collectRows) Bytes() int { return a.rows.bytes() }
