package function

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"harrier/diag"
	"harrier/internal/flatjson"
	"harrier/plan"
)

var parseJSONFunc = &Function{
	Name:     "parseJson",
	Category: "parsing",
	Summary:  "Reads a text as JSON and makes fields of its members.",
	Doc: "A member of a nested object gets a name with dots and an entry of an array a number in brackets: `a.b[0].c`; the entries of an array that is the " +
		"whole text are `[0]`, `[1]` and so on. Numbers and booleans become the text as it is written. Empty objects and arrays give no field. " +
		"An existing field of the same name is replaced, and of members with the same name the last one counts.\n\n" +
		"`exclude` leaves out every field whose name starts with one of its paths, to the letter: `query` leaves out `queryText` and `query.id`. `[*]` in a " +
		"path stands for any number in brackets. `include` brings fields back in the same way; when paths of both fit, the one that covers more of the " +
		"name counts, and `include` when they cover the same. `include` by itself leaves nothing out. Both go by the name with `prefix` in front.\n\n" +
		"`removePrefixes` takes the longest of its texts that a name starts with away, before `prefix` is put in front: otherwise a prefix would only be " +
		"there to be taken away. A name of which nothing would be left stays whole, and `exclude` and `include` still go by the name in the text.\n\n" +
		"`handleNull` says what a null becomes: the text `null`, an empty text, or no field. It does so whatever `excludeEmpty`, which is about empty " +
		"strings only.\n\n" +
		"A text that is no JSON object or array leaves the event as it is and adds `@error` and `@error_msg`; an absent field does nothing. The manual " +
		"says this of parsers and nothing of searches, and here both do the same.",
	Unnamed: "field",
	Params: []Param{
		{Name: "field", Kind: Field, Default: rawstringField, Doc: "The field to read."},
		{Name: "prefix", Kind: Text, Doc: "A text to put in front of all names, with its dot if there is to be one."},
		{Name: "exclude", Kind: Texts, Doc: "Paths to leave out."},
		{Name: "include", Kind: Texts, Doc: "Paths to keep although they are excluded."},
		{Name: "removePrefixes", Kind: Texts, Doc: "Texts to take away from the start of names."},
		{Name: "excludeEmpty", Kind: Bool, Default: "false", Doc: "Whether empty strings give no field."},
		{Name: "handleNull", Kind: Enum, Default: "keep", Enum: []string{"keep", "discard", "empty"}, Doc: "What a null becomes."},
	},
	Examples: []Example{{
		Query: `parseJson(body)`,
		In:    `{"body":"{\"user\":{\"name\":\"ada\",\"ids\":[7,8]},\"ok\":true}"}`,
		Out: `{"body":"{\"user\":{\"name\":\"ada\",\"ids\":[7,8]},\"ok\":true}","user.name":"ada","user.ids[0]":"7","user.ids[1]":"8",` +
			`"ok":"true"}`,
	}, {
		Query: `parseJson(body, prefix="r.", exclude=["r.hits[*].raw", "r.meta"], include="r.meta.id") | drop(body)`,
		In:    `{"body":"{\"hits\":[{\"raw\":\"x\",\"n\":1},{\"raw\":\"y\",\"n\":2}],\"meta\":{\"id\":5,\"took\":3}}"}`,
		Out:   `{"r.hits[0].n":"1","r.hits[1].n":"2","r.meta.id":"5"}`,
	}, {
		Query: `parseJson(body, removePrefixes=["event.", "event.user."], handleNull=discard, excludeEmpty=true) | drop(body)`,
		In:    `{"body":"{\"event\":{\"user\":{\"id\":9},\"kind\":\"\",\"host\":\"db\",\"zone\":null}}"}`,
		Out:   `{"id":"9","host":"db"}`,
	}, {
		Query: `parseJson(body)`,
		In:    "{\"body\":\"{\\\"a\\\":\"}\n{\"other\":\"1\"}",
		Out: "{\"body\":\"{\\\"a\\\":\",\"@error\":\"true\",\"@error_msg\":\"parseJson: byte 5: the text ends where a value is expected\"}\n" +
			"{\"other\":\"1\"}",
	}},
	Effect: func(c *Call) plan.Effect {
		e := parsedEffect(c)
		e.MayWrite = append(e.MayWrite, errorField, messageField)
		return e
	},
	NewMapper: func(c *Call) (MapperFactory, diag.List) {
		j := &jsonFields{
			prefix: c.Text("prefix"), remove: c.Texts("removePrefixes"), exclude: jsonPaths(c.Texts("exclude")),
			include: jsonPaths(c.Texts("include")), excludeEmpty: c.Bool("excludeEmpty"), handleNull: c.Text("handleNull"),
		}
		p := &fieldParser{name: "parseJson", from: []string{c.Field("field")}, parse: j.parse}
		return p.factory(), nil
	},
}

