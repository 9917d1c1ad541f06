package function

import (
	"strconv"

	"harrier/diag"
)

var textPositionOfFunc = &Function{
	Name:     "text:positionOf",
	Category: "string",
	Summary:  "Writes where in a text another one stands.",
	Doc: "Places are counted from 0, in characters as text:length() counts them. What is searched for may be several characters, although the parameter is " +
		"called `character`; case counts. `begin` says where to start, and `occurrence` which of several places is wanted; they may overlap, so that `aa` " +
		"stands three times in `aaaa`. All arguments but `as` are expressions.\n\n" +
		"Nothing is written when there is no such place, when an argument has no value, and when `begin` is no whole number from 0 up or `occurrence` none from 1 up.",
	Unnamed: "string",
	Params: []Param{
		{Name: "string", Kind: Expression, Required: true, Doc: "The text to search in."},
		{Name: "character", Kind: Expression, Required: true, Doc: "The text to search for."},
		{Name: "begin", Kind: Expression, Default: "0", Doc: "The place to start from."},
		{Name: "occurrence", Kind: Expression, Default: "1", Doc: "Which of the places that are found."},
		{Name: "as", Kind: NewField, Default: "_position", Doc: "The field to write."},
	},
	Examples: []Example{{
		Query: `text:positionOf(mail, character="@")`,
		In:    "{\"mail\":\"ada@mail.example\"}\n{\"mail\":\"ada\"}\n{\"other\":\"1\"}",
		Out:   "{\"mail\":\"ada@mail.example\",\"_position\":\"3\"}\n{\"mail\":\"ada\"}\n{\"other\":\"1\"}",
	}, {
		Doc:   "What stands between the first two slashes.",
		Query: `dir := text:substring(path, begin=text:positionOf(path, character="/") + 1, end=text:positionOf(path, character="/", occurrence=2))`,
		In:    `{"path":"C:/Temp/kite.exe"}`,
		Out:   `{"path":"C:/Temp/kite.exe","dir":"Temp"}`,
	}, {
		Query: `text:positionOf(s, character="an", begin=2, as=at)`,
		In:    `{"s":"banana"}`,
		Out:   `{"s":"banana","at":"3"}`,
	}},
	Effect: mayWrite,
	NewMapper: func(c *Call) (MapperFactory, diag.List) {
		args := []*Expr{c.Expr("string"), c.Expr("character"), c.Expr("begin"), c.Expr("occurrence")}
		return mapValues(args, c.Field("as"), func(v []string) (string, bool) {
			begin, ok := placeNumber(v[2], 0)
			if !ok {
				return "", false
			}
			nth, ok := placeNumber(v[3], 1)
			if !ok {
				return "", false
			}
			at, ok := characterIndex(v[0], v[1], begin, nth)
			return strconv.Itoa(at), ok
		}), append(c.warnPlace("begin", 0), c.warnPlace("occurrence", 1)...)
	},
}
