// Package attack is MITRE ATT&CK Enterprise as data: the tactics, the techniques,
// and the ids that were used once, with what took their place. It carries names
// and places in the matrix only; what a technique is one reads at its URL.
//
// The package knows nothing of detections, and needs no network.
package attack

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"sync"
)

// Tactic is a column of the matrix.
type Tactic struct {
	ID    string // TA0043
	Short string // reconnaissance, as techniques and Navigator layers name it
	Name  string // Reconnaissance
}

// URL is the page of the tactic.
func (t Tactic) URL() string { return site + "tactics/" + t.ID }

// Technique is a technique or a sub-technique.
type Technique struct {
	ID        string
	Name      string   // as in the matrix, without that of the technique it belongs to; "" of a revoked one
	Tactics   []string // short names, in the order of the matrix
	Platforms []string
	Status    Status
	// Instead are the ids that take the place of one that is no longer used, all of
	// them in use. A deprecated technique may have none.
	Instead []string
}

// Status tells whether an id is still used.
type Status uint8

// The states of an id.
const (
	Used       Status = iota
	Revoked           // merged or moved: another id means the same
	Deprecated        // given up
)

// Parent is the id of the technique that a sub-technique belongs to, "" for a
// technique.
func (t Technique) Parent() string {
	parent, _, sub := strings.Cut(t.ID, ".")
	if !sub {
		return ""
	}
	return parent
}

// FullName has the technique that a sub-technique belongs to before its own name,
// as in "Brute Force: Password Spraying".
func (t Technique) FullName() string {
	if p, ok := Find(t.Parent()); ok && p.Name != "" {
		return p.Name + ": " + t.Name
	}
	return t.Name
}

// URL is the page of the technique.
func (t Technique) URL() string {
	return site + "techniques/" + strings.ReplaceAll(t.ID, ".", "/")
}

const site = "https://attack.mitre.org/"

// Version is the version of ATT&CK that is carried, as in 18.1.
func Version() string { return load().version }

// Tactics are the columns of the matrix, in its order.
func Tactics() []Tactic { return slices.Clone(load().tactics) }

// Techniques are those in use, sorted by id.
func Techniques() []Technique { return slices.Clone(load().used) }

// Find gives the technique of an id such as T1596 or T1596.005, those included
// that are no longer used.
func Find(id string) (Technique, bool) {
	t, ok := load().byID[id]
	return t, ok
}

// Named finds the techniques in use of a name, whatever its case: several
// sub-techniques may share one.
func Named(name string) []Technique {
	var out []Technique
	for _, t := range load().used {
		if strings.EqualFold(t.Name, name) || strings.EqualFold(t.FullName(), name) {
			out = append(out, t)
		}
	}
	return out
}

// Subs are the sub-techniques in use of a technique.
func Subs(id string) []Technique {
	var out []Technique
	for _, t := range load().used {
		if t.Parent() == id && id != "" {
			out = append(out, t)
		}
	}
	return out
}

//go:embed enterprise.tsv
var enterprise string

type matrix struct {
	version string
	tactics []Tactic
	used    []Technique
	byID    map[string]Technique
}

// load reads the data when it is first asked for: most commands never do.
var load = sync.OnceValue(func() *matrix {
	m, err := parse(enterprise)
	if err != nil {
		panic("attack: enterprise.tsv: " + err.Error())
	}
	return m
})

func parse(text string) (*matrix, error) {
	m := &matrix{byID: map[string]Technique{}}
	var gone []Technique
	for i, line := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
		if strings.HasPrefix(line, "#") {
			continue
		}
		f := strings.Split(line, "\t")
		want := map[string]int{"version": 2, "tactic": 4, "technique": 5, "revoked": 3, "deprecated": 4}[f[0]]
		if want != len(f) {
			return nil, fmt.Errorf("line %d: a line of kind %q has %d cells, and %d are meant", i+1, f[0], len(f), want)
		}
		switch f[0] {
		case "version":
			m.version = f[1]
		case "tactic":
			m.tactics = append(m.tactics, Tactic{ID: f[1], Short: f[2], Name: f[3]})
		case "technique":
			t := Technique{ID: f[1], Name: f[2], Tactics: list(f[3]), Platforms: list(f[4])}
			m.used = append(m.used, t)
			m.byID[t.ID] = t
		case "revoked":
			gone = append(gone, Technique{ID: f[1], Status: Revoked, Instead: list(f[2])})
		case "deprecated":
			gone = append(gone, Technique{ID: f[1], Name: f[2], Status: Deprecated, Instead: list(f[3])})
		}
	}
	// What replaced an id may itself have been replaced since.
	next := map[string][]string{}
	for _, t := range gone {
		next[t.ID] = t.Instead
	}
	for _, t := range gone {
		if m.byID[t.ID].ID != "" {
			return nil, fmt.Errorf("%s is there twice", t.ID)
		}
		for range gone {
			i := slices.IndexFunc(t.Instead, func(id string) bool { return next[id] != nil })
			if i < 0 {
				break
			}
			t.Instead = slices.Replace(slices.Clone(t.Instead), i, i+1, next[t.Instead[i]]...)
		}
		m.byID[t.ID] = t
	}
	return m, nil
}

func list(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, ",")
}
