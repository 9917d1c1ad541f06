package cql

import (
	"strings"
	"unicode/utf8"

	"harrier/diag"
)

// parser reads characters. Errors are reported where they are found; after one,
// bad is set until the step ends, so that one mistake gives one diagnostic.
type parser struct {
	src      string
	i        int // next byte
	end      int // of the last thing that was not space or comment
	dialect  Dialect
	diags    diag.List
	comments []Comment
	depth    int
	bad      bool
	cut      bool // it was reported that brackets are not closed, or are too many
	quiet    bool // reading on trial: nothing is reported
}

func (p *parser) report(d diag.Diagnostic) {
	if d.Severity == diag.Error {
		if p.bad {
			return
		}
		p.bad = true
	}
	if !p.quiet {
		p.diags = append(p.diags, d)
	}
}

func (p *parser) syntaxf(at diag.Span, format string, args ...any) {
	p.report(diag.Errorf("syntax", at, format, args...))
}

// unportable reports what LogScale rejects and Harrier reads.
func (p *parser) unportable(d diag.Diagnostic) {
	if p.dialect == LogScale {
		d.Severity = diag.Error
	}
	p.report(d)
}

func (p *parser) eof() bool { return p.i >= len(p.src) }

// peek gives the next byte, or 0 at the end.
func (p *parser) peek() byte { return p.at(0) }

func (p *parser) at(n int) byte {
	if p.i+n < len(p.src) {
		return p.src[p.i+n]
	}
	return 0
}

// has tells whether text follows.
func (p *parser) has(text string) bool { return strings.HasPrefix(p.src[p.i:], text) }

// span reaches from start to the end of what was read last.
func (p *parser) span(start int) diag.Span { return diag.Span{Start: start, End: max(start, p.end)} }

func (p *parser) pos(start int) Pos { return Pos{p.span(start)} }

// move goes to offset i, which ends something.
func (p *parser) move(i int) { p.i, p.end = i, i }

// take reads text if it follows.
func (p *parser) take(text string) bool {
	if !p.has(text) {
		return false
	}
	p.move(p.i + len(text))
	return true
}

// skip passes over white space and comments.
func (p *parser) skip() {
	for !p.eof() {
		switch {
		case isSpace(p.peek()):
			p.i++
		case p.has("//"):
			n := strings.IndexByte(p.src[p.i:], '\n')
			if n < 0 {
				n = len(p.src) - p.i
			}
			p.comment(p.i + n)
		case p.has("/*"):
			n := strings.Index(p.src[p.i+2:], "*/")
			if n < 0 {
				p.report(diag.Errorf("unterminated-comment", diag.Span{Start: p.i, End: p.i + 2}, "this comment has no end").
					WithHelp("close it with */"))
				p.i = len(p.src)
				return
			}
			p.comment(p.i + n + 4)
		default:
			return
		}
	}
}

// comment keeps the comment that reaches to end, unless it was passed before.
func (p *parser) comment(end int) {
	if n := len(p.comments); n == 0 || p.comments[n-1].At.End <= p.i {
		text := strings.TrimRight(p.src[p.i:end], " \t\r")
		p.comments = append(p.comments, Comment{Pos{diag.Span{Start: p.i, End: p.i + len(text)}}, text})
	}
	p.i = end
}

// look gives the offset behind the white space and comments that follow i,
// without moving.
func (p *parser) look(i int) int {
	back := p.i
	comments, diags, bad := p.comments, p.diags, p.bad
	p.i = i
	p.skip()
	i = p.i
	p.i, p.comments, p.diags, p.bad = back, comments, diags, bad
	return i
}

// word reads the letters that follow, for keywords; "" when none do. The
// position does not change.
func (p *parser) keyword() string { return keywordAt(p.src, p.i) }

