// Package diag holds what any stage of Harrier says to a user: a [Diagnostic]
// has a stable code, a severity, the span of source it speaks of, one sentence,
// and, where it is known, the fix. The same value renders as text with a caret
// ([Text]), as JSON ([JSON]) and as SARIF ([SARIF]).
//
// The package knows nothing of CQL, files or terminals.
package diag

import (
	"cmp"
	"fmt"
	"slices"
)

// Severity says how bad a diagnostic is.
type Severity uint8

// The severities, worst first.
const (
	Error   Severity = iota // the text cannot be run
	Warning                 // it runs, and likely does not do what was meant
	Info                    // worth knowing
)

// String gives the word used in every rendering.
func (s Severity) String() string {
	switch s {
	case Error:
		return "error"
	case Warning:
		return "warning"
	default:
		return "info"
	}
}

// Span is a half-open range of byte offsets into a source text.
type Span struct{ Start, End int }

// At is the empty span at offset i.
func At(i int) Span { return Span{i, i} }

// Join is the smallest span that covers both.
func (s Span) Join(t Span) Span { return Span{min(s.Start, t.Start), max(s.End, t.End)} }

// Shift moves the span by n bytes.
func (s Span) Shift(n int) Span { return Span{s.Start + n, s.End + n} }

// Note points at a second place that explains the first.
type Note struct {
	Span    Span
	Message string
}

// Edit replaces the text of Span by Text.
type Edit struct {
	Span Span
	Text string
}

// Fix is a set of edits that removes the cause of a diagnostic. Edits do not
// overlap.
type Fix struct {
	Title string
	Edits []Edit
	// Safe is true when the fix keeps the meaning the author must have had, so
	// that a tool may apply it without asking.
	Safe bool
}

// Diagnostic is one thing to say about a text.
type Diagnostic struct {
	Code     string // stable, kebab-case, names what is flagged: "unknown-function"
	Severity Severity
	Span     Span
	Message  string // one sentence, lower case, no final stop
	Notes    []Note
	Help     string // what to do, when there is no mechanical fix
	Fix      *Fix
}

// List is what a stage returns beside its result.
type List []Diagnostic

// HasErrors reports whether any diagnostic is an error.
func (l List) HasErrors() bool {
	return slices.ContainsFunc(l, func(d Diagnostic) bool { return d.Severity == Error })
}

// Errors counts the errors.
func (l List) Errors() int {
	n := 0
	for _, d := range l {
		if d.Severity == Error {
			n++
		}
	}
	return n
}

// Sort orders the list by position, then severity, keeping the order of equals.
func (l List) Sort() {
	slices.SortStableFunc(l, func(a, b Diagnostic) int {
		return cmp.Or(cmp.Compare(a.Span.Start, b.Span.Start), cmp.Compare(a.Severity, b.Severity))
	})
}

// Errorf makes an error diagnostic.
func Errorf(code string, span Span, format string, args ...any) Diagnostic {
	return Diagnostic{Code: code, Severity: Error, Span: span, Message: fmt.Sprintf(format, args...)}
}

// Warningf makes a warning diagnostic.
func Warningf(code string, span Span, format string, args ...any) Diagnostic {
	return Diagnostic{Code: code, Severity: Warning, Span: span, Message: fmt.Sprintf(format, args...)}
}

// Infof makes an informational diagnostic.
func Infof(code string, span Span, format string, args ...any) Diagnostic {
	return Diagnostic{Code: code, Severity: Info, Span: span, Message: fmt.Sprintf(format, args...)}
}

// WithHelp gives a copy that says what to do.
func (d Diagnostic) WithHelp(format string, args ...any) Diagnostic {
	d.Help = fmt.Sprintf(format, args...)
	return d
}

// WithNote gives a copy with one more related place.
func (d Diagnostic) WithNote(span Span, format string, args ...any) Diagnostic {
	d.Notes = append(slices.Clip(d.Notes), Note{span, fmt.Sprintf(format, args...)})
	return d
}

// WithFix gives a copy that carries a mechanical fix.
func (d Diagnostic) WithFix(safe bool, title string, edits ...Edit) Diagnostic {
	d.Fix = &Fix{Title: title, Edits: edits, Safe: safe}
	return d
}
