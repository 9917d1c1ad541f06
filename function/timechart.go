package function

import (
	"math"

	"harrier/diag"
)

var timeChartFunc = &Function{
	Name:     "timeChart",
	Category: "aggregate",
	Summary:  "Cuts time into buckets and runs aggregates on the events of each, by series.",
	Doc: bucketDoc + "\n\nIt is `bucket()` with one field to group by. When there are more series than `limit`, those are kept whose results add up to the " +
		"largest number over all functions and buckets, the earlier one of equals.",
	Unnamed: "series",
	Params: bucketParams(
		Param{Name: "series", Kind: Field, Doc: "The field whose values are the series."},
	),
	Examples: []Example{{
		Query: `timeChart(series=key, span=1h, function=[max(value), min(other)], limit=2)`,
		In: "{\"@timestamp\":\"1747109790000\",\"key\":\"a\",\"value\":\"42\",\"other\":\"1\"}\n{\"@timestamp\":\"1747109790001\",\"key\":\"b\",\"value\":\"41\",\"other\":\"0\"}\n" +
			"{\"@timestamp\":\"1747109790002\",\"key\":\"c\",\"value\":\"40\",\"other\":\"40\"}",
		Out: "{\"_bucket\":\"1747108800000\",\"key\":\"a\",\"_max\":\"42\",\"_min\":\"1\"}\n{\"_bucket\":\"1747108800000\",\"key\":\"c\",\"_max\":\"40\",\"_min\":\"40\"}",
	}, {
		Doc:   "Without a series, seconds without events are there too.",
		Query: `timeChart(span=1s, function=sum(value))`,
		In:    "{\"@timestamp\":\"1451606301001\",\"value\":\"5\"}\n{\"@timestamp\":\"1451606301500\",\"value\":\"6\"}\n{\"@timestamp\":\"1451606303201\",\"value\":\"2\"}",
		Out:   "{\"_bucket\":\"1451606301000\",\"_sum\":\"11\"}\n{\"_bucket\":\"1451606302000\",\"_sum\":\"0\"}\n{\"_bucket\":\"1451606303000\",\"_sum\":\"2\"}",
	}},
	GivesRows: true,
	Ordered:   true,
	Effect:    bucketEffect,
	Outputs:   func(c *Call) []string { return bucketOutputs(c, seriesOf(c)) },
	NewAggregator: func(c *Call) (AggregatorFactory, diag.List) {
		return newBucket(c, seriesOf(c), totalNumber)
	},
}

func seriesOf(c *Call) []string {
	if s := c.Field("series"); s != "" {
		return []string{s}
	}
	return nil
}

// totalNumber rates results by the sum of the numbers in them.
func totalNumber(score, number float64) float64 {
	if math.IsInf(score, -1) {
		return number
	}
	return score + number
}
