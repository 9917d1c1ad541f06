package function

import (
	"cmp"
	"slices"

	"harrier/diag"
	"harrier/event"
	"harrier/plan"
)

// maxConstellations is how many rows correlate() gives at most.
const maxConstellations = 1_000_000

// correlator is the state of correlate(): the events that may stand for each query, with the fields that matter. What
// fits together is worked out at the end, when all of them are there.
type correlator struct {
	*correlation
	rt    *plan.Runtime
	heaps []*candidates // by role
}

var _ plan.RowAggregator = (*correlator)(nil)

// candidates are the events that may stand for a query.
type candidates struct {
	*correlator
	role   *role
	fields []string
	chain  *plan.Chain

	list    []roleEvent
	packed  int // how many of the list are in chunks of many rows
	loose   int // chunks since then
	bytes   int // about what the chunks take
	untimed int // events that were left out because they have no time
}

// roleEvent is an event that was copied out of its batch.
type roleEvent struct {
	chunk *rowChunk
	row   int32
	timed bool
	time  float64
	place appearance
}

func newCorrelator(rt *plan.Runtime, s *correlation) *correlator {
	a := &correlator{correlation: s, rt: rt}
	for _, r := range s.roles {
		h := &candidates{correlator: a, role: r, fields: s.kept(r)}
		h.chain = plan.NewChain(rt, r.stages, h.take)
		a.heaps = append(a.heaps, h)
	}
	return a
}

func (a *correlator) GivesRows() {}

// Grow needs to make no room: a correlate() stands in the query itself, so that there is one group.
func (a *correlator) Grow(int) {}

func (a *correlator) Add(b *event.Batch, _ []uint32) error {
	for _, h := range a.heaps {
		if err := h.chain.Push(b.Clone()); err != nil {
			return err
		}
	}
	return nil
}

func (a *correlator) Merge(other plan.Aggregator, _ []uint32) error {
	for i, o := range other.(*correlator).heaps {
		h := a.heaps[i]
		h.list = append(h.list, o.list...)
		h.loose += o.loose + 1 // what was packed of one state is not of the whole
		h.bytes += o.bytes
		h.untimed += o.untimed
		h.pack()
	}
	return nil
}

func (a *correlator) Bytes() int {
	n := 0
	for _, h := range a.heaps {
		n += h.bytes + 56*cap(h.list)
	}
	return n
}

// take receives what the query of a role lets through.
func (h *candidates) take(b *event.Batch) error {
	h.narrow(b)
	places := timeColumns(b)
	rows := make([]int32, 0, b.Count())
	where := appearances{b: b}
	for _, r := range b.Selected() {
		c := roleEvent{row: int32(len(rows)), place: where.of(r)}
		for _, col := range places {
			if v := readNumber(col, int(r)); v.rank == rankValue {
				c.time, c.timed = v.number, true
				break
			}
		}
		if h.bounded && !c.timed {
			h.untimed++
			continue
		}
		rows = append(rows, r)
		h.list = append(h.list, c)
	}
	if len(rows) == 0 {
		return nil
	}
	chunk := newRowChunk(b, rows, h.fields)
	for i := range rows {
		h.list[len(h.list)-len(rows)+i].chunk = chunk
	}
	h.bytes += chunk.bytes
	h.loose++
	h.pack()
	return nil
}

// narrow drops the events that lack a linked field, and those in which fields of one class differ.
func (h *candidates) narrow(b *event.Batch) {
	first := map[int]*event.Column{}
	for _, m := range h.role.member {
		col := b.Field(m.name)
		b.Narrow(col.Present)
		if other := first[m.class]; other != nil {
			b.Narrow(func(r int) bool {
				x, _ := col.Text(r)
				y, _ := other.Text(r)
				return x == y
			})
			continue
		}
		first[m.class] = col
	}
}

// pack makes few chunks of many, as events that are rare would each take a chunk of their own.
func (h *candidates) pack() {
	rows := h.list[h.packed:]
	if h.loose < 64 || len(rows) < 8*h.loose && len(rows) < event.BatchRows && h.loose < 1024 {
		return
	}
	if len(rows) < 64*h.loose {
		old := map[*rowChunk]bool{}
		packer := chunkPacker{done: func(c *rowChunk, ids []uint32) {
			h.bytes += c.bytes
			for i, id := range ids {
				rows[id].chunk, rows[id].row = c, int32(i)
			}
		}}
		for i := range rows {
			if c := rows[i].chunk; !old[c] {
				old[c] = true
				h.bytes -= c.bytes
			}
			packer.add(uint32(i), rows[i].chunk, rows[i].row)
		}
		packer.end()
	}
	h.packed, h.loose = len(h.list), 0
}

