package function

import (
	"math"
	"math/big"

	"harrier/diag"
	"harrier/event"
	"harrier/plan"
)

var linRegFunc = &Function{
	Name:     "linReg",
	Category: "aggregate",
	Summary:  "Fits a straight line to the values of two fields.",
	Doc: "The line y = slope * x + intercept is the one with the least sum of squared distances in y. Written are `_slope`, `_intercept`, `_r2`, which tells " +
		"how well the line fits (the coefficient of determination, adjusted for the number of points), and `_n`, the number of points. `prefix` " +
		"takes the place of the leading `_`.\n\n" +
		"Events in which either field is absent or not a number are passed over. When all x or all y are equal there is no result, and two " +
		"points have no `_r2`, whose adjustment would divide by zero. Sums are exact and rounded once, so the order of the events does not matter.",
	Params: []Param{
		{Name: "x", Kind: Field, Required: true, Doc: "The field of the values on the x axis."},
		{Name: "y", Kind: Field, Required: true, Doc: "The field of the values on the y axis."},
		{Name: "prefix", Kind: Text, Default: "_", Doc: "What the names of the fields begin with."},
	},
	Examples: []Example{{
		Query: `linReg(x=users, y=load)`,
		In:    "{\"users\":\"1\",\"load\":\"5\"}\n{\"users\":\"2\",\"load\":\"7\"}\n{\"users\":\"4\",\"load\":\"11\"}\n{\"users\":\"3\"}",
		Out:   `{"_slope":"2","_intercept":"3","_r2":"1","_n":"3"}`,
	}, {
		Query:     `groupBy(host, function=linReg(x=x, y=y, prefix=fit_))`,
		In:        "{\"host\":\"a\",\"x\":\"0\",\"y\":\"1\"}\n{\"host\":\"a\",\"x\":\"2\",\"y\":\"0\"}\n{\"host\":\"b\",\"x\":\"1\",\"y\":\"1\"}",
		Out:       "{\"host\":\"a\",\"fit_slope\":\"-0.5\",\"fit_intercept\":\"1\",\"fit_n\":\"2\"}\n{\"host\":\"b\"}",
		Unordered: true,
	}},
	Outputs: func(c *Call) []string {
		p := c.Text("prefix")
		return []string{p + "slope", p + "intercept", p + "r2", p + "n"}
	},
	NewAggregator: func(c *Call) (AggregatorFactory, diag.List) {
		x, y, names := c.Field("x"), c.Field("y"), c.Outputs()
		return func(*plan.Runtime) plan.Aggregator { return &linReg{x: x, y: y, names: names} }, nil
	},
}

// linReg keeps, per group, the sums that the line follows from.
type linReg struct {
	x, y   string
	names  []string
	groups []lineSums
}

type lineSums struct {
	n                int64
	x, y, xx, xy, yy exactSum
}

var _ plan.Aggregator = (*linReg)(nil)

func (a *linReg) Grow(groups int) { a.groups = grow(a.groups, groups) }

func (a *linReg) Add(b *event.Batch, group []uint32) error {
	x, y := b.Field(a.x), b.Field(a.y)
	for _, r := range b.Selected() {
		u, ok := x.Number(int(r))
		v, both := y.Number(int(r))
		if !ok || !both || u-u != 0 || v-v != 0 {
			continue
		}
		s := &a.groups[group[r]]
		s.n++
		s.x.add(u)
		s.y.add(v)
		s.xx.addSquare(u)
		s.yy.addSquare(v)
		s.xy.addProduct(u, v)
	}
	return nil
}

func (a *linReg) Merge(other plan.Aggregator, group []uint32) error {
	o := other.(*linReg)
	for g := range o.groups {
		s, from := &a.groups[group[g]], &o.groups[g]
		s.n += from.n
		s.x.merge(&from.x)
		s.y.merge(&from.y)
		s.xx.merge(&from.xx)
		s.xy.merge(&from.xy)
		s.yy.merge(&from.yy)
	}
	return nil
}

func (a *linReg) Bytes() int { return (88 + 5*restBytes) * cap(a.groups) }

func (a *linReg) Result(group uint32, w *event.Builder) error {
	s := &a.groups[group]
	if s.n < 2 {
		return nil
	}
	// Differences of large sums come first, and have all their digits; what is left is rounded at the very end.
	n := new(big.Float).SetPrec(hugeBits).SetInt64(s.n)
	x, y, xx, xy, yy := s.x.big(), s.y.big(), s.xx.big(), s.xy.big(), s.yy.big()
	spreadX, spreadY := cross(n, xx, x, x), cross(n, yy, y, y)
	if spreadX.Sign() <= 0 || spreadY.Sign() <= 0 {
		return nil
	}
	together := cross(n, xy, x, y)
	values := []float64{quotient(together, spreadX), quotient(cross(y, xx, x, xy), spreadX)}
	if s.n > 2 {
		all := wideProduct(spreadX, spreadY)
		left := new(big.Float).SetPrec(wideBits).Sub(all, wideProduct(together, together))
		left.Mul(left, new(big.Float).SetInt64(s.n-1))
		all.Mul(all, new(big.Float).SetInt64(s.n-2))
		values = append(values, 1-quotient(left, all))
	} else {
		values = append(values, math.NaN())
	}
	for i, v := range values {
		addNumber(w, a.names[i], v)
	}
	w.AddInteger(a.names[3], s.n)
	return nil
}

// wideBits are enough for a product of two products of exact sums, and for a count of events more.
const wideBits = 4*hugeBits + 64

// cross gives a*b - c*d.
func cross(a, b, c, d *big.Float) *big.Float {
	f := wideProduct(a, b)
	return f.Sub(f, wideProduct(c, d))
}

func wideProduct(a, b *big.Float) *big.Float { return new(big.Float).SetPrec(wideBits).Mul(a, b) }

// quotient gives the float nearest to a/b.
func quotient(a, b *big.Float) float64 {
	f, _ := new(big.Float).SetPrec(128).Quo(a, b).Float64()
	return f
}

// addProduct adds the product of two numbers.
func (s *exactSum) addProduct(x, y float64) {
	product := x * y
	size := math.Abs(product)
	switch {
	case x == 0 || y == 0:
	case x == math.Trunc(x) && y == math.Trunc(y) && size <= maxWhole && math.Abs(x) <= maxWhole && math.Abs(y) <= maxWhole:
		s.addInt(int64(x) * int64(y))
	case size < 0x1p-900 || size > 0x1p880:
		// What rounding takes off such a product need not be a float.
		f := new(big.Float).SetPrec(128).SetFloat64(x)
		s.addHuge(f.Mul(f, new(big.Float).SetFloat64(y)))
	default:
		s.addPart(product)
		s.addPart(math.FMA(x, y, -product))
	}
}
