package evtx

import (
	"encoding/binary"
	"errors"
	"fmt"
	"unicode/utf8"
)

// The tokens of binary XML. More of the same may follow those with moreFlag.
const (
	tokenEnd         = 0x00
	tokenElement     = 0x01
	tokenCloseStart  = 0x02
	tokenCloseEmpty  = 0x03
	tokenEndElement  = 0x04
	tokenText        = 0x05
	tokenAttribute   = 0x06
	tokenCDATA       = 0x07
	tokenCharRef     = 0x08
	tokenEntityRef   = 0x09
	tokenPITarget    = 0x0a
	tokenPIData      = 0x0b
	tokenTemplate    = 0x0c
	tokenGap         = 0x0d // "normal substitution"
	tokenOptionalGap = 0x0e
	tokenFragment    = 0x0f
	moreFlag         = 0x40
	templateHeader   = 24      // before the binary XML of a template
	maxDepth         = 64      // of elements, and of fragments within fragments
	maxNodes         = 1 << 17 // of a chunk
)

var (
	errShort    = errors.New("the event ends too early")
	errDeep     = errors.New("the event is nested too deeply")
	errOffset   = errors.New("the event refers to a place outside of its chunk")
	errElement  = errors.New("an element of the event does not end where it should")
	errTooLarge = errors.New("the event is too large")
)

// node is a part of the tree that XML is read into. Nodes stand in one slice and
// name each other by their place in it; 0 is none.
type node struct {
	kind     uint8
	typ      uint8  // of the value that a gap is meant for
	gap      uint16 // number of the value
	name     string // of elements and attributes
	text     []byte // of text, in UTF-8
	kid, sib int32  // the first part of an element or attribute; the next beside it
}

const (
	elementNode = iota + 1
	attributeNode
	textNode
	gapNode
	optionalNode
)

// parser reads the tokens of the chunk at hand from pos to end into nodes.
type parser struct {
	r        *Reader
	pos, end int
	bare     bool // elements have no number that says on which gap they depend
	depth    int
}

func (p *parser) u8() (byte, error) {
	if p.pos >= p.end {
		return 0, errShort
	}
	p.pos++
	return p.r.chunk.b[p.pos-1], nil
}

func (p *parser) take(n int) ([]byte, error) {
	if n < 0 || p.end-p.pos < n {
		return nil, errShort
	}
	p.pos += n
	return p.r.chunk.b[p.pos-n : p.pos], nil
}

func (p *parser) u16() (int, error) {
	b, err := p.take(2)
	if err != nil {
		return 0, err
	}
	return int(binary.LittleEndian.Uint16(b)), nil
}

func (p *parser) u32() (uint32, error) {
	b, err := p.take(4)
	if err != nil {
		return 0, err
	}
	return binary.LittleEndian.Uint32(b), nil
}

// name reads the name of an element, attribute or entity: its place in the chunk,
// followed by the name itself when it is used there first.
func (p *parser) name() (string, error) {
	at, err := p.u32()
	if err != nil {
		return "", err
	}
	name, n, err := p.r.nameAt(at)
	if err != nil {
		return "", err
	}
	if int64(at) == int64(p.pos) {
		_, err = p.take(n)
	}
	return name, err
}

// nameAt reads the name at a place in the chunk, and its length there.
func (r *Reader) nameAt(at uint32) (string, int, error) {
	b := r.chunk.b
	if uint64(at)+8 > uint64(len(b)) {
		return "", 0, errOffset
	}
	n := 2 * int(binary.LittleEndian.Uint16(b[at+6:]))
	from := int(at) + 8
	if from+n+2 > len(b) {
		return "", 0, errOffset
	}
	return r.intern(b[from : from+n]), 8 + n + 2, nil
}

// intern gives the text of a name, that of each name once.
func (r *Reader) intern(utf16 []byte) string {
	if s, ok := r.names[string(utf16)]; ok {
		return s
	}
	s := string(appendUTF16(nil, utf16))
	if r.names == nil || len(r.names) >= maxKept {
		r.names = map[string]string{}
	}
	r.names[string(utf16)] = s
	return s
}

// maxKept bounds what is remembered from chunk to chunk of names: a damaged file
// may have ever new ones.
const maxKept = 1 << 14

