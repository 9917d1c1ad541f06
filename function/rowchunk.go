package function

import (
	"slices"
	"strings"

	"harrier/event"
)

// rowChunk is rows that were copied out of a batch, and own their texts.
type rowChunk struct {
	rows  *event.Batch
	live  int // rows that are still wanted
	bytes int // about what it takes
}

const (
	chunkBytes  = 256 // of an empty chunk
	columnBytes = 160 // of an empty column, its name included
	textBytes   = 16  // of a text besides its letters
)

// newRowChunk copies rows of a batch: their visible fields, or only those named, in that order. A field that all of
// the rows lack is left out.
func newRowChunk(b *event.Batch, rows []int32, fields []string) *rowChunk {
	c := &rowChunk{rows: event.NewBatch(len(rows)), live: len(rows), bytes: chunkBytes}
	take := func(name string, col *event.Column) {
		if col == nil {
			return
		}
		if out, n := copyColumn(col, rows); out != nil {
			c.rows.Set(name, out)
			c.bytes += n
		}
	}
	if fields != nil {
		for _, name := range fields {
			take(name, b.Column(name))
		}
		return c
	}
	for i, name := range b.Names() {
		if !event.Hidden(name) {
			take(name, b.Columns()[i])
		}
	}
	return c
}

// copyColumn copies the given rows of a column with their texts, and tells how much memory that takes; nil when there
// are no values.
func copyColumn(c *event.Column, rows []int32) (*event.Column, int) {
	if !slices.ContainsFunc(rows, func(r int32) bool { return c.Present(int(r)) }) {
		return nil, 0
	}
	switch c.Kind() {
	case event.Constant:
		s, _ := c.ConstantText()
		return event.NewConstant(len(rows), strings.Clone(s)), columnBytes + len(s)
	case event.Number, event.Integer:
		return c.Gather(rows), columnBytes + 9*len(rows)
	case event.Coded:
		return copyCodes(c, rows)
	}
	all := 0
	for _, r := range rows {
		s, _ := c.Text(int(r))
		all += len(s)
	}
	// One piece of memory for the texts of all rows.
	var letters strings.Builder
	letters.Grow(all)
	strs, valid, gaps := make([]string, len(rows)), event.NewBits(len(rows)), false
	for i, r := range rows {
		s, ok := c.Text(int(r))
		if !ok {
			gaps = true
			continue
		}
		valid.Set(i)
		at := letters.Len()
		letters.WriteString(s)
		strs[i] = letters.String()[at:]
	}
	if !gaps {
		valid = nil
	}
	return event.NewText(strs, valid), columnBytes + textBytes*len(rows) + all
}

// copyCodes copies rows of a dictionary column into one with a dictionary of its own, of just their values.
func copyCodes(c *event.Column, rows []int32) (*event.Column, int) {
	from, codes := c.Codes()
	to, out := event.NewDict(), make([]uint32, len(rows))
	same := map[uint32]uint32{}
	bytes := columnBytes + 4*len(rows)
	for i, r := range rows {
		code := codes[r]
		if code == event.NoCode {
			out[i] = event.NoCode
			continue
		}
		n, ok := same[code]
		if !ok {
			s := strings.Clone(from.Value(code))
			n = to.Code(s)
			same[code] = n
			bytes += len(s) + 64
		}
		out[i] = n
	}
	return event.NewCoded(to, out), bytes
}

// chunkPacker makes few chunks of the live rows of many. Rows come together only when their chunks have the same fields
// in the same order, so that the fields of a row keep their order whatever became of its neighbours.
type chunkPacker struct {
	done  func(c *rowChunk, ids []uint32)
	known map[*rowChunk]*packing
	parts map[string]*packing
	order []*packing
}

type packing struct {
	w     event.Builder
	ids   []uint32
	bytes int
}

// add takes in a row that is known by a number.
func (p *chunkPacker) add(id uint32, c *rowChunk, row int32) {
	to := p.packing(c)
	names := c.rows.Names()
	for i, col := range c.rows.Columns() {
		switch col.Kind() {
		case event.Number, event.Integer:
			to.w.AddFrom(names[i], col, int(row))
			to.bytes += 9
		default:
			if s, ok := col.Text(int(row)); ok {
				to.w.AddBytes(names[i], []byte(s))
				to.bytes += textBytes + len(s)
			}
		}
	}
	to.w.EndRow()
	to.ids = append(to.ids, id)
	if len(to.ids) == event.BatchRows {
		p.flush(to)
	}
}

func (p *chunkPacker) packing(c *rowChunk) *packing {
	if to := p.known[c]; to != nil {
		return to
	}
	if p.known == nil {
		p.known, p.parts = map[*rowChunk]*packing{}, map[string]*packing{}
	}
	shape := strings.Join(c.rows.Names(), "\x00")
	to := p.parts[shape]
	if to == nil {
		to = &packing{}
		to.w.Declare(c.rows.Names()...)
		p.parts[shape] = to
		p.order = append(p.order, to)
	}
	p.known[c] = to
	return to
}

func (p *chunkPacker) flush(to *packing) {
	if len(to.ids) == 0 {
		return
	}
	b := to.w.Flush()
	c := &rowChunk{rows: b, live: b.Len(), bytes: chunkBytes + columnBytes*len(b.Names()) + to.bytes}
	p.done(c, to.ids)
	to.ids, to.bytes = to.ids[:0], 0
}

func (p *chunkPacker) end() {
	for _, to := range p.order {
		p.flush(to)
	}
}
