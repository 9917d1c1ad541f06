package detect

import (
	"context"
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"harrier"
	"harrier/decode"
	"harrier/event"
)

// base are the keys of a detection that a test is not about.
const base = `title: An example
id: 11111111-2222-4333-8444-555555555555
author: An example
license: Apache-2.0
description: An example.
attack: [T1059]
severity: low
confidence: low
`

// load reads one detection, of the text behind base, with files beside it.
func load(t *testing.T, text string, files map[string]string) (*Detection, string) {
	t.Helper()
	root := fstest.MapFS{FileName: {Data: []byte(base + text)}}
	for name, data := range files {
		root[name] = &fstest.MapFile{Data: []byte(data)}
	}
	p, err := Load([]fs.FS{root}, []string{"d"}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Detections) == 0 {
		return nil, said(p)
	}
	return p.Detections[0], said(p)
}

// said is what there is to say about a pack, a line each.
func said(p *Pack) string {
	var out []string
	for _, f := range p.Files {
		for _, d := range f.List {
			out = append(out, fmt.Sprintf("%s [%s] at %q: %s", f.Source.Name, d.Code, f.Source.Text[d.Span.Start:d.Span.End], d.Message))
		}
	}
	return strings.Join(out, "\n")
}

// mustLoad is load for a detection that has no faults.
func mustLoad(t *testing.T, text string, files map[string]string) *Detection {
	t.Helper()
	d, said := load(t, text, files)
	if d == nil || said != "" {
		t.Fatalf("the detection does not load: %s", said)
	}
	return d
}

