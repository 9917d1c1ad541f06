package function

import (
	"cmp"
	"slices"

	"harrier/diag"
	"harrier/event"
	"harrier/internal/fold"
	"harrier/internal/num"
	"harrier/plan"
)

var arraySortFunc = &Function{
	Name:     "array:sort",
	Category: "array",
	Summary:  "Sorts the elements of an array.",
	Doc: "With `type=string`, the default, capitals and small letters are equal, and elements that differ in nothing else keep their order. With " +
		"`type=number` elements that are no numbers are sorted as texts, in the same direction, and stand behind the numbers whichever the direction is.\n\n" +
		"The array ends before the first element that is absent or an object. Where `asArray` is a longer array its further elements stay.",
	Unnamed: "array",
	Params: []Param{
		{Name: "array", Kind: ArrayName, Required: true, Doc: "The array, such as `\"ips[]\"`."},
		{Name: "asArray", Kind: ArrayName, Doc: "The array to write; the one that is read when not given."},
		{Name: "order", Kind: Enum, Default: "asc", Enum: []string{"asc", "desc", "ascending", "descending"}, Doc: "The direction."},
		{Name: "type", Kind: Enum, Default: "string", Enum: []string{"string", "number"}, Doc: "How elements are compared."},
	},
	Examples: []Example{{
		Query: `array:sort("port[]", type=number) | array:sort("port[]", asArray="text[]")`,
		In:    `{"port[0]":"443","port[1]":"ssh","port[2]":"80","port[3]":"1024"}`,
		Out: `{"port[0]":"80","port[1]":"443","port[2]":"1024","port[3]":"ssh",` +
			`"text[0]":"1024","text[1]":"443","text[2]":"80","text[3]":"ssh"}`,
	}, {
		Query: `array:sort("name[]", order=desc, asArray="last[]")`,
		In:    `{"name[0]":"Kim","name[1]":"ann","name[2]":"Ole","last[3]":"x"}`,
		Out:   `{"name[0]":"Kim","name[1]":"ann","name[2]":"Ole","last[0]":"Ole","last[1]":"Kim","last[2]":"ann","last[3]":"x"}`,
	}},
	Effect: arrayEffect,
	NewMapper: func(c *Call) (MapperFactory, diag.List) {
		array, problems := c.arrayName("array")
		to, more := c.target(array)
		if problems = append(problems, more...); len(problems) > 0 {
			return nil, problems
		}
		order := c.Text("order")
		descending, numbers := order == "desc" || order == "descending", c.Text("type") == "number"
		return func(*plan.Runtime) plan.Mapper {
			return plan.MapperFunc(func(b *event.Batch) error {
				v := viewFlatArray(b, array)
				if v == nil {
					return nil
				}
				texts := make([][]string, b.Len())
				for _, r := range b.Selected() {
					texts[r] = sortTexts(v.texts(r), numbers, descending)
				}
				writeTexts(b, to, make([]int32, b.Len()), texts)
				return nil
			})
		}, nil
	},
}

// elementKey is what an element is sorted by.
type elementKey struct {
	text   string // as it was
	folded string
	number float64
	isText bool
}

// sortTexts gives texts in order.
func sortTexts(list []string, numbers, descending bool) []string {
	keys := make([]elementKey, len(list))
	for i, s := range list {
		keys[i] = elementKey{text: s, isText: true}
		if f, ok := num.Parse(s); numbers && ok {
			keys[i].number, keys[i].isText = f, false
		} else {
			keys[i].folded = fold.String(s)
		}
	}
	slices.SortStableFunc(keys, func(a, b elementKey) int {
		if a.isText != b.isText {
			if a.isText {
				return 1
			}
			return -1
		}
		c := cmp.Or(cmp.Compare(a.number, b.number), cmp.Compare(a.folded, b.folded))
		if descending {
			return -c
		}
		return c
	})
	for i := range keys {
		list[i] = keys[i].text
	}
	return list
}
