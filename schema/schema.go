// Package schema is what is known of telemetry: which event types a source has,
// and which fields they carry. One YAML file per source holds the facts.
//
// What is known is a lower bound. A field that is not listed may be there all the
// same, so users of the package warn and never refuse.
package schema

import (
	"embed"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"

	"github.com/goccy/go-yaml"
)

//go:embed *.yaml
var files embed.FS

// Source is a kind of telemetry.
type Source struct {
	Name      string            `yaml:"source"`
	Title     string            `yaml:"title"`
	TypeField string            `yaml:"type_field"` // the member that names the event type
	TimeField string            `yaml:"time_field"` // the member that holds the time
	Common    []string          `yaml:"common"`     // fields that every event has
	Added     []string          `yaml:"added"`      // fields that are added on the way into a store
	Events    map[string]*Event `yaml:"events"`
	// Types are the fields whose text stands for something: number, ip, epoch, id ...
	Types map[string][]string `yaml:"types"`
	// Mapping is nil for Falcon, and for what has nothing in common with it.
	Mapping *Mapping `yaml:"mapping"`

	fields map[string][]string // field -> event types, sorted
	types  map[string]string
}

// Event is a type of event.
type Event struct {
	Platforms  []string `yaml:"platforms"`
	Incomplete bool     `yaml:"incomplete"` // only some of the fields are known, or none
	Fields     []string `yaml:"fields"`
	Only       []Only   `yaml:"only"`
}

// Only is fields that are seen on some platforms.
type Only struct {
	Platforms []string `yaml:"platforms"`
	Fields    []string `yaml:"fields"`
}

// Has tells whether the event type is known to carry a field of its own.
func (e *Event) Has(field string) bool {
	return slices.Contains(e.Fields, field) || slices.ContainsFunc(e.Only, func(o Only) bool { return slices.Contains(o.Fields, field) })
}

// Falcon is the telemetry of the Falcon sensor.
func Falcon() *Source { return falcon() }

var falcon = sync.OnceValue(func() *Source { return mustLoad("falcon.yaml") })

// Names gives the names of all sources, sorted.
func Names() []string {
	list, err := fs.Glob(files, "*.yaml")
	if err != nil {
		panic(err)
	}
	for i, f := range list {
		list[i] = strings.TrimSuffix(f, ".yaml")
	}
	return list
}

// mustLoad reads a file of ours; a mistake in it is found by the tests.
func mustLoad(name string) *Source {
	data, err := files.ReadFile(name)
	if err != nil {
		panic(err)
	}
	s := &Source{}
	if err := yaml.UnmarshalWithOptions(data, s, yaml.DisallowUnknownField()); err != nil {
		panic(fmt.Sprintf("schema: %s: %v", name, err))
	}
	s.fields, s.types = map[string][]string{}, map[string]string{}
	for typ, e := range s.Events {
		for _, f := range e.Fields {
			s.fields[f] = append(s.fields[f], typ)
		}
		for _, o := range e.Only {
			for _, f := range o.Fields {
				if !slices.Contains(s.fields[f], typ) {
					s.fields[f] = append(s.fields[f], typ)
				}
			}
		}
	}
	for _, types := range s.fields {
		slices.Sort(types)
	}
	for t, fields := range s.Types {
		for _, f := range fields {
			s.types[f] = t
		}
	}
	return s
}

// Everywhere tells whether a field may stand on any event of the source.
func (s *Source) Everywhere(field string) bool {
	return slices.Contains(s.Common, field) || slices.Contains(s.Added, field)
}

// With gives the event types that are known to carry a field, sorted; common
// fields are not looked at.
func (s *Source) With(field string) []string { return s.fields[field] }

// Knows tells whether a field is known at all.
func (s *Source) Knows(field string) bool { return s.Everywhere(field) || len(s.fields[field]) > 0 }

// Type is what the text of a field stands for: "string" unless something more is
// known.
func (s *Source) Type(field string) string {
	if t := s.types[field]; t != "" {
		return t
	}
	return "string"
}

// EventTypes gives the names of all event types, sorted.
func (s *Source) EventTypes() []string {
	out := make([]string, 0, len(s.Events))
	for n := range s.Events {
		out = append(out, n)
	}
	slices.Sort(out)
	return out
}
