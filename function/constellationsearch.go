package function

import "sort"

// each gives the constellations, for one event of the root role after the other, until emit does not want more. The
// slice it is given holds ranks by role and is good until it returns.
func (m *constellations) each(emit func([]int32) bool) error {
	m.emit = emit
	for i := range m.all {
		if int(m.all[i].role) != m.root || m.of[i] < 0 || m.used != nil && m.used[m.all[i].id] {
			continue
		}
		if m.steps++; m.steps%1024 == 0 {
			if err := m.rt.Err(); err != nil {
				return err
			}
		}
		m.left = m.most
		m.chosen[m.root] = int32(i)
		stop := m.complete(1)
		m.chosen[m.root] = -1
		if m.err != nil || stop {
			return m.err
		}
	}
	return nil
}

// complete gives candidates to the roles from the n-th in the order of visits on. It tells whether the whole search is
// over; for the present root it is when nothing is left.
func (m *constellations) complete(n int) (stop bool) {
	if n == len(m.visits) {
		if !m.emit(m.chosen) {
			return true
		}
		m.left--
		if m.used != nil {
			for _, c := range m.chosen {
				m.used[m.all[c].id] = true
			}
			m.left = 0 // the root itself is used
		}
		return false
	}
	g := m.group()
	var list *rankList
	var lo, hi int32
	for k := n; k < len(m.visits); k++ {
		l := m.list(g, k, n)
		from, to, ok := m.bounds(g, m.found[k].role)
		if !ok {
			return false
		}
		if c := m.first(l, from); c < 0 || c > to {
			return false
		}
		if k == n {
			list, lo, hi = l, from, to
		}
	}
	role := m.found[n].role
	for i := sort.Search(len(list.ranks), func(i int) bool { return list.ranks[i] >= lo }); m.left > 0; i++ {
		if i = m.next(list, i); i >= len(list.ranks) || list.ranks[i] > hi {
			break
		}
		// What is tried is counted, so that a long search can be stopped.
		if m.steps++; m.steps%1024 == 0 {
			if m.err = m.rt.Err(); m.err != nil {
				return true
			}
		}
		if c := list.ranks[i]; m.fits(role, c) {
			m.chosen[role] = c
			stop = m.complete(n + 1)
			m.chosen[role] = -1
			if stop {
				return true
			}
		}
	}
	return false
}

// group is the group of the present root.
func (m *constellations) group() *group { return m.groups[m.of[m.chosen[m.root]]] }

// list gives the candidates of the k-th role visited that have the values which are fixed once n roles have been
// visited; when some of them are not, those that agree in the common values.
func (m *constellations) list(g *group, k, n int) *rankList {
	f := &m.found[k]
	if f.lists == nil {
		return g.list(f.role)
	}
	var buf [32]byte
	key := buf[:0]
	for _, class := range f.classes {
		at := -1
		for _, v := range m.visits[:n] {
			if m.roles[v].has(class) {
				at = int(m.chosen[v])
				break
			}
		}
		if at < 0 {
			return g.list(f.role)
		}
		key = m.key(key, at, []int{class})
	}
	if l := f.lists[string(key)]; l != nil {
		return l
	}
	return noCandidates
}

func (g *group) list(role int) *rankList {
	if l := g.lists[role]; l != nil {
		return l
	}
	return noCandidates
}

// fits tells whether a candidate can stand next to those that are chosen: whether it is another event, and in time and
// in order. That its values agree is seen to by the list it is from.
func (m *constellations) fits(role int, rank int32) bool {
	c := &m.all[rank]
	for r, o := range m.chosen {
		if o < 0 {
			continue
		}
		other := &m.all[o]
		switch {
		case other.id == c.id:
			return false
		case m.bounded && (c.time-other.time > m.span() || other.time-c.time > m.span()):
			return false
		case m.sequence && r < role && rank < m.after(o):
			return false
		case m.sequence && r > role && o < m.after(rank):
			return false
		}
	}
	return true
}

// span is the length of within in milliseconds.
func (m *constellations) span() float64 { return float64(m.within) / 1e6 }

// bounds gives the ranks between which a candidate of a role lies, which is not chosen yet; false when there can be none.
//
// In a sequence the roles between a chosen one and this one take up room: the earliest that each of them can be, one
// after the other, is where this one begins, and in the same way from behind. The roles at both ends, as close as they
// can be, tell how much of within is left.
func (m *constellations) bounds(g *group, role int) (lo, hi int32, ok bool) {
	hi = int32(len(m.all)) - 1
	switch {
	case m.sequence:
		return m.sequenceBounds(g, role)
	case m.bounded:
		return m.spanBounds(g)
	}
	return lo, hi, true
}

// spanBounds is bounds without a sequence. A span of time that begins at one of the starts of the group has candidates
// of all roles. Of those spans that hold all that is chosen, the first and the last tell what can be chosen now, and
// whatever lies between lies in one of them.
func (m *constellations) spanBounds(g *group) (lo, hi int32, ok bool) {
	if !g.ready {
		m.findStarts(g)
	}
	first, last := m.chosenTimes()
	i := sort.SearchFloat64s(g.starts, last-m.span())
	if i == len(g.starts) || g.starts[i] > first {
		return 0, 0, false
	}
	j := sort.Search(len(g.starts), func(j int) bool { return g.starts[j] > first }) - 1
	return m.fromTime(g.starts[i]), m.toTime(g.starts[j] + m.span()), true
}

