package compile

import (
	"slices"

	"harrier/cql"
	"harrier/diag"
	"harrier/function"
	"harrier/plan"
)

// namedQueries compiles the queries of a call such as correlate(): each sees a copy of the events that get as far as
// the call, and ends in links to the others. What is wrong with one is reported, and leaves it out.
func (c *compiler) namedQueries(fn *function.Function, args []*cql.Arg, sc *scope) []*function.NamedQuery {
	var out []*function.NamedQuery
	for _, a := range args {
		s, ok := a.Value.(*cql.Subquery)
		if !ok {
			if _, bad := a.Value.(*cql.BadExpr); !bad {
				c.errorf("wrong-kind", a.Value.Span(), "%s() wants queries with names, such as Login: {...}", fn.Name)
			}
			continue
		}
		if s.Name == "" {
			c.report(diag.Errorf("missing-argument", s.Span(), "a query of %s() needs a name, which its fields in the result begin with", fn.Name).
				WithHelp("write Login: {...}"))
			continue
		}
		if i := slices.IndexFunc(out, func(q *function.NamedQuery) bool { return q.Name == s.Name }); i >= 0 {
			c.report(diag.Errorf("duplicate-query", s.NameSpan, "there are two queries named %s", s.Name).WithNote(out[i].NameAt, "this is the first"))
			continue
		}
		out = append(out, c.namedQuery(fn, s, a.Attrs, sc))
	}
	return out
}

func (c *compiler) namedQuery(fn *function.Function, s *cql.Subquery, attrs []*cql.Attr, sc *scope) *function.NamedQuery {
	q := &function.NamedQuery{Name: s.Name, NameAt: s.NameSpan}
	in := c.inner(sc, subPipe)
	in.links = &q.Links
	c.pipeline(s.Pipeline, in)
	q.Pipe = &function.Pipe{At: s.Span(), Stages: plan.MergeFilters(in.out.Stages)}
	q.Pipe.Effect = unionEffect(plan.Effect{}, q.Pipe.Stages)
	q.Gives = in.flow.has
	for i, a := range attrs {
		switch {
		case a.Name != "include":
			c.report(diag.Errorf("unknown-attribute", a.Span(), "a query of %s() has no attribute %s", fn.Name, a.Name).WithHelp("it has include"))
			continue
		case i > 0 && slices.ContainsFunc(attrs[:i], func(b *cql.Attr) bool { return b.Name == a.Name }):
			c.errorf("duplicate-parameter", a.Span(), "the query %s is given %s twice", s.Name, a.Name)
			continue
		}
		fields, at, bad := c.textList(a.Value)
		if bad != nil {
			c.errorf("wrong-kind", bad.Span(), "include of a query wants names of fields, or *")
			continue
		}
		for n, f := range fields {
			if f == "*" {
				q.All = true
				continue
			}
			c.readField(in, f, at[n])
			if !slices.Contains(q.Include, f) {
				q.Include = append(q.Include, f)
			}
		}
	}
	return q
}

// link takes in a link of a query of correlate().
func (c *compiler) link(s *cql.LinkStep, sc *scope) {
	c.readField(sc, s.Left.Text, s.Left.Span())
	*sc.links = append(*sc.links, &function.QueryLink{Field: s.Left.Text, Other: s.Right.Text, At: s.Span(), AtName: s.Right.Span()})
}

// afterLink reports a step that stands behind a link. A saved query may hold more links, and its own steps are looked at
// when they are spliced in.
func (c *compiler) afterLink(s cql.Step, sc *scope) {
	if sc.links == nil || len(*sc.links) == 0 {
		return
	}
	switch s.(type) {
	case *cql.LinkStep, *cql.SavedQueryStep, *cql.BadStep:
	default:
		c.errorf("link-not-last", s.Span(), "links stand at the end of a query, and this step stands behind one")
	}
}
