package function

import (
	"cmp"
	"math"
	"slices"

	"harrier/diag"
	"harrier/event"
	"harrier/internal/rx"
	"harrier/plan"
)

var regexFunc = &Function{
	Name:     "regex",
	Category: "regular-expression",
	Summary:  "Keeps events in which a regular expression finds a match in a field, and writes its named groups to fields.",
	Doc: "The match may stand anywhere in the value unless the expression is anchored. Each named group, `(?<name>...)`, becomes a field and replaces a " +
		"field of that name; a group that took no part in the match writes nothing. When two groups share a name, the later one that took part counts. " +
		"An event without the field has no match.\n\n" +
		"With `strict=false` an event without a match goes on as it is. With `repeat=true` every match gives an event of its own, at most `limit`; a " +
		"warning tells when an event had more, unless `limit` was given.\n\n" +
		"`flags` takes the letters `d` (the dot matches a line break too), `i` (case is ignored), `m` (`^` and `$` match at line breaks) and `F` (the newer " +
		"engine of LogScale, whose meaning always holds here). LogScale's reference gives `m` as the default in its table and none in its text; Harrier " +
		"goes by the table, so that only a text with line breaks can tell `regex(\"^x\", field=f)` from `f = /^x/`. The `g` of a regex literal is " +
		"`repeat=true` here.\n\n" +
		"In quotes a backslash in front of a letter may be written once (`\"\\d+\"`), and a backslash to be matched is written four times. As a condition, " +
		"under `not` or inside an expression, the function writes no fields.\n\n" +
		"A match that takes too long, which only look-around and back-references can make it do, counts as none, with a warning `regex-timeout`.",
	Unnamed: "regex",
	Params: []Param{
		{Name: "regex", Kind: Regex, Required: true, Doc: "The regular expression."},
		{Name: "field", Kind: Field, Default: "@rawstring", Doc: "The field to search."},
		{Name: "flags", Kind: Text, Default: "m", Doc: "Letters that change the meaning of the expression: `d`, `i`, `m`, `F`."},
		{Name: "repeat", Kind: Bool, Default: "false", Doc: "Gives an event for every match."},
		{Name: "limit", Kind: Int, Default: "100", Min: 1, Max: math.MaxInt32, Doc: "The most events that `repeat` makes of one."},
		{Name: "strict", Kind: Bool, Default: "true", Doc: "Drops events without a match."},
	},
	Examples: []Example{{
		Query: `regex("(?<user>\\w+)@(?<host>[\\w.]+)", field=login)`,
		In:    "{\"login\":\"ssh vera@db1.lab\",\"user\":\"?\"}\n{\"login\":\"console\",\"user\":\"?\"}\n{\"other\":\"a@b\"}",
		Out:   `{"login":"ssh vera@db1.lab","user":"vera","host":"db1.lab"}`,
	}, {
		Doc:   "Events without a match stay.",
		Query: `regex("port (?<port>\\d+)", field=text, strict=false)`,
		In:    "{\"text\":\"listens on port 8443\"}\n{\"text\":\"idle\"}",
		Out:   "{\"text\":\"listens on port 8443\",\"port\":\"8443\"}\n{\"text\":\"idle\"}",
	}, {
		Doc:   "An event for every match.",
		Query: `regex("(?<key>\\w+)=(?<value>\\w*)", field=args, repeat=true)`,
		In:    "{\"args\":\"a=1 b= c=3\"}\n{\"args\":\"none\"}",
		Out: "{\"args\":\"a=1 b= c=3\",\"key\":\"a\",\"value\":\"1\"}\n{\"args\":\"a=1 b= c=3\",\"key\":\"b\",\"value\":\"\"}\n" +
			"{\"args\":\"a=1 b= c=3\",\"key\":\"c\",\"value\":\"3\"}",
	}, {
		Doc:   "The opposite, as a filter.",
		Query: `not regex("^(cmd|pwsh)\\.exe$", field=image, flags=i)`,
		In:    "{\"image\":\"CMD.EXE\"}\n{\"image\":\"notepad.exe\"}\n{\"other\":\"1\"}",
		Out:   "{\"image\":\"notepad.exe\"}\n{\"other\":\"1\"}",
	}},
	Filters:    true,
	Multiplies: func(c *Call) bool { return c.Bool("repeat") },
	Effect: func(c *Call) plan.Effect {
		e := plan.Effect{Reads: []string{c.Field("field")}}
		if re, _ := regexArg(c); re != nil {
			e.MayWrite = newGroupFields(re).names
		}
		return e
	},
	Needs: func(c *Call) event.Predicate {
		re, _ := regexArg(c)
		if re == nil || !c.Bool("strict") {
			return event.Predicate{}
		}
		return regexNeeds(c.Field("field"), re)
	},
	NewMapper: func(c *Call) (MapperFactory, diag.List) {
		re, problems := regexArg(c)
		if re == nil {
			return nil, problems
		}
		x := &extraction{
			re: re, fields: newGroupFields(re), repeat: c.Bool("repeat"), limit: c.Int("limit"), strict: c.Bool("strict"),
			quiet: c.Has("limit"), at: c.At,
		}
		return x.fromField(c.Field("field")), problems
	},
}

