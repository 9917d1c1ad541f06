// Package report shows the alerts of a hunt to people and to other tools: as a
// timeline per host and user, as an HTML page that one can mail, as SARIF, and as
// a layer for the ATT&CK Navigator.
//
// It runs nothing and decides nothing: what there is to show, package detect has
// found.
package report

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"harrier/attack"
	"harrier/detect"
)

// Hunt is what a hunt was and what it found.
type Hunt struct {
	Alerts     []detect.Alert
	Detections []*detect.Detection // those that were run
	Inputs     []string            // what the user named
	Now        time.Time           // when the report is made
}

// detection finds the detection of an alert, nil when it was not among those run.
func (h *Hunt) detection(a detect.Alert) *detect.Detection {
	i := slices.IndexFunc(h.Detections, func(d *detect.Detection) bool { return d.ID == a.Detection })
	if i < 0 {
		return nil
	}
	return h.Detections[i]
}

// Group is the alerts of one host and user, as they came about.
type Group struct {
	Host, User string // "" where alerts do not say
	Alerts     []detect.Alert
}

// Name is what a reader calls the group.
func (g Group) Name() string {
	switch {
	case g.Host == "" && g.User == "":
		return "no host or user"
	case g.User == "":
		return g.Host
	case g.Host == "":
		return "user " + g.User
	}
	return g.Host + " / " + g.User
}

// worst is the rank of the worst severity of the group.
func (g Group) worst() int {
	out := -1
	for _, a := range g.Alerts {
		out = max(out, detect.Level(a.Severity))
	}
	return out
}

// Timeline puts the alerts of a host and a user together and in order of time.
// Groups with the worst alert come first, and of two such the earlier.
func Timeline(alerts []detect.Alert) []Group {
	type key struct{ host, user string }
	groups := map[key]*Group{}
	for _, a := range alerts {
		k := key{a.Entities["host"], a.Entities["user"]}
		if groups[k] == nil {
			groups[k] = &Group{Host: k.host, User: k.user}
		}
		groups[k].Alerts = append(groups[k].Alerts, a)
	}
	out := make([]Group, 0, len(groups))
	for _, g := range groups {
		slices.SortStableFunc(g.Alerts, func(a, b detect.Alert) int {
			return cmp.Or(a.FirstSeen.Compare(b.FirstSeen), cmp.Compare(detect.Level(b.Severity), detect.Level(a.Severity)), strings.Compare(a.ID, b.ID))
		})
		out = append(out, *g)
	}
	slices.SortFunc(out, func(a, b Group) int {
		return cmp.Or(cmp.Compare(b.worst(), a.worst()), a.Alerts[0].FirstSeen.Compare(b.Alerts[0].FirstSeen),
			strings.Compare(a.Host, b.Host), strings.Compare(a.User, b.User))
	})
	return out
}

// hits counts alerts by technique in use. An id that ATT&CK has given up counts
// for what took its place.
func hits(alerts []detect.Alert) map[string][]detect.Alert {
	out := map[string][]detect.Alert{}
	for _, a := range alerts {
		for _, id := range a.Attack {
			t, ok := attack.Find(id)
			if ok && t.Status == attack.Used {
				t.Instead = []string{id}
			}
			for _, id := range t.Instead {
				out[id] = append(out[id], a)
			}
		}
	}
	return out
}

// Navigator writes a layer of what fired; the score of a technique is the number
// of its alerts.
func Navigator(w io.Writer, h *Hunt) error {
	l := attack.NewLayer("Harrier: alerts", "What the detections found in "+strings.Join(h.Inputs, " ")+".")
	found := hits(h.Alerts)
	most := 1
	for _, id := range slices.Sorted(maps.Keys(found)) {
		alerts := found[id]
		most = max(most, len(alerts))
		titles, severities := counted{}, counted{}
		for _, a := range alerts {
			titles.add(a.Title)
			severities.add(a.Severity)
		}
		n := attack.LayerTechnique{ID: id, Score: len(alerts), Enabled: true, Comment: severities.String()}
		for _, title := range slices.Sorted(maps.Keys(titles)) {
			n.Metadata = append(n.Metadata, attack.LayerNote{Name: title, Value: fmt.Sprint(titles[title])})
		}
		l.Techniques = append(l.Techniques, n)
	}
	l.Gradient = &attack.LayerGradient{Colors: []string{"#fff3d6", "#d95f02"}, Min: 0, Max: most}
	return l.Write(w)
}

// counted counts words, severities above all.
type counted map[string]int

func (c counted) add(s string) { c[s]++ }

// String has the worst severity first: "2 high, 1 low".
func (c counted) String() string {
	var parts []string
	for _, l := range slices.Backward(detect.Levels()) {
		if c[l] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", c[l], l))
		}
	}
	return strings.Join(parts, ", ")
}
