package function

import (
	"harrier/diag"
	"harrier/event"
	"harrier/internal/rx"
	"harrier/plan"
)

var splitStringFunc = &Function{
	Name:     "splitString",
	Category: "string",
	Summary:  "Cuts a text at the matches of a regular expression, into an array or to pick one piece.",
	Doc: "Between two matches that touch there is an empty piece. Nothing is made of what stands before a match at the start of the text or behind one " +
		"at its end, so that `/usr/lib/` cut by `/` has two pieces. A text without a match, such as the empty text, is one piece. A match without length " +
		"cuts between two characters.\n\n" +
		"LogScale documents the start of the text by an example only, and the end not at all; at the end we do as Java does, which drops all empty pieces " +
		"there.\n\n" +
		"Without `index` the pieces become the array `as`, of which nothing else is left. With it the one piece is written to the field `as`; negative " +
		"numbers count from the end, and a piece that there is not writes nothing. A text is cut into 8,000 pieces at most, which is how many fields an " +
		"event may have in LogScale, and what is left is dropped with a warning. An absent field writes nothing.",
	Unnamed: "field",
	Params: []Param{
		{Name: "field", Kind: Field, Default: "@rawstring", Doc: "The field to read."},
		{Name: "by", Kind: Regex, Required: true, Doc: "What stands between the pieces."},
		{Name: "as", Kind: NewField, Default: "_splitstring", Doc: "The array to write, or the field."},
		{Name: "index", Kind: Int, Doc: "The piece to write, from 0, or from -1 for the last one."},
	},
	Examples: []Example{{
		Query: `part := splitString(path, by="\\\\") | file := splitString(path, by="\\\\", index=-1)`,
		In:    `{"path":"\\Windows\\System32\\cmd.exe"}`,
		Out:   `{"path":"\\Windows\\System32\\cmd.exe","part[0]":"Windows","part[1]":"System32","part[2]":"cmd.exe","file":"cmd.exe"}`,
	}, {
		Query: `splitString(field=list, by="\\s*,\\s*")`,
		In:    "{\"list\":\"a , b,,c,,\"}\n{\"list\":\"\"}\n{\"other\":\"a,b\"}",
		Out: "{\"list\":\"a , b,,c,,\",\"_splitstring[0]\":\"a\",\"_splitstring[1]\":\"b\",\"_splitstring[2]\":\"\",\"_splitstring[3]\":\"c\"}\n" +
			"{\"list\":\"\",\"_splitstring[0]\":\"\"}\n{\"other\":\"a,b\"}",
	}, {
		Doc:   "An event of every line.",
		Query: `splitString(field=text, by="\\n", as=line) | split(line) | drop([text, _index])`,
		In:    `{"text":"up\ndown\n"}`,
		Out:   "{\"line\":\"up\"}\n{\"line\":\"down\"}",
	}},
	Effect: func(c *Call) plan.Effect {
		if c.Has("index") {
			return mayWrite(c)
		}
		return plan.Effect{Reads: []string{c.Field("field")}, WritesUnknown: true}
	},
	NewMapper: func(c *Call) (MapperFactory, diag.List) {
		by, problems := c.Regexp("by", rx.Flags{})
		if by == nil {
			return nil, problems
		}
		field, as, at := c.Field("field"), c.Field("as"), c.At
		if c.Has("index") {
			index := c.Int("index")
			return func(rt *plan.Runtime) plan.Mapper {
				cut := &cutter{by: by, rt: rt, at: at}
				return mapText(field, as, func(s string) (string, bool) {
					i, pieces := index, cut.pieces(s)
					if i < 0 {
						i += len(pieces)
					}
					if i < 0 || i >= len(pieces) {
						return "", false
					}
					return pieces[i], true
				})(rt)
			}, problems
		}
		return func(rt *plan.Runtime) plan.Mapper {
			return &stringSplitter{cut: cutter{by: by, rt: rt, at: at}, field: field, as: as, known: map[*event.Dict][][]string{}}
		}, problems
	},
}

// cutter cuts texts into pieces.
type cutter struct {
	by *rx.Regexp
	rt *plan.Runtime
	at diag.Span
}

// maxPieces is how many pieces a text is cut into at most.
const maxPieces = 8000

// pieces gives the pieces of a text; none when the search for a match takes too long.
func (c *cutter) pieces(s string) []string {
	var out []string
	start := 0 // of the present piece
	var m [1]rx.Span
	for from := 0; from <= len(s); from = rx.Next(s, m[0]) {
		ok, err := c.by.Find(s, from, m[:])
		if err != nil {
			c.rt.Warn(diag.Diagnostic{Code: "regex-timeout", Severity: diag.Warning, Span: c.at, Message: err.Error()})
			return nil
		}
		if !ok {
			break
		}
		if m[0].End == 0 || m[0].Start == m[0].End && m[0].Start == len(s) {
			continue // a match without length at either end cuts nothing
		}
		if m[0].Start > 0 {
			if len(out) == maxPieces {
				c.rt.Warn(diag.Warningf("too-many-pieces", c.at, "a text has more than %d pieces, and those behind are dropped", maxPieces))
				return out
			}
			out = append(out, s[start:m[0].Start])
		}
		start = m[0].End
	}
	if len(out) < maxPieces {
		out = append(out, s[start:])
	}
	if start == 0 {
		return out // no match
	}
	for len(out) > 0 && out[len(out)-1] == "" {
		out = out[:len(out)-1]
	}
	return out
}

// stringSplitter is splitString() without an index at work.
type stringSplitter struct {
	cut       cutter
	field, as string
	known     map[*event.Dict][][]string // the pieces of dictionary values; nil: not worked out
}

var _ plan.Mapper = (*stringSplitter)(nil)

// Map implements plan.Mapper.
func (m *stringSplitter) Map(b *event.Batch) error {
	col := b.Column(m.field)
	if col == nil {
		return nil
	}
	pieces := make([][]string, b.Len()) // by row
	has, length := event.NewBits(b.Len()), 0
	split := m.splitter(col)
	for _, r := range b.Selected() {
		if col.Present(int(r)) {
			pieces[r] = split(int(r))
			has.Set(int(r))
			length = max(length, len(pieces[r]))
		}
	}
	setArray(b, m.as, has, length, []string{""}, func(row, i, _ int) (string, bool) {
		if i >= len(pieces[row]) {
			return "", false
		}
		return pieces[row][i], true
	})
	return nil
}

// splitter gives the pieces of a row, worked out once for each value of a dictionary.
func (m *stringSplitter) splitter(col *event.Column) func(row int) []string {
	d, codes := col.Codes()
	if d == nil {
		return func(row int) []string {
			s, _ := col.Text(row)
			return m.cut.pieces(s)
		}
	}
	if len(m.known) > 64 {
		clear(m.known) // the dictionaries of splits long read
	}
	known := m.known[d]
	if n := d.Len(); len(known) < n {
		known = append(known, make([][]string, n-len(known))...)
		m.known[d] = known
	}
	return func(row int) []string {
		code := codes[row]
		if known[code] == nil {
			known[code] = append([]string{}, m.cut.pieces(d.Value(code))...)
		}
		return known[code]
	}
}
