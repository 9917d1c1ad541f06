package function

import (
	"bytes"
	"encoding/json"
	"strings"

	"harrier/diag"
	"harrier/internal/flatjson"
	"harrier/plan"
)

var jsonPrettyPrintFunc = &Function{
	Name:     "json:prettyPrint",
	Category: "format",
	Summary:  "Writes JSON on several lines, with what is nested moved to the right.",
	Doc: "Each member and each entry gets a line; empty objects and arrays stay together. Numbers, strings and the order of members stay as they are written. " +
		"A text that is no JSON, or in which objects and arrays are nested more than 256 deep, or that would become longer than 16 MiB, is copied as it is, or with `strict` writes nothing. An absent field writes nothing.\n\n" +
		"It takes time, so filter first.",
	Unnamed: "field",
	Params: []Param{
		{Name: "field", Kind: Field, Default: rawstringField, Doc: "The field to read."},
		{Name: "as", Kind: NewField, Doc: "The field to write; the one that is read when not given."},
		{Name: "step", Kind: Int, Default: "2", Min: 2, Max: 16, Doc: "How many blanks each level is moved to the right."},
		{Name: "strict", Kind: Bool, Default: "false", Doc: "Whether nothing is written for a text that is no JSON."},
	},
	Examples: []Example{{
		Query: `json:prettyPrint(body)`,
		In:    `{"body":"{\"user\":{\"id\":1.50,\"tags\":[\"a\",true],\"more\":{}}}"}`,
		Out:   `{"body":"{\n  \"user\": {\n    \"id\": 1.50,\n    \"tags\": [\n      \"a\",\n      true\n    ],\n    \"more\": {}\n  }\n}"}`,
	}, {
		Query: `nice := json:prettyPrint(body, step=4, strict=true)`,
		In:    "{\"body\":\"[1]\"}\n{\"body\":\"[1\"}",
		Out:   "{\"body\":\"[1]\",\"nice\":\"[\\n    1\\n]\"}\n{\"body\":\"[1\"}",
	}},
	Effect: prettyEffect,
	NewMapper: func(c *Call) (MapperFactory, diag.List) {
		indent := strings.Repeat(" ", c.Int("step"))
		return c.mapPretty(func(s string) (string, bool) { return indentJSON(s, indent) }), nil
	},
}

// indentJSON writes JSON over several lines; false when s is none.
func indentJSON(s, indent string) (string, bool) {
	depth, size := 0, len(s)
	inString := false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case inString && c == '\\':
			i++
		case c == '"':
			inString = !inString
		case inString:
		case c == '{' || c == '[':
			depth++
			size += depth * len(indent)
		case c == ',':
			size += depth * len(indent)
		case c == '}' || c == ']':
			depth--
			size += depth * len(indent)
		}
		if depth > flatjson.MaxDepth || size > maxPretty {
			return "", false
		}
	}
	var out bytes.Buffer
	if err := json.Indent(&out, []byte(strings.Trim(s, blanks)), "", indent); err != nil {
		return "", false
	}
	return out.String(), true
}

// maxPretty bounds what a text laid out anew may take: each level makes all lines within it longer.
const maxPretty = 16 << 20

// mapPretty makes the mapper of a function that lays out a text anew: what it cannot read it copies, or with strict
// leaves out.
func (c *Call) mapPretty(layout func(s string) (string, bool)) MapperFactory {
	as, strict := c.Field("as"), c.Bool("strict")
	if as == "" {
		as = c.Field("field")
	}
	return mapText(c.Field("field"), as, func(s string) (string, bool) {
		if out, ok := layout(s); ok {
			return out, true
		}
		return s, !strict
	})
}

// prettyEffect is the effect of such a function.
func prettyEffect(c *Call) plan.Effect {
	e := mayWrite(c)
	if c.Field("as") == "" {
		e.MayWrite = append(e.MayWrite, c.Field("field"))
	}
	return e
}
