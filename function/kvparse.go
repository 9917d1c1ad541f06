package function

import (
	"strings"
	"unicode/utf8"

	"harrier/diag"
)

var kvParseFunc = &Function{
	Name:     "kvParse",
	Category: "parsing",
	Summary:  "Finds key=value pairs in a text and makes fields of them.",
	Doc: "A key is what stands in front of the separator, back to a blank, a comma, a quote or another separator; blanks between the two do not matter. " +
		"A value reaches to the next blank, and may contain separators and commas, but a comma at its end is left out. Keys and values may stand in " +
		"single or double quotes, and then contain anything but that quote; there are no escapes, and a quote that is not closed is a character like " +
		"others. Text that is no pair is passed over.\n\n" +
		"`separatorPadding` says whether blanks stand around separators:\n\n" +
		"* `unknown`: behind a separator blanks are skipped, so that `a = b = c` gives a the value `b`.\n" +
		"* `no`: a value stands right behind its separator, else it is empty: `a = b` gives a the empty text.\n" +
		"* `yes`: as `unknown`, but a word with a separator behind it is a key and not the value before, which is then empty: `a = b = c` gives an empty a and the value " +
		"`c` to b. When such a word stands right behind the separator before it (`a=b = c`), its own value must do so too, so that a and b are both empty; " +
		"this is what the table in LogScale's manual shows.\n\n" +
		"Fields that an event already has are left alone unless `override=true`, whatever `onDuplicate` says about keys that come twice in the text. When " +
		"several fields are read their texts count as one after the other. The manual calls `excludeEmpty` an array and gives it the default false; it " +
		"is true or false here.",
	Unnamed: "field",
	Params: []Param{
		{Name: "field", Kind: Fields, Default: rawstringField, Doc: "The field, or fields, to read."},
		{Name: "as", Kind: Text, Doc: "A prefix for the names of the new fields; a dot is put behind it."},
		{Name: "prefix", Kind: Text, Doc: "Another name of `as`."},
		{Name: "override", Kind: Bool, Default: "false", Doc: "Whether existing fields are replaced."},
		{Name: "onDuplicate", Kind: Enum, Default: "keepLast", Enum: []string{"keepFirst", "keepLast"}, Doc: "Which value of a repeated key counts."},
		{Name: "separator", Kind: Text, Default: "=", Doc: "The character between key and value."},
		{Name: "separatorPadding", Kind: Enum, Default: "unknown", Enum: []string{"no", "unknown", "yes"}, Doc: "Whether blanks stand around separators."},
		{Name: "excludeEmpty", Kind: Bool, Default: "false", Doc: "Whether pairs with an empty value are left out."},
	},
	Examples: []Example{{
		Query: `kvParse(line) | drop(line)`,
		In:    `{"line":"logon ok id=42, who='Ada L' from = \"10.0.0.1\" note="}`,
		Out:   `{"id":"42","who":"Ada L","from":"10.0.0.1","note":""}`,
	}, {
		Query: `kvParse(line, as=kv, separator=":", onDuplicate=keepFirst, excludeEmpty=true) | drop(line)`,
		In:    `{"line":"port:22 port:23 url:http://a.example/ tag:"}`,
		Out:   `{"kv.port":"22","kv.url":"http://a.example/"}`,
	}, {
		Doc:   "A field that is there stays.",
		Query: `kvParse(line) | drop(line)`,
		In:    "{\"line\":\"status=200 size=9\",\"status\":\"\"}\n{\"line\":\"status=404\"}\n{\"size\":\"1\"}",
		Out:   "{\"status\":\"\",\"size\":\"9\"}\n{\"status\":\"404\"}\n{\"size\":\"1\"}",
	}, {
		Query: `kvParse(line, separatorPadding=yes, override=true) | drop(line)`,
		In:    `{"line":"first = Ada middle = last = Lovelace","middle":"-"}`,
		Out:   `{"middle":"","first":"Ada","last":"Lovelace"}`,
	}},
	Effect:    parsedEffect,
	NewMapper: newKVParse,
}

