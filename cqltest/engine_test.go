package cqltest_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"harrier"
	"harrier/cql"
	"harrier/cqltest"
	"harrier/decode"
	"harrier/diag"
	"harrier/event"
	"harrier/function"
)

// variant is one way to run a case. All must give the same rows.
type variant struct {
	name    string
	workers int
	source  func(t testing.TB, c *cqltest.Case) event.Source
	reprint bool // run the printed form of the query
}

// variants are the ways that exist by now. The sources in memory give every field
// of every event whatever is asked for, so what the plan pushes into the scan
// has no effect there; the decoders obey it.
var variants = []variant{
	{name: "decoder", workers: 1, source: decoded(decode.Options{})},
	{name: "decoder, batches of one", workers: 1, source: decoded(decode.Options{Rows: 1})},
	{name: "decoder, batches of three", workers: 1, source: decoded(decode.Options{Rows: 3})},
	{name: "chunks of a file, eight workers", workers: 8, source: chunks},
	{name: "gzip", workers: 1, source: zipped},
	{name: "JSON array", workers: 1, source: array},
	{name: "memory, dictionary columns", workers: 1, source: memory(dictionary, 4096, 1)},
	{name: "memory, text columns of one row, eight workers", workers: 8, source: memory(texts, 1, 5)},
	{name: "memory, constants where they are, three rows, three workers", workers: 3, source: memory(constants, 3, 2)},
	{name: "memory, reversed splits", workers: 2, source: memory(dictionary, 2, 7)},
	{name: "printed and parsed again", workers: 1, source: memory(dictionary, 4096, 1), reprint: true},
}

// outcome is what a run of a case gave.
type outcome struct {
	rows     []cqltest.Row
	problems diag.List // of the compilation
	ordered  bool
	err      error
}

func options(c *cqltest.Case) *harrier.Options {
	o := &harrier.Options{
		Parameters: c.Params, CityDB: "../function/testdata/city.mmdb", ASNDB: "../function/testdata/asn.mmdb", Resolver: cqltest.Resolver,
		Saved: func(name string) (string, bool) { q, ok := c.Saved[name]; return q, ok },
	}
	if c.Dialect == "logscale" {
		o.Dialect = cql.LogScale
	}
	o.Context = map[string]function.Contexts{
		"live": function.Live, "filter-alert": function.FilterAlert, "aggregate-alert": function.AggregateAlert,
		"scheduled": function.Scheduled, "parser": function.Parser,
	}[c.Context]
	files := fstest.MapFS{}
	for name, text := range c.Lookups {
		files[name] = &fstest.MapFile{Data: []byte(text)}
	}
	o.Lookups = &function.Lookups{Dirs: []fs.FS{files}}
	return o
}

// run runs a case in one variant.
func run(t testing.TB, c *cqltest.Case, v variant) outcome {
	t.Helper()
	text := c.Query
	if v.reprint {
		q, problems := cql.Parse(text, options(c).Dialect)
		if !problems.HasErrors() {
			text = cql.Print(q)
		}
	}
	q, problems := harrier.Compile(text, options(c))
	out := outcome{problems: problems}
	if q == nil {
		return out
	}
	out.ordered = q.Plan().Ordered
	o := harrier.RunOptions{Workers: v.workers, Now: time.UnixMilli(cqltest.Now)}
	if c.Start != 0 {
		o.Start = time.UnixMilli(c.Start)
	}
	if c.End != 0 {
		o.End = time.UnixMilli(c.End)
	}
	o.Report = func(p event.Problem) { out.err = errors.Join(out.err, fmt.Errorf("input: %s", p.Message)) }
	for b, err := range q.Run(context.Background(), v.source(t, c), o) {
		if err != nil {
			out.err = err
			return out
		}
		out.rows = append(out.rows, rows(b)...)
	}
	return out
}

func rows(b *event.Batch) []cqltest.Row {
	var out []cqltest.Row
	for _, r := range b.Selected() {
		row := cqltest.Row{}
		for i, name := range b.Names() {
			if v, ok := b.Columns()[i].Text(int(r)); ok && !event.Hidden(name) {
				row[name] = v
			}
		}
		out = append(out, row)
	}
	return out
}

func input(c *cqltest.Case) []byte { return []byte(strings.Join(c.Events, "\n") + "\n") }

