package function

import (
	"strings"
	"unicode/utf8"

	"harrier/diag"
	"harrier/internal/num"
)

var parseFixedWidthFunc = &Function{
	Name:     "parseFixedWidth",
	Category: "parsing",
	Summary:  "Cuts a text into fields of fixed widths.",
	Doc: "Widths count characters of Unicode. A column that the text does not reach gives no field, and one that it ends in has what is there; text behind the " +
		"last column is left out, and a column whose name is empty is passed over. An existing field of the same name is replaced. An absent field does nothing.",
	Unnamed: "field",
	Params: []Param{
		{Name: "field", Kind: Field, Default: rawstringField, Doc: "The field to read."},
		{Name: "columns", Kind: Texts, Required: true, Doc: "The names of the fields to write."},
		{Name: "widths", Kind: Texts, Required: true, Doc: "How many characters each column has, as many numbers as there are columns."},
		{Name: "trim", Kind: Bool, Default: "true", Doc: "Whether blanks around values are taken away."},
	},
	Examples: []Example{{
		Query: `parseFixedWidth(line, columns=[code, city, temp], widths=[3, 8, 5])`,
		In:    "{\"line\":\"CPHCopenhag 7.5 \"}\n{\"line\":\"OSLOslo\"}",
		Out: "{\"line\":\"CPHCopenhag 7.5 \",\"code\":\"CPH\",\"city\":\"Copenhag\",\"temp\":\"7.5\"}\n" +
			"{\"line\":\"OSLOslo\",\"code\":\"OSL\",\"city\":\"Oslo\"}",
	}, {
		Query: `line =~ parseFixedWidth(columns=[a, "", b], widths=[2, 1, 4], trim=false) | drop(line)`,
		In:    `{"line":"å |  x y"}`,
		Out:   `{"a":"å ","b":"  x "}`,
	}},
	Effect: columnsEffect,
	NewMapper: func(c *Call) (MapperFactory, diag.List) {
		columns, problems := c.columns()
		if len(problems) > 0 {
			return nil, problems
		}
		widths := make([]int, 0, len(columns))
		for _, text := range c.Texts("widths") {
			if text == "*" && c.Env.Check {
				text = "1"
			}
			f, ok := num.Parse(text)
			w := int(f)
			switch {
			case !ok:
				return nil, c.Errorf("not-a-number", "widths", "a width is a number, and %q is none", text)
			case f < 1 || f > 1<<20 || float64(w) != f:
				return nil, c.Errorf("bad-value", "widths", "a width is a whole number from 1 on, and %s is not", text)
			}
			widths = append(widths, w)
		}
		if len(widths) != len(columns) && !c.Env.Check {
			return nil, c.Errorf("bad-value", "widths", "there are %d columns and %d widths", len(columns), len(widths))
		}
		widths = widths[:min(len(widths), len(columns))]
		trim := c.Bool("trim")
		p := &fieldParser{name: "parseFixedWidth", from: []string{c.Field("field")}, parse: func(text string) ([]parsedField, error) {
			out := make([]parsedField, 0, len(widths))
			for i, w := range widths {
				if text == "" {
					break
				}
				end := prefixOf(text, w)
				value := text[:end]
				text = text[end:]
				if trim {
					value = strings.Trim(value, blanks)
				}
				out = append(out, parsedField{columns[i], value})
			}
			return out, nil
		}}
		return p.factory(), nil
	},
}

// prefixOf is the length in bytes of the first n characters of s, or of all when there are fewer.
func prefixOf(s string, n int) int {
	end := 0
	for ; n > 0 && end < len(s); n-- {
		_, size := utf8.DecodeRuneInString(s[end:])
		end += size
	}
	return end
}
