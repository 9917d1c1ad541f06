package function

import (
	"strconv"

	"harrier/event"
)

// wholeNumber reads a value that is written as an integer of 64 bits.
func wholeNumber(c *event.Column, row int) (int64, bool) {
	if ints, valid := c.Integers(); ints != nil {
		return ints[row], valid == nil || valid.Get(row)
	}
	s, ok := c.Text(row)
	if !ok {
		return 0, false
	}
	n, err := strconv.ParseInt(s, 10, 64)
	return n, err == nil
}
