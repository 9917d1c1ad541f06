package event

import (
	"strconv"
	"strings"
	"unsafe"

	"harrier/internal/num"
)

// Builder makes batches row by row: decoders fill it from input, aggregators
// with results. Add values to the open row, in any order, then EndRow. The zero
// value is ready to use.
type Builder struct {
	cols  []*builderColumn
	index map[string]int
	row   int // the open row
	next  int // where the next field is expected: events of a kind repeat their order
	any   bool
	life  int
}

// Builder columns start without a kind; the first value decides. A value of
// another kind turns the column into text.
type builderColumn struct {
	name  string
	kind  Kind
	n     int // rows filled
	dict  *Dict
	known int // length of dict when the batch began
	codes []uint32
	strs  []string
	nums  []float64
	ints  []int64
	valid Bits
	gaps  bool // some row is absent
	plain bool // repeats too little to be worth a dictionary
	arena []byte
}

// Interning a column is given up when, after a batch, more than half of its
// values were new: ids and hashes then cost only their copy.
const (
	dictMinRows = 512
	dictMaxLen  = 1 << 16
)

func (w *Builder) column(name string) *builderColumn {
	if w.next < len(w.cols) && w.cols[w.next].name == name {
		w.next++
		return w.cols[w.next-1]
	}
	i, ok := w.index[name]
	if !ok {
		if w.index == nil {
			w.index = map[string]int{}
		}
		i = len(w.cols)
		name = strings.Clone(name)
		w.index[name] = i
		w.cols = append(w.cols, &builderColumn{name: name})
	}
	w.next = i + 1
	return w.cols[i]
}

// open readies a column for a value of the given kind in the open row.
func (w *Builder) open(name string, kind Kind) *builderColumn {
	return w.ready(w.column(name), kind)
}

func (w *Builder) ready(c *builderColumn, kind Kind) *builderColumn {
	w.any = true
	if c.n > w.row {
		c.takeBack(w.row)
	}
	if c.kind == Missing {
		c.kind = kind
		if kind == Coded {
			c.start()
		}
	}
	if c.n < w.row {
		c.pad(w.row)
	}
	c.n = w.row + 1
	return c
}

// Reset forgets everything, the names of fields included.
func (w *Builder) Reset() { *w = Builder{life: w.life + 1} }

// Life counts the calls of Reset.
func (w *Builder) Life() int { return w.life }

// Slot is the place of a field in the builder, for AddBytesAt and AddIntegerAt. It
// stays the same until Reset.
func (w *Builder) Slot(name string) int {
	w.column(name)
	return w.next - 1
}

// AddBytesAt is AddBytes for a field whose slot is known.
func (w *Builder) AddBytesAt(slot int, value []byte) { w.addBytes(w.ready(w.cols[slot], Coded), value) }

// AddBytes gives the open row a field, copying the value. A second value for the
// same field of a row replaces the first.
func (w *Builder) AddBytes(name string, value []byte) { w.addBytes(w.open(name, Coded), value) }

func (w *Builder) addBytes(c *builderColumn, value []byte) {
	switch c.kind {
	case Coded:
		c.codes = append(c.codes, c.dict.CodeBytes(value))
	case Text:
		c.strs = append(c.strs, c.copy(value))
		c.present(w.row)
	default:
		c.addAsText(w.row, string(value))
	}
}

// AddText gives the open row a field and keeps the string.
func (w *Builder) AddText(name, value string) {
	w.open(name, Text).addAsText(w.row, value)
}

// AddNumber gives the open row a number.
func (w *Builder) AddNumber(name string, value float64) {
	c := w.open(name, Number)
	if c.kind != Number {
		c.addAsText(w.row, num.Format(value))
		return
	}
	c.nums = append(c.nums, value)
	c.present(w.row)
}

// AddInteger gives the open row an integer.
func (w *Builder) AddInteger(name string, value int64) { w.addInteger(w.open(name, Integer), value) }

// AddIntegerAt is AddInteger for a field whose slot is known.
func (w *Builder) AddIntegerAt(slot int, value int64) {
	w.addInteger(w.ready(w.cols[slot], Integer), value)
}

func (w *Builder) addInteger(c *builderColumn, value int64) {
	if c.kind != Integer {
		c.addAsText(w.row, strconv.FormatInt(value, 10))
		return
	}
	c.ints = append(c.ints, value)
	c.present(w.row)
}

// AddRow gives the open row every visible field that the batch has in row.
func (w *Builder) AddRow(b *Batch, row int) {
	for i, name := range b.names {
		if !Hidden(name) {
			w.AddFrom(name, b.cols[i], row)
		}
	}
}

// AddFrom gives the open row the value of a column, if it is present there.
func (w *Builder) AddFrom(name string, c *Column, row int) {
	if !c.Present(row) {
		return
	}
	switch c.kind {
	case Number:
		w.AddNumber(name, c.nums[row])
	case Integer:
		w.AddInteger(name, c.ints[row])
	default:
		s, _ := c.Text(row)
		w.AddText(name, s)
	}
}

