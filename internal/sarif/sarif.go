// Package sarif is as much of SARIF 2.1.0, the format in which code hosts and
// editors read findings, as Harrier writes. It knows neither queries nor alerts.
package sarif

import (
	"encoding/json"
	"io"
	"net/url"
	"path"
	"path/filepath"
	"strings"
)

// Schema names the schema that logs obey.
const Schema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

// Log is a file of results.
type Log struct {
	Schema  string `json:"$schema"`
	Version string `json:"version"`
	Runs    []Run  `json:"runs"`
}

// Run is what a tool found.
type Run struct {
	Tool       Tool        `json:"tool"`
	ColumnKind string      `json:"columnKind,omitempty"`
	Taxonomies []Component `json:"taxonomies,omitempty"`
	Results    []Result    `json:"results"`
}

// Tool is what made the run.
type Tool struct {
	Driver Component `json:"driver"`
}

// Component is a tool, or a taxonomy that results are classified by.
type Component struct {
	Name           string      `json:"name"`
	Version        string      `json:"version,omitempty"`
	Organization   string      `json:"organization,omitempty"`
	InformationURI string      `json:"informationUri,omitempty"`
	Short          *Message    `json:"shortDescription,omitempty"`
	Rules          []Rule      `json:"rules,omitzero"`
	Taxa           []Rule      `json:"taxa,omitempty"`
	Supported      []Reference `json:"supportedTaxonomies,omitempty"`
}

// Rule is what a result is an instance of, or an item of a taxonomy.
type Rule struct {
	ID         string         `json:"id"`
	Name       string         `json:"name,omitempty"`
	Short      *Message       `json:"shortDescription,omitempty"`
	Full       *Message       `json:"fullDescription,omitempty"`
	Help       *Message       `json:"help,omitempty"`
	HelpURI    string         `json:"helpUri,omitempty"`
	Default    *Configuration `json:"defaultConfiguration,omitempty"`
	Relations  []Relation     `json:"relationships,omitempty"`
	Properties map[string]any `json:"properties,omitempty"`
}

// Configuration is how bad a result of a rule is unless it says otherwise.
type Configuration struct {
	Level string `json:"level"`
}

// Relation ties a rule to an item of a taxonomy.
type Relation struct {
	Target Reference `json:"target"`
	Kinds  []string  `json:"kinds"`
}

// Reference points at a component, or at an item of one.
type Reference struct {
	ID        string     `json:"id,omitempty"`
	Name      string     `json:"name,omitempty"`
	Index     *int       `json:"index,omitempty"`
	Component *Reference `json:"toolComponent,omitempty"`
}

// Message is a text.
type Message struct {
	Text string `json:"text"`
}

// Result is a finding. Level is error, warning, note or none.
type Result struct {
	RuleID       string            `json:"ruleId,omitempty"`
	RuleIndex    *int              `json:"ruleIndex,omitempty"`
	Level        string            `json:"level"`
	Message      Message           `json:"message"`
	Locations    []Location        `json:"locations"`
	Related      []Location        `json:"relatedLocations,omitempty"`
	Fixes        []Fix             `json:"fixes,omitempty"`
	Fingerprints map[string]string `json:"partialFingerprints,omitempty"`
	Taxa         []Reference       `json:"taxa,omitempty"`
	Properties   map[string]any    `json:"properties,omitempty"`
}

// Location is a place in a file, or one that is no file.
type Location struct {
	Physical *Physical `json:"physicalLocation,omitempty"`
	Logical  []Logical `json:"logicalLocations,omitempty"`
	Message  *Message  `json:"message,omitempty"`
}

// Physical is a place in a file.
type Physical struct {
	Artifact Artifact `json:"artifactLocation"`
	Region   *Region  `json:"region,omitempty"`
}

// Logical is a named thing, such as a host.
type Logical struct {
	Name string `json:"name"`
	Kind string `json:"kind,omitempty"`
}

// Artifact is a file.
type Artifact struct {
	URI string `json:"uri"`
}

// Region is a part of a text; lines and columns are numbered from 1.
type Region struct {
	StartLine   int `json:"startLine"`
	StartColumn int `json:"startColumn,omitempty"`
	EndLine     int `json:"endLine"`
	EndColumn   int `json:"endColumn,omitempty"`
}

// Fix is a set of changes that removes the cause of a result.
type Fix struct {
	Description Message  `json:"description"`
	Changes     []Change `json:"artifactChanges"`
}

// Change is what a fix does to a file.
type Change struct {
	Artifact     Artifact      `json:"artifactLocation"`
	Replacements []Replacement `json:"replacements"`
}

// Replacement puts a text in the place of another.
type Replacement struct {
	Deleted  Region  `json:"deletedRegion"`
	Inserted Message `json:"insertedContent"`
}

// Write writes one run as a log.
func Write(w io.Writer, run Run) error {
	if run.Results == nil {
		run.Results = []Result{}
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(Log{
		Schema:  Schema,
		Version: "2.1.0",
		Runs:    []Run{run},
	})
}

// URI is the reference to a file: relative for a relative path, and a file URI
// for an absolute one, which is relative to nothing a reader knows.
func URI(name string) string {
	u := url.URL{Path: path.Clean(filepath.ToSlash(name))}
	if filepath.IsAbs(name) {
		u.Scheme = "file"
		u.Path = "/" + strings.TrimLeft(u.Path, "/")
	}
	return u.String()
}