func keywordAt(s string, i int) string {
	j, ok := scanWord(s, i, true)
	if !ok {
		return ""
	}
	w := s[i:j]
	for _, c := range []byte(w) {
		if c|0x20 < 'a' || c|0x20 > 'z' {
			return ""
		}
	}
	return w
}

// maxShown is the length of the longest word that a message repeats.
const maxShown = 60

// unexpected reports the word or character that stands where something else
// must.
func (p *parser) unexpected(want string) {
	if p.bad {
		return
	}
	if p.eof() {
		p.syntaxf(diag.At(len(p.src)), "the text ends where %s is expected", want)
		return
	}
	r, n := utf8.DecodeRuneInString(p.src[p.i:])
	at := diag.Span{Start: p.i, End: p.i + n}
	if end, ok := scanWord(p.src, p.i, false); ok && end-p.i <= maxShown {
		at.End = end
	}
	d := diag.Errorf("syntax", at, "`%s` is not expected here, where %s should stand", p.src[at.Start:at.End], want)
	switch {
	case r == utf8.RuneError && n == 1:
		d.Message = "the text is not UTF-8 here"
	case r < ' ' || r == 0x7F:
		d.Message = "a control character stands here"
	case strings.ContainsRune("“”„‟«»", r):
		d.Message = "a typographic quotation mark stands here, which is no quote in CQL"
		d = d.WithFix(true, "use a plain quotation mark", diag.Edit{Span: at, Text: `"`})
	case strings.ContainsRune("‘’‚‛", r):
		d.Message = "a typographic apostrophe stands here, which is no quote in CQL"
		d = d.WithFix(true, "use a plain quotation mark", diag.Edit{Span: at, Text: `"`})
	case strings.ContainsRune("–—−", r):
		d.Message = "a typographic dash stands here"
		d = d.WithFix(true, "use a plain hyphen", diag.Edit{Span: at, Text: "-"})
	case r == '\u00A0':
		d.Message = "a no-break space stands here, which is no white space in CQL"
		d = d.WithFix(true, "use a plain space", diag.Edit{Span: at, Text: " "})
	}
	p.report(d)
}

// quoted reads the string at the position, which is a quotation mark.
func (p *parser) quoted() string {
	start := p.i
	s := p.src
	i := start + 1
	for i < len(s) && s[i] != '"' && s[i] != '\n' {
		if s[i] == '\\' && i+1 < len(s) && s[i+1] != '\n' {
			i++
		}
		i++
	}
	i = min(i, len(s))
	raw := s[start+1 : i]
	if i < len(s) && s[i] == '"' {
		p.move(i + 1)
		return unescape(raw)
	}
	p.move(i)
	p.report(diag.Errorf("unterminated-string", diag.Span{Start: start, End: start + 1}, "this string has no closing quote on its line").
		WithHelp(`close it with ", and write \n for a line break inside it`))
	return unescape(strings.TrimRight(raw, "\r"))
}

// unescape decodes the escapes of a quoted string: \" \\ \n \t \r. Any other
// backslash stays, so that regular expressions need no doubling.
func unescape(raw string) string {
	i := strings.IndexByte(raw, '\\')
	if i < 0 {
		return raw
	}
	out := make([]byte, 0, len(raw))
	for ; i >= 0; i = strings.IndexByte(raw, '\\') {
		out = append(out, raw[:i]...)
		if i+1 == len(raw) {
			raw = raw[i:]
			break
		}
		switch c := raw[i+1]; c {
		case '"', '\\':
			out = append(out, c)
		case 'n':
			out = append(out, '\n')
		case 't':
			out = append(out, '\t')
		case 'r':
			out = append(out, '\r')
		default:
			out = append(out, '\\', c)
		}
		raw = raw[i+2:]
	}
	return string(append(out, raw...))
}

