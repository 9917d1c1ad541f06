package function

import (
	"harrier/event"
	"harrier/plan"
)

// rowTest asks of each row whether it would get through a condition argument. It belongs to one worker.
type rowTest struct {
	chain  *plan.Chain
	passed event.Bits
}

// rowField carries the number of a row through the condition, which may make several rows of it (a regular expression
// with the flag g).
const rowField = "\x00row"

func newRowTest(rt *plan.Runtime, pipe *Pipe) *rowTest {
	t := &rowTest{}
	t.chain = plan.NewChain(rt, pipe.Stages, func(b *event.Batch) error {
		c := b.Field(rowField)
		for _, r := range b.Selected() {
			if n, ok := wholeNumber(c, int(r)); ok {
				t.passed.Set(int(n))
			}
		}
		return nil
	})
	return t
}

// passing gives the selected rows that fulfil the condition. What it writes is not seen by others.
func (t *rowTest) passing(b *event.Batch) (event.Bits, error) {
	t.passed = event.NewBits(b.Len())
	number := make([]int64, b.Len())
	for i := range number {
		number[i] = int64(i)
	}
	in := b.Clone()
	in.Set(rowField, event.NewInteger(number, nil))
	return t.passed, t.chain.Push(in)
}

// conditionReads adds what a condition reads to an effect.
func conditionReads(e plan.Effect, pipe *Pipe) plan.Effect {
	if pipe != nil {
		e.Reads = append(e.Reads, pipe.Effect.Reads...)
		e.ReadsAll = e.ReadsAll || pipe.Effect.ReadsAll
	}
	return e
}

// aggregatesRead adds what aggregates read to an effect.
func aggregatesRead(e plan.Effect, aggs []*Agg) plan.Effect {
	for _, g := range aggs {
		e.Reads = append(e.Reads, g.Reads.Reads...)
		e.ReadsAll = e.ReadsAll || g.Reads.ReadsAll || g.Passes()
	}
	return e
}
