package decode

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"unsafe"

	"harrier/event"
	"harrier/internal/flatjson"
	"harrier/internal/quotes"
)

// layout reads flat JSON objects of few kinds fast. Events of a kind have the
// same members in the same order, so what follows a member is nearly always one
// of the few things that followed it before:
//
//	{"event_simpleName":  -> ,"aid":  -> ,"DomainName":  -> ...
//	                                 \-> ,"RemoteAddressIP4":  -> ...
//
// The tree of what was met is kept as the exact bytes from the end of one value
// to the start of the next. Reading a member is then one comparison of bytes and
// one search for the closing quote. What fits nothing that is known is read
// byte by byte and added to the tree. A value that is an object or an array ends
// the attempt: the slow path reads the line.
type layout struct {
	root  node
	known int // nodes in the tree
}

// node is a member in the tree: how it is announced and what to do with it.
type node struct {
	text []byte // from the end of the value before, or the brace, to its value
	m    *member
	slot int     // of the field in the builder
	also int     // slot of its second name
	next []*node // what has followed, the last first
}

// maxNodes bounds the tree, for data whose member names are data themselves.
const maxNodes = 1 << 14

// maxFollowers bounds the comparisons behind one member.
const maxFollowers = 64

// follow finds the node whose text comes next.
func (p *node) follow(rest []byte) *node {
	for i, n := range p.next {
		if bytes.HasPrefix(rest, n.text) {
			if i > 0 {
				copy(p.next[1:i+1], p.next[:i])
				p.next[0] = n
			}
			return n
		}
	}
	return nil
}

// learn reads the announcement of a member and adds it to the tree; nil when
// none stands there.
func (r *jsonLines) learn(p *node, rest []byte, w *event.Builder) *node {
	i := skipBlank(rest, 0)
	if p != &r.tree.root {
		if i >= len(rest) || rest[i] != ',' {
			return nil
		}
		i = skipBlank(rest, i+1)
	}
	if i >= len(rest) || rest[i] != '"' {
		return nil
	}
	i++
	n := flatjson.StringEnd(rest[i:])
	if n < 0 {
		return nil
	}
	key := rest[i : i+n]
	if bytes.IndexByte(key, '\\') >= 0 {
		key = flatjson.Unescape(nil, key)
	}
	if i = skipBlank(rest, i+n+1); i >= len(rest) || rest[i] != ':' {
		return nil
	}
	i = skipBlank(rest, i+1)
	out := &node{text: bytes.Clone(rest[:i]), m: r.lookup(string(key))}
	if out.m.keep {
		out.slot = w.Slot(out.m.name)
	}
	if out.m.also != "" {
		out.also = w.Slot(out.m.also)
	}
	if r.tree.known++; r.tree.known > maxNodes {
		// Begin anew with what comes now; the places at hand stay good for this line.
		r.tree.known, r.tree.root.next = 0, nil
	}
	if len(p.next) == maxFollowers {
		p.next = p.next[:maxFollowers-1]
	}
	p.next = append(p.next, nil)
	copy(p.next[1:], p.next)
	p.next[0] = out
	return out
}

// fast reads a flat object; false when the line is anything else. What it added
// is then to be abandoned.
func (r *jsonLines) fast(line []byte, w *event.Builder) bool {
	if r.builder != w || r.life != w.Life() {
		// Slots belong to a builder.
		r.builder, r.life, r.tree, r.timeSlot = w, w.Life(), layout{}, -1
	}
	i := 1
	if j := skipBlank(line, i); j < len(line) && line[j] == '}' {
		return skipBlank(line, j+1) == len(line)
	}
	// at is the place of the line in the block, when its quotes are known.
	at := -1
	if r.quotes != nil {
		at = int(uintptr(unsafe.Pointer(unsafe.SliceData(line))) - r.base)
	}
	p := &r.tree.root
	for n := 0; n < maxFields; n++ {
		q := p.follow(line[i:])
		if q == nil {
			if q = r.learn(p, line[i:], w); q == nil {
				return false
			}
		}
		p = q
		if i += len(p.text); i >= len(line) {
			return false
		}
		var value []byte
		if line[i] == '"' {
			i++
			var end int
			if at >= 0 {
				end = r.quotes.Next(at+i) - at - i
				if i+end >= len(line) {
					return false
				}
			} else if end = shortString(line[i:]); end < 0 {
				end = flatjson.StringEnd(line[i:])
			}
			if end < 0 {
				return false
			}
			value = line[i : i+end]
			i += end + 1
			if p.m.used && bytes.IndexByte(value, '\\') >= 0 {
				r.text = flatjson.Unescape(r.text[:0], value)
				value = r.text
			}
		} else {
			end := scalarEnd(line, i)
			if end < 0 {
				return false
			}
			value = line[i:end]
			i = end
		}
		if p.m.used {
			r.addAt(p, value, w)
		}
		if i < len(line) && line[i] == ',' {
			continue
		}
		j := skipBlank(line, i)
		switch {
		case j >= len(line):
			return false
		case line[j] == '}':
			return skipBlank(line, j+1) == len(line)
		case line[j] != ',':
			return false
		}
	}
	return false
}

// block implements blockReader: the quotes of all lines are found at once.
func (r *jsonLines) block(text []byte) {
	if text == nil || r.blind || !quotes.Available() {
		r.quotes = nil
		return
	}
	r.marks, r.spare = quotes.Mark(text, r.marks, r.spare)
	r.quotes, r.base = r.marks, uintptr(unsafe.Pointer(unsafe.SliceData(text)))
}

// addAt is add for a member whose places in the builder are known.
func (r *jsonLines) addAt(p *node, value []byte, w *event.Builder) {
	m := p.m
	if m.keep {
		w.AddBytesAt(p.slot, value)
		r.hasRaw = r.hasRaw || m.raw
	}
	if m.also != "" {
		w.AddBytesAt(p.also, value)
	}
	if m.time >= 0 {
		r.clock.see(m.time, m.name, value, w)
	}
}

// scalarEnd finds the end of a number, true, false or null at i; -1 when none
// stands there.
func scalarEnd(line []byte, i int) int {
	rest := line[i:]
	switch {
	case bytes.HasPrefix(rest, jsonTrue), bytes.HasPrefix(rest, jsonNull):
		return i + 4
	case bytes.HasPrefix(rest, jsonFalse):
		return i + 5
	}
	n := 0
	for n < len(rest) && isNumberByte(rest[n]) {
		n++
	}
	if !isJSONNumber(rest[:n]) {
		return -1
	}
	return i + n
}

// shortString finds the quote that ends a string of less than 16 bytes without a
// backslash; -1 when it is not such a one. Eight bytes are looked at at a time: a
// byte is a quote when it is zero after exclusive or with one, and the lowest
// zero byte of x is found by the lowest bit of (x-1) & ^x & 0x80 in each byte.
func shortString(text []byte) int {
	if len(text) < 16 {
		return -1
	}
	for at := 0; at < 16; at += 8 {
		x := binary.LittleEndian.Uint64(text[at:])
		quote, slash := x^(ones*'"'), x^(ones*'\\')
		hit := ((quote-ones)&^quote | (slash-ones)&^slash) & (ones << 7)
		if hit == 0 {
			continue
		}
		at += bits.TrailingZeros64(hit) / 8
		if text[at] != '"' {
			return -1
		}
		return at
	}
	return -1
}

// ones has a one in each byte.
const ones = 0x0101010101010101
