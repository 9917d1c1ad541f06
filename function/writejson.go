package function

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"harrier/diag"
	"harrier/event"
	"harrier/internal/glob"
	"harrier/plan"
)

var writeJSONFunc = &Function{
	Name:     "writeJson",
	Category: "format",
	Summary:  "Writes fields as a JSON object.",
	Doc: "The fields are those whose names start with one of the texts of `field`, to the letter: `a.b` takes `a.b`, `a.bc`, `a.b.c` and `a.b[0]`. A text with an asterisk " +
		"is a pattern for whole names instead: `a.*.id`, `a.b[*]`.\n\n" +
		"Dots in names make objects within objects, and numbers in brackets the entries of arrays, where entries that are missing are `null`. Values that " +
		"are written as JSON writes numbers become numbers, digit for digit, and all others strings. Members are sorted by name. A field that fits into no such shape, as `a.b` " +
		"when there is a field `a` too, becomes a member with all that is left of its name: `{\"a\":\"1\",\"a.b\":\"2\"}`; so does one with an index above 9999.\n\n" +
		"An event with none of the fields gets no JSON.",
	Unnamed: "field",
	Params: []Param{
		{Name: "field", Kind: Texts, Default: rawstringField, Doc: "What the names of the fields start with, or patterns with asterisks."},
		{Name: "as", Kind: NewField, Default: "_json", Doc: "The field to write."},
	},
	Examples: []Example{{
		Query: `writeJson(["user", "ports"]) | select(_json)`,
		In:    `{"user.name":"kim","ports[1]":"443","ports[0]":"22","user.id":"007","host":"db7"}`,
		Out:   `{"_json":"{\"ports\":[22,443],\"user\":{\"id\":\"007\",\"name\":\"kim\"}}"}`,
	}, {
		Query: `doc := writeJson("*.id") | select(doc)`,
		In:    "{\"user.id\":\"7\",\"user.ids\":\"8\",\"id\":\"9\"}\n{\"host\":\"db7\"}",
		Out:   "{\"doc\":\"{\\\"user\\\":{\\\"id\\\":7}}\"}\n{}",
	}},
	// Which fields are read depends on their names.
	Effect: func(c *Call) plan.Effect {
		return plan.Effect{ReadsAll: true, MayWrite: []string{c.Field("as")}}
	},
	NewMapper: func(c *Call) (MapperFactory, diag.List) {
		var prefixes []string
		var patterns []*glob.Pattern
		for _, t := range c.Texts("field") {
			if strings.Contains(t, "*") {
				patterns = append(patterns, glob.Compile(t, glob.Options{}))
			} else {
				prefixes = append(prefixes, t)
			}
		}
		taken := func(name string) bool {
			return slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(name, p) }) ||
				slices.ContainsFunc(patterns, func(p *glob.Pattern) bool { return p.Match(name) })
		}
		as := c.Field("as")
		return func(*plan.Runtime) plan.Mapper {
			shapes := map[string]*jsonShape{} // by the names of the fields
			return plan.MapperFunc(func(b *event.Batch) error {
				var fields []jsonField
				for i, name := range b.Names() {
					if !event.Hidden(name) && taken(name) {
						fields = append(fields, jsonField{name, b.Columns()[i]})
					}
				}
				if len(fields) == 0 {
					return nil
				}
				slices.SortFunc(fields, func(a, b jsonField) int { return cmp.Compare(a.name, b.name) })
				var key, buf []byte
				values := make([]string, 0, len(fields))
				setWhere(b, as, func(row int) (string, bool) {
					key, values = key[:0], values[:0]
					for _, f := range fields {
						if v, ok := f.column.Text(row); ok {
							key, values = appendSized(key, f.name), append(values, v)
						}
					}
					if len(values) == 0 {
						return "", false
					}
					shape := shapes[string(key)]
					if shape == nil {
						if len(shapes) > maxShapes {
							clear(shapes)
						}
						shape = newJSONShape(fields, row)
						shapes[string(key)] = shape
					}
					buf = shape.append(buf[:0], values)
					return string(buf), true
				})
				return nil
			})
		}, nil
	},
}

// maxShapes bounds the shapes that are remembered; events of a kind mostly share theirs.
const maxShapes = 1024

type jsonField struct {
	name   string
	column *event.Column
}

// jsonShape is how names nest: an object, an array, or the place of a value.
type jsonShape struct {
	value   int // the number of the value; -1 for an object or an array
	array   bool
	members []jsonMember
	known   map[jsonStep]int // of members
}

type jsonMember struct {
	jsonStep
	shape *jsonShape
}

// jsonStep is a step from an object or an array to what is in it.
type jsonStep struct {
	name  string // of a member of an object
	index int    // of an entry of an array, otherwise -1
}

// What a single name can make is bounded.
const (
	maxJSONIndex = 9999
	maxJSONSteps = 256
)

// newJSONShape nests the names of the fields that a row has; fields are sorted by name.
func newJSONShape(fields []jsonField, row int) *jsonShape {
	root := &jsonShape{value: -1}
	n := 0
	for _, f := range fields {
		if f.column.Present(row) {
			root.put(f.name, n)
			n++
		}
	}
	root.sort()
	return root
}

