package event

import (
	"math"
	"strconv"

	"harrier/internal/num"
)

// Kind is the physical form of a column.
type Kind uint8

// The kinds of column.
const (
	Missing  Kind = iota // absent in every row
	Constant             // one text in every row
	Coded                // codes into a Dict
	Text                 // a text per row
	Number               // a float64 per row, shown as CQL shows numbers
	Integer              // an int64 per row (counts, times in milliseconds)
)

// NoCode is the code of an absent value in a Coded column.
const NoCode = math.MaxUint32

// Column is the values of one field for all rows of a batch. It is immutable.
type Column struct {
	kind  Kind
	n     int
	text  string
	dict  *Dict
	codes []uint32
	strs  []string
	nums  []float64
	ints  []int64
	valid Bits // Text, Number, Integer: nil when every row is present
}

// NewMissing is a column of n absent values.
func NewMissing(n int) *Column { return &Column{kind: Missing, n: n} }

// NewConstant is a column with the same text in all n rows.
func NewConstant(n int, s string) *Column { return &Column{kind: Constant, n: n, text: s} }

// NewCoded is a dictionary column. It keeps codes.
func NewCoded(d *Dict, codes []uint32) *Column {
	return &Column{kind: Coded, n: len(codes), dict: d, codes: codes}
}

// NewText is a text column; valid may be nil when every row is present. It keeps
// both arguments.
func NewText(strs []string, valid Bits) *Column {
	return &Column{kind: Text, n: len(strs), strs: strs, valid: valid}
}

// NewNumber is a number column; see NewText.
func NewNumber(nums []float64, valid Bits) *Column {
	return &Column{kind: Number, n: len(nums), nums: nums, valid: valid}
}

// NewInteger is an integer column; see NewText.
func NewInteger(ints []int64, valid Bits) *Column {
	return &Column{kind: Integer, n: len(ints), ints: ints, valid: valid}
}

// Kind tells the physical form.
func (c *Column) Kind() Kind { return c.kind }

// Len is the number of rows, selected or not.
func (c *Column) Len() int { return c.n }

// Codes gives the dictionary and the codes of a Coded column, nil otherwise. A
// code is NoCode where the value is absent.
func (c *Column) Codes() (*Dict, []uint32) { return c.dict, c.codes }

// ConstantText gives the text of a Constant column.
func (c *Column) ConstantText() (string, bool) { return c.text, c.kind == Constant }

// Numbers gives the values of a Number column and which are present (nil: all).
func (c *Column) Numbers() ([]float64, Bits) { return c.nums, c.valid }

// Integers gives the values of an Integer column and which are present (nil: all).
func (c *Column) Integers() ([]int64, Bits) { return c.ints, c.valid }

// Texts gives the values of a Text column and which are present (nil: all).
func (c *Column) Texts() ([]string, Bits) { return c.strs, c.valid }

// Present tells whether the row has a value.
func (c *Column) Present(row int) bool {
	switch c.kind {
	case Missing:
		return false
	case Constant:
		return true
	case Coded:
		return c.codes[row] != NoCode
	default:
		return c.valid == nil || c.valid.Get(row)
	}
}

// Text is the value of a row, false when it is absent.
func (c *Column) Text(row int) (string, bool) {
	switch c.kind {
	case Missing:
		return "", false
	case Constant:
		return c.text, true
	case Coded:
		code := c.codes[row]
		if code == NoCode {
			return "", false
		}
		return c.dict.vals[code], true
	}
	if c.valid != nil && !c.valid.Get(row) {
		return "", false
	}
	switch c.kind {
	case Text:
		return c.strs[row], true
	case Number:
		return num.Format(c.nums[row]), true
	default:
		return strconv.FormatInt(c.ints[row], 10), true
	}
}

// Number reads the value of a row as a number: false when it is absent or not a
// number (language reference section 1: optional sign, decimal, exponent).
func (c *Column) Number(row int) (float64, bool) {
	switch c.kind {
	case Missing:
		return 0, false
	case Constant:
		return num.Parse(c.text)
	case Coded:
		code := c.codes[row]
		if code == NoCode {
			return 0, false
		}
		return c.dict.Number(code)
	}
	if c.valid != nil && !c.valid.Get(row) {
		return 0, false
	}
	switch c.kind {
	case Text:
		return num.Parse(c.strs[row])
	case Number:
		return c.nums[row], true
	default:
		return float64(c.ints[row]), true
	}
}

