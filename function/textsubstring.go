package function

import "harrier/diag"

var textSubstringFunc = &Function{
	Name:     "text:substring",
	Category: "string",
	Summary:  "Writes a part of a text.",
	Doc: "The part reaches from the character at `begin` up to the one before `end`, counted from 0 in characters as text:length() counts them. All arguments but " +
		"`as` are expressions, and numbers may have zeros in front.\n\n" +
		"`begin` may be anything from 0 to the length of the text and `end` anything from 1 to it, but not less than `begin`; when both are the same, or " +
		"`begin` is the length, the part is empty. With other values, or when an argument has no value, nothing is written. In the manual's table the " +
		"result is called `_string`, in its examples `_substring`, which is what is taken here.",
	Unnamed: "string",
	Params: []Param{
		{Name: "string", Kind: Expression, Required: true, Doc: "The text."},
		{Name: "begin", Kind: Expression, Default: "0", Doc: "The place of the first character."},
		{Name: "end", Kind: Expression, Doc: "The place behind the last character; the end of the text when not given."},
		{Name: "as", Kind: NewField, Default: "_substring", Doc: "The field to write."},
	},
	Examples: []Example{{
		Query: `text:substring(id, begin=2, end=5)`,
		In:    "{\"id\":\"EU-417-x\"}\n{\"id\":\"EU\"}\n{\"other\":\"1\"}",
		Out:   "{\"id\":\"EU-417-x\",\"_substring\":\"-41\"}\n{\"id\":\"EU\"}\n{\"other\":\"1\"}",
	}, {
		Query: `user := text:substring(mail, end=text:positionOf(mail, character="@"))`,
		In:    "{\"mail\":\"ada@mail.example\"}\n{\"mail\":\"nobody\"}",
		Out:   "{\"mail\":\"ada@mail.example\",\"user\":\"ada\"}\n{\"mail\":\"nobody\"}",
	}},
	Effect: mayWrite,
	NewMapper: func(c *Call) (MapperFactory, diag.List) {
		args, problems := []*Expr{c.Expr("string"), c.Expr("begin")}, c.warnPlace("begin", 0)
		if end := c.Expr("end"); end != nil {
			args, problems = append(args, end), append(problems, c.warnPlace("end", 1)...)
		}
		return mapValues(args, c.Field("as"), func(v []string) (string, bool) {
			begin, ok := placeNumber(v[1], 0)
			if !ok {
				return "", false
			}
			from, ok := characterOffset(v[0], begin)
			if !ok {
				return "", false
			}
			if len(v) == 2 {
				return v[0][from:], true
			}
			end, ok := placeNumber(v[2], 1)
			if !ok || end < begin {
				return "", false
			}
			to, ok := characterOffset(v[0], end)
			if !ok {
				return "", false
			}
			return v[0][from:to], true
		}), problems
	},
}
