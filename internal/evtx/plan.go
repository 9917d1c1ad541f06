package evtx

import (
	"encoding/binary"
	"errors"
	"fmt"
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
