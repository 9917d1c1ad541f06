package decode

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"

	"harrier/event"
)

var jsonFormat = &Format{
	Name:    "json",
	Summary: "A JSON array of objects, or objects written over several lines.",
	Sniff: func(name string, head []byte) int {
		text := bytes.TrimSpace(head)
		if len(text) == 0 {
			return 0
		}
		switch text[0] {
		case '[':
			if rest := bytes.TrimSpace(text[1:]); len(rest) > 0 && (rest[0] == '{' || rest[0] == ']') {
				return 60
			}
		case '{':
			if isJSONObject(firstLine(head)) {
				return 0
			}
			d := json.NewDecoder(bytes.NewReader(text))
			if t, err := d.Token(); err == nil && t == json.Delim('{') {
				if k, err := d.Token(); err == nil {
					if _, ok := k.(string); ok {
						return 50
					}
				}
			}
		}
		return 0
	},
	NewStream: func(req *event.Request, _ string) StreamReader {
		// Falcon records are recognised by their member whatever file they stand in.
		return &jsonStream{plain: newJSONLines(req, genericTime, fdrRename), max: 16 << 20}
	},
}

// jsonStream reads objects one after the other, whatever stands between them.
//
// It cuts the text into top-level objects by counting brackets outside strings, so
// that a broken object costs only itself. An object that is not closed must not
// swallow the objects behind it: a string ends with its line at the latest, a
// closing brace closes the arrays in the object too, and a brace that opens where
// no value can stand begins the next object.
type jsonStream struct {
	plain *jsonLines
	max   int // longest object in bytes

	w      *event.Builder
	report func(line, offset int64, err error)

	outer []spot // the arrays around objects that are open
	far   int    // how many more there are beyond maxKinds
	obj   []byte // the object that is open
	begun spot
	open  []byte // brackets that are open in it, from the outside
	more  int    // brackets beyond maxKinds
	last  byte   // of its text, blanks and the insides of strings apart

	inString, escaped bool
}

type spot struct{ line, at int64 }

// maxKinds is how many brackets are told apart: flatjson reads no object as deep.
const maxKinds = 1024

// limit implements limited.
func (s *jsonStream) limit(bytes int) { s.max = bytes }

// ReadAll implements StreamReader.
func (s *jsonStream) ReadAll(_ context.Context, in io.Reader, w *event.Builder, ended func() error, report func(line, offset int64, err error)) error {
	s.w, s.report = w, report
	r := bufio.NewReaderSize(in, 1<<20)
	head, _ := r.Peek(len(bom))
	here := spot{1, 0}
	if bytes.Equal(head, bom) {
		r.Discard(len(bom))
		here.at = int64(len(bom))
	}
	for {
		c, err := r.ReadByte()
		if err != nil {
			s.end()
			if err == io.EOF {
				return nil
			}
			return &inputError{"unreadable", here.line, here.at, err}
		}
		switch {
		case len(s.open) == 0:
			here = s.between(c, here, r)
			continue
		case s.inside(c, here):
			if s.object() {
				w.EndRow()
				if err := ended(); err != nil {
					return err
				}
			}
		}
		here.at++
		if c == '\n' {
			here.line++
		}
	}
}

// end reports what the end of the text leaves open.
func (s *jsonStream) end() {
	if len(s.open) > 0 {
		s.report(s.begun.line, s.begun.at, fmt.Errorf("the text ends inside an object"))
	}
	if n := len(s.outer); n > 0 {
		s.report(s.outer[n-1].line, s.outer[n-1].at, fmt.Errorf("the text ends inside an array"))
	}
}

// between takes a byte outside objects and gives the place behind what it took.
func (s *jsonStream) between(c byte, here spot, r *bufio.Reader) spot {
	next := spot{here.line, here.at + 1}
	switch c {
	case '{':
		s.begin(here)
	case '\n':
		next.line++
	case '[':
		if len(s.outer) < maxKinds {
			s.outer = append(s.outer, here)
		} else {
			s.far++
		}
	case ' ', '\t', '\r', ',':
	default:
		if c == ']' && s.closeArray() {
			break
		}
		// Anything else is left out up to the next object or line.
		junk := []byte{c}
		for {
			c, err := r.ReadByte()
			if err != nil {
				break
			}
			if c == '\n' || c == '{' {
				r.UnreadByte()
				break
			}
			next.at++
			if len(junk) < 40 {
				junk = append(junk, c)
			}
		}
		s.report(here.line, here.at, fmt.Errorf("%q stands between objects and is left out", bytes.TrimSpace(junk)))
	}
	return next
}

// closeArray closes an array around objects, if there is one.
func (s *jsonStream) closeArray() bool {
	n := len(s.outer)
	switch {
	case s.far > 0:
		s.far--
	case n > 0:
		s.outer = s.outer[:n-1]
	}
	return n > 0
}

// begin opens an object.
func (s *jsonStream) begin(here spot) {
	s.obj, s.open, s.more = append(s.obj[:0], '{'), append(s.open[:0], '{'), 0
	s.begun, s.last, s.inString, s.escaped = here, '{', false, false
}

// inside takes a byte of an object and tells whether it is the last one.
func (s *jsonStream) inside(c byte, here spot) bool {
	top := s.open[len(s.open)-1]
	if c == '{' && !s.inString && s.last != ':' && s.last != '[' && (s.last != ',' || top != '[') && s.more == 0 {
		s.report(s.begun.line, s.begun.at, fmt.Errorf("the object is not closed where the next one begins"))
		s.begin(here)
		return false
	}
	if len(s.obj) <= s.max {
		s.obj = append(s.obj, c)
	}
	switch {
	case c == '\n' && s.inString:
		s.inString, s.escaped = false, false
		return false
	case s.escaped:
		s.escaped = false
		return false
	case s.inString:
		s.escaped = c == '\\'
		s.inString = c != '"'
		return false
	case c == ' ' || c == '\t' || c == '\r' || c == '\n':
		return false
	}
	s.last = c
	switch c {
	case '"':
		s.inString = true
	case '{', '[':
		if len(s.open) < maxKinds {
			s.open = append(s.open, c)
		} else {
			s.more++
		}
	case '}', ']':
		if s.more > 0 {
			s.more--
			break
		}
		opening := c - 2 // in ASCII
		if i := bytes.LastIndexByte(s.open, opening); i >= 0 {
			s.open = s.open[:i]
		} else {
			// The array around the object ends before the object.
			s.open = s.open[:0]
			s.closeArray()
		}
	}
	return len(s.open) == 0
}

// object reads the object that has been closed; false when it cannot be read.
func (s *jsonStream) object() bool {
	err := fmt.Errorf("the object is longer than %s and was left out", byteCount(s.max))
	if len(s.obj) <= s.max {
		if err = s.plain.flatten(s.obj, s.w); err == nil {
			s.plain.end(s.obj, s.w)
			return true
		}
		err = fmt.Errorf("the object is not valid JSON: %w", err)
	}
	s.w.Abandon()
	s.report(s.begun.line, s.begun.at, err)
	return false
}
