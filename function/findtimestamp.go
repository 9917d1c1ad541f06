package function

import (
	"errors"
	"fmt"
	"time"

	"harrier/diag"
	"harrier/event"
	"harrier/internal/textfmt"
	"harrier/plan"
)

var findTimestampFunc = &Function{
	Name:     "findTimestamp",
	Category: "time",
	Summary:  "Finds the first time in a text and writes it as milliseconds since 1970.",
	Doc: "A time must start within the first 128 characters. It has one of these layouts, and of several the one that starts first counts:\n\n" +
		"* year, month, day, hour, minute, second: `2024-05-01T17:30:05.250+02:00`, `20240501173005Z`\n" +
		"* month, day, year, time of day: `05/01/2024 17:30:05`; the year may be missing: `May 01 17:30:05`\n" +
		"* month, day, time of day, zone, year: `May 01 17:30:05 CEST 2024`\n" +
		"* day, month in letters, time of day, with or without a year: `01/May/2024:17:30:05 +0200`\n" +
		"* a time of day alone: `17:30:05`\n" +
		"* seconds since 1970 in ten digits, alone or with three, six or nine of a fraction behind them: `1714584605`, `1714584605.250`, `1714584605250`\n\n" +
		"A year has four digits, or two from 13 for 2013 on; a month two, or the first three letters of its English name; day, hour, minute and second two. Where the " +
		"month is in letters a day below ten may have a blank instead of the zero. Dates are written with `-`, `/`, `.`, `_` or a blank between their parts, or with " +
		"nothing; times with colons, which only the first layout may lack. Behind the second may stand a point or comma with up to nine digits, of which three count, then AM or PM, " +
		"and a zone: an offset or a name. A second 60 counts as 59. Nothing is a time that other digits touch.\n\n" +
		"Without a year the date is in the last of the past, present and next year in which it is no more than seven days ahead. Without a date it is today, or " +
		"yesterday when that would be more than ten minutes ahead.\n\n" +
		"The zone is the one in the text, else `timezone`, else the one that the field `timezoneField` names; without any the text cannot be read, except for " +
		"seconds since 1970. A text without a time leaves the event as it is and adds `@error` and `@error_msg`; an absent field does nothing. The separators are " +
		"not documented, and those above are our choice.",
	Params: []Param{
		{Name: "field", Kind: Field, Default: rawstringField, Doc: "The field to search."},
		{Name: "as", Kind: NewField, Default: timestampField, Doc: "The field to write."},
		{Name: "timezone", Kind: Text, Doc: "The zone of texts that have none."},
		{Name: "timezoneField", Kind: Field, Default: "@timezone", Doc: "A field with the zone of texts that have none, where `timezone` does not say."},
		{Name: "timezoneAs", Kind: NewField, Default: "@timezone", Doc: "The field that the zone is written to."},
		{Name: "addErrors", Kind: Bool, Default: "true", Doc: "Whether a text without a time is told of in the event."},
	},
	Examples: []Example{{
		Query: `findTimestamp(field=line, as=ms, timezone=UTC)`,
		In:    "{\"line\":\"<13>1 2024-05-01T17:30:05.250+02:00 gate1 up\"}\n{\"line\":\"[01/May/2024:15:30:05] GET /\"}",
		Out: "{\"line\":\"<13>1 2024-05-01T17:30:05.250+02:00 gate1 up\",\"ms\":\"1714577405250\",\"@timezone\":\"+02:00\"}\n" +
			"{\"line\":\"[01/May/2024:15:30:05] GET /\",\"ms\":\"1714577405000\",\"@timezone\":\"UTC\"}",
	}, {
		Doc:   "The present is 17 March 2026.",
		Query: `t := findTimestamp(field=line, timezoneField=zone, timezoneAs=z, addErrors=false)`,
		In:    "{\"line\":\"Mar 20 08:00:00 gate1\",\"zone\":\"+01:00\"}\n{\"line\":\"Mar 28 08:00:00 gate1\",\"zone\":\"+01:00\"}\n{\"line\":\"Mar 20 08:00:00 gate1\"}",
		Out: "{\"line\":\"Mar 20 08:00:00 gate1\",\"zone\":\"+01:00\",\"t\":\"1773990000000\",\"z\":\"+01:00\"}\n" +
			"{\"line\":\"Mar 28 08:00:00 gate1\",\"zone\":\"+01:00\",\"t\":\"1743145200000\",\"z\":\"+01:00\"}\n{\"line\":\"Mar 20 08:00:00 gate1\"}",
	}},
	Effect: func(c *Call) plan.Effect {
		e := mayWrite(c)
		if c.Bool("addErrors") {
			e.MayWrite = append(e.MayWrite, errorField, messageField)
		}
		return e
	},
	NewMapper: func(c *Call) (MapperFactory, diag.List) {
		zone, problems := c.Zone("timezone")
		if len(problems) > 0 {
			return nil, problems
		}
		f := timestampFinder{
			zone: zone, field: c.Field("field"), as: c.Field("as"), zoneField: c.Field("timezoneField"),
			zoneAs: c.Field("timezoneAs"), addErrors: c.Bool("addErrors"),
		}
		return func(rt *plan.Runtime) plan.Mapper {
			f := f
			f.now = rt.Now
			return &f
		}, nil
	},
}

// timestampFinder is findTimestamp() at work.
type timestampFinder struct {
	zone              *time.Location
	now               time.Time
	field, as         string
	zoneField, zoneAs string
	addErrors         bool
}

var _ plan.Mapper = (*timestampFinder)(nil)

var (
	errNoTimestamp = errors.New("there is no time in the text")
	errNoZone      = errors.New("the text has no zone, and none is given")
)

// Map implements plan.Mapper.
func (f *timestampFinder) Map(b *event.Batch) error {
	col := b.Column(f.field)
	if col == nil {
		return nil
	}
	zones := b.Field(f.zoneField)
	ms, names := make([]int64, b.Len()), make([]string, b.Len())
	found := event.NewBits(b.Len())
	var failed failures
	any := false
	for _, r := range b.Selected() {
		row := int(r)
		text, ok := col.Text(row)
		if !ok {
			continue
		}
		zone := f.zone
		if zone == nil {
			zone = fallbackZone(zones, row)
		}
		t, err := findTime(text, zone, f.now)
		if err != nil {
			if f.addErrors {
				failed = failed.add(row, fmt.Errorf("findTimestamp: %w", err))
			}
			continue
		}
		ms[row], names[row] = t.UnixMilli(), t.Location().String()
		found.Set(row)
		any = true
	}
	failed.mark(b)
	if any {
		SetColumn(b, f.as, event.NewInteger(ms, found))
		SetColumn(b, f.zoneAs, event.NewText(names, found))
	}
	return nil
}

// findTime finds the first time in a text; zone is that of texts without one, and may be nil.
func findTime(text string, zone *time.Location, now time.Time) (time.Time, error) {
	limit := prefixOf(text, timestampReach)
	text = text[:prefixOf(text, timestampReach+timestampLength)]
	best := -1
	var at timeFields
	for _, l := range timeLayouts {
		if fields, start, ok := l.find(text, limit, best); ok {
			best, at = start, fields
		}
	}
	if best < 0 {
		return time.Time{}, errNoTimestamp
	}
	if at.epoch {
		zulu, _ := textfmt.ParseZone("Z")
		return time.UnixMilli(at.millis).In(zulu), nil
	}
	if at.zone != nil {
		zone = at.zone
	}
	if zone == nil {
		return time.Time{}, errNoZone
	}
	return at.resolve(zone, now)
}
