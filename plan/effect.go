package plan

import (
	"maps"
	"slices"

	"harrier/event"
)

// Effect is what a stage does to the fields of events. One analysis of effects
// serves the checker, column pruning, completion and conversion.
type Effect struct {
	Reads    []string
	ReadsAll bool // reads fields it cannot name: free text, a glob of names
	Writes   []string
	// WritesUnknown is set when names come from data (parseJson, named groups of
	// a pattern known only at run time).
	WritesUnknown bool
	// MayWrite are names that are only written on some events, so that an earlier
	// field of that name may live on.
	MayWrite []string
	Drops    []string
	// Moves are pairs of a name in Drops and the one in MayWrite that takes its place
	// among the columns (rename).
	Moves [][2]string
	// Only is set when nothing but Keeps and Writes leaves the stage. An aggregate
	// without it gives rows that it was given, as they were.
	Only  bool
	Keeps []string
}

// Union joins the effects of alternatives or of steps.
func (e Effect) Union(o Effect) Effect {
	return Effect{
		Reads:         union(e.Reads, o.Reads),
		ReadsAll:      e.ReadsAll || o.ReadsAll,
		Writes:        union(e.Writes, o.Writes),
		WritesUnknown: e.WritesUnknown || o.WritesUnknown,
		MayWrite:      union(e.MayWrite, o.MayWrite),
		Drops:         union(e.Drops, o.Drops),
		Moves:         slices.Concat(e.Moves, o.Moves),
		Only:          e.Only && o.Only,
		Keeps:         union(e.Keeps, o.Keeps),
	}
}

func union(a, b []string) []string {
	out := slices.Clone(a)
	for _, s := range b {
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// FieldsRead gives the fields that stages need of their source: what is read
// before the first stage that lets only known fields through, or everything when
// there is none.
func FieldsRead(stages []Stage) event.FieldSet {
	made := map[string]bool{} // written by an earlier stage on every event
	need := map[string]bool{}
	all := false
	for _, s := range stages {
		e := s.Effect()
		all = all || e.ReadsAll
		for _, f := range slices.Concat(e.Reads, e.Keeps) {
			if !made[f] {
				need[f] = true
			}
		}
		if e.Only {
			return fieldSet(all, need)
		}
		for _, f := range e.Writes {
			made[f] = true
		}
	}
	return fieldSet(true, need)
}

func fieldSet(all bool, need map[string]bool) event.FieldSet {
	return event.FieldSet{All: all, Names: slices.Sorted(maps.Keys(need))}
}
