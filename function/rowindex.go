package function

import (
	"encoding/binary"

	"harrier/event"
)

// rowIndex finds rows of a result, such as that of a subplan, by the texts of their key columns. It is immutable once
// made, so workers share it; see perRun.
type rowIndex struct {
	batches []*event.Batch
	keys    []string
	fold    func(string) string // applied to keys on both sides; nil: keys are compared as they stand
	last    map[string]int32    // by key: the last row that has it
	before  []int32             // by row: the row before it with the same key, or noRow
	places  []rowPlace          // by row
	bytes   int                 // about how much memory the index takes, without the rows
	dropped bool                // there were more rows than the limit
}

// rowPlace is where a row of an index stands.
type rowPlace struct{ batch, row int32 }

// noRow is the number of a row that there is not.
const noRow = -1

// newRowIndex makes an index of the first limit rows; 0 means all of them. A row without one of the keys is not in it,
// and still counts.
func newRowIndex(batches []*event.Batch, keys []string, limit int, fold func(string) string) *rowIndex {
	x := &rowIndex{batches: batches, keys: keys, fold: fold, last: map[string]int32{}}
	var key tupleKey
	columns := make([]*event.Column, len(keys))
	n := 0
	for i, b := range batches {
		for k, name := range keys {
			columns[k] = b.Field(name)
		}
		for _, r := range b.Selected() {
			if limit > 0 && n == limit {
				x.dropped = true
				return x
			}
			n++
			if !key.read(columns, int(r), fold) {
				continue
			}
			number := int32(len(x.places))
			previous, known := x.last[string(key.bytes)]
			if !known {
				previous = noRow
				x.bytes += len(key.bytes) + 48
			}
			x.last[string(key.bytes)] = number
			x.before = append(x.before, previous)
			x.places = append(x.places, rowPlace{int32(i), r})
			x.bytes += 12
		}
	}
	return x
}

// text is the value of a field in a row of the index.
func (x *rowIndex) text(number int32, field string) (string, bool) {
	p := x.places[number]
	return x.batches[p.batch].Text(field, int(p.row))
}

// earlier is the row before a row that has the same key, or noRow.
func (x *rowIndex) earlier(number int32) int32 { return x.before[number] }

// tupleKey is one or several texts made one: of several, each stands behind its length, so that no two tuples look
// alike.
type tupleKey struct{ bytes []byte }

// read makes the key of a row; false when one of the values is absent.
func (k *tupleKey) read(columns []*event.Column, row int, fold func(string) string) bool {
	k.bytes = k.bytes[:0]
	for _, c := range columns {
		s, ok := c.Text(row)
		if !ok {
			return false
		}
		if fold != nil {
			s = fold(s)
		}
		if len(columns) > 1 {
			k.bytes = binary.AppendUvarint(k.bytes, uint64(len(s)))
		}
		k.bytes = append(k.bytes, s...)
	}
	return true
}

// rowFinder looks events up in an index. Each worker has its own.
type rowFinder struct {
	index  *rowIndex
	fields []string // of the events, matching the keys of the index one by one
	key    tupleKey
	found  []int32                     // by row of the batch in hand
	dicts  map[*event.Dict]*[]foundRow // by code, for a single field
}

// foundRow is a row of the index plus 2: 0 stands for a value that was not looked up yet, 1 for noRow.
type foundRow int32

func newRowFinder(index *rowIndex, fields []string) *rowFinder {
	return &rowFinder{index: index, fields: fields, dicts: map[*event.Dict]*[]foundRow{}}
}

// find gives for each selected row of a batch the last row of the index with the same key, or noRow. The result is
// good until the next call.
func (f *rowFinder) find(b *event.Batch) []int32 {
	f.found = grow(f.found, b.Len())
	columns := make([]*event.Column, len(f.fields))
	for i, name := range f.fields {
		columns[i] = b.Field(name)
	}
	if len(columns) == 1 {
		if d, codes := columns[0].Codes(); d != nil {
			f.coded(d, columns, codes, b.Selected())
			return f.found
		}
	}
	for _, r := range b.Selected() {
		f.found[r] = f.one(columns, int(r))
	}
	return f.found
}

func (f *rowFinder) one(columns []*event.Column, row int) int32 {
	if !f.key.read(columns, row, f.index.fold) {
		return noRow
	}
	if n, ok := f.index.last[string(f.key.bytes)]; ok {
		return n
	}
	return noRow
}

// coded looks each entry of a dictionary up once.
func (f *rowFinder) coded(d *event.Dict, columns []*event.Column, codes []uint32, rows []int32) {
	known := f.dicts[d]
	if known == nil {
		if len(f.dicts) > 64 {
			clear(f.dicts)
		}
		known = new([]foundRow)
		f.dicts[d] = known
	}
	*known = grow(*known, d.Len())
	for _, r := range rows {
		code := codes[r]
		if code == event.NoCode {
			f.found[r] = noRow
			continue
		}
		if (*known)[code] == 0 {
			(*known)[code] = foundRow(f.one(columns, int(r)) + 2)
		}
		f.found[r] = int32((*known)[code]) - 2
	}
}
