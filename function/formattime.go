package function

import (
	"math"
	"time"

	"harrier/diag"
	"harrier/event"
	"harrier/internal/textfmt"
	"harrier/plan"
)

var formatTimeFunc = &Function{
	Name:     "formatTime",
	Category: "format",
	Summary:  "Writes a time as text.",
	Doc: "The format is text with escapes: `%Y` year, `%y` its last two digits, `%C` century, `%m` month, `%d` and `%e` day with and without a zero in " +
		"front, `%j` day of the year, `%B`, `%b` and `%h` name of the month in full and short, `%A` and `%a` name of the day, `%H` and `%k` hour, " +
		"`%I` and `%l` hour of half a day, `%p` am or pm, `%M` minute, `%S` second, `%L` millisecond, `%N` nanosecond, `%z` offset, `%Z` zone, `%s` " +
		"seconds and `%Q` milliseconds since 1970, and the combinations `%R` (`%H:%M`), `%T` (`%H:%M:%S`), `%r` (`%I:%M:%S %p` in capitals), `%D` " +
		"(`%m/%d/%y`), `%F` (`%Y-%m-%d`) and `%c` (`%a %b %d %T %Z %Y`). `%%` is a percent sign.\n\n" +
		"With `unit=auto` numbers up to 100,000,000,000 are seconds and larger ones milliseconds. A field that is absent or no integer writes nothing.\n\n" +
		"The names of months and days are known in Danish, Dutch, English, Finnish, French, German, Italian, Norwegian, Portuguese, Spanish and Swedish; " +
		"other locales give English names.",
	Unnamed: "format",
	Params: []Param{
		{Name: "format", Kind: Text, Required: true, Doc: "What to write."},
		{Name: "as", Kind: NewField, Required: true, Doc: "The field to write."},
		{Name: "field", Kind: Field, Default: "@timestamp", Doc: "The field to read, an integer."},
		{Name: "timezone", Kind: Text, Default: "UTC", Doc: "The zone of the text: a name such as `Europe/Copenhagen`, an abbreviation, or an offset."},
		{Name: "locale", Kind: Text, Doc: "Language of names, with or without a country: `de`, `en_US`."},
		{Name: "unit", Kind: Enum, Enum: []string{"auto", "seconds", "milliseconds"}, Default: "auto", Doc: "What the number counts."},
	},
	Examples: []Example{{
		Query: `time := formatTime("%Y/%m/%d %H:%M:%S", field=t, timezone="America/New_York")`,
		In:    "{\"t\":\"1756284711312\"}\n{\"t\":\"1756284711\"}\n{\"t\":\"soon\"}",
		Out: "{\"t\":\"1756284711312\",\"time\":\"2025/08/27 04:51:51\"}\n{\"t\":\"1756284711\",\"time\":\"2025/08/27 04:51:51\"}\n" +
			"{\"t\":\"soon\"}",
	}, {
		Query: `formatTime("%A %d %B %Y, %R", as=text, field=t, locale=de, unit=seconds)`,
		In:    `{"t":"1637276340"}`,
		Out:   `{"t":"1637276340","text":"Donnerstag 18 November 2021, 22:59"}`,
	}},
	Effect:    mayWrite,
	NewMapper: newFormatTime,
}

func newFormatTime(c *Call) (MapperFactory, diag.List) {
	format, err := textfmt.CompileTime(c.Text("format"))
	if err != nil {
		return nil, c.Errorf("bad-value", "format", "%s", err)
	}
	loc, problems := c.Zone("timezone")
	if len(problems) > 0 {
		return nil, problems
	}
	locale := textfmt.English
	if c.Has("locale") && !c.unknown("locale") {
		if locale, err = textfmt.ParseLocale(c.Text("locale")); err != nil {
			return nil, c.Errorf("bad-value", "locale", "%s", err)
		}
	}
	field, as, unit := c.Field("field"), c.Field("as"), c.Text("unit")
	return func(*plan.Runtime) plan.Mapper {
		var buf []byte
		return plan.MapperFunc(func(b *event.Batch) error {
			col := b.Column(field)
			if col == nil {
				return nil
			}
			setWhere(b, as, func(row int) (string, bool) {
				n, ok := wholeNumber(col, row)
				if !ok {
					return "", false
				}
				if n, ok = toMillis(n, unit); !ok {
					return "", false
				}
				buf = format.Append(buf[:0], time.UnixMilli(n).In(loc), locale)
				return string(buf), true
			})
			return nil
		})
	}, nil
}

// toMillis reads a number of seconds or milliseconds since 1970 as milliseconds. False: no date is that far away.
func toMillis(n int64, unit string) (int64, bool) {
	const largestSeconds = 100_000_000_000
	if unit == "seconds" || unit == "auto" && -largestSeconds <= n && n <= largestSeconds {
		if n > math.MaxInt64/1000 || n < math.MinInt64/1000 {
			return 0, false
		}
		n *= 1000
	}
	return n, textfmt.InRange(n)
}
