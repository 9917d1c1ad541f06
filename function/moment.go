package function

import (
	"math"

	"harrier/event"
)

// moment is the place of an event in time: by its time, and by its position in the input where that is the same. An
// event without a time counts as older than all that have one.
type moment struct {
	time     float64
	position uint64
}

// before tells whether m is older. Rows made from one event share their moment, and are met together and in order.
func (m moment) before(o moment) bool {
	return m.time < o.time || m.time == o.time && m.position < o.position
}

// momentOf gives the moments of the rows of a batch.
func momentOf(b *event.Batch) func(row int32) moment {
	times := timeColumns(b)
	return func(row int32) moment {
		for _, c := range times {
			if t, ok := c.Number(int(row)); ok && t == t {
				return moment{t, b.Position(int(row))}
			}
		}
		return moment{math.Inf(-1), b.Position(int(row))}
	}
}
