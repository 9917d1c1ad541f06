package function

import (
	"slices"
	"strings"

	"harrier/diag"
	"harrier/event"
	"harrier/internal/rx"
	"harrier/plan"
)

var arrayRegexFunc = &Function{
	Name:     "array:regex",
	Category: "array",
	Summary:  "Keeps events in which a regular expression finds a match in an element of an array.",
	Doc: "The match may stand anywhere in the element unless the expression is anchored. Named groups become no fields. The array ends before the first " +
		"element that is absent or an object. An event without the array does not pass, and passes when the call is negated.\n\n" +
		"`flags` takes the letters `d` (the dot matches a line break too), `i` (case is ignored), `m` (`^` and `$` match at line breaks) and `F` (the newer " +
		"engine of LogScale, whose meaning always holds here).\n\n" +
		"A match that takes too long, which only look-around and back-references can make it do, counts as none, with a warning `regex-timeout`.",
	Unnamed: "array",
	Params: []Param{
		{Name: "array", Kind: ArrayName, Required: true, Doc: "The array, such as `\"ips[]\"`."},
		{Name: "regex", Kind: Regex, Required: true, Doc: "The regular expression."},
		{Name: "flags", Kind: Text, Doc: "Letters that change the meaning of the expression: `d`, `i`, `m`, `F`."},
	},
	Filters: true,
	Examples: []Example{{
		Query: `array:regex("file[]", regex="\\.(exe|dll)$", flags=i)`,
		In:    "{\"file[0]\":\"notes.txt\",\"file[1]\":\"SETUP.EXE\"}\n{\"file[0]\":\"a.exe.txt\"}\n{\"file\":\"b.exe\"}",
		Out:   `{"file[0]":"notes.txt","file[1]":"SETUP.EXE"}`,
	}, {
		Query: `not array:regex("file[]", regex="^[ab]")`,
		In:    "{\"file[0]\":\"c\",\"file[1]\":\"cab\"}\n{\"file[0]\":\"c\",\"file[1]\":\"b\"}\n{\"file\":\"none\"}",
		Out:   "{\"file[0]\":\"c\",\"file[1]\":\"cab\"}\n{\"file\":\"none\"}",
	}},
	NewMapper: func(c *Call) (MapperFactory, diag.List) {
		array, problems := c.arrayName("array")
		if len(problems) > 0 {
			return nil, problems
		}
		if strings.Contains(c.Text("flags"), "g") {
			return nil, c.Errorf("bad-regex", "flags", "array:regex() takes no flag g: one match is enough")
		}
		re, problems := regexArg(c)
		if re == nil {
			return nil, problems
		}
		return func(rt *plan.Runtime) plan.Mapper {
			return &arrayRegex{array: array, re: re, rt: rt, dicts: map[*event.Dict]*[]verdict{}}
		}, problems
	},
}

// arrayRegex is array:regex() at work.
type arrayRegex struct {
	array string
	re    *rx.Regexp
	rt    *plan.Runtime
	dicts map[*event.Dict]*[]verdict // by code
}

var _ plan.Mapper = (*arrayRegex)(nil)

// Map implements plan.Mapper. It looks at one element of all rows after the other.
func (m *arrayRegex) Map(b *event.Batch) error {
	found := event.NewBits(b.Len())
	left := slices.Clone(b.Selected())
	for i := 0; len(left) > 0; i++ {
		col := b.Column(elementName(m.array, i, ""))
		if col == nil {
			break
		}
		next := left[:0]
		fits := m.test(col)
		for _, r := range left {
			switch {
			case !col.Present(int(r)):
			case fits(int(r)):
				found.Set(int(r))
			default:
				next = append(next, r)
			}
		}
		left = next
	}
	b.Narrow(found.Get)
	return nil
}

// test looks for a match in the values of a column, in each entry of a dictionary once.
func (m *arrayRegex) test(col *event.Column) func(row int) bool {
	d, codes := col.Codes()
	if d == nil {
		return func(row int) bool {
			s, _ := col.Text(row)
			return m.match(s)
		}
	}
	known := m.dicts[d]
	if known == nil {
		if len(m.dicts) > 64 {
			clear(m.dicts)
		}
		known = new([]verdict)
		m.dicts[d] = known
	}
	*known = grow(*known, d.Len())
	return func(row int) bool {
		k := &(*known)[codes[row]]
		if *k == unknownVerdict {
			if *k = noMatch; m.match(d.Value(codes[row])) {
				*k = hasMatch
			}
		}
		return *k == hasMatch
	}
}

// verdict is what is known of an entry of a dictionary.
type verdict uint8

const (
	unknownVerdict verdict = iota
	noMatch
	hasMatch
)

func (m *arrayRegex) match(s string) bool {
	ok, err := m.re.Match(s)
	warnRegex(m.rt, err)
	return ok && err == nil
}
