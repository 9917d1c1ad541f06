package function

import (
	"fmt"
	"strconv"
	"time"

	"harrier/diag"
	"harrier/event"
	"harrier/internal/textfmt"
	"harrier/plan"
)

var parseTimestampFunc = &Function{
	Name:     "parseTimestamp",
	Category: "parsing",
	Summary:  "Reads a text as a time and writes it as milliseconds since 1970.",
	Doc: "The format is a pattern of letters, as Java's date patterns are: `y`, `u` year, `G` era (`GGGG` Anno Domini), `Q`, `q` quarter (`QQQ` Q1, `QQQQ` " +
		"1st quarter), `M`, `L` month (`MMM` Jan, `MMMM` January), `d` day, `D` day of the year, `E` day of the week (`EEEE` Monday), `e`, `c` the same " +
		"as a number from Sunday 1 (`eee` Mon, `eeee` Monday), `Y` the year that the week belongs to, `w` week of that year, `W` week of the month, `F` which of these days of the " +
		"week in the month, `H` hour 0-23, `k` hour 1-24, `h`, `K` hour of half a day, `a` AM or PM, `B` part of the day (in the evening), `m` minute, `s` " +
		"second, `S` fraction of a second, `n` nanosecond, `A` and `N` milliseconds and nanoseconds of the day, `X`, `x`, `Z` offset, `O` offset behind " +
		"GMT, `V`, `z` name of a zone. A letter that stands n times takes n digits, nine `S` take one to nine, and a single letter as many as there are. " +
		"`p` stands before another letter and tells how many characters it takes, with blanks in front: `ppd` reads both ` 9` and `12`. Text with letters " +
		"is written in single quotes, and what may be missing in square brackets.\n\n" +
		"Weeks start on Sunday and the first one has 1 January in it, as Java's English locale has it; those of ISO 8601 differ. A quarter, an era, a week " +
		"or a day of the week beside a full date must agree with it.\n\n" +
		"Instead of a pattern the format may be `seconds`, `unixtime` or `unixTimeSeconds` (with a fraction or without), `millis`, `milliseconds` or " +
		"`unixTimeMillis`, or `nanos`.\n\n" +
		"The zone is `timezone`, else the one in the text, else the one that the field `timezoneField` names; without any the text cannot be read. " +
		"Without a year the date is in the present year, or in the last one when it would be more than eight days ahead. A missing part of the time of " +
		"day is zero. Zone names and abbreviations are those of formatTime().\n\n" +
		"What is below the millisecond goes to `@timestamp.nanos`, when the time itself goes to `@timestamp`. A text that cannot be read leaves the " +
		"event as it is and adds `@error` and `@error_msg`; an absent field does nothing.",
	Unnamed: "format",
	Params: []Param{
		{Name: "format", Kind: Text, Default: "yyyy-MM-dd'T'HH:mm:ss[.SSSSSSSSS]XXXXX", Doc: "How the text is written."},
		{Name: "field", Kind: Field, Required: true, Doc: "The field to read."},
		{Name: "as", Kind: NewField, Default: "@timestamp", Doc: "The field to write."},
		{Name: "timezone", Kind: Text, Doc: "The zone of the text, whatever the text itself says."},
		{Name: "timezoneField", Kind: Field, Default: "@timezone", Doc: "A field with the zone of texts that have none."},
		{Name: "timezoneAs", Kind: NewField, Default: "@timezone", Doc: "The field that the zone is written to."},
		{Name: "caseSensitive", Kind: Bool, Default: "true", Doc: "Whether the names of months and days, AM and PM and quoted text must be written as in the format."},
		{Name: "addErrors", Kind: Bool, Default: "true", Doc: "Whether a text that cannot be read is told of in the event."},
	},
	Examples: []Example{{
		Query: `parseTimestamp(field=t, as=ms)`,
		In:    "{\"t\":\"2018-09-08T19:51:04.999+02:00\"}\n{\"t\":\"2018-09-08T17:51:04Z\"}",
		Out: "{\"t\":\"2018-09-08T19:51:04.999+02:00\",\"ms\":\"1536429064999\",\"@timezone\":\"+02:00\"}\n" +
			"{\"t\":\"2018-09-08T17:51:04Z\",\"ms\":\"1536429064000\",\"@timezone\":\"Z\"}",
	}, {
		Query: `parseTimestamp("yyyy-MM-dd'T'HH:mm:ss", field=t, as=ms, timezone="America/New_York")`,
		In:    `{"t":"2023-05-02T10:30:00"}`,
		Out:   `{"t":"2023-05-02T10:30:00","ms":"1683037800000","@timezone":"America/New_York"}`,
	}, {
		Query: `parseTimestamp("EEE MMM ppd h:mm B yyyy", field=t, as=ms, timezone=UTC)`,
		In:    `{"t":"Fri Feb  9 8:30 in the evening 2024"}`,
		Out:   `{"t":"Fri Feb  9 8:30 in the evening 2024","ms":"1707510600000","@timezone":"UTC"}`,
	}, {
		Query: `parseTimestamp("seconds", field=t, as=ms, timezoneAs=zone)`,
		In:    "{\"t\":\"1690480444.589\"}\n{\"t\":\"soon\"}",
		Out: "{\"t\":\"1690480444.589\",\"ms\":\"1690480444589\",\"zone\":\"Z\"}\n" +
			"{\"t\":\"soon\",\"@error\":\"true\",\"@error_msg\":\"parseTimestamp: \\\"soon\\\" is not a number of seconds\"}",
	}},
	Effect: func(c *Call) plan.Effect {
		e := mayWrite(c)
		if c.Field("as") == timestampField {
			e.MayWrite = append(e.MayWrite, nanosField)
		}
		if c.Bool("addErrors") {
			e.MayWrite = append(e.MayWrite, errorField, messageField)
		}
		return e
	},
	NewMapper: newParseTimestamp,
}

