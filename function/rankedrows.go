package function

import (
	"slices"

	"harrier/event"
	"harrier/plan"
)

// rankedRows is the state of the aggregates that keep whole events: head(), tail(), sort() and table(). Of each group it
// holds the rows that come first in an order (or last, for tail), at most limit of them, and gives them in that order.
//
// The order is total: rows whose keys are equal are told apart by their place in the input, so which rows are kept does
// not depend on how they were split. While there are fewer rows than the limit they are only collected; from then on
// they form a heap with the next row to go at its root.
//
// Rows that enter are copied out of their batch, all those of one batch at once, because a batch would hold on to
// memory that is many times theirs.
type rankedRows struct {
	order   *rowOrder
	limit   int
	last    bool       // keep the last rows of the order instead of the first
	fields  []string   // what to keep of a row; nil for every field
	trimmed func()     // told when a result lacks rows for which there was no room
	heaps   [][]uint32 // by group: numbers of slots
	seen    []int64    // by group: how many rows there were

	slots []rowSlot
	keys  []sortValue // by slot and key
	fresh []uint32    // slots whose rows are still in the batch in hand
	held  int         // rows in the chunks that are in use, dead ones included
	bytes int         // about what the chunks take

	hand   []sortValue  // scratch: the keys of the row in hand
	places []appearance // scratch: of the selected rows of the batch in hand
}

// rowSlot is a row that is kept.
type rowSlot struct {
	place appearance
	chunk *rowChunk // nil while the row is in the batch in hand
	row   int32
}

var (
	_ plan.RowAggregator = (*rankedRows)(nil)
	_ plan.Chooser       = (*rankedRows)(nil)
)

func (a *rankedRows) GivesRows() {}

func (a *rankedRows) Grow(groups int) {
	a.heaps, a.seen = grow(a.heaps, groups), grow(a.seen, groups)
}

func (a *rankedRows) Add(b *event.Batch, group []uint32) error {
	keys := a.order.readers(b)
	if a.hand == nil {
		a.hand = make([]sortValue, len(keys))
	}
	rows := b.Selected()
	a.places = a.places[:0]
	where := appearances{b: b}
	for _, r := range rows {
		a.places = append(a.places, where.of(r))
	}
	for i := range rows {
		if a.last {
			i = len(rows) - 1 - i // Input is mostly in order, so that the first to be looked at are there to stay.
		}
		r := rows[i]
		for k, read := range keys {
			a.hand[k] = read(int(r))
		}
		g := group[r]
		a.seen[g]++
		a.offer(g, a.hand, a.places[i], nil, r)
	}
	a.settle(b)
	a.compact()
	return nil
}

func (a *rankedRows) Merge(other plan.Aggregator, group []uint32) error {
	o := other.(*rankedRows)
	a.held += o.held
	a.bytes += o.bytes
	for g, heap := range o.heaps {
		to := group[g]
		a.seen[to] += o.seen[g]
		for _, id := range heap {
			s := &o.slots[id]
			if !a.offer(to, o.keysOf(id), s.place, s.chunk, s.row) {
				a.release(s.chunk)
			}
		}
	}
	a.compact()
	return nil
}

func (a *rankedRows) Result(group uint32, w *event.Builder) error {
	if a.trimmed != nil && a.seen[group] > int64(a.limit) {
		a.trimmed()
	}
	w.Declare(a.fields...)
	ids := slices.Clone(a.heaps[group])
	slices.SortFunc(ids, a.compareSlots)
	for _, id := range ids {
		s := &a.slots[id]
		w.AddRow(s.chunk.rows, int(s.row))
		w.EndRow()
	}
	return nil
}

// Chosen implements plan.Chooser.
func (a *rankedRows) Chosen(group uint32) []uint64 {
	if a.trimmed != nil && a.seen[group] > int64(a.limit) {
		a.trimmed()
	}
	out := make([]uint64, len(a.heaps[group]))
	for i, id := range a.heaps[group] {
		out[i] = a.slots[id].place.position
	}
	return out
}

