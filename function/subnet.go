package function

import (
	"net/netip"

	"harrier/diag"
)

var subnetFunc = &Function{
	Name:     "subnet",
	Category: "network",
	Summary:  "Writes the network that an IPv4 address is in.",
	Doc: "The network is the address with all bits behind the first `bits` set to zero, written with its length: `192.0.2.0/24`. An IPv4 address written as " +
		"IPv6 (`::ffff:192.0.2.1`) counts as IPv4. Other addresses, text that is no address and an absent field write nothing.",
	Unnamed: "field",
	Params: []Param{
		{Name: "field", Kind: Field, Required: true, Doc: "The field with the address."},
		{Name: "bits", Kind: Int, Required: true, Min: 0, Max: 32, Doc: "How many bits the network has."},
		{Name: "as", Kind: NewField, Default: "_subnet", Doc: "The field to write."},
	},
	Examples: []Example{{
		Query: `subnet(ip, bits=26)`,
		In:    "{\"ip\":\"198.51.100.77\"}\n{\"ip\":\"2001:db8::7\"}\n{\"ip\":\"gateway\"}\n{\"other\":\"1\"}",
		Out:   "{\"ip\":\"198.51.100.77\",\"_subnet\":\"198.51.100.64/26\"}\n{\"ip\":\"2001:db8::7\"}\n{\"ip\":\"gateway\"}\n{\"other\":\"1\"}",
	}, {
		Query: `net := subnet(ip, bits=24) | groupBy(net)`,
		In:    "{\"ip\":\"192.0.2.7\"}\n{\"ip\":\"192.0.2.200\"}",
		Out:   `{"net":"192.0.2.0/24","_count":"2"}`,
	}},
	Effect: mayWrite,
	NewMapper: func(c *Call) (MapperFactory, diag.List) {
		bits := c.Int("bits")
		return mapText(c.Field("field"), c.Field("as"), func(s string) (string, bool) {
			a, err := netip.ParseAddr(s)
			if a = a.Unmap(); err != nil || !a.Is4() {
				return "", false
			}
			return netip.PrefixFrom(a, bits).Masked().String(), true
		}), nil
	},
}
