package function

import (
	"harrier/diag"
	"harrier/event"
	"harrier/plan"
)

var textEditDistanceAsArrayFunc = &Function{
	Name:     "text:editDistanceAsArray",
	Category: "string",
	Summary:  "Writes how many edits make one text of each of several others, as an array.",
	Doc: editDistanceDoc + "\n\nThe array has an element for each reference, in order, with the fields `distance` and `reference`: `_distance[0].distance`. split() makes an event of " +
		"each. The texts are expressions; a reference without a value has no element, and when the target has none nothing is written.",
	Params: append(editDistanceParams(
		Param{Name: "target", Kind: Expression, Required: true, Doc: "The text to compare."},
		Param{Name: "references", Kind: Expressions, Required: true, Doc: "The texts to compare with, from 1 to 100."},
	), Param{Name: "asArray", Kind: ArrayName, Default: "_distance", Doc: "The array to write."}),
	Examples: []Example{{
		Query: `text:editDistanceAsArray(target=domain, references=["kite.example", "hawk.example"], maxDistance=9)`,
		In:    "{\"domain\":\"kitte.example\"}\n{\"other\":\"1\"}",
		Out: "{\"domain\":\"kitte.example\",\"_distance[0].distance\":\"1\",\"_distance[0].reference\":\"kite.example\"," +
			"\"_distance[1].distance\":\"5\",\"_distance[1].reference\":\"hawk.example\"}\n{\"other\":\"1\"}",
	}, {
		Doc: "The references that a name comes close to.",
		Query: `text:editDistanceAsArray(target=user, references=["root", "admin", alias], maxDistance=2, asArray="near")` +
			` | split(near) | near.distance < 2 | select([user, near.reference])`,
		In:  "{\"user\":\"amdin\",\"alias\":\"admn\"}\n{\"user\":\"ada\"}",
		Out: `{"user":"amdin","near.reference":"admin"}`,
	}},
	Effect: func(c *Call) plan.Effect {
		e := c.DefaultEffect()
		// The array is written, in place of one of that name, and not read.
		e.ReadsAll, e.WritesUnknown = c.Expr("target").All, true
		for _, x := range c.Exprs("references") {
			e.ReadsAll = e.ReadsAll || x.All
		}
		return e
	},
	NewMapper: func(c *Call) (MapperFactory, diag.List) {
		d, problems := c.editDistance()
		if d == nil {
			return nil, problems
		}
		references := c.Exprs("references")
		if n := len(references); n < 1 || n > 100 {
			return nil, c.Errorf("bad-value", "references", "text:editDistanceAsArray() compares with 1 to 100 texts, and these are %d", n)
		}
		array, problems := c.arrayName("asArray")
		if len(problems) > 0 {
			return nil, problems
		}
		return func(rt *plan.Runtime) plan.Mapper {
			target, others := newExprs(rt, []*Expr{c.Expr("target")}), newExprs(rt, references)
			return plan.MapperFunc(func(b *event.Batch) error {
				if err := target.eval(b); err != nil {
					return err
				}
				if err := others.eval(b); err != nil {
					return err
				}
				has, length, elements := event.NewBits(b.Len()), 0, make([][][2]string, b.Len())
				for _, r := range b.Selected() {
					row := int(r)
					if !target.read(row) {
						continue
					}
					has.Set(row)
					for _, c := range others.values {
						if reference, ok := c.Text(row); ok {
							elements[row] = append(elements[row], [2]string{d.text(target.texts[0], reference), reference})
						}
					}
					length = max(length, len(elements[row]))
				}
				setArray(b, array, has, length, []string{".distance", ".reference"}, func(row, i, member int) (string, bool) {
					if i >= len(elements[row]) {
						return "", false
					}
					return elements[row][i][member], true
				})
				return nil
			})
		}, problems
	},
}
