package function

import (
	"harrier/event"
	"harrier/plan"
)

// matchSpec is what match(), matchAsArray() and lookup() are asked to do.
type matchSpec struct {
	source     *lookup
	fields     []string
	columns    []string // compared with fields, one by one
	byName     bool     // rows are found by the keys of the file, which has no column for them
	include    []string
	some       bool // only include is added
	mode       string
	ignoreCase bool
	strict     bool
	limit      int    // of rows per event
	asArray    string // the array that rows are written to; "" for the fields of the event itself
}

// matchIndex is a table made ready. It is immutable.
type matchIndex struct {
	table *Table
	rows  lookupIndex // nil when nothing is to be found
	added []int       // columns that go to the events
}

// matcher looks the events of one worker up.
type matcher struct {
	rt   *plan.Runtime
	spec *matchSpec
	*matchIndex
	values []string
	found  [][]int32 // by row of the batch in hand: rows of the table
	dicts  map[*event.Dict]*[]foundRows
	memo   map[string][]int32 // of patterns, which are dear to try
	out    []matchColumn
}

// foundRows are the rows found for one entry of a dictionary.
type foundRows struct {
	known bool
	rows  []int32
}

// matchColumn is a column of the table on its way into events: its cells as codes of a dictionary, made as they are
// needed, since most tables are larger than what is found in them.
type matchColumn struct {
	name   string
	column int
	dict   *event.Dict
	codes  []uint32 // by row of the table: 0 not asked for yet, else the code plus 1
}

func newMatcher(rt *plan.Runtime, s *matchSpec, x *matchIndex) *matcher {
	m := &matcher{rt: rt, spec: s, matchIndex: x, values: make([]string, len(s.fields)), dicts: map[*event.Dict]*[]foundRows{}}
	for _, i := range x.added {
		m.out = append(m.out, matchColumn{name: x.table.Columns[i], column: i})
	}
	if _, exact := x.rows.(*exactIndex); !exact {
		m.memo = map[string][]int32{}
	}
	return m
}

// Map implements plan.Mapper.
func (m *matcher) Map(b *event.Batch) error {
	if m.find(b); m.spec.strict {
		b.Narrow(func(row int) bool { return len(m.found[row]) > 0 })
	}
	if m.spec.asArray != "" {
		m.writeArray(b)
		return nil
	}
	pick := make([]int32, 0, b.Len())
	rows := make([]int32, 0, b.Count())
	for _, r := range b.Selected() {
		found := m.found[r]
		if len(found) == 0 {
			rows, pick = append(rows, r), append(pick, noRow)
		}
		for _, f := range found {
			rows, pick = append(rows, r), append(pick, f)
		}
	}
	if len(rows) > b.Count() {
		res := b.Gather(rows)
		m.write(res, pick)
		b.Become(res)
		return nil
	}
	byRow := make([]int32, b.Len())
	for i, r := range rows {
		byRow[r] = pick[i]
	}
	m.write(b, byRow)
	return nil
}

// find fills found for the selected rows.
func (m *matcher) find(b *event.Batch) {
	m.found = grow(m.found, b.Len())
	columns := make([]*event.Column, len(m.spec.fields))
	for i, f := range m.spec.fields {
		columns[i] = b.Field(f)
	}
	if d, codes := columns[0].Codes(); d != nil && len(columns) == 1 {
		m.findCoded(d, codes, b.Selected())
		return
	}
	for _, r := range b.Selected() {
		m.found[r] = nil
		present := true
		for i, c := range columns {
			v, ok := c.Text(int(r))
			m.values[i], present = v, present && ok
		}
		if present {
			m.found[r] = m.look()
		}
	}
}

// findCoded looks each entry of a dictionary up once.
func (m *matcher) findCoded(d *event.Dict, codes []uint32, rows []int32) {
	known := m.dicts[d]
	if known == nil {
		if len(m.dicts) > 64 {
			clear(m.dicts)
		}
		known = new([]foundRows)
		m.dicts[d] = known
	}
	*known = grow(*known, d.Len())
	for _, r := range rows {
		if codes[r] == event.NoCode {
			m.found[r] = nil
			continue
		}
		f := &(*known)[codes[r]]
		if !f.known {
			m.values[0] = d.Value(codes[r])
			f.known, f.rows = true, m.look()
		}
		m.found[r] = f.rows
	}
}

// maxMemo bounds what a matcher remembers of values it has looked up.
const maxMemo = 1 << 14

// look finds the rows for values.
func (m *matcher) look() []int32 {
	if m.rows == nil {
		return nil
	}
	if m.memo == nil {
		rows, _ := m.rows.find(m.values, m.spec.limit)
		return rows
	}
	var buf [128]byte
	key := (&exactIndex{}).tuple(buf[:0], m.values)
	if rows, ok := m.memo[string(key)]; ok {
		return rows
	}
	rows, err := m.rows.find(m.values, m.spec.limit)
	warnRegex(m.rt, err)
	if len(m.memo) >= maxMemo {
		clear(m.memo)
	}
	m.memo[string(key)] = rows
	return rows
}

// write adds the columns of the picked rows of the table.
func (m *matcher) write(b *event.Batch, pick []int32) {
	for i := range m.out {
		codes, any := m.out[i].pick(m.table, b, pick)
		if any {
			setCodes(b, m.out[i].name, codes, m.out[i].dict)
		}
	}
}

func (o *matchColumn) pick(t *Table, b *event.Batch, pick []int32) (codes []uint32, any bool) {
	if o.dict == nil {
		o.dict, o.codes = event.NewDict(), make([]uint32, len(t.Rows))
	}
	codes = make([]uint32, b.Len())
	for i := range codes {
		codes[i] = event.NoCode
	}
	for _, r := range b.Selected() {
		p := pick[r]
		if p == noRow || !t.Rows[p][o.column].Present {
			continue
		}
		if o.codes[p] == 0 {
			o.codes[p] = o.dict.Code(t.Rows[p][o.column].Text) + 1
		}
		codes[r], any = o.codes[p]-1, true
	}
	return codes, any
}
