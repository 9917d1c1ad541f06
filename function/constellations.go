package function

import (
	"encoding/binary"
	"slices"
	"sort"
)

// constellations finds what fits together among the candidates of all roles. A candidate is known by its rank in the
// order of the sequence.
//
// The work is about that of sorting them, for each row that is found:
//
//   - Candidates whose values no candidate of a linked role has are left out first, again and again until none is, so
//     that where links make a chain or a tree, each that is left has a partner.
//   - Roles are then given candidates one after the other. Those of a role are found by the values that are fixed
//     already, and lie in a span of ranks. The span is drawn so tightly that each candidate in it can be completed, as
//     far as the values that all roles share and the time tell (see bounds). So nothing is tried in vain, except that
//     links which not all roles share, together with time, may still rule out what the span lets through.
type constellations struct {
	*correlator
	all    []ranked
	values [][]uint32 // by class and rank: numbers of the texts; noValue where the role is not in the class
	key0   []float64  // the first field to order by where it is a number, by rank; those without are last
	ids    int

	found  []found  // by role in the order of visits: how its candidates are found
	common []int    // the classes that all roles have
	groups []*group // of candidates with the same values in the common classes
	of     []int32  // by rank: its group, -1 for one that was left out

	chosen []int32 // by role: the rank, -1 while there is none
	used   []bool  // by event, with includeMatchesOnceOnly
	steps  int
	emit   func([]int32) bool
	left   int // constellations that the present root may still have
	err    error
}

// found is how the candidates of a role are found when it is given one.
type found struct {
	role    int
	classes []int                // those that are fixed by then
	lists   map[string]*rankList // by their values; nil where they are the common ones
}

// group is candidates that agree in all that is common to all roles.
type group struct {
	lists  []*rankList // by role
	starts []float64   // times at which a span of the length of within begins that has candidates of all roles
	ready  bool
}

// rankList is candidates, ascending.
type rankList struct {
	ranks []int32
	skip  []int32 // by index: where the next one may be that is not used; nil while none is known to be used
}

var noCandidates = &rankList{}

func newConstellations(a *correlator) *constellations {
	m := &constellations{correlator: a, all: a.sorted(), chosen: make([]int32, len(a.roles))}
	for i := range m.chosen {
		m.chosen[i] = -1
	}
	for i := range m.all {
		m.ids = max(m.ids, int(m.all[i].id)+1)
	}
	for class := range a.classes {
		if !slices.ContainsFunc(a.roles, func(r *role) bool { return !r.has(class) }) {
			m.common = append(m.common, class)
		}
	}
	m.readValues()
	m.readKeys()
	m.of = make([]int32, len(m.all))
	m.reduce()
	m.index()
	return m
}

func (r *role) has(class int) bool {
	return slices.ContainsFunc(r.member, func(f roleField) bool { return f.class == class })
}

// readValues numbers the texts of the linked fields.
func (m *constellations) readValues() {
	m.values = make([][]uint32, m.classes)
	for class := range m.values {
		texts := newInterner()
		ids := make([]uint32, len(m.all))
		for i := range m.all {
			ids[i] = noValue
			c := &m.all[i]
			for _, f := range m.roles[c.role].member {
				if f.class == class {
					s, _ := c.chunk.rows.Text(f.name, int(c.row))
					ids[i] = texts.id(s)
					break
				}
			}
		}
		m.values[class] = ids
	}
}

// readKeys makes the list of numbers that jitterTolerance is about.
func (m *constellations) readKeys() {
	for i := range m.all {
		c := &m.all[i]
		if m.byTime() && c.timed {
			m.key0 = append(m.key0, c.time)
		} else if !m.byTime() && c.keys[0].rank == rankValue {
			m.key0 = append(m.key0, c.keys[0].number)
		} else {
			return
		}
	}
}

// key is the values of a candidate in some classes.
func (m *constellations) key(buf []byte, rank int, classes []int) []byte {
	for _, c := range classes {
		buf = binary.LittleEndian.AppendUint32(buf, m.values[c][rank])
	}
	return buf
}

