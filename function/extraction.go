package function

import (
	"fmt"
	"slices"

	"harrier/diag"
	"harrier/event"
	"harrier/internal/rx"
	"harrier/plan"
)

// extraction is a regular expression whose named groups become fields.
type extraction struct {
	re     *rx.Regexp
	fields groupFields
	repeat bool // every match gives an event, up to limit
	limit  int
	strict bool // events without a match are dropped
	quiet  bool // says nothing of matches beyond limit
	at     diag.Span
}

// groupFields are the fields that the named groups of an expression write.
type groupFields struct {
	names  []string
	groups [][]int // for each name the groups that have it
	last   int     // the last group with a name
}

func newGroupFields(re *rx.Regexp) groupFields {
	var f groupFields
	for g, name := range re.Groups() {
		if name == "" {
			continue
		}
		i := slices.Index(f.names, name)
		if i < 0 {
			i = len(f.names)
			f.names, f.groups = append(f.names, name), append(f.groups, nil)
		}
		f.groups[i] = append(f.groups[i], g)
		f.last = g
	}
	return f
}

// groupMatch is what the named groups of one match caught, by field.
type groupMatch []caught

type caught struct {
	text string
	ok   bool
	code uint32 // in the dictionary of results, when the field searched has a dictionary
}

// valueMatches is all that an expression finds in a value.
type valueMatches struct {
	known   bool
	matches []groupMatch // nil: no match
}

// dictMatches are what was found in the values of a dictionary, and the dictionaries
// of what was caught.
type dictMatches struct {
	found []valueMatches // by code
	dicts []*event.Dict
}

// extractor is one worker's memory of an extraction.
type extractor struct {
	*extraction
	rt    *plan.Runtime
	caps  []rx.Span
	known map[*event.Dict]*dictMatches
}

func (x *extraction) extractor(rt *plan.Runtime) *extractor {
	return &extractor{extraction: x, rt: rt, caps: make([]rx.Span, x.fields.last+1), known: map[*event.Dict]*dictMatches{}}
}

// fromField makes the mapper that searches one field.
func (x *extraction) fromField(field string) MapperFactory {
	return func(rt *plan.Runtime) plan.Mapper {
		e := x.extractor(rt)
		return plan.MapperFunc(func(b *event.Batch) error {
			c := b.Column(field)
			if c == nil {
				if x.strict {
					b.Select([]int32{})
				}
				return nil
			}
			look := e.reader(c)
			var dicts []*event.Dict
			if d, _ := c.Codes(); d != nil {
				dicts = e.results(d).dicts
			}
			e.finish(b, func(r int32) []groupMatch { return look(r).matches }, dicts)
			return nil
		})
	}
}

// reader gives the function that tells what is found in a row of a column.
func (e *extractor) reader(c *event.Column) func(row int32) valueMatches {
	if s, ok := c.ConstantText(); ok {
		f := e.search(s)
		return func(int32) valueMatches { return f }
	}
	if d, codes := c.Codes(); d != nil {
		// Fast path: one search per distinct value.
		m := e.results(d)
		return func(row int32) valueMatches {
			code := codes[row]
			if code == event.NoCode {
				return valueMatches{}
			}
			if !m.found[code].known {
				f := e.search(d.Value(code))
				for _, one := range f.matches {
					for i := range one {
						if one[i].ok {
							one[i].code = m.dicts[i].Code(one[i].text)
						}
					}
				}
				m.found[code] = f
			}
			return m.found[code]
		}
	}
	return func(row int32) valueMatches {
		s, ok := c.Text(int(row))
		if !ok {
			return valueMatches{}
		}
		return e.search(s)
	}
}

