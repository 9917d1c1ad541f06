package falcon

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"harrier/event"
	"harrier/schema"
)

// memory is a source of rows, which gives only what it is asked for and drops
// what the condition lets it drop.
type memory struct {
	rows  []map[string]string
	chunk int
	text  bool // columns of text rather than of codes
}

func (m memory) Splits(_ context.Context, req *event.Request) ([]event.Split, error) {
	return []event.Split{memorySplit{m, req}}, nil
}

type memorySplit struct {
	memory
	req *event.Request
}

func (s memorySplit) Scan(_ context.Context, yield func(*event.Batch) error) error {
	var w event.Builder
	n := 0
	for _, row := range s.rows {
		if !satisfies(row, s.req.Where) {
			continue
		}
		for _, name := range slices.Sorted(maps.Keys(row)) {
			if _, asked := slices.BinarySearch(s.req.Fields.Names, name); !asked && !s.req.Fields.All && !s.req.FreeText {
				continue
			}
			if s.text {
				w.AddText(name, row[name])
			} else {
				w.AddBytes(name, []byte(row[name]))
			}
		}
		w.EndRow()
		if n++; n%s.chunk == 0 {
			if err := yield(w.Flush()); err != nil {
				return err
			}
		}
	}
	if b := w.Flush(); b != nil {
		return yield(b)
	}
	return nil
}

func satisfies(row map[string]string, where event.Predicate) bool {
	for _, cl := range where.Clauses {
		if !slices.ContainsFunc(cl.Any, func(n event.Needle) bool { return found(row, n) }) {
			return false
		}
	}
	return true
}

func found(row map[string]string, n event.Needle) bool {
	for name, v := range row {
		if n.Field != "" && n.Field != name || n.Field == "" && (name == "@timestamp" || strings.HasPrefix(name, "#")) {
			continue
		}
		text := n.Text
		if n.Fold {
			v, text = lower(v), lower(text)
		}
		if v == text || !n.Whole && strings.Contains(v, text) {
			return true
		}
	}
	return false
}

