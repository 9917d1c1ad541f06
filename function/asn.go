package function

import (
	"strconv"

	"github.com/oschwald/maxminddb-golang/v2"

	"harrier/diag"
)

var asnFunc = &Function{
	Name:     "asn",
	Category: "network",
	Summary:  "Adds the number and the organization of the autonomous system that an IP address belongs to.",
	Doc: "Written are `asn`, the number without letters, and `org`, with the prefix and a dot in front. What the database does not know is not written, " +
		"and fields that are there stay; a text that is no address of IPv4 or IPv6 is not known.\n\n" +
		"The data comes from a MaxMind database of autonomous systems (GeoLite2 ASN, GeoIP2 ISP and what has the same form), given with `--asn-db`; Harrier " +
		"brings none. Without it a query can be checked but not run. A database that cannot be read is an error.",
	Unnamed: "field",
	Params: []Param{
		{Name: "field", Kind: Field, Default: "ip", Doc: "The field with the address."},
		{Name: "as", Kind: Text, Doc: "The prefix of the new fields; the name of the field when not given."},
	},
	Examples: []Example{{
		Query: `asn(dst)`,
		In:    "{\"dst\":\"203.0.113.20\"}\n{\"dst\":\"192.168.1.1\"}",
		Out:   "{\"dst\":\"203.0.113.20\",\"dst.asn\":\"64500\",\"dst.org\":\"Example Net\"}\n{\"dst\":\"192.168.1.1\"}",
	}, {
		Doc:   "Nothing is known of the organization.",
		Query: `net := asn(ip)`,
		In:    `{"ip":"2001:db8:1::7"}`,
		Out:   `{"ip":"2001:db8:1::7","net.asn":"64501"}`,
	}},
	Effect:    asnInfo.effect,
	NewMapper: func(c *Call) (MapperFactory, diag.List) { return asnInfo.mapper(c, c.Env.ASNDB) },
}

var asnInfo = &addressInfo{
	what: "ASN", flag: "asn-db", types: []string{"asn", "isp", "enterprise"},
	suffix: []string{"asn", "org"},
	read: func(r maxminddb.Result) ([]*string, error) {
		var rec struct {
			Number       *uint64 `maxminddb:"autonomous_system_number"`
			Organization *string `maxminddb:"autonomous_system_organization"`
		}
		if err := r.Decode(&rec); err != nil {
			return nil, err
		}
		var number *string
		if rec.Number != nil {
			s := strconv.FormatUint(*rec.Number, 10)
			number = &s
		}
		return []*string{number, rec.Organization}, nil
	},
}
