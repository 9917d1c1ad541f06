package diag

import (
	"io"
	"net/url"
	"path"
	"path/filepath"
	"strings"
)

const sarifSchema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

type sarifLog struct {
	Schema  string     `json:"$schema"`
	Version string     `json:"version"`
	Runs    []sarifRun `json:"runs"`
}

type sarifRun struct {
	Tool       sarifTool     `json:"tool"`
	ColumnKind string        `json:"columnKind"`
	Results    []sarifResult `json:"results"`
}

type sarifTool struct {
	Driver sarifDriver `json:"driver"`
}

type sarifDriver struct {
	Name    string      `json:"name"`
	Version string      `json:"version,omitempty"`
	Rules   []sarifRule `json:"rules"`
}

type sarifRule struct {
	ID    string       `json:"id"`
	Short sarifMessage `json:"shortDescription"`
}

type sarifMessage struct {
	Text string `json:"text"`
}

type sarifResult struct {
	RuleID    string          `json:"ruleId,omitempty"`
	RuleIndex *int            `json:"ruleIndex,omitempty"`
	Level     string          `json:"level"`
	Message   sarifMessage    `json:"message"`
	Locations []sarifLocation `json:"locations"`
	Related   []sarifLocation `json:"relatedLocations,omitempty"`
	Fixes     []sarifFix      `json:"fixes,omitempty"`
}

type sarifLocation struct {
	Physical sarifPhysical `json:"physicalLocation"`
	Message  *sarifMessage `json:"message,omitempty"`
}

type sarifPhysical struct {
	Artifact sarifArtifact `json:"artifactLocation"`
	Region   sarifRegion   `json:"region"`
}

type sarifArtifact struct {
	URI string `json:"uri"`
}

type sarifRegion struct {
	StartLine   int `json:"startLine"`
	StartColumn int `json:"startColumn,omitempty"`
	EndLine     int `json:"endLine"`
	EndColumn   int `json:"endColumn,omitempty"`
}

type sarifFix struct {
	Description sarifMessage  `json:"description"`
	Changes     []sarifChange `json:"artifactChanges"`
}

type sarifChange struct {
	Artifact     sarifArtifact      `json:"artifactLocation"`
	Replacements []sarifReplacement `json:"replacements"`
}

type sarifReplacement struct {
	Deleted  sarifRegion  `json:"deletedRegion"`
	Inserted sarifMessage `json:"insertedContent"`
}

// SARIF writes the diagnostics of all files as one run of SARIF 2.1.0, for code
// hosts and editors. version is that of Harrier.
//
// For a query embedded in another file (Origin is not 0) regions are whole
// lines and fixes are left out: the file may indent or escape the query, so that
// a column of the query is none of the file and a fix would damage it.
func SARIF(w io.Writer, version string, files []File) error {
	driver := sarifDriver{Name: "Harrier", Version: version, Rules: []sarifRule{}}
	results := []sarifResult{}
	index := map[string]*int{}
	for _, f := range files {
		for _, d := range f.List {
			if d.Code != "" && index[d.Code] == nil {
				n := len(driver.Rules)
				index[d.Code] = &n
				driver.Rules = append(driver.Rules, sarifRule{d.Code, sarifMessage{strings.ReplaceAll(d.Code, "-", " ")}})
			}
			r := toSARIF(f.Source, d)
			r.RuleIndex = index[d.Code]
			results = append(results, r)
		}
	}
	return encode(w, sarifLog{
		Schema:  sarifSchema,
		Version: "2.1.0",
		Runs:    []sarifRun{{Tool: sarifTool{driver}, ColumnKind: "unicodeCodePoints", Results: results}},
	})
}

func toSARIF(src Source, d Diagnostic) sarifResult {
	artifact := sarifArtifact{artifactURI(src.label())}
	r := sarifResult{
		RuleID:    d.Code,
		Level:     sarifLevel(d.Severity),
		Message:   sarifMessage{d.Message},
		Locations: []sarifLocation{{Physical: sarifPhysical{artifact, src.region(d.Span)}}},
	}
	if d.Help != "" {
		r.Message.Text += "\n" + d.Help
	}
	for _, n := range d.Notes {
		r.Related = append(r.Related, sarifLocation{sarifPhysical{artifact, src.region(n.Span)}, &sarifMessage{n.Message}})
	}
	if d.Fix == nil || src.Origin != 0 {
		return r
	}
	change := sarifChange{Artifact: artifact}
	for _, e := range ordered(src.Text, d.Fix.Edits) {
		change.Replacements = append(change.Replacements, sarifReplacement{src.region(e.Span), sarifMessage{e.Text}})
	}
	if len(change.Replacements) > 0 {
		r.Fixes = []sarifFix{{sarifMessage{d.Fix.Title}, []sarifChange{change}}}
	}
	return r
}

func sarifLevel(s Severity) string {
	if s == Info {
		return "note"
	}
	return s.String()
}

func (s Source) region(span Span) sarifRegion {
	p := s.place(span)
	if s.Origin != 0 {
		return sarifRegion{StartLine: p.Line, EndLine: p.EndLine}
	}
	return sarifRegion{p.Line, p.Column, p.EndLine, p.EndColumn}
}

// artifactURI is the reference to a file: relative for a relative path, and a
// file URI for an absolute one, which is relative to nothing a reader knows.
func artifactURI(name string) string {
	u := url.URL{Path: path.Clean(filepath.ToSlash(name))}
	if filepath.IsAbs(name) {
		u.Scheme = "file"
		u.Path = "/" + strings.TrimLeft(u.Path, "/")
	}
	return u.String()
}