const (
	timestampField = "@timestamp"
	nanosField     = "@timestamp.nanos"
)

func newParseTimestamp(c *Call) (MapperFactory, diag.List) {
	format := c.Text("format")
	if c.unknown("format") {
		format = "millis"
	}
	parser, err := textfmt.CompileParse(format, c.Bool("caseSensitive"))
	if err != nil {
		return nil, c.Errorf("bad-value", "format", "%s", err)
	}
	zone, problems := c.Zone("timezone")
	if len(problems) > 0 {
		return nil, problems
	}
	m := timestampParser{
		parser: parser, zone: zone, field: c.Field("field"), as: c.Field("as"),
		zoneField: c.Field("timezoneField"), zoneAs: c.Field("timezoneAs"), addErrors: c.Bool("addErrors"),
	}
	return func(rt *plan.Runtime) plan.Mapper {
		m := m
		m.now = rt.Now
		return &m
	}, nil
}

// timestampParser is parseTimestamp() at work.
type timestampParser struct {
	parser            *textfmt.TimeParser
	zone              *time.Location
	now               time.Time
	field, as         string
	zoneField, zoneAs string
	addErrors         bool
}

var _ plan.Mapper = (*timestampParser)(nil)

// Map implements plan.Mapper.
func (m *timestampParser) Map(b *event.Batch) error {
	col := b.Column(m.field)
	if col == nil {
		return nil
	}
	zones := b.Field(m.zoneField)
	times := make([]time.Time, b.Len())
	ms, read := make([]int64, b.Len()), event.NewBits(b.Len())
	var failed failures
	any := false
	for _, r := range b.Selected() {
		row := int(r)
		text, ok := col.Text(row)
		if !ok {
			continue
		}
		t, err := m.parser.Parse(text, m.zone, fallbackZone(zones, row), m.now)
		if err != nil {
			if m.addErrors {
				failed = failed.add(row, fmt.Errorf("parseTimestamp: %w", err))
			}
			continue
		}
		times[row], ms[row] = t, t.UnixMilli()
		read.Set(row)
		any = true
	}
	failed.mark(b)
	if !any {
		return nil
	}
	SetColumn(b, m.as, event.NewInteger(ms, read))
	setWhere(b, m.zoneAs, func(row int) (string, bool) {
		return times[row].Location().String(), read.Get(row)
	})
	if m.as == timestampField {
		setNanos(b, times, read)
	}
	return nil
}

// fallbackZone is the zone that a field names; nil when it names none.
func fallbackZone(zones *event.Column, row int) *time.Location {
	name, ok := zones.Text(row)
	if !ok {
		return nil
	}
	loc, err := textfmt.ParseZone(name)
	if err != nil {
		return nil
	}
	return loc
}

// setNanos writes what is below the millisecond, where it is not zero or an earlier value would be wrong.
func setNanos(b *event.Batch, times []time.Time, read event.Bits) {
	old := b.Field(nanosField)
	any := false
	for _, r := range b.Selected() {
		row := int(r)
		any = any || read.Get(row) && (times[row].Nanosecond()%1e6 != 0 || old.Present(row))
	}
	if !any {
		return
	}
	setWhere(b, nanosField, func(row int) (string, bool) {
		n := times[row].Nanosecond() % 1e6
		return strconv.Itoa(n), read.Get(row) && (n != 0 || old.Present(row))
	})
}
