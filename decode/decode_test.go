package decode

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"harrier/event"
)

func TestSniff(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"x", `{"a":1}`, "ndjson"},
		{"x", "\n\n {\"a\":1} \n", "ndjson"},
		{"x", "# a heading\n{\"a\":1}\n{\"a\":2}\n", "ndjson"},
		{"x", "{\"a\":1\n{\"a\":2}\n{\"a\":3}\n", "ndjson"},
		{"x", "\xef\xbb\xbf{\"a\":1}\n", "ndjson"},
		{"x", `{"event_simpleName":"DnsRequest"}`, "fdr"},
		{"x", "{\"a\":1}\n{\"event_simpleName\" : \"DnsRequest\"}\n", "fdr"},
		{"x", `{"note":"an \"event_simpleName\": here"}`, "ndjson"},
		{"x", `{"list":["event_simpleName"]}`, "ndjson"},
		{"x", "{\n\"a\":1}", "json"},
		{"x", "{\n\"event_simpleName\":\"DnsRequest\"\n}", "json"},
		{"x", `[{"a":1}]`, "json"},
		{"x", "[\n\n{", "json"},
		{"x", "[]", "json"},
		{"x", "[1,2]", "text"},
		{"x", "[2026-03-17] up", "text"},
		{"x", "{crane} moved", "text"},
		{"x", "a,b\n1,2\n", "csv"},
		{"x", "a,b\n1,2,3\n", "text"},
		{"x", "a,b\n", "text"},
		{"x", "a,a\n1,2\n", "text"},
		{"x", "1,2\n3,4\n", "text"},
		{"x", "Up: all well, thanks\nDown: all bad, sorry\n", "text"},
		{"x", "a\tb\n1\t2\n", "tsv"},
		{"x", "Mar 17 crane up, all five engines\nMar 17 crane up, all six engines\n", "text"},
		{"X.CSV", "a\n1\n", "csv"},
		{"x.csv.gz", "a\n1\n", "csv"},
		{"x.tsv", "a\n1\n", "tsv"},
		{"x.csv", `{"a":1}`, "ndjson"},
		{"x.json", `{"a":1}`, "ndjson"},
		{"x.log", "up\n", "text"},
		{"x.ndjson", "up\n", "text"},
		{"x", "", "text"},
	} {
		for _, data := range [][]byte{[]byte(c.text), packed([]byte(c.text)), zstded(t, []byte(c.text))} {
			f := open(t, c.name, data, Options{})
			if n := len(f.List()); n != 1 || f.List()[0].Format.Name != c.want {
				t.Errorf("%s %q: %d files, %v, want %s", c.name, c.text, n, f.List()[0].Format.Name, c.want)
			}
		}
	}
}

func TestTables(t *testing.T) {
	if !slices.IsSortedFunc(Formats(), func(a, b *Format) int { return strings.Compare(a.Name, b.Name) }) {
		t.Error("the formats are not sorted by name")
	}
	for _, f := range Formats() {
		if f.Summary == "" || (f.NewLines == nil) == (f.NewStream == nil) {
			t.Errorf("%s is not whole", f.Name)
		}
		if cases, _ := filepath.Glob("testdata/" + f.Name + "/*.txtar"); len(cases) == 0 {
			t.Errorf("%s has no cases in testdata", f.Name)
		}
		if Lookup(strings.ToUpper(f.Name)) != f {
			t.Errorf("%s is not found", f.Name)
		}
	}
}

// One-line cases that need no file of their own.
func TestFormats(t *testing.T) {
	check(t, "ndjson", `{"a":"1"}`, "{\"a\":\"1\"}\n")
	check(t, "csv", "a,b\n1,\"2\"", "{\"a\":\"1\",\"b\":\"2\"}\n")
	check(t, "text", "a\r", "{\"@rawstring\":\"a\"}\n")
	check(t, "json", "{", "1:0 bad-record the text ends inside an object\n")
	check(t, "json", "[[", "1:1 bad-record the text ends inside an array\n")
	check(t, "json", "]", "1:0 bad-record \"]\" stands between objects and is left out\n")
}