// run runs a detection over events.
func run(t *testing.T, d *Detection, ndjson string) *Result {
	t.Helper()
	src, err := decode.Open(nil, decode.Options{Format: "ndjson"})
	if err != nil {
		t.Fatal(err)
	}
	if err := src.AddBytes("events", []byte(ndjson)); err != nil {
		t.Fatal(err)
	}
	o := RunOptions{RunOptions: harrier.RunOptions{Now: testNow, Report: func(p event.Problem) { t.Errorf("%+v", p) }}, Input: "events"}
	r, err := d.Run(context.Background(), src, o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

const filterTrigger = "trigger: {kind: filter}\n"

// A fault of a query is said at its place in the YAML file, however the query is
// written there, or at its beginning where the file has it in other words.
func TestPlaces(t *testing.T) {
	const wrong = `d/detection.yaml [unknown-function] at "cuont": there is no function cuont(); did you mean count()?`
	trigger := "trigger: {kind: aggregate, window: 1h}\n"
	for _, c := range []struct{ name, query, want string }{
		{"plain", "query: a=1 | cuont()\n", wrong},
		{"double quotes", "query: \"a=1 | cuont()\"\n", wrong},
		{"single quotes", "query: 'a=1 | cuont()'\n", wrong},
		{"after letters beyond ASCII", "query: 'é=ß | cuont()'\n", wrong},
		{"literal", "query: |\n  // first\n\n  a=1\n  | cuont()\n", wrong},
		{"literal, indented further", "query: |-\n      a=1\n        | cuont()\n", wrong},
		{"literal, line breaks of Windows", "query: |\r\n  a=1\r\n  | cuont()\r\n", wrong},
		{"literal behind a blank line", "query: |\n\n  cuont()\n", wrong},
		// Folding joins lines, and escapes are other characters: no place is exact.
		{"folded", "query: >\n  a=1\n  | cuont()\n", strings.Replace(wrong, `at "cuont"`, `at ""`, 1)},
		{"escapes", `query: "a=1\n| cuont()"` + "\n", strings.Replace(wrong, `at "cuont"`, `at ""`, 1)},
	} {
		t.Run(c.name, func(t *testing.T) {
			d, said := load(t, c.query+trigger, nil)
			if d != nil || said != c.want {
				t.Errorf("%s\nwant\n%s", said, c.want)
			}
		})
	}
}

// A fix is only offered where it would be made at the right place.
func TestFixes(t *testing.T) {
	for query, want := range map[string]string{
		"query: |\n  a=1\n  | cuont()\n": "query: |\n  a=1\n  | count()\n",
		"query: >\n  a=1\n  | cuont()\n": "",
	} {
		text := base + query + filterTrigger
		root := fstest.MapFS{FileName: {Data: []byte(text)}}
		p, err := Load([]fs.FS{root}, []string{"d"}, Options{})
		if err != nil || len(p.Files[0].List) != 1 {
			t.Fatalf("%v, %v", p.Files, err)
		}
		fix := p.Files[0].List[0].Fix
		if want == "" {
			if fix != nil {
				t.Errorf("%s: a fix at no known place: %+v", query, fix)
			}
			continue
		}
		if fix == nil || len(fix.Edits) != 1 {
			t.Fatalf("%s: %+v", query, fix)
		}
		e := fix.Edits[0]
		if got := text[:e.Span.Start] + e.Text + text[e.Span.End:]; got != base+want+filterTrigger {
			t.Errorf("the fix gives\n%s", got)
		}
	}
}

// What is wrong around the query.
func TestFaults(t *testing.T) {
	query := "query: a=1\n"
	for _, c := range []struct{ text, want string }{
		{query + filterTrigger, ""},
		{query + "trigger: {kind: sometimes}\n", `[bad-value] at "sometimes": "sometimes" is no kind of trigger; it is one of filter, aggregate, scheduled`},
		{query + "trigger: {kind: aggregate, window: 1h}\n", `[bad-value] at "aggregate": the query gives events, so its trigger is of kind filter`},
		{"query: count()\n" + filterTrigger, `[bad-value] at "filter": the query aggregates, so its trigger is of kind aggregate or scheduled`},
		{"query: count()\ntrigger: {kind: aggregate}\n", `[missing-key] at "{kind: aggregate}": a trigger of kind aggregate needs a window`},
		{"query: count()\ntrigger: {kind: scheduled, window: 1h}\n", `[missing-key] at "{kind: scheduled, window: 1h}": a scheduled trigger needs a schedule, as in "0 * * * *"`},
		{"query: count()\ntrigger:\n  kind: aggregate\n  window: -1h\n", `[bad-value] at "-1h": "-1h" is no length of time such as 15m or 24h`},
		{query + filterTrigger + "throttle: {fields: [a]}\n", `[missing-key] at "{fields: [a]}": a throttle needs a window and fields`},
		{query + filterTrigger + "date: 17 March\n", `[bad-value] at "17 March": "17 March" is no day such as 2026-03-17`},
		{query + filterTrigger + "query_file: q.cql\n", `[bad-value] at "q.cql": a detection has a query or a query_file, not both`},
		{filterTrigger + "query_file: nowhere.cql\n", `[no-query] at "nowhere.cql": the query file cannot be read: open nowhere.cql: file does not exist`},
		{filterTrigger, `[missing-key] at "title: An example": a detection needs query`},
		{"query: a=?x\n" + filterTrigger, `[missing-parameter-value] at "?x": the parameter ?x has no value and no default`},
		{query + filterTrigger + "parameters: [{name: x, default: y}]\n", `[unused-parameter] at "x": the query does not use the parameter ?x`},
		{query + filterTrigger + "hunting_queries:\n  - title: Further\n", `[missing-key] at "title: Further": a hunting query needs its query`},
		{query + filterTrigger + "tests:\n  - telemetry: [e.ndjson]\n", `[bad-test] at "telemetry: [e.ndjson]": a test needs a name of its own`},
		{query + filterTrigger + "tests: [{name: t}]\n", `[bad-test] at "{name: t}]": the test "t" reads nothing: it needs telemetry`},
		{query + filterTrigger + "tests: [{name: t, telemetry: [e.ndjson], signals: [count()]}]\n", `[bad-test] at "count()": a signal is a filter that an event satisfies, and this aggregates`},
		{query + filterTrigger + "tests: [{name: t, telemetry: [e.ndjson], parameters: {x: 1}}]\n", `[bad-test] at "{x: 1}}]": the detection has no parameter x`},
		{query + filterTrigger + "tests: [{name: t, telemetry: [e.ndjson], lookups: {x.csv: e.ndjson}}]\n", `[bad-test] at "{x.csv: e.ndjson}}]": the detection has no lookup file x.csv`},
	} {
		_, said := load(t, c.text, map[string]string{"e.ndjson": "{}"})
		if c.want == "" && said != "" || !strings.Contains(said, c.want) || strings.Contains(said, "\n") {
			t.Errorf("%s\nsays %s\nwant %s", c.text, said, c.want)
		}
	}
}

// A query in a file of its own: its faults are said there.
func TestQueryFile(t *testing.T) {
	text := filterTrigger + "query_file: queries/q.cql\n"
	d := mustLoad(t, text, map[string]string{"queries/q.cql": "user=ann\n"})
	if r := run(t, d, `{"user":"ann"}`+"\n"+`{"user":"bob"}`); len(r.Alerts) != 1 {
		t.Errorf("%d alerts", len(r.Alerts))
	}
	d, said := load(t, text, map[string]string{"queries/q.cql": "user=ann\n| lowr(user)\n"})
	if want := `d/queries/q.cql [unknown-function] at "lowr": there is no function lowr(); did you mean lower()?`; d != nil || said != want {
		t.Errorf("%s\nwant\n%s", said, want)
	}
}

// An alert is made of the columns of a row; a query that weighs what it finds
// overrules the detection.
func TestAlert(t *testing.T) {
	d := mustLoad(t, `query: |
  groupBy(host, function=[count(), min(@timestamp, as=first_seen), max(@timestamp, as=last_seen), collect(user)])
  | case { _count > 1 | severity := "high" | confidence := "medium" | technique := "T1003.001 T1003, no"; * | severity := "awful" }
  | sort(host, order=asc)
trigger: {kind: aggregate, window: 1d}
entities: {host: host, user: user}
`, nil)
	r := run(t, d, `{"@timestamp":1773738000000,"host":"x1","user":"ann"}
{"@timestamp":1773741600000,"host":"x1","user":"ann"}
{"@timestamp":1773738000000,"host":"x2"}`)
	var got []string
	for _, a := range r.Alerts {
		got = append(got, fmt.Sprintf("%s %s %v %v %s %s %d %s", a.Severity, a.Confidence, a.Attack, a.Entities, a.FirstSeen.Format("15:04"), a.LastSeen.Format("15:04"), a.Count, a.Source))
	}
	want := []string{
		"high medium [T1003 T1003.001] map[host:x1 user:ann] 09:00 10:00 2 events",
		"low low [T1059] map[host:x2] 09:00 09:00 1 events",
	}
	// Alerts of the same moment come in order of their ids.
	if r.Alerts[0].Count == 1 {
		got[0], got[1] = got[1], got[0]
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

// The id of an alert is the same whenever the same thing is found again, and
// another for another thing.
func TestIDs(t *testing.T) {
	events := `{"@timestamp":1773738000000,"user":"ann"}
{"@timestamp":1773741600000,"user":"ann"}
{"@timestamp":1773738000000,"user":"bob"}`
	ids := func(d *Detection, events string) map[string]bool {
		out := map[string]bool{}
		for _, a := range run(t, d, events).Alerts {
			if out[a.ID] {
				t.Errorf("two alerts have the id %s", a.ID)
			}
			out[a.ID] = true
		}
		return out
	}
	hourly := "query: groupBy(user)\ntrigger: {kind: aggregate, window: 1h}\nentities: {user: user}\n"
	for _, c := range []struct {
		name, text string
		alerts     int
	}{
		{"per event", "query: user=*\n" + filterTrigger + "entities: {user: user}\n", 3},
		{"per event, no entities", "query: user=*\n" + filterTrigger, 3},
		{"per window", hourly, 3},
		{"per day", strings.Replace(hourly, "1h", "1d", 1), 2},
		{"no entities", "query: groupBy(user)\ntrigger: {kind: aggregate, window: 1h}\n", 3},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := mustLoad(t, c.text, nil)
			first := ids(d, events)
			if len(first) != c.alerts {
				t.Errorf("%d alerts, want %d", len(first), c.alerts)
			}
			lines := strings.Split(events, "\n")
			if diff := cmp.Diff(first, ids(mustLoad(t, c.text, nil), lines[2]+"\n"+lines[1]+"\n"+lines[0])); diff != "" {
				t.Errorf("another order of events gives other ids: %s", diff)
			}
		})
	}
	// More of the same within the window does not make it another alert.
	d := mustLoad(t, hourly, nil)
	more := events + "\n" + `{"@timestamp":1773738000001,"user":"bob"}`
	if diff := cmp.Diff(ids(d, events), ids(d, more)); diff != "" {
		t.Error(diff)
	}
}

// Each window is counted by itself, from multiples of its length in UTC.
func TestWindows(t *testing.T) {
	d := mustLoad(t, "query: groupBy(user) | _count >= 2\ntrigger: {kind: aggregate, window: 1h}\nentities: {user: user}\n", nil)
	r := run(t, d, `{"@timestamp":1773737999999,"user":"ann"}
{"@timestamp":1773738000000,"user":"ann"}
{"@timestamp":1773741599999,"user":"ann"}
{"@timestamp":1773741600000,"user":"ann"}`)
	if len(r.Alerts) != 1 || r.Alerts[0].Count != 2 || r.Alerts[0].FirstSeen.Format("15:04:05") != "09:00:00" {
		t.Errorf("%+v", r.Alerts)
	}
}

// The throttle gives the first of the alerts that agree in its fields, and after
// its time the next.
func TestThrottle(t *testing.T) {
	d := mustLoad(t, "query: user=*\n"+filterTrigger+"throttle: {window: 1h, fields: [user, host]}\n", nil)
	r := run(t, d, `{"@timestamp":1773738000000,"user":"ann"}
{"@timestamp":1773738000001,"user":"ann"}
{"@timestamp":1773738000002,"user":"ann","host":""}
{"@timestamp":1773738000003,"user":"bob"}
{"@timestamp":1773741599999,"user":"ann"}
{"@timestamp":1773741600000,"user":"ann"}`)
	var got []string
	for _, a := range r.Alerts {
		ms, _ := a.Evidence[0].Get("@timestamp")
		got = append(got, ms[len(ms)-8:])
	}
	if d := cmp.Diff([]string{"38000000", "38000002", "38000003", "41600000"}, got); d != "" || r.Held != 2 {
		t.Errorf("%d held back; %s", r.Held, d)
	}
}
