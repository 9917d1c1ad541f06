package diag

import (
	"io"
	"strings"

	"harrier/internal/sarif"
)

// SARIF writes the diagnostics of all files as one run of SARIF 2.1.0, for code
// hosts and editors. version is that of Harrier.
//
// For a query embedded in another file (Origin is not 0) regions are whole
// lines and fixes are left out: the file may indent or escape the query, so that
// a column of the query is none of the file and a fix would damage it.
func SARIF(w io.Writer, version string, files []File) error {
	driver := sarif.Component{Name: "Harrier", Version: version, Rules: []sarif.Rule{}}
	var results []sarif.Result
	index := map[string]*int{}
	for _, f := range files {
		for _, d := range f.List {
			if d.Code != "" && index[d.Code] == nil {
				n := len(driver.Rules)
				index[d.Code] = &n
				driver.Rules = append(driver.Rules, sarif.Rule{ID: d.Code, Short: &sarif.Message{Text: strings.ReplaceAll(d.Code, "-", " ")}})
			}
			r := toSARIF(f.Source, d)
			r.RuleIndex = index[d.Code]
			results = append(results, r)
		}
	}
	return sarif.Write(w, sarif.Run{
		Tool: sarif.Tool{Driver: driver}, ColumnKind: "unicodeCodePoints", Results: results,
	})
}

func toSARIF(src Source, d Diagnostic) sarif.Result {
	artifact := sarif.Artifact{URI: sarif.URI(src.label())}
	r := sarif.Result{
		RuleID:    d.Code,
		Level:     sarifLevel(d.Severity),
		Message:   sarif.Message{Text: d.Message},
		Locations: []sarif.Location{{Physical: src.physical(artifact, d.Span)}},
	}
	if d.Help != "" {
		r.Message.Text += "\n" + d.Help
	}
	for _, n := range d.Notes {
		r.Related = append(r.Related, sarif.Location{Physical: src.physical(artifact, n.Span), Message: &sarif.Message{Text: n.Message}})
	}
	if d.Fix == nil || src.Origin != 0 {
		return r
	}
	change := sarif.Change{Artifact: artifact}
	for _, e := range ordered(src.Text, d.Fix.Edits) {
		change.Replacements = append(change.Replacements, sarif.Replacement{Deleted: src.region(e.Span), Inserted: sarif.Message{Text: e.Text}})
	}
	if len(change.Replacements) > 0 {
		r.Fixes = []sarif.Fix{{Description: sarif.Message{Text: d.Fix.Title}, Changes: []sarif.Change{change}}}
	}
	return r
}

func sarifLevel(s Severity) string {
	if s == Info {
		return "note"
	}
	return s.String()
}

func (s Source) physical(a sarif.Artifact, span Span) *sarif.Physical {
	r := s.region(span)
	return &sarif.Physical{Artifact: a, Region: &r}
}

func (s Source) region(span Span) sarif.Region {
	p := s.place(span)
	if s.Origin != 0 {
		return sarif.Region{StartLine: p.Line, EndLine: p.EndLine}
	}
	return sarif.Region{StartLine: p.Line, StartColumn: p.Column, EndLine: p.EndLine, EndColumn: p.EndColumn}
}
