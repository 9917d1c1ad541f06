package evtx

// AppendXML appends the XML of a record as Windows shows it, on one line, as far
// as it can be read.
func (r *Reader) AppendXML(dst []byte, rec Record) []byte {
	x := writer{r: r, out: dst, from: len(dst)}
	r.values, r.depth = r.values[:0], 0
	x.fragment(rec.xml, rec.end)
	return x.out
}

// xmlMost is the length at which the XML of a record is given up: what a damaged
// one unfolds to has no bound.
const xmlMost = 1 << 20

type writer struct {
	r     *Reader
	out   []byte
	from  int
	steps int
}

// full tells whether enough has been written, or done to no avail.
func (x *writer) full() bool {
	x.steps++
	return len(x.out)-x.from > xmlMost || x.steps > xmlMost
}

func (x *writer) fragment(pos, end int) {
	r := x.r
	if r.depth++; r.depth > maxDepth {
		return
	}
	defer func() { r.depth-- }()
	b := r.chunk.b
	for pos < end {
		switch b[pos] {
		case tokenFragment:
			pos += 4
		case tokenTemplate:
			t, g, after, err := r.instance(pos+1, end)
			if err != nil {
				return
			}
			x.contents(t.first, g)
			r.values = r.values[:g.from]
			pos = after
		case tokenPITarget, tokenPIData, tokenElement, tokenElement | moreFlag:
			first, _ := r.elements(pos, end)
			x.contents(first, gaps{len(r.values), 0})
			return
		default:
			return
		}
	}
}

func (x *writer) contents(first int32, g gaps) {
	for i := first; i != 0 && !x.full(); i = x.r.nodes[i].sib {
		switch n := &x.r.nodes[i]; n.kind {
		case elementNode:
			x.element(i, g)
		case textNode:
			x.escape(n.text, false)
		case gapNode, optionalNode:
			x.gap(n, g, false)
		}
	}
}

// gap writes the value of a gap.
func (x *writer) gap(n *node, g gaps, attribute bool) {
	if v := x.r.gap(g, n.gap); v.typ == typeXML && n.typ == typeXML {
		if !attribute {
			x.fragment(int(v.at), int(v.at+v.n))
		}
		return
	}
	x.escape(x.r.value(g, n.gap).AppendText(nil), attribute)
}

// absent tells whether an element or attribute is made of nothing but a gap that
// makes it optional and has no value.
func (x *writer) absent(first int32, g gaps) bool {
	n := &x.r.nodes[first]
	return first != 0 && n.kind == optionalNode && n.sib == 0 && x.r.gap(g, n.gap).typ == typeNull
}

func (x *writer) element(at int32, g gaps) {
	n := x.r.nodes[at]
	content := n.kid
	for content != 0 && x.r.nodes[content].kind == attributeNode {
		content = x.r.nodes[content].sib
	}
	if x.absent(content, g) {
		return
	}
	// An element whose content is an array is there once for each of its values.
	if c := &x.r.nodes[content]; content != 0 && c.sib == 0 && (c.kind == gapNode || c.kind == optionalNode) {
		if v := x.r.value(g, c.gap); v.typ&arrayFlag != 0 && len(v.data) > 0 {
			v.items(func(item Value) {
				if !x.full() {
					x.open(n, g)
					x.out = append(x.out, '>')
					x.escape(item.AppendText(nil), false)
					x.close(n)
				}
			})
			return
		}
	}
	x.open(n, g)
	if content == 0 {
		x.out = append(x.out, "/>"...)
		return
	}
	x.out = append(x.out, '>')
	x.contents(content, g)
	x.close(n)
}

// open writes the start of an element but for its end.
func (x *writer) open(n node, g gaps) {
	x.out = append(append(x.out, '<'), n.name...)
	for i := n.kid; i != 0 && x.r.nodes[i].kind == attributeNode; i = x.r.nodes[i].sib {
		a := x.r.nodes[i]
		if x.absent(a.kid, g) {
			continue
		}
		x.out = append(append(append(x.out, ' '), a.name...), "='"...)
		for v := a.kid; v != 0; v = x.r.nodes[v].sib {
			if c := &x.r.nodes[v]; c.kind == textNode {
				x.escape(c.text, true)
			} else {
				x.gap(c, g, true)
			}
		}
		x.out = append(x.out, '\'')
	}
}

func (x *writer) close(n node) {
	x.out = append(append(append(x.out, "</"...), n.name...), '>')
}

func (x *writer) escape(text []byte, attribute bool) {
	for _, c := range text {
		switch {
		case c == '<':
			x.out = append(x.out, "&lt;"...)
		case c == '>':
			x.out = append(x.out, "&gt;"...)
		case c == '&':
			x.out = append(x.out, "&amp;"...)
		case c == '\'' && attribute:
			x.out = append(x.out, "&apos;"...)
		default:
			x.out = append(x.out, c)
		}
	}
}
