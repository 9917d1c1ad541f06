package function

import (
	"math"
	"time"

	"harrier/diag"
	"harrier/event"
	"harrier/internal/textfmt"
	"harrier/plan"
)

// timePart makes a function that tells a part of a time as a number.
func timePart(name, summary, doc string, part func(t time.Time) int, examples ...Example) *Function {
	return timeFunction(name, summary, doc, examples, func(rows []int32, n int, at func(row int) (time.Time, bool)) *event.Column {
		ints, valid := make([]int64, n), event.NewBits(n)
		for _, r := range rows {
			if t, ok := at(int(r)); ok {
				ints[r] = int64(part(t))
				valid.Set(int(r))
			}
		}
		return event.NewInteger(ints, valid)
	})
}

// timeName makes a function that tells a part of a time as one of a few names.
func timeName(name, summary, doc string, part func(t time.Time) string, examples ...Example) *Function {
	return timeFunction(name, summary, doc, examples, func(rows []int32, n int, at func(row int) (time.Time, bool)) *event.Column {
		d, codes := event.NewDict(), make([]uint32, n)
		for i := range codes {
			codes[i] = event.NoCode
		}
		for _, r := range rows {
			if t, ok := at(int(r)); ok {
				codes[r] = d.Code(part(t))
			}
		}
		return event.NewCoded(d, codes)
	})
}

// timeFunction is a member of the time family; column makes the values of rows out of their times.
func timeFunction(name, summary, doc string, examples []Example,
	column func(rows []int32, n int, at func(row int) (time.Time, bool)) *event.Column) *Function {
	if doc != "" {
		doc += "\n\n"
	}
	return &Function{
		Name:     name,
		Category: "time",
		Summary:  summary,
		Doc: doc + "The field holds milliseconds since 1970; a fraction of one is cut off. Where it is absent, no number, or further from the present than any " +
			"calendar reaches, nothing is written.\n\n" +
			"The zone is `timezone`, else the one that the field `timezoneField` names in the event, else UTC. A name in that field that is no zone counts as none.",
		Unnamed: "field",
		Params: []Param{
			{Name: "field", Kind: Field, Default: timestampField, Doc: "The field with the time."},
			{Name: "as", Kind: NewField, Default: "_" + name[len("time:"):], Doc: "The field to write."},
			{Name: "timezone", Kind: Text, Doc: "The zone of the result: a name such as `Europe/Copenhagen`, an abbreviation, or an offset such as `-01:00`."},
			{Name: "timezoneField", Kind: Field, Default: "@timezone", Doc: "A field with the zone, for events where `timezone` does not say."},
		},
		Examples: examples,
		Effect:   mayWrite,
		NewMapper: func(c *Call) (MapperFactory, diag.List) {
			zone, problems := c.Zone("timezone")
			if len(problems) > 0 {
				return nil, problems
			}
			field, as, zoneField := c.Field("field"), c.Field("as"), c.Field("timezoneField")
			return func(*plan.Runtime) plan.Mapper {
				return plan.MapperFunc(func(b *event.Batch) error {
					times := b.Column(field)
					if times == nil {
						return nil
					}
					zoneOf := func(int) *time.Location { return zone }
					if zone == nil {
						zones := b.Field(zoneField)
						zoneOf = func(row int) *time.Location {
							if loc := fallbackZone(zones, row); loc != nil {
								return loc
							}
							return time.UTC
						}
					}
					SetColumn(b, as, column(b.Selected(), b.Len(), func(row int) (time.Time, bool) {
						ms, ok := millisOf(times, row)
						if !ok {
							return time.Time{}, false
						}
						return time.UnixMilli(ms).In(zoneOf(row)), true
					}))
					return nil
				})
			}, nil
		},
	}
}

// millisOf reads a number of milliseconds since 1970.
func millisOf(c *event.Column, row int) (int64, bool) {
	if n, ok := wholeNumber(c, row); ok {
		return n, textfmt.InRange(n)
	}
	f, ok := c.Number(row)
	if f = math.Floor(f); !ok || f < -(1<<62) || f > 1<<62 {
		return 0, false
	}
	return int64(f), textfmt.InRange(int64(f))
}
