package main

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"harrier/cql"
	"harrier/function"
)

// written stands at the top of every page, where readers do not see it.
const written = "<!-- Written by go generate from package function; edit the function and not this page. -->\n\n"

// page is the page of one function. cases are its files in the corpus.
func page(f *function.Function, cases []string) string {
	var b strings.Builder
	b.WriteString(written)
	fmt.Fprintf(&b, "# %s()\n\n%s\n\n", f.Name, f.Summary)
	if f.Deprecated != "" {
		fmt.Fprintf(&b, "> **Deprecated:** use %s.\n\n", code(f.Deprecated))
	}
	fmt.Fprintf(&b, "```text\n%s\n```\n\n", f.Signature())
	if about := strings.TrimSpace(f.Role() + " " + strings.Join(f.Places(), " ")); about != "" {
		b.WriteString(about + "\n\n")
	}
	parameters(&b, f)
	if doc := strings.TrimSpace(f.Doc); doc != "" {
		fmt.Fprintf(&b, "## What it does\n\n%s\n\n", linked(doc, f))
	}
	examples(&b, f)
	b.WriteString("## See also\n\n")
	if len(cases) > 0 {
		var links []string
		for _, name := range cases {
			links = append(links, fmt.Sprintf("[%s](%s/%s)", name, corpus, name))
		}
		fmt.Fprintf(&b, "- What holds in every case, tested: %s\n", strings.Join(links, ", "))
	}
	if near := neighbors(f); near != "" {
		fmt.Fprintf(&b, "- More of *%s*: %s\n", f.Category, near)
	}
	b.WriteString("- [All functions](README.md)\n")
	return b.String()
}

func parameters(b *strings.Builder, f *function.Function) {
	if len(f.Params) == 0 && !f.Rest {
		return
	}
	b.WriteString("## Parameters\n\n| name | takes | default | |\n|---|---|---|---|\n")
	for _, p := range f.Params {
		value := ""
		switch {
		case p.Required:
			value = "*required*"
		case p.Default != "":
			value = code(p.DefaultText())
		}
		doc := p.Doc
		if p.Deprecated != "" {
			doc = fmt.Sprintf("**Deprecated:** use %s. %s", code(p.Deprecated), doc)
		}
		row := fmt.Sprintf("| %s | %s | %s | %s |\n", code(p.Name), takes(p), cell(value), cell(strings.TrimSpace(doc)))
		b.WriteString(strings.ReplaceAll(row, "|  |", "| |"))
	}
	if f.Rest {
		b.WriteString("| any name | expression | | The field to write, and its value. |\n")
	}
	b.WriteString("\n")
	var unnamed []string
	for _, name := range f.Positional {
		unnamed = append(unnamed, code(name))
	}
	switch {
	case len(unnamed) > 1:
		fmt.Fprintf(b, "Arguments without a name are given to %s, in this order.\n\n", strings.Join(unnamed, ", "))
	case f.Unnamed != "":
		fmt.Fprintf(b, "The name of %s may be left out.\n\n", code(f.Unnamed))
	}
}

// takes is what Param.Takes says, with the words that a query has as code.
func takes(p function.Param) string {
	if p.Kind != function.Enum {
		return strings.ReplaceAll(p.Takes(), ", or max", ", or `max`")
	}
	var words []string
	for _, w := range p.Enum {
		words = append(words, code(w))
	}
	return "one of " + cell(strings.Join(words, ", "))
}

func examples(b *strings.Builder, f *function.Function) {
	if len(f.Examples) == 0 {
		return
	}
	title := "Example"
	if len(f.Examples) > 1 {
		title = "Examples"
	}
	fmt.Fprintf(b, "## %s\n\n", title)
	for i, e := range f.Examples {
		if i > 0 {
			b.WriteString("---\n\n")
		}
		if e.Doc != "" {
			b.WriteString(e.Doc + "\n\n")
		}
		language := "cql" // what the check command reads, as a search
		if e.Context != 0 {
			language = "text"
			fmt.Fprintf(b, "In %s:\n\n", e.Context)
		}
		block(b, language, layout(e))
		if e.In != "" {
			b.WriteString("over\n\n")
			block(b, "json", e.In)
		}
		if e.Out == "" {
			b.WriteString("gives nothing.\n\n")
			continue
		}
		b.WriteString("gives")
		if e.Unordered && strings.Contains(strings.TrimSpace(e.Out), "\n") {
			b.WriteString(", in any order,")
		}
		b.WriteString("\n\n")
		block(b, "json", e.Out)
	}
}

