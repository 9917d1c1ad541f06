package function

import (
	"harrier/diag"
	"harrier/event"
	"harrier/internal/num"
	"harrier/plan"
)

// defaultPercentiles are those of a percentile() that is given none.
var defaultPercentiles = []string{"50", "75", "99"}

var percentileFunc = &Function{
	Name:     "percentile",
	Category: "aggregate",
	Summary:  "Estimates percentiles of the numbers in a field.",
	Doc: noNumbers + "Without any number there is no result. Negative numbers are taken too, though the reference promises only " +
		"those from zero up.\n\n" +
		"The numbers are counted in bins of growing width (DDSketch). A result is within the relative error `accuracy` of a " +
		"number of the data, with the default at most 1 % from it: where the true value is 1000, something between 990 and 1010. Percentile " +
		"p is the number at p/100 of the way through the n sorted ones, at place p/100 * (n-1) rounded down; nothing is interpolated. " +
		"The result does not depend on the order of the events. A smaller `accuracy` takes more memory, and values below 0.000001 count as that.\n\n" +
		"Fields are named `_50`, or `name_50` with `as=name`.",
	Unnamed: "field",
	Params: []Param{
		{Name: "field", Kind: Field, Required: true, Doc: "The field whose numbers are looked at."},
		{Name: "percentiles", Kind: Texts, Doc: "The percentiles, from 0 to 100; 50, 75 and 99 when not given."},
		{Name: "accuracy", Kind: Num, Default: "0.01", Doc: "The relative error, between 0 and 1, both excluded."},
		{Name: "as", Kind: Text, Doc: "What stands before `_50` in the names of the fields."},
	},
	Examples: []Example{{
		Query: `percentile(ms, percentiles=[0, 50, 99.9], as=p)`,
		In:    "{\"ms\":\"0\"}\n{\"ms\":\"0\"}\n{\"ms\":\"0\"}\n{\"ms\":\"slow\"}\n{\"ms\":\"250\"}",
		Out:   `{"p_0":"0","p_50":"0","p_99.9":"0"}`,
	}, {
		Doc:   "The middle one of the numbers is 1000, and the result is within 1 % of it.",
		Query: `percentile(ms, percentiles=50) | _50 >= 990 | _50 <= 1010 | count()`,
		In:    "{\"ms\":\"10\"}\n{\"ms\":\"1000\"}\n{\"ms\":\"90000\"}",
		Out:   `{"_count":"1"}`,
	}},
	Outputs: func(c *Call) []string {
		names, _, _ := percentileFields(c)
		return names
	},
	NewAggregator: func(c *Call) (AggregatorFactory, diag.List) {
		names, at, problems := percentileFields(c)
		accuracy := c.Number("accuracy")
		if !(accuracy > 0 && accuracy < 1) {
			problems = append(problems, c.Errorf("bad-value", "accuracy", "accuracy of percentile() is between 0 and 1, and %s is not", num.Format(accuracy))...)
		}
		if problems.HasErrors() {
			return nil, problems
		}
		field, scale := c.Field("field"), newSketchScale(accuracy)
		return func(*plan.Runtime) plan.Aggregator {
			return &percentile{field: field, names: names, at: at, scale: scale}
		}, problems
	},
}

// percentileFields gives the fields that a call writes and the percentiles they stand for.
func percentileFields(c *Call) (names []string, at []float64, problems diag.List) {
	texts := c.Texts("percentiles")
	if !c.Has("percentiles") {
		texts = defaultPercentiles
	}
	for i, s := range texts {
		p, ok := num.Parse(s)
		switch {
		case !ok && c.Env.Check && s == "*": // a parameter whose value is only known when the query is run
			s, p = "50", 50
		case !ok || p < 0 || p > 100:
			problems = append(problems, diag.Errorf("bad-value", c.Arg("percentiles").Places[i], "a percentile is a number from 0 to 100, and %q is none", s))
			continue
		default:
			s = num.Format(p)
		}
		names, at = append(names, c.Text("as")+"_"+s), append(at, p)
	}
	if len(names) == 0 && len(problems) == 0 {
		problems = c.Errorf("bad-value", "percentiles", "percentile() needs at least one percentile")
	}
	return names, at, problems
}

// percentile keeps a sketch per group.
type percentile struct {
	field  string
	names  []string
	at     []float64
	scale  sketchScale
	groups []quantileSketch
	bins   int
}

var _ plan.Aggregator = (*percentile)(nil)

func (a *percentile) Grow(groups int) { a.groups = grow(a.groups, groups) }

func (a *percentile) Add(b *event.Batch, group []uint32) error {
	eachNumber(b, a.field, group, func(g uint32, v float64) {
		q := &a.groups[g]
		before := cap(q.bins)
		q.add(a.scale.key(v), 1)
		a.bins += cap(q.bins) - before
	})
	return nil
}

func (a *percentile) Merge(other plan.Aggregator, group []uint32) error {
	o := other.(*percentile)
	for g := range o.groups {
		q := &a.groups[group[g]]
		before := cap(q.bins)
		q.merge(&o.groups[g])
		a.bins += cap(q.bins) - before
	}
	return nil
}

func (a *percentile) Result(group uint32, w *event.Builder) error {
	q := &a.groups[group]
	if q.n == 0 {
		return nil
	}
	for i, name := range a.names {
		w.AddNumber(name, a.scale.value(q.key(a.at[i])))
	}
	return nil
}

func (a *percentile) Bytes() int { return 32*cap(a.groups) + 16*a.bins }
