package function

import (
	"cmp"
	"math"
	"slices"

	"github.com/kamstrup/intmap"

	"harrier/event"
)

// keyTable numbers the combinations of values of some fields, apart for each outer group: it turns rows into the group
// numbers that aggregators count by. A single field that is absent makes no group; of several fields those that are
// absent count as empty texts, unless all of them are (language reference 14 and 21, Q10).
//
// Values become numbers first, once per dictionary entry where there is a dictionary. A combination is then found by
// one look-up per field: of the pair of what came before and the value.
type keyTable struct {
	fields []string
	values []*interner  // by field
	levels []*pairTable // by field
	outer  []uint32     // by group
	seen   []appearance // by group
	ids    []uint32     // by group and field: numbers of values

	ranked [][]uint32 // by outer group: its groups in order of appearance; nil when out of date
	rowIDs [][]uint32 // by field and row, of the batch in hand
	number []uint32   // by row, of the batch in hand
	found  []uint32   // scratch: numbers of the values of one group
}

// appearance is the place at which a group was first met. Rows made from one event share its position and are told
// apart by their number among them.
type appearance struct {
	position uint64
	nth      uint32
}

// unseen is later than any place.
var unseen = appearance{math.MaxUint64, math.MaxUint32}

func (a appearance) before(b appearance) bool {
	return a.position < b.position || a.position == b.position && a.nth < b.nth
}

// appearances gives the place of the selected rows of a batch, which must be asked for in order.
type appearances struct {
	b    *event.Batch
	last appearance
	any  bool
}

func (a *appearances) of(row int32) appearance {
	p := a.b.Position(int(row))
	if a.any && p == a.last.position {
		a.last.nth++
	} else {
		a.last, a.any = appearance{position: p}, true
	}
	return a.last
}

func newKeyTable(fields []string) *keyTable {
	k := &keyTable{fields: fields, rowIDs: make([][]uint32, len(fields)), found: make([]uint32, len(fields))}
	for range fields {
		k.values = append(k.values, newInterner())
		k.levels = append(k.levels, newPairTable())
	}
	return k
}

func (k *keyTable) len() int { return len(k.outer) }

// groups gives the group of each selected row that has one, and those rows; nil when all have. outer holds the outer
// group by row. The result is good until the next call.
func (k *keyTable) groups(b *event.Batch, outer []uint32) (number []uint32, kept []int32) {
	rows := b.Selected()
	k.number = grow(k.number, b.Len())
	for i, f := range k.fields {
		k.rowIDs[i] = grow(k.rowIDs[i], b.Len())
		k.values[i].column(b.Column(f), rows, k.rowIDs[i])
	}
	where := appearances{b: b}
	dropped := false
	for i, r := range rows {
		at := where.of(r)
		if k.absent(int(r)) {
			if !dropped {
				dropped, kept = true, append(make([]int32, 0, len(rows)), rows[:i]...)
			}
			continue
		}
		if dropped {
			kept = append(kept, r)
		}
		for f := range k.found {
			k.found[f] = k.rowIDs[f][r]
		}
		k.number[r] = k.find(outer[r], k.found, at)
	}
	return k.number[:b.Len()], kept
}

// absent tells whether a row has none of the key fields. Where it has some, the others become empty texts.
func (k *keyTable) absent(row int) bool {
	missing := 0
	for _, ids := range k.rowIDs {
		if ids[row] == noValue {
			missing++
		}
	}
	if missing == 0 || missing == len(k.fields) {
		return missing > 0
	}
	for i, ids := range k.rowIDs {
		if ids[row] == noValue {
			ids[row] = k.values[i].id("")
		}
	}
	return false
}

// find gives the number of a combination that was met at a place; a new one when it is met for the first time.
func (k *keyTable) find(outer uint32, ids []uint32, at appearance) uint32 {
	node, isNew := outer, false
	for i, v := range ids {
		node, isNew = k.levels[i].find(node, v)
	}
	if isNew {
		k.outer = append(k.outer, outer)
		k.seen = append(k.seen, unseen)
		k.ids = append(k.ids, ids...)
		k.ranked = nil
	}
	if at.before(k.seen[node]) {
		k.seen[node], k.ranked = at, nil
	}
	return node
}

// merge takes in the groups of other, whose outer group g is outer[g] here, and gives their numbers here.
func (k *keyTable) merge(other *keyTable, outer []uint32) []uint32 {
	same := make([][]uint32, len(k.fields))
	for i, v := range other.values {
		same[i] = make([]uint32, len(v.texts))
		for id, s := range v.texts {
			same[i][id] = k.values[i].id(s)
		}
	}
	number := make([]uint32, other.len())
	for g := range number {
		for i := range k.found {
			k.found[i] = same[i][other.ids[g*len(k.fields)+i]]
		}
		number[g] = k.find(outer[other.outer[g]], k.found, other.seen[g])
	}
	return number
}

// key gives the value of a field in a group.
func (k *keyTable) key(group uint32, field int) string {
	return k.values[field].texts[k.ids[int(group)*len(k.fields)+field]]
}

// write adds the key fields of a group to the open row.
func (k *keyTable) write(group uint32, w *event.Builder) {
	for i, f := range k.fields {
		w.AddText(f, k.key(group, i))
	}
}

// inOrder gives the groups of an outer group in order of appearance. The caller must not change it.
func (k *keyTable) inOrder(outer uint32) []uint32 {
	if k.ranked == nil {
		k.ranked = [][]uint32{}
		for g, o := range k.outer {
			k.ranked = grow(k.ranked, int(o)+1)
			k.ranked[o] = append(k.ranked[o], uint32(g))
		}
		for _, gs := range k.ranked {
			slices.SortFunc(gs, k.byAppearance)
		}
	}
	if int(outer) >= len(k.ranked) {
		return nil
	}
	return k.ranked[outer]
}

func (k *keyTable) byAppearance(a, b uint32) int {
	return cmp.Or(cmp.Compare(k.seen[a].position, k.seen[b].position), cmp.Compare(k.seen[a].nth, k.seen[b].nth))
}

func (k *keyTable) bytes() int {
	n := cap(k.outer)*4 + cap(k.seen)*16 + cap(k.ids)*4
	for i := range k.fields {
		n += k.values[i].bytes + k.levels[i].bytes()
	}
	return n
}

// pairTable numbers pairs of numbers.
type pairTable struct {
	direct []uint32 // number+1 of the pairs whose first is 0: nearly all of them, at the top level by the first field
	rest   *intmap.Map[uint64, uint32]
	n      uint32
}

func newPairTable() *pairTable { return &pairTable{rest: intmap.New[uint64, uint32](0)} }

func (t *pairTable) find(a, b uint32) (number uint32, isNew bool) {
	if a == 0 {
		if int(b) >= len(t.direct) {
			t.direct = grow(t.direct, int(b)+1)
		}
		if t.direct[b] > 0 {
			return t.direct[b] - 1, false
		}
		t.n++
		t.direct[b] = t.n
		return t.n - 1, true
	}
	number, isNew = t.rest.PutIfNotExists(pairKey(a, b), t.n)
	if isNew {
		t.n++
	}
	return number, isNew
}

func (t *pairTable) bytes() int { return cap(t.direct)*4 + t.rest.Len()*28 }

// pairKey makes one number of two, a different one for each pair. It is stirred, because intmap looks mostly at the low
// half of its keys and would put all pairs with the same second number into the same place.
func pairKey(a, b uint32) uint64 {
	k := (uint64(a)<<32 | uint64(b)) * 0x9E3779B97F4A7C15
	return k ^ k>>32
}
