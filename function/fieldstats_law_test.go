package function

import (
	"testing"

	"pgregory.net/rapid"

	"harrier/diag"
	"harrier/event"
	"harrier/plan"
)

func TestFieldStatsLaw(t *testing.T) {
	// The rows of the law have no types, so one of their fields becomes that.
	typed := &plan.Map{Name: "typed", Effects: plan.Effect{MayWrite: []string{typeTag}}, New: func(*plan.Runtime) plan.Mapper {
		return plan.MapperFunc(func(b *event.Batch) error {
			if c := b.Column("j"); c != nil {
				b.Set(typeTag, c)
			}
			return nil
		})
	}}
	all := lawAgg(t, fieldStatsFunc, lawArgs("limit", lawNumber(200)))
	for name, agg := range map[string]*Agg{
		"all":     Composite(diag.Span{}, []plan.Stage{typed}, all, nil),
		"first":   Composite(diag.Span{}, []plan.Stage{typed}, lawAgg(t, fieldStatsFunc, lawArgs("limit", lawNumber(2))), nil),
		"groupBy": lawAgg(t, groupByFunc, lawArgs("field", lawTexts("k"), "function", lawAggs(all))),
	} {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) { checkLaw(t, agg, drawRows(t)) })
		})
	}
}