// apostrophes reads a string in single quotes, which CQL does not have, as if it
// stood in double ones.
func (p *parser) apostrophes() string {
	start := p.i
	n := strings.IndexAny(p.src[start+1:], "'\n")
	if n < 0 || p.src[start+1+n] == '\n' {
		p.syntaxf(diag.Span{Start: start, End: start + 1}, "a single quote stands here, which means nothing in CQL")
		p.move(start + 1)
		return ""
	}
	text := p.src[start+1 : start+1+n]
	p.move(start + n + 2)
	at := p.span(start)
	p.report(diag.Errorf("syntax", at, "text stands in double quotes, not in single ones").
		WithFix(true, "use double quotes", diag.Edit{Span: at, Text: `"` + strings.ReplaceAll(text, `"`, `\"`) + `"`}))
	return text
}

// regex reads the literal at the position, which is a slash.
func (p *parser) regex() *Pattern {
	start := p.i
	s := p.src
	i := start + 1
	for i < len(s) && s[i] != '/' && s[i] != '\n' {
		if s[i] == '\\' && i+1 < len(s) && s[i+1] != '\n' {
			i++
		}
		i++
	}
	i = min(i, len(s))
	if i < len(s) && s[i] == '/' {
		i = p.slashInClass(start+1, i)
	}
	raw := strings.ReplaceAll(s[start+1:i], `\/`, `/`)
	if i == len(s) || s[i] != '/' {
		p.move(i)
		p.report(diag.Errorf("unterminated-regex", diag.Span{Start: start, End: start + 1}, "this regular expression has no closing slash on its line"))
		return &Pattern{Pos: p.pos(start), Kind: RegexText, Text: raw}
	}
	i++
	flags := i
	for i < len(s) && (s[i]|0x20 >= 'a' && s[i]|0x20 <= 'z') {
		i++
	}
	p.move(i)
	out := &Pattern{Pos: p.pos(start), Kind: RegexText, Text: raw, Flags: s[flags:i]}
	for k, c := range []byte(out.Flags) {
		if strings.IndexByte("dgimF", c) < 0 {
			d := diag.Errorf("syntax", diag.Span{Start: flags + k, End: flags + k + 1}, "%q is no flag of a regular expression; the flags are d, g, i, m and F", c)
			if c == 's' {
				d = d.WithFix(true, "use d, which lets the dot match line breaks", diag.Edit{Span: d.Span, Text: "d"})
			} else {
				d = d.WithHelp(`a slash inside the expression is written \/`)
			}
			p.report(d)
			break
		}
	}
	return out
}

// slashInClass looks at the expression from start to the slash at end. When that
// slash stands inside a [...] class, the expression cannot be meant to end there:
// this is reported, and the slash that ends it is given. Otherwise it is end.
func (p *parser) slashInClass(start, end int) int {
	var inner []diag.Edit
	for last := end; openClass(p.src[start:last]); {
		inner = append(inner, diag.Edit{Span: diag.At(last), Text: `\`})
		i := last + 1
		for i < len(p.src) && p.src[i] != '/' && p.src[i] != '\n' {
			if p.src[i] == '\\' && i+1 < len(p.src) && p.src[i+1] != '\n' {
				i++
			}
			i++
		}
		if i >= len(p.src) || p.src[i] == '\n' {
			return end
		}
		if last = i; !openClass(p.src[start:last]) {
			p.report(diag.Errorf("syntax", diag.Span{Start: end, End: end + 1}, `this slash ends the regular expression inside its [...]; a slash in it is written \/`).
				WithFix(true, "escape it", inner...))
			return last
		}
	}
	return end
}

// openClass tells whether a [...] class is not closed at the end of a regular
// expression.
func openClass(re string) bool {
	open := false
	for i := 0; i < len(re); i++ {
		switch {
		case re[i] == '\\':
			i++
		case !open && re[i] == '[':
			open = true
			// A bracket that is the first of the class stands for itself.
			if i+1 < len(re) && re[i+1] == '^' {
				i++
			}
			if i+1 < len(re) && re[i+1] == ']' {
				i++
			}
		case open && re[i] == ']':
			open = false
		}
	}
	return open
}