// findStarts finds the candidates of a group at which a span begins that has candidates of all roles, with a window that
// is moved over them.
func (m *constellations) findStarts(g *group) {
	g.ready = true
	lists := make([][]int32, len(g.lists))
	for i, l := range g.lists {
		if l == nil {
			return // some role has no candidate
		}
		lists[i] = l.ranks
	}
	ends := make([]int, len(lists)) // by role: its candidates that are not in the window, which lie behind it
	begins := make([]int, len(lists))
	for {
		role := -1
		for i, l := range lists {
			if begins[i] < len(l) && (role < 0 || l[begins[i]] < lists[role][begins[role]]) {
				role = i
			}
		}
		if role < 0 {
			return
		}
		start := m.all[lists[role][begins[role]]].time
		all := true
		for i, l := range lists {
			for ends[i] < len(l) && m.all[l[ends[i]]].time-start <= m.span() {
				ends[i]++
			}
			all = all && ends[i] > begins[i]
		}
		if all && (len(g.starts) == 0 || g.starts[len(g.starts)-1] != start) {
			g.starts = append(g.starts, start)
		}
		begins[role]++
	}
}

// chosenTimes gives the times of the first and the last event that is chosen.
func (m *constellations) chosenTimes() (first, last float64) {
	none := true
	for _, c := range m.chosen {
		if c < 0 {
			continue
		}
		t := m.all[c].time
		if none || t < first {
			first = t
		}
		if none || t > last {
			last = t
		}
		none = false
	}
	return first, last
}

// fromTime gives the first rank of a time or later, and toTime the last one up to it. The order is that of time.
func (m *constellations) fromTime(t float64) int32 { return int32(sort.SearchFloat64s(m.key0, t)) }

func (m *constellations) toTime(t float64) int32 {
	return int32(sort.Search(len(m.key0), func(i int) bool { return m.key0[i] > t })) - 1
}

// sequenceBounds is bounds with a sequence. With a jitter, or an order other than that of time, the bounds hold but may
// be wider than they could be.
func (m *constellations) sequenceBounds(g *group, role int) (lo, hi int32, ok bool) {
	top := int32(len(m.all)) - 1
	// The chosen roles next to this one, and at both ends.
	left, right, lowest, highest := -1, len(m.chosen), len(m.chosen), -1
	for r, c := range m.chosen {
		if c < 0 {
			continue
		}
		lowest, highest = min(lowest, r), r
		if r < role {
			left = r
		} else if r < right {
			right = r
		}
	}
	lo, hi = 0, top
	if m.bounded && m.byTime() {
		// How early the last role of all can be at best, and how late the first.
		first, last := m.chosenTimes()
		if end, fine := m.ahead(g, m.laterThan(highest+1), highest+1, len(m.chosen)); !fine {
			return 0, 0, false
		} else if end >= 0 {
			last = max(last, m.all[end].time)
		}
		if begin, fine := m.behind(g, m.earlierThan(lowest-1), lowest-1, -1); !fine {
			return 0, 0, false
		} else if begin >= 0 {
			first = min(first, m.all[begin].time)
		}
		if last-first > m.span() {
			return 0, 0, false
		}
		lo, hi = m.fromTime(last-m.span()), m.toTime(first+m.span())
	}
	from, to := lo, hi
	if left >= 0 {
		from = max(from, m.laterThan(role))
	}
	if right < len(m.chosen) {
		to = min(to, m.earlierThan(role))
	}
	end, fine := m.ahead(g, m.start(left, lo, role), left+1, role)
	if !fine {
		return 0, 0, false
	} else if end >= 0 {
		from = max(from, m.after(end))
	}
	begin, fine := m.behind(g, m.finish(right, hi, role), right-1, role)
	if !fine {
		return 0, 0, false
	} else if begin >= 0 {
		to = min(to, m.before(begin))
	}
	return from, to, from <= to
}

// start is where the roles in front of this one may begin, and finish where those behind it must end.
func (m *constellations) start(left int, lo int32, role int) int32 {
	if left < 0 {
		return lo
	}
	return max(lo, m.laterThan(role))
}

func (m *constellations) finish(right int, hi int32, role int) int32 {
	if right == len(m.chosen) {
		return hi
	}
	return min(hi, m.earlierThan(role))
}

// laterThan is the lowest rank that counts as later than all that is chosen of the roles in front of one.
func (m *constellations) laterThan(role int) int32 {
	lo := int32(0)
	for _, c := range m.chosen[:role] {
		if c >= 0 {
			lo = max(lo, m.after(c))
		}
	}
	return lo
}

// earlierThan is the highest rank that counts as earlier than all that is chosen of the roles behind one.
func (m *constellations) earlierThan(role int) int32 {
	hi := int32(len(m.all)) - 1
	for _, c := range m.chosen[role+1:] {
		if c >= 0 {
			hi = min(hi, m.before(c))
		}
	}
	return hi
}

// ahead gives the roles from one to before another the earliest candidates that they can have, one after the other, from
// a rank on. It gives the last of those; -1 when there are no roles.
func (m *constellations) ahead(g *group, lo int32, from, to int) (rank int32, ok bool) {
	rank = -1
	for r := from; r < to; r++ {
		c := m.first(g.list(r), lo)
		if c < 0 {
			return -1, false
		}
		lo, rank = max(lo, m.after(c)), c
	}
	return rank, true
}

// behind is ahead in the other direction: from one role down to behind another, up to a rank.
func (m *constellations) behind(g *group, hi int32, from, to int) (rank int32, ok bool) {
	rank = -1
	for r := from; r > to; r-- {
		c := g.list(r).last(hi)
		if c < 0 {
			return -1, false
		}
		hi, rank = min(hi, m.before(c)), c
	}
	return rank, true
}
