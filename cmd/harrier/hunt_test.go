package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The detections that the labels speak of.
var detectionTitles = map[string]string{
	"bulk-connections": "Bulk connections to one public address",
	"scripted-queries": "Scripted queries to open technical databases",
}

// harrierCommand runs the command line in this process.
func harrierCommand(t *testing.T, args ...string) (stdout, stderr string, status int) {
	t.Helper()
	var out, errs bytes.Buffer
	status = run(context.Background(), args, streams{strings.NewReader(""), &out, &errs})
	return out.String(), errs.String(), status
}

// found is an alert as labels see it.
type found struct {
	Title    string            `json:"title"`
	Entities map[string]string `json:"entities"`
}

// huntFor hunts and gives the alerts.
func huntFor(t *testing.T, args ...string) []found {
	t.Helper()
	out, errs, status := harrierCommand(t, append([]string{"hunt", "--format", "ndjson"}, args...)...)
	if status != exitDone || errs != "" {
		t.Fatalf("hunt %v exits with %d: %s", args, status, errs)
	}
	return readLines[found](t, []byte(out))
}

// readLines reads a JSON object per line.
func readLines[T any](t *testing.T, text []byte) []T {
	t.Helper()
	var out []T
	for d := json.NewDecoder(bytes.NewReader(text)); d.More(); {
		var v T
		if err := d.Decode(&v); err != nil {
			t.Fatal(err)
		}
		out = append(out, v)
	}
	if len(out) == 0 {
		t.Fatal("there is nothing to compare")
	}
	return out
}

