package decode

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"

	"harrier/event"
)

var csvFormat = &Format{
	Name:      "csv",
	Summary:   "Comma-separated values with a header line (RFC 4180).",
	Sniff:     func(name string, head []byte) int { return sniffTable(name, ".csv", head, ',') },
	NewStream: func(req *event.Request, _ string) StreamReader { return &tableReader{want: want(req), comma: ','} },
}

var tsvFormat = &Format{
	Name:      "tsv",
	Summary:   "Tab-separated values with a header line.",
	Sniff:     func(name string, head []byte) int { return sniffTable(name, ".tsv", head, '\t') },
	NewStream: func(req *event.Request, _ string) StreamReader { return &tableReader{want: want(req), comma: '\t'} },
}

// sniffTable looks for a header: several names, none empty, and a second line
// with as many values. The name of the file alone is a hint too.
func sniffTable(name, ext string, head []byte, comma byte) int {
	sure := 0
	if strings.HasSuffix(name, ext) {
		sure = 50
	}
	line := firstLine(head)
	if len(line) == 0 || line[0] == '{' || line[0] == '[' || bytes.IndexByte(head, 0) >= 0 {
		return 0
	}
	n := bytes.Count(line, []byte{comma})
	if n == 0 {
		return sure
	}
	r := csv.NewReader(bytes.NewReader(head))
	r.Comma, r.LazyQuotes = rune(comma), true
	header, err := r.Read()
	if err != nil || len(header) < 2 {
		return sure
	}
	for _, h := range header {
		if strings.TrimSpace(h) == "" || len(h) > 128 || strings.ContainsAny(h, "{}=<>") {
			return sure
		}
	}
	second, err := r.Read()
	if err != nil || len(second) != len(header) {
		return sure
	}
	return max(sure, 40)
}

// tableReader reads records under a header line.
type tableReader struct {
	want  wanted
	comma rune
}

// ReadAll implements StreamReader.
func (t *tableReader) ReadAll(ctx context.Context, in io.Reader, w *event.Builder, flush func() error, report func(line, offset int64, err error)) error {
	r := csv.NewReader(in)
	r.Comma, r.LazyQuotes, r.FieldsPerRecord, r.ReuseRecord = t.comma, true, -1, true
	first, err := r.Read()
	if err == io.EOF {
		return nil
	}
	if err != nil {
		return &inputError{"bad-header", 0, err}
	}
	header := make([]string, len(first))
	keep := make([]bool, len(first))
	timeAt, best := -1, len(genericTime)
	for i, h := range first {
		header[i] = strings.TrimSpace(strings.TrimPrefix(h, string(bom)))
		keep[i] = header[i] != "" && t.want.field(header[i]) && header[i] != "@timestamp"
		for j, name := range genericTime {
			if name == header[i] && j < best {
				timeAt, best = i, j
			}
		}
	}
	for n := int64(2); ; n++ {
		rec, err := r.Read()
		if err == io.EOF {
			return nil
		}
		var bad *csv.ParseError
		if errors.As(err, &bad) {
			report(int64(bad.StartLine), -1, bad.Err)
			continue
		}
		if err != nil {
			return &inputError{"unreadable", r.InputOffset(), err}
		}
		if len(rec) > len(header) {
			line, _ := r.FieldPos(0)
			report(int64(line), -1, fmt.Errorf("%d values under %d column names: the last %d are left out", len(rec), len(header), len(rec)-len(header)))
			rec = rec[:len(header)]
		}
		for i, v := range rec {
			if keep[i] {
				w.AddBytes(header[i], []byte(v))
			}
		}
		if timeAt >= 0 && timeAt < len(rec) {
			if ms, ok := parseTime(rec[timeAt]); ok {
				addTime(w, ms)
			}
		}
		if t.want.raw {
			t.want.addRaw(w, []byte(strings.Join(rec, string(t.comma))))
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
