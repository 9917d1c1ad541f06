package function

import (
	"harrier/diag"
	"harrier/event"
	"harrier/plan"
)

const (
	ingestTimeField = "@ingesttimestamp"
	// hiddenTimeField keeps the time of events whose @timestamp was dropped or renamed, so that they stay in order.
	hiddenTimeField = "\x00timestamp"
)

// maxStateRows is the largest limit of the aggregates that keep whole events; LogScale calls it StateRowLimit.
const maxStateRows = 200_000

// timeColumns are where the time of the events of a batch may be, the best place first; an event may lack one and
// have another.
func timeColumns(b *event.Batch) []*event.Column {
	var out []*event.Column
	for _, name := range []string{timestampField, ingestTimeField, hiddenTimeField} {
		if c := b.Column(name); c != nil && c.Kind() != event.Missing {
			out = append(out, c)
		}
	}
	return out
}

// timeColumn is a column for an order by @timestamp that nobody wrote: it survives the field.
func timeColumn(b *event.Batch, field string) *event.Column {
	if c := b.Column(field); c != nil {
		return c
	}
	return b.Column(hiddenTimeField)
}

// keepTime hides away the time of the events of a batch before a field is removed.
func keepTime(b *event.Batch, removed string) {
	if removed == timestampField {
		if c := b.Column(timestampField); c != nil {
			b.Set(hiddenTimeField, c)
		}
	}
}

// byTime orders rows by their time, the oldest first; those without come last, or first.
func byTime(unknownFirst bool) *rowOrder {
	return &rowOrder{unknownFirst: unknownFirst, keys: []sortKey{{reader: func(b *event.Batch) sortReader {
		places := timeColumns(b)
		return func(row int) sortValue {
			for _, c := range places {
				if v := readNumber(c, row); v.rank == rankValue {
					return v
				}
			}
			return sortValue{rank: rankAbsent}
		}
	}}}}
}

// keepsByTime makes head() or tail(): events in the order of their time.
func keepsByTime(last bool) func(c *Call) (AggregatorFactory, diag.List) {
	return func(c *Call) (AggregatorFactory, diag.List) {
		limit := c.Int("limit")
		return func(*plan.Runtime) plan.Aggregator {
			return &rankedRows{order: byTime(last), limit: limit, last: last}
		}, nil
	}
}

// eventsByTime is the effect of an aggregate that gives some of the events as they were, in the order of their time.
func eventsByTime(*Call) plan.Effect {
	return plan.Effect{Reads: []string{timestampField, ingestTimeField}}
}
