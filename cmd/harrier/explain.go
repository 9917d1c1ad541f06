package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"harrier"
	"harrier/diag"
	"harrier/event"
	"harrier/plan"
)

func newExplain(s streams) *cobra.Command {
	var query queryFlags
	cmd := &cobra.Command{
		Use:   "explain QUERY",
		Short: "Show the plan of a query: what it reads, what runs in parallel, what after",
		Long: "Explain compiles a query, runs nothing, and shows how it would be run:\n\n" +
			"  scan      the fields that are read of each event, and what a line of the input must hold to be looked at at all\n" +
			"  parallel  the stages that every core runs on its part of the input\n" +
			"  serial    the stages that run on the merged result\n" +
			"  gives     the fields of the result, where they are known",
		Example: "  harrier explain '#event_simpleName=DnsRequest | groupBy(DomainName)'",
		Args:    arguments(1, 1, "one query, in quotes"),
		RunE: func(_ *cobra.Command, args []string) error {
			opts, err := query.options()
			if err != nil {
				return err
			}
			q, problems := harrier.Compile(args[0], opts)
			showDiagnostics(s, diag.Source{Name: "query", Text: args[0]}, problems)
			if q == nil {
				return silent
			}
			explainPlan(s.out, q.Plan(), "")
			return nil
		},
	}
	query.add(cmd.Flags())
	return cmd
}

// explainPlan writes a plan as an indented list.
func explainPlan(w io.Writer, p *plan.Plan, indent string) {
	for _, sub := range p.Subs {
		fmt.Fprintf(w, "%sfirst %s:\n", indent, sub.Name)
		explainPlan(w, sub.Plan, indent+"  ")
	}
	if p.Values != nil {
		fmt.Fprintf(w, "%ssource    events made by the query\n", indent)
	} else {
		if p.Choose != nil {
			fmt.Fprintf(w, "%sscan      fields %s; then all fields of the events that are kept\n", indent, fieldList(*p.Choose))
		} else {
			fmt.Fprintf(w, "%sscan      fields %s\n", indent, fieldList(p.Fields))
		}
		for _, c := range p.Where.Clauses {
			fmt.Fprintf(w, "%s          only events with %s\n", indent, clauseText(c))
		}
		if len(p.Where.Clauses) == 0 {
			fmt.Fprintf(w, "%s          every event\n", indent)
		}
		if p.FreeText {
			fmt.Fprintf(w, "%s          searches values whatever their field\n", indent)
		}
	}
	word := "parallel"
	for _, st := range p.Stages {
		if _, ok := st.(*plan.Aggregate); ok && word == "parallel" {
			fmt.Fprintf(w, "%s%-9s %s, merged\n", indent, word, st.Describe())
			word = "serial"
			continue
		}
		fmt.Fprintf(w, "%s%-9s %s\n", indent, word, st.Describe())
		if m, ok := st.(*plan.Map); ok {
			for _, cl := range m.Clauses {
				fmt.Fprintf(w, "%s            clause\n", indent)
				for _, inner := range cl.Stages {
					fmt.Fprintf(w, "%s              %s\n", indent, inner.Describe())
				}
			}
		}
	}
	if len(p.Columns) > 0 {
		fmt.Fprintf(w, "%sgives     %s\n", indent, strings.Join(p.Columns, ", "))
	}
}

func fieldList(f event.FieldSet) string {
	if f.All {
		return "all"
	}
	if len(f.Names) == 0 {
		return "none"
	}
	return strings.Join(f.Names, ", ")
}

func clauseText(c event.Clause) string {
	parts := make([]string, len(c.Any))
	for i, n := range c.Any {
		field := n.Field
		if field == "" {
			field = "any field"
		}
		op := "containing"
		if n.Whole {
			op = "="
		}
		parts[i] = fmt.Sprintf("%s %s %q", field, op, n.Text)
		if n.Fold {
			parts[i] += " (any case)"
		}
	}
	return strings.Join(parts, " or ")
}