// layout is the query of an example; a long one as the formatter prints it.
func layout(e function.Example) string {
	const wide = 100
	if len(e.Query) <= wide || strings.Contains(e.Query, "\n") {
		return e.Query
	}
	q, problems := cql.Parse(e.Query, cql.Harrier)
	if problems.HasErrors() {
		return e.Query
	}
	return strings.TrimSpace(cql.Print(q))
}

func block(b *strings.Builder, language, text string) {
	fmt.Fprintf(b, "```%s\n%s\n```\n\n", language, strings.TrimRight(text, "\n"))
}

// neighbors links up to seven other functions of the category: those that
// stand next to it in order of name.
func neighbors(f *function.Function) string {
	const most = 7
	all := ofCategory(f.Category)
	at := slices.Index(all, f)
	from := max(0, min(at-most/2, len(all)-most-1))
	var out []string
	for _, g := range all[from:min(len(all), from+most+1)] {
		if g != f {
			out = append(out, link(g))
		}
	}
	return strings.Join(out, ", ")
}

var mention = regexp.MustCompile("`?\\b([A-Za-z][A-Za-z0-9:]*)\\(\\)`?")

// linked makes a link of the first mention of each other function.
func linked(doc string, f *function.Function) string {
	seen := map[string]bool{f.Name: true}
	return mention.ReplaceAllStringFunc(doc, func(s string) string {
		name := strings.TrimSuffix(strings.Trim(s, "`"), "()")
		g := function.Lookup(name)
		// A backtick on one side belongs to a longer piece of code.
		if g == nil || g.Name != name || seen[name] || strings.HasPrefix(s, "`") != strings.HasSuffix(s, "`") {
			return s
		}
		seen[name] = true
		return fmt.Sprintf("[%s](%s)", s, fileName(g))
	})
}

func ofCategory(name string) []*function.Function {
	var out []*function.Function
	for _, f := range function.All() {
		if f.Category == name {
			out = append(out, f)
		}
	}
	slices.SortFunc(out, func(a, b *function.Function) int {
		return cmp.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name))
	})
	return out
}

func link(f *function.Function) string { return fmt.Sprintf("[%s()](%s)", f.Name, fileName(f)) }

// index is the list of all functions by category.
func index() string {
	var b strings.Builder
	b.WriteString(written)
	fmt.Fprintf(&b, "# Functions\n\nThe %d functions of CQL that Harrier has, by what they are about. `harrier functions NAME` shows the same pages in a terminal.\n", len(function.All()))
	b.WriteString("The examples on them are run by the tests.\n\n")
	var parts []string
	for _, c := range function.Categories() {
		parts = append(parts, fmt.Sprintf("[%s](#%s)", c, c))
	}
	b.WriteString(strings.Join(parts, " · ") + "\n")
	for _, c := range function.Categories() {
		fmt.Fprintf(&b, "\n## %s\n\n| | |\n|---|---|\n", c)
		for _, f := range ofCategory(c) {
			summary := f.Summary
			if f.Deprecated != "" {
				summary += " Deprecated: use " + code(f.Deprecated) + "."
			}
			fmt.Fprintf(&b, "| %s | %s |\n", link(f), cell(summary))
		}
	}
	var missing []string
	for _, name := range cql.Functions {
		if _, ok := function.Announced(name); ok {
			missing = append(missing, code(name+"()"))
		}
	}
	if len(missing) > 0 {
		fmt.Fprintf(&b, "\n## Not there yet\n\nThese are known by name only, and a query that calls one is told so: %s.\n", strings.Join(missing, ", "))
	}
	return b.String()
}

// code sets a text in code, whatever characters it has.
func code(s string) string {
	if strings.Contains(s, "`") {
		return "`` " + s + " ``"
	}
	return "`" + s + "`"
}

// cell makes a text fit for a cell of a table.
func cell(s string) string {
	return strings.NewReplacer("|", `\|`, "\n", " ").Replace(s)
}
