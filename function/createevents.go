package function

import (
	"harrier/diag"
	"harrier/event"
	"harrier/plan"
)

var createEventsFunc = &Function{
	Name:     "createEvents",
	Category: "event",
	Summary:  "Makes events of given texts, instead of reading any.",
	Doc: "Each text becomes the `@rawstring` of an event and is not read any further; kvParse(), parseJson() and the like make fields of it. All events " +
		"have the time at which the query runs as `@timestamp`, and `0` as `@timestamp.nanos`, and so lie in no particular search interval. What " +
		"stands in front of the function is thrown away, and a warning says so.",
	Unnamed: "rawstring",
	Params: []Param{
		{Name: "rawstring", Kind: Texts, Required: true, Doc: "The texts, one per event."},
	},
	Examples: []Example{{
		Query: `createEvents(["host=web cpu=40", "host=db cpu=75", "host=web cpu=60"]) | kvParse() | groupBy(host, function=max(cpu, as=peak))`,
		Out:   "{\"host\":\"web\",\"peak\":\"60\"}\n{\"host\":\"db\",\"peak\":\"75\"}", Unordered: true,
	}, {
		Query: `createEvents("logon of ada") | @rawstring="*ada" | count()`,
		In:    `{"@rawstring":"logon of eve"}`,
		Out:   `{"_count":"1"}`,
	}},
	Lower: func(c *Call, p *Pipeline) diag.List {
		texts := c.Texts("rawstring")
		return c.replaceEvents(p, []string{rawstringField, timestampField, nanosField}, func(rt *plan.Runtime) ([]*event.Batch, error) {
			var out []*event.Batch
			for at := 0; at < len(texts); at += event.BatchRows {
				part := texts[at:min(at+event.BatchRows, len(texts))]
				times := make([]int64, len(part))
				for i := range times {
					times[i] = rt.Now.UnixMilli()
				}
				b := event.NewBatch(len(part))
				b.Set(rawstringField, event.NewText(part, nil))
				b.Set(timestampField, event.NewInteger(times, nil))
				b.Set(nanosField, event.NewConstant(len(part), "0"))
				out = append(out, b)
			}
			return out, nil
		})
	},
}
