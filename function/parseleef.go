package function

import (
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"harrier/diag"
	"harrier/internal/textfmt"
	"harrier/plan"
)

var parseLEEFFunc = &Function{
	Name:     "parseLEEF",
	Category: "parsing",
	Summary:  "Reads a message in the Log Event Extended Format, version 1.0 or 2.0.",
	Doc: "What stands before the marker `LEEF:1.0|` or `LEEF:2.0|`, such as the header of syslog, is passed over. The values of the header become `version`, " +
		"`device.vendor`, `device.product`, `device.version` and `event_id`, with `headerprefix` in front, and the pairs of the extension get `prefix` in " +
		"front of their keys. A message that starts with `LEEF:0|` has the header of version 1.0 and pairs as CEF writes them.\n\n" +
		"Between pairs stands a tab, or in version 1.0 the character that `delimiter` gives. A header of version 2.0 names it in a value of its own, as a character or as " +
		"a number (`x5E`, `0x5E`); when that value is empty, or left out, it is a tab. Blanks around keys do not matter.\n\n" +
		"Labels are read as `parseCEF()` does, but not in version 2.0, which the manual leaves out. The manual gives `labelprefix` the default " +
		"`leef.label` and shows fields that start with `leef.label.`; here the dot belongs to the default.\n\n" +
		"With `parsetime` the pair `devTime` becomes `@timestamp`. Its format is that of the pair `devTimeFormat`, a pattern as parseTimestamp() has it; without that pair " +
		"it is a number of seconds or milliseconds since 1970, or one of the usual forms such as `Jun 04 2024 17:05:12.250 CEST`, whose year, fraction " +
		"and zone may be missing. A time that cannot be read leaves `@timestamp` as it is and adds `@error` and `@error_msg`.\n\n" +
		"Any other text leaves the event as it is, and so does an absent field.",
	Unnamed: "field",
	Params: []Param{
		{Name: "field", Kind: Field, Default: rawstringField, Doc: "The field with the message."},
		{Name: "prefix", Kind: Text, Default: "leef.ext.", Doc: "A text in front of the keys of the extension."},
		{Name: "headerprefix", Kind: Text, Default: "leef.", Doc: "A text in front of the names of the header."},
		{Name: "labelprefix", Kind: Text, Default: "leef.label.", Doc: "A text in front of labels."},
		{Name: "keeplabels", Kind: Bool, Default: "false", Doc: "Whether values with labels and the labels themselves stay among the extension too."},
		{Name: "delimiter", Kind: Text, Doc: "The character between the pairs of version 1.0; a tab when not given."},
		{Name: "parsetime", Kind: Bool, Default: "true", Doc: "Whether `devTime` becomes `@timestamp`."},
		{Name: "timezone", Kind: Text, Default: "Z", Doc: "The zone of times that do not say theirs."},
	},
	Examples: []Example{{
		Query: `parseLEEF(line) | drop(line)`,
		In:    `{"line":"<13>gate1 LEEF:2.0|Acorn|Wall|3|deny|^|src=192.0.2.7^usrName=kim lee^devTime=1700000000"}`,
		Out: `{"leef.version":"2.0","leef.device.vendor":"Acorn","leef.device.product":"Wall","leef.device.version":"3","leef.event_id":"deny",` +
			`"leef.ext.src":"192.0.2.7","leef.ext.usrName":"kim lee","leef.ext.devTime":"1700000000","@timestamp":"1700000000000"}`,
	}, {
		Query: `parseLEEF(line, prefix="e.", headerprefix="h.", delimiter=";", timezone="+01:00") | drop(line)`,
		In:    `{"line":"LEEF:1.0|A|B|1|7|cs1=north;cs1Label=Branch;devTime=2024/06/04 17.05;devTimeFormat=yyyy/MM/dd HH.mm"}`,
		Out: `{"h.version":"1.0","h.device.vendor":"A","h.device.product":"B","h.device.version":"1","h.event_id":"7","e.devTime":"2024/06/04 17.05",` +
			`"e.devTimeFormat":"yyyy/MM/dd HH.mm","leef.label.Branch":"north","@timestamp":"1717517100000"}`,
	}},
	Effect: func(c *Call) plan.Effect {
		e := parsedEffect(c)
		if c.Bool("parsetime") {
			e.MayWrite = append(e.MayWrite, timestampField, errorField, messageField)
		}
		return e
	},
	NewMapper: newParseLEEF,
}

func newParseLEEF(c *Call) (MapperFactory, diag.List) {
	l := leefParser{
		names:  extensionNames{prefix: c.Text("prefix"), labels: c.Text("labelprefix"), keep: c.Bool("keeplabels")},
		header: c.Text("headerprefix"), delimiter: "\t",
	}
	if c.Has("delimiter") && !c.unknown("delimiter") {
		if l.delimiter = c.Text("delimiter"); utf8.RuneCountInString(l.delimiter) != 1 || l.delimiter == "=" {
			return nil, c.Errorf("bad-value", "delimiter", "the delimiter is a single character and not =, and %q is not", l.delimiter)
		}
	}
	zone, problems := c.Zone("timezone")
	if len(problems) > 0 {
		return nil, problems
	}
	field, parsetime := c.Field("field"), c.Bool("parsetime")
	return func(rt *plan.Runtime) plan.Mapper {
		l := l
		if parsetime {
			l.times = &leefTimes{zone: zone, now: rt.Now, formats: map[string]*textfmt.TimeParser{}}
		}
		return &fieldParser{name: "parseLEEF", from: []string{field}, parse: l.parse}
	}, nil
}