// The fields that a query names are read and no others; asking for the raw text
// gives it, and free text gets it without showing it.
func TestProjection(t *testing.T) {
	for format, in := range map[string]string{
		"ndjson": `{"a":"1","b":"2","timestamp":"1773705601975"}`,
		"json":   `[{"a":"1","b":"2","timestamp":"1773705601975"}]`,
		"csv":    "a,b,timestamp\n1,2,1773705601975",
	} {
		for _, c := range []struct {
			req  event.Request
			want string
		}{
			{event.Request{Fields: event.FieldSet{Names: []string{"b"}}}, "b"},
			{event.Request{Fields: event.FieldSet{Names: []string{"@timestamp"}}}, "@timestamp"},
			{event.Request{}, ""},
			{event.Request{Fields: event.FieldSet{Names: []string{"@rawstring", "b"}}}, "@rawstring b"},
			{event.Request{Fields: event.FieldSet{Names: []string{"b"}}, FreeText: true}, "\x00raw @timestamp a b timestamp"},
			{event.Request{Fields: event.FieldSet{All: true}}, "@timestamp a b timestamp"},
			{event.Request{Fields: event.FieldSet{All: true, Names: []string{"@rawstring"}}}, "@rawstring @timestamp a b timestamp"},
		} {
			r := read(t, open(t, "x", []byte(in), Options{Format: format}), &c.req)
			var names []string
			for name := range r.rows[0] {
				names = append(names, name)
			}
			slices.Sort(names)
			if got := strings.Join(names, " "); got != c.want {
				t.Errorf("%s %+v gives %q, want %q", format, c.req.Fields, got, c.want)
			}
			raw := map[string]string{"ndjson": in, "json": strings.Trim(in, "[]"), "csv": "1,2,1773705601975"}[format]
			for _, name := range []string{"@rawstring", event.RawField} {
				if got, ok := r.rows[0][name]; ok && got != raw {
					t.Errorf("%s: %s is %q, want %q", format, name, got, raw)
				}
			}
		}
	}
	// The text is kept from free text when that is asked for.
	free := everything()
	free.FreeText = true
	r := read(t, open(t, "x", []byte(`{"a":"1"}`), Options{NoRaw: true}), free)
	if len(r.rows) != 1 || len(r.rows[0]) != 1 {
		t.Errorf("%q", r.rows)
	}
}

func TestStats(t *testing.T) {
	dir := t.TempDir()
	lines := "{\"a\":\"crane\"}\n{\"a\":\"quay\"}\n\nbroken\n{\"a\":\"crane\"}\n"
	table := "a\ncrane\nquay\n"
	zipped := packed([]byte(lines))
	for name, data := range map[string]string{
		"a.ndjson": lines, "b.csv": table, "c.ndjson.gz": string(zipped), "d.bin": "\x00\x01\x02", "e.ndjson": "",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(data), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		where                    event.Predicate
		events, rejected, faults int64
	}{
		{event.Predicate{}, 4 + 2 + 4, 0, 3},
		// A broken line that cannot matter is dropped unread like any other.
		{event.Predicate{Clauses: []event.Clause{{Any: []event.Needle{{Field: "a", Text: "crane"}}}}}, 4 + 2 + 4, 2 + 2, 1},
		{event.Predicate{Clauses: []event.Clause{{Any: []event.Needle{{Field: "@rawstring", Text: "broken"}}}}}, 4 + 2 + 4, 3 + 3, 3},
	} {
		for _, chunk := range []int{1, 20, 1 << 20} {
			f, err := Open([]string{dir}, Options{ChunkBytes: chunk})
			if err != nil {
				t.Fatal(err)
			}
			req := everything()
			req.Where = c.where
			s := &read(t, f, req).stats
			got := []int64{s.Files.Load(), s.Bytes.Load(), s.Events.Load(), s.Rejected.Load(), s.Problems.Load(), s.Total.Load(), s.Done.Load()}
			size := int64(len(lines) + len(table) + len(zipped))
			want := []int64{4, int64(2*len(lines) + len(table)), c.events, c.rejected, c.faults, size, size}
			if !slices.Equal(got, want) {
				t.Errorf("%v, chunks of %d: files, bytes, events, rejected, problems, total, done are %v, want %v", c.where, chunk, got, want)
			}
		}
	}
}

