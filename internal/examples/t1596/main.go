// Command t1596 writes the telemetry of examples/t1596: one invented day of a
// small company whose hosts run the Falcon sensor, in which some look their
// targets up in open technical databases (MITRE ATT&CK T1596) and others do what
// looks alike.
//
//	go run ./internal/examples/t1596
//
// is run at the root of the repository. The same program always writes the same
// bytes: there is no clock, and each story draws its times from a random stream of
// its own, so that a change to one leaves the others as they are.
//
//	world.go       hosts, people, services and their addresses
//	record.go      how a sensor writes what a process does
//	actors.go      the stories: five that are meant ill, eight that are not
//	background.go  what everybody else does all day
package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

func main() {
	root := flag.String("root", ".", "the root of the repository")
	flag.Parse()
	if err := write(*root); err != nil {
		fmt.Fprintln(os.Stderr, "t1596:", err)
		os.Exit(2)
	}
}

// Where the files go, seen from the root of the repository. The labels stand
// outside the example, which holds telemetry and a page to read: whoever hunts in
// the folder should not have the answers read as events.
const (
	exampleDir = "examples/t1596"
	readmeFile = exampleDir + "/README.md"
	batchDir   = exampleDir + "/telemetry/data/5b8f0c2e-31d7-4a96-9c1b-8e7d44a6f213"
	labelsFile = "internal/examples/t1596/labels.jsonl"
)

func write(root string) error {
	readme, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(readmeFile)))
	if err != nil {
		return fmt.Errorf("find the example (run this at the root of the repository): %w", err)
	}
	files, err := generate(readme)
	if err != nil {
		return err
	}
	for name, text := range files {
		path := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			return err
		}
		if err := os.WriteFile(path, text, 0o666); err != nil {
			return err
		}
	}
	return nil
}

// generate gives every file by its path. readme is the page as it is: only the
// table of actors in it is written anew.
func generate(readme []byte) (map[string][]byte, error) {
	d := newDay()
	d.background()
	d.actors()
	d.sort()
	files := map[string][]byte{}
	// The replicator delivers gzip. Night and evening are left plain, so that the
	// shape of the records can be read in a browser.
	for i, part := range []string{"part-00000.ndjson", "part-00001.gz", "part-00002.gz", "part-00003.ndjson"} {
		text := d.lines(clock(6*i, 0, 0), clock(6*i+6, 0, 0))
		if strings.HasSuffix(part, ".gz") {
			var err error
			if text, err = pack(text); err != nil {
				return nil, err
			}
		}
		files[batchDir+"/"+part] = text
	}
	labels, err := d.labels()
	if err != nil {
		return nil, err
	}
	files[labelsFile] = jsonLines(labels)
	readme, err = fill(readme, "actors", actorTable(labels))
	if err == nil {
		readme, err = fill(readme, "addresses", d.addressTable())
	}
	files[readmeFile] = readme
	return files, err
}

// pack compresses with a header that holds neither time nor name.
func pack(text []byte) ([]byte, error) {
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(text); err != nil {
		return nil, err
	}
	err = w.Close()
	return b.Bytes(), err
}

// label is what there is to know of an actor. The numbers are counted in the
// telemetry, not stated.
type label struct {
	Actor       string   `json:"actor"`
	Verdict     string   `json:"verdict"` // malicious or benign
	Technique   string   `json:"technique,omitempty"`
	Host        string   `json:"host"`
	Aid         string   `json:"aid"`
	User        string   `json:"user"`
	Process     string   `json:"process"`
	What        string   `json:"what"`
	Domains     []string `json:"domains,omitempty"`
	Addresses   []string `json:"addresses,omitempty"`
	Processes   int      `json:"processes"`
	Lookups     int      `json:"lookups"`
	Connections int      `json:"connections"`
	First       string   `json:"first"`
	Last        string   `json:"last"`
	// FoundBy names the detections that report the actor, and Reason says why the
	// others do not, or why nothing should.
	FoundBy []string `json:"found_by"`
	Reason  string   `json:"reason"`
	// WithoutAllowList names those that report an approved actor until it is
	// allowed.
	WithoutAllowList []string `json:"without_allow_list,omitempty"`
}

