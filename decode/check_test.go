package decode

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"math/rand"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"harrier/event"
)

// result is all that reading gives.
type result struct {
	rows     []map[string]string // visible fields
	problems []event.Problem
	stats    event.Stats
}

// everything asks for all fields of all events.
func everything() *event.Request { return &event.Request{Fields: event.FieldSet{All: true}} }

// testNow is the present of tests.
var testNow = time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)

// open opens a text as a file in memory.
func open(t testing.TB, name string, data []byte, o Options) *Files {
	t.Helper()
	o.Now = testNow
	f, err := Open(nil, o)
	if err == nil {
		err = f.AddBytes(name, data)
	}
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// onDisk writes a text to a file and opens that.
func onDisk(t testing.TB, name string, data []byte, o Options) *Files {
	t.Helper()
	o.Now = testNow
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := Open([]string{path}, o)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// read reads the splits of a source one after the other.
func read(t testing.TB, f *Files, req *event.Request) *result {
	t.Helper()
	out := &result{}
	r := *req
	r.Stats = &out.stats
	r.Report = func(p event.Problem) {
		p.File = filepath.Base(p.File)
		out.problems = append(out.problems, p)
	}
	splits, err := f.Splits(context.Background(), &r)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range splits {
		err := s.Scan(context.Background(), func(b *event.Batch) error {
			for _, n := range b.Selected() {
				row := map[string]string{}
				for i, name := range b.Names() {
					if v, ok := b.Columns()[i].Text(int(n)); ok && (!event.Hidden(name) || name == event.RawField) {
						row[name] = v
					}
				}
				out.rows = append(out.rows, row)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if got := out.stats.Problems.Load(); got != int64(len(out.problems)) {
		t.Errorf("%d problems are counted and %d reported", got, len(out.problems))
	}
	return out
}

// events shows rows as NDJSON, members in order of name.
func (r *result) events() string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	for _, row := range r.rows {
		if err := e.Encode(row); err != nil {
			panic(err)
		}
	}
	return b.String()
}

// trouble shows problems as "line:offset code message".
func (r *result) trouble() string {
	var b strings.Builder
	for _, p := range r.problems {
		fmt.Fprintf(&b, "%d:%d %s %s\n", p.Line, p.Offset, p.Code, p.Message)
	}
	return b.String()
}

// check reads a text in a format, "" to look at it, and compares events and, after
// them, problems.
func check(t *testing.T, format, in, want string) {
	t.Helper()
	r := read(t, open(t, "x", []byte(in), Options{Format: format}), everything())
	if got := r.events() + r.trouble(); got != want {
		t.Errorf("%s %.200q gives\n%swant\n%s", format, in, got, want)
	}
}

// checkWays reads a text in all the ways that must give the same: from memory,
// compressed, in one chunk, in many, in small batches, with the text of events at
// hand, and one field at a time.
func checkWays(t *testing.T, format, name string, data []byte, limit int) *result {
	t.Helper()
	opts := Options{Format: format, MaxLine: limit}
	want := read(t, open(t, name, data, opts), everything())
	same := func(way string, f *Files, req *event.Request, keep func(string) bool) {
		t.Helper()
		got := read(t, f, req)
		if a, b := got.trouble(), want.trouble(); a != b {
			t.Fatalf("%s: problems\n%swant\n%s", way, a, b)
		}
		if len(got.rows) != len(want.rows) {
			t.Fatalf("%s: %d rows, want %d", way, len(got.rows), len(want.rows))
		}
		for i := range got.rows {
			sameRow(t, way, got.rows[i], want.rows[i], keep)
		}
		if a, b := got.stats.Events.Load(), want.stats.Events.Load(); a != b {
			t.Fatalf("%s: %d events counted, want %d", way, a, b)
		}
		if a, b := got.stats.Bytes.Load(), want.stats.Bytes.Load(); a != b {
			t.Fatalf("%s: %d bytes counted, want %d", way, a, b)
		}
	}
	all := func(name string) bool { return name != event.RawField }
	small := opts
	small.Rows = 1
	same("batches of 1", open(t, name, data, small), everything(), all)
	if !fuzzing(t) {
		same("gzip", open(t, name+".gz", packed(data), opts), everything(), all)
	}
	for _, n := range []int{1, 2, 7, 40} {
		chunked := opts
		chunked.ChunkBytes = max(n, len(data)/50) // each chunk costs a few buffers
		if fuzzing(t) {
			if n != 1+len(data)%2 {
				continue
			}
			chunked.ChunkBytes = max(n, len(data)/(4+len(data)%5))
		}
		same(fmt.Sprintf("chunks of %d", n), onDisk(t, "x.bin", data, chunked), everything(), all)
	}
	free := everything()
	free.FreeText = true
	same("free text", open(t, name, data, opts), free, all)
	for _, field := range someFields(want.rows) {
		one := &event.Request{Fields: event.FieldSet{Names: []string{field}}}
		same("only "+field, open(t, name, data, opts), one, func(name string) bool { return name == field })
	}
	return want
}

// fuzzing tells whether a test is run for many inputs, and should be quick.
func fuzzing(t testing.TB) bool { return strings.HasPrefix(t.Name(), "Fuzz") }

// sameRow compares the fields that keep tells to look at.
func sameRow(t *testing.T, way string, got, want map[string]string, keep func(string) bool) {
	t.Helper()
	for _, m := range []map[string]string{got, want} {
		for name := range m {
			a, inA := got[name]
			b, inB := want[name]
			if keep(name) && (a != b || inA != inB) {
				t.Fatalf("%s: %s is %q (%v), want %q (%v)", way, name, a, inA, b, inB)
			}
		}
	}
}

// someFields names up to four fields; @rawstring is apart, since asking for it
// makes it.
func someFields(rows []map[string]string) []string {
	var out []string
	for _, row := range rows {
		for name := range row {
			if name != "@rawstring" && !slices.Contains(out, name) {
				out = append(out, name)
			}
		}
	}
	slices.Sort(out)
	return out[:min(len(out), 4)]
}

func packed(data []byte) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	z.Write(data)
	z.Close()
	return b.Bytes()
}

// checkWhere reads a text with predicates made of its values: no row may be lost
// that satisfies one.
func checkWhere(t *testing.T, format string, data []byte, seed int64) {
	t.Helper()
	rnd := rand.New(rand.NewSource(seed))
	all := read(t, open(t, "x", data, Options{Format: format}), everything())
	if len(all.rows) == 0 {
		return
	}
	rounds := 4
	if fuzzing(t) {
		rounds = 1
	}
	for range rounds {
		where := somePredicate(rnd, all.rows)
		for way, f := range map[string]*Files{
			"memory": open(t, "x", data, Options{Format: format}),
			"chunks": onDisk(t, "x", data, Options{Format: format, ChunkBytes: max(16, len(data)/50)}),
		} {
			if fuzzing(t) && way == "chunks" {
				continue
			}
			req := everything()
			req.Where = where
			got := read(t, f, req)
			a, b := matching(got.rows, where), matching(all.rows, where)
			if len(a) != len(b) {
				t.Fatalf("%s: %+v lets %d rows through, want %d:\n%q", way, where, len(a), len(b), data)
			}
			for i := range a {
				sameRow(t, way, a[i], b[i], func(string) bool { return true })
			}
			read, rejected := got.stats.Events.Load(), got.stats.Rejected.Load()
			if read != all.stats.Events.Load() || read-rejected != int64(len(got.rows)) {
				t.Fatalf("%s: %d events, %d rejected and %d rows do not fit %d", way, read, rejected, len(got.rows), all.stats.Events.Load())
			}
		}
	}
}

func somePredicate(rnd *rand.Rand, rows []map[string]string) event.Predicate {
	var where event.Predicate
	for range 1 + rnd.Intn(2) {
		var cl event.Clause
		for range 1 + rnd.Intn(2) {
			row := rows[rnd.Intn(len(rows))]
			var names []string
			for name, v := range row {
				if v != "" && name != event.RawField {
					names = append(names, name)
				}
			}
			if len(names) == 0 {
				continue
			}
			slices.Sort(names)
			n := event.Needle{Field: names[rnd.Intn(len(names))]}
			n.Text = row[n.Field]
			switch rnd.Intn(4) {
			case 0:
				n.Whole = true
			case 1, 2:
				from := rnd.Intn(len(n.Text))
				n.Text = n.Text[from : from+1+rnd.Intn(len(n.Text)-from)]
				if rnd.Intn(2) == 0 {
					n.Field = ""
				}
			}
			if rnd.Intn(2) == 0 {
				n.Fold = true
				n.Text = lowerASCII(n.Text)
				if rnd.Intn(2) == 0 {
					n.Text = strings.Map(upperASCII, n.Text)
				}
			}
			cl.Any = append(cl.Any, n)
		}
		if len(cl.Any) > 0 {
			where.Clauses = append(where.Clauses, cl)
		}
	}
	return where
}

func upperASCII(r rune) rune {
	if 'a' <= r && r <= 'z' {
		r -= 32
	}
	return r
}

func lowerASCII(s string) string {
	b := []byte(s)
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] = c + 32
		}
	}
	return string(b)
}

// matching gives the rows that satisfy a predicate, as event.Needle says.
func matching(rows []map[string]string, where event.Predicate) []map[string]string {
	var out []map[string]string
	for _, row := range rows {
		if !slices.ContainsFunc(where.Clauses, func(cl event.Clause) bool {
			return !slices.ContainsFunc(cl.Any, func(n event.Needle) bool { return found(row, n) })
		}) {
			out = append(out, row)
		}
	}
	return out
}

func found(row map[string]string, n event.Needle) bool {
	for name, v := range row {
		if n.Field == "" && (name == "@timestamp" || strings.HasPrefix(name, "#")) || n.Field != "" && name != n.Field {
			continue
		}
		text := n.Text
		if n.Fold {
			v, text = lowerASCII(v), lowerASCII(text)
		}
		if v == text || !n.Whole && strings.Contains(v, text) {
			return true
		}
	}
	return false
}
