package function

import (
	"fmt"

	"harrier/diag"
	"harrier/event"
	"harrier/plan"
)

// maxWindowRows is how many rows the window of slidingTimeWindow() holds at most.
const maxWindowRows = 10_000

var slidingTimeWindowFunc = &Function{
	Name:     "slidingTimeWindow",
	Category: "sequence",
	Summary:  "Adds to each row the results of aggregates over the rows of the time before it.",
	Doc: sequenceDoc + slidingDoc +
		"A row with the time t sees the rows before it whose times are later than t minus `span`, so one that is exactly `span` older is out; the reference " +
		"does not say which of the ends counts. With `current=exclude` it does not see itself.\n\n" +
		"Rows must come in ascending order of time: a row without a time, or one that is older than the row before it, is an error when the query runs. " +
		"A window holds at most 10,000 rows; of more, the latest are taken and a warning is given.",
	Unnamed: "function",
	Params: []Param{
		{Name: "function", Kind: Aggregates, Required: true, Doc: "The aggregates, each of which gives at most one row."},
		{Name: "span", Kind: Span, Required: true, Doc: "How far back the window goes, such as `10m`."},
		currentParam,
		{Name: "timestampfield", Kind: Field, Default: timestampField, Doc: "The field with the time, in milliseconds since the epoch."},
	},
	Examples: []Example{{
		Query: `head() | slidingTimeWindow([count(as=recent), sum(bytes, as=sent)], span=1min)`,
		In:    "{\"@timestamp\":\"1750000000000\",\"bytes\":\"5\"}\n{\"@timestamp\":\"1750000059999\",\"bytes\":\"2\"}\n{\"@timestamp\":\"1750000060000\",\"bytes\":\"1\"}",
		Out: "{\"@timestamp\":\"1750000000000\",\"bytes\":\"5\",\"recent\":\"1\",\"sent\":\"5\"}\n{\"@timestamp\":\"1750000059999\",\"bytes\":\"2\",\"recent\":\"2\",\"sent\":\"7\"}\n" +
			"{\"@timestamp\":\"1750000060000\",\"bytes\":\"1\",\"recent\":\"2\",\"sent\":\"3\"}",
	}, {
		Doc:   "A success right after several failures.",
		Query: `sort(at, order=asc) | slidingTimeWindow({result=bad | count(as=bad)}, span=5s, timestampfield=at, current=exclude) | result=ok bad>=2`,
		In:    "{\"at\":\"1000\",\"result\":\"bad\"}\n{\"at\":\"2000\",\"result\":\"bad\"}\n{\"at\":\"4000\",\"result\":\"ok\"}\n{\"at\":\"9000\",\"result\":\"ok\"}",
		Out:   `{"at":"4000","result":"ok","bad":"2"}`,
	}},
	Effect: runningEffect,
	NewSequencer: func(c *Call) (SequencerFactory, diag.List) {
		agg, problems := c.oneRowEach("function")
		if agg == nil {
			return nil, problems
		}
		span := float64(c.Duration("span")) / 1e6
		if span < 1 {
			return nil, c.Errorf("bad-value", "span", "span of slidingTimeWindow() is at least a millisecond")
		}
		field, exclude, at := c.Field("timestampfield"), c.Text("current") == "exclude", c.At
		return func(rt *plan.Runtime) plan.Sequencer {
			times := &windowTimes{rt: rt, at: at, field: field, span: span}
			return &sliding{sequence: sequence{rt: rt}, agg: agg, exclude: exclude, first: times.first, note: times.note}
		}, problems
	},
}

// windowTimes are the times of the rows of a sliding window.
type windowTimes struct {
	rt    *plan.Runtime
	at    diag.Span
	field string
	span  float64

	times []float64
	base  uint64 // number of the row of the first of the times
	low   uint64 // first row of the window looked at last
}

// note takes in the times of a batch.
func (w *windowTimes) note(b *event.Batch) error {
	if n := w.low - w.base; n > 0 {
		w.times = w.times[:copy(w.times, w.times[n:])]
		w.base = w.low
	}
	c := b.Field(w.field)
	for r := range b.Len() {
		t, ok := c.Number(r)
		if !ok || t != t {
			return fmt.Errorf("slidingTimeWindow(): row %d has no time in the field %s", b.Position(r)+1, w.field)
		}
		if n := len(w.times); n > 0 && t < w.times[n-1] {
			return fmt.Errorf("slidingTimeWindow(): row %d is older than the row before it, and rows must be in ascending order of %s: put head() or sort(%s, order=asc) in front", b.Position(r)+1, w.field, w.field)
		}
		w.times = append(w.times, t)
	}
	return nil
}

// first gives the first row of the window of a row.
func (w *windowTimes) first(row, end uint64) (uint64, error) {
	after := w.times[row-w.base] - w.span
	for w.low < end && w.times[w.low-w.base] <= after {
		w.low++
	}
	if w.low+maxWindowRows < end {
		w.low = end - maxWindowRows
		w.rt.Warn(diag.Warningf("window-limit", w.at, "a window of slidingTimeWindow() would have more than %d rows, of which only the latest are counted", maxWindowRows))
	}
	return w.low, nil
}
