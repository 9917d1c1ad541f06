package function

import (
	"harrier/diag"
	"harrier/event"
	"harrier/plan"
)

// maxNeighbor is the largest distance of neighbor().
const maxNeighbor = 10_000

var neighborFunc = &Function{
	Name:     "neighbor",
	Category: "sequence",
	Summary:  "Adds fields of a row that stands before or behind to each row.",
	Doc: sequenceDoc +
		"With `prefix=p` the field `f` of the neighbour is written to `p.f`; without a prefix it takes the place of the row's own. Where there is " +
		"no neighbour, at the ends of the sequence, or where it lacks the field, the new field is absent, also when the row had one of that name.",
	Unnamed: "include",
	Params: []Param{
		{Name: "include", Kind: Fields, Required: true, Doc: "The fields of the neighbour to add."},
		{Name: "prefix", Kind: Text, Doc: "What stands, with a dot, before the names of the new fields."},
		{Name: "distance", Kind: Int, Default: "1", Min: 1, Max: maxNeighbor, Doc: "How many rows away the neighbour is."},
		{Name: "direction", Kind: Enum, Enum: []string{"preceding", "succeeding"}, Default: "preceding", Doc: "Whether the neighbour stands before or behind."},
	},
	Examples: []Example{{
		Doc:   "How much a value has changed.",
		Query: `head() | neighbor(temp, prefix=prev) | change := temp - prev.temp`,
		In:    "{\"temp\":\"18\"}\n{\"temp\":\"21\"}\n{\"temp\":\"20\"}",
		Out:   "{\"temp\":\"18\"}\n{\"temp\":\"21\",\"prev.temp\":\"18\",\"change\":\"3\"}\n{\"temp\":\"20\",\"prev.temp\":\"21\",\"change\":\"-1\"}",
	}, {
		Query: `sort(n, order=asc) | neighbor([n, who], prefix=next, direction=succeeding, distance=2)`,
		In:    "{\"n\":\"3\",\"who\":\"ole\"}\n{\"n\":\"1\",\"who\":\"kim\"}\n{\"n\":\"2\",\"who\":\"ann\"}\n{\"n\":\"4\"}",
		Out: "{\"n\":\"1\",\"who\":\"kim\",\"next.n\":\"3\",\"next.who\":\"ole\"}\n{\"n\":\"2\",\"who\":\"ann\",\"next.n\":\"4\"}\n" +
			"{\"n\":\"3\",\"who\":\"ole\"}\n{\"n\":\"4\"}",
	}},
	Effect: func(c *Call) plan.Effect {
		e := c.DefaultEffect()
		e.Writes = append(e.Writes, neighborFields(c)...)
		return e
	},
	NewSequencer: func(c *Call) (SequencerFactory, diag.List) {
		from, to := distinct(c.Fields("include")), neighborFields(c)
		if len(from) == 0 {
			return nil, c.Errorf("missing-argument", "include", "neighbor() needs at least one field")
		}
		distance, ahead := c.Int("distance"), c.Text("direction") == "succeeding"
		return func(rt *plan.Runtime) plan.Sequencer {
			return &neighbor{sequence: sequence{rt: rt}, from: from, to: to, distance: distance, ahead: ahead, values: make([][]Cell, len(from))}
		}, nil
	},
}

// neighborFields are the fields that a call writes.
func neighborFields(c *Call) []string {
	out := distinct(c.Fields("include"))
	if prefix := c.Text("prefix"); prefix != "" {
		for i, f := range out {
			out[i] = prefix + "." + f
		}
	}
	return out
}

// neighbor is neighbor() at work. It keeps the values of the rows that may yet be somebody's neighbour and, when it
// looks ahead, the batches whose rows still wait for theirs.
type neighbor struct {
	sequence
	from, to []string
	distance int
	ahead    bool

	values  [][]Cell // by field, of the last rows
	waiting []*event.Batch
	bytes   int // of what is waiting
}

var _ plan.Sequencer = (*neighbor)(nil)

// Next implements plan.Sequencer.
func (a *neighbor) Next(b *event.Batch, emit func(*event.Batch) error) error {
	b = a.take(b)
	for i, f := range a.from {
		c := b.Field(f)
		for r := range b.Len() {
			s, ok := c.Text(r)
			a.values[i] = append(a.values[i], Cell{s, ok})
		}
	}
	if a.ahead {
		a.waiting = append(a.waiting, b)
		a.bytes += batchBytes(b)
		for len(a.waiting) > 0 && len(a.values[0]) >= a.waiting[0].Len()+a.distance {
			if err := a.give(emit); err != nil {
				return err
			}
		}
	} else {
		// The values end with those of this batch; the neighbour of its first row is distance before that.
		a.write(b, len(a.values[0])-b.Len()-a.distance)
		a.forget(len(a.values[0]) - a.distance)
		if err := emit(b); err != nil {
			return err
		}
	}
	return a.rt.Memory.Use(a, a.bytes+32*len(a.from)*cap(a.values[0]))
}

// End implements plan.Sequencer.
func (a *neighbor) End(emit func(*event.Batch) error) error {
	for len(a.waiting) > 0 {
		if err := a.give(emit); err != nil {
			return err
		}
	}
	return a.rt.Memory.Use(a, 0)
}

// give passes on the first of the waiting batches, whose first row has the first of the values.
func (a *neighbor) give(emit func(*event.Batch) error) error {
	b := a.waiting[0]
	a.waiting = a.waiting[1:]
	a.bytes -= batchBytes(b)
	a.write(b, a.distance)
	a.forget(b.Len())
	return emit(b)
}

// write adds the fields of neighbours: that of row r is the one at first+r among the values.
func (a *neighbor) write(b *event.Batch, first int) {
	for i, f := range a.to {
		strs, valid := make([]string, b.Len()), event.NewBits(b.Len())
		for r := range strs {
			if at := first + r; at >= 0 && at < len(a.values[i]) && a.values[i][at].Present {
				strs[r] = a.values[i][at].Text
				valid.Set(r)
			}
		}
		b.Set(f, event.NewText(strs, valid))
	}
}

// forget drops the first n values.
func (a *neighbor) forget(n int) {
	if n <= 0 {
		return
	}
	for i, v := range a.values {
		kept := copy(v, v[n:])
		clear(v[kept:])
		a.values[i] = v[:kept]
	}
}
