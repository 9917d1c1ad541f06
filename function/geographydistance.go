package function

import (
	"math"

	"harrier/diag"
	"harrier/event"
	"harrier/plan"
)

// earthRadius is the mean radius of the earth in metres, with which the reference reckons.
const earthRadius = 6371000

var geographyDistanceFunc = &Function{
	Name:     "geography:distance",
	Category: "network",
	Summary:  "Writes the distance in metres between two places on earth.",
	Doc: "The places are given in degrees, and the distance is that of the shortest way over the ground of a ball with a radius of 6371 km (the haversine formula). " +
		"The earth is flatter than that, so the result may be wrong by half a percent. Height does not count.\n\n" +
		"Nothing is written when one of the fields is absent or no number, a latitude is not between -90 and 90, or a longitude not between -180 and 180.",
	Params: []Param{
		{Name: "lat1", Kind: Field, Required: true, Doc: "The field with the latitude of the first place."},
		{Name: "lon1", Kind: Field, Required: true, Doc: "The field with the longitude of the first place."},
		{Name: "lat2", Kind: Field, Required: true, Doc: "The field with the latitude of the second place."},
		{Name: "lon2", Kind: Field, Required: true, Doc: "The field with the longitude of the second place."},
		{Name: "as", Kind: NewField, Default: "_distance", Doc: "The field to write."},
	},
	Examples: []Example{{
		Doc:   "A quarter of the way round the earth, and no way at all.",
		Query: `geography:distance(lat1=a.lat, lon1=a.lon, lat2=b.lat, lon2=b.lon) | round(_distance) | select(_distance)`,
		In: "{\"a.lat\":\"0\",\"a.lon\":\"0\",\"b.lat\":\"0\",\"b.lon\":\"90\"}\n{\"a.lat\":\"56.15\",\"a.lon\":\"10.2\",\"b.lat\":\"56.15\",\"b.lon\":\"10.2\"}\n" +
			"{\"a.lat\":\"95\",\"a.lon\":\"0\",\"b.lat\":\"0\",\"b.lon\":\"0\"}",
		Out: "{\"_distance\":\"10007543\"}\n{\"_distance\":\"0\"}\n{}",
	}, {
		Doc:   "Logins further from the last one than anybody could have travelled.",
		Query: `km := geography:distance(lat1=lat, lon1=lon, lat2=last.lat, lon2=last.lon) / 1000 | km > 500 | select(user)`,
		In: "{\"user\":\"ann\",\"lat\":\"55.7\",\"lon\":\"12.6\",\"last.lat\":\"56.2\",\"last.lon\":\"10.2\"}\n" +
			"{\"user\":\"ben\",\"lat\":\"-33.9\",\"lon\":\"18.4\",\"last.lat\":\"56.2\",\"last.lon\":\"10.2\"}",
		Out: `{"user":"ben"}`,
	}},
	Effect: mayWrite,
	NewMapper: func(c *Call) (MapperFactory, diag.List) {
		first, second, as := [2]string{c.Field("lat1"), c.Field("lon1")}, [2]string{c.Field("lat2"), c.Field("lon2")}, c.Field("as")
		return func(*plan.Runtime) plan.Mapper {
			return plan.MapperFunc(func(b *event.Batch) error {
				from, to := newPlaceReader(b, first), newPlaceReader(b, second)
				nums, valid := make([]float64, b.Len()), event.NewBits(b.Len())
				for _, r := range b.Selected() {
					lat1, lon1, ok := from.at(int(r))
					lat2, lon2, both := to.at(int(r))
					if ok && both {
						nums[r] = haversine(lat1, lon1, lat2, lon2)
						valid.Set(int(r))
					}
				}
				SetColumn(b, as, event.NewNumber(nums, valid))
				return nil
			})
		}, nil
	},
}

// placeReader reads places in degrees from the rows of a batch.
type placeReader struct{ lat, lon *event.Column }

func newPlaceReader(b *event.Batch, fields [2]string) placeReader {
	return placeReader{b.Field(fields[0]), b.Field(fields[1])}
}

// at gives the place of a row; false where there is none on earth.
func (p placeReader) at(row int) (lat, lon float64, ok bool) {
	lat, ok = p.lat.Number(row)
	lon, both := p.lon.Number(row)
	return lat, lon, ok && both && math.Abs(lat) <= 90 && math.Abs(lon) <= 180
}

// haversine is the distance of two places in metres.
func haversine(lat1, lon1, lat2, lon2 float64) float64 {
	const degree = math.Pi / 180
	y := math.Sin((lat2 - lat1) * degree / 2)
	x := math.Sin((lon2 - lon1) * degree / 2)
	h := y*y + math.Cos(lat1*degree)*math.Cos(lat2*degree)*x*x
	// Rounding may push h past 1 for places on opposite sides.
	return 2 * earthRadius * math.Asin(math.Sqrt(min(h, 1)))
}
