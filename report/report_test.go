package report

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"harrier/attack"
	"harrier/detect"
)

func at(minute int) time.Time { return time.Date(2026, 3, 17, 9, minute, 0, 0, time.UTC) }

// alert makes an alert of a detection "d1" unless more is said.
func alert(id, severity, host, user string, minute int, technique ...string) detect.Alert {
	a := detect.Alert{
		ID: id, Detection: "d1", Title: "An <b>example</b>", Attack: technique, Severity: severity, Confidence: "low",
		Entities: map[string]string{}, Count: 1, Source: "logs/a b.ndjson", FirstSeen: at(minute), LastSeen: at(minute),
		Evidence: []detect.Evidence{{{Name: "CommandLine", Value: "cmd </td><script>alert(1)</script>\u202egpj.exe"}}},
	}
	if host != "" {
		a.Entities["host"] = host
	}
	if user != "" {
		a.Entities["user"] = user
	}
	return a
}

func example() *Hunt {
	return &Hunt{
		Alerts: []detect.Alert{
			alert("a1", "high", "x1", "ann", 30, "T1059.001"),
			alert("a2", "low", "x2", "", 10, "T1110", "T1086"),
			alert("a3", "medium", "x1", "ann", 5, "T9999"),
			alert("a4", "critical", "", "bob", 40, "T1059.001"),
			alert("a4", "critical", "", "bob", 41, "T1059.001"), // a query may give a row twice
		},
		Detections: []*detect.Detection{{
			ID: "d1", Title: "An <b>example</b>", Severity: "high", Confidence: "medium", Description: "Finds\nthings.", Attack: []string{"T1059"},
			References:     []string{"https://example.com/1"},
			FalsePositives: []detect.FalsePositive{{Case: "Installers.", Tuning: "Leave them out."}},
			Playbook:       []string{"Ask ann."}, HuntingQueries: []detect.HuntingQuery{{Title: "More", Query: "a<1 | count()"}},
		}},
		Inputs: []string{"logs/a b.ndjson"},
		Now:    at(59),
	}
}

