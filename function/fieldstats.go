package function

import (
	"cmp"
	"slices"

	"github.com/axiomhq/hyperloglog"

	"harrier/diag"
	"harrier/event"
	"harrier/plan"
)

// The columns of fieldstats() besides the type and the name of the field.
const (
	countField    = "_count"
	distinctField = "distinct"
)

var fieldStatsOutputs = []string{typeTag, nameField, countField, distinctField}

var fieldStatsFunc = &Function{
	Name:     "fieldstats",
	Category: "event",
	Summary:  "Lists the fields of the events, with how many events have each and how many values it has.",
	Doc: "There is a row for each field and each `#type` of events that have it, those without a `#type` being a type of their own. `_count` is the number of events, " +
		"and `distinct` the number of different values: exact up to a few thousand and an estimate beyond (HyperLogLog, standard error 0.8 %), which may be " +
		"larger than `_count`. Fields are those that the events have where the function stands.\n\n" +
		"The fields that most events have come first, then it goes by name and type. `limit` is the number of rows; when there are more the last are left out, " +
		"with a warning.",
	Params: []Param{
		{Name: "limit", Kind: Int, Default: "200", Min: 1, Max: 10000, Doc: "How many rows there are at most."},
	},
	Ordered:   true,
	GivesRows: true,
	Effect: func(*Call) plan.Effect {
		return plan.Effect{ReadsAll: true, Only: true, Writes: fieldStatsOutputs}
	},
	Outputs: func(*Call) []string { return fieldStatsOutputs },
	Examples: []Example{{
		Query: `fieldstats()`,
		In:    "{\"#type\":\"dns\",\"name\":\"a.example\"}\n{\"#type\":\"dns\",\"name\":\"a.example\",\"ttl\":\"\"}\n{\"name\":\"b\"}",
		Out: "{\"#type\":\"dns\",\"field\":\"#type\",\"_count\":\"2\",\"distinct\":\"1\"}\n{\"#type\":\"dns\",\"field\":\"name\",\"_count\":\"2\",\"distinct\":\"1\"}\n" +
			"{\"field\":\"name\",\"_count\":\"1\",\"distinct\":\"1\"}\n{\"#type\":\"dns\",\"field\":\"ttl\",\"_count\":\"1\",\"distinct\":\"1\"}",
	}, {
		Query: `fieldstats(limit=1) | drop([_count, distinct])`,
		In:    "{\"user\":\"kim\"}\n{\"host\":\"a\"}\n{\"host\":\"b\"}",
		Out:   `{"field":"host"}`,
	}},
	NewAggregator: func(c *Call) (AggregatorFactory, diag.List) {
		limit, at := c.Int("limit"), c.At
		return func(rt *plan.Runtime) plan.Aggregator {
			return &fieldStats{rt: rt, at: at, limit: limit, names: newInterner(), types: newInterner()}
		}, nil
	},
}

// fieldStats counts the values of each field, by group and type.
type fieldStats struct {
	rt    *plan.Runtime
	at    diag.Span
	limit int

	names, types *interner
	groups       []map[fieldStatsKey]*fieldStat
	n            int // entries of all groups
	kinds        []uint32
}

// fieldStatsKey are the numbers of a type, which may be noValue, and of a field.
type fieldStatsKey struct{ kind, field uint32 }

type fieldStat struct {
	count  int64
	sketch *hyperloglog.Sketch
}

var _ plan.RowAggregator = (*fieldStats)(nil)

// GivesRows implements plan.RowAggregator.
func (a *fieldStats) GivesRows() {}

// Grow implements plan.Aggregator.
func (a *fieldStats) Grow(groups int) { a.groups = grow(a.groups, groups) }

func (a *fieldStats) stat(group uint32, k fieldStatsKey) *fieldStat {
	m := a.groups[group]
	if m == nil {
		m = map[fieldStatsKey]*fieldStat{}
		a.groups[group] = m
	}
	s := m[k]
	if s == nil {
		s = &fieldStat{sketch: hyperloglog.New14()}
		m[k] = s
		a.n++
	}
	return s
}