func (d *day) labels() ([]label, error) {
	var out []label
	for _, a := range d.cast {
		l := label{
			Actor: a.name, Verdict: "benign", Technique: a.technique, Host: a.host.name, Aid: a.host.aid, User: a.user.name,
			Process: a.process, What: a.what, FoundBy: slices.Clone(a.foundBy), Reason: a.reason, WithoutAllowList: a.unlessAllowed,
		}
		if a.technique != "" {
			l.Verdict = "malicious"
		}
		if l.FoundBy == nil {
			l.FoundBy = []string{}
		}
		var first, last int64
		for _, r := range d.records {
			if r.actor != a {
				continue
			}
			if first == 0 {
				first = r.at
			}
			last = r.at
			switch r.get("event_simpleName") {
			case "ProcessRollup2", "SyntheticProcessRollup2":
				l.Processes++
			case "DnsRequest":
				l.Lookups++
				l.Domains = append(l.Domains, r.get("DomainName"))
			case "NetworkConnectIP4":
				l.Connections++
				l.Addresses = append(l.Addresses, r.get("RemoteAddressIP4"))
			case "NetworkConnectIP6":
				l.Connections++
				l.Addresses = append(l.Addresses, r.get("RemoteAddressIP6"))
			}
		}
		if first == 0 {
			return nil, fmt.Errorf("actor %s does nothing", a.name)
		}
		l.First, l.Last = iso(first), iso(last)
		// A Linux sensor sends no lookups: there the name stands in the command line.
		l.Domains = append(l.Domains, a.named...)
		l.Domains, l.Addresses = unique(l.Domains), unique(l.Addresses)
		out = append(out, l)
	}
	return out, nil
}

func unique(list []string) []string {
	slices.Sort(list)
	return slices.Compact(list)
}

func jsonLines(labels []label) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	for _, l := range labels {
		if err := e.Encode(l); err != nil {
			panic("a label cannot be written: " + err.Error()) // it holds texts and numbers only
		}
	}
	return b.Bytes()
}

// fill replaces what stands in the page between the comment that names a table
// and the next end.
func fill(page []byte, table string, text string) ([]byte, error) {
	begin, end := "<!-- "+table+": written by internal/examples/t1596 -->\n", "<!-- end -->\n"
	before, rest, ok := strings.Cut(string(page), begin)
	_, after, closed := strings.Cut(rest, end)
	if !ok || !closed {
		return nil, fmt.Errorf("%s has no place for the %s (%q ... %q)", readmeFile, table, begin, end)
	}
	return []byte(before + begin + text + end + after), nil
}

func actorTable(labels []label) string {
	var b strings.Builder
	b.WriteString("| actor | verdict | host, user, process | UTC | lookups | connections | found by |\n|---|---|---|---|---:|---:|---|\n")
	for _, l := range labels {
		found := strings.Join(l.FoundBy, ", ")
		if found == "" {
			found = "nothing"
		}
		if len(l.WithoutAllowList) > 0 {
			found += "; unless allowed: " + strings.Join(l.WithoutAllowList, ", ")
		}
		verdict := l.Verdict
		if l.Technique != "" {
			verdict += ", " + l.Technique
		}
		fmt.Fprintf(&b, "| %s | %s | %s, %s, `%s` | %s-%s | %d | %d | %s |\n",
			l.Actor, verdict, l.Host, l.User, l.Process, l.First[11:16], l.Last[11:16], l.Lookups, l.Connections, found)
	}
	return b.String()
}

// busy gives the public addresses that more than 100 connections lead to, over
// all hosts, and the actors that opened them.
func (d *day) busy() (list []string, count map[string]int, who map[string][]string) {
	count, who = map[string]int{}, map[string][]string{}
	for _, r := range d.records {
		to := r.get("RemoteAddressIP4") + r.get("RemoteAddressIP6")
		if to == "" || strings.HasPrefix(to, "10.") {
			continue
		}
		if count[to]++; r.actor != nil {
			who[to] = append(who[to], r.actor.name)
		}
	}
	for to, n := range count {
		if who[to] = unique(who[to]); n > 100 {
			list = append(list, to)
		}
	}
	slices.Sort(list)
	return list, count, who
}

func (d *day) addressTable() string {
	var b strings.Builder
	b.WriteString("| address | connections | whose |\n|---|---:|---|\n")
	list, count, who := d.busy()
	for _, to := range list {
		fmt.Fprintf(&b, "| %s | %d | %s |\n", to, count[to], strings.Join(who[to], ", "))
	}
	return b.String()
}