func (a *correlator) Result(_ uint32, w *event.Builder) error {
	untimed := 0
	for _, h := range a.heaps {
		untimed += h.untimed
	}
	if untimed > 0 {
		a.rt.Warn(diag.Warningf("no-time", a.at, "%d events without a time were left out by correlate(), which is to look within %s", untimed, a.within))
	}
	m := newConstellations(a)
	if err := a.rt.Memory.Use(m, m.bytes()); err != nil {
		return err
	}
	rows := 0
	err := m.each(func(chosen []int32) bool {
		if rows == maxConstellations {
			a.rt.Warn(diag.Warningf("correlate-limit", a.at, "correlate() finds more than %d constellations, and only the first are given", maxConstellations).
				WithHelp("add links, or make within shorter"))
			return false
		}
		a.write(m, chosen, w)
		rows++
		return true
	})
	if err != nil {
		return err
	}
	return a.rt.Memory.Use(m, 0)
}

// write adds the row of a constellation.
func (a *correlator) write(m *constellations, chosen []int32, w *event.Builder) {
	add := func(to string, c *roleEvent, field string) {
		if col := c.chunk.rows.Column(field); col != nil {
			w.AddFrom(to, col, int(c.row))
		}
	}
	for _, f := range alwaysGiven {
		add(f, m.all[chosen[a.root]].roleEvent, f)
	}
	for i, r := range a.roles {
		c := m.all[chosen[i]].roleEvent
		for _, o := range r.outputs {
			add(o[1], c, o[0])
		}
		if !r.all {
			continue
		}
		for _, f := range c.chunk.rows.Names() {
			if !slices.ContainsFunc(r.outputs, func(o [2]string) bool { return o[0] == f }) && !slices.Contains(r.silent, f) {
				add(r.name+"."+f, c, f)
			}
		}
	}
	w.EndRow()
}

// ranked is a candidate among those of all roles, in the order of the sequence.
type ranked struct {
	*roleEvent
	role int32
	id   int32 // of the event: candidates that are the same event share it
	keys []sortValue
}

// sorted puts the candidates of all roles in order: by time, or by the fields of sequenceBy, and then by their place in
// the input.
func (a *correlator) sorted() []ranked {
	var all []ranked
	fields := a.keyFields()
	if a.byTime() && !a.anyHas(nanosField) {
		fields = nil // so that most input needs no keys
	}
	for i, h := range a.heaps {
		readers := map[*rowChunk][]sortReader{}
		for n := range h.list {
			c := &h.list[n]
			read, ok := readers[c.chunk]
			if !ok {
				for _, f := range fields {
					read = append(read, readColumn(c.chunk.rows.Column(f), readAny))
				}
				readers[c.chunk] = read
			}
			r := ranked{roleEvent: c, role: int32(i)}
			for _, f := range read {
				r.keys = append(r.keys, f(int(c.row)))
			}
			all = append(all, r)
		}
	}
	order := &rowOrder{keys: make([]sortKey, len(fields))}
	slices.SortFunc(all, func(x, y ranked) int {
		if a.byTime() {
			if x.timed != y.timed {
				if x.timed {
					return -1
				}
				return 1
			}
			if c := cmp.Compare(x.time, y.time); c != 0 {
				return c
			}
		}
		return cmp.Or(order.compare(x.keys, x.place, y.keys, y.place), cmp.Compare(x.role, y.role))
	})
	ids := map[uint64]int32{}
	for i := range all {
		id, ok := ids[all[i].place.position]
		if !ok {
			id = int32(len(ids))
			ids[all[i].place.position] = id
		}
		all[i].id = id
	}
	return all
}

// anyHas tells whether some candidate may have a field.
func (a *correlator) anyHas(field string) bool {
	for _, h := range a.heaps {
		for i, c := range h.list {
			if (i == 0 || c.chunk != h.list[i-1].chunk) && c.chunk.rows.Column(field) != nil {
				return true
			}
		}
	}
	return false
}

// byTime tells whether the order is that of time.
func (s *correlation) byTime() bool { return !s.sequence || s.by == nil }

// keyFields are the fields to order by, besides time.
func (s *correlation) keyFields() []string {
	switch {
	case !s.byTime():
		return s.by
	case s.sequence:
		return []string{nanosField}
	}
	return nil
}
