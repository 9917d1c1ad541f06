package compile

import (
	"slices"
	"strings"

	"harrier/diag"
	"harrier/plan"
)

// flow follows which fields can exist at a place of the pipeline. At the start
// any field can; behind an aggregate or a projection only those it lets through.
type flow struct {
	open    bool            // fields that are not listed may exist
	fields  map[string]bool // when not open
	dropped map[string]closing
	closed  closing // what closed it
}

// closing is the step after which fields are gone.
type closing struct {
	name string
	at   diag.Span
	left []string
}

func newFlow() *flow {
	return &flow{open: true, fields: map[string]bool{}, dropped: map[string]closing{}}
}

func (f *flow) clone() *flow {
	g := &flow{open: f.open, closed: f.closed, fields: map[string]bool{}, dropped: map[string]closing{}}
	for k := range f.fields {
		g.fields[k] = true
	}
	for k, v := range f.dropped {
		g.dropped[k] = v
	}
	return g
}

// apply moves past a stage.
func (f *flow) apply(e plan.Effect, name string, at diag.Span) {
	if e.Only {
		kept := map[string]bool{}
		for _, k := range e.Keeps {
			if f.has(k) {
				kept[k] = true
			}
		}
		f.fields, f.open, f.dropped = kept, false, map[string]closing{}
	}
	for _, d := range e.Drops {
		delete(f.fields, d)
		f.dropped[d] = closing{name: name, at: at}
	}
	for _, w := range append(slices.Clone(e.Writes), e.MayWrite...) {
		f.fields[w] = true
		delete(f.dropped, w)
	}
	if e.WritesUnknown {
		f.open = true
	}
	if e.Only {
		left := make([]string, 0, len(f.fields))
		for _, n := range append(slices.Clone(e.Keeps), e.Writes...) {
			if f.fields[n] && !slices.Contains(left, n) {
				left = append(left, n)
			}
		}
		f.closed = closing{name: name, at: at, left: left}
	}
}

// behind is a scope as sc, where a stage has had its effect on fields.
func (sc *scope) behind(e plan.Effect, name string, at diag.Span) *scope {
	if sc == nil || sc.flow == nil {
		return sc
	}
	out := *sc
	out.flow = sc.flow.clone()
	out.flow.apply(e, name, at)
	return &out
}

func (f *flow) has(name string) bool {
	if _, gone := f.dropped[name]; gone {
		return false
	}
	if f.open || f.fields[name] {
		return true
	}
	// x[] and x are there when an element is.
	base := strings.TrimSuffix(name, "[]")
	for k := range f.fields {
		if strings.HasPrefix(k, base+"[") || strings.HasPrefix(k, base+".") || strings.HasPrefix(base, k+"[") {
			return true
		}
	}
	return false
}

// join makes the flow behind alternatives: a field may exist when it may behind
// one of them.
func (f *flow) join(g *flow) {
	f.open = f.open || g.open
	for k := range g.fields {
		f.fields[k] = true
	}
	for k := range f.dropped {
		if g.has(k) {
			delete(f.dropped, k)
		}
	}
}

// readField checks that a field that is read here can exist.
func (c *compiler) readField(sc *scope, name string, at diag.Span) {
	if sc == nil || sc.flow == nil || name == "" || sc.flow.has(name) {
		return
	}
	by, ok := sc.flow.dropped[name]
	if !ok {
		by = sc.flow.closed
	}
	d := diag.Warningf("field-gone", at, "no %s after %s", name, by.name)
	if by.left != nil {
		d = d.WithNote(by.at, "only %s here", leaving(by.left))
	} else {
		d = d.WithNote(by.at, "it is removed here")
	}
	if by.name == "groupBy()" || by.name == "stats()" {
		d = d.WithHelp("carry it through, for example with function=[..., selectLast([%s])] or max(%s, as=%s)", name, name, name)
	}
	c.report(d)
}

func leaving(names []string) string {
	switch n := len(names); {
	case n == 0:
		return "nothing leaves"
	case n == 1:
		return names[0] + " leaves"
	case n > 6:
		return strings.Join(names[:6], ", ") + ", ... leave"
	default:
		return strings.Join(names[:n-1], ", ") + " and " + names[n-1] + " leave"
	}
}
