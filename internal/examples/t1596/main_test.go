package main

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const root = "../../.."

func generated(t *testing.T) map[string][]byte {
	t.Helper()
	readme, err := os.ReadFile(filepath.Join(root, readmeFile))
	if err != nil {
		t.Fatal(err)
	}
	files, err := generate(readme)
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// The committed files are what the generator writes, and no others.
func TestFilesAreCurrent(t *testing.T) {
	size := 0
	files := generated(t)
	for name, want := range files {
		size += len(want)
		have, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
		if err != nil {
			t.Error(err)
			continue
		}
		if strings.HasSuffix(name, ".gz") && !bytes.Equal(have, want) {
			// Another Go release may pack the same text otherwise.
			have, want = unpack(t, have), unpack(t, want)
		}
		if !bytes.Equal(have, want) {
			t.Errorf("%s is not what the generator writes; run go run ./internal/examples/t1596 at the root of the repository", name)
		}
	}
	if size > 1_500_000 {
		t.Errorf("the example has %d bytes, more than 1.5 MB", size)
	}
	err := filepath.WalkDir(filepath.Join(root, exampleDir), func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		name, err := filepath.Rel(root, path)
		if err == nil && files[filepath.ToSlash(name)] == nil {
			t.Errorf("%s is not of the generator's making", name)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func unpack(t *testing.T, packed []byte) []byte {
	t.Helper()
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	if !r.ModTime.IsZero() || r.Name != "" {
		t.Error("the gzip header holds a time or a name")
	}
	text, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// Two runs in one process give the same day, too: no map order shows.
func TestRepeats(t *testing.T) {
	first, second := generated(t), generated(t)
	for name := range first {
		if !bytes.Equal(first[name], second[name]) {
			t.Errorf("%s differs from run to run", name)
		}
	}
}

func fullDay() *day {
	d := newDay()
	d.background()
	d.actors()
	d.sort()
	return d
}

// The records hang together: all fall on the day, each has an id of its own, and
// what a process does follows its start on the same host.
func TestRecords(t *testing.T) {
	d := fullDay()
	started := map[string]int64{} // host and process
	ids := map[string]bool{}
	for _, r := range d.records {
		if r.at < midnight || r.at >= clock(24, 0, 0) {
			t.Errorf("a record is of %s", iso(r.at))
		}
		if id := r.get("id"); ids[id] {
			t.Errorf("id %s is used twice", id)
		} else {
			ids[id] = true
		}
		members := map[string]bool{}
		for _, m := range r.members {
			if members[m[0]] {
				t.Errorf("%s is written twice in a %s", m[0], r.get("event_simpleName"))
			}
			members[m[0]] = true
		}
		if strings.HasSuffix(r.get("event_simpleName"), "ProcessRollup2") {
			key := r.get("aid") + r.get("TargetProcessId")
			if started[key] != 0 {
				t.Errorf("process %s of %s starts twice", r.get("TargetProcessId"), r.get("ComputerName"))
			}
			started[key] = r.at
		}
	}
	for _, r := range d.records {
		// The cloud may have records in another order than the sensor, by less
		// than a second.
		for _, id := range []string{r.get("ContextProcessId"), r.get("ParentProcessId")} {
			if at, ok := started[r.get("aid")+id]; id != "" && id != "0" && (!ok || at > r.at+1000) {
				t.Errorf("%s: %s of %s is of process %s, which has not started", iso(r.at), r.get("event_simpleName"), r.get("ComputerName"), id)
			}
		}
	}
}

// Public addresses are those set aside for documentation.
func TestAddresses(t *testing.T) {
	var set []netip.Prefix
	for _, p := range []string{"10.0.0.0/8", "192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32"} {
		set = append(set, netip.MustParsePrefix(p))
	}
	for _, r := range fullDay().records {
		for _, m := range r.members {
			if !strings.Contains(m[0], "AddressIP") && !strings.HasPrefix(m[0], "FirstIP") && m[0] != "aip" {
				continue
			}
			a, err := netip.ParseAddr(m[1])
			ok := false
			for _, p := range set {
				ok = ok || p.Contains(a)
			}
			if err != nil || !ok {
				t.Errorf("%s is %q", m[0], m[1])
			}
		}
	}
}

// The numbers on which the labels rest.
func TestLabels(t *testing.T) {
	d := fullDay()
	list, count, _ := d.busy()
	want := []string{"198.51.100.20", "198.51.100.30", "198.51.100.40", "2001:db8:6a::30", "203.0.113.77"}
	if strings.Join(list, " ") != strings.Join(want, " ") {
		t.Errorf("more than 100 connections lead to %v, want %v", list, want)
	}
	for to, n := range count {
		if n > 90 && n <= 100 {
			t.Errorf("%d connections lead to %s: too near the threshold", n, to)
		}
	}
	labels, err := d.labels()
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range labels {
		if (l.Verdict == "malicious") != (l.Technique != "") || l.Verdict == "malicious" && len(l.FoundBy) == 0 {
			t.Errorf("%s: verdict %s, technique %q, found by %v", l.Actor, l.Verdict, l.Technique, l.FoundBy)
		}
	}
	// Sources that one process of the renamed tool asks within two minutes.
	sources := map[string]map[string]bool{}
	for _, r := range d.records {
		if r.actor != nil && r.actor.name == "renamed-subfinder" && r.get("DomainName") != "" {
			id := r.get("ContextProcessId")
			if sources[id] == nil {
				sources[id] = map[string]bool{}
			}
			sources[id][r.get("DomainName")] = true
		}
	}
	for id, names := range sources {
		if len(names) < 10 {
			t.Errorf("process %s of the renamed tool asks %d sources only", id, len(names))
		}
	}
	if len(sources) != 3 {
		t.Errorf("the renamed tool ran %d times", len(sources))
	}
}
