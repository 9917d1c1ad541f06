package function

//go:generate go run ../internal/gendocs ../docs/functions

import (
	"regexp"
	"slices"
	"strings"

	"harrier/cql"
	"harrier/internal/num"
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
			part += p.DefaultText()
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
	ParameterName: "name of a parameter of the query", NamedQueries: "queries with names",
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

// Takes says in words what the parameter takes, and within which limits.
func (p Param) Takes() string {
	if p.Kind == Enum {
		return "one of " + strings.Join(p.Enum, ", ")
	}
	out := p.Kind.String()
	switch {
	case p.Max >= unbounded:
		out += " from " + num.Format(p.Min)
	case p.Min != p.Max:
		out += " from " + num.Format(p.Min) + " to " + num.Format(p.Max)
	}
	if p.Kind == Int && p.Max != 0 {
		out += ", or max"
	}
	return out
}

// unbounded is a limit that only keeps numbers whole: none that a user meets.
const unbounded = 1<<31 - 1

var plainWord = regexp.MustCompile(`^[\w@#.*+-]+$`)

// DefaultText is the default as a query would have it: in quotes where it needs
// them. It is "" when there is none.
func (p Param) DefaultText() string {
	switch p.Kind {
	case Text, Texts, Regex, Enum:
		if p.Default != "" && !plainWord.MatchString(p.Default) {
			return cql.QuoteString(p.Default)
		}
	}
	return p.Default
}

// Role says in a sentence what kind of function it is; "" where its summary is
// all there is to say.
func (f *Function) Role() string {
	switch {
	case f.IsAggregate() && len(f.Within) > 0:
		return "An aggregate: it turns events into rows."
	case f.IsAggregate():
		return "An aggregate: it turns events into rows, and may stand in `function` of other functions."
	case f.NewSequencer != nil:
		return "A sequence function: it reads the rows of an aggregate in their order, such as those of `head()` or `sort()`."
	case f.NotNegatable:
		return "A filter, which cannot be negated."
	case f.IsFilter():
		return "A filter: it may be negated, and stand in conditions."
	}
	return ""
}

// contextNames are the places where queries run, in the order of their bits.
var contextNames = []string{"a search", "a live query", "a filter alert", "an aggregate alert", "a scheduled search", "a parser"}

// String names the place with its article; of several, the first.
func (c Contexts) String() string {
	for i, name := range contextNames {
		if c&(1<<i) != 0 {
			return name
		}
	}
	return contextNames[0]
}

// Places says in sentences where a call may stand, as far as that is bounded.
func (f *Function) Places() []string {
	var out []string
	if f.Where != 0 && f.Where != Everywhere {
		var in, not []string
		for i, name := range contextNames {
			if f.Where&(1<<i) != 0 {
				in = append(in, name)
			} else {
				not = append(not, name)
			}
		}
		if len(not) < len(in) {
			out = append(out, "It may not stand in "+list(not, "or")+".")
		} else {
			out = append(out, "It may stand in "+list(in, "or")+" only.")
		}
	}
	if f.Preamble {
		out = append(out, "It stands at the beginning of a query, before everything else.")
	}
	if len(f.Within) > 0 {
		var names []string
		for _, n := range f.Within {
			names = append(names, "`"+n+"()`")
		}
		out = append(out, "It may stand in the arguments of "+list(names, "and")+" only.")
	}
	return out
}

// list joins words: a, b and c.
func list(words []string, last string) string {
	n := len(words)
	if n < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:n-1], ", ") + " " + last + " " + words[n-1]
}

// Categories are the categories of all functions, sorted.
func Categories() []string {
	var out []string
	for _, f := range All() {
		out = append(out, f.Category)
	}
	slices.Sort(out)
	return slices.Compact(out)
}
