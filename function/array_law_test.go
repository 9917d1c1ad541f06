package function

import (
	"testing"

	"pgregory.net/rapid"

	"harrier/event"
	"harrier/plan"
)

// arrayAggregates are the aggregates of arrays. The array of a law row has the elements x, k, j and x again, as far as
// there are any before a gap.
func arrayAggregates(t interface{ Fatalf(string, ...any) }) map[string]*Agg {
	makeArray := &plan.Map{Name: "make an array", New: func(*plan.Runtime) plan.Mapper {
		return plan.MapperFunc(func(b *event.Batch) error {
			for i, f := range []string{"x", "k", "j", "x"} {
				if c := b.Column(f); c != nil {
					b.Set(elementName("a", i, ""), c)
				}
			}
			return nil
		})
	}}
	on := func(f *Function, args ...any) *Agg {
		return Composite(lawAgg(t, countFunc, nil).At, []plan.Stage{makeArray}, lawAgg(t, f, lawArgs(append([]any{"array", lawText("a")}, args...)...)), nil)
	}
	sum := lawAgg(t, sumFunc, lawArgs("field", lawText("v")))
	last := lawAgg(t, selectLastFunc, lawArgs("fields", lawTexts("v", "k")))
	by := lawAgg(t, groupByFunc, lawArgs("field", lawTexts("v")))
	m := map[string]*Agg{
		"union":             on(arrayUnionFunc),
		"intersection":      on(arrayIntersectionFunc),
		"reduceAll":         on(arrayReduceAllFunc, "var", lawText("v"), "function", lawAggs(sum, last)),
		"reduceAll rows":    on(arrayReduceAllFunc, "var", lawText("v"), "function", lawAggs(by, sum)),
		"reduceColumn":      on(arrayReduceColumnFunc, "var", lawText("v"), "function", lawAggs(sum, last)),
		"reduceColumn rows": on(arrayReduceColumnFunc, "var", lawText("v"), "function", lawAggs(by)),
	}
	m["groupBy"] = lawAgg(t, groupByFunc, lawArgs("field", lawTexts("j"), "function", lawAggs(m["union"], m["intersection"], m["reduceColumn"])))
	return m
}

func TestArrayLaw(t *testing.T) {
	for name, agg := range arrayAggregates(t) {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) { checkLaw(t, agg, drawRows(t)) })
		})
	}
}

func TestLowBits(t *testing.T) {
	for in, want := range map[string]uint64{
		"0": 0, "6": 6, "4.0": 4, "1e3": 1000, " 7": 0, "-1": 1<<64 - 1, "-2.0": 1<<64 - 2, "18446744073709551615": 1<<64 - 1,
		"18446744073709551617": 1, "-18446744073709551617": 1<<64 - 1, "1e19": 10_000_000_000_000_000_000, "9223372036854775808": 1 << 63,
		"36893488147419103235.0": 3,
	} {
		if got, ok := lowBits(in); got != want || ok != (in != " 7") {
			t.Errorf("%q: %d, %v; want %d", in, got, ok, want)
		}
	}
	for _, in := range []string{"", "x", "0x10", "1/2", "1.5", "1_000", "NaN", "1e999", "Infinity", "18446744073709551617.5"} {
		if got, ok := lowBits(in); ok {
			t.Errorf("%q: %d; want none", in, got)
		}
	}
}
