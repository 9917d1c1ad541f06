package evtx

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Sink receives the fields of records.
type Sink interface {
	// Field gives a number of the caller's choice for the field with a path, or a
	// negative one when it is not wanted. It may be asked more than once for a path.
	Field(path string) int
	// Value is called for each field of a record. The value is valid until it
	// returns.
	Value(field int, v Value)
}

// Reader reads the records of one chunk after the other. It is used by one
// goroutine.
type Reader struct {
	sink   Sink
	report func(Problem)
	names  map[string]string // UTF-16 -> text
	paths  map[string]string // path -> the same, so that each is made once

	// Of the chunk at hand:
	chunk     chunk
	nodes     []node
	texts     []byte
	templates map[uint32]*template

	// Of the record at hand:
	values []gapValue
	depth  int
	budget int // what its fields may still cost

	counts map[string]int
	path   []byte
	joined []byte
}

// NewReader makes a reader. report is told what is wrong with chunks and may be
// nil.
func NewReader(sink Sink, report func(Problem)) *Reader {
	return &Reader{sink: sink, report: report, templates: map[uint32]*template{}, counts: map[string]int{}}
}

func (r *Reader) reset() {
	r.nodes = append(r.nodes[:0], node{})
	r.texts = nil // plans of the chunk before may have been handed out
	clear(r.templates)
	if len(r.paths) > maxKept {
		r.paths = nil
	}
}

// template is the XML of a kind of event, with gaps.
type template struct {
	first int32
	err   error
	plans []plan // one for each place in an event in which it is used
}

type plan struct {
	prefix string
	ops    []op
}

// op gives one field its value.
type op struct {
	path  string // of the field; of a nested fragment, what the paths in it begin with
	field int
	gap   uint16
	kind  uint8
	text  []byte
	first int32 // of the nodes whose texts make the value
	name  int32 // the same for the name
}

const (
	opText     = iota // a text that is always the same
	opGap             // the value of a gap
	opOptional        // the same, unless it is null
	opNested          // the XML in a gap
	opJoined          // texts and gaps
	opNamed           // opJoined under a name that is made of texts and gaps too
)

// gapValue is a value for a gap: bytes of the chunk.
type gapValue struct {
	at, n int32
	typ   uint8
}

// The cost of a record is bounded, since a damaged one may use a value, or
// fragments within fragments, over and over.
const (
	budget    = 8 << 20
	opCost    = 16
	arrayMost = 4096 // values of one array
)

var (
	errBudget = errors.New("the event unfolds to something too large")
	errArray  = fmt.Errorf("an array of the event has more than %d values: the others are left out", arrayMost)
)

// Fields gives the fields of a record to the sink. When it fails, those that could
// be read have been given.
func (r *Reader) Fields(rec Record) error {
	r.values, r.depth, r.budget = r.values[:0], 0, budget
	return r.fragment(rec.xml, rec.end, "")
}

// fragment reads binary XML that stands at a place in the chunk: a template with
// its values, or elements.
func (r *Reader) fragment(pos, end int, prefix string) error {
	if r.depth++; r.depth > maxDepth {
		return errDeep
	}
	defer func() { r.depth-- }()
	b := r.chunk.b
	for pos < end {
		switch token := b[pos]; token {
		case tokenEnd:
			return nil
		case tokenFragment:
			pos += 4
		case tokenTemplate:
			t, values, after, err := r.instance(pos+1, end)
			if err == nil {
				err = r.run(t.plan(r, prefix), values)
				r.values = r.values[:values.from]
			}
			if err != nil {
				return err
			}
			pos = after
		case tokenPITarget, tokenPIData, tokenElement, tokenElement | moreFlag:
			first, err := r.elements(pos, end)
			if err != nil {
				return err
			}
			return r.run(r.compile(first, prefix), gaps{len(r.values), 0})
		default:
			return fmt.Errorf("the event has a part of an unknown kind (%#x)", token)
		}
	}
	return nil
}

// elements reads elements that are not in a template. They lack the number that
// says on which gap an element depends, yet some writers have it there too.
func (r *Reader) elements(pos, end int) (int32, error) {
	p := parser{r: r, pos: pos, end: end, bare: true}
	first, err := p.contents(false)
	if err != nil {
		p = parser{r: r, pos: pos, end: end}
		if again, err := p.contents(false); err == nil {
			return again, nil
		}
	}
	return first, err
}

