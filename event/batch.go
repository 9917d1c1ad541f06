package event

import "slices"

// Batch is many events as columns, and the rows of them that are still in play.
// Names are unique; their order is the order in which a user sees the fields.
// A name that starts with a NUL byte is hidden: it is carried along by every
// operator and never shown.
type Batch struct {
	n     int
	sel   []int32 // nil: every row
	names []string
	cols  []*Column
	index map[string]int // only for wide batches; nil when out of date

	origNames []string // the fields as the source gave them, for free text
	origCols  []*Column

	base uint64 // position of row 0 in the input, when pos is nil
	pos  []uint64
}

// wide is the number of columns from which a batch keeps a name index.
const wide = 16

// NewBatch is a batch of n rows without fields, all selected.
func NewBatch(n int) *Batch { return &Batch{n: n} }

// Len is the number of rows, selected or not.
func (b *Batch) Len() int { return b.n }

// Selected gives the numbers of the selected rows, ascending. The caller must
// not change it.
func (b *Batch) Selected() []int32 {
	if b.sel == nil {
		return identity(b.n)
	}
	return b.sel
}

// Count is the number of selected rows.
func (b *Batch) Count() int {
	if b.sel == nil {
		return b.n
	}
	return len(b.sel)
}

// Select sets the selected rows, ascending; nil selects all. The batch keeps it.
func (b *Batch) Select(rows []int32) { b.sel = rows }

// Narrow keeps the selected rows for which keep is true.
func (b *Batch) Narrow(keep func(row int) bool) {
	out := make([]int32, 0, b.Count())
	for _, r := range b.Selected() {
		if keep(int(r)) {
			out = append(out, r)
		}
	}
	b.sel = out
}

// Names gives the names of the columns, hidden ones included. The caller must
// not change it.
func (b *Batch) Names() []string { return b.names }

// Columns gives the columns in the order of Names. The caller must not change it.
func (b *Batch) Columns() []*Column { return b.cols }

func (b *Batch) find(name string) int {
	if len(b.names) < wide {
		return slices.Index(b.names, name)
	}
	if b.index == nil {
		b.index = make(map[string]int, len(b.names)*2)
		for i, n := range b.names {
			b.index[n] = i
		}
	}
	if i, ok := b.index[name]; ok {
		return i
	}
	return -1
}

// Column finds a field; nil when no row of the batch has it.
func (b *Batch) Column(name string) *Column {
	if i := b.find(name); i >= 0 {
		return b.cols[i]
	}
	return nil
}

// Field is Column, with a Missing column instead of nil.
func (b *Batch) Field(name string) *Column {
	if c := b.Column(name); c != nil {
		return c
	}
	return NewMissing(b.n)
}

// Text is the value of a field in a row.
func (b *Batch) Text(name string, row int) (string, bool) {
	if c := b.Column(name); c != nil {
		return c.Text(row)
	}
	return "", false
}

// Set adds or replaces a field; a new one stands last.
func (b *Batch) Set(name string, c *Column) {
	if c.n != b.n {
		panic("event: column and batch differ in length")
	}
	if i := b.find(name); i >= 0 {
		b.cols[i] = c
		return
	}
	if b.index != nil {
		b.index[name] = len(b.names)
	}
	b.names = append(b.names, name)
	b.cols = append(b.cols, c)
}

// Drop removes a field, if it is there.
func (b *Batch) Drop(name string) {
	if i := b.find(name); i >= 0 {
		b.names = slices.Delete(b.names, i, i+1)
		b.cols = slices.Delete(b.cols, i, i+1)
		b.index = nil
	}
}

// Project keeps only the named fields, in that order, and the hidden ones. A
// name that the batch lacks is left out.
func (b *Batch) Project(names []string) {
	keptNames := make([]string, 0, len(names))
	kept := make([]*Column, 0, len(names))
	for _, name := range names {
		if i := b.find(name); i >= 0 && !slices.Contains(keptNames, name) {
			keptNames, kept = append(keptNames, name), append(kept, b.cols[i])
		}
	}
	for i, name := range b.names {
		if Hidden(name) {
			keptNames, kept = append(keptNames, name), append(kept, b.cols[i])
		}
	}
	b.names, b.cols, b.index = keptNames, kept, nil
}

// Hidden tells whether a name is one of the engine's own.
func Hidden(name string) bool { return name != "" && name[0] == 0 }

// Clone copies the batch but not its columns: the two can be narrowed and given
// fields independently.
func (b *Batch) Clone() *Batch {
	c := *b
	c.names, c.cols, c.index = slices.Clone(b.names), slices.Clone(b.cols), nil
	return &c
}

// Become makes b what other is. It lets a mapper that needs another number of
// rows replace the batch it was given.
func (b *Batch) Become(other *Batch) { *b = *other }

// Gather makes a batch of the given rows, in that order, all selected; a row may
// occur more than once.
func (b *Batch) Gather(rows []int32) *Batch {
	out := &Batch{n: len(rows), names: slices.Clone(b.names), cols: make([]*Column, len(b.cols))}
	for i, c := range b.cols {
		out.cols[i] = c.Gather(rows)
	}
	if b.origNames != nil {
		out.origNames, out.origCols = b.origNames, make([]*Column, len(b.origCols))
		for i, c := range b.origCols {
			if j := slices.Index(b.cols, c); j >= 0 {
				out.origCols[i] = out.cols[j]
			} else {
				out.origCols[i] = c.Gather(rows)
			}
		}
	}
	out.pos = make([]uint64, len(rows))
	for i, r := range rows {
		out.pos[i] = b.Position(int(r))
	}
	return out
}

// Compact is the batch with only its selected rows; b itself when all are.
func (b *Batch) Compact() *Batch {
	if b.sel == nil || len(b.sel) == b.n {
		return b
	}
	return b.Gather(b.sel)
}

// Position is the place of a row in the input: it orders rows as they were read,
// however the input was cut into splits and batches. Rows made from the same
// event share it.
func (b *Batch) Position(row int) uint64 {
	if b.pos != nil {
		return b.pos[row]
	}
	return b.base + uint64(row)
}

// SetPosition gives the rows the positions base, base+1, ...
func (b *Batch) SetPosition(base uint64) { b.base, b.pos = base, nil }

// SetPositions gives each row its position. The batch keeps the slice.
func (b *Batch) SetPositions(pos []uint64) { b.pos = pos }

// KeepOriginal remembers the fields as they are now for free-text search, which
// looks at what the source gave and not at what the query has made of it.
func (b *Batch) KeepOriginal() {
	b.origNames, b.origCols = slices.Clone(b.names), slices.Clone(b.cols)
}

// Original gives the fields as the source gave them; the present ones when
// KeepOriginal was never called.
func (b *Batch) Original() ([]string, []*Column) {
	if b.origNames == nil {
		return b.names, b.cols
	}
	return b.origNames, b.origCols
}

// identityRows backs Selected for batches without a selection. Batches are of
// bounded size, so one table serves nearly all of them.
var identityRows = func() []int32 {
	rows := make([]int32, 1<<16)
	for i := range rows {
		rows[i] = int32(i)
	}
	return rows
}()

func identity(n int) []int32 {
	if n <= len(identityRows) {
		return identityRows[:n:n]
	}
	rows := make([]int32, n)
	for i := range rows {
		rows[i] = int32(i)
	}
	return rows
}
