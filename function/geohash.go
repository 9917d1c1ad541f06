package function

import (
	"harrier/diag"
	"harrier/event"
	"harrier/plan"
)

var geohashFunc = &Function{
	Name:     "geohash",
	Category: "network",
	Summary:  "Writes the geohash of a place on earth.",
	Doc: "A geohash names a cell of a grid over the earth. Each letter divides the cell of the letters before it into 32, so that places which begin with the same " +
		"letters are close to each other. The defaults of `lat` and `lon` are what `ipLocation()` writes for the field `ip`.\n\n" +
		"Nothing is written when one of the fields is absent or no number, the latitude is not between -90 and 90, or the longitude not between -180 and 180. " +
		"The reference gives no limit of `precision`; 12 letters tell places apart that are less than 4 cm from each other.",
	Params: []Param{
		{Name: "lat", Kind: Field, Default: "ip.lat", Doc: "The field with the latitude in degrees."},
		{Name: "lon", Kind: Field, Default: "ip.lon", Doc: "The field with the longitude in degrees."},
		{Name: "precision", Kind: Int, Default: "12", Min: 1, Max: maxGeohash, Doc: "How many letters to write."},
		{Name: "as", Kind: NewField, Default: "_geohash", Doc: "The field to write."},
	},
	Examples: []Example{{
		Query: `geohash(lat=y, lon=x, precision=5)`,
		In:    "{\"y\":\"57.64911\",\"x\":\"10.40744\"}\n{\"y\":\"95\",\"x\":\"0\"}\n{\"y\":\"1\"}",
		Out:   "{\"y\":\"57.64911\",\"x\":\"10.40744\",\"_geohash\":\"u4pru\"}\n{\"y\":\"95\",\"x\":\"0\"}\n{\"y\":\"1\"}",
	}, {
		Doc:   "Events by region.",
		Query: `ipLocation() | cell := geohash(precision=1) | groupBy(cell)`,
		In:    "{\"ip\":\"203.0.113.20\"}\n{\"ip\":\"203.0.113.21\"}\n{\"ip\":\"10.0.0.1\"}",
		Out:   `{"cell":"u","_count":"2"}`,
	}},
	Effect: mayWrite,
	NewMapper: func(c *Call) (MapperFactory, diag.List) {
		lat, lon, precision, as := c.Field("lat"), c.Field("lon"), c.Int("precision"), c.Field("as")
		return func(*plan.Runtime) plan.Mapper {
			return plan.MapperFunc(func(b *event.Batch) error {
				SetColumn(b, as, geohashes(b, lat, lon, precision))
				return nil
			})
		}, nil
	},
}
