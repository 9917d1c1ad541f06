package decode

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"

	"harrier/event"
	"harrier/internal/flatjson"
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
		return &jsonStream{plain: newJSONLines(req, genericTime, fdrRename)}
	},
}

// jsonStream reads objects one after the other, whatever stands between them.
type jsonStream struct{ plain *jsonLines }

// maxObject is the longest object in bytes that is read as one event.
const maxObject = 16 << 20

// ReadAll implements StreamReader. It cuts the text into top-level objects by
// counting braces outside strings, so that a broken object costs only itself.
func (s *jsonStream) ReadAll(ctx context.Context, in io.Reader, w *event.Builder, flush func() error, report func(line, offset int64, err error)) error {
	r := bufio.NewReaderSize(in, 1<<20)
	line, at := int64(1), int64(0)
	var obj []byte
	var startLine, start int64
	depth, inString, escaped, tooLong := 0, false, false, false
	for {
		c, err := r.ReadByte()
		if err != nil {
			if depth > 0 {
				report(startLine, start, fmt.Errorf("the text ends inside an object"))
			}
			if err == io.EOF {
				return nil
			}
			return &inputError{"unreadable", at, err}
		}
		if depth == 0 {
			if c == '{' {
				depth, obj, startLine, start, tooLong = 1, append(obj[:0], c), line, at, false
			} else if c == '\n' {
				line++
			} else if bytes.IndexByte([]byte(" \t\r[],\xef\xbb\xbf"), c) < 0 {
				report(line, at, fmt.Errorf("%q stands between objects and is left out", restOfLine(c, r, &at)))
				line++
			}
			at++
			continue
		}
		at++
		if len(obj) < maxObject {
			obj = append(obj, c)
		} else {
			tooLong = true
		}
		if c == '\n' {
			line++
		}
		switch {
		case escaped:
			escaped = false
		case inString:
			if c == '\\' {
				escaped = true
			} else if c == '"' {
				inString = false
			}
		case c == '"':
			inString = true
		case c == '{' || c == '[':
			depth++
		case c == '}' || c == ']':
			depth--
		}
		if depth > 0 {
			continue
		}
		if tooLong {
			report(startLine, start, fmt.Errorf("the object is longer than %d MiB and was left out", maxObject>>20))
			continue
		}
		if err := s.object(obj, w); err != nil {
			w.Abandon()
			report(startLine, start, fmt.Errorf("the object is not valid JSON: %w", err))
			continue
		}
		w.EndRow()
		if w.Rows() >= event.BatchRows {
			if err := flush(); err != nil {
				return err
			}
			if err := ctx.Err(); err != nil {
				return err
			}
		}
	}
}

// restOfLine reads up to the end of a line that is no JSON, for the report.
func restOfLine(c byte, r *bufio.Reader, at *int64) string {
	text := []byte{c}
	for {
		c, err := r.ReadByte()
		if err != nil {
			break
		}
		*at++
		if c == '\n' {
			break
		}
		if len(text) < 40 {
			text = append(text, c)
		}
	}
	return string(text)
}

func (s *jsonStream) object(obj []byte, w *event.Builder) error {
	p := s.plain
	p.timed = len(p.times)
	if err := flatjson.Flatten(obj, func(name string, value []byte) { p.add(p.lookup(name), value, w) }); err != nil {
		return err
	}
	if p.timed < len(p.times) {
		addTime(w, p.ms)
	}
	p.want.addRaw(w, obj)
	return nil
}
