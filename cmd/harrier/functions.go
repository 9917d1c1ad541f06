package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"harrier/diag"
	"harrier/function"
)

func newFunctions(s streams) *cobra.Command {
	return &cobra.Command{
		Use:     "functions [NAME]",
		Short:   "The reference of the query functions",
		Example: "  harrier functions\n  harrier functions groupBy",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				for _, f := range function.All() {
					fmt.Fprintf(s.out, "%-24s %s\n", f.Name+"()", f.Summary)
				}
				return nil
			}
			name := strings.TrimSuffix(args[0], "()")
			f := function.Lookup(name)
			if f == nil {
				if n, ok := function.Announced(name); ok {
					return fmt.Errorf("%s() is a CQL function that this version of Harrier does not have yet", n)
				}
				if near := diag.Suggest(name, function.Names()); near != "" {
					return fmt.Errorf("there is no function %s(); did you mean %s()?", name, near)
				}
				return fmt.Errorf("there is no function %s()", name)
			}
			showFunction(s.out, f)
			return nil
		},
	}
}

// showFunction writes a function's page.
func showFunction(w io.Writer, f *function.Function) {
	fmt.Fprintf(w, "%s\n\n%s\n", signature(f), f.Summary)
	if f.Deprecated != "" {
		fmt.Fprintf(w, "\nDeprecated: use %s.\n", f.Deprecated)
	}
	if len(f.Params) > 0 {
		fmt.Fprintln(w, "\nParameters")
		for _, p := range f.Params {
			fmt.Fprintf(w, "  %-14s %s", p.Name, kindName(p))
			switch {
			case p.Required:
				fmt.Fprint(w, ", required")
			case p.Default != "":
				fmt.Fprintf(w, ", default %s", p.Default)
			}
			if p.Name == f.Unnamed {
				fmt.Fprint(w, "; its name may be omitted")
			}
			fmt.Fprintf(w, "\n                 %s\n", p.Doc)
		}
	}
	if f.Doc != "" {
		fmt.Fprintf(w, "\n%s\n", f.Doc)
	}
	for _, e := range f.Examples {
		fmt.Fprintln(w, "\nExample")
		if e.Doc != "" {
			fmt.Fprintf(w, "  %s\n", e.Doc)
		}
		indent(w, e.Query)
		if e.In != "" {
			fmt.Fprintln(w, "  over")
			indent(w, e.In)
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

func signature(f *function.Function) string {
	parts := make([]string, len(f.Params))
	for i, p := range f.Params {
		parts[i] = p.Name + "="
		if !p.Required {
			parts[i] = "[" + parts[i] + "]"
		}
	}
	return f.Name + "(" + strings.Join(parts, ", ") + ")"
}

func kindName(p function.Param) string {
	switch p.Kind {
	case function.Field:
		return "field"
	case function.Fields:
		return "fields"
	case function.NewField:
		return "name of a field to write"
	case function.Texts:
		return "texts"
	case function.Num:
		return "number"
	case function.Int:
		return "whole number"
	case function.Bool:
		return "boolean"
	case function.Enum:
		return "one of " + strings.Join(p.Enum, ", ")
	case function.Span:
		return "length of time"
	case function.Expression:
		return "expression"
	case function.Expressions:
		return "expressions"
	case function.Regex:
		return "regular expression"
	case function.Aggregates:
		return "aggregates"
	case function.Subpipeline:
		return "subquery without aggregates"
	case function.Condition:
		return "condition in braces"
	case function.Query, function.Queries:
		return "subquery"
	case function.ArrayName:
		return "array"
	case function.Pairs:
		return "field or pairs of names"
	default:
		return "text"
	}
}
