package function

import (
	"harrier/event"
	"harrier/internal/num"
	"harrier/plan"
)

// chooser makes a column that takes each row from one of several columns, in the cheapest form that can hold them all.
// It belongs to one worker.
type chooser struct {
	dict  *event.Dict
	known map[*event.Dict][]uint32 // by code of another dictionary: the code in dict plus one, 0 not looked up yet
}

// column takes row r from cols[from[r]]; a negative number makes it absent.
func (c *chooser) column(b *event.Batch, cols []*event.Column, from []int32) *event.Column {
	used := make([]bool, len(cols))
	only, gaps := -1, false
	for _, r := range b.Selected() {
		if i := from[r]; i < 0 {
			gaps = true
		} else if !used[i] {
			used[i] = true
			if only == -1 {
				only = int(i)
			} else {
				only = -2
			}
		}
	}
	if only == -1 {
		return event.NewMissing(b.Len())
	}
	if only >= 0 && !gaps {
		return cols[only]
	}
	coded, numeric := true, true
	for i, col := range cols {
		if used[i] {
			coded = coded && (col.Kind() == event.Constant || col.Kind() == event.Coded)
			numeric = numeric && isNumeric(col)
		}
	}
	switch {
	case coded:
		return c.coded(b, cols, from)
	case numeric:
		nums, valid := make([]float64, b.Len()), event.NewBits(b.Len())
		for _, r := range b.Selected() {
			if i := from[r]; i >= 0 {
				if v, ok := cols[i].Number(int(r)); ok {
					nums[r] = v
					valid.Set(int(r))
				}
			}
		}
		return event.NewNumber(nums, valid)
	}
	strs, valid := make([]string, b.Len()), event.NewBits(b.Len())
	for _, r := range b.Selected() {
		if i := from[r]; i >= 0 {
			if s, ok := cols[i].Text(int(r)); ok {
				strs[r] = s
				valid.Set(int(r))
			}
		}
	}
	return event.NewText(strs, valid)
}

// isNumeric tells whether a column can stand in a number column without its texts changing.
func isNumeric(c *event.Column) bool {
	if s, ok := c.ConstantText(); ok {
		v, ok := num.Parse(s)
		return ok && num.Format(v) == s
	}
	return c.Kind() == event.Number
}

func (c *chooser) coded(b *event.Batch, cols []*event.Column, from []int32) *event.Column {
	c.follow(cols)
	constants := make([]uint32, len(cols))
	known := make([][]uint32, len(cols))
	for i, col := range cols {
		if s, ok := col.ConstantText(); ok {
			constants[i] = c.dict.Code(s)
		} else if d, _ := col.Codes(); d != nil {
			if n := d.Len() - len(c.known[d]); n > 0 {
				c.known[d] = append(c.known[d], make([]uint32, n)...)
			}
			known[i] = c.known[d]
		}
	}
	codes := make([]uint32, b.Len())
	for i := range codes {
		codes[i] = event.NoCode
	}
	for _, r := range b.Selected() {
		i := from[r]
		if i < 0 {
			continue
		}
		d, theirs := cols[i].Codes()
		if d == nil {
			codes[r] = constants[i]
			continue
		}
		code := theirs[r]
		if code == event.NoCode {
			continue
		}
		if known[i][code] == 0 {
			known[i][code] = c.dict.Code(d.Value(code)) + 1
		}
		codes[r] = known[i][code] - 1
	}
	return event.NewCoded(c.dict, codes)
}

// follow starts a new dictionary when the columns come with another one, as those of the next split do: like any
// dictionary the one made here belongs to one split.
func (c *chooser) follow(cols []*event.Column) {
	isNew := c.dict == nil
	for _, col := range cols {
		if d, _ := col.Codes(); d != nil && c.known[d] == nil {
			isNew = true
		}
	}
	if isNew {
		c.dict, c.known = event.NewDict(), map[*event.Dict][]uint32{}
	}
}

// nowhere is a choice of no column for any row.
func nowhere(n int) []int32 {
	from := make([]int32, n)
	for i := range from {
		from[i] = -1
	}
	return from
}

// evalOn evaluates an expression on some of the selected rows only, so that a branch that is not taken costs nothing
// and warns of nothing.
func evalOn(x plan.Expr, b *event.Batch, rows []int32) (*event.Column, error) {
	switch len(rows) {
	case 0:
		return event.NewMissing(b.Len()), nil
	case b.Count():
		return x.Eval(b)
	}
	t := b.Clone()
	t.Select(rows)
	return x.Eval(t)
}

// assign writes the value of an expression to a field. Null leaves the field as it is.
func assign(b *event.Batch, field string, c *event.Column) {
	if c.Kind() != event.Missing {
		SetColumn(b, field, c)
	}
}
