// Package flatjson reads a JSON object as the flat fields of an event: the members of nested objects are joined with
// dots, the entries of arrays are numbered in brackets, and every value is a text.
package flatjson

import (
	"fmt"
	"strconv"
	"sync"
)

// MaxDepth is how deeply objects and arrays may be nested.
const MaxDepth = 256

// Error tells what makes a text no JSON object, and at which byte of it.
type Error struct {
	Offset  int
	Message string
}

func (e *Error) Error() string { return fmt.Sprintf("byte %d: %s", e.Offset, e.Message) }

// Flatten reads one JSON object and calls emit for every value in it that is not itself an object or an array, in the
// order of the text: {"a":{"b":[{"c":1}]}} gives the field a.b[0].c. Strings come without their escapes, numbers as
// they are written, and null, true and false as these words. Empty objects and arrays give nothing, and a member that
// is there twice is emitted twice. Half of a surrogate pair becomes U+FFFD; bytes that are not UTF-8 are left alone.
//
// The value is only valid until emit returns; the name stays valid. On an error, which is always an [*Error], emit may
// have been called for what stands before it.
func Flatten(data []byte, emit func(name string, value []byte)) error {
	return flatten(data, false, emit)
}

// FlattenLenient is Flatten for text of sloppy writers: control characters in strings, and backslashes that begin no
// escape of JSON, are taken as they stand.
func FlattenLenient(data []byte, emit func(name string, value []byte)) error {
	return flatten(data, true, emit)
}

func flatten(data []byte, lenient bool, emit func(name string, value []byte)) error {
	p := pool.Get().(*parser)
	p.data, p.at, p.path, p.emit, p.lenient = data, 0, p.path[:0], emit, lenient
	err := p.document()
	p.data, p.emit = nil, nil
	if len(p.names) > maxNames {
		p.names = map[string]string{}
	}
	if cap(p.path) > maxKept {
		p.path = nil
	}
	if cap(p.text) > maxKept {
		p.text = nil
	}
	pool.Put(p)
	if err != nil {
		return err
	}
	return nil
}

// maxNames and maxKept bound what a parser remembers between objects.
const (
	maxNames = 4096
	maxKept  = 64 << 10
)

var pool = sync.Pool{New: func() any { return &parser{names: map[string]string{}} }}

// parser walks over one object. Names repeat from object to object, so that they are kept with the parser and a name
// that was seen before costs no allocation.
type parser struct {
	data  []byte
	at    int
	path  []byte // name of the value being read
	text  []byte // for strings with escapes
	names map[string]string
	emit  func(name string, value []byte)

	lenient bool
}

func (p *parser) fail(offset int, format string, args ...any) *Error {
	return &Error{offset, fmt.Sprintf(format, args...)}
}

// expected is the error of something missing at the present place.
func (p *parser) expected(what string) *Error {
	if p.at >= len(p.data) {
		return p.fail(len(p.data), "the text ends where %s is expected", what)
	}
	return p.fail(p.at, "%q stands where %s is expected", p.data[p.at:p.at+1], what)
}

// peek skips blanks and gives the next byte, 0 at the end. A zero byte in the text is no token either.
func (p *parser) peek() byte {
	for p.at < len(p.data) {
		switch c := p.data[p.at]; c {
		case ' ', '\t', '\n', '\r':
			p.at++
		default:
			return c
		}
	}
	return 0
}

func (p *parser) document() *Error {
	if p.peek() != '{' {
		return p.expected("{")
	}
	if err := p.object(1); err != nil {
		return err
	}
	if p.peek(); p.at < len(p.data) {
		return p.expected("the end of the text")
	}
	return nil
}

func (p *parser) object(depth int) *Error {
	if depth > MaxDepth {
		return p.fail(p.at, "objects and arrays are nested deeper than %d", MaxDepth)
	}
	p.at++
	if p.peek() == '}' {
		p.at++
		return nil
	}
	outer := len(p.path)
	if outer > 0 || depth > 1 {
		p.path = append(p.path, '.')
	}
	base := len(p.path)
	for {
		if p.peek() != '"' {
			return p.expected("the name of a member")
		}
		name, err := p.str()
		if err != nil {
			return err
		}
		p.path = append(p.path[:base], name...)
		if p.peek() != ':' {
			return p.expected(":")
		}
		p.at++
		if err := p.value(depth); err != nil {
			return err
		}
		switch p.peek() {
		case ',':
			p.at++
		case '}':
			p.at++
			p.path = p.path[:outer]
			return nil
		default:
			return p.expected(", or }")
		}
	}
}

func (p *parser) array(depth int) *Error {
	if depth > MaxDepth {
		return p.fail(p.at, "objects and arrays are nested deeper than %d", MaxDepth)
	}
	p.at++
	if p.peek() == ']' {
		p.at++
		return nil
	}
	outer := len(p.path)
	for n := 0; ; n++ {
		p.path = append(p.path[:outer], '[')
		p.path = strconv.AppendInt(p.path, int64(n), 10)
		p.path = append(p.path, ']')
		if err := p.value(depth); err != nil {
			return err
		}
		switch p.peek() {
		case ',':
			p.at++
		case ']':
			p.at++
			p.path = p.path[:outer]
			return nil
		default:
			return p.expected(", or ]")
		}
	}
}

func (p *parser) value(depth int) *Error {
	switch c := p.peek(); c {
	case '{':
		return p.object(depth + 1)
	case '[':
		return p.array(depth + 1)
	case '"':
		s, err := p.str()
		if err != nil {
			return err
		}
		p.emit(p.name(), s)
		return nil
	case 't':
		return p.word("true")
	case 'f':
		return p.word("false")
	case 'n':
		return p.word("null")
	default:
		if c != '-' && !isDigit(c) {
			return p.expected("a value")
		}
		start := p.at
		if err := p.number(); err != nil {
			return err
		}
		p.emit(p.name(), p.data[start:p.at:p.at])
		return nil
	}
}

// name is the path as a string.
func (p *parser) name() string {
	if s, ok := p.names[string(p.path)]; ok {
		return s
	}
	s := string(p.path)
	p.names[s] = s
	return s
}
