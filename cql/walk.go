package cql

// Walk calls f for n and, where f returns true, for the nodes below it, in
// source order.
func Walk(n Node, f func(Node) bool) {
	if n == nil || !f(n) {
		return
	}
	switch n := n.(type) {
	case *Query:
		Walk(n.Pipeline, f)
	case *Pipeline:
		for _, s := range n.Steps {
			Walk(s, f)
		}
	case *FilterStep:
		Walk(n.Filter, f)
	case *AssignStep:
		Walk(n.Value, f)
	case *CaseStep:
		for _, c := range n.Clauses {
			Walk(c, f)
		}
	case *MatchStep:
		for _, c := range n.Clauses {
			Walk(c, f)
		}
	case *MatchClause:
		if n.Call != nil {
			Walk(n.Call, f)
		}
		if n.Pattern != nil {
			Walk(n.Pattern, f)
		}
		Walk(n.Pipeline, f)
	case *StatsStep:
		Walk(n.Array, f)
	case *SavedQueryStep:
		for _, a := range n.Args {
			Walk(a, f)
		}
	case *AndFilter:
		walkFilters(n.Terms, f)
	case *OrFilter:
		walkFilters(n.Terms, f)
	case *NotFilter:
		Walk(n.X, f)
	case *ParenFilter:
		Walk(n.X, f)
	case *Comparison:
		Walk(n.Value, f)
	case *InList:
		Walk(n.List, f)
	case *FieldCall:
		Walk(n.Call, f)
	case *CallFilter:
		Walk(n.Call, f)
	case *FreeText:
		Walk(n.Pattern, f)
	case *Binary:
		Walk(n.X, f)
		Walk(n.Y, f)
	case *Unary:
		Walk(n.X, f)
	case *ParenExpr:
		Walk(n.X, f)
	case *Call:
		for _, a := range n.Args {
			Walk(a, f)
		}
	case *Arg:
		Walk(n.Value, f)
		for _, a := range n.Attrs {
			Walk(a.Value, f)
		}
	case *ArrayExpr:
		for _, e := range n.Elems {
			Walk(e.Value, f)
		}
	case *Subquery:
		Walk(n.Pipeline, f)
	case *Word:
		if n.Expr != nil {
			Walk(n.Expr, f)
		}
	}
}

func walkFilters(terms []Filter, f func(Node) bool) {
	for _, t := range terms {
		Walk(t, f)
	}
}
