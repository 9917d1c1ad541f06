// Package falcon shows telemetry of other sources under the names that the Falcon
// sensor has for it, so that a query or detection written for Falcon runs over
// it:
//
//	Request for Falcon fields -- Widen --> Request for the fields they are made of
//	batch as the source has it -- View.Map --> batch with Falcon fields beside them
//
// What becomes what is written down in the mapping tables of package schema; this
// package carries them out and knows no source by name. Original fields stay. One
// that has the name of a Falcon field and another value is found under the name
// of its source, as in sysmon.Protocol. An event that is Falcon's own already is
// left alone.
package falcon

import (
	"context"
	"slices"

	"harrier/event"
)

// tag is the field that says of what type a Falcon event is.
const tag = "#event_simpleName"

// View maps the batches of one split. It is used by one goroutine.
type View struct {
	wanted func(string) bool
	cols   map[*expr]*event.Column // of the batch at hand
	lifts  map[lifting]*lifted
	codes  map[coding]*[]uint32
	dicts  map[string]*event.Dict
	seen   func(Seen)
}

// Seen says what some events of a batch were taken for.
type Seen struct {
	Source string // "falcon" for Falcon's own, "" for events of no known source
	Event  string // the Falcon event type, "" when there is none for it
	Events int
}

// NewView is a view for a request, as it was before Widen. seen, when not nil, is
// told what events were taken for, batch by batch.
func NewView(req *event.Request, seen func(Seen)) *View {
	names := map[string]bool{}
	for _, n := range req.Fields.Names {
		names[n] = true
		// To know what is replaced, the value that replaces it is needed.
		if original, ok := replaced(n); ok {
			names[original] = true
		}
	}
	all := req.Fields.All || req.FreeText
	return &View{seen: seen, wanted: func(name string) bool { return all || names[name] }}
}

// Source is a source seen in Falcon's terms.
func Source(src event.Source) event.Source { return source{src} }

type source struct{ inner event.Source }

// Splits implements event.Source.
func (s source) Splits(ctx context.Context, req *event.Request) ([]event.Split, error) {
	list, err := s.inner.Splits(ctx, Widen(req))
	for i := range list {
		list[i] = split{list[i], req}
	}
	return list, err
}

type split struct {
	inner event.Split
	req   *event.Request
}

// Scan implements event.Split.
func (s split) Scan(ctx context.Context, yield func(*event.Batch) error) error {
	v := NewView(s.req, nil)
	return s.inner.Scan(ctx, func(b *event.Batch) error {
		v.Map(b)
		return yield(b)
	})
}

// give is a value that some rows of a batch get.
type give struct {
	source string
	rows   []int32
	col    *event.Column
}

// Map adds the Falcon fields of the events in a batch.
func (v *View) Map(b *event.Batch) {
	v.cols = map[*expr]*event.Column{}
	if len(v.lifts) > 4096 || len(v.codes) > 4096 {
		v.lifts, v.codes, v.dicts = nil, nil, nil // dictionaries that are no more
	}
	rest := v.foreign(b)
	gives := map[string][]give{}
	var order []string
	add := func(t *table, k *kind, rows []int32) {
		for _, f := range k.fields {
			if !v.wanted(f.name) {
				continue
			}
			if c := v.eval(b, f.expr); c.Kind() != event.Missing {
				if gives[f.name] == nil {
					order = append(order, f.name)
				}
				gives[f.name] = append(gives[f.name], give{t.source.Name, rows, c})
			}
		}
		v.tell(t.source.Name, k.event, len(rows))
	}
	for _, t := range tables() {
		if len(rest) == 0 {
			break
		}
		var mine []int32
		mine, rest = v.divide(b, rest, t.when)
		for _, k := range t.kinds {
			if len(mine) == 0 {
				break
			}
			var rows []int32
			if rows, mine = v.divide(b, mine, [][]test{k.when}); len(rows) > 0 {
				add(t, k, rows)
			}
		}
		if len(mine) > 0 {
			add(t, t.common, mine)
		}
	}
	v.tell("", "", len(rest))
	originals := map[string]*event.Column{}
	for _, name := range order {
		originals[name] = b.Column(name)
	}
	slices.Sort(order)
	for _, name := range order {
		v.set(b, name, originals[name], gives[name])
	}
}

func (v *View) tell(source, event string, n int) {
	if v.seen != nil && n > 0 {
		v.seen(Seen{source, event, n})
	}
}

// foreign gives the rows that are not of Falcon.
func (v *View) foreign(b *event.Batch) []int32 {
	rows := b.Selected()
	c := b.Column(tag)
	if c == nil {
		return rows
	}
	var out []int32
	for _, r := range rows {
		if !c.Present(int(r)) {
			out = append(out, r)
		}
	}
	v.tell("falcon", "", len(rows)-len(out))
	return out
}

// divide tells the rows that satisfy one of several lists of tests from others.
func (v *View) divide(b *event.Batch, rows []int32, when [][]test) (yes, no []int32) {
	no = rows
	for _, tests := range when {
		hit := no
		for _, t := range tests {
			if hit = v.satisfy(b, hit, t); len(hit) == 0 {
				break
			}
		}
		switch len(hit) {
		case 0:
		case len(no):
			if yes == nil {
				return hit, nil
			}
			yes, no = append(yes, hit...), nil
		default:
			yes, no = append(yes, hit...), without(no, hit)
		}
	}
	if len(when) > 1 {
		slices.Sort(yes)
	}
	return yes, no
}

// without gives the rows that are not among others, both ascending.
func without(rows, others []int32) []int32 {
	out := make([]int32, 0, len(rows)-len(others))
	for _, r := range rows {
		if len(others) > 0 && others[0] == r {
			others = others[1:]
			continue
		}
		out = append(out, r)
	}
	return out
}

// satisfy gives the rows that pass a test, in a slice of its own unless all do.
func (v *View) satisfy(b *event.Batch, rows []int32, t test) []int32 {
	c := v.eval(b, t.expr)
	if c.Kind() == event.Missing {
		return nil
	}
	pass := func(s string) bool {
		if t.all {
			return true
		}
		for _, p := range t.any {
			if p.Match(s) {
				return true
			}
		}
		return false
	}
	if s, ok := c.ConstantText(); ok {
		if pass(s) {
			return rows
		}
		return nil
	}
	out := make([]int32, 0, len(rows))
	if dict, codes := c.Codes(); dict != nil {
		known := make([]int8, dict.Len())
		for _, r := range rows {
			code := codes[r]
			if code == event.NoCode {
				continue
			}
			if known[code] == 0 {
				known[code] = -1
				if pass(dict.Value(code)) {
					known[code] = 1
				}
			}
			if known[code] > 0 {
				out = append(out, r)
			}
		}
		return out
	}
	for _, r := range rows {
		if s, ok := c.Text(int(r)); ok && pass(s) {
			out = append(out, r)
		}
	}
	return out
}
