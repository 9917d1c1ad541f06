package function

import (
	"github.com/oschwald/maxminddb-golang/v2"

	"harrier/diag"
	"harrier/internal/num"
)

var ipLocationFunc = &Function{
	Name:     "ipLocation",
	Category: "network",
	Summary:  "Adds the country, the city and the place on the map of an IP address.",
	Doc: "Written are `country`, the two letters of ISO 3166, `city`, its English name, and `lon` and `lat` in degrees, with the prefix and a dot in " +
		"front. What the database does not know is not written, and fields that are there stay; a text that is no address of IPv4 or IPv6 is not known, and " +
		"neither is a private one.\n\n" +
		"The data comes from a MaxMind database of cities (GeoLite2 City, GeoIP2 City and what has the same form), given with `--city-db`; Harrier " +
		"brings none. Without it a query can be checked but not run. A database that cannot be read is an error.",
	Unnamed: "field",
	Params: []Param{
		{Name: "field", Kind: Field, Default: "ip", Doc: "The field with the address."},
		{Name: "as", Kind: Text, Doc: "The prefix of the new fields; the name of the field when not given."},
	},
	Examples: []Example{{
		Query: `ipLocation()`,
		In:    "{\"ip\":\"203.0.113.20\"}\n{\"ip\":\"2001:db8:1::7\"}\n{\"ip\":\"10.0.0.1\"}\n{\"ip\":\"somewhere\"}",
		Out: "{\"ip\":\"203.0.113.20\",\"ip.country\":\"DK\",\"ip.city\":\"Aarhus\",\"ip.lon\":\"10.2072\",\"ip.lat\":\"56.1518\"}\n" +
			"{\"ip\":\"2001:db8:1::7\",\"ip.country\":\"NO\"}\n{\"ip\":\"10.0.0.1\"}\n{\"ip\":\"somewhere\"}",
	}, {
		Query: `ipLocation(src, as=from) | groupBy(from.country)`,
		In:    "{\"src\":\"203.0.113.20\"}\n{\"src\":\"::ffff:203.0.113.21\"}",
		Out:   `{"from.country":"DK","_count":"2"}`,
	}},
	Effect:    cityInfo.effect,
	NewMapper: func(c *Call) (MapperFactory, diag.List) { return cityInfo.mapper(c, c.Env.CityDB) },
}

var cityInfo = &addressInfo{
	what: "city", flag: "city-db", types: []string{"city", "country", "enterprise", "insights", "location"},
	suffix: []string{"country", "city", "lon", "lat"},
	read: func(r maxminddb.Result) ([]*string, error) {
		var rec struct {
			Country struct {
				Code *string `maxminddb:"iso_code"`
			} `maxminddb:"country"`
			City struct {
				Names struct {
					English *string `maxminddb:"en"`
				} `maxminddb:"names"`
			} `maxminddb:"city"`
			Location struct {
				Latitude  *float64 `maxminddb:"latitude"`
				Longitude *float64 `maxminddb:"longitude"`
			} `maxminddb:"location"`
		}
		if err := r.Decode(&rec); err != nil {
			return nil, err
		}
		return []*string{rec.Country.Code, rec.City.Names.English, degrees(rec.Location.Longitude), degrees(rec.Location.Latitude)}, nil
	},
}

func degrees(f *float64) *string {
	if f == nil {
		return nil
	}
	s := num.Format(*f)
	return &s
}
