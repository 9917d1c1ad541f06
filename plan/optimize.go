package plan

import (
	"slices"
	"strings"

	"harrier/event"
)

// Optimize works out what a plan needs of its source, and rewrites its stages
// where that makes them cheaper without changing their meaning.
func Optimize(p *Plan) {
	p.Stages = MergeFilters(p.Stages)
	p.Fields = FieldsRead(p.Stages)
	p.FreeText = p.FreeText || SearchesText(p.Stages)
	if p.FreeText {
		p.Fields.All = true
	}
	p.Choose = chooseBy(p)
	p.Where = StagesWhere(p.Stages)
	p.Columns = ColumnsAfter(nil, p.Stages)
}

// chooseBy gives the fields that tell which events the first aggregate keeps; nil
// when that is all of them, or nothing would be saved.
func chooseBy(p *Plan) *event.FieldSet {
	if !p.Fields.All || p.FreeText {
		return nil
	}
	for i, s := range p.Stages {
		a, ok := s.(*Aggregate)
		if !ok {
			continue
		}
		e := a.Effects
		if e.Only {
			return nil
		}
		e.Only, e.Keeps = true, nil
		f := FieldsRead(append(slices.Clone(p.Stages[:i]), &Aggregate{Effects: e}))
		if f.All {
			return nil
		}
		return &f
	}
	return nil
}

// ColumnsAfter follows the columns of a result through stages, in the order in
// which they are to be shown; nil when the fields are any.
func ColumnsAfter(columns []string, stages []Stage) []string {
	for _, s := range stages {
		e := s.Effect()
		if a, ok := s.(*Aggregate); ok && e.Only {
			columns = a.Columns
		} else if e.Only {
			columns = append([]string{}, e.Keeps...)
		}
		if columns == nil {
			continue
		}
		columns = slices.Clone(columns)
		for _, m := range e.Moves {
			columns = moved(columns, m[0], m[1])
		}
		columns = slices.DeleteFunc(columns, func(c string) bool {
			return slices.Contains(e.Drops, c) && !slices.Contains(e.MayWrite, c) && !slices.Contains(e.Writes, c)
		})
		// What tells of a failure is no column unless there is one to tell of.
		columns = union(columns, slices.DeleteFunc(slices.Concat(e.Writes, e.MayWrite), func(c string) bool {
			return strings.HasPrefix(c, "@error")
		}))
	}
	return columns
}

// moved gives a column another name. A column that had the name goes.
func moved(columns []string, from, to string) []string {
	at := slices.Index(columns, from)
	if at < 0 || from == to {
		return columns
	}
	if old := slices.Index(columns, to); old < 0 {
		columns[at] = to
	} else {
		columns[min(at, old)] = to
		columns = slices.Delete(columns, max(at, old), max(at, old)+1)
	}
	return columns
}

// MergeFilters makes one filter of filters that stand next to each other.
func MergeFilters(stages []Stage) []Stage {
	var out []Stage
	var merged *Filter // the last of out, when it was made here and may grow
	for _, s := range stages {
		f, ok := s.(*Filter)
		if !ok || len(out) == 0 {
			out, merged = append(out, s), nil
			continue
		}
		last, ok := out[len(out)-1].(*Filter)
		if !ok {
			out = append(out, s)
			continue
		}
		if merged == nil {
			merged = &Filter{Pred: &All{Terms: slices.Clone(conjuncts(last.Pred))}, Span: last.Span}
			out[len(out)-1] = merged
		}
		all := merged.Pred.(*All)
		all.Terms = append(all.Terms, conjuncts(f.Pred)...)
		merged.Span = merged.Span.Join(f.Span)
	}
	return out
}

func conjuncts(p Pred) []Pred {
	if a, ok := p.(*All); ok {
		return a.Terms
	}
	return []Pred{p}
}

// SearchesText tells whether a stage searches values whatever their field.
func SearchesText(stages []Stage) bool {
	for _, s := range stages {
		switch s := s.(type) {
		case *Filter:
			if HasSearch(s.Pred) {
				return true
			}
		case *Map:
			if s.FreeText {
				return true
			}
		case *Aggregate:
			if s.FreeText {
				return true
			}
		}
	}
	return false
}

// StagesWhere is a necessary condition for an event to get past the stages up to
// the first aggregate. A condition on a field counts only while no stage has
// written that field; one on any field is about the original and always counts.
func StagesWhere(stages []Stage) event.Predicate {
	var w event.Predicate
	written := map[string]bool{}
	unknown := false
	keep := func(p event.Predicate) {
		for _, cl := range p.Clauses {
			if !slices.ContainsFunc(cl.Any, func(n event.Needle) bool {
				return n.Field != "" && (unknown || written[n.Field])
			}) {
				w.Clauses = append(w.Clauses, cl)
			}
		}
	}
	for _, s := range stages {
		switch s := s.(type) {
		case *Filter:
			keep(s.Pred.Where())
		case *Map:
			if s.Ordered {
				return w
			}
			keep(s.Where)
		default:
			return w
		}
		e := s.Effect()
		unknown = unknown || e.WritesUnknown
		for _, f := range slices.Concat(e.Writes, e.MayWrite, e.Drops) {
			written[f] = true
		}
	}
	return w
}

// ClausesWhere is a necessary condition for some clause of a case to let an
// event through.
func ClausesWhere(clauses []Clause) event.Predicate {
	var any event.Clause
	for _, cl := range clauses {
		cs := StagesWhere(cl.Stages).Clauses
		if len(cs) == 0 {
			return event.Predicate{}
		}
		any.Any = append(any.Any, bestClause(cs).Any...)
	}
	if len(any.Any) == 0 {
		return event.Predicate{}
	}
	return event.Predicate{Clauses: []event.Clause{any}}
}
