package function

import (
	"harrier/diag"
	"harrier/plan"
)

var rdnsFunc = &Function{
	Name:       "rdns",
	Category:   "network",
	Summary:    "Keeps the latest events and writes the host names of their IP addresses, as DNS has them.",
	Deprecated: "tail(limit) | reverseDns(...)",
	Doc: resolverDoc + "\n\nThe latest `limit` events are kept, the oldest first, with a warning when there were more. LogScale has announced that the function will go. It must stand in a step of the query " +
		"itself.",
	Unnamed: "field",
	Params: []Param{
		{Name: "field", Kind: Field, Required: true, Doc: "The field with the address."},
		{Name: "as", Kind: NewField, Default: "hostname", Doc: "The field to write."},
		{Name: "limit", Kind: Int, Default: "5000", Min: 1, Max: maxResolved, Doc: "The largest number of events, or `max`."},
		{Name: "server", Kind: Text, Doc: "The DNS server to ask, an address or a name, with a port if it is not 53; that of the system when not given."},
	},
	Examples: []Example{{
		Query: `rdns(ip)`,
		In:    "{\"@timestamp\":\"2\",\"ip\":\"203.0.113.20\"}\n{\"@timestamp\":\"1\",\"ip\":\"203.0.113.99\"}",
		Out:   "{\"@timestamp\":\"1\",\"ip\":\"203.0.113.99\"}\n{\"@timestamp\":\"2\",\"ip\":\"203.0.113.20\",\"hostname\":\"mail.example\"}",
	}, {
		Query: `rdns(src, as=name, limit=1)`,
		In:    "{\"@timestamp\":\"2\",\"src\":\"2001:db8:1::7\"}\n{\"@timestamp\":\"1\",\"src\":\"203.0.113.20\"}",
		Out:   `{"@timestamp":"2","src":"2001:db8:1::7","name":"www.example"}`,
	}},
	Where: searches,
	Lower: func(c *Call, p *Pipeline) diag.List {
		limit := c.Int("limit")
		if !p.Nested {
			p.Add(&plan.Aggregate{
				Name: "tail of rdns", Span: c.At, Ordered: true, Effects: eventsByTime(c),
				New: func(rt *plan.Runtime) plan.Aggregator {
					return &rankedRows{order: byTime(true), limit: limit, last: true, trimmed: func() {
						rt.Warn(diag.Warningf("rdns-limit", c.At, "rdns() met more than %d events, and only the latest are kept", limit))
					}}
				},
			})
		}
		return c.resolve(p, maxResolved)
	},
}
