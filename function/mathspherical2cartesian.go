package function

import (
	"math"

	"harrier/diag"
	"harrier/event"
	"harrier/plan"
)

var mathSpherical2CartesianFunc = &Function{
	Name:     "math:spherical2cartesian",
	Category: "math",
	Summary:  "Converts a point given by two angles and a distance to x, y and z.",
	Doc: "The z axis points up. The azimuth, or longitude, is the angle from the x axis within the plane of x and y, and the polar angle, or latitude, the " +
		"one above that plane; both are in degrees. Angles that are multiples of 90 degrees give exact results. A bare word is a field, and a number " +
		"stands for itself. Where one of the three is no number, nothing is written.\n\n" +
		"The reference lists the function as one that LogScale does not offer yet, and calls the radius required while it gives a default.",
	Params: []Param{
		{Name: "azimuth", Kind: Expression, Required: true, Doc: "The angle around the z axis."},
		{Name: "polar", Kind: Expression, Required: true, Doc: "The angle above the plane of x and y."},
		{Name: "radius", Kind: Expression, Default: "1.0", Doc: "The distance from the origin."},
		{Name: "as", Kind: NewField, Default: "_spherical2cartesian", Doc: "What the names of the three fields begin with, before `.x`, `.y` and `.z`."},
	},
	Examples: []Example{{
		Query: `math:spherical2cartesian(azimuth=lon, polar=lat, as=p)`,
		In:    "{\"lon\":\"90\",\"lat\":\"0\"}\n{\"lon\":\"15\",\"lat\":\"-90\"}\n{\"lon\":\"15\"}",
		Out: "{\"lon\":\"90\",\"lat\":\"0\",\"p.x\":\"0\",\"p.y\":\"1\",\"p.z\":\"0\"}\n" +
			"{\"lon\":\"15\",\"lat\":\"-90\",\"p.x\":\"0\",\"p.y\":\"0\",\"p.z\":\"-1\"}\n{\"lon\":\"15\"}",
	}, {
		Query: `v := math:spherical2cartesian(azimuth=180, polar=0, radius=r)`,
		In:    `{"r":"2.5"}`,
		Out:   `{"r":"2.5","v.x":"-2.5","v.y":"0","v.z":"0"}`,
	}},
	Effect: func(c *Call) plan.Effect {
		e := c.DefaultEffect()
		e.Writes = nil
		for _, axis := range axes {
			e.MayWrite = append(e.MayWrite, c.Field("as")+axis)
		}
		return e
	},
	NewMapper: func(c *Call) (MapperFactory, diag.List) {
		azimuth, polar, radius, as := c.Expr("azimuth"), c.Expr("polar"), c.Expr("radius"), c.Field("as")
		return func(rt *plan.Runtime) plan.Mapper {
			exprs := [3]plan.Expr{azimuth.New(rt), polar.New(rt), radius.New(rt)}
			return plan.MapperFunc(func(b *event.Batch) error {
				var cols [3]*event.Column
				for i, x := range exprs {
					var err error
					if cols[i], err = x.Eval(b); err != nil {
						return err
					}
				}
				setCartesian(b, cols, as)
				return nil
			})
		}, nil
	},
}

// axes are the ends of the names that math:spherical2cartesian() writes.
var axes = [3]string{".x", ".y", ".z"}

// setCartesian writes the fields as.x, as.y and as.z of the azimuths, polar angles and radii in cols.
func setCartesian(b *event.Batch, cols [3]*event.Column, as string) {
	var out [3][]float64
	for i := range out {
		out[i] = make([]float64, b.Len())
	}
	valid, any := event.NewBits(b.Len()), false
	for _, r := range b.Selected() {
		azimuth, ok1 := cols[0].Number(int(r))
		polar, ok2 := cols[1].Number(int(r))
		radius, ok3 := cols[2].Number(int(r))
		if !ok1 || !ok2 || !ok3 {
			continue
		}
		sinA, cosA := sincosDegrees(azimuth)
		sinP, cosP := sincosDegrees(polar)
		for i, v := range [3]float64{radius * cosP * cosA, radius * cosP * sinA, radius * sinP} {
			out[i][r], _ = finite(v)
		}
		valid.Set(int(r))
		any = true
	}
	if any {
		for i, axis := range axes {
			SetColumn(b, as+axis, event.NewNumber(out[i], valid))
		}
	}
}

// sincosDegrees is sine and cosine of an angle in degrees, exact at the axes.
func sincosDegrees(d float64) (sin, cos float64) {
	switch d = math.Mod(d, 360); d {
	case 0:
		return 0, 1
	case 90, -270:
		return 1, 0
	case 180, -180:
		return 0, -1
	case 270, -90:
		return -1, 0
	}
	return math.Sincos(d * (math.Pi / 180))
}
