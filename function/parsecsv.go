package function

import (
	"slices"
	"strings"
	"unicode/utf8"

	"harrier/diag"
	"harrier/plan"
)

var parseCSVFunc = &Function{
	Name:     "parseCsv",
	Category: "parsing",
	Summary:  "Reads a text as values with a delimiter between them, and makes fields of these.",
	Doc: "A value may stand in double quotes, and then contains delimiters as they are and a quote as two of them. A quote that is not closed reaches to the " +
		"end, text behind a closing quote belongs to the value, and a quote further inside a value is a character like others. The whole text is one " +
		"record: a line end in it is part of a value, but for one at its very end.\n\n" +
		"The n-th value goes to the n-th of `columns`, in place of a field that the event has; a column whose name is empty is passed over. Columns " +
		"without a value give no field, and values without a column are left out. An absent field does nothing.\n\n" +
		"`trim` takes blanks around values away, those in front of an opening quote included, without which they would make the quote part of the value. " +
		"Blanks inside quotes stay.",
	Unnamed: "field",
	Params: []Param{
		{Name: "field", Kind: Field, Default: rawstringField, Doc: "The field to read."},
		{Name: "columns", Kind: Texts, Required: true, Doc: "The names of the fields to write."},
		{Name: "delimiter", Kind: Text, Default: ",", Doc: "The character between values."},
		{Name: "excludeEmpty", Kind: Bool, Default: "false", Doc: "Whether empty values give no field."},
		{Name: "trim", Kind: Bool, Default: "false", Doc: "Whether blanks around values are taken away."},
	},
	Examples: []Example{{
		Query: `parseCsv(line, columns=[port, state, note])`,
		In:    "{\"line\":\"22,open,\\\"ssh, or \\\"\\\"scp\\\"\\\"\\\"\"}\n{\"line\":\"443,\"}",
		Out: "{\"line\":\"22,open,\\\"ssh, or \\\"\\\"scp\\\"\\\"\\\"\",\"port\":\"22\",\"state\":\"open\",\"note\":\"ssh, or \\\"scp\\\"\"}\n" +
			"{\"line\":\"443,\",\"port\":\"443\",\"state\":\"\"}",
	}, {
		Query: `parseCsv(line, columns=["", a, b, c], delimiter=";", trim=true, excludeEmpty=true) | drop(line)`,
		In:    `{"line":"id ; 1 ; \" x \" ;"}`,
		Out:   `{"a":"1","b":" x "}`,
	}},
	Effect: columnsEffect,
	NewMapper: func(c *Call) (MapperFactory, diag.List) {
		delimiter := c.Text("delimiter")
		if c.unknown("delimiter") {
			delimiter = ","
		}
		r, n := utf8.DecodeRuneInString(delimiter)
		if n == 0 || n != len(delimiter) || r == '"' {
			return nil, c.Errorf("bad-value", "delimiter", "the delimiter is a single character and no quote, and %q is not", delimiter)
		}
		columns, problems := c.columns()
		if len(problems) > 0 {
			return nil, problems
		}
		trim, excludeEmpty := c.Bool("trim"), c.Bool("excludeEmpty")
		p := &fieldParser{name: "parseCsv", from: []string{c.Field("field")}, parse: func(text string) ([]parsedField, error) {
			out := make([]parsedField, 0, len(columns))
			rest, more := strings.TrimSuffix(strings.TrimSuffix(text, "\n"), "\r"), true
			for i := 0; i < len(columns) && more; i++ {
				var value string
				value, rest, more = csvValue(rest, delimiter, trim)
				if value != "" || !excludeEmpty {
					out = append(out, parsedField{columns[i], value})
				}
			}
			return out, nil
		}}
		return p.factory(), nil
	},
}

// columns reads the names of the columns that a text is cut into.
func (c *Call) columns() ([]string, diag.List) {
	columns := c.Texts("columns")
	if len(columns) == 0 {
		return nil, c.Errorf("missing-argument", "columns", "%s() needs the names of columns", c.Function.Name)
	}
	for i, name := range columns {
		if name != "" && slices.Contains(columns[:i], name) && !c.Env.Check {
			return nil, c.Errorf("bad-value", "columns", "the column %s is there twice", name)
		}
	}
	return columns, nil
}

// columnsEffect is the effect of a function that writes the fields that its argument columns names, where there are
// values for them.
func columnsEffect(c *Call) plan.Effect {
	e := c.DefaultEffect()
	for _, name := range c.Texts("columns") {
		if name != "" {
			e.MayWrite = append(e.MayWrite, name)
		}
	}
	return e
}

// csvValue reads the value at the start of s, and tells whether a delimiter follows.
func csvValue(s, delimiter string, trim bool) (value, rest string, more bool) {
	if trim {
		// A delimiter may be a blank itself, and then it is not one to be passed over.
		for s != "" && isBlankText(s[:1]) && !strings.HasPrefix(s, delimiter) {
			s = s[1:]
		}
	}
	if !strings.HasPrefix(s, `"`) {
		value, rest, more = strings.Cut(s, delimiter)
		if trim {
			value = strings.TrimRight(value, blanks)
		}
		return value, rest, more
	}
	var b strings.Builder
	s = s[1:]
	for {
		text, after, closed := strings.Cut(s, `"`)
		b.WriteString(text)
		if !closed {
			return b.String(), "", false
		}
		if !strings.HasPrefix(after, `"`) {
			s = after
			break
		}
		b.WriteByte('"')
		s = after[1:]
	}
	tail, rest, more := strings.Cut(s, delimiter)
	if trim {
		tail = strings.TrimRight(tail, blanks)
	}
	return b.String() + tail, rest, more
}

// blanks are the characters that trimming takes away.
const blanks = " \t\r\n"

func isBlankText(s string) bool { return strings.Trim(s, blanks) == "" }