// put places the n-th value under a name in an object. A name that collides with another one, or has no steps, is a
// member as it is; once a step is new, so are all that follow, so that nothing half made is left behind.
func (s *jsonShape) put(name string, n int) {
	steps := jsonSteps(name)
	at := s
	for i, step := range steps {
		if at.value >= 0 || at.array != (step.index >= 0) {
			break
		}
		m := at.find(step)
		switch {
		case i == len(steps)-1 && m == nil:
			at.add(step, &jsonShape{value: n})
			return
		case m == nil:
			m = &jsonShape{value: -1, array: steps[i+1].index >= 0}
			at.add(step, m)
		}
		at = m
	}
	s.add(jsonStep{name, -1}, &jsonShape{value: n})
}

func (s *jsonShape) find(step jsonStep) *jsonShape {
	if i, ok := s.known[step]; ok {
		return s.members[i].shape
	}
	return nil
}

func (s *jsonShape) add(step jsonStep, m *jsonShape) {
	if s.known == nil {
		s.known = map[jsonStep]int{}
	}
	s.known[step] = len(s.members)
	s.members = append(s.members, jsonMember{step, m})
}

func (s *jsonShape) sort() {
	slices.SortStableFunc(s.members, func(a, b jsonMember) int {
		return cmp.Or(cmp.Compare(a.index, b.index), cmp.Compare(a.name, b.name))
	})
	for _, m := range s.members {
		m.shape.sort()
	}
}

// jsonSteps cuts a name into its steps; none when it is not made of such.
func jsonSteps(name string) []jsonStep {
	var out []jsonStep
	for rest := name; rest != ""; {
		if len(out) == maxJSONSteps {
			return nil
		}
		if inner, ok := strings.CutPrefix(rest, "["); ok {
			digits, after, ok := strings.Cut(inner, "]")
			n, err := strconv.Atoi(digits)
			if !ok || err != nil || n < 0 || n > maxJSONIndex || strconv.Itoa(n) != digits {
				return nil
			}
			out, rest = append(out, jsonStep{index: n}), after
		} else {
			end := strings.IndexAny(rest, ".[")
			if end < 0 {
				end = len(rest)
			}
			if end == 0 {
				return nil
			}
			out, rest = append(out, jsonStep{rest[:end], -1}), rest[end:]
		}
		switch {
		case rest == "" || rest[0] == '[':
		case rest[0] == '.' && len(rest) > 1 && rest[1] != '[':
			rest = rest[1:]
		default:
			return nil
		}
	}
	return out
}

// append writes the shape with its values.
func (s *jsonShape) append(dst []byte, values []string) []byte {
	switch {
	case s.value >= 0:
		return appendJSONValue(dst, values[s.value])
	case s.array:
		dst = append(dst, '[')
		next := 0
		for _, m := range s.members {
			for ; next < m.index; next++ {
				dst = append(dst, "null,"...)
			}
			dst = append(m.shape.append(dst, values), ',')
			next++
		}
		return append(dst[:len(dst)-1], ']')
	}
	dst = append(dst, '{')
	for i, m := range s.members {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(appendJSONString(dst, m.name), ':')
		dst = m.shape.append(dst, values)
	}
	return append(dst, '}')
}

func appendJSONValue(dst []byte, s string) []byte {
	if isJSONNumber(s) {
		return append(dst, s...)
	}
	return appendJSONString(dst, s)
}

// isJSONNumber tells whether s is a number as JSON writes it: no sign in front but a minus, and no superfluous zeros.
func isJSONNumber(s string) bool {
	s = strings.TrimPrefix(s, "-")
	digits := func() bool {
		n := len(s) - len(strings.TrimLeft(s, "0123456789"))
		s = s[n:]
		return n > 0
	}
	if rest, ok := strings.CutPrefix(s, "0"); ok {
		s = rest
	} else if !digits() {
		return false
	}
	if rest, ok := strings.CutPrefix(s, "."); ok {
		if s = rest; !digits() {
			return false
		}
	}
	if s != "" && s[0]|0x20 == 'e' {
		s = s[1:]
		if s != "" && (s[0] == '+' || s[0] == '-') {
			s = s[1:]
		}
		if !digits() {
			return false
		}
	}
	return s == ""
}

// appendJSONString writes a string with the escapes that JSON asks for, and no others.
func appendJSONString(dst []byte, s string) []byte {
	const hex = "0123456789abcdef"
	dst = append(dst, '"')
	for i := 0; i < len(s); {
		c := s[i]
		switch {
		case c == '"' || c == '\\':
			dst = append(dst, '\\', c)
		case c == '\n':
			dst = append(dst, `\n`...)
		case c == '\r':
			dst = append(dst, `\r`...)
		case c == '\t':
			dst = append(dst, `\t`...)
		case c < ' ':
			dst = append(dst, `\u00`...)
			dst = append(dst, hex[c>>4], hex[c&15])
		case c < utf8.RuneSelf:
			dst = append(dst, c)
		default:
			r, n := utf8.DecodeRuneInString(s[i:])
			dst = utf8.AppendRune(dst, r) // a byte that is no UTF-8 becomes U+FFFD
			i += n
			continue
		}
		i++
	}
	return append(dst, '"')
}