// Declare makes a column, so that it stands in this order even when no row has
// a value for it.
func (w *Builder) Declare(names ...string) {
	for _, name := range names {
		w.column(name)
	}
	w.next = 0
}

// Pending tells whether the open row has any field.
func (w *Builder) Pending() bool { return w.any }

// EndRow closes the open row, even an empty one, and opens the next.
func (w *Builder) EndRow() { w.row, w.next, w.any = w.row+1, 0, false }

// Abandon forgets the values of the open row.
func (w *Builder) Abandon() {
	for _, c := range w.cols {
		if c.n > w.row {
			c.takeBack(w.row)
		}
	}
	w.next, w.any = 0, false
}

// Rows is the number of closed rows.
func (w *Builder) Rows() int { return w.row }

// Fields is the number of fields met so far, in this batch and those before.
func (w *Builder) Fields() int { return len(w.cols) }

// Flush gives the closed rows as a batch and starts over; nil when there are
// none. The open row must be empty. Dictionaries live on, so that codes mean the
// same in the next batch.
func (w *Builder) Flush() *Batch {
	if w.row == 0 {
		return nil
	}
	b := NewBatch(w.row)
	b.names = make([]string, 0, len(w.cols))
	b.cols = make([]*Column, 0, len(w.cols))
	for _, c := range w.cols {
		if col := c.flush(w.row); col != nil {
			b.names, b.cols = append(b.names, c.name), append(b.cols, col)
		}
	}
	w.row, w.next, w.any = 0, 0, false
	return b
}

// start chooses the form of a column that receives input text.
func (c *builderColumn) start() {
	if c.plain {
		c.kind = Text
		return
	}
	if c.dict == nil {
		c.dict = NewDict()
	}
	c.known = c.dict.Len()
}

// takeBack removes the value that row already has.
func (c *builderColumn) takeBack(row int) {
	c.n = row
	switch c.kind {
	case Coded:
		c.codes = c.codes[:row]
	case Text:
		c.strs = c.strs[:row]
	case Number:
		c.nums = c.nums[:row]
	case Integer:
		c.ints = c.ints[:row]
	}
	if row>>6 < len(c.valid) {
		c.valid[row>>6] &^= 1 << (uint(row) & 63)
	}
}

// pad marks the rows from n up to row as absent.
func (c *builderColumn) pad(row int) {
	c.gaps = true
	for ; c.n < row; c.n++ {
		switch c.kind {
		case Coded:
			c.codes = append(c.codes, NoCode)
		case Text:
			c.strs = append(c.strs, "")
		case Number:
			c.nums = append(c.nums, 0)
		case Integer:
			c.ints = append(c.ints, 0)
		}
	}
}

// present records that row has a value; codes say so themselves.
func (c *builderColumn) present(row int) {
	for len(c.valid) <= row>>6 {
		c.valid = append(c.valid, 0)
	}
	c.valid.Set(row)
}

func (c *builderColumn) addAsText(row int, s string) {
	if c.kind == Coded {
		c.codes = append(c.codes, c.dict.Code(s))
		return
	}
	c.toText(row)
	c.strs = append(c.strs, s)
	c.present(row)
}

// toText turns a typed column into text, keeping the values of the rows before
// row.
func (c *builderColumn) toText(row int) {
	if c.kind == Text {
		return
	}
	col := &Column{kind: c.kind, n: row, nums: c.nums, ints: c.ints, valid: c.valid}
	c.strs = make([]string, row)
	for i := range c.strs {
		c.strs[i], _ = col.Text(i)
	}
	c.kind, c.nums, c.ints = Text, nil, nil
}

// copy keeps the bytes of many small values in few allocations.
func (c *builderColumn) copy(value []byte) string {
	if len(value) == 0 {
		return ""
	}
	if cap(c.arena)-len(c.arena) < len(value) {
		c.arena = make([]byte, 0, max(64<<10, len(value)))
	}
	at := len(c.arena)
	c.arena = append(c.arena, value...)
	return unsafe.String(&c.arena[at], len(value))
}

func (c *builderColumn) flush(rows int) *Column {
	if c.kind == Missing {
		c.n = 0
		return nil
	}
	if c.n < rows {
		c.pad(rows)
	}
	col := &Column{kind: c.kind, n: rows, dict: c.dict, codes: c.codes, strs: c.strs, nums: c.nums, ints: c.ints}
	if c.gaps && c.kind != Coded {
		for len(c.valid) < (rows+63)/64 {
			c.valid = append(c.valid, 0)
		}
		col.valid = c.valid
	}
	if c.kind != Coded {
		col.dict = nil
	}
	if c.kind == Coded {
		switch {
		case rows >= dictMinRows && c.dict.Len()-c.known > rows/2:
			c.plain, c.dict = true, nil
		case c.dict.Len() > dictMaxLen:
			c.dict = nil // a fresh one bounds the memory of a long scan
		}
	}
	c.kind, c.n, c.gaps = Missing, 0, false
	c.codes, c.strs, c.nums, c.ints, c.valid = nil, nil, nil, nil, nil
	return col
}
