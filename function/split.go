package function

import (
	"strconv"
	"strings"

	"harrier/diag"
	"harrier/event"
	"harrier/plan"
)

var splitFunc = &Function{
	Name:     "split",
	Category: "array",
	Summary:  "Makes an event of every element of an array.",
	Doc: "The fields of the element take the name of the array, so `a[0]` becomes `a`, `a[0].user` becomes `a.user` and `a[0][1]` becomes `a[1]`; with " +
		"`strip=true` they lose it, and `a[0].user` becomes `user`. An element that is no object keeps the name in any case. All other fields are copied to " +
		"every event, except where the element has a field of the same name. `_index` tells which element it is, and `@id` gets `__` and the index appended.\n\n" +
		"With `field=\"\"` the array is the event itself: `[0].user` becomes `user`. Elements of it that are no objects are called `_value`, as they have to " +
		"have a name.\n\n" +
		"The array ends before the first element that is absent; what stands behind it is copied as any other field. An event without the array passes as " +
		"it is: the documentation of LogScale does not say what becomes of it, and nothing is lost in this way.",
	Unnamed: "field",
	Params: []Param{
		{Name: "field", Kind: Field, Default: "_events", Doc: "The array, without its brackets or with them."},
		{Name: "strip", Kind: Bool, Default: "false", Doc: "Whether the fields of elements lose the name of the array."},
	},
	Examples: []Example{{
		Query: `split(port)`,
		In:    "{\"@id\":\"x7\",\"port\":[22,443]}\n{\"@id\":\"x8\",\"port\":\"none\"}",
		Out: "{\"@id\":\"x7__0\",\"_index\":\"0\",\"port\":\"22\"}\n{\"@id\":\"x7__1\",\"_index\":\"1\",\"port\":\"443\"}\n" +
			"{\"@id\":\"x8\",\"port\":\"none\"}",
	}, {
		Query: `split(hit, strip=true)`,
		In:    `{"host":"db7","hit":[{"rule":"r1","tags":["a","b"]},{"rule":"r2","host":"web1"}]}`,
		Out: "{\"host\":\"db7\",\"_index\":\"0\",\"rule\":\"r1\",\"tags[0]\":\"a\",\"tags[1]\":\"b\"}\n" +
			"{\"host\":\"web1\",\"_index\":\"1\",\"rule\":\"r2\"}",
	}, {
		Query: `split(hit)`,
		In:    `{"hit":[{"rule":"r1","at":[7,8]},[9]]}`,
		Out:   "{\"_index\":\"0\",\"hit.rule\":\"r1\",\"hit.at[0]\":\"7\",\"hit.at[1]\":\"8\"}\n{\"_index\":\"1\",\"hit[0]\":\"9\"}",
	}},
	Multiplies: func(*Call) bool { return true },
	Effect: func(c *Call) plan.Effect {
		return plan.Effect{ReadsAll: true, WritesUnknown: true, MayWrite: []string{indexField, idField}}
	},
	NewMapper: func(c *Call) (MapperFactory, diag.List) {
		array := ""
		if c.Field("field") != "" {
			var problems diag.List
			if array, problems = c.splitName(); len(problems) > 0 {
				return nil, problems
			}
		}
		strip := c.Bool("strip")
		return func(*plan.Runtime) plan.Mapper {
			return plan.MapperFunc(func(b *event.Batch) error {
				splitArray(b, array, strip)
				return nil
			})
		}, nil
	},
}

const (
	indexField = "_index"
	idField    = "@id"
	valueField = "_value"
)

// splitName reads the field of split().
func (c *Call) splitName() (string, diag.List) {
	if c.unknown("field") {
		return "*", nil
	}
	name, err := parseArrayName(c.Field("field"))
	if err != nil {
		return "", c.Errorf("bad-value", "field", "%s", err)
	}
	return name, nil
}

// splitArray makes the batch one of elements.
func splitArray(b *event.Batch, array string, strip bool) {
	v := viewArray(b, array)
	if v == nil {
		return
	}
	const whole = -1 // index of a row that has no array
	var rows, index []int32
	for _, r := range b.Selected() {
		if v.lengths[r] == 0 {
			rows, index = append(rows, r), append(index, whole)
		}
		for i := range v.lengths[r] {
			rows, index = append(rows, r), append(index, i)
		}
	}
	rest := b.Clone()
	var others []string
	for i, name := range b.Names() {
		if e, _, ok := cutElement(name, array); ok {
			kept := behindGap(b, v, b.Columns()[i], e)
			if kept == nil {
				continue
			}
			rest.Set(name, kept)
		}
		if !event.Hidden(name) {
			others = append(others, name)
		}
	}
	rest.Project(others)
	out := rest.Gather(rows)
	setElements := func(name string, value func(row, index int) (string, bool)) {
		setWhere(out, name, func(e int) (string, bool) {
			if index[e] == whole {
				return "", false
			}
			return value(int(rows[e]), int(index[e]))
		})
	}
	setElements(indexField, func(_, index int) (string, bool) { return strconv.Itoa(index), true })
	if id := b.Column(idField); id != nil {
		setElements(idField, func(row, index int) (string, bool) {
			s, ok := id.Text(row)
			return s + "__" + strconv.Itoa(index), ok
		})
	}
	for m, member := range v.members {
		setElements(splitField(array, member, strip), func(row, index int) (string, bool) { return v.text(row, index, m) })
	}
	b.Become(out)
}

// splitField is the name of a field of an element in the event that is made of it.
func splitField(array, member string, strip bool) string {
	switch {
	case member == "" && array == "":
		return valueField
	case member == "" || array != "" && !strip:
		return array + member
	}
	return strings.TrimPrefix(member, ".")
}

// behindGap gives the values of an element in rows whose array ends before it; nil when there are none.
func behindGap(b *event.Batch, v *arrayView, col *event.Column, index int) *event.Column {
	strs, valid, any := []string(nil), event.Bits(nil), false
	for _, r := range b.Selected() {
		if int(v.lengths[r]) > index || !col.Present(int(r)) {
			continue
		}
		if !any {
			strs, valid, any = make([]string, b.Len()), event.NewBits(b.Len()), true
		}
		strs[r], _ = col.Text(int(r))
		valid.Set(int(r))
	}
	if !any {
		return nil
	}
	return event.NewText(strs, valid)
}
