package function

import (
	"math"

	"harrier/diag"
	"harrier/event"
	"harrier/plan"
)

// The fields that a map is drawn from.
const (
	mapCell      = "geohash"
	mapLatitude  = "lat"
	mapLongitude = "lon"
	mapMagnitude = "magnitude"
)

var worldMapFunc = &Function{
	Name:     "worldMap",
	Category: "aggregate",
	Summary:  "Gives the points of a world map: cells of a grid and a magnitude for each.",
	Doc: "The place of an event is that of an IP address, or two fields with its latitude and longitude in degrees. Places are put into the cells of a geohash with " +
		"`precision` letters, and each cell with events gives a row with its `geohash`, the `lat` and `lon` of its centre, and the `magnitude`. " +
		"Events without a place, or with one that is not on earth, are passed over. Cells come in the order in which they first appear.\n\n" +
		"Addresses are looked up in a MaxMind database of cities, as `ipLocation()` does. The names of the fields are those that the map reads.",
	Params: []Param{
		{Name: "ip", Kind: Field, Doc: "The field with an IP address."},
		{Name: "lat", Kind: Field, Doc: "The field with the latitude, from -90 to 90."},
		{Name: "lon", Kind: Field, Doc: "The field with the longitude, from -180 to 180."},
		{Name: "magnitude", Kind: Aggregates, Default: "count(as=_count)", Doc: "The aggregate that tells how large a point is."},
		{Name: "precision", Kind: Int, Default: "4", Min: 1, Max: maxGeohash, Doc: "How many letters the geohash of a cell has: 4 for the globe, 12 for a small place."},
	},
	Examples: []Example{{
		Query: `worldMap(lat=y, lon=x, precision=2)`,
		In:    "{\"y\":\"56.1\",\"x\":\"10.2\"}\n{\"y\":\"55.7\",\"x\":\"9.5\"}\n{\"y\":\"-33.9\",\"x\":\"18.4\"}\n{\"y\":\"95\",\"x\":\"0\"}\n{\"y\":\"1\"}",
		Out: "{\"geohash\":\"u1\",\"lat\":\"53.4375\",\"lon\":\"5.625\",\"magnitude\":\"2\"}\n" +
			"{\"geohash\":\"k3\",\"lat\":\"-36.5625\",\"lon\":\"16.875\",\"magnitude\":\"1\"}",
	}, {
		Query: `worldMap(ip=src, magnitude=avg(ms), precision=1)`,
		In:    "{\"src\":\"203.0.113.20\",\"ms\":\"10\"}\n{\"src\":\"203.0.113.20\",\"ms\":\"30\"}\n{\"src\":\"10.0.0.1\",\"ms\":\"99\"}",
		Out:   `{"geohash":"u","lat":"67.5","lon":"22.5","magnitude":"20"}`,
	}},
	GivesRows: true,
	Outputs:   func(*Call) []string { return []string{mapCell, mapLatitude, mapLongitude, mapMagnitude} },
	NewAggregator: func(c *Call) (AggregatorFactory, diag.List) {
		locate, lat, lon, problems := mapPlaces(c)
		agg, bad := c.oneValue("magnitude")
		if problems = append(problems, bad...); problems.HasErrors() {
			return nil, problems
		}
		precision := c.Int("precision")
		return func(rt *plan.Runtime) plan.Aggregator {
			var mapper plan.Mapper
			if locate != nil {
				mapper = locate(rt)
			}
			return &keyedValue{
				keys: newKeyTable([]string{mapCell}), agg: agg.New(rt), output: agg.Outputs[0], as: mapMagnitude,
				prepare: func(b *event.Batch) (*event.Batch, error) {
					b = b.Clone()
					if mapper != nil {
						if err := mapper.Map(b); err != nil {
							return nil, err
						}
					}
					b.Set(mapCell, geohashes(b, lat, lon, precision))
					return b, nil
				},
				write: func(keys *keyTable, group uint32, w *event.Builder) {
					cell := keys.key(group, 0)
					y, x := geohashCentre(cell)
					w.AddText(mapCell, cell)
					w.AddNumber(mapLatitude, y)
					w.AddNumber(mapLongitude, x)
				},
			}
		}, problems
	},
}

// mapPlaces reads the arguments that tell where an event is: what looks up an address, nil when there is nothing to
// look up, and the fields that then hold the place.
func mapPlaces(c *Call) (locate MapperFactory, lat, lon string, problems diag.List) {
	lat, lon = c.Field("lat"), c.Field("lon")
	switch {
	case c.Has("ip") && (c.Has("lat") || c.Has("lon")):
		return nil, "", "", c.Errorf("bad-value", "ip", "worldMap() takes an address or a place, not both")
	case c.Has("ip"):
		// The look-up is that of ipLocation(), into fields that nobody sees.
		f := *ipLocationFunc
		f.Name = c.Function.Name
		prefix := "\x00place"
		look := &Call{Function: &f, Env: c.Env, At: c.At, Args: map[string]*Arg{
			"field": {Name: "field", Text: c.Field("ip"), Given: true}, "as": {Name: "as", Text: prefix, Given: true},
		}}
		locate, problems = cityInfo.mapper(look, c.Env.CityDB)
		return locate, prefix + ".lat", prefix + ".lon", problems
	case !c.Has("lat") || !c.Has("lon"):
		return nil, "", "", c.Errorf("missing-argument", "", "worldMap() needs ip, or both lat and lon")
	}
	return nil, lat, lon, nil
}

// geohashes gives the cells of the selected rows; absent where there is no place.
func geohashes(b *event.Batch, lat, lon string, precision int) *event.Column {
	y, x := b.Field(lat), b.Field(lon)
	strs, valid := make([]string, b.Len()), event.NewBits(b.Len())
	for _, r := range b.Selected() {
		v, ok := y.Number(int(r))
		u, both := x.Number(int(r))
		if ok && both && math.Abs(v) <= 90 && math.Abs(u) <= 180 {
			strs[r] = geohashOf(v, u, precision)
			valid.Set(int(r))
		}
	}
	return event.NewText(strs, valid)
}
