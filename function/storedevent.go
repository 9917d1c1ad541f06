package function

import (
	"strings"

	"harrier/event"
)

// storedFields are the fields of the events of a batch as the source gave them, without tags: LogScale keeps those once
// for many events and not in each.
func storedFields(b *event.Batch) []*event.Column {
	var out []*event.Column
	names, cols := b.Original()
	for i, name := range names {
		if !event.Hidden(name) && !strings.HasPrefix(name, "#") {
			out = append(out, cols[i])
		}
	}
	return out
}

// addPerRow adds what a value is worth to the sum of its row, asking once per distinct value where the column tells them.
func addPerRow(sums []int64, rows []int32, c *event.Column, worth func(s string) int64) {
	if s, ok := c.ConstantText(); ok {
		n := worth(s)
		for _, r := range rows {
			sums[r] += n
		}
		return
	}
	if d, codes := c.Codes(); d != nil {
		// Fast path: no text is looked for twice.
		values := d.Values()
		for _, r := range rows {
			if codes[r] != event.NoCode {
				sums[r] += worth(values[codes[r]])
			}
		}
		return
	}
	for _, r := range rows {
		if s, ok := c.Text(int(r)); ok {
			sums[r] += worth(s)
		}
	}
}
