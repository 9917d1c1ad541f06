package function

import "harrier/diag"

var reverseDNSFunc = &Function{
	Name:     "reverseDns",
	Category: "network",
	Summary:  "Writes the host names of IP addresses, as DNS has them, into the rows of a result.",
	Doc:      resolverDoc + "\n\nIt must stand behind an aggregate, in a step of the query itself, so that few addresses are asked for. Of more than `limit` different addresses only the first are, with a warning.",
	Unnamed:  "field",
	Params: []Param{
		{Name: "field", Kind: Field, Required: true, Doc: "The field with the address."},
		{Name: "as", Kind: NewField, Default: "_hostname", Doc: "The field to write."},
		{Name: "limit", Kind: Int, Default: "5000", Min: 1, Max: maxResolved, Doc: "The largest number of different addresses, or `max`."},
		{Name: "server", Kind: Text, Doc: "The DNS server to ask, an address or a name, with a port if it is not 53; that of the system when not given."},
	},
	Examples: []Example{{
		Query: `groupBy(ip) | reverseDns(ip)`,
		In:    "{\"ip\":\"203.0.113.20\"}\n{\"ip\":\"203.0.113.20\"}\n{\"ip\":\"203.0.113.99\"}\n{\"ip\":\"gateway\"}",
		Out: "{\"ip\":\"203.0.113.20\",\"_count\":\"2\",\"_hostname\":\"mail.example\"}\n{\"ip\":\"203.0.113.99\",\"_count\":\"1\"}\n" +
			"{\"ip\":\"gateway\",\"_count\":\"1\"}",
	}, {
		Query: `tail(10) | reverseDns(src, as=name, server="192.0.2.53") | name=*`,
		In:    "{\"src\":\"2001:db8:1::7\"}\n{\"src\":\"203.0.113.99\"}",
		Out:   `{"src":"2001:db8:1::7","name":"www.example"}`,
	}},
	Where: searches,
	Lower: func(c *Call, p *Pipeline) diag.List {
		if !c.Rows {
			return diag.List{diag.Errorf("aggregate-required", c.At, "reverseDns() must stand behind an aggregate, so that few addresses are asked for").
				WithHelp("put groupBy(), top() or tail() before it")}
		}
		return c.resolve(p, c.Int("limit"))
	},
}