// gaps names the values of a template in Reader.values.
type gaps struct{ from, n int }

// instance reads a template with its values behind its token.
func (r *Reader) instance(pos, end int) (t *template, g gaps, after int, err error) {
	b := r.chunk.b
	if end-pos < 9 {
		return nil, g, 0, errShort
	}
	at := binary.LittleEndian.Uint32(b[pos+5:])
	pos += 9
	if t = r.templates[at]; t == nil {
		t = r.template(at)
		r.templates[at] = t
	}
	if int64(at) == int64(pos) {
		// This is the first use of the template, and it stands here.
		if end-pos < templateHeader {
			return nil, g, 0, errShort
		}
		n := int64(binary.LittleEndian.Uint32(b[pos+20:]))
		if n > int64(end-pos-templateHeader) {
			return nil, g, 0, errShort
		}
		pos += templateHeader + int(n)
	}
	if t.err != nil {
		return nil, g, 0, t.err
	}
	if end-pos < 4 {
		return nil, g, 0, errShort
	}
	n := int64(binary.LittleEndian.Uint32(b[pos:]))
	pos += 4
	if n > int64(end-pos)/4 {
		return nil, g, 0, errShort
	}
	g = gaps{len(r.values), int(n)}
	at32 := pos + 4*int(n)
	for range n {
		v := gapValue{int32(at32), int32(binary.LittleEndian.Uint16(b[pos:])), b[pos+2]}
		if int(v.n) > end-int(v.at) {
			r.values = r.values[:g.from]
			return nil, g, 0, errShort
		}
		r.values = append(r.values, v)
		pos += 4
		at32 += int(v.n)
	}
	return t, g, at32, nil
}

// template reads the template at a place in the chunk.
func (r *Reader) template(at uint32) *template {
	b := r.chunk.b
	t := &template{}
	if at < chunkHeader || uint64(at)+templateHeader > uint64(len(b)) {
		t.err = errOffset
		return t
	}
	from := int(at) + templateHeader
	n := binary.LittleEndian.Uint32(b[at+20:])
	if uint64(from)+uint64(n) > uint64(len(b)) {
		t.err = errOffset
		return t
	}
	p := parser{r: r, pos: from, end: from + int(n)}
	if t.first, t.err = p.contents(false); t.err != nil {
		t.err = fmt.Errorf("its template cannot be read: %w", t.err)
	}
	return t
}

// plan gives what to do for the template where paths begin with prefix.
func (t *template) plan(r *Reader, prefix string) []op {
	for i := range t.plans {
		if t.plans[i].prefix == prefix {
			return t.plans[i].ops
		}
	}
	ops := r.compile(t.first, prefix)
	t.plans = append(t.plans, plan{prefix, ops})
	return ops
}

// compile makes a plan of elements beside each other.
func (r *Reader) compile(first int32, prefix string) []op {
	c := compiler{r: r, ops: make([]op, 0, 32)}
	clear(r.counts)
	r.path = append(r.path[:0], prefix...)
	c.contents(first)
	return c.ops
}

type compiler struct {
	r   *Reader
	ops []op
}

// contents adds what elements beside each other give; Reader.path is what their
// paths begin with.
func (c *compiler) contents(first int32) {
	for i := first; i != 0; i = c.r.nodes[i].sib {
		switch n := &c.r.nodes[i]; n.kind {
		case elementNode:
			c.element(n)
		case gapNode, optionalNode:
			// A gap beside elements, or instead of them, holds elements as a rule.
			if n.typ == typeXML {
				c.ops = append(c.ops, op{kind: opNested, gap: n.gap, path: c.r.internPath(c.r.path)})
			}
		}
	}
}

