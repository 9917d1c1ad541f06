package detect

import (
	"context"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"harrier"
	"harrier/decode"
	"harrier/event"
)

// A test of a detection passes when its claims hold, and says which do not.
func TestOutcomes(t *testing.T) {
	const query = "query: 'user=?who | !match(file=\"allowed.csv\", field=user, column=user)'\n" + filterTrigger +
		"parameters: [{name: who, default: ann}]\nlookups: [{name: allowed.csv}]\nentities: {user: user}\ntests:\n"
	files := map[string]string{
		"allowed.csv":   "user\neve\n",
		"everyone.csv":  "user\nann\nbob\neve\n",
		"events.ndjson": `{"user":"ann","host":"x1"}` + "\n" + `{"user":"ann","host":"x2"}` + "\n" + `{"user":"bob","host":"x1"}` + "\n",
		"broken.ndjson": `{"user":"ann"}` + "\n" + `{"user":` + "\n" + `{"user":"bob"}` + "\n",
		"empty.ndjson":  "",
	}
	for _, c := range []struct {
		name, test string
		want       []string
	}{
		{"passes", "telemetry: [events.ndjson], signals: ['user=ann', 'host=x2'], expect: [{user: ann, host: x1}, {host: x2}]", nil},
		{"parameters and lookup files of its own", "telemetry: [events.ndjson], parameters: {who: bob}, expect: [{user: bob}]", nil},
		{"an allow list of its own", "telemetry: [events.ndjson], lookups: {allowed.csv: everyone.csv}, expect: []", nil},
		// The first expectation fits both alerts and must leave the other its own.
		{"expectations in any order", "telemetry: [events.ndjson], expect: [{user: ann}, {host: x1}]", nil},
		{"a signal is missing", "telemetry: [events.ndjson], signals: ['user=eve'], expect: [{user: ann}, {user: ann}]", []string{`no event shows the signal "user=eve"`}},
		{"an alert is missing", "telemetry: [events.ndjson], expect: [{host: x1}, {host: x2}, {host: x3}]", []string{`no alert with host="x3"`, `  events left after each step: 3 read -> user=?who 2 -> !match(file="allowed.csv", field=user, column... 2`}},
		{"an alert too many", "telemetry: [events.ndjson], expect: [{host: x2}]", []string{`an alert that is not expected: An example (low) user="ann"`}},
		{"an alert differs", "telemetry: [events.ndjson], expect: [{host: x1}, {host: x2, severity: high, nonsense: yes}]", []string{
			`no alert with host="x2" nonsense="yes" severity="high"`, `  an alert differs: there is no nonsense`, `an alert that is not expected: An example (low) user="ann"`,
		}},
		{"nothing was read", "telemetry: [empty.ndjson], expect: []", []string{"no event was read, so the test proves nothing"}},
		{"a broken line", "telemetry: [broken.ndjson], format: ndjson, expect: [{user: ann}]", []string{
			`d/broken.ndjson:2: the telemetry cannot be read: the line is not valid JSON`,
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := mustLoad(t, query+"  - {name: t, "+c.test+"}\n", files)
			o := d.RunTest(context.Background(), &d.Tests[0], Options{})
			same := slices.EqualFunc(c.want, o.Failures, func(want, got string) bool { return strings.HasPrefix(got, want) })
			if !same || o.Passed() != (len(c.want) == 0) {
				t.Errorf("failures differ: %s", cmp.Diff(c.want, o.Failures))
			}
		})
	}
}

// Tests of a pack are run by name, and their outcomes come in order.
func TestRunTests(t *testing.T) {
	text := base + "query: a=1\n" + filterTrigger + "tests:\n  - {name: one, telemetry: [e], expect: [{a: '1'}]}\n  - {name: two, telemetry: [e], expect: []}\n"
	root := fstest.MapFS{
		"T1/x/" + FileName: {Data: []byte(text)}, "T1/x/e": {Data: []byte(`{"a":"1"}`)},
		"T1/b/" + FileName: {Data: []byte(strings.Replace(text, "id: 1", "id: 2", 1))}, "T1/b/e": {Data: []byte(`{"a":"1"}`)},
	}
	p, err := Load([]fs.FS{root}, []string{"pack"}, Options{})
	if err != nil || p.HasErrors() {
		t.Fatal(err, p.Files)
	}
	for pattern, want := range map[string][]string{
		"":      {"pack/T1/b/one true", "pack/T1/b/two false", "pack/T1/x/one true", "pack/T1/x/two false"},
		"x/one": {"pack/T1/x/one true"},
		"three": nil,
	} {
		var got []string
		for _, o := range p.RunTests(context.Background(), Options{}, regexp.MustCompile(pattern).MatchString) {
			got = append(got, fmt.Sprint(o.Name(), " ", o.Passed()))
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%q: %s", pattern, d)
		}
	}
}

// What cannot be read is told once, whichever detection meets it; alerts come
// worst first.
func TestHunt(t *testing.T) {
	one := base + "query: groupBy(user)\ntrigger: {kind: aggregate, window: 1h}\nentities: {user: user}\n"
	two := strings.NewReplacer("id: 1", "id: 2", "severity: low", "severity: high").Replace(base) + "query: user=bob\n" + filterTrigger
	root := fstest.MapFS{"one/" + FileName: {Data: []byte(one)}, "two/" + FileName: {Data: []byte(two)}}
	p, err := Load([]fs.FS{root}, []string{"pack"}, Options{})
	if err != nil || p.HasErrors() {
		t.Fatal(err, p.Files)
	}
	src, err := decode.Open(nil, decode.Options{Format: "ndjson"})
	if err != nil {
		t.Fatal(err)
	}
	text := `{"@timestamp":1773738000000,"user":"bob"}` + "\n" + `{"user":"bob",` + "\n" + `{"user":` + "\n" + `{"@timestamp":1773738000001,"user":"ann"}`
	if err := src.AddBytes("events", []byte(text)); err != nil {
		t.Fatal(err)
	}
	var problems []int64
	o := RunOptions{RunOptions: harrier.RunOptions{Now: testNow, Report: func(p event.Problem) { problems = append(problems, p.Line) }}}
	results := 0
	alerts, err := p.Hunt(context.Background(), src, o, func(*Detection, *Result) { results++ })
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, a := range alerts {
		got = append(got, a.Severity)
	}
	if d := cmp.Diff([]string{"high", "low", "low"}, got); d != "" || results != 2 {
		t.Errorf("%d results; %s", results, d)
	}
	if d := cmp.Diff([]int64{2, 3}, problems); d != "" {
		t.Errorf("lines that cannot be read: %s", d)
	}
}

// Two detections cannot have one id.
func TestDuplicateIDs(t *testing.T) {
	text := base + "query: a=1\n" + filterTrigger
	root := fstest.MapFS{"one/" + FileName: {Data: []byte(text)}, "two/" + FileName: {Data: []byte(text)}}
	p, err := Load([]fs.FS{root}, []string{"pack"}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if l := p.Files[1].List; len(l) != 1 || l[0].Code != "duplicate-id" || l[0].Message != "the id is also that of pack/one/detection.yaml" {
		t.Errorf("%v", l)
	}
}
