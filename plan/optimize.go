package plan

import (
	"slices"

	"harrier/event"
)

// Optimize works out what a plan needs of its source, and rewrites its stages
// where that makes them cheaper without changing their meaning.
func Optimize(p *Plan) {
	p.Stages = MergeFilters(p.Stages)
	p.Fields = FieldsRead(p.Stages)
	p.FreeText = SearchesText(p.Stages)
	if p.FreeText {
		p.Fields.All = true
	}
	p.Where = StagesWhere(p.Stages)
	for i := len(p.Stages) - 1; i >= 0; i-- {
		if a, ok := p.Stages[i].(*Aggregate); ok {
			p.Columns = a.Columns
			break
		}
		if e := p.Stages[i].Effect(); e.Only {
			p.Columns = e.Keeps
			break
		}
	}
}

// MergeFilters makes one filter of filters that stand next to each other.
func MergeFilters(stages []Stage) []Stage {
	var out []Stage
	for _, s := range stages {
		f, ok := s.(*Filter)
		if ok && len(out) > 0 {
			if last, ok := out[len(out)-1].(*Filter); ok {
				terms := append(slices.Clone(conjuncts(last.Pred)), conjuncts(f.Pred)...)
				out[len(out)-1] = &Filter{Pred: &All{Terms: terms}, Span: last.Span.Join(f.Span)}
				continue
			}
		}
		out = append(out, s)
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