func (a *rankedRows) Bytes() int {
	return a.bytes + 32*(cap(a.slots)+cap(a.keys)+cap(a.heaps)) + 4*cap(a.fresh) + 4*len(a.slots)
}

func (a *rankedRows) keysOf(id uint32) []sortValue {
	n := len(a.order.keys)
	return a.keys[int(id)*n : int(id)*n+n]
}

// offer takes in a row if it is among those to keep. A row without a chunk is in the batch in hand.
func (a *rankedRows) offer(group uint32, keys []sortValue, place appearance, chunk *rowChunk, row int32) bool {
	heap := a.heaps[group]
	if len(heap) < a.limit {
		id := uint32(len(a.slots))
		a.slots = append(a.slots, rowSlot{place, chunk, row})
		a.keys = append(a.keys, keys...)
		if chunk == nil {
			a.fresh = append(a.fresh, id)
		}
		heap = append(heap, id)
		a.heaps[group] = heap
		if len(heap) == a.limit {
			for i := len(heap)/2 - 1; i >= 0; i-- {
				a.sink(heap, i)
			}
		}
		return true
	}
	if a.limit == 0 {
		return false
	}
	id := heap[0]
	s := &a.slots[id]
	if c := a.order.compare(keys, place, a.keysOf(id), s.place); c > 0 == !a.last {
		return false
	}
	pending := s.chunk == nil
	if !pending {
		a.release(s.chunk)
	}
	if chunk == nil && !pending {
		a.fresh = append(a.fresh, id)
	}
	*s = rowSlot{place, chunk, row}
	copy(a.keysOf(id), keys)
	a.sink(heap, 0)
	return true
}

// goesBefore tells whether of two slots a is the first that would have to go.
func (a *rankedRows) goesBefore(x, y uint32) bool { return a.compareSlots(x, y) > 0 == !a.last }

func (a *rankedRows) compareSlots(x, y uint32) int {
	return a.order.compare(a.keysOf(x), a.slots[x].place, a.keysOf(y), a.slots[y].place)
}

// sink restores the heap below i.
func (a *rankedRows) sink(heap []uint32, i int) {
	for {
		child := 2*i + 1
		if child >= len(heap) {
			return
		}
		if child+1 < len(heap) && a.goesBefore(heap[child+1], heap[child]) {
			child++
		}
		if !a.goesBefore(heap[child], heap[i]) {
			return
		}
		heap[i], heap[child] = heap[child], heap[i]
		i = child
	}
}

// settle copies the rows that entered out of their batch.
func (a *rankedRows) settle(b *event.Batch) {
	if len(a.fresh) == 0 {
		return
	}
	rows := make([]int32, len(a.fresh))
	for i, id := range a.fresh {
		rows[i] = a.slots[id].row
	}
	chunk := newRowChunk(b, rows, a.fields)
	a.held += len(rows)
	a.bytes += chunk.bytes
	for i, id := range a.fresh {
		s := &a.slots[id]
		s.chunk, s.row = chunk, int32(i)
		for k, v := range a.keysOf(id) {
			a.keys[int(id)*len(a.order.keys)+k] = v.clone()
		}
	}
	a.fresh = a.fresh[:0]
}

// release gives up one row of a chunk.
func (a *rankedRows) release(c *rowChunk) {
	c.live--
	if c.live == 0 {
		a.held -= c.rows.Len()
		a.bytes -= c.bytes
	}
}

// compact rebuilds the chunks when most of their rows are dead. It never happens more often than as many rows
// have entered as it has to copy.
func (a *rankedRows) compact() {
	if a.held <= 2*len(a.slots)+event.BatchRows {
		return
	}
	packer := chunkPacker{done: func(c *rowChunk, ids []uint32) {
		a.held += c.live
		a.bytes += c.bytes
		for i, id := range ids {
			a.slots[id].chunk, a.slots[id].row = c, int32(i)
		}
	}}
	a.held, a.bytes = 0, 0
	for id, s := range a.slots {
		packer.add(uint32(id), s.chunk, s.row)
	}
	packer.end()
}
