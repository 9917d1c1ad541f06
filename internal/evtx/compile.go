package evtx

import (
	"strconv"
	"strings"
)

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
