package decode

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"

	"harrier/event"
)

var zeekFormat = &Format{
	Name: "zeek",
	Summary: "Zeek logs in tab-separated form: the names of the #fields line, _path from the #path line, elements of sets and vectors as name[n]; " +
		"unset values are left out.",
	Sniff: func(name string, head []byte) int {
		if bytes.HasPrefix(head, []byte("#separator ")) {
			return 95
		}
		if bytes.HasPrefix(head, []byte("#fields")) || bytes.Contains(head, []byte("\n#fields")) && head[0] == '#' {
			return 70
		}
		return 0
	},
	NewStream: func(req *event.Request, _ string) StreamReader {
		return &zeekReader{v: newValues(req, []string{"ts", "@timestamp"}), max: 16 << 20}
	},
}

// zeekReader reads a log, or several one behind the other, each with the lines
// that begin with "#" and say how it is written.
type zeekReader struct {
	v   *values
	max int

	separator, set, empty, unset []byte
	path                         []byte
	columns                      []zeekColumn
}

type zeekColumn struct {
	name string
	list bool // a set or vector
	elem []string
}

var (
	errNoFields = errors.New("the line stands in front of any #fields line")
)

// limit implements limited.
func (z *zeekReader) limit(bytes int) { z.max = bytes }

// ReadAll implements StreamReader.
func (z *zeekReader) ReadAll(_ context.Context, in io.Reader, w *event.Builder, ended func() error, report func(line, offset int64, err error)) error {
	z.separator, z.set, z.empty, z.unset = []byte{'\t'}, []byte{','}, []byte("(empty)"), []byte{'-'}
	r := newLineCutter(in, z.max)
	for r.next() {
		line := r.text
		switch {
		case r.long:
			report(r.line, r.at, fmt.Errorf("the line is longer than %s and was left out", byteCount(z.max)))
		case len(bytes.TrimSpace(line)) == 0:
		case line[0] == '#':
			z.directive(line[1:])
		case z.columns == nil:
			report(r.line, r.at, errNoFields)
		default:
			if n := bytes.Count(line, z.separator) + 1; n != len(z.columns) {
				report(r.line, r.at, fmt.Errorf("%d values under %d names", n, len(z.columns)))
			}
			z.event(line, w)
			w.EndRow()
			if err := ended(); err != nil {
				return err
			}
		}
	}
	if r.err != io.EOF {
		return &inputError{"unreadable", r.line, r.at, r.err}
	}
	return nil
}

// directive reads a line that says how the log is written.
func (z *zeekReader) directive(line []byte) {
	if v, ok := bytes.CutPrefix(line, []byte("separator ")); ok {
		if s := unescapeZeek(v); len(s) > 0 {
			z.separator = s
		}
		return
	}
	key, rest, _ := bytes.Cut(line, z.separator)
	value := bytes.Clone(rest)
	switch string(key) {
	case "set_separator":
		if len(value) > 0 {
			z.set = value
		}
	case "empty_field":
		z.empty = value
	case "unset_field":
		z.unset = value
	case "path":
		z.path = value
	case "fields":
		z.columns = nil
		for name := range bytes.SplitSeq(value, z.separator) {
			z.columns = append(z.columns, zeekColumn{name: string(name)})
		}
	case "types":
		i := 0
		for t := range bytes.SplitSeq(value, z.separator) {
			if i < len(z.columns) {
				z.columns[i].list = bytes.HasPrefix(t, []byte("set[")) || bytes.HasPrefix(t, []byte("vector["))
			}
			i++
		}
	}
}

// event reads a line of values.
func (z *zeekReader) event(line []byte, w *event.Builder) {
	z.v.begin(w)
	if len(z.path) > 0 {
		z.v.add("_path", z.path)
	}
	rest := line
	for i := range z.columns {
		c := &z.columns[i]
		if rest == nil {
			break
		}
		value, after, more := bytes.Cut(rest, z.separator)
		if rest = after; !more {
			rest = nil
		}
		if bytes.Equal(value, z.unset) {
			continue
		}
		if !c.list {
			if bytes.Equal(value, z.empty) {
				value = nil
			}
			z.v.add(c.name, unescapeZeek(value))
			continue
		}
		if bytes.Equal(value, z.empty) {
			continue // a set of nothing
		}
		n := 0
		for element := range bytes.SplitSeq(value, z.set) {
			if n == len(c.elem) {
				c.elem = append(c.elem, c.name+"["+strconv.Itoa(n)+"]")
			}
			z.v.add(c.elem[n], unescapeZeek(element))
			n++
		}
	}
	z.v.end(line)
}

// unescapeZeek replaces \xHH by the byte it stands for, and \\ by one backslash.
func unescapeZeek(value []byte) []byte {
	if bytes.IndexByte(value, '\\') < 0 {
		return value
	}
	out := make([]byte, 0, len(value))
	for i := 0; i < len(value); i++ {
		if value[i] == '\\' && i+1 < len(value) {
			if value[i+1] == 'x' && i+3 < len(value) {
				if hi, lo := hexDigit(value[i+2]), hexDigit(value[i+3]); hi >= 0 && lo >= 0 {
					out = append(out, byte(hi<<4|lo))
					i += 3
					continue
				}
			}
			if value[i+1] == '\\' {
				i++
			}
		}
		out = append(out, value[i])
	}
	return out
}
