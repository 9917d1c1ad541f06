package function

import (
	"strconv"
	"time"

	"harrier/diag"
	"harrier/event"
	"harrier/plan"
)

var nowFunc = &Function{
	Name:     "now",
	Category: "time",
	Summary:  "Writes the time at which the query was started, in milliseconds since 1970.",
	Doc: "All events of a run get the same time, and so do those of its subqueries. What is read from files has happened before, which is why a query " +
		"that looks back from `now()` may want a time given to the run instead of the present.",
	Unnamed: "as",
	Params: []Param{
		{Name: "as", Kind: NewField, Default: "_now", Doc: "The field to write."},
	},
	Examples: []Example{{
		Doc:   "A query started on 17 March 2026 at noon.",
		Query: `now() | age := now() - @timestamp`,
		In:    `{"@timestamp":"1773748740000"}`,
		Out:   `{"@timestamp":"1773748740000","_now":"1773748800000","age":"60000"}`,
	}, {
		Doc:   "Events of the last hour, whatever the interval of the search is.",
		Query: `test(@timestamp >= now() - duration(1h))`,
		In:    "{\"@timestamp\":\"1773740000000\",\"user\":\"kim\"}\n{\"@timestamp\":\"1773748740000\",\"user\":\"ole\"}",
		Out:   `{"@timestamp":"1773748740000","user":"ole"}`,
	}},
	NewMapper: func(c *Call) (MapperFactory, diag.List) {
		return constantMapper(c.Field("as"), func(rt *plan.Runtime) int64 { return rt.Now.UnixMilli() }), nil
	},
}

// constantMapper writes the same number to every event of a run.
func constantMapper(as string, value func(rt *plan.Runtime) int64) MapperFactory {
	return func(rt *plan.Runtime) plan.Mapper {
		text := strconv.FormatInt(value(rt), 10)
		return plan.MapperFunc(func(b *event.Batch) error {
			b.Set(as, event.NewConstant(b.Len(), text))
			return nil
		})
	}
}

// orNow is the end of a search, which is the start of the run when none is given.
func orNow(t time.Time, rt *plan.Runtime) time.Time {
	if t.IsZero() {
		return rt.Now
	}
	return t
}
