package main

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"io"
	"slices"
	"unicode/utf8"

	"harrier/event"
)

// rowWriter writes the rows of a result. columns are known beforehand as far as
// the query tells.
type rowWriter interface {
	Write(b *event.Batch) error
	Close() error
}

// rowFormats are the values of --format.
var rowFormats = []string{"table", "ndjson", "json", "csv"}

// newRowWriter makes the writer of one of rowFormats; width is that of the
// terminal, or 0.
func newRowWriter(format string, w io.Writer, columns []string, width int) rowWriter {
	out := bufio.NewWriterSize(w, 64<<10)
	switch format {
	case "json":
		return &jsonWriter{w: out, array: true}
	case "csv":
		return &tableWriter{w: out, columns: columns, write: writeCSV}
	case "table":
		return &tableWriter{w: out, columns: columns, timeFirst: true, write: func(w *bufio.Writer, names []string, rows [][]string) error {
			return writeTable(w, names, rows, width)
		}}
	default:
		return &jsonWriter{w: out}
	}
}

// jsonWriter writes an object per row, all values as strings, absent fields left
// out, keys in column order.
type jsonWriter struct {
	w     *bufio.Writer
	array bool
	n     int
	buf   []byte
}

func (j *jsonWriter) Write(b *event.Batch) error {
	for _, r := range b.Selected() {
		line := j.buf[:0]
		if j.array {
			if j.n == 0 {
				line = append(line, '[')
			} else {
				line = append(line, ',')
			}
			line = append(line, '\n')
		}
		line = appendRow(line, b, int(r))
		if !j.array {
			line = append(line, '\n')
		}
		j.buf = line
		j.n++
		if _, err := j.w.Write(line); err != nil {
			return err
		}
	}
	return nil
}

func (j *jsonWriter) Close() error {
	if j.array {
		if j.n == 0 {
			j.w.WriteString("[")
		}
		j.w.WriteString("\n]\n")
	}
	return j.w.Flush()
}

// appendRow appends a row as a JSON object.
func appendRow(line []byte, b *event.Batch, row int) []byte {
	line = append(line, '{')
	first := true
	for i, name := range b.Names() {
		if event.Hidden(name) {
			continue
		}
		v, ok := b.Columns()[i].Text(row)
		if !ok {
			continue
		}
		if !first {
			line = append(line, ',')
		}
		first = false
		line = appendJSONString(line, name)
		line = append(line, ':')
		line = appendJSONString(line, v)
	}
	return append(line, '}')
}

const hexDigits = "0123456789abcdef"

// appendJSONString quotes a text as JSON; bytes that are no UTF-8 become U+FFFD.
func appendJSONString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	from := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= ' ' && c != '"' && c != '\\' && c < utf8.RuneSelf {
			i++
			continue
		}
		if c >= utf8.RuneSelf {
			r, n := utf8.DecodeRuneInString(s[i:])
			if r != utf8.RuneError || n > 1 {
				i += n
				continue
			}
			dst = append(append(dst, s[from:i]...), "\ufffd"...)
			i++
			from = i
			continue
		}
		dst = append(dst, s[from:i]...)
		switch c {
		case '"', '\\':
			dst = append(dst, '\\', c)
		case '\n':
			dst = append(dst, '\\', 'n')
		case '\r':
			dst = append(dst, '\\', 'r')
		case '\t':
			dst = append(dst, '\\', 't')
		default:
			dst = append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		}
		i++
		from = i
	}
	return append(append(dst, s[from:]...), '"')
}

// tableWriter needs all rows before it can write: to know the columns.
type tableWriter struct {
	timeFirst bool // unless the query orders the fields, the time comes first
	w         *bufio.Writer
	columns   []string
	rows      []map[string]string
	extra     []string
	write     func(w *bufio.Writer, names []string, rows [][]string) error
}

func (t *tableWriter) Write(b *event.Batch) error {
	for i, name := range b.Names() {
		if !event.Hidden(name) && b.Columns()[i].Kind() != event.Missing && !slices.Contains(t.columns, name) && !slices.Contains(t.extra, name) {
			t.extra = append(t.extra, name)
		}
	}
	for _, r := range b.Selected() {
		row := map[string]string{}
		for i, name := range b.Names() {
			if v, ok := b.Columns()[i].Text(int(r)); ok {
				row[name] = v
			}
		}
		t.rows = append(t.rows, row)
	}
	return nil
}

func (t *tableWriter) Close() error {
	if i := slices.Index(t.extra, "@timestamp"); i > 0 && t.timeFirst {
		t.extra = slices.Insert(slices.Delete(t.extra, i, i+1), 0, "@timestamp")
	}
	names := append(slices.Clone(t.columns), t.extra...)
	rows := make([][]string, len(t.rows))
	for i, m := range t.rows {
		rows[i] = make([]string, len(names))
		for j, n := range names {
			rows[i][j] = m[n]
		}
	}
	if err := t.write(t.w, names, rows); err != nil {
		return err
	}
	return t.w.Flush()
}

func writeCSV(w *bufio.Writer, names []string, rows [][]string) error {
	if len(names) == 0 {
		return nil
	}
	c := csv.NewWriter(w)
	if err := c.Write(names); err != nil {
		return err
	}
	if err := c.WriteAll(rows); err != nil {
		return err
	}
	return c.Error()
}

// encodeJSON writes a value as indented JSON.
func encodeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}