// jsonFields reads fields from JSON.
type jsonFields struct {
	prefix           string
	remove           []string
	exclude, include []jsonPath
	excludeEmpty     bool
	handleNull       string
}

func (j *jsonFields) parse(text string) ([]parsedField, error) {
	data := []byte(text)
	var nulls []bool
	if j.handleNull != "keep" && bytes.Contains(data, []byte("null")) {
		nulls = jsonNulls(data)
	}
	var out []parsedField
	n := 0
	err := flattenJSON(data, func(name string, value []byte) {
		null := n < len(nulls) && nulls[n]
		n++
		switch {
		case null && j.handleNull == "discard":
			return
		case null:
			value = nil
		case len(value) == 0 && j.excludeEmpty:
			return
		}
		if !j.excluded(j.prefix + name) {
			out = append(out, parsedField{j.prefix + j.shorten(name), string(value)})
		}
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// wrapped makes an array the only member of an object. The member has no name, so that the names of the entries start
// with the bracket.
const wrapped = `{"":`

// flattenJSON is flatjson.Flatten, for arrays too.
func flattenJSON(data []byte, emit func(name string, value []byte)) error {
	if text := bytes.TrimLeft(data, " \t\r\n"); len(text) == 0 || text[0] != '[' {
		return flatjson.Flatten(data, emit)
	}
	var err error
	if !json.Valid(data) { // behind an array there may be what would go well with the object around it
		err = json.Unmarshal(data, new(any))
	} else {
		err = flatjson.Flatten(slices.Concat([]byte(wrapped), data, []byte("}")), emit)
	}
	var flat *flatjson.Error
	if errors.As(err, &flat) {
		return &flatjson.Error{Offset: flat.Offset - len(wrapped), Message: flat.Message}
	}
	return err
}

// jsonNulls tells of each value in a JSON text, in order, whether it is a null. A reader of flat fields sees only texts,
// and there a null and the string "null" look the same.
func jsonNulls(data []byte) []bool {
	var out []bool
	for i := 0; i < len(data); {
		switch data[i] {
		case '"':
			if i = stringEnd(data, i); i >= len(data) || nextByte(data, i) != ':' { // else it is the name of a member
				out = append(out, false)
			}
		case ' ', '\t', '\r', '\n', '{', '}', '[', ']', ',', ':':
			i++
		default:
			start := i
			for i < len(data) && strings.IndexByte(" \t\r\n{}[],:\"", data[i]) < 0 {
				i++
			}
			out = append(out, string(data[start:i]) == "null")
		}
	}
	return out
}

// stringEnd is the place behind the string that starts at i.
func stringEnd(data []byte, i int) int {
	for i++; i < len(data); i++ {
		switch data[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(data)
}

func nextByte(data []byte, i int) byte {
	if rest := bytes.TrimLeft(data[i:], " \t\r\n"); len(rest) > 0 {
		return rest[0]
	}
	return 0
}

// shorten takes the longest of the prefixes away.
func (j *jsonFields) shorten(name string) string {
	best := 0
	for _, p := range j.remove {
		if len(p) > best && len(p) < len(name) && strings.HasPrefix(name, p) {
			best = len(p)
		}
	}
	return name[best:]
}

func (j *jsonFields) excluded(name string) bool {
	out := longestPath(j.exclude, name)
	return out > 0 && out > longestPath(j.include, name)
}

// jsonPath is a path of exclude or include: its pieces stand between the [*] of the path.
type jsonPath []string

func jsonPaths(paths []string) []jsonPath {
	var out []jsonPath
	for _, p := range paths {
		if p != "" {
			out = append(out, strings.Split(p, "[*]"))
		}
	}
	return out
}

// longestPath is how much of a name the longest fitting path covers.
func longestPath(paths []jsonPath, name string) int {
	best := 0
	for _, p := range paths {
		best = max(best, p.covers(name))
	}
	return best
}

// covers is the length of what the path fits at the start of a name, 0 when it does not fit.
func (p jsonPath) covers(name string) int {
	rest := name
	for i, piece := range p {
		if i > 0 {
			var ok bool
			if rest, ok = strings.CutPrefix(rest, "["); !ok {
				return 0
			}
			digits := len(rest) - len(strings.TrimLeft(rest, "0123456789"))
			if digits == 0 || digits == len(rest) || rest[digits] != ']' {
				return 0
			}
			rest = rest[digits+1:]
		}
		var ok bool
		if rest, ok = strings.CutPrefix(rest, piece); !ok {
			return 0
		}
	}
	return len(name) - len(rest)
}