// regexArg compiles the argument regex with the argument flags.
func regexArg(c *Call) (*rx.Regexp, diag.List) {
	flags, err := rx.ParseFlags(c.Text("flags"))
	switch {
	case c.unknown("flags"):
		flags = rx.Flags{}
	case err != nil:
		return nil, c.Errorf("bad-regex", "flags", "%q is not made of the flags d, i, m and F: %s", c.Text("flags"), err)
	case flags.Repeat:
		if c.Function.Param("repeat") != nil {
			return nil, c.Errorf("bad-regex", "flags", "%s() takes no flag g: write repeat=true", c.Function.Name)
		}
		return nil, c.Errorf("bad-regex", "flags", "%s() takes no flag g: it goes for every match anyway", c.Function.Name)
	}
	return c.Regexp("regex", flags)
}

// RegexMapper is `field = /re/`: it writes the named groups of re and, when
// strict, drops the events without a match. With repeat every match gives an
// event, up to limit.
func RegexMapper(field string, re *rx.Regexp, repeat bool, limit int, strict bool) MapperFactory {
	return (&extraction{re: re, fields: newGroupFields(re), repeat: repeat, limit: limit, strict: strict}).fromField(field)
}

// FreeTextRegexMapper is `/re/`: it keeps the events of which some field, as the
// source gave it, has a match, and writes the named groups of the first such
// field: the raw text goes before all others, and these in order of name, so that
// what is extracted does not hang on how the input is cut.
func FreeTextRegexMapper(re *rx.Regexp, repeat bool, limit int) MapperFactory {
	x := &extraction{re: re, fields: newGroupFields(re), repeat: repeat, limit: limit, strict: true}
	return func(rt *plan.Runtime) plan.Mapper {
		e := x.extractor(rt)
		return plan.MapperFunc(func(b *event.Batch) error {
			found := make([][]groupMatch, b.Len())
			left := slices.Clone(b.Selected())
			names, cols := b.Original()
			for _, i := range searchOrder(names) {
				if len(left) == 0 {
					break
				}
				look := e.reader(cols[i])
				left = slices.DeleteFunc(left, func(r int32) bool {
					found[r] = look(r).matches
					return found[r] != nil
				})
			}
			e.finish(b, func(r int32) []groupMatch { return found[r] }, nil)
			return nil
		})
	}
}

// searchOrder gives the numbers of the fields that free text looks at: the text
// of the event first, and then the fields in order of name. The order in which
// columns stand hangs on the other events of a batch.
func searchOrder(names []string) []int {
	var order []int
	for i, n := range names {
		if raw(n) || !event.Hidden(n) && !NotSearched(n) {
			order = append(order, i)
		}
	}
	slices.SortFunc(order, func(i, j int) int {
		if raw(names[i]) != raw(names[j]) {
			if raw(names[i]) {
				return -1
			}
			return 1
		}
		return cmp.Compare(names[i], names[j])
	})
	return order
}

// raw names the fields that hold the text of the event.
func raw(field string) bool { return field == "@rawstring" || field == event.RawField }

// NotSearched names the fields that free text does not look at (language
// reference 5.3).
func NotSearched(field string) bool {
	switch field {
	case "@id", "@timestamp", "@ingesttimestamp":
		return true
	}
	return field != "" && field[0] == '#'
}
