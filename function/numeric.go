package function

import (
	"math"

	"harrier/diag"
	"harrier/event"
	"harrier/plan"
)

// eachNumber calls f for the selected rows in which a field is a number. Absent values and other texts are passed over.
func eachNumber(b *event.Batch, field string, group []uint32, f func(group uint32, v float64)) {
	c := b.Column(field)
	if c == nil {
		return
	}
	if _, ok := c.ConstantText(); ok {
		if c.Len() == 0 {
			return
		}
		if v, ok := c.Number(0); ok {
			for _, r := range b.Selected() {
				f(group[r], v)
			}
		}
		return
	}
	for _, r := range b.Selected() {
		// A computed column may hold what is not a number; as a text it would not be one either.
		if v, ok := c.Number(int(r)); ok && v-v == 0 {
			f(group[r], v)
		}
	}
}

// addNumber gives the open row a number. One that is infinite or none at all is no value.
func addNumber(w *event.Builder, field string, v float64) {
	if v-v == 0 {
		w.AddNumber(field, v)
	}
}

// numericParams are the parameters of an aggregate over the numbers in one field.
func numericParams(as, what string) []Param {
	return []Param{
		{Name: "field", Kind: Field, Required: true, Doc: "The field whose numbers are " + what + "."},
		{Name: "as", Kind: NewField, Default: as, Doc: "The field to write."},
	}
}

// noNumbers says what the aggregates over numbers have in common.
const noNumbers = "Events in which the field is absent or not a number are passed over. "

// sums is the state of sum() and avg(): an exact sum and how many numbers are in it, per group. The result is rounded
// once, so it is the same for any order of the events.
type sums struct {
	field, as string
	mean      bool
	sum       []exactSum
	n         []int64
	extra     int // bytes beyond the slices, of the groups that have fractions
}

var _ plan.Aggregator = (*sums)(nil)

func newSums(mean bool) func(c *Call) (AggregatorFactory, diag.List) {
	return func(c *Call) (AggregatorFactory, diag.List) {
		field, as := c.Field("field"), c.Field("as")
		return func(*plan.Runtime) plan.Aggregator { return &sums{field: field, as: as, mean: mean} }, nil
	}
}

func (a *sums) Grow(groups int) {
	a.sum = grow(a.sum, groups)
	if a.mean {
		a.n = grow(a.n, groups)
	}
}

func (a *sums) Add(b *event.Batch, group []uint32) error {
	eachNumber(b, a.field, group, func(g uint32, v float64) {
		s := &a.sum[g]
		before := s.more
		s.add(v)
		if s.more != before {
			a.extra += restBytes
		}
		if a.mean {
			a.n[g]++
		}
	})
	return nil
}

// restBytes is what the partial sums of a group usually take.
const restBytes = 96

func (a *sums) Merge(other plan.Aggregator, group []uint32) error {
	o := other.(*sums)
	for g := range o.sum {
		s := &a.sum[group[g]]
		before := s.more
		s.merge(&o.sum[g])
		if s.more != before {
			a.extra += restBytes
		}
		if a.mean {
			a.n[group[g]] += o.n[g]
		}
	}
	return nil
}

func (a *sums) Result(group uint32, w *event.Builder) error {
	s := &a.sum[group]
	if a.mean {
		if n := a.n[group]; n > 0 {
			addNumber(w, a.as, s.mean(n))
		}
		return nil
	}
	n, f, isInt := s.value()
	if isInt && (n > maxWhole || n < -maxWhole) {
		w.AddInteger(a.as, n)
	} else {
		addNumber(w, a.as, f)
	}
	return nil
}

func (a *sums) Bytes() int { return 16*cap(a.sum) + 8*cap(a.n) + a.extra }

// extremes is the state of min(), max() and range(): the smallest and the largest number per group.
type extremes struct {
	field, as string
	value     func(low, high float64) float64
	low, high []float64 // low > high where there is no number yet
}

var _ plan.Aggregator = (*extremes)(nil)

func newExtremes(value func(low, high float64) float64) func(c *Call) (AggregatorFactory, diag.List) {
	return func(c *Call) (AggregatorFactory, diag.List) {
		field, as := c.Field("field"), c.Field("as")
		return func(*plan.Runtime) plan.Aggregator { return &extremes{field: field, as: as, value: value} }, nil
	}
}

func (a *extremes) Grow(groups int) {
	n := len(a.low)
	a.low, a.high = grow(a.low, groups), grow(a.high, groups)
	for ; n < groups; n++ {
		a.low[n], a.high[n] = math.Inf(1), math.Inf(-1)
	}
}

func (a *extremes) Add(b *event.Batch, group []uint32) error {
	eachNumber(b, a.field, group, func(g uint32, v float64) {
		if v < a.low[g] {
			a.low[g] = v
		}
		if v > a.high[g] {
			a.high[g] = v
		}
	})
	return nil
}

func (a *extremes) Merge(other plan.Aggregator, group []uint32) error {
	o := other.(*extremes)
	for g := range o.low {
		to := group[g]
		a.low[to], a.high[to] = min(a.low[to], o.low[g]), max(a.high[to], o.high[g])
	}
	return nil
}

func (a *extremes) Result(group uint32, w *event.Builder) error {
	if low, high := a.low[group], a.high[group]; low <= high {
		addNumber(w, a.as, a.value(low, high))
	}
	return nil
}

func (a *extremes) Bytes() int { return 16 * cap(a.low) }

// extremeType is the parameter `type` of min() and max().
var extremeType = Param{
	Name: "type", Kind: Enum, Enum: []string{"number"}, Default: "number",
	Doc: "How values are compared. The reference lists this parameter and says nothing of its values; numbers is what it describes.",
}