func readFile(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// The built-in detections report those actors of examples/t1596 that its labels
// say they do, and nobody else.
func TestHuntExample(t *testing.T) {
	type label struct {
		Actor, Verdict, Host, User, Process string
		FoundBy                             []string `json:"found_by"`
		WithoutAllowList                    []string `json:"without_allow_list"`
	}
	labels := readLines[label](t, readFile(t, "../../internal/examples/t1596/labels.jsonl"))
	who := func(title, host, user, process string) string {
		return strings.Join([]string{title, host, user, process}, " | ")
	}
	check := func(name string, allowed bool, args ...string) {
		t.Run(name, func(t *testing.T) {
			var want, got []string
			for _, l := range labels {
				by := l.FoundBy
				if !allowed {
					by = append(slices.Clone(by), l.WithoutAllowList...)
				}
				for _, kind := range by {
					if detectionTitles[kind] == "" {
						t.Fatalf("%s: there is no detection %q", l.Actor, kind)
					}
					want = append(want, who(detectionTitles[kind], l.Host, l.User, l.Process))
				}
				scripted := slices.Contains(by, "scripted-queries")
				if l.Verdict == "malicious" && !scripted || l.Verdict == "benign" && scripted && allowed {
					t.Errorf("%s is %s, and found by %v", l.Actor, l.Verdict, by)
				}
			}
			for _, a := range huntFor(t, args...) {
				got = append(got, who(a.Title, a.Entities["host"], a.Entities["user"], a.Entities["process"]))
			}
			slices.Sort(want)
			slices.Sort(got)
			// One actor may reach several addresses in bulk.
			if d := cmp.Diff(slices.Compact(want), slices.Compact(got)); d != "" {
				t.Errorf("labels (-) and alerts (+) differ:\n%s", d)
			}
		})
	}
	check("as it is", false, "../../examples/t1596")
	check("with the allow list", true, "--lookup-dir", "../../examples/allow", "../../examples/t1596")
}

// outside are files that this repository does not hold: other people's telemetry
// and the query of a catalogue, with which we check what we made without them.
func outside(t *testing.T, path string) string {
	t.Helper()
	p := filepath.Join("../../../shared", path)
	if _, err := os.Stat(p); err != nil {
		t.Skip("the telemetry to compare with is not here")
	}
	return p
}

// The same day as other telemetry saw it: what asked a database often enough to be
// seen there is found, by the host, user and program that the source knows, and
// nothing that is harmless.
func TestHuntForeignTelemetryOfOtherSources(t *testing.T) {
	const folder = "data/synthetic-t1596/"
	type label struct{ Story, Verdict, Host, User, Process, Domain string }
	labels := readLines[label](t, readFile(t, outside(t, folder+"labels.jsonl")))
	// Sources that know the network only know hosts by their addresses.
	addresses := map[string][]string{
		"WS-0417": {"10.20.14.17", "2001:db8:20:14::17"}, "SRV-APP02": {"10.20.30.12"}, "dev-lin-07": {"10.20.40.7"}, "WS-0233": {"10.20.14.33"},
		"MBP-114": {"10.20.15.114"},
	}
	allow := t.TempDir()
	list := "host,user,program,name,reason\n*,svc_easm,*,*,approved\n10.20.30.12,unknown,unknown,api.shodan.io,approved\n"
	if err := os.WriteFile(filepath.Join(allow, "allowed-collectors.csv"), []byte(list), 0o644); err != nil {
		t.Fatal(err)
	}
	windows := []string{"bulk-shodan-api", "bulk-crtsh-powershell", "censys-over-ipv6", "slow-low-securitytrails"}
	proxied := []string{"bulk-shodan-api", "bulk-crtsh-powershell", "bulk-hackertarget-curl", "slow-low-securitytrails", "whois-api-sweep"}
	for _, c := range []struct {
		files     []string
		processes bool     // the telemetry knows processes
		shows     []string // the malicious stories that it can show
	}{
		{[]string{"sysmon.ndjson"}, true, windows},
		{[]string{"defender-devicenetworkevents.ndjson"}, true, windows},
		{[]string{"squid-access.log"}, false, proxied},
		{[]string{"zscaler-nss-web.ndjson"}, false, proxied},
		{[]string{"zeek-conn.json", "zeek-dns.json", "zeek-ssl.json"}, false, append(slices.Clone(proxied), "censys-over-ipv6")},
		{[]string{"zeek-ssl.json"}, false, append(slices.Clone(proxied), "censys-over-ipv6")},
		{[]string{"security-4688.ndjson"}, true, nil}, // starts of processes, one for each story
	} {
		args := []string{"hunt", "--format", "ndjson", "--lookup-dir", allow}
		for _, f := range c.files {
			args = append(args, outside(t, folder+f))
		}
		out, errs, status := harrierCommand(t, args...)
		if status != exitDone || strings.Contains(errs, detectionTitles["scripted-queries"]) {
			t.Fatalf("%v: exit status %d: %s", c.files, status, errs)
		}
		var alerts []found
		for line := range strings.Lines(out) {
			var a found
			if err := json.Unmarshal([]byte(line), &a); err != nil {
				t.Fatal(err)
			}
			if a.Title == detectionTitles["scripted-queries"] {
				alerts = append(alerts, a)
			}
		}
		explained := make([]bool, len(alerts))
		for _, l := range labels {
			seen := false
			for i, a := range alerts {
				host := strings.ToLower(a.Entities["host"])
				sameHost := host == strings.ToLower(l.Host) || strings.HasPrefix(host, strings.ToLower(l.Host)+".") || slices.Contains(addresses[l.Host], host)
				if sameHost && l.Domain != "" && slices.Contains(strings.Split(a.Entities["domain"], "\n"), l.Domain) {
					seen = true
					explained[i] = explained[i] || l.Verdict == "malicious"
					if user := a.Entities["user"]; user != l.User && user != "unknown" {
						t.Errorf("%v: %s: the user is %q, want %q", c.files, l.Story, user, l.User)
					}
					if process := a.Entities["process"]; process != l.Process && c.processes {
						t.Errorf("%v: %s: the process is %q, want %q", c.files, l.Story, process, l.Process)
					}
				}
			}
			if want := slices.Contains(c.shows, l.Story); seen != want {
				t.Errorf("%v: %s (%s): found is %v", c.files, l.Story, l.Verdict, seen)
			}
		}
		for i, ok := range explained {
			if !ok {
				t.Errorf("%v: an alert about nothing malicious: %v", c.files, alerts[i].Entities)
			}
		}
	}
}

// A day that somebody else made: every malicious program is found, and nothing
// else.
func TestHuntForeignTelemetry(t *testing.T) {
	telemetry := outside(t, "data/synthetic-t1596/fdr.ndjson")
	type label struct{ Story, Verdict, Aid, Process string }
	labels := readLines[label](t, readFile(t, outside(t, "data/synthetic-t1596/labels.jsonl")))
	allow := t.TempDir()
	list := "host,user,program,name,reason\ne369e8e62307630ca0086f858e95326a,*,collector.exe,*,approved\n"
	if err := os.WriteFile(filepath.Join(allow, "allowed-collectors.csv"), []byte(list), 0o644); err != nil {
		t.Fatal(err)
	}
	got := map[[2]string]bool{}
	for _, a := range huntFor(t, "--lookup-dir", allow, telemetry) {
		if a.Title == detectionTitles["scripted-queries"] {
			got[[2]string{a.Entities["host"], a.Entities["process"]}] = true
		}
	}
	want := map[[2]string]bool{}
	for _, l := range labels {
		if l.Verdict == "malicious" {
			want[[2]string{l.Aid, l.Process}] = true
		}
	}
	for _, l := range labels {
		key := [2]string{l.Aid, l.Process}
		if l.Verdict != "malicious" && want[key] {
			t.Fatalf("the labels say both of %v", key)
		}
		if got[key] != want[key] {
			t.Errorf("%s (%s, %v): found is %v", l.Story, l.Verdict, key, got[key])
		}
	}
	for key := range got {
		if !want[key] {
			t.Errorf("an alert about %v, of which the labels say nothing bad", key)
		}
	}
}

// The query of the catalogue page that Harrier began with runs as it stands there,
// gives the rows that were worked out by other means, and its faults are told.
func TestSeedQuery(t *testing.T) {
	outside(t, "seed")
	pages, err := filepath.Glob(outside(t, "seed") + "/*.txt")
	if err != nil || len(pages) != 1 {
		t.Fatalf("pages: %v, %v", pages, err)
	}
	block := regexp.MustCompile(`(?ms)^cql\n(.*?TechniqueLabel\]\))$`).FindSubmatch(readFile(t, pages[0]))
	if block == nil {
		t.Fatal("the page has no query")
	}
	var expected struct {
		Rows []struct {
			RemoteAddressIP4 string
			TotalConns       json.Number
		}
	}
	if err := json.Unmarshal(readFile(t, outside(t, "data/synthetic-t1596/expected-seed-query.json")), &expected); err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, r := range expected.Rows {
		want = append(want, r.RemoteAddressIP4+" "+r.TotalConns.String()+" T1596 - Reconnaissance")
	}

	out, errs, status := harrierCommand(t, "run", string(block[1]), outside(t, "data/synthetic-t1596/fdr.ndjson"))
	if status != exitDone {
		t.Fatalf("exits with %d: %s", status, errs)
	}
	var got []string
	for _, r := range readLines[map[string]string](t, []byte(out)) {
		got = append(got, r["RemoteAddressIP4"]+" "+r["TotalConns"]+" "+r["TechniqueLabel"])
		if len(r) != 3 {
			t.Errorf("a row has other fields: %v", r)
		}
	}
	slices.Sort(want)
	slices.Sort(got)
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	for _, w := range []string{`warning\[in-operator\]`, `warning\[field-gone\]: .*@timestamp`} {
		if !regexp.MustCompile(w).MatchString(errs) {
			t.Errorf("no %s in\n%s", w, errs)
		}
	}
}