// element adds the fields of an element.
func (c *compiler) element(n *node) {
	r := c.r
	from := len(r.path)
	inData := string(r.path) == dataPrefix
	isData := from == 0 && n.name+"." == dataPrefix
	var named, content, attributes int32 // the name by attribute; the first part; attributes that are fields
	for i := n.kid; i != 0; i = r.nodes[i].sib {
		switch a := &r.nodes[i]; {
		case a.kind != attributeNode:
			content = i
		case inData && a.name == "Name":
			named = a.kid
			continue
		case a.name == "xmlns" || strings.HasPrefix(a.name, "xmlns:"):
			continue
		default:
			attributes++
			continue
		}
		break
	}
	if root := from == 0 && n.name == "Event"; root {
		c.contents(content)
		return
	}
	o := op{}
	unnamed := false
	switch {
	case named != 0 && r.nodes[named].kind == textNode && r.nodes[named].sib == 0 && len(r.nodes[named].text) > 0:
		r.path = append(r.path, r.nodes[named].text...)
	case named != 0 && (r.nodes[named].kind != textNode || r.nodes[named].sib != 0):
		r.path = append(r.path, n.name...)
		o.name = named
	default:
		r.path = append(r.path, n.name...)
		unnamed = inData && n.name == "Data"
	}
	if attributes > 0 {
		c.attributes(n.kid, isData)
	}
	c.value(o, content, unnamed, inData, attributes > 0)
	r.path = r.path[:from]
}

// attributes adds a field for each attribute of the element with the path.
func (c *compiler) attributes(first int32, isData bool) {
	r := c.r
	from := len(r.path)
	for i := first; i != 0 && r.nodes[i].kind == attributeNode; i = r.nodes[i].sib {
		a := &r.nodes[i]
		if a.name == "xmlns" || strings.HasPrefix(a.name, "xmlns:") || a.name == "Name" && r.namesData(from) {
			continue
		}
		if !isData { // <EventData Name="x"> is no field of the data
			r.path = append(r.path, '.')
		}
		r.path = append(r.path, a.name...)
		c.field(op{}, a.kid, false)
		r.path = r.path[:from]
	}
}

// namesData tells whether the path is that of an element just below EventData.
func (r *Reader) namesData(n int) bool {
	return n > len(dataPrefix) && string(r.path[:len(dataPrefix)]) == dataPrefix
}

// value adds what an element holds.
func (c *compiler) value(o op, first int32, unnamed, inData, attributes bool) {
	r := c.r
	elements, values := false, false
	for i := first; i != 0; i = r.nodes[i].sib {
		switch n := &r.nodes[i]; {
		case n.kind == elementNode || n.kind != textNode && n.typ == typeXML:
			elements = true
		case n.kind != textNode || len(strings.TrimSpace(string(n.text))) > 0:
			values = true
		}
	}
	switch {
	case elements:
		from := len(r.path)
		if values {
			c.field(o, first, unnamed)
		}
		r.path = append(r.path, '.')
		c.contents(first)
		r.path = r.path[:from]
	case first != 0:
		c.field(o, first, unnamed)
	case inData, !attributes && !strings.HasPrefix(string(r.path), systemPrefix) && strings.Count(string(r.path), ".") > 1:
		c.field(o, 0, unnamed) // an element that holds nothing is an empty text
	}
}

// field adds a field made of texts and gaps.
func (c *compiler) field(o op, first int32, unnamed bool) {
	r := c.r
	if !unnamed && o.name == 0 {
		n := r.counts[string(r.path)]
		path := r.internPath(r.path)
		r.counts[path] = n + 1
		if n > 0 {
			path = r.itemPath(path, n)
		}
		o.path = path
		o.field = r.sink.Field(path)
	} else if unnamed {
		o.path, o.field = "", 0 // numbered when it is known which ones are there
	} else {
		o.path = r.internPath(r.path)
	}
	n := node{kind: textNode}
	if first != 0 {
		n = r.nodes[first]
	}
	switch {
	case o.name != 0:
		o.kind, o.first = opNamed, first
	case n.sib != 0:
		o.kind, o.first = opJoined, first
	case n.kind == textNode:
		o.kind, o.text = opText, n.text
	case n.kind == optionalNode:
		o.kind, o.gap = opOptional, n.gap
	default:
		o.kind, o.gap = opGap, n.gap
	}
	if o.kind == opText && o.field < 0 {
		return
	}
	c.ops = append(c.ops, o)
}

// internPath gives a path as a string that is made once.
func (r *Reader) internPath(b []byte) string {
	if s, ok := r.paths[string(b)]; ok {
		return s
	}
	if r.paths == nil {
		r.paths = map[string]string{}
	}
	s := string(b)
	r.paths[s] = s
	return s
}