// Gather makes the column of the given rows, in that order; a row may occur
// more than once.
func (c *Column) Gather(rows []int32) *Column {
	out := &Column{kind: c.kind, n: len(rows), text: c.text, dict: c.dict}
	switch c.kind {
	case Coded:
		out.codes = gather(c.codes, rows)
	case Text:
		out.strs = gather(c.strs, rows)
	case Number:
		out.nums = gather(c.nums, rows)
	case Integer:
		out.ints = gather(c.ints, rows)
	}
	if c.valid != nil {
		out.valid = NewBits(len(rows))
		for i, r := range rows {
			if c.valid.Get(int(r)) {
				out.valid.Set(i)
			}
		}
	}
	return out
}

func gather[T any](in []T, rows []int32) []T {
	out := make([]T, len(rows))
	for i, r := range rows {
		out[i] = in[r]
	}
	return out
}

// Dict is the distinct values of a column. It only ever grows, and belongs to
// one split: a result worked out per value may be kept by the Dict's address and
// extended when Len has grown.
type Dict struct {
	vals  []string
	index map[string]uint32
	nums  []float64
	isNum []uint8 // 0 not looked at, 1 a number, 2 not a number

	recent [256]uint32 // codes of values met lately, by recentSlot
}

// NewDict is an empty dictionary.
func NewDict() *Dict { return &Dict{index: map[string]uint32{}} }

// Len is the number of values.
func (d *Dict) Len() int { return len(d.vals) }

// Value is the text of a code.
func (d *Dict) Value(code uint32) string { return d.vals[code] }

// Values gives all values by code; the caller must not change them.
func (d *Dict) Values() []string { return d.vals }

// Code finds or adds a value. The string is kept.
func (d *Dict) Code(s string) uint32 {
	if c, ok := d.index[s]; ok {
		return c
	}
	return d.add(s)
}

// CodeBytes finds or adds a value, copying the bytes only when it is new.
func (d *Dict) CodeBytes(b []byte) uint32 {
	// Fast path: a value that was met a short while ago, without hashing all of it.
	recent := &d.recent[recentSlot(b)]
	if c := *recent; int(c) < len(d.vals) && d.vals[c] == string(b) {
		return c
	}
	c, ok := d.index[string(b)]
	if !ok {
		c = d.add(string(b))
	}
	*recent = c
	return c
}

// recentSlot is a hash of the length and the ends of a value.
func recentSlot(b []byte) uint8 {
	n := len(b)
	h := uint32(n)
	if n >= 4 {
		h = h*31 + (uint32(b[0]) | uint32(b[1])<<8 | uint32(b[2])<<16 | uint32(b[3])<<24)
		h = h*0x9E3779B1 ^ (uint32(b[n-1]) | uint32(b[n-2])<<8 | uint32(b[n-3])<<16 | uint32(b[n-4])<<24)
	} else if n > 0 {
		h = h*31 + uint32(b[0]) + uint32(b[n-1])<<8
	}
	return uint8(h * 0x85EBCA6B >> 24)
}

func (d *Dict) add(s string) uint32 {
	c := uint32(len(d.vals))
	d.vals = append(d.vals, s)
	d.index[s] = c
	return c
}

// Number reads a value as a number, once per value.
func (d *Dict) Number(code uint32) (float64, bool) {
	if int(code) >= len(d.isNum) {
		n := max(len(d.vals), 2*len(d.isNum))
		d.isNum = append(d.isNum, make([]uint8, n-len(d.isNum))...)
		d.nums = append(d.nums, make([]float64, n-len(d.nums))...)
	}
	switch d.isNum[code] {
	case 1:
		return d.nums[code], true
	case 2:
		return 0, false
	}
	f, ok := num.Parse(d.vals[code])
	d.nums[code], d.isNum[code] = f, 2
	if ok {
		d.isNum[code] = 1
	}
	return f, ok
}

// Bits is a set of row numbers.
type Bits []uint64

// NewBits is an empty set for n rows.
func NewBits(n int) Bits { return make(Bits, (n+63)/64) }

// Get tells whether row i is in the set.
func (b Bits) Get(i int) bool { return b[i>>6]&(1<<(uint(i)&63)) != 0 }

// Set adds row i.
func (b Bits) Set(i int) { b[i>>6] |= 1 << (uint(i) & 63) }