// The line number of a broken line is exact wherever its chunk begins.
func TestLineNumbers(t *testing.T) {
	var b strings.Builder
	var want []string
	for i := 1; i <= 300; i++ {
		if i%7 == 0 {
			want = append(want, fmt.Sprintf("%d:%d", i, b.Len()))
			b.WriteString("broken\n")
		} else {
			b.WriteString("{\"a\":\"1\"}\n"[:10*(i%2)] + "\n"[:1-i%2])
		}
	}
	for _, chunk := range []int{3, 64, 1000, 1 << 20} {
		f := onDisk(t, "x", []byte(b.String()), Options{Format: "ndjson", ChunkBytes: chunk})
		var got []string
		for _, p := range read(t, f, everything()).problems {
			got = append(got, fmt.Sprintf("%d:%d", p.Line, p.Offset))
		}
		if !slices.Equal(got, want) {
			t.Errorf("chunks of %d: %v, want %v", chunk, got, want)
		}
	}
}

// What comes from a pipe can be read once, or often when that was asked for.
func TestPipe(t *testing.T) {
	for _, in := range []string{"{\"a\":\"1\"}\n{\"a\":\"2\"}\n", string(packed([]byte("{\"a\":\"1\"}\n{\"a\":\"2\"}\n"))), string(packed(numbered(20000)))} {
		f, err := Open([]string{"-"}, Options{Stdin: strings.NewReader(in), Replay: true})
		if err != nil {
			t.Fatal(err)
		}
		first := read(t, f, everything())
		for range 2 {
			again := read(t, f, everything())
			if len(first.rows) < 2 || !slices.EqualFunc(first.rows, again.rows, func(a, b map[string]string) bool { return a["a"] == b["a"] && a["n"] == b["n"] }) || len(again.problems) > 0 {
				t.Fatalf("%d rows, then %d, %v", len(first.rows), len(again.rows), again.problems)
			}
		}
		kept := f.List()[0].pipe.kept.Name()
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(kept); !os.IsNotExist(err) {
			t.Errorf("%s is still there: %v", kept, err)
		}
	}
	f, err := Open([]string{"-"}, Options{Stdin: strings.NewReader("{\"a\":\"1\"}\n")})
	if err != nil {
		t.Fatal(err)
	}
	if r := read(t, f, everything()); len(r.rows) != 1 {
		t.Errorf("%v", r.rows)
	}
	if r := read(t, f, everything()); len(r.rows) != 0 || len(r.problems) != 1 || r.problems[0].Code != "unreadable" {
		t.Errorf("a pipe that is gone gives %v, %v", r.rows, r.problems)
	}
}

// A named file that is a pipe does not tell its size.
func TestNamedPipe(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	path := fmt.Sprintf("/dev/fd/%d", r.Fd())
	if _, err := os.Stat(path); err != nil {
		t.Skip("this system does not name open files")
	}
	go func() {
		io.WriteString(w, "{\"a\":\"1\"}\n{\"a\":\"2\"}\n")
		w.Close()
	}()
	f, err := Open([]string{path}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if got := read(t, f, everything()); len(got.rows) != 2 || len(got.problems) != 0 {
		t.Errorf("%v, %v", got.rows, got.problems)
	}
	r.Close()
}

func TestGlob(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"b.log", "a.log", "c.txt"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(name), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	f, err := Open([]string{filepath.Join(dir, "*.log"), filepath.Join(dir, "c.txt")}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if got := read(t, f, everything()).events(); got != "{\"@rawstring\":\"a.log\"}\n{\"@rawstring\":\"b.log\"}\n{\"@rawstring\":\"c.txt\"}\n" {
		t.Error(got)
	}
}
