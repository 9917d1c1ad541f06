package function

import (
	"slices"
	"strings"

	"harrier/diag"
	"harrier/event"
	"harrier/plan"
)

// arrayElements makes events of the elements of an array, for functions that run something on each of them.
type arrayElements struct {
	array, name string // name is what an element is called
	flat        bool   // elements are texts; otherwise they may be objects and arrays of their own as well
	hides       string // a field of the event that is not to be seen; "" for none
	reads       []string
	readsAll    bool
}

// elementRows are the elements of the arrays of a batch, row by row.
type elementRows struct {
	view        *arrayView
	rows, index []int32    // by element
	has         event.Bits // the rows that have an array
}

// find gives the elements in a batch; nil when there are none.
func (a *arrayElements) find(b *event.Batch) *elementRows {
	view := viewArray
	if a.flat {
		view = viewFlatArray
	}
	v := view(b, a.array)
	if v == nil {
		return nil
	}
	e := &elementRows{view: v, has: event.NewBits(b.Len())}
	for _, r := range b.Selected() {
		for i := range v.lengths[r] {
			e.rows, e.index = append(e.rows, r), append(e.index, i)
			e.has.Set(int(r))
		}
	}
	return e
}

// batch makes a batch of elements, with those fields of their events that are read. The elements of an event stand
// together, in order.
func (a *arrayElements) batch(b *event.Batch, e *elementRows) *event.Batch {
	n := len(e.rows)
	out := event.NewBatch(n)
	for member, suffix := range e.view.members {
		strs, valid := make([]string, n), event.NewBits(n)
		for i, r := range e.rows {
			if s, ok := e.view.text(int(r), int(e.index[i]), member); ok {
				strs[i] = s
				valid.Set(i)
			}
		}
		out.Set(a.name+suffix, event.NewText(strs, valid))
	}
	out.KeepOriginal() // free text is looked for in the element only
	pos := make([]uint64, n)
	for i, r := range e.rows {
		pos[i] = b.Position(int(r))
	}
	for i, name := range b.Names() {
		if a.sees(name) {
			out.Set(name, b.Columns()[i].Gather(e.rows))
		}
	}
	out.SetPositions(pos)
	return out
}

// sees tells whether a field of the event goes along with its elements.
func (a *arrayElements) sees(name string) bool {
	if event.Hidden(name) {
		return name == hiddenTimeField
	}
	return (a.readsAll || slices.Contains(a.reads, name)) && name != a.hides && !a.shadows(name)
}

// shadows tells whether a name means the element or a part of it.
func (a *arrayElements) shadows(name string) bool {
	rest, ok := strings.CutPrefix(name, a.name)
	return ok && (rest == "" || rest[0] == '.' || rest[0] == '[')
}

// elementPipe runs a pipeline on elements.
type elementPipe struct {
	arrayElements
	chain *plan.Chain
	// take is told of each row that leaves the pipeline, and which element it comes from.
	take func(element int, b *event.Batch, row int)
}

// elementField carries the number of an element through the pipeline, which may make several rows of it (a regular
// expression with the flag g) or none.
const elementField = "\x00element"

func newElementPipe(rt *plan.Runtime, a arrayElements, pipe *Pipe) *elementPipe {
	a.reads, a.readsAll = pipe.Effect.Reads, pipe.Effect.ReadsAll
	p := &elementPipe{arrayElements: a}
	p.chain = plan.NewChain(rt, pipe.Stages, func(b *event.Batch) error {
		number, _ := b.Column(elementField).Integers()
		for _, r := range b.Selected() {
			p.take(int(number[r]), b, int(r))
		}
		return nil
	})
	return p
}

// run sends the elements of all rows through the pipeline, as one batch.
func (p *elementPipe) run(b *event.Batch, e *elementRows, take func(element int, b *event.Batch, row int)) error {
	elements := p.batch(b, e)
	number := make([]int64, len(e.rows))
	for i := range number {
		number[i] = int64(i)
	}
	elements.Set(elementField, event.NewInteger(number, nil))
	p.take = take
	return p.chain.Push(elements)
}

// variable reads the parameter var: what an element is called, the name of the array when it is not given.
func (c *Call) variable(array string) string {
	if name := c.Text("var"); name != "" {
		return name
	}
	return array
}

// target reads the parameter asArray: the array to write, the one that is read when it is not given.
func (c *Call) target(array string) (string, diag.List) {
	to, problems := c.arrayName("asArray")
	if to == "" {
		to = array
	}
	return to, problems
}

