package function

import (
	"strings"

	"harrier/diag"
	"harrier/event"
	"harrier/plan"
)

var selectLastFunc = &Function{
	Name:     "selectLast",
	Category: "aggregate",
	Summary:  "Gives the latest value of each of some fields.",
	Doc: "Each field is looked at by itself, so that the values may come from different events: of each field it is that of the latest event " +
		"that has it. A field that no event has is absent from the result; an empty text is a value.\n\n" +
		"The latest event is the one with the largest `@timestamp`, and of equal ones the one that stands last in the input. " +
		"Events without a `@timestamp`, such as the rows of an earlier aggregate, are older than all others and go by their order.",
	Unnamed: "fields",
	Params: []Param{
		{Name: "fields", Kind: Fields, Required: true, Doc: "The fields to give."},
	},
	Examples: []Example{{
		Doc:   "The order in the input does not matter where there are times.",
		Query: `groupBy(host, function=selectLast([user, port]))`,
		In: "{\"@timestamp\":\"3000\",\"host\":\"web1\",\"user\":\"ann\"}\n{\"@timestamp\":\"1000\",\"host\":\"web1\",\"user\":\"ben\",\"port\":\"22\"}\n" +
			"{\"@timestamp\":\"2000\",\"host\":\"web2\",\"port\":\"443\"}",
		Out: "{\"host\":\"web1\",\"user\":\"ann\",\"port\":\"22\"}\n{\"host\":\"web2\",\"port\":\"443\"}",
	}, {
		Doc:   "Without times the last one counts.",
		Query: `selectLast(state)`,
		In:    "{\"state\":\"on\"}\n{\"state\":\"off\"}\n{\"note\":\"-\"}",
		Out:   `{"state":"off"}`,
	}},
	Outputs: func(c *Call) []string { return distinct(c.Fields("fields")) },
	Effect: func(c *Call) plan.Effect {
		e := c.DefaultEffect()
		e.Reads = append(e.Reads, timestampField, ingestTimeField)
		return e
	},
	NewAggregator: func(c *Call) (AggregatorFactory, diag.List) {
		fields := distinct(c.Fields("fields"))
		if len(fields) == 0 {
			return nil, c.Errorf("missing-argument", "fields", "selectLast() needs at least one field to give")
		}
		return func(*plan.Runtime) plan.Aggregator {
			a := &selectLast{columns: make([]lastTexts, len(fields))}
			for i, f := range fields {
				a.columns[i].field = f
			}
			return a
		}, nil
	},
}

// selectLast keeps the latest value of each field per group.
type selectLast struct{ columns []lastTexts }

var _ plan.Aggregator = (*selectLast)(nil)

// lastTexts is the latest value of one field.
type lastTexts struct {
	field string
	has   []bool // by group, as what follows
	at    []moment
	text  []string
	row   []int32 // 1 + the row of the batch in hand that the value is to be taken from, or 0
	taken []uint32
	bytes int
}

func (a *selectLast) Grow(groups int) {
	for i := range a.columns {
		l := &a.columns[i]
		l.has, l.at, l.text, l.row = grow(l.has, groups), grow(l.at, groups), grow(l.text, groups), grow(l.row, groups)
	}
}

func (a *selectLast) Add(b *event.Batch, group []uint32) error {
	when := momentOf(b)
	for i := range a.columns {
		l := &a.columns[i]
		if c := b.Column(l.field); c != nil {
			l.add(b.Selected(), c, when, group)
		}
	}
	return nil
}

// add finds the latest row of each group first: where rows come in order every one is later than the one before, and
// only the last one's text need be copied.
func (l *lastTexts) add(rows []int32, c *event.Column, when func(int32) moment, group []uint32) {
	for _, r := range rows {
		if !c.Present(int(r)) {
			continue
		}
		g, m := group[r], when(r)
		if l.has[g] && m.before(l.at[g]) {
			continue
		}
		l.has[g], l.at[g] = true, m
		if l.row[g] == 0 {
			l.taken = append(l.taken, g)
		}
		l.row[g] = r + 1
	}
	for _, g := range l.taken {
		s, _ := c.Text(int(l.row[g] - 1))
		l.set(g, s)
		l.row[g] = 0
	}
	l.taken = l.taken[:0]
}

// set copies the text, so that it does not hold on to the input it was cut from.
func (l *lastTexts) set(g uint32, s string) {
	if s != l.text[g] {
		l.bytes += len(s) - len(l.text[g])
		l.text[g] = strings.Clone(s)
	}
}

func (a *selectLast) Merge(other plan.Aggregator, group []uint32) error {
	for i := range a.columns {
		l, o := &a.columns[i], &other.(*selectLast).columns[i]
		for g, has := range o.has {
			to := group[g]
			if has && !(l.has[to] && o.at[g].before(l.at[to])) {
				l.has[to], l.at[to] = true, o.at[g]
				l.set(to, o.text[g])
			}
		}
	}
	return nil
}

func (a *selectLast) Result(group uint32, w *event.Builder) error {
	for i := range a.columns {
		if l := &a.columns[i]; l.has[group] {
			w.AddText(l.field, l.text[group])
		}
	}
	return nil
}

func (a *selectLast) Bytes() int {
	n := 0
	for i := range a.columns {
		l := &a.columns[i]
		n += l.bytes + 37*cap(l.has)
	}
	return n
}
