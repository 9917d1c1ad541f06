package diag

import (
	"encoding/json"
	"io"
)

// File is a source with what there is to say about it.
type File struct {
	Source Source
	List   List
}

// jsonPlace is a span: lines of the file, and columns (in runes) and offsets (in
// bytes) of the query. The end is the first position behind the span.
type jsonPlace struct {
	Line      int `json:"line"`
	Column    int `json:"column"`
	EndLine   int `json:"endLine"`
	EndColumn int `json:"endColumn"`
	Offset    int `json:"offset"`
	EndOffset int `json:"endOffset"`
}

type jsonNote struct {
	jsonPlace
	Message string `json:"message"`
}

type jsonEdit struct {
	jsonPlace
	Text string `json:"text"`
}

type jsonFix struct {
	Title string     `json:"title"`
	Safe  bool       `json:"safe"`
	Edits []jsonEdit `json:"edits"`
}

type jsonDiagnostic struct {
	File     string `json:"file"`
	Code     string `json:"code"`
	Severity string `json:"severity"`
	jsonPlace
	Message string     `json:"message"`
	Notes   []jsonNote `json:"notes"`
	Help    string     `json:"help"`
	Fix     *jsonFix   `json:"fix"`
}

// JSON writes the diagnostics of all files as one array, for programs. Every
// member is always there: notes is an array that may be empty, help may be the
// empty string, and fix is null when there is none. The format is stable:
// members are added, and none is renamed or taken away.
func JSON(w io.Writer, files []File) error {
	out := []jsonDiagnostic{}
	for _, f := range files {
		for _, d := range f.List {
			out = append(out, toJSON(f.Source, d))
		}
	}
	return encode(w, out)
}

func toJSON(src Source, d Diagnostic) jsonDiagnostic {
	j := jsonDiagnostic{
		File:      src.label(),
		Code:      d.Code,
		Severity:  d.Severity.String(),
		jsonPlace: src.place(d.Span),
		Message:   d.Message,
		Notes:     []jsonNote{},
		Help:      d.Help,
	}
	for _, n := range d.Notes {
		j.Notes = append(j.Notes, jsonNote{src.place(n.Span), n.Message})
	}
	if d.Fix != nil {
		j.Fix = &jsonFix{Title: d.Fix.Title, Safe: d.Fix.Safe, Edits: []jsonEdit{}}
		for _, e := range d.Fix.Edits {
			j.Fix.Edits = append(j.Fix.Edits, jsonEdit{src.place(e.Span), e.Text})
		}
	}
	return j
}

func (s Source) place(span Span) jsonPlace {
	span = s.clamp(span)
	p := jsonPlace{Offset: span.Start, EndOffset: span.End}
	p.Line, p.Column = s.Position(span.Start)
	p.EndLine, p.EndColumn = s.Position(span.End)
	return p
}

// encode writes indented JSON that leaves <, > and & readable.
func encode(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}
