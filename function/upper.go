package function

import "harrier/diag"

var upperFunc = &Function{
	Name:     "upper",
	Category: "string",
	Summary:  "Writes a text in upper case.",
	Doc: "The text is that of a field, or the value of an expression; a name in quotes is that of a field all the same. An absent field writes nothing. " +
		"Letters whose capital is written with several letters become these: `ß` gives `SS`. " +
		"The `locale` matters for Turkish and Azerbaijani, whose `i` has a dot in capitals too; other locales give the same text as none.",
	Unnamed: "field",
	Params: []Param{
		{Name: "field", Kind: Expression, Required: true, Doc: "The field to read, or an expression."},
		{Name: "as", Kind: NewField, Default: "_upper", Doc: "The field to write."},
		{Name: "locale", Kind: Text, Doc: "Language, with or without a country: `tr`, `en_US`."},
	},
	Examples: []Example{{
		Query: `upper(name)`,
		In:    `{"name":"cmd.exe"}`,
		Out:   `{"name":"cmd.exe","_upper":"CMD.EXE"}`,
	}, {
		Query: `x := upper(name, locale=tr)`,
		In:    `{"name":"istanbul"}`,
		Out:   `{"name":"istanbul","x":"İSTANBUL"}`,
	}, {
		Query: `key := upper(concat([host, "user.name"]))`,
		In:    `{"host":"db7","user.name":"kim"}`,
		Out:   `{"host":"db7","user.name":"kim","key":"DB7KIM"}`,
	}},
	Effect: argumentEffect("field"),
	NewMapper: func(c *Call) (MapperFactory, diag.List) {
		upper, problems := c.localCase("locale", upperText, upperTurkish)
		if len(problems) > 0 {
			return nil, problems
		}
		return c.mapArgument("field", c.Field("as"), func(s string) (string, bool) { return upper(s), true }), nil
	},
}