// viewFlatArray is viewArray for functions that know elements that are texts only: the array ends before the first
// element that has none, be it absent or an object.
func viewFlatArray(b *event.Batch, array string) *arrayView {
	v := &arrayView{members: []string{""}}
	rows := slices.Clone(b.Selected())
	for i := 0; len(rows) > 0; i++ {
		col := b.Column(elementName(array, i, ""))
		if col == nil {
			break
		}
		left := rows[:0]
		for _, r := range rows {
			if col.Present(int(r)) {
				if v.lengths == nil {
					v.lengths = make([]int32, b.Len())
				}
				v.lengths[r] = int32(i) + 1
				left = append(left, r)
			}
		}
		v.elements = append(v.elements, []*event.Column{col})
		rows = left
	}
	if v.lengths == nil {
		return nil
	}
	return v
}

// texts are the elements in a row of a flat array.
func (v *arrayView) texts(row int32) []string {
	out := make([]string, v.lengths[row])
	for i := range out {
		out[i], _ = v.text(int(row), i, 0)
	}
	return out
}

// setTexts gives the rows of a set arrays of texts in place of those of that name that they may have.
func setTexts(b *event.Batch, array string, rows event.Bits, texts [][]string) {
	length := 0
	for _, r := range b.Selected() {
		length = max(length, len(texts[r]))
	}
	setArray(b, array, rows, length, []string{""}, func(row, index, _ int) (string, bool) {
		if index >= len(texts[row]) {
			return "", false
		}
		return texts[row][index], true
	})
}

// writeTexts writes texts over the elements of an array from an index on, and leaves the others alone.
func writeTexts(b *event.Batch, array string, from []int32, texts [][]string) {
	length := 0
	for _, r := range b.Selected() {
		if len(texts[r]) > 0 {
			length = max(length, int(from[r])+len(texts[r]))
		}
	}
	for i := range length {
		at := func(row int) int { return i - int(from[row]) }
		if !slices.ContainsFunc(b.Selected(), func(r int32) bool { return at(int(r)) >= 0 && at(int(r)) < len(texts[r]) }) {
			continue
		}
		setWhere(b, elementName(array, i, ""), func(row int) (string, bool) {
			if k := at(row); k >= 0 && k < len(texts[row]) {
				return texts[row][k], true
			}
			return "", false
		})
	}
}

// removeWhere takes a field away from some of the selected rows.
func removeWhere(b *event.Batch, name string, gone func(row int) bool) {
	col := b.Column(name)
	if col == nil {
		return
	}
	strs, valid, any := make([]string, b.Len()), event.NewBits(b.Len()), false
	for _, r := range b.Selected() {
		if s, ok := col.Text(int(r)); ok && !gone(int(r)) {
			strs[r], any = s, true
			valid.Set(int(r))
		}
	}
	if any {
		b.Set(name, event.NewText(strs, valid))
	} else {
		b.Drop(name)
	}
}

// removeElements takes the elements of flat arrays away, but nothing that stands behind a gap.
func removeElements(b *event.Batch, array string, v *arrayView) {
	for i := range v.elements {
		removeWhere(b, elementName(array, i, ""), func(row int) bool { return int(v.lengths[row]) > i })
	}
}

// objectWarner tells the user once of arrays whose elements a function for flat arrays cannot see.
type objectWarner struct {
	array, name, instead string
	at                   diag.Span
	told                 bool
}

// look warns when some row of a batch has an object where the first element should be.
func (w *objectWarner) look(rt *plan.Runtime, b *event.Batch) {
	if w.told {
		return
	}
	first := elementName(w.array, 0, "")
	text := b.Field(first)
	for i, name := range b.Names() {
		index, member, ok := cutElement(name, w.array)
		if !ok || index != 0 || member == "" {
			continue
		}
		if slices.ContainsFunc(b.Selected(), func(r int32) bool { return b.Columns()[i].Present(int(r)) && !text.Present(int(r)) }) {
			w.told = true
			rt.Warn(diag.Warningf("object-array", w.at, "%s() sees no elements in %s[], which are objects", w.name, w.array).
				WithHelp("use %s()", w.instead))
			return
		}
	}
}

// arrayEffect is what a function does that makes one array of another: nobody knows how many fields that are.
func arrayEffect(*Call) plan.Effect { return plan.Effect{ReadsAll: true, WritesUnknown: true} }

// bracketedArray is arrayName for the functions that LogScale documents to refuse a name without brackets.
func (c *Call) bracketedArray(param string) (string, diag.List) {
	if !c.unknown(param) && !strings.HasSuffix(c.Text(param), "[]") {
		return "", c.Errorf("bad-value", param, "%s() needs the name of an array with its brackets, such as %q", c.Function.Name, c.Text(param)+"[]")
	}
	return c.arrayName(param)
}
