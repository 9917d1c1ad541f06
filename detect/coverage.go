package detect

import (
	"cmp"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"harrier/attack"
)

// Coverage is what a pack covers of ATT&CK, and what of that its tests prove.
type Coverage struct {
	Version    string              `json:"attack_version"`
	Tactics    []TacticCoverage    `json:"tactics"`      // all, in the order of the matrix
	Techniques []TechniqueCoverage `json:"techniques"`   // those covered, by id
	Sources    []SourceCoverage    `json:"data_sources"` // by name
}

// TacticCoverage counts techniques, sub-techniques among them.
type TacticCoverage struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	Covered int    `json:"covered"`
	Tested  int    `json:"tested"`
	All     int    `json:"all"`
}

// TechniqueCoverage is a technique and the detections for it.
type TechniqueCoverage struct {
	ID         string              `json:"id"`
	Name       string              `json:"name"` // with that of the technique it belongs to
	URL        string              `json:"url"`
	Tactics    []string            `json:"tactics"` // short names
	State      string              `json:"state"`   // the best of its detections
	Detections []DetectionCoverage `json:"detections"`
}

// DetectionCoverage is what a detection proves of a technique.
type DetectionCoverage struct {
	ID         string   `json:"id"`
	Title      string   `json:"title"`
	Path       string   `json:"path"` // of its folder
	Status     string   `json:"status,omitempty"`
	State      string   `json:"state"`
	Firing     int      `json:"firing"` // tests that passed and raise an alert of the technique
	Silent     int      `json:"silent"` // tests that passed and raise none
	Failed     int      `json:"failed"`
	Sources    []string `json:"data_sources"`
	EventTypes []string `json:"event_types"`
}

// SourceCoverage is a data source and what rests on it.
type SourceCoverage struct {
	Name       string   `json:"name"`
	Detections int      `json:"detections"`
	Techniques []string `json:"techniques"`
}

// The states of a technique, worst first.
const (
	StateUntested = "untested" // no test raises an alert of the technique
	StateFailing  = "failing"  // a test of the detection fails
	StateFires    = "fires"    // a test raises an alert, and no look-alike is proved to stay silent
	StateTested   = "tested"   // both
)

var states = []string{StateUntested, StateFailing, StateFires, StateTested}

// noSource stands for detections that do not say what they read.
const noSource = "(not said)"

// Coverage tells what the pack covers, given how its tests went. A detection
// covers the techniques it names, and those that an alert of a passed test names:
// a query may tell sub-techniques apart.
func (p *Pack) Coverage(outcomes []*Outcome) *Coverage {
	of := map[*Detection][]*Outcome{}
	for _, o := range outcomes {
		of[o.Detection] = append(of[o.Detection], o)
	}
	byID := map[string]*TechniqueCoverage{}
	sources := map[string]*SourceCoverage{}
	for _, d := range p.Detections {
		names := d.DataSources
		if len(names) == 0 {
			names = []string{noSource}
		}
		for _, s := range names {
			if sources[s] == nil {
				sources[s] = &SourceCoverage{Name: s}
			}
			sources[s].Detections++
		}
		for _, id := range d.covers(of[d]) {
			t, _ := attack.Find(id)
			if byID[id] == nil {
				byID[id] = &TechniqueCoverage{ID: id, Name: t.FullName(), URL: t.URL(), Tactics: t.Tactics, State: StateUntested}
			}
			c := byID[id]
			proof := d.proves(id, of[d])
			c.Detections = append(c.Detections, proof)
			if slices.Index(states, proof.State) > slices.Index(states, c.State) {
				c.State = proof.State
			}
			for _, s := range names {
				if !slices.Contains(sources[s].Techniques, id) {
					sources[s].Techniques = append(sources[s].Techniques, id)
				}
			}
		}
	}
	out := &Coverage{Version: attack.Version(), Techniques: []TechniqueCoverage{}, Sources: []SourceCoverage{}}
	for _, id := range slices.Sorted(maps.Keys(byID)) {
		out.Techniques = append(out.Techniques, *byID[id])
	}
	for _, s := range slices.Sorted(maps.Keys(sources)) {
		slices.Sort(sources[s].Techniques)
		out.Sources = append(out.Sources, *sources[s])
	}
	for _, tactic := range attack.Tactics() {
		n := TacticCoverage{ID: tactic.ID, Name: tactic.Name}
		for _, t := range attack.Techniques() {
			if !slices.Contains(t.Tactics, tactic.Short) {
				continue
			}
			n.All++
			if c := byID[t.ID]; c != nil {
				n.Covered++
				if c.State == StateTested {
					n.Tested++
				}
			}
		}
		out.Tactics = append(out.Tactics, n)
	}
	return out
}