func open(t testing.TB, name string, data []byte, o decode.Options) event.Source {
	t.Helper()
	o.NoRaw = true
	src, err := decode.Open(nil, o)
	if err == nil {
		err = src.AddBytes(name, data)
	}
	if err != nil {
		t.Fatal(err)
	}
	return src
}

func decoded(o decode.Options) func(testing.TB, *cqltest.Case) event.Source {
	o.Format = "ndjson"
	return func(t testing.TB, c *cqltest.Case) event.Source { return open(t, "events.ndjson", input(c), o) }
}

func chunks(t testing.TB, c *cqltest.Case) event.Source {
	path := filepath.Join(t.TempDir(), "events.ndjson")
	if err := os.WriteFile(path, input(c), 0o600); err != nil {
		t.Fatal(err)
	}
	src, err := decode.Open([]string{path}, decode.Options{Format: "ndjson", ChunkBytes: 40, NoRaw: true})
	if err != nil {
		t.Fatal(err)
	}
	return src
}

func zipped(t testing.TB, c *cqltest.Case) event.Source {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	w.Write(input(c))
	w.Close()
	return open(t, "events.gz", b.Bytes(), decode.Options{Format: "ndjson"})
}

func array(t testing.TB, c *cqltest.Case) event.Source {
	return open(t, "events.json", []byte("[\n"+strings.Join(c.Events, ",\n")+"\n]"), decode.Options{Format: "json"})
}

// memorySource gives rows as columns of a chosen kind.
type memorySource struct {
	batches [][]*event.Batch // per split
}

func (m *memorySource) Splits(context.Context, *event.Request) ([]event.Split, error) {
	out := make([]event.Split, len(m.batches))
	for i := range m.batches {
		out[i] = memorySplit(m.batches[i])
	}
	return out, nil
}

type memorySplit []*event.Batch

func (s memorySplit) Scan(_ context.Context, yield func(*event.Batch) error) error {
	for _, b := range s {
		if err := yield(b.Clone()); err != nil {
			return err
		}
	}
	return nil
}

// columnsOf makes the columns of a batch of one kind. dict is the split's.
type columnsOf func(rows []cqltest.Row, name string, dict *event.Dict) *event.Column

func dictionary(rows []cqltest.Row, name string, dict *event.Dict) *event.Column {
	codes := make([]uint32, len(rows))
	for i, r := range rows {
		codes[i] = event.NoCode
		if v, ok := r[name]; ok {
			codes[i] = dict.Code(v)
		}
	}
	return event.NewCoded(dict, codes)
}

func texts(rows []cqltest.Row, name string, _ *event.Dict) *event.Column {
	strs, valid := make([]string, len(rows)), event.NewBits(len(rows))
	for i, r := range rows {
		if v, ok := r[name]; ok {
			strs[i] = v
			valid.Set(i)
		}
	}
	return event.NewText(strs, valid)
}

func constants(rows []cqltest.Row, name string, dict *event.Dict) *event.Column {
	for _, r := range rows {
		if v, ok := r[name]; !ok || v != rows[0][name] {
			return texts(rows, name, dict)
		}
	}
	return event.NewConstant(len(rows), rows[0][name])
}

// memory cuts the events into splits and these into batches.
func memory(kind columnsOf, batch, splits int) func(testing.TB, *cqltest.Case) event.Source {
	return func(t testing.TB, c *cqltest.Case) event.Source {
		var all []cqltest.Row
		var names []string
		src := open(t, "events.ndjson", input(c), decode.Options{Format: "ndjson"})
		parts, err := src.Splits(context.Background(), &event.Request{Fields: event.FieldSet{All: true}})
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range parts {
			if err := p.Scan(context.Background(), func(b *event.Batch) error {
				for _, n := range b.Names() {
					if !slices.Contains(names, n) {
						names = append(names, n)
					}
				}
				all = append(all, rows(b)...)
				return nil
			}); err != nil {
				t.Fatal(err)
			}
		}
		m := &memorySource{}
		for s := range splits {
			part := all[len(all)*s/splits : len(all)*(s+1)/splits]
			dicts := map[string]*event.Dict{}
			var batches []*event.Batch
			for len(part) > 0 {
				n := min(batch, len(part))
				b := event.NewBatch(n)
				for _, name := range names {
					if dicts[name] == nil {
						dicts[name] = event.NewDict()
					}
					b.Set(name, kind(part[:n], name, dicts[name]))
				}
				batches = append(batches, b)
				part = part[n:]
			}
			m.batches = append(m.batches, batches)
		}
		return m
	}
}