// leefParser reads fields from LEEF. It belongs to one worker.
type leefParser struct {
	names     extensionNames
	header    string
	delimiter string
	times     *leefTimes // nil when times are not to be read
}

var leefHeader = []string{"version", "device.vendor", "device.product", "device.version", "event_id"}

func isLEEFVersion(s string) bool { return s == "1.0" || s == "2.0" || s == "0" }

func (l *leefParser) parse(text string) ([]parsedField, error) {
	version, rest, ok := cutMarker(text, "LEEF:", isLEEFVersion)
	if !ok {
		return nil, nil
	}
	values, rest, ok := cutHeader(rest, 4, version == "0")
	if !ok {
		return nil, nil
	}
	out := headerFields(l.header, leefHeader, append([]string{version}, values...))
	names, delimiter := l.names, l.delimiter
	var pairs []parsedField
	switch version {
	case "0":
		pairs = cefPairs(rest)
	case "2.0":
		names.plain = true
		delimiter, rest = leefDelimiter(rest)
		fallthrough
	default:
		pairs = leefPairs(rest, delimiter)
	}
	out = names.appendPairs(out, pairs)
	if l.times != nil {
		out = l.times.append(out, pairs)
	}
	return out, nil
}

// leefDelimiter reads the value of a header of version 2.0 that names the delimiter, if it is there.
func leefDelimiter(s string) (delimiter, rest string) {
	value, rest, ok := strings.Cut(s, "|")
	if !ok {
		return "\t", s
	}
	if utf8.RuneCountInString(value) == 1 {
		return value, rest
	}
	number, isNumber := strings.CutPrefix(strings.TrimPrefix(strings.ToLower(value), "0"), "x")
	switch n, err := strconv.ParseUint(number, 16, 16); {
	case value == "":
		return "\t", rest
	case isNumber && err == nil && n > 0:
		return string(rune(n)), rest
	}
	return "\t", s // the bar belongs to a value of the extension
}

// leefPairs reads key=value pairs.
func leefPairs(s, delimiter string) []parsedField {
	var out []parsedField
	for s != "" {
		var pair string
		pair, s, _ = strings.Cut(s, delimiter)
		key, value, ok := strings.Cut(pair, "=")
		if key = strings.Trim(key, blanks); ok && key != "" {
			out = append(out, parsedField{key, strings.TrimRight(value, "\r\n")})
		}
	}
	return out
}

// leefTimes reads the times of messages. It belongs to one worker.
type leefTimes struct {
	zone    *time.Location
	now     time.Time
	formats map[string]*textfmt.TimeParser // those of devTimeFormat; nil for a bad one
}

// maxTimeFormats bounds the patterns that are remembered, since messages bring their own.
const maxTimeFormats = 256

// usualTimes are the formats of times that come without one.
var usualTimes = func() []*textfmt.TimeParser {
	var out []*textfmt.TimeParser
	for _, f := range []string{"MMM d yyyy HH:mm:ss[.SSSSSSSSS][ z]", "MMM d HH:mm:ss[.SSSSSSSSS][ z]", "yyyy-MM-dd'T'HH:mm:ss[.SSSSSSSSS][XXX]"} {
		p, err := textfmt.CompileParse(f, false)
		if err != nil {
			panic("function: bad time format " + f + ": " + err.Error())
		}
		out = append(out, p)
	}
	return out
}()

// append adds @timestamp, or what tells why it cannot be.
func (l *leefTimes) append(out []parsedField, pairs []parsedField) []parsedField {
	var text, format string
	found := false
	for _, p := range pairs {
		switch p.name {
		case "devTime":
			text, found = p.value, true
		case "devTimeFormat":
			format = p.value
		}
	}
	if !found {
		return out
	}
	t, err := l.read(text, format)
	if err != nil {
		return append(out, parsedField{errorField, "true"}, parsedField{messageField, "parseLEEF: devTime: " + err.Error()})
	}
	return append(out, parsedField{timestampField, strconv.FormatInt(t.UnixMilli(), 10)})
}

func (l *leefTimes) read(text, format string) (time.Time, error) {
	if format != "" {
		p, known := l.formats[format]
		if !known {
			if len(l.formats) >= maxTimeFormats {
				clear(l.formats)
			}
			p, _ = textfmt.CompileParse(format, false)
			l.formats[strings.Clone(format)] = p
		}
		if p == nil {
			_, err := textfmt.CompileParse(format, false)
			return time.Time{}, err
		}
		return p.Parse(text, nil, l.zone, l.now)
	}
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		if ms, ok := toMillis(n, "auto"); ok {
			return time.UnixMilli(ms), nil
		}
	}
	var first error
	for _, p := range usualTimes {
		t, err := p.Parse(text, nil, l.zone, l.now)
		if err == nil {
			return t, nil
		}
		if first == nil {
			first = err
		}
	}
	return time.Time{}, first
}