func scan(t *testing.T, m memory, req *event.Request) []map[string]string {
	t.Helper()
	splits, err := Source(m).Splits(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	var out []map[string]string
	for _, s := range splits {
		err := s.Scan(t.Context(), func(b *event.Batch) error {
			for _, r := range b.Selected() {
				row := map[string]string{}
				for i, name := range b.Names() {
					if v, ok := b.Columns()[i].Text(int(r)); ok {
						row[name] = v
					}
				}
				out = append(out, row)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return out
}

func all() *event.Request { return &event.Request{Fields: event.FieldSet{All: true}} }

// TestCorpus maps the events of testdata, a case for each source:
//
//	-- events --
//	events as their decoder gives them, as NDJSON
//	-- falcon --
//	what is new in them, as NDJSON: fields that are added or changed
//
// HARRIER_UPDATE=1 writes the second part, to be read before it is believed.
func TestCorpus(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) < len(schema.Mapped()) {
		t.Fatalf("%d cases, %v", len(files), err)
	}
	kinds := map[string]map[string]bool{}
	for _, path := range files {
		name := strings.TrimSuffix(filepath.Base(path), ".txtar")
		t.Run(name, func(t *testing.T) {
			ar, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			rows := readRows(t, ar.Files[0].Data)
			out := scan(t, memory{rows, 1000, false}, all())
			kinds[name] = map[string]bool{}
			var b strings.Builder
			e := json.NewEncoder(&b)
			e.SetEscapeHTML(false)
			for i, row := range out {
				kinds[name][row[tag]] = true
				fresh := map[string]string{}
				for k, v := range row {
					if was, had := rows[i][k]; !had || was != v {
						fresh[k] = v
					}
				}
				if err := e.Encode(fresh); err != nil {
					t.Fatal(err)
				}
			}
			if os.Getenv("HARRIER_UPDATE") != "" {
				ar.Files = []txtar.File{ar.Files[0], {Name: "falcon", Data: []byte(b.String())}}
				if err := os.WriteFile(path, txtar.Format(ar), 0o666); err != nil {
					t.Fatal(err)
				}
			} else if want := string(ar.Files[1].Data); b.String() != want {
				t.Errorf("got\n%swant\n%s", b.String(), want)
			}
			checkWays(t, rows, out)
		})
	}
	// Each kind of each source is shown by an event.
	for _, s := range schema.Mapped() {
		for _, k := range s.Mapping.Kinds {
			if !kinds[s.Name][k.Event] {
				t.Errorf("no event in testdata/%s.txtar becomes %s", s.Name, k.Event)
			}
		}
	}
}

func readRows(t *testing.T, data []byte) []map[string]string {
	var rows []map[string]string
	for line := range strings.Lines(string(data)) {
		row := map[string]string{}
		if err := json.Unmarshal([]byte(line), &row); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		rows = append(rows, row)
	}
	return rows
}

// checkWays maps in ways that must give the same: other batches, columns of text,
// one field at a time, and under conditions made of the values.
func checkWays(t *testing.T, rows, want []map[string]string) {
	t.Helper()
	for _, m := range []memory{{rows, 1, false}, {rows, 3, true}, {rows, 1000, true}} {
		got := scan(t, m, all())
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Fatalf("batches of %d, text %v:\n%v\nwant\n%v", m.chunk, m.text, got, want)
		}
	}
	names := map[string]bool{}
	for _, row := range want {
		for n := range row {
			names[n] = true
		}
	}
	tried := map[[2]string]bool{}
	for name := range names {
		one := &event.Request{Fields: event.FieldSet{Names: []string{name}}}
		for i, row := range scan(t, memory{rows, 1000, false}, one) {
			if row[name] != want[i][name] {
				t.Fatalf("only %s: %q, want %q", name, row[name], want[i][name])
			}
		}
		for _, row := range want {
			v := row[name]
			if v == "" || tried[[2]string{name, v}] {
				continue
			}
			tried[[2]string{name, v}] = true
			for _, n := range []event.Needle{
				{Field: name, Text: v, Whole: true},
				{Field: name, Text: v[len(v)/2:]},
				{Field: name, Text: lower(v), Whole: true, Fold: true},
				{Text: v[:(len(v)+1)/2]},
				{Text: lower(v), Fold: true},
				{Text: v, Whole: true},
			} {
				where := event.Predicate{Clauses: []event.Clause{{Any: []event.Needle{n}}}}
				req := all()
				req.Where = where
				kept := 0
				for _, r := range scan(t, memory{rows, 1000, false}, req) {
					if satisfies(r, where) {
						kept++
					}
				}
				expect := 0
				for _, r := range want {
					if satisfies(r, where) {
						expect++
					}
				}
				if kept != expect {
					t.Fatalf("%+v lets %d events through, want %d", n, kept, expect)
				}
			}
		}
	}
}

// Falcon's own events, and events of no known source, stay as they are.
func TestLeftAlone(t *testing.T) {
	rows := []map[string]string{
		{tag: "ProcessRollup2", "Channel": "Microsoft-Windows-Sysmon/Operational", "EventID": "1", "Image": "/x"},
		{"a": "b", "EventID": "1"},
	}
	if got := scan(t, memory{rows, 10, false}, all()); fmt.Sprint(got) != fmt.Sprint(rows) {
		t.Errorf("%v", got)
	}
}

// What a value replaces is kept under the name of its source, also when only that
// is asked for.
func TestOriginalsAreKept(t *testing.T) {
	rows := []map[string]string{{
		"Channel": "Microsoft-Windows-Sysmon/Operational", "EventID": "3", "Initiated": "true", "Protocol": "tcp", "DestinationIp": "192.0.2.1",
	}}
	req := &event.Request{Fields: event.FieldSet{Names: []string{"Protocol", "sysmon.Protocol"}}}
	got := scan(t, memory{rows, 10, false}, req)[0]
	if got["Protocol"] != "6" || got["sysmon.Protocol"] != "tcp" {
		t.Errorf("%v", got)
	}
}

// Conditions on fields that are copied go on to the source, others do not.
func TestWidenedConditions(t *testing.T) {
	clause := func(field, text string) *event.Request {
		return &event.Request{Where: event.Predicate{Clauses: []event.Clause{{Any: []event.Needle{{Field: field, Text: text, Whole: true}}}}}}
	}
	got := Widen(clause("DomainName", "api.example.com")).Where.Clauses
	if len(got) != 1 || !slices.Contains(got[0].Any, event.Needle{Field: "winlog.event_data.QueryName", Text: "api.example.com", Whole: true}) {
		t.Errorf("%v", got)
	}
	for _, c := range [][2]string{{tag, "ProcessRollup2"}, {"RawProcessId", "4711"}, {"Protocol", "6"}} {
		if got := Widen(clause(c[0], c[1])).Where.Clauses; len(got) != 0 {
			t.Errorf("%v: %v", c, got)
		}
	}
}

// The Falcon fields and events that the tables name are known, but for a few that
// say what Falcon has no field for.
func TestTablesNameWhatFalconHas(t *testing.T) {
	own := []string{
		"RemoteHostName", "UserAgent", "UserAgentProduct", "ParentCommandLine", "TargetProcessImageFileName", "GroupName", "GroupSid", "#type",
	}
	f := schema.Falcon()
	for _, tab := range tables() {
		for _, k := range tab.kinds {
			if f.Events[k.event] == nil {
				t.Errorf("%s: Falcon has no event %s", tab.source.Name, k.event)
			}
			for _, x := range k.fields {
				if !f.Knows(x.name) && !slices.Contains(own, x.name) {
					t.Errorf("%s: Falcon has no field %s, on %s", tab.source.Name, x.name, k.event)
				}
			}
		}
	}
}

func TestFunctions(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"base", `C:\a\b.exe`, "b.exe"}, {"base", "/usr/bin/curl", "curl"}, {"base", "plain", "plain"},
		{"dir", `C:\a\b.exe`, `C:\a\`}, {"dir", "plain", ""},
		{"account", `CORP\rkaur`, "rkaur"}, {"account", "rkaur@corp.example", "rkaur"}, {"account", "rkaur", "rkaur"},
		{"domain", `CORP\rkaur`, "CORP"}, {"domain", "rkaur", ""},
		{"sha256", "MD5=" + strings.Repeat("a", 32) + ",SHA256=" + strings.Repeat("AB", 32), strings.Repeat("ab", 32)},
		{"md5", strings.Repeat("B", 32), strings.Repeat("b", 32)}, {"sha1", "SHA1=short", ""}, {"sha1", strings.Repeat("0", 40), ""},
		{"ip4", "192.0.2.1", "192.0.2.1"}, {"ip4", "::ffff:192.0.2.1", "192.0.2.1"}, {"ip4", "2001:db8::1", ""}, {"ip4", "host", ""},
		{"ip6", "2001:db8::1", "2001:db8::1"}, {"ip6", "192.0.2.1", ""}, {"ip6", "::ffff:192.0.2.1", ""},
		{"host", "https://rkaur@api.example.com:8443/a?b", "api.example.com"}, {"host", "api.example.com:443", "api.example.com"},
		{"host", "[2001:db8::1]:443", "2001:db8::1"}, {"host", "2001:db8::1", "2001:db8::1"}, {"host", "[broken", ""},
		{"path", "https://a.example/b?c", "/b?c"}, {"path", "a.example/b", "/b"}, {"path", "a.example:443", ""},
		{"product", "curl/8.5.0", "curl"}, {"product", "Mozilla/5.0 (X11) AppleWebKit/537.36 Chrome/130.0 Safari/537.36", "Chrome"},
		{"product", "Mozilla/5.0 (Windows NT) WindowsPowerShell/5.1", "WindowsPowerShell"}, {"product", "Mozilla/5.0", "Mozilla"},
		{"decimal", "0x1F", "31"}, {"decimal", "31", "31"}, {"decimal", "0xzz", ""}, {"decimal", "x", ""},
		{"epoch", "2026-01-05 10:11:12.345", "1767607872.345"}, {"epoch", "x", ""}, {"millis", "1767607872.5", "1767607872500"},
		{"lower", "ÄB", "Äb"},
	} {
		if got := functions[c.name].f(c.in); got != c.want {
			t.Errorf("%s(%s) is %q, want %q", c.name, c.in, got, c.want)
		}
	}
}
