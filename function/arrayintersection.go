package function

import (
	"cmp"
	"slices"
	"strings"

	"harrier/diag"
	"harrier/event"
	"harrier/plan"
)

var arrayIntersectionFunc = &Function{
	Name:     "array:intersection",
	Category: "array",
	Summary:  "Gives one event with the elements that an array has in every event.",
	Doc: "Elements are equal when their texts are, capitals and small letters being different. They stand in the order of the first event that has the " +
		"array; LogScale promises no order. The array ends in each event before the first element that is absent or an object, and events without the array " +
		"do not count. Where no element is in all arrays, and where no event has the array, there is no result.\n\n" +
		"In LogScale the function is there if the feature flag ArrayFunctions is set.",
	Unnamed: "array",
	Params: []Param{
		{Name: "array", Kind: ArrayName, Required: true, Doc: "The array, without its brackets or with them."},
		{Name: "as", Kind: ArrayName, Default: "_intersection", Doc: "The array to write."},
	},
	Examples: []Example{{
		Query: `array:intersection("group[]")`,
		In:    "{\"group[0]\":\"ops\",\"group[1]\":\"dev\",\"group[2]\":\"all\"}\n{\"group\":\"none\"}\n{\"group[0]\":\"all\",\"group[1]\":\"ops\"}",
		Out:   `{"_intersection[0]":"ops","_intersection[1]":"all"}`,
	}, {
		Query:     `groupBy(host, function=array:intersection("port[]", as=always))`,
		In:        "{\"host\":\"a\",\"port[0]\":\"22\"}\n{\"host\":\"b\",\"port[0]\":\"80\",\"port[1]\":\"80\"}\n{\"host\":\"a\",\"port[0]\":\"53\"}",
		Out:       "{\"host\":\"a\"}\n{\"host\":\"b\",\"always[0]\":\"80\"}",
		Unordered: true,
	}},
	Outputs: unknownOutputs,
	NewAggregator: func(c *Call) (AggregatorFactory, diag.List) {
		array, as, problems := c.arrayToArray()
		if len(problems) > 0 {
			return nil, problems
		}
		return func(*plan.Runtime) plan.Aggregator {
			return &arrayIntersection{arrayElements: arrayElements{array: array, name: array, flat: true}, as: as}
		}, nil
	},
}

// arrayIntersection is array:intersection() at work.
type arrayIntersection struct {
	arrayElements
	as     string
	groups []commonTexts
	bytes  int
}

// commonTexts are the texts that are in every array so far, and where each was first met; nil before the first array.
// All of them are in the first array of the input, so that this orders them.
type commonTexts map[string]appearance

var _ plan.Aggregator = (*arrayIntersection)(nil)

// Grow implements plan.Aggregator.
func (a *arrayIntersection) Grow(groups int) { a.groups = grow(a.groups, groups) }

// Add implements plan.Aggregator.
func (a *arrayIntersection) Add(b *event.Batch, group []uint32) error {
	e := a.find(b)
	if e == nil {
		return nil
	}
	elements := a.batch(b, e)
	col := elements.Column(a.name)
	where := appearances{b: elements}
	for i := 0; i < len(e.rows); {
		row := e.rows[i]
		texts := make(commonTexts, e.view.lengths[row])
		for ; i < len(e.rows) && e.rows[i] == row; i++ {
			s, _ := col.Text(i)
			at := where.of(int32(i))
			if _, known := texts[s]; !known {
				texts[s] = at
			}
		}
		a.meet(group[row], texts)
	}
	return nil
}

// bytesPerText is what an entry of a map takes besides the text.
const bytesPerText = 64

// meet leaves in a group what is in texts, too.
func (a *arrayIntersection) meet(group uint32, texts commonTexts) {
	common := a.groups[group]
	if common == nil {
		common = make(commonTexts, len(texts))
		for s, at := range texts {
			common[strings.Clone(s)] = at // so that the text does not hold on to the input it was cut from
			a.bytes += len(s) + bytesPerText
		}
		a.groups[group] = common
		return
	}
	for s, first := range common {
		at, both := texts[s]
		switch {
		case !both:
			delete(common, s)
			a.bytes -= len(s) + bytesPerText
		case at.before(first):
			common[s] = at
		}
	}
}

// Merge implements plan.Aggregator.
func (a *arrayIntersection) Merge(other plan.Aggregator, group []uint32) error {
	for g, texts := range other.(*arrayIntersection).groups {
		if texts != nil {
			a.meet(group[g], texts)
		}
	}
	return nil
}

// Result implements plan.Aggregator.
func (a *arrayIntersection) Result(group uint32, w *event.Builder) error {
	common := a.groups[group]
	texts := make([]string, 0, len(common))
	for s := range common {
		texts = append(texts, s)
	}
	slices.SortFunc(texts, func(x, y string) int {
		p, q := common[x], common[y]
		return cmp.Or(cmp.Compare(p.position, q.position), cmp.Compare(p.nth, q.nth))
	})
	for i, s := range texts {
		w.AddText(elementName(a.as, i, ""), s)
	}
	return nil
}

// Bytes implements plan.Aggregator.
func (a *arrayIntersection) Bytes() int { return a.bytes + 8*cap(a.groups) }
