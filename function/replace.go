package function

import (
	"harrier/diag"
	"harrier/plan"
)

var replaceFunc = &Function{
	Name:     "replace",
	Category: "regular-expression",
	Summary:  "Replaces every match of a regular expression in a field.",
	Doc: "In the replacement `$1` is what the first group matched and `${name}` what a named group did; a group that took no part is the empty text. A dollar " +
		"sign to be written is `\\$` or `$$`, and a backslash `\\\\`, to be doubled once more in quotes. Without a replacement the matches are taken out.\n\n" +
		"The result goes to `as`, or back to the field; a value without a match is written as it is. An event without the field is left alone. The named " +
		"groups of the expression become no fields.\n\n" +
		"`flags` takes the letters `d` (the dot matches a line break too), `i` (case is ignored), `m` (`^` and `$` match at line breaks) and `F`, which changes " +
		"nothing here. LogScale's reference gives `m` as the default in its table and none in its text; Harrier goes by the table, as for `regex()`.\n\n" +
		"A search that takes too long leaves the event as it is, with a warning `regex-timeout`.",
	Unnamed: "regex",
	Params: []Param{
		{Name: "regex", Kind: Regex, Required: true, Doc: "The regular expression."},
		{Name: "with", Kind: Text, Doc: "What to put in place of a match; nothing when not given."},
		{Name: "replacement", Kind: Text, Doc: "Another name of `with`."},
		{Name: "field", Kind: Field, Default: "@rawstring", Doc: "The field to read."},
		{Name: "as", Kind: NewField, Doc: "The field to write; the field read when not given."},
		{Name: "flags", Kind: Text, Default: "m", Doc: "Letters that change the meaning of the expression: `d`, `i`, `m`, `F`."},
	},
	Examples: []Example{{
		Query: `replace("\\d+", with="N", field=path)`,
		In:    "{\"path\":\"/order/81/item/3\"}\n{\"path\":\"/health\"}\n{\"other\":\"7\"}",
		Out:   "{\"path\":\"/order/N/item/N\"}\n{\"path\":\"/health\"}\n{\"other\":\"7\"}",
	}, {
		Doc:   "Groups, and a field of its own for the result.",
		Query: `name := replace("^(\\w+), (?<given>\\w+)$", with="${given} $1", field=person)`,
		In:    "{\"person\":\"Byron, Ada\"}\n{\"person\":\"Plato\"}",
		Out:   "{\"person\":\"Byron, Ada\",\"name\":\"Ada Byron\"}\n{\"person\":\"Plato\",\"name\":\"Plato\"}",
	}, {
		Doc:   "Matches are taken out.",
		Query: `replace("[aeiou]", field=word, flags=i)`,
		In:    `{"word":"Aquarium"}`,
		Out:   `{"word":"qrm"}`,
	}},
	Effect: inPlace,
	NewMapper: func(c *Call) (MapperFactory, diag.List) {
		re, problems := regexArg(c)
		if re == nil {
			return nil, problems
		}
		text, param, twice := c.eitherText("with", "replacement")
		if len(twice) > 0 {
			return nil, twice
		}
		with, err := re.Replacer(text)
		if err != nil {
			return nil, c.Errorf("bad-value", param, "the replacement cannot be used: %s", err)
		}
		in, out := c.Field("field"), c.inPlaceTarget()
		return func(rt *plan.Runtime) plan.Mapper {
			return mapText(in, out, func(s string) (string, bool) {
				v, err := with.Replace(s)
				warnRegex(rt, err)
				return v, err == nil
			})(rt)
		}, problems
	},
}
