package function

import "strings"

// The formats CEF and LEEF are alike: a marker with a version, a header whose values end in bars, and an extension of
// pairs, in which a key may have a label that says what its value means.

// cutMarker finds the first place with marker, a version that is one, and a bar.
func cutMarker(text, marker string, isVersion func(s string) bool) (version, rest string, ok bool) {
	for {
		_, text, ok = strings.Cut(text, marker)
		if !ok {
			return "", "", false
		}
		if bar := strings.IndexByte(text, '|'); bar >= 0 && isVersion(text[:bar]) {
			return text[:bar], text[bar+1:], true
		}
	}
}

// cutHeader reads n values, each of which ends in a bar; the end of the text is as good as the last bar. With escapes a
// backslash takes the meaning of a bar or a backslash away.
func cutHeader(s string, n int, escapes bool) (values []string, rest string, ok bool) {
	for len(values) < n {
		end := 0
		for end < len(s) && s[end] != '|' {
			if escapes && s[end] == '\\' && end+1 < len(s) {
				end++
			}
			end++
		}
		value := s[:end]
		if escapes {
			value = unescape(value, `|\`)
		}
		values = append(values, value)
		if end == len(s) {
			return values, "", len(values) == n
		}
		s = s[end+1:]
	}
	return values, s, true
}

// unescape takes away the backslashes in front of the given characters, and makes line ends of n and r when those are
// among them.
func unescape(s, special string) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) && strings.IndexByte(special, s[i+1]) >= 0 {
			i++
			switch s[i] {
			case 'n':
				b.WriteByte('\n')
				continue
			case 'r':
				b.WriteByte('\r')
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// headerFields names the values of a header.
func headerFields(prefix string, names, values []string) []parsedField {
	out := make([]parsedField, 0, len(names)+16)
	for i, name := range names {
		out = append(out, parsedField{prefix + name, values[i]})
	}
	return out
}

// extensionNames are the names of the fields made of an extension.
type extensionNames struct {
	prefix string
	labels string
	plain  bool // there are no labels
	keep   bool // what has a label stays under its key too
}

// labelSuffix is what the key of a label has behind the key of its value.
const labelSuffix = "Label"

// appendPairs adds the fields of an extension: its pairs in order, then the labels.
func (x extensionNames) appendPairs(out []parsedField, pairs []parsedField) []parsedField {
	if x.plain {
		for _, p := range pairs {
			out = append(out, parsedField{x.prefix + p.name, p.value})
		}
		return out
	}
	values := make(map[string]string, len(pairs))
	for _, p := range pairs {
		values[p.name] = p.value
	}
	// labelled tells whether a key has both a value and a label that can name it.
	labelled := func(key string) bool {
		_, ok := values[key]
		return ok && values[key+labelSuffix] != ""
	}
	var labels []parsedField
	for _, p := range pairs {
		of, isLabel := strings.CutSuffix(p.name, labelSuffix)
		isLabel = isLabel && labelled(of)
		if labelled(p.name) {
			labels = append(labels, parsedField{x.labels + values[p.name+labelSuffix], values[p.name]})
		} else if !isLabel {
			out = append(out, parsedField{x.prefix + p.name, p.value})
			continue
		}
		if x.keep {
			out = append(out, parsedField{x.prefix + p.name, p.value})
		}
	}
	return append(out, labels...)
}

// cefPairs reads the extension of CEF: key=value pairs with blanks between them and in them.
func cefPairs(s string) []parsedField {
	var out []parsedField
	key, start := "", -1 // of the pair in hand
	end := func(at int) {
		if start >= 0 {
			out = append(out, parsedField{key, unescape(strings.TrimRight(s[start:at], blanks), `=\nr`)})
		}
	}
	word := 0 // where the word in hand starts
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case ' ', '\t':
			word = i + 1
		case '=':
			if word < i && isKey(s[word:i]) {
				end(word)
				key, start = s[word:i], i+1
				word = len(s) // the rest of the word is value, whatever equals signs it has
			}
		}
	}
	end(len(s))
	return out
}

// isKey tells whether a word can be the key of a pair.
func isKey(s string) bool {
	for i := range len(s) {
		c := s[i]
		if !('a' <= c|0x20 && c|0x20 <= 'z' || '0' <= c && c <= '9' || strings.IndexByte("_-.[]", c) >= 0) {
			return false
		}
	}
	return s != ""
}
