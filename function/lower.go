package function

import "harrier/diag"

var lowerFunc = &Function{
	Name:     "lower",
	Category: "string",
	Summary:  "Writes a text in lower case.",
	Doc: "The text is that of a field, or the value of an expression; a name in quotes is that of a field all the same. An absent field writes nothing. " +
		"A Greek sigma at the end of a word gets its final form. The `locale` matters for Turkish and Azerbaijani, whose `I` has no dot in small letters " +
		"either; other locales give the same text as none.",
	Unnamed: "field",
	Params: []Param{
		{Name: "field", Kind: Expression, Required: true, Doc: "The field to read, or an expression."},
		{Name: "as", Kind: NewField, Default: "_lower", Doc: "The field to write."},
		{Name: "locale", Kind: Text, Doc: "Language, with or without a country: `tr`, `en_US`."},
		{Name: "type", Kind: Text, Doc: "Another name of `locale`."},
	},
	Examples: []Example{{
		Query: `x := lower(name)`,
		In:    `{"name":"CMD.EXE"}`,
		Out:   `{"name":"CMD.EXE","x":"cmd.exe"}`,
	}, {
		Query: `name =~ lower(locale=tr_TR)`,
		In:    "{\"name\":\"ISPARTA\"}\n{\"other\":\"1\"}",
		Out:   "{\"name\":\"ISPARTA\",\"_lower\":\"ısparta\"}\n{\"other\":\"1\"}",
	}, {
		Query: `test(lower(a) == lower(b))`,
		In:    "{\"a\":\"Kim\",\"b\":\"KIM\"}\n{\"a\":\"Kim\",\"b\":\"Ole\"}",
		Out:   `{"a":"Kim","b":"KIM"}`,
	}},
	Effect: argumentEffect("field"),
	NewMapper: func(c *Call) (MapperFactory, diag.List) {
		_, param, problems := c.eitherText("locale", "type")
		if len(problems) > 0 {
			return nil, problems
		}
		lower, problems := c.localCase(param, lowerText, lowerTurkish)
		if len(problems) > 0 {
			return nil, problems
		}
		return c.mapArgument("field", c.Field("as"), func(s string) (string, bool) { return lower(s), true }), nil
	},
}
