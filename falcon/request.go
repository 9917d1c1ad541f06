package falcon

import (
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"harrier/event"
)

// mapped are, for each Falcon field, the expressions that may give it.
var mapped = sync.OnceValue(func() map[string][]*expr {
	out := map[string][]*expr{}
	for _, t := range tables() {
		for _, k := range append([]*kind{t.common}, t.kinds...) {
			for _, f := range k.fields {
				if !slices.Contains(out[f.name], f.expr) {
					out[f.name] = append(out[f.name], f.expr)
				}
			}
		}
	}
	return out
})

// told are the fields by which sources and kinds are told apart.
var told = sync.OnceValue(func() map[string]bool {
	out := map[string]bool{tag: true}
	add := func(name string) { out[name] = true }
	tests := func(list []test) {
		for _, t := range list {
			t.expr.reads(add)
		}
	}
	for _, t := range tables() {
		for _, w := range t.when {
			tests(w)
		}
		for _, k := range t.kinds {
			tests(k.when)
		}
	}
	return out
})

// Widen is what has to be asked of telemetry that is no Falcon telemetry so that
// a request for Falcon fields can be answered: the fields they are made of and
// those by which events are told apart, with those conditions that also hold for
// the fields as they were. Falcon fields that events have by themselves are asked
// for as before.
func Widen(req *event.Request) *event.Request {
	out := *req
	names := maps.Clone(told())
	for _, n := range req.Fields.Names {
		names[n] = true
		if original, ok := replaced(n); ok {
			n = original
			names[n] = true
		}
		for _, e := range mapped()[n] {
			e.reads(func(name string) { names[name] = true })
		}
	}
	out.Fields.Names = slices.Sorted(maps.Keys(names))
	// The mapping may find a better time than the decoder did.
	out.Start, out.End = time.Time{}, time.Time{}
	out.Where = event.Predicate{}
	for _, cl := range req.Where.Clauses {
		if wide, ok := widenClause(cl); ok {
			out.Where.Clauses = append(out.Where.Clauses, wide)
		}
	}
	return &out
}

// replaced is the field whose own values are kept under a name, if it is such a
// name: Protocol for sysmon.Protocol.
func replaced(name string) (string, bool) {
	source, original, ok := strings.Cut(name, ".")
	return original, ok && isSource(source)
}

func isSource(name string) bool {
	return slices.ContainsFunc(tables(), func(t *table) bool { return t.source.Name == name })
}

// widenClause gives a clause that events satisfy before the mapping when they
// satisfy cl after it; false when there is none.
func widenClause(cl event.Clause) (event.Clause, bool) {
	var out event.Clause
	for _, n := range cl.Any {
		if _, ok := replaced(n.Field); ok {
			return out, false
		}
		if n.Field == "" {
			// What is a part of a value, or the value in lower case, is found in it so.
			n.Whole, n.Fold, n.Text = false, true, lower(n.Text)
		}
		out.Any = append(out.Any, n)
		if n.Field != "" {
			for _, e := range mapped()[n.Field] {
				if !e.needles(n, &out) {
					return out, false
				}
			}
			continue
		}
		// A search of all fields finds what the mapping wrote, too. Parts of values
		// are found in the values; what is not a part of one must not hold the text.
		if mayMake(n) {
			return out, false
		}
	}
	return out, true
}

// needles adds what is to be looked for instead of n in the fields that the
// expression is made of; false when that cannot be said.
func (e *expr) needles(n event.Needle, out *event.Clause) bool {
	for _, t := range e.terms {
		switch {
		case t.call != nil && t.call.part:
			part := n
			part.Whole, part.Fold = false, n.Fold || t.call.fold
			if !t.args[0].needles(part, out) {
				return false
			}
		case t.call != nil && t.call.never(n):
		case t.join && !strings.Contains(n.Text, joint):
			part := n
			part.Whole = false
			for _, a := range t.args {
				if !a.needles(part, out) {
					return false
				}
			}
		case t.call != nil, t.join:
			return false
		case t.names != nil:
			for _, name := range t.names {
				m := n
				m.Field = name
				if !slices.Contains(out.Any, m) {
					out.Any = append(out.Any, m)
				}
			}
		case holds(t.constant, n):
			return false
		}
	}
	return true
}

// mayMake tells whether a mapping may make a value that holds the text of a
// needle for any field, of values that do not.
func mayMake(n event.Needle) bool {
	for _, list := range mapped() {
		for _, e := range list {
			if e.makes(n) {
				return true
			}
		}
	}
	return false
}

func (e *expr) makes(n event.Needle) bool {
	for _, t := range e.terms {
		switch {
		case t.call != nil && t.call.part:
			if t.args[0].makes(n) {
				return true
			}
		case t.call != nil && t.call.never(n):
		case t.join && !strings.Contains(n.Text, joint):
			if slices.ContainsFunc(t.args, func(a *expr) bool { return a.makes(n) }) {
				return true
			}
		case t.call != nil, t.join:
			return true
		case t.names == nil && holds(t.constant, n):
			return true
		}
	}
	return false
}

// holds tells whether a constant satisfies a needle, or nearly.
func holds(constant string, n event.Needle) bool {
	return strings.Contains(lower(constant), lower(n.Text))
}

// never tells that the result of a function does not hold the text of a needle,
// whatever it is called with.
func (f *function) never(n event.Needle) bool {
	if f.values != nil {
		return !slices.ContainsFunc(f.values, func(v string) bool { return holds(v, n) })
	}
	return f.alphabet != "" && strings.Trim(n.Text, f.alphabet) != ""
}