// covers gives the techniques in use that the detection is about.
func (d *Detection) covers(outcomes []*Outcome) []string {
	var out []string
	add := func(id string) {
		t, ok := attack.Find(id)
		ids := []string{id}
		if t.Status != attack.Used {
			ids = t.Instead
		}
		for _, id := range ids {
			if ok && !slices.Contains(out, id) {
				out = append(out, id)
			}
		}
	}
	for _, id := range d.Attack {
		add(id)
	}
	for _, o := range outcomes {
		if !o.Passed() {
			continue
		}
		for _, a := range o.Alerts {
			for _, id := range a.Attack {
				add(id)
			}
		}
	}
	return out
}

// proves counts the tests that speak for a technique. An alert of a sub-technique
// is one of the technique too.
func (d *Detection) proves(id string, outcomes []*Outcome) DetectionCoverage {
	c := DetectionCoverage{
		ID: d.ID, Title: d.Title, Path: path.Dir(d.Path), Status: d.Status,
		Sources: append([]string{}, d.DataSources...), EventTypes: append([]string{}, d.EventTypes...),
	}
	about := func(a Alert) bool {
		return slices.ContainsFunc(a.Attack, func(x string) bool {
			t, _ := attack.Find(x)
			return x == id || t.Parent() == id || slices.Contains(t.Instead, id)
		})
	}
	for _, o := range outcomes {
		switch {
		case !o.Passed():
			c.Failed++
		case len(o.Test.Expect) == 0:
			c.Silent++
		case slices.ContainsFunc(o.Alerts, about):
			c.Firing++
		}
	}
	switch {
	case c.Failed > 0:
		c.State = StateFailing
	case c.Firing > 0 && c.Silent > 0:
		c.State = StateTested
	case c.Firing > 0:
		c.State = StateFires
	default:
		c.State = StateUntested
	}
	return c
}

// stateColors are read well by those who do not tell red from green.
var stateColors = map[string]string{
	StateTested: "#1b7f79", StateFires: "#7fc8c2", StateFailing: "#d95f02", StateUntested: "#c9c9c9",
}

// Layer is the coverage as a layer of the ATT&CK Navigator; the score of a
// technique is the number of its detections.
func (c *Coverage) Layer(name string) *attack.Layer {
	l := attack.NewLayer(name, "What the detections cover, and what their tests prove.")
	for _, t := range c.Techniques {
		n := attack.LayerTechnique{ID: t.ID, Score: len(t.Detections), Color: stateColors[t.State], Comment: t.State, Enabled: true}
		for _, d := range t.Detections {
			n.Metadata = append(n.Metadata, attack.LayerNote{Name: d.Title, Value: fmt.Sprintf("%s: %d firing, %d silent, %d failed", d.State, d.Firing, d.Silent, d.Failed)})
			n.Metadata = append(n.Metadata, attack.LayerNote{Name: "data sources", Value: cmp.Or(strings.Join(d.Sources, "; "), noSource)})
		}
		l.Techniques = append(l.Techniques, n)
	}
	for _, s := range slices.Backward(states) {
		l.Legend = append(l.Legend, attack.LayerLegend{Label: s, Color: stateColors[s]})
	}
	return l
}