// Add implements plan.Aggregator.
func (a *fieldStats) Add(b *event.Batch, group []uint32) error {
	rows := b.Selected()
	if n := b.Len(); len(a.kinds) < n {
		a.kinds = make([]uint32, n)
	}
	a.types.column(b.Column(typeTag), rows, a.kinds)
	for i, name := range b.Names() {
		if event.Hidden(name) {
			continue
		}
		c := b.Columns()[i]
		field := uint32(noValue)
		d, codes := c.Codes()
		// Rows of a type mostly stand together, so the entry at hand is mostly the right one; a value of a dictionary need
		// not be put into the same sketch twice.
		type put struct {
			stat *fieldStat
			code uint32
		}
		known := map[put]bool{}
		var last *fieldStat
		var lastGroup, lastKind uint32
		for _, r := range rows {
			s, ok := c.Text(int(r))
			if !ok {
				continue
			}
			if field == noValue {
				field = a.names.id(name)
			}
			if last == nil || lastGroup != group[r] || lastKind != a.kinds[r] {
				lastGroup, lastKind = group[r], a.kinds[r]
				last = a.stat(lastGroup, fieldStatsKey{lastKind, field})
			}
			last.count++
			if d != nil {
				p := put{last, codes[r]}
				if known[p] {
					continue
				}
				known[p] = true
			}
			last.sketch.Insert([]byte(s))
		}
	}
	return nil
}

// Merge implements plan.Aggregator.
func (a *fieldStats) Merge(other plan.Aggregator, group []uint32) error {
	o := other.(*fieldStats)
	for g, m := range o.groups {
		for k, s := range m {
			if k.kind != noValue {
				k.kind = a.types.id(o.types.texts[k.kind])
			}
			k.field = a.names.id(o.names.texts[k.field])
			to := a.stat(group[g], k)
			to.count += s.count
			if err := to.sketch.Merge(s.sketch); err != nil {
				return err
			}
		}
	}
	return nil
}

// Result implements plan.Aggregator.
func (a *fieldStats) Result(group uint32, w *event.Builder) error {
	w.Declare(fieldStatsOutputs...)
	type row struct {
		kind, field string
		typed       bool
		*fieldStat
	}
	rows := make([]row, 0, len(a.groups[group]))
	for k, s := range a.groups[group] {
		r := row{field: a.names.texts[k.field], fieldStat: s}
		if k.kind != noValue {
			r.kind, r.typed = a.types.texts[k.kind], true
		}
		rows = append(rows, r)
	}
	slices.SortFunc(rows, func(x, y row) int {
		c := cmp.Or(cmp.Compare(y.count, x.count), cmp.Compare(x.field, y.field), cmp.Compare(x.kind, y.kind))
		if c == 0 && x.typed != y.typed { // an empty type is not none
			c = 1
			if !x.typed {
				c = -1
			}
		}
		return c
	})
	if len(rows) > a.limit {
		rows = rows[:a.limit]
		a.rt.Warn(diag.Warningf("fieldstats-limit", a.at, "fieldstats() met more than %d fields, and only those that most events have are shown", a.limit).
			WithHelp("raise limit"))
	}
	for _, r := range rows {
		if r.typed {
			w.AddText(typeTag, r.kind)
		}
		w.AddText(nameField, r.field)
		w.AddInteger(countField, r.count)
		w.AddInteger(distinctField, int64(r.sketch.Estimate()))
		w.EndRow()
	}
	return nil
}

// Bytes implements plan.Aggregator. Sketches are small while they hold few values.
func (a *fieldStats) Bytes() int {
	return a.names.bytes + a.types.bytes + 8*cap(a.groups) + 4*cap(a.kinds) + a.n*(1024+64)
}
