package function

import (
	"cmp"
	"slices"

	"harrier/event"
)

// valueSets is a set of texts per group, of which those that appear first are kept: at most limit of them, and at most
// maxBytes of text. Which they are does not depend on how the input was cut, since a text that is among the first of all
// is among the first of its part, too.
//
// Once a set is full only earlier texts get into it. Rows come in order nearly always, so what is too much then costs
// no memory; where they do not, a set may hold more than it will give.
type valueSets struct {
	limit    int
	maxBytes int

	texts   *interner
	pairs   *pairTable // of group and text
	entries []valueEntry
	sets    []valueSet // by group

	ranked [][]uint32 // by group: its entries in order of appearance; nil when out of date
}

type valueEntry struct {
	group, text uint32
	seen        appearance
}

type valueSet struct {
	n       int
	bytes   int
	last    appearance // not before any of its entries
	dropped bool       // some text was left out
}

func newValueSets(limit, maxBytes int) *valueSets {
	return &valueSets{limit: limit, maxBytes: maxBytes, texts: newInterner(), pairs: newPairTable()}
}

func (v *valueSets) grow(groups int) { v.sets, v.ranked = grow(v.sets, groups), nil }

// addColumn adds the values of the selected rows.
func (v *valueSets) addColumn(b *event.Batch, c *event.Column, group []uint32) {
	where := appearances{b: b}
	if d, codes := c.Codes(); d != nil {
		known := v.texts.codes(d)
		for _, r := range b.Selected() {
			at := where.of(r)
			code := codes[r]
			if code == event.NoCode {
				continue
			}
			g := group[r]
			if known[code] == 0 {
				id, ok := v.texts.find(d.Value(code))
				if !ok && v.closed(g, at) {
					v.sets[g].dropped = true
					continue
				}
				if !ok {
					id = v.texts.id(d.Value(code))
				}
				known[code] = id + 1
			}
			v.put(g, known[code]-1, at)
		}
		return
	}
	for _, r := range b.Selected() {
		at := where.of(r)
		if s, ok := c.Text(int(r)); ok {
			v.addText(group[r], s, at)
		}
	}
}

// add adds a text and does not keep its bytes.
func (v *valueSets) add(g uint32, text []byte, at appearance) {
	if id, ok := v.texts.find(bytesAsText(text)); ok {
		v.put(g, id, at)
	} else if v.closed(g, at) {
		v.sets[g].dropped = true
	} else {
		v.put(g, v.texts.id(bytesAsText(text)), at)
	}
}

func (v *valueSets) addText(g uint32, text string, at appearance) {
	if id, ok := v.texts.find(text); ok {
		v.put(g, id, at)
	} else if v.closed(g, at) {
		v.sets[g].dropped = true
	} else {
		v.put(g, v.texts.id(text), at)
	}
}

// closed tells whether a new text that appears at a place cannot be among those that are kept.
func (v *valueSets) closed(g uint32, at appearance) bool {
	s := &v.sets[g]
	return (s.n >= v.limit || s.bytes > v.maxBytes) && s.last.before(at)
}

func (v *valueSets) put(g, text uint32, at appearance) {
	if v.closed(g, at) {
		if !v.pairs.has(g, text) {
			v.sets[g].dropped = true
		}
		return
	}
	n, isNew := v.pairs.find(g, text)
	if !isNew {
		if e := &v.entries[n]; at.before(e.seen) {
			e.seen, v.ranked = at, nil
		}
		return
	}
	v.entries, v.ranked = append(v.entries, valueEntry{g, text, at}), nil
	s := &v.sets[g]
	if s.n == 0 || s.last.before(at) {
		s.last = at
	}
	s.n++
	s.bytes += len(v.texts.texts[text])
}

// merge takes in the sets of other, whose group g is group[g] here.
func (v *valueSets) merge(other *valueSets, group []uint32) {
	for _, e := range other.entries {
		v.addText(group[e.group], other.texts.texts[e.text], e.seen)
	}
	for g := range other.sets {
		if other.sets[g].dropped {
			v.sets[group[g]].dropped = true
		}
	}
}

// values gives the texts of a group in order of appearance, and whether they are all.
func (v *valueSets) values(g uint32) (values []string, complete bool) {
	if v.ranked == nil { // results are asked for when all is added
		v.rank()
	}
	complete = !v.sets[g].dropped
	bytes := 0
	for i, n := range v.ranked[g] {
		s := v.texts.texts[v.entries[n].text]
		if bytes += len(s); i == v.limit || bytes > v.maxBytes {
			return values, false
		}
		values = append(values, s)
	}
	return values, complete
}

func (v *valueSets) rank() {
	v.ranked = make([][]uint32, len(v.sets))
	for n, e := range v.entries {
		v.ranked[e.group] = append(v.ranked[e.group], uint32(n))
	}
	for _, entries := range v.ranked {
		slices.SortFunc(entries, func(a, b uint32) int {
			p, q := v.entries[a].seen, v.entries[b].seen
			return cmp.Or(cmp.Compare(p.position, q.position), cmp.Compare(p.nth, q.nth))
		})
	}
}

func (v *valueSets) bytes() int {
	return v.texts.bytes + v.pairs.bytes() + 24*cap(v.entries) + 40*cap(v.sets)
}

// codes gives what is known of a dictionary: by code, the number of a text plus 1, or 0. The caller fills it in.
func (t *interner) codes(d *event.Dict) []uint32 {
	known := t.dicts[d]
	if known == nil {
		if len(t.dicts) > 64 {
			clear(t.dicts)
		}
		known = new([]uint32)
		t.dicts[d] = known
	}
	if d.Len() > len(*known) {
		*known = grow(*known, d.Len())
	}
	return *known
}

// has tells whether a pair has a number.
func (t *pairTable) has(a, b uint32) bool {
	if a == 0 {
		return int(b) < len(t.direct) && t.direct[b] > 0
	}
	return t.rest.Has(pairKey(a, b))
}
