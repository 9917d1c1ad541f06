package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"harrier/diag"
	"harrier/function"
)

func newFunctions(s streams) *cobra.Command {
	return &cobra.Command{
		Use:   "functions [NAME]",
		Short: "The reference of the query functions",
		Long: "Functions lists the query functions by category, or shows one: what it takes, what it does, and an example with the rows it gives.\n" +
			"NAME may also be a category.",
		Example: "  harrier functions\n  harrier functions string\n  harrier functions groupBy",
		Args:    arguments(0, 1, "the name of one function or category, or nothing"),
		RunE: func(_ *cobra.Command, args []string) error {
			width := terminalWidth(s.out)
			if len(args) == 0 {
				for i, c := range function.Categories() {
					if i > 0 {
						fmt.Fprintln(s.out)
					}
					listFunctions(s.out, c, width)
				}
				return nil
			}
			name := strings.TrimSuffix(args[0], "()")
			if f := function.Lookup(name); f != nil {
				showFunction(s.out, f, width)
				return nil
			}
			if slices.Contains(function.Categories(), strings.ToLower(name)) {
				listFunctions(s.out, strings.ToLower(name), width)
				return nil
			}
			if n, ok := function.Announced(name); ok {
				return fmt.Errorf("%s() is a CQL function that this version of Harrier does not have yet", n)
			}
			if near := diag.Suggest(name, function.Names()); near != "" {
				return fmt.Errorf("there is no function %s(); did you mean %s()?", name, near)
			}
			return fmt.Errorf("there is no function %s(); harrier functions lists them all", name)
		},
	}
}

// listFunctions writes the functions of a category, a line each where it fits.
func listFunctions(w io.Writer, category string, width int) {
	fmt.Fprintln(w, category)
	for _, f := range function.All() {
		if f.Category == category {
			lead := fmt.Sprintf("  %-24s ", f.Name+"()")
			fmt.Fprint(w, wrap(lead+f.Summary, strings.Repeat(" ", len(lead)), width))
		}
	}
}

// showFunction writes a function's page.
func showFunction(w io.Writer, f *function.Function, width int) {
	if width <= 0 || width > 100 {
		width = 100 // lines longer than that are hard to read
	}
	fmt.Fprint(w, wrap(f.Signature(), "    ", width))
	fmt.Fprint(w, "\n", wrap(f.Summary, "", width))
	if about := strings.TrimSpace(f.Role() + " " + strings.Join(f.Places(), " ")); about != "" {
		fmt.Fprint(w, wrap(about, "", width))
	}
	if f.Deprecated != "" {
		fmt.Fprintf(w, "\nDeprecated: use %s.\n", f.Deprecated)
	}
	if len(f.Params) > 0 {
		fmt.Fprintln(w, "\nParameters")
		for _, p := range f.Params {
			text := fmt.Sprintf("  %-14s %s", p.Name, p.Takes())
			switch {
			case p.Required:
				text += ", required"
			case p.Default != "":
				text += ", default " + p.DefaultText()
			}
			if p.Name == f.Unnamed {
				text += "; its name may be left out"
			}
			if p.Deprecated != "" {
				text += "; deprecated, use " + p.Deprecated
			}
			const lead = "                 "
			fmt.Fprint(w, wrap(text, lead, width), wrap(lead+p.Doc, lead, width))
		}
	}
	for _, paragraph := range strings.Split(strings.TrimSpace(f.Doc), "\n\n") {
		if paragraph != "" {
			fmt.Fprint(w, "\n", wrapParagraph(paragraph, width))
		}
	}
	for _, e := range f.Examples {
		fmt.Fprintln(w, "\nExample")
		if e.Context != 0 {
			fmt.Fprintf(w, "  In %s.\n", e.Context)
		}
		if e.Doc != "" {
			fmt.Fprint(w, wrap("  "+e.Doc, "  ", width))
		}
		indent(w, e.Query)
		if e.In != "" {
			fmt.Fprintln(w, "  over")
			indent(w, e.In)
		}
		if e.Out == "" {
			fmt.Fprintln(w, "  gives nothing")
			continue
		}
		fmt.Fprintln(w, "  gives")
		indent(w, e.Out)
	}
}

func indent(w io.Writer, text string) {
	for _, line := range strings.Split(strings.TrimRight(text, "\n"), "\n") {
		fmt.Fprintf(w, "    %s\n", line)
	}
}

// wrapParagraph wraps prose, and leaves lists, tables and code as they are.
func wrapParagraph(text string, width int) string {
	for _, line := range strings.Split(text, "\n") {
		if strings.HasPrefix(line, " ") || strings.HasPrefix(line, "\t") || strings.HasPrefix(line, "|") || strings.HasPrefix(line, "-") ||
			strings.HasPrefix(line, "*") || strings.HasPrefix(line, "```") {
			return text + "\n"
		}
	}
	return wrap(strings.ReplaceAll(text, "\n", " "), "", width)
}

// wrap breaks a line between words where it is longer than width; lead begins
// the lines that follow. A width of 0 breaks nothing.
func wrap(text, lead string, width int) string {
	var b strings.Builder
	for width > 0 && utf8.RuneCountInString(text) > width {
		at, seen := -1, 0
		blank := true
		for i, r := range text {
			if r != ' ' {
				blank = false
			} else if !blank && i > len(lead) {
				if seen <= width || at < 0 {
					at = i
				}
			}
			if seen++; seen > width && at >= 0 {
				break
			}
		}
		if at < 0 {
			break
		}
		b.WriteString(text[:at] + "\n")
		text = lead + strings.TrimLeft(text[at:], " ")
	}
	b.WriteString(text + "\n")
	return b.String()
}
