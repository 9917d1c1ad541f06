package function

import (
	"slices"
	"strings"
)

// Signature is the function as its reference shows it: parameters in order,
// those that may be left out in brackets with their default. The parameter whose
// name may be left out is shown without it.
//
//	groupBy(field, [function=count(as=_count)], [limit=20000])
func (f *Function) Signature() string {
	var parts []string
	for _, p := range f.Params {
		if p.Deprecated != "" {
			continue
		}
		part := p.Name + "="
		switch {
		case p.Default != "" && !p.Required:
			part += p.Default
		case p.Name == f.Unnamed || slices.Contains(f.Positional, p.Name):
			part = p.Name
		default:
			part += p.Kind.short()
		}
		if !p.Required {
			part = "[" + part + "]"
		}
		parts = append(parts, part)
	}
	if f.Rest {
		parts = append(parts, "name=expression...")
	}
	return f.Name + "(" + strings.Join(parts, ", ") + ")"
}

// kindNames say in words what a kind of parameter takes.
var kindNames = map[Kind]string{
	Field: "field", Fields: "fields", NewField: "name of a field to write", Text: "text", Texts: "texts", Num: "number", Int: "whole number",
	Bool: "true or false", Enum: "word", Span: "length of time", Expression: "expression", Expressions: "expressions",
	Regex: "regular expression", Aggregates: "aggregates", Subpipeline: "subquery without aggregates", Condition: "condition in braces",
	Query: "subquery", Queries: "subqueries", ArrayName: "array", Pairs: "field or pairs of names", TextPairs: "pairs of texts",
}

// String says in words what a parameter of the kind takes.
func (k Kind) String() string { return kindNames[k] }

// short is the kind in a signature, in a word.
func (k Kind) short() string {
	switch k {
	case NewField:
		return "field"
	case Int:
		return "number"
	case Span:
		return "duration"
	case Bool:
		return "bool"
	case Regex:
		return "regex"
	}
	word, _, _ := strings.Cut(k.String(), " ")
	return word
}

// Takes says in words what the parameter takes.
func (p Param) Takes() string {
	if p.Kind == Enum {
		return "one of " + strings.Join(p.Enum, ", ")
	}
	return p.Kind.String()
}