// reduce leaves out the candidates that have no partner in some other role.
func (m *constellations) reduce() {
	byRole := make([][]int32, len(m.roles))
	for i := range m.all {
		byRole[m.all[i].role] = append(byRole[m.all[i].role], int32(i))
	}
	var buf []byte
	keep := func(role, other int, classes []int) bool {
		have := map[string]bool{}
		for _, i := range byRole[other] {
			buf = m.key(buf[:0], int(i), classes)
			have[string(buf)] = true
		}
		n := len(byRole[role])
		byRole[role] = slices.DeleteFunc(byRole[role], func(i int32) bool {
			buf = m.key(buf[:0], int(i), classes)
			if have[string(buf)] {
				return false
			}
			m.of[i] = -1
			return true
		})
		return len(byRole[role]) < n
	}
	// A chain of links needs as many rounds as it has members when each round goes the wrong way.
	for range m.roles {
		changed := false
		for i, r := range m.roles {
			for j, o := range m.roles {
				if classes := r.shares(o); i != j && len(classes) > 0 && keep(i, j, classes) {
					changed = true
				}
			}
		}
		if !changed {
			return
		}
	}
}

// index makes the lists in which candidates are found.
func (m *constellations) index() {
	fixed := map[int]bool{}
	for n, role := range m.visits {
		f := found{role: role}
		for class := range m.classes {
			if fixed[class] && m.roles[role].has(class) {
				f.classes = append(f.classes, class)
			}
		}
		for class := range m.classes {
			fixed[class] = fixed[class] || m.roles[role].has(class)
		}
		if n > 0 && !slices.Equal(f.classes, m.common) {
			f.lists = map[string]*rankList{}
		}
		m.found = append(m.found, f)
	}
	place := make([]int, len(m.roles))
	for i, f := range m.found {
		place[f.role] = i
	}
	numbers := map[string]int32{}
	var buf []byte
	for i := range m.all {
		if m.of[i] < 0 {
			continue
		}
		role := int(m.all[i].role)
		buf = m.key(buf[:0], i, m.common)
		g, ok := numbers[string(buf)]
		if !ok {
			g = int32(len(m.groups))
			numbers[string(buf)] = g
			m.groups = append(m.groups, &group{lists: make([]*rankList, len(m.roles))})
		}
		m.of[i] = g
		lists := m.groups[g].lists
		if lists[role] == nil {
			lists[role] = &rankList{}
		}
		lists[role].ranks = append(lists[role].ranks, int32(i))
		if f := &m.found[place[role]]; f.lists != nil {
			buf = m.key(buf[:0], i, f.classes)
			l := f.lists[string(buf)]
			if l == nil {
				l = &rankList{}
				f.lists[string(buf)] = l
			}
			l.ranks = append(l.ranks, int32(i))
		}
	}
	if m.once {
		m.used = make([]bool, m.ids)
	}
}

func (m *constellations) bytes() int {
	return len(m.all)*(96+4*m.classes) + len(m.groups)*(64+40*len(m.roles))
}

// next gives the index of the first candidate from i on that is not used.
func (m *constellations) next(l *rankList, i int) int {
	if m.used == nil {
		return i
	}
	if l.skip == nil {
		l.skip = make([]int32, len(l.ranks))
	}
	start := i
	for i < len(l.ranks) {
		if l.skip[i] > 0 {
			i = int(l.skip[i])
		} else if m.used[m.all[l.ranks[i]].id] {
			l.skip[i] = int32(i + 1)
			i++
		} else {
			break
		}
	}
	// Shorten the way for those that come after.
	for start < i {
		n := int(l.skip[start])
		l.skip[start] = int32(i)
		start = n
	}
	return i
}

// first gives the lowest rank from lo on that is not used; -1 when there is none.
func (m *constellations) first(l *rankList, lo int32) int32 {
	i, _ := slices.BinarySearch(l.ranks, lo)
	if i = m.next(l, i); i < len(l.ranks) {
		return l.ranks[i]
	}
	return -1
}

// last gives the highest rank up to hi; -1 when there is none. That it may be used makes a span too wide at worst.
func (l *rankList) last(hi int32) int32 {
	i, there := slices.BinarySearch(l.ranks, hi)
	if there {
		return hi
	}
	if i == 0 {
		return -1
	}
	return l.ranks[i-1]
}

// after is the lowest rank that counts as later than a rank.
func (m *constellations) after(rank int32) int32 {
	if m.jitter == 0 || int(rank) >= len(m.key0) {
		return rank + 1
	}
	limit := m.key0[rank] - float64(m.jitter)/1e6
	return int32(sort.SearchFloat64s(m.key0, limit))
}

// before is the highest rank that counts as earlier than a rank.
func (m *constellations) before(rank int32) int32 {
	if m.jitter == 0 {
		return rank - 1
	}
	return int32(sort.Search(len(m.all), func(r int) bool { return m.after(int32(r)) > rank })) - 1
}
