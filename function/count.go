package function

import (
	"github.com/axiomhq/hyperloglog"

	"harrier/diag"
	"harrier/event"
	"harrier/plan"
)

var countFunc = &Function{
	Name:     "count",
	Category: "aggregate",
	Summary:  "Counts events, events that have a field, or the distinct values of a field.",
	Doc: "With `distinct=true` the number is exact up to a few thousand values and an estimate beyond " +
		"(HyperLogLog, standard error 0.8 %).",
	Unnamed: "field",
	Params: []Param{
		{Name: "field", Kind: Field, Doc: "Count only events that have this field."},
		{Name: "distinct", Kind: Bool, Default: "false", Doc: "Count the distinct values of `field` instead."},
		{Name: "as", Kind: NewField, Default: "_count", Doc: "The field to write."},
	},
	Examples: []Example{{
		Query: `count()`,
		In:    "{\"a\":\"1\"}\n{\"b\":\"2\"}",
		Out:   `{"_count":"2"}`,
	}, {
		Query: `count(a, distinct=true)`,
		In:    "{\"a\":\"1\"}\n{\"a\":\"1\"}\n{\"a\":\"2\"}\n{\"b\":\"2\"}",
		Out:   `{"_count":"2"}`,
	}},
	NewAggregator: func(c *Call) (AggregatorFactory, diag.List) {
		field, as := c.Field("field"), c.Field("as")
		if c.Bool("distinct") {
			if field == "" {
				return nil, c.Errorf("missing-argument", "", "count(distinct=true) needs a field to count the values of")
			}
			return func(*plan.Runtime) plan.Aggregator { return &countDistinct{field: field, as: as} }, nil
		}
		return func(*plan.Runtime) plan.Aggregator { return &count{field: field, as: as} }, nil
	},
}

// count counts rows per group.
type count struct {
	field, as string
	n         []int64
}

var _ plan.Aggregator = (*count)(nil)

func (a *count) Grow(groups int) { a.n = grow(a.n, groups) }

func (a *count) Add(b *event.Batch, group []uint32) error {
	if a.field == "" {
		for _, r := range b.Selected() {
			a.n[group[r]]++
		}
		return nil
	}
	c := b.Column(a.field)
	if c == nil {
		return nil
	}
	for _, r := range b.Selected() {
		if c.Present(int(r)) {
			a.n[group[r]]++
		}
	}
	return nil
}

func (a *count) Merge(other plan.Aggregator, group []uint32) error {
	for g, n := range other.(*count).n {
		a.n[group[g]] += n
	}
	return nil
}

func (a *count) Result(group uint32, w *event.Builder) error {
	w.AddInteger(a.as, a.n[group])
	return nil
}

func (a *count) Bytes() int { return 8 * cap(a.n) }

// countDistinct keeps a sketch per group.
type countDistinct struct {
	field, as string
	sketch    []*hyperloglog.Sketch
}

var _ plan.Aggregator = (*countDistinct)(nil)

func (a *countDistinct) Grow(groups int) { a.sketch = grow(a.sketch, groups) }

func (a *countDistinct) at(g uint32) *hyperloglog.Sketch {
	if a.sketch[g] == nil {
		a.sketch[g] = hyperloglog.New14()
	}
	return a.sketch[g]
}

func (a *countDistinct) Add(b *event.Batch, group []uint32) error {
	c := b.Column(a.field)
	if c == nil {
		return nil
	}
	for _, r := range b.Selected() {
		if s, ok := c.Text(int(r)); ok {
			a.at(group[r]).Insert([]byte(s))
		}
	}
	return nil
}

func (a *countDistinct) Merge(other plan.Aggregator, group []uint32) error {
	for g, s := range other.(*countDistinct).sketch {
		if s != nil {
			if err := a.at(group[g]).Merge(s); err != nil {
				return err
			}
		}
	}
	return nil
}

func (a *countDistinct) Result(group uint32, w *event.Builder) error {
	n := int64(0)
	if s := a.sketch[group]; s != nil {
		n = int64(s.Estimate())
	}
	w.AddInteger(a.as, n)
	return nil
}

func (a *countDistinct) Bytes() int { return len(a.sketch) * 1024 }

// grow lengthens s to n, with room to spare.
func grow[T any](s []T, n int) []T {
	if n <= len(s) {
		return s
	}
	if n <= cap(s) {
		return s[:n]
	}
	out := make([]T, n, max(n, 2*cap(s)))
	copy(out, s)
	return out
}
