// Package detect is detections as code: a detection is a folder with a
// detection.yaml that says what it finds, how sure and how bad that is, what can
// look like it, what to do about it, and how all this is proved by tests.
//
//	detections/<technique>/<name>/detection.yaml -- Load --> *Detection
//	*Detection + telemetry -- Run --> alerts
//	*Detection -- Test --> which of its claims hold
//
// Everything that is wrong in a detection is a diagnostic with its place in the
// YAML file, those of its queries included.
package detect

import (
	"io/fs"
	"slices"
	"time"

	"harrier"
	"harrier/cql"
	"harrier/diag"
	"harrier/function"
)

// FileName is the name of the file that makes a folder a detection.
const FileName = "detection.yaml"

// Detection is one detection. Field names follow Sigma's where Sigma has one.
type Detection struct {
	Title            string            `yaml:"title"`
	ID               string            `yaml:"id"`     // a UUID that never changes
	Status           string            `yaml:"status"` // experimental, test, stable or deprecated
	Author           string            `yaml:"author"`
	License          string            `yaml:"license"`
	Date             string            `yaml:"date"`     // ISO 8601 day
	Modified         string            `yaml:"modified"` // ISO 8601 day
	Description      string            `yaml:"description"`
	References       []string          `yaml:"references"`
	Attack           []string          `yaml:"attack"` // ATT&CK technique ids
	Severity         string            `yaml:"severity"`
	SeverityReason   string            `yaml:"severity_reason"`
	Confidence       string            `yaml:"confidence"`
	ConfidenceReason string            `yaml:"confidence_reason"`
	Dialect          string            `yaml:"dialect"` // harrier (default) or logscale
	Query            string            `yaml:"query"`
	QueryFile        string            `yaml:"query_file"`
	Parameters       []Parameter       `yaml:"parameters"`
	Lookups          []Lookup          `yaml:"lookups"`
	Trigger          Trigger           `yaml:"trigger"`
	Throttle         Throttle          `yaml:"throttle"`
	Entities         map[string]string `yaml:"entities"` // kind of entity -> field of the result
	DataSources      []string          `yaml:"data_sources"`
	EventTypes       []string          `yaml:"required_event_types"`
	// SufficientTypes are sets of the required event types, each of which is enough to
	// find something. Without it any one of them is.
	SufficientTypes [][]string      `yaml:"sufficient_event_types"`
	FalsePositives  []FalsePositive `yaml:"false_positives"`
	Playbook        []string        `yaml:"response_playbook"`
	Investigation   []string        `yaml:"investigation_guide"`
	HuntingQueries  []HuntingQuery  `yaml:"hunting_queries"`
	Related         []string        `yaml:"related"` // ids of detections
	Tests           []Test          `yaml:"tests"`

	// Path is the YAML file as it was found, and Dir its folder.
	Path string `yaml:"-"`
	Dir  fs.FS  `yaml:"-"`

	source diag.Source // the YAML file
	query  block       // the query and where it stands
	window time.Duration
	calm   time.Duration // of the throttle
}

// Parameter is a ?name of the query with the value it has unless the user gives
// another.
type Parameter struct {
	Name        string `yaml:"name"`
	Default     string `yaml:"default"`
	Description string `yaml:"description"`
}

// Lookup is a lookup file beside the detection. The user puts another in its
// place by giving a folder that has a file of this name.
type Lookup struct {
	Name        string `yaml:"name"`
	Description string `yaml:"description"`
}

// The kinds of trigger.
const (
	TriggerFilter    = "filter"    // an alert per event the query lets through
	TriggerAggregate = "aggregate" // an alert per row, over each window
	TriggerScheduled = "scheduled" // the same, run on a schedule
)

// Trigger says when the query runs and over which stretch of time.
type Trigger struct {
	Kind     string `yaml:"kind"`
	Window   string `yaml:"window"`   // a length of time: 24h
	Schedule string `yaml:"schedule"` // a cron expression, in UTC
}

// Throttle holds back alerts that tell what was told: of those that agree in
// Fields only the first within Window is given.
type Throttle struct {
	Window string   `yaml:"window"`
	Fields []string `yaml:"fields"`
}

// FalsePositive is a harmless thing that looks like a finding.
type FalsePositive struct {
	Case   string `yaml:"case"`
	Tuning string `yaml:"tuning"`
}

// HuntingQuery is a query to look further with.
type HuntingQuery struct {
	Title       string `yaml:"title"`
	Description string `yaml:"description"`
	Query       string `yaml:"query"`
}

// Test is a proof: telemetry, the signals that must be seen in it, and the
// alerts that must come of it.
type Test struct {
	Name      string              `yaml:"name"`
	Telemetry []string            `yaml:"telemetry"` // files beside the detection
	Format    string              `yaml:"format"`    // of the files; "" looks at them
	Signals   []string            `yaml:"signals"`   // CQL filters, each of which an event must satisfy
	Expect    []map[string]string `yaml:"expect"`    // the alerts, in any order: entities and fields
	Params    map[string]string   `yaml:"parameters"`
	Lookups   map[string]string   `yaml:"lookups"` // lookup name -> file beside the detection
	Atomic    string              `yaml:"atomic"`  // Atomic Red Team guid, or the technique test
}

// levels are the severities, mildest first; confidences have the first three
// above informational.
var levels = []string{"informational", "low", "medium", "high", "critical"}

var confidences = []string{"low", "medium", "high"}

// Levels gives the severities, mildest first.
func Levels() []string { return slices.Clone(levels) }

// Level gives the rank of a severity, -1 when there is none of that name.
func Level(severity string) int { return slices.Index(levels, severity) }

// HasParameter tells whether the detection declares a parameter.
func (d *Detection) HasParameter(name string) bool {
	return slices.ContainsFunc(d.Parameters, func(p Parameter) bool { return p.Name == name })
}

// options is how the query of the detection is understood. Lookup files of the
// user's folders go before those of the detection.
func (d *Detection) options(o Options) *harrier.Options {
	out := &harrier.Options{Parameters: map[string][]string{}, CityDB: o.CityDB, ASNDB: o.ASNDB, Saved: o.Saved, Salts: o.Salts}
	if d.Dialect == "logscale" {
		out.Dialect = cql.LogScale
	}
	for _, p := range d.Parameters {
		out.Parameters[p.Name] = []string{p.Default}
	}
	for k, v := range o.Parameters {
		if d.HasParameter(k) {
			out.Parameters[k] = v
		}
	}
	dirs := slices.Clone(o.LookupDirs)
	if d.Dir != nil {
		dirs = append(dirs, d.Dir)
	}
	out.Lookups = &function.Lookups{Dirs: dirs}
	return out
}

// Options are what the user gives beside the detections.
type Options struct {
	Parameters    map[string][]string
	LookupDirs    []fs.FS
	Saved         func(name string) (string, bool)
	CityDB, ASNDB string
	Salts         map[string]string // secrets of hashRewrite(), by name
}
