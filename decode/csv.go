package decode

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"

	"harrier/event"
)

var csvFormat = &Format{
	Name:      "csv",
	Summary:   "Comma-separated values with a header line (RFC 4180).",
	Sniff:     func(name string, head []byte) int { return sniffTable(name, ".csv", head, ',') },
	NewStream: func(req *event.Request, _ string) StreamReader { return newTable(req, ',') },
}

var tsvFormat = &Format{
	Name:      "tsv",
	Summary:   "Tab-separated values with a header line.",
	Sniff:     func(name string, head []byte) int { return sniffTable(name, ".tsv", head, '\t') },
	NewStream: func(req *event.Request, _ string) StreamReader { return newTable(req, '\t') },
}

// sniffTable looks for a header: several names, all different, and a second line
// with as many values. The name of the file alone is a hint too.
func sniffTable(name, ext string, head []byte, comma byte) int {
	line := firstLine(head)
	if len(line) == 0 || line[0] == '{' || line[0] == '[' || bytes.IndexByte(head, 0) >= 0 {
		return 0
	}
	if strings.HasSuffix(name, ext) {
		return 50
	}
	r := newRecords(bytes.NewReader(head), comma, headBytes)
	header, ok := r.next()
	if !ok || header.err != nil || len(header.values) < 2 {
		return 0
	}
	columns := len(header.values)
	seen := map[string]bool{}
	for _, h := range header.values {
		if !looksLikeName(h) || seen[string(h)] {
			return 0
		}
		seen[string(h)] = true
	}
	if second, ok := r.next(); !ok || len(second.values) != columns {
		return 0
	}
	return 40
}

// looksLikeName tells whether a text may be the name of a column rather than a
// part of a sentence or a value.
func looksLikeName(text []byte) bool {
	if len(text) == 0 || len(text) > 64 || bytes.Count(text, []byte{' '}) > 2 {
		return false
	}
	if c := text[0]; c < 0x80 && !isLetter(c) && c != '_' && c != '@' && c != '#' {
		return false
	}
	for _, c := range text {
		if c < 0x80 && !isLetter(c) && !isDigit(c) && bytes.IndexByte([]byte(" _-./@#()[]%"), c) < 0 {
			return false
		}
	}
	return true
}

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

// tableReader reads records under a header line.
type tableReader struct {
	want  wanted
	comma byte
	max   int // longest record
}

func newTable(req *event.Request, comma byte) *tableReader {
	return &tableReader{want: want(req), comma: comma, max: 16 << 20}
}

// column is a name of the header and what to do with the values under it.
type column struct {
	name string
	keep bool
	time int // place in genericTime, -1
}

// ReadAll implements StreamReader.
func (t *tableReader) ReadAll(_ context.Context, in io.Reader, w *event.Builder, ended func() error, report func(line, offset int64, err error)) error {
	r := newRecords(in, t.comma, t.max)
	var header []column
	for {
		rec, ok := r.next()
		if !ok {
			if r.err == io.EOF {
				return nil
			}
			return &inputError{"unreadable", rec.line, rec.at, r.err}
		}
		if rec.err != nil {
			report(rec.line, rec.at, rec.err)
			if rec.values == nil {
				continue
			}
		}
		if header == nil {
			header = t.header(rec.values)
			continue
		}
		if n := len(rec.values) - len(header); n > 0 {
			report(rec.line, rec.at, fmt.Errorf("%d values under %d column names: the last %d are left out", len(rec.values), len(header), n))
			rec.values = rec.values[:len(header)]
		}
		c := newClock(genericTime)
		for i, v := range rec.values {
			h := &header[i]
			if h.keep {
				w.AddBytes(h.name, v)
			}
			if h.time >= 0 {
				c.see(h.time, h.name, v, w)
			}
		}
		c.add(w)
		t.want.addRaw(w, rec.text)
		w.EndRow()
		if err := ended(); err != nil {
			return err
		}
	}
}

// limit implements limited.
func (t *tableReader) limit(bytes int) { t.max = bytes }

func (t *tableReader) header(names [][]byte) []column {
	out := make([]column, len(names))
	for i, text := range names {
		name := strings.TrimSpace(string(text))
		c := column{name: name, keep: name != "" && name != "@timestamp" && !event.Hidden(name) && t.want.field(name), time: placeOf(genericTime, name)}
		if !t.want.field("@timestamp") {
			c.time = -1
		}
		if name == "@rawstring" {
			t.want.raw = false // the table tells it itself
		}
		out[i] = c
	}
	return out
}
