package rx

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Replacer replaces the matches of a Regexp. It is immutable and safe for concurrent use.
type Replacer struct {
	re    *Regexp
	parts []part
	last  int // the highest group referred to
}

// part is a text, followed by what a group matched unless group is -1.
type part struct {
	text  string
	group int
}

// Replacer reads the text that stands in for matches, in the manner of Java:
//
//	$1, $12     what the group matched; digits are taken as long as there is such a group
//	${name}     what the named group matched; a number will do too
//	\$, \\, \x  the character behind the backslash
//	$$          a dollar sign, for those who come from elsewhere; so is a dollar sign before anything else
//
// A group that took no part in the match stands for the empty text. The error is an *Error with an offset in with.
func (re *Regexp) Replacer(with string) (*Replacer, error) {
	r := &Replacer{re: re}
	var text strings.Builder
	group := func(n int) {
		r.parts = append(r.parts, part{text.String(), n})
		r.last = max(r.last, n)
		text.Reset()
	}
	for i := 0; i < len(with); i++ {
		c := with[i]
		if i+1 == len(with) || c != '\\' && c != '$' {
			text.WriteByte(c)
			continue
		}
		i++
		switch next := with[i]; {
		case c == '\\' || next == '$':
			text.WriteByte(next)
		case next-'0' < 10:
			n := int(next - '0')
			if n >= len(re.groups) {
				return nil, &Error{Offset: i - 1, Message: fmt.Sprintf("the replacement refers to group `$%d`, but the pattern has %d", n, len(re.groups)-1)}
			}
			for i+1 < len(with) && with[i+1]-'0' < 10 && n*10+int(with[i+1]-'0') < len(re.groups) {
				i++
				n = n*10 + int(with[i]-'0')
			}
			group(n)
		case next == '{':
			name, _, found := strings.Cut(with[i+1:], "}")
			if !found {
				return nil, &Error{Offset: i - 1, Message: "the group name `${` of the replacement is not closed by `}`"}
			}
			n, ok := re.groupByName(name)
			if !ok {
				return nil, &Error{Offset: i - 1, Message: fmt.Sprintf("the replacement refers to group `${%s}`, which the pattern does not have", name)}
			}
			group(n)
			i += len(name) + 1
		default:
			// The dollar sign is itself, and what follows is looked at in its own right.
			text.WriteByte('$')
			i--
		}
	}
	r.parts = append(r.parts, part{text.String(), -1})
	return r, nil
}

func (re *Regexp) groupByName(name string) (int, bool) {
	for i, g := range re.groups {
		if i > 0 && g == name && name != "" {
			return i, true
		}
	}
	n := 0
	for _, c := range name {
		if !unicode.Is(unicode.Nd, c) || c >= utf8.RuneSelf || n >= len(re.groups) {
			return 0, false
		}
		n = n*10 + int(c-'0')
	}
	return n, name != "" && n < len(re.groups)
}

// Replace returns s with every match replaced. As in Java an empty match right behind another match counts: ".*" on
// "ab" matches twice.
func (r *Replacer) Replace(s string) (string, error) {
	var few [8]Span
	caps := few[:]
	if r.last >= len(few) {
		caps = make([]Span, r.last+1)
	}
	caps = caps[:r.last+1]

	var out strings.Builder
	done := 0
	for from := 0; from <= len(s); from = Next(s, caps[0]) {
		ok, err := r.re.Find(s, from, caps)
		if err != nil {
			return "", err
		}
		if !ok {
			break
		}
		out.WriteString(s[done:caps[0].Start])
		for _, p := range r.parts {
			out.WriteString(p.text)
			if p.group >= 0 && caps[p.group].Start >= 0 {
				out.WriteString(s[caps[p.group].Start:caps[p.group].End])
			}
		}
		done = caps[0].End
	}
	if done == 0 && out.Len() == 0 {
		return s, nil
	}
	out.WriteString(s[done:])
	return out.String(), nil
}

// ReplaceAll replaces every match in s. For many texts, prepare a Replacer once.
func (re *Regexp) ReplaceAll(s, with string) (string, error) {
	r, err := re.Replacer(with)
	if err != nil {
		return "", err
	}
	return r.Replace(s)
}