// itemPath is the path of the one of several values with the same path that has
// the number i.
func (r *Reader) itemPath(path string, i int) string {
	r.joined = append(append(r.joined[:0], path...), '[')
	r.joined = append(strconv.AppendInt(r.joined, int64(i), 10), ']')
	return r.internPath(r.joined)
}

// run gives the fields of a plan their values.
func (r *Reader) run(ops []op, g gaps) error {
	unnamed := 0
	var failed error
	for i := range ops {
		o := &ops[i]
		if r.budget -= opCost; r.budget < 0 {
			return errBudget
		}
		switch o.kind {
		case opText:
			r.give(o, Value{typeUTF8, o.text}, &unnamed)
		case opGap, opOptional:
			v := r.value(g, o.gap)
			if v.typ&arrayFlag != 0 {
				if err := r.array(o, v, &unnamed); err != nil {
					failed = err
				}
			} else if v.typ != typeNull || o.kind == opGap {
				if o.field >= 0 {
					r.give(o, v, &unnamed)
				}
			}
		case opNested:
			v := r.gap(g, o.gap)
			if v.typ != typeXML {
				continue
			}
			if err := r.fragment(int(v.at), int(v.at+v.n), o.path); err != nil {
				return err
			}
		case opJoined:
			if o.field >= 0 {
				r.give(o, r.join(o.first, g), &unnamed)
			}
		case opNamed:
			path := r.path[:0]
			path = append(append(path, dataPrefix...), r.join(o.name, g).data...)
			r.path = path
			if f := r.sink.Field(r.internPath(path)); f >= 0 {
				r.sink.Value(f, r.join(o.first, g))
			}
		}
		if r.budget < 0 {
			return errBudget
		}
	}
	return failed
}

func (r *Reader) gap(g gaps, i uint16) gapValue {
	if int(i) >= g.n {
		return gapValue{}
	}
	return r.values[g.from+int(i)]
}

func (r *Reader) value(g gaps, i uint16) Value {
	v := r.gap(g, i)
	return Value{v.typ, r.chunk.b[v.at : v.at+v.n]}
}

// give hands a value to the sink; an element without a name gets the next number.
func (r *Reader) give(o *op, v Value, unnamed *int) {
	r.budget -= len(v.data)
	f := o.field
	if o.path == "" {
		f = r.sink.Field(r.itemPath(dataPrefix+"Data", *unnamed))
		*unnamed++
	}
	if f >= 0 {
		r.sink.Value(f, v)
	}
}

// array gives a field for each value of an array. One that has one value is as if
// it were none, and one without values an empty text.
func (r *Reader) array(o *op, v Value, unnamed *int) error {
	n := 0
	var first Value
	v.items(func(item Value) {
		if n++; n > arrayMost || r.budget < 0 {
			return
		}
		switch {
		case o.path == "":
			r.give(o, item, unnamed)
		case n == 1:
			first = item
		default:
			if n == 2 {
				r.item(o, 0, first)
			}
			r.item(o, n-1, item)
		}
	})
	switch {
	case n == 0 && (o.path == "" || o.field >= 0):
		r.give(o, Value{typ: typeUTF8}, unnamed)
	case n == 1 && o.path != "" && o.field >= 0:
		r.give(o, first, unnamed)
	case n > arrayMost:
		return errArray
	}
	return nil
}

func (r *Reader) item(o *op, i int, v Value) {
	r.budget -= opCost + len(v.data)
	if f := r.sink.Field(r.itemPath(o.path, i)); f >= 0 {
		r.sink.Value(f, v)
	}
}

// join makes one text of texts and gaps.
func (r *Reader) join(first int32, g gaps) Value {
	r.joined = r.joined[:0]
	for i := first; i != 0; i = r.nodes[i].sib {
		switch n := &r.nodes[i]; n.kind {
		case textNode:
			r.joined = append(r.joined, n.text...)
		case gapNode, optionalNode:
			v := r.value(g, n.gap)
			r.joined = v.AppendText(r.joined)
		}
	}
	r.budget -= len(r.joined)
	return Value{typeUTF8, r.joined}
}