// results finds what is remembered of a dictionary.
func (e *extractor) results(d *event.Dict) *dictMatches {
	m := e.known[d]
	if m == nil {
		if len(e.known) > 256 { // old dictionaries of a long scan are not looked at again
			clear(e.known)
		}
		m = &dictMatches{}
		for range e.fields.names {
			m.dicts = append(m.dicts, event.NewDict())
		}
		e.known[d] = m
	}
	if n := d.Len(); len(m.found) < n {
		m.found = append(m.found, make([]valueMatches, n-len(m.found))...)
	}
	return m
}

// noFields is the one match of an expression without named groups.
var noFields = []groupMatch{{}}

// search finds the matches in a value. One that is too expensive to look for is
// none, and the user is told.
func (e *extractor) search(s string) valueMatches {
	f := valueMatches{known: true}
	if len(e.fields.names) == 0 && !e.repeat {
		ok, err := e.re.Match(s)
		e.warn(err)
		if ok && err == nil {
			f.matches = noFields
		}
		return f
	}
	for from := 0; ; from = rx.Next(s, e.caps[0]) {
		ok, err := e.re.Find(s, from, e.caps)
		e.warn(err)
		if !ok || err != nil {
			return f
		}
		if e.repeat && len(f.matches) == e.limit {
			if !e.quiet {
				e.rt.Warn(diag.Warningf("regex-limit", e.at, "a value has more than %d matches of /%s/, and the rest of them is left out", e.limit, e.re))
			}
			return f
		}
		f.matches = append(f.matches, e.caught(s))
		if !e.repeat {
			return f
		}
	}
}

func (e *extractor) warn(err error) { warnRegex(e.rt, err) }

// warnRegex tells the user that a search was given up.
func warnRegex(rt *plan.Runtime, err error) {
	if err != nil {
		rt.Warn(diag.Diagnostic{Code: "regex-timeout", Severity: diag.Warning, Message: fmt.Sprint(err)})
	}
}

// caught reads the groups of the match at hand.
func (e *extractor) caught(s string) groupMatch {
	m := make(groupMatch, len(e.fields.names))
	for i, groups := range e.fields.groups {
		for _, g := range groups {
			if at := e.caps[g]; at.Start >= 0 {
				m[i].text, m[i].ok = s[at.Start:at.End], true
			}
		}
	}
	return m
}

// finish narrows or multiplies the rows of a batch and writes the fields. With
// dicts the codes of what was caught are those of these dictionaries.
func (e *extractor) finish(b *event.Batch, look func(row int32) []groupMatch, dicts []*event.Dict) {
	var rows []int32
	var picked []groupMatch // of each of rows; nil for one without a match
	several := false
	for _, r := range b.Selected() {
		matches := look(r)
		switch {
		case len(matches) == 0 && e.strict:
			continue
		case len(matches) == 0:
			rows, picked = append(rows, r), append(picked, nil)
			continue
		}
		several = several || len(matches) > 1
		for _, m := range matches {
			rows, picked = append(rows, r), append(picked, m)
		}
	}
	if rows == nil {
		rows = []int32{} // nil would select all
	}
	if several {
		b.Become(b.Gather(rows))
	} else {
		b.Select(rows)
	}
	if len(rows) > 0 {
		e.write(b, picked, dicts)
	}
}

// write writes the fields of the selected rows, the n-th of which has the n-th of
// picked.
func (e *extractor) write(b *event.Batch, picked []groupMatch, dicts []*event.Dict) {
	for i, name := range e.fields.names {
		if dicts != nil {
			codes := slices.Repeat([]uint32{event.NoCode}, b.Len())
			for n, r := range b.Selected() {
				if m := picked[n]; m != nil && m[i].ok {
					codes[r] = m[i].code
				}
			}
			setCodes(b, name, codes, dicts[i])
			continue
		}
		strs, valid := make([]string, b.Len()), event.NewBits(b.Len())
		for n, r := range b.Selected() {
			if m := picked[n]; m != nil && m[i].ok {
				strs[r] = m[i].text
				valid.Set(int(r))
			}
		}
		SetColumn(b, name, event.NewText(strs, valid))
	}
}