func newKVParse(c *Call) (MapperFactory, diag.List) {
	separator := c.Text("separator")
	if c.unknown("separator") {
		separator = "="
	}
	r, n := utf8.DecodeRuneInString(separator)
	if n == 0 || n != len(separator) || r == '"' || r == '\'' {
		return nil, c.Errorf("bad-value", "separator", "the separator is a single character and no quote, and %q is not", separator)
	}
	prefix, _, problems := c.eitherText("as", "prefix")
	if len(problems) > 0 {
		return nil, problems
	}
	if prefix != "" {
		prefix += "."
	}
	kv := kvPairs{separator: separator, padding: c.Text("separatorPadding")}
	excludeEmpty := c.Bool("excludeEmpty")
	p := &fieldParser{
		name: "kvParse", from: c.Fields("field"), keep: !c.Bool("override"), keepFirst: c.Text("onDuplicate") == "keepFirst",
		parse: func(text string) ([]parsedField, error) {
			var out []parsedField
			kv.read(text, func(key, value string) {
				if value != "" || !excludeEmpty {
					out = append(out, parsedField{prefix + key, value})
				}
			})
			return out, nil
		},
	}
	return p.factory(), nil
}

// kvPairs is a way of writing keys and values.
type kvPairs struct {
	separator string
	padding   string // no, unknown or yes
}

// read finds the pairs of a text.
func (k kvPairs) read(s string, emit func(key, value string)) {
	if !strings.Contains(s, k.separator) {
		return
	}
	at, strict := 0, false
	for at < len(s) {
		key, end := k.key(s, at)
		if key == "" || !k.isKey(s, end) {
			at = max(end, at+1)
			continue
		}
		sep := k.blanks(s, end)
		start := sep + len(k.separator)
		var value string
		value, at, strict = k.value(s, start, strict)
		emit(key, value)
	}
}

// key reads the word, quoted or not, that starts at i; it is "" when none does.
func (k kvPairs) key(s string, i int) (key string, end int) {
	if text, end, ok := quoted(s, i); ok {
		if strings.HasPrefix(s[k.blanks(s, end):], k.separator) {
			return text, end
		}
		return "", i // the quote is only a character, and there may be pairs behind it
	}
	end = i
	for end < len(s) && !k.isBlank(s[end]) && s[end] != '"' && s[end] != '\'' && s[end] != ',' && !strings.HasPrefix(s[end:], k.separator) {
		end++
	}
	return s[i:end], end
}

// value reads the value behind a separator that ends at start, and tells where to go on. strict says that it must
// stand right there; strictNext that the value of the key to come must.
func (k kvPairs) value(s string, start int, strict bool) (value string, next int, strictNext bool) {
	at := start
	if k.padding != "no" && !strict {
		at = k.blanks(s, start)
	}
	if text, end, ok := quoted(s, at); ok {
		if k.padding == "yes" && k.isKey(s, end) {
			return "", at, at == start
		}
		return text, end, false
	}
	end := at
	for end < len(s) && !k.isBlank(s[end]) {
		end++
	}
	if k.padding == "yes" && end > at && k.isKey(s, end) {
		return "", at, at == start
	}
	return strings.TrimSuffix(s[at:end], ","), end, false
}

// isKey tells whether blanks and a separator follow at i.
func (k kvPairs) isKey(s string, i int) bool {
	return strings.HasPrefix(s[k.blanks(s, i):], k.separator)
}

// blanks is the place of the first byte at i or behind it that is no blank.
func (k kvPairs) blanks(s string, i int) int {
	for i < len(s) && k.isBlank(s[i]) {
		i++
	}
	return i
}

// isBlank tells of a blank that is not the separator itself.
func (k kvPairs) isBlank(c byte) bool {
	return (c == ' ' || '\t' <= c && c <= '\r') && c != k.separator[0]
}

// quoted reads the text in quotes that starts at i.
func quoted(s string, i int) (text string, end int, ok bool) {
	if i >= len(s) || s[i] != '"' && s[i] != '\'' {
		return "", i, false
	}
	n := strings.IndexByte(s[i+1:], s[i])
	if n < 0 {
		return "", i, false
	}
	return s[i+1 : i+1+n], i + n + 2, true
}
