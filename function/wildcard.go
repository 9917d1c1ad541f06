package function

import (
	"strconv"
	"strings"

	"harrier/diag"
	"harrier/event"
	"harrier/internal/glob"
	"harrier/plan"
)

var wildcardFunc = &Function{
	Name:     "wildcard",
	Category: "filter",
	Summary:  "Keeps events in which a pattern with asterisks fits a field, or any text of the event.",
	Doc: "`*` stands for any run of characters, none and line breaks included; nothing else is special.\n\n" +
		"With fields, one of them must fit. The pattern then covers the whole value, as in `field = pattern`. With `ignoreCase=true`, however, it is " +
		"documented to work as a regular expression without anchors, so it may fit any piece of the value: `wildcard(\"boot\", field=f, ignoreCase=true)` " +
		"keeps `Rebooted`. Harrier does the same.\n\n" +
		"Without fields, or with an empty list of them, the pattern is searched anywhere in the fields that the event came with, as free text is, whatever " +
		"the case rule; fields that the query has made are not looked at.\n\n" +
		"The pattern `*` keeps the events that have the field; with `includeEverythingOnAsterisk=true` it keeps all, which suits a parameter that is `*` " +
		"when nothing was chosen.",
	Unnamed: "pattern",
	Params: []Param{
		{Name: "pattern", Kind: Text, Required: true, Doc: "The pattern."},
		{Name: "field", Kind: Fields, Doc: "The fields to look at; all that the event came with when not given."},
		{Name: "ignoreCase", Kind: Bool, Default: "false", Doc: "Takes upper and lower case as equal, and lets the pattern fit any piece of a value."},
		{Name: "includeEverythingOnAsterisk", Kind: Bool, Default: "false", Doc: "Keeps events without the field when the pattern is `*`."},
	},
	Examples: []Example{{
		Query: `wildcard("*\\temp\\*", field=[image, parent])`,
		In:    "{\"image\":\"C:\\\\temp\\\\a.exe\"}\n{\"image\":\"x\",\"parent\":\"D:\\\\temp\\\\b.exe\"}\n{\"image\":\"C:\\\\Temp\\\\a.exe\"}",
		Out:   "{\"image\":\"C:\\\\temp\\\\a.exe\"}\n{\"image\":\"x\",\"parent\":\"D:\\\\temp\\\\b.exe\"}",
	}, {
		Doc:   "With case ignored a pattern fits any piece.",
		Query: `state =~ wildcard(boot, ignoreCase=true)`,
		In:    "{\"state\":\"Rebooted\"}\n{\"state\":\"BOOT\"}\n{\"state\":\"off\"}",
		Out:   "{\"state\":\"Rebooted\"}\n{\"state\":\"BOOT\"}",
	}, {
		Doc:   "Without a field the whole event is searched.",
		Query: `wildcard("198.51.100.*:22")`,
		In:    "{\"to\":\"tcp 198.51.100.7:22\"}\n{\"from\":\"198.51.100.7:443\"}",
		Out:   `{"to":"tcp 198.51.100.7:22"}`,
	}, {
		Doc:   "A parameter that may be left at its default.",
		Query: `wildcard(?{host="*"}, field=host, includeEverythingOnAsterisk=true)`,
		In:    "{\"host\":\"a\"}\n{\"other\":\"b\"}",
		Out:   "{\"host\":\"a\"}\n{\"other\":\"b\"}",
	}},
	NewPred: func(c *Call) (plan.Pred, diag.List) {
		pattern, fold := c.Text("pattern"), c.Bool("ignoreCase")
		if c.Bool("includeEverythingOnAsterisk") && pattern != "" && strings.Trim(pattern, "*") == "" {
			return plan.Always(true), nil
		}
		var terms []plan.Pred
		for _, f := range c.Fields("field") {
			if f != "" {
				terms = append(terms, wildcardTest(f, pattern, fold))
			}
		}
		switch len(terms) {
		case 0:
			return wildcardSearch(pattern, fold), nil
		case 1:
			return terms[0], nil
		}
		return &plan.Any{Terms: terms}, nil
	},
}

func wildcardTest(field, pattern string, fold bool) plan.Pred {
	g := glob.Compile(pattern, glob.Options{IgnoreCase: fold, Unanchored: fold})
	if g.MatchesAll() {
		return &plan.Has{Field: field}
	}
	p := &limitedTest{Test: &plan.Test{Field: field, Match: noError(g.Match), Shown: "fits " + strconv.Quote(pattern)}}
	if lit, ok := g.IsLiteral(); ok {
		p.Whole = &lit
		return p.Test
	}
	p.where = literalNeeds(field, g.Literals(), fold)
	return p
}

// wildcardSearch is wildcardTest on all fields of the original event.
func wildcardSearch(pattern string, fold bool) plan.Pred {
	g := glob.Compile(pattern, glob.Options{IgnoreCase: fold, Unanchored: true})
	if g.MatchesAll() {
		return plan.Always(true)
	}
	s := &plan.Search{Match: noError(g.Match), Skip: NotSearched, Shown: "like " + strconv.Quote(pattern)}
	for _, l := range g.Literals() {
		if n, ok := literalNeedle("", l, fold); ok {
			s.Needles = append(s.Needles, event.Needle{Text: n.Text, Fold: n.Fold})
		}
	}
	return s
}