func TestTimeline(t *testing.T) {
	var got []string
	for _, g := range Timeline(append(example().Alerts, alert("a5", "low", "", "", 1))) {
		line := g.Name() + ":"
		for _, a := range g.Alerts {
			line += fmt.Sprintf(" %s@%d", a.ID, a.FirstSeen.Minute())
		}
		got = append(got, line)
	}
	want := []string{"user bob: a4@40 a4@41", "x1 / ann: a3@5 a1@30", "no host or user: a5@1", "x2: a2@10"}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestNavigator(t *testing.T) {
	var b strings.Builder
	if err := Navigator(&b, example()); err != nil {
		t.Fatal(err)
	}
	var l attack.Layer
	if err := json.Unmarshal([]byte(b.String()), &l); err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, x := range l.Techniques {
		got[x.ID] = fmt.Sprintf("%d: %s", x.Score, x.Comment)
	}
	// T1086 became T1059.001; what ATT&CK does not have is not in its matrix.
	want := map[string]string{"T1059.001": "4: 2 critical, 1 high, 1 low", "T1110": "1: 1 low"}
	if fmt.Sprint(got) != fmt.Sprint(want) || l.Versions.Layer != "4.5" || l.Versions.Attack != attack.Version() || l.Domain != "enterprise-attack" || l.Gradient.Max != 4 {
		t.Errorf("%v, want %v\n%s", got, want, b.String())
	}
	b.Reset()
	if err := Navigator(&b, &Hunt{}); err != nil || !strings.Contains(b.String(), `"techniques": []`) || !strings.Contains(b.String(), `"maxValue": 1`) {
		t.Errorf("no alerts: %v\n%s", err, b.String())
	}
}

func TestSARIF(t *testing.T) {
	var b strings.Builder
	if err := SARIF(&b, example()); err != nil {
		t.Fatal(err)
	}
	var log struct {
		Version string
		Runs    []struct {
			Tool struct {
				Driver struct {
					Rules []struct {
						ID, HelpURI string
						Help        struct{ Text string }
					}
				}
			}
			Taxonomies []struct{ Taxa []struct{ ID string } }
			Results    []struct {
				RuleID, Level string
				RuleIndex     int
				Locations     []struct {
					PhysicalLocation struct{ ArtifactLocation struct{ URI string } }
					LogicalLocations []struct{ Name, Kind string }
				}
				PartialFingerprints map[string]string
				Taxa                []struct {
					ID    string
					Index int
				}
				Properties map[string]any
			}
		}
	}
	if err := json.Unmarshal([]byte(b.String()), &log); err != nil {
		t.Fatal(err)
	}
	run := log.Runs[0]
	if log.Version != "2.1.0" || len(run.Results) != 5 || len(run.Tool.Driver.Rules) != 1 || run.Tool.Driver.Rules[0].HelpURI != "https://example.com/1" {
		t.Fatalf("%s", b.String())
	}
	if !strings.Contains(run.Tool.Driver.Rules[0].Help.Text, "Response: Ask ann.") {
		t.Errorf("help: %q", run.Tool.Driver.Rules[0].Help.Text)
	}
	r := run.Results[1] // a2
	if r.Level != "note" || r.RuleID != "d1" || r.RuleIndex != 0 || r.PartialFingerprints["harrierAlert/v1"] != "a2" ||
		r.Locations[0].PhysicalLocation.ArtifactLocation.URI != "logs/a%20b.ndjson" || r.Locations[0].LogicalLocations[0].Name != "x2" {
		t.Errorf("%+v", r)
	}
	for _, x := range r.Taxa {
		if run.Taxonomies[0].Taxa[x.Index].ID != x.ID {
			t.Errorf("%+v leads to %+v", x, run.Taxonomies[0].Taxa)
		}
	}
	if len(r.Taxa) != 2 || r.Properties["firstSeen"] != "2026-03-17T09:10:00Z" {
		t.Errorf("%+v", r)
	}
	// Of several inputs, none is the place of an alert.
	h := example()
	h.Inputs = []string{"a", "b"}
	b.Reset()
	if err := SARIF(&b, h); err != nil || strings.Contains(b.String(), "physicalLocation") {
		t.Errorf("several inputs: %v\n%s", err, b.String())
	}
	b.Reset()
	if err := SARIF(&b, &Hunt{}); err != nil || !strings.Contains(b.String(), `"results": []`) || strings.Contains(b.String(), "taxonomies") {
		t.Errorf("no alerts: %v\n%s", err, b.String())
	}
}

func html(t *testing.T, h *Hunt) string {
	t.Helper()
	var b strings.Builder
	if err := HTML(&b, h); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// A page says what it should, and telemetry cannot make it do or load anything.
func TestHTML(t *testing.T) {
	text := html(t, example())
	for _, want := range []string{
		"<h1>5 alerts</h1>", "between 2026-03-17 09:05:00 and 2026-03-17 09:41:00 UTC", `<b>2</b> critical`,
		`<a href="https://attack.mitre.org/techniques/T1059/001">T1059.001</a>`, "Command and Scripting Interpreter: PowerShell: 4 alerts, worst critical",
		`<i class="high" style="left: 69.44%" title="2026-03-17 09:30:00`, `<h3>user bob</h3>`, `<dt>technique</dt><dd>T9999</dd>`,
		"cmd &lt;/td&gt;&lt;script&gt;alert(1)&lt;/script&gt;\\u{202e}gpj.exe", "a&lt;1 | count()", "Leave them out.", "Ask ann.",
		"prefers-color-scheme: dark", "@media print", "default-src &#39;none&#39;",
	} {
		if !strings.Contains(text, want) && !strings.Contains(text, strings.ReplaceAll(want, "&#39;", "'")) {
			t.Errorf("the page lacks %q", want)
		}
	}
	for _, bad := range []string{"<script", "<b>example", "\u202e", " src=", "<link", "@import", "url(", "ZgotmplZ"} {
		if strings.Contains(text, bad) {
			t.Errorf("the page has %q", bad)
		}
	}
	wellFormed(t, text)
	if text := html(t, &Hunt{Inputs: []string{"x"}, Now: at(0)}); !strings.Contains(text, "<h1>0 alerts</h1>") || strings.Contains(text, "Timeline") {
		t.Errorf("no alerts: %s", text)
	}
}

// Alerts without a time have a place too, and there may be more than anybody
// reads.
func TestHTMLBounds(t *testing.T) {
	h := example()
	a := alert("none", "informational", "x1", "", 0)
	a.FirstSeen, a.LastSeen = time.Time{}, time.Time{}
	h.Alerts = []detect.Alert{a}
	if text := html(t, h); !strings.Contains(text, "no time") || !strings.Contains(text, "left: 0%") {
		t.Errorf("%s", text)
	}
	for i := range maxShown {
		h.Alerts = append(h.Alerts, alert(fmt.Sprint(i), "low", "x1", "", 1))
	}
	text := html(t, h)
	if n := strings.Count(text, "<article"); n != maxShown+1 || !strings.Contains(text, "1 alert more is not shown here") {
		t.Errorf("%d articles", n)
	}
}

// wellFormed wants every element closed where it was opened, and every link of the
// page to lead to one of its elements.
func wellFormed(t *testing.T, text string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(text))
	d.Strict = false
	d.AutoClose = []string{"meta"}
	d.Entity = xml.HTMLEntity
	for {
		_, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("the page is not well formed: %v", err)
		}
	}
	ids := map[string]bool{}
	for _, m := range regexp.MustCompile(`id="([^"]*)"`).FindAllStringSubmatch(text, -1) {
		if ids[m[1]] {
			t.Errorf("the id %s is there twice", m[1])
		}
		ids[m[1]] = true
	}
	n := 0
	for _, m := range regexp.MustCompile(`href="#([^"]*)"`).FindAllStringSubmatch(text, -1) {
		n++
		if !ids[m[1]] {
			t.Errorf("a link leads to #%s, which is not there", m[1])
		}
	}
	if n == 0 {
		t.Error("the page has no links")
	}
}