// contents reads parts of XML to the end of what holds them: an element when
// inside, else the fragment. It gives the first of the parts.
func (p *parser) contents(inside bool) (int32, error) {
	if p.depth++; p.depth > maxDepth {
		return 0, errDeep
	}
	defer func() { p.depth-- }()
	l := list{}
	for {
		if p.pos >= p.end && !inside {
			return l.first, nil
		}
		token, err := p.u8()
		if err != nil {
			return l.first, err
		}
		switch token {
		case tokenEnd, tokenEndElement:
			if inside != (token == tokenEndElement) {
				return l.first, errElement
			}
			return l.first, nil
		case tokenFragment:
			_, err = p.take(3)
		case tokenElement, tokenElement | moreFlag:
			var n node
			if n, err = p.element(token&moreFlag != 0); err == nil {
				err = p.append(&l, n)
			}
		case tokenPITarget:
			_, err = p.name()
		case tokenPIData:
			_, err = p.text()
		default:
			var ok bool
			if ok, err = p.value(token, &l); err == nil && !ok {
				err = fmt.Errorf("the event has a part of an unknown kind (%#x)", token)
			}
		}
		if err != nil {
			return l.first, err
		}
	}
}

// list is nodes beside each other.
type list struct{ first, last int32 }

func (p *parser) append(l *list, n node) error {
	if len(p.r.nodes) >= maxNodes {
		return errTooLarge
	}
	i := int32(len(p.r.nodes))
	p.r.nodes = append(p.r.nodes, n)
	if l.last == 0 {
		l.first = i
	} else {
		p.r.nodes[l.last].sib = i
	}
	l.last = i
	return nil
}

// element reads an element behind its token.
func (p *parser) element(attributes bool) (node, error) {
	n := node{kind: elementNode}
	if !p.bare {
		if _, err := p.take(2); err != nil {
			return n, err
		}
	}
	if _, err := p.u32(); err != nil { // its length, which its end tells too
		return n, err
	}
	var err error
	if n.name, err = p.name(); err != nil {
		return n, err
	}
	l := list{}
	if attributes {
		if _, err := p.u32(); err != nil {
			return n, err
		}
		for p.pos < p.end && p.r.chunk.b[p.pos]&^moreFlag == tokenAttribute {
			p.pos++
			a := node{kind: attributeNode}
			if a.name, err = p.name(); err != nil {
				return n, err
			}
			v := list{}
			for p.pos < p.end {
				token := p.r.chunk.b[p.pos]
				p.pos++
				ok, err := p.value(token, &v)
				if err != nil {
					return n, err
				}
				if !ok {
					p.pos--
					break
				}
			}
			a.kid = v.first
			if err := p.append(&l, a); err != nil {
				return n, err
			}
		}
	}
	token, err := p.u8()
	if err != nil {
		return n, err
	}
	switch token {
	case tokenCloseEmpty:
	case tokenCloseStart:
		first, err := p.contents(true)
		if err != nil {
			return n, err
		}
		if l.last == 0 {
			l.first = first
		} else {
			p.r.nodes[l.last].sib = first
		}
	default:
		return n, errElement
	}
	n.kid = l.first
	return n, nil
}

// text reads a text that has its length in front.
func (p *parser) text() ([]byte, error) {
	n, err := p.u16()
	if err != nil {
		return nil, err
	}
	return p.take(2 * n)
}

// value reads what may stand in elements and attributes alike, behind its token;
// false when it is something else.
func (p *parser) value(token byte, l *list) (bool, error) {
	n := node{kind: textNode}
	switch token {
	case tokenText, tokenText | moreFlag, tokenCDATA, tokenCDATA | moreFlag:
		if token&^moreFlag == tokenText {
			if typ, err := p.u8(); err != nil {
				return true, err
			} else if typ != typeString {
				return true, fmt.Errorf("the event has text of an unknown type (%#x)", typ)
			}
		}
		b, err := p.text()
		if err != nil {
			return true, err
		}
		n.text = p.r.keep(b)
	case tokenCharRef, tokenCharRef | moreFlag:
		c, err := p.u16()
		if err != nil {
			return true, err
		}
		n.text = utf8.AppendRune(nil, rune(c))
	case tokenEntityRef, tokenEntityRef | moreFlag:
		name, err := p.name()
		if err != nil {
			return true, err
		}
		text, ok := entities[name]
		if !ok {
			text = "&" + name + ";"
		}
		n.text = []byte(text)
	case tokenGap, tokenOptionalGap:
		gap, err := p.u16()
		if err != nil {
			return true, err
		}
		typ, err := p.u8()
		if err != nil {
			return true, err
		}
		n.kind, n.gap, n.typ = gapNode, uint16(gap), typ
		if token == tokenOptionalGap {
			n.kind = optionalNode
		}
	default:
		return false, nil
	}
	return true, p.append(l, n)
}

// keep gives a text as UTF-8, in memory that lasts as long as the chunk.
func (r *Reader) keep(utf16 []byte) []byte {
	at := len(r.texts)
	r.texts = appendUTF16(r.texts, utf16)
	return r.texts[at:len(r.texts):len(r.texts)]
}

var entities = map[string]string{"lt": "<", "gt": ">", "amp": "&", "quot": `"`, "apos": "'"}
