package function

import (
	"slices"
	"strings"
	"unicode/utf8"

	"harrier/diag"
)

var xmlPrettyPrintFunc = &Function{
	Name:     "xml:prettyPrint",
	Category: "format",
	Summary:  "Writes XML on several lines, with what is nested moved to the right.",
	Doc: "An element without elements in it stays on one line when the line is not longer than `width`. Otherwise its two tags stand on lines of their own, and what is " +
		"in it between them, one step to the right, where text goes on to the next line at a blank when it is too long; a tag does so between attributes. " +
		"Blanks and line ends in texts become one blank, and those between elements go. Comments, the declaration and the document type get lines of their own. " +
		"Empty elements are written with a single tag, CDATA sections as plain text with escapes.\n\n" +
		"A text that is no XML, or would become longer than 16 MiB, is copied as it is, or with `strict` writes nothing. An absent field writes nothing. It takes time, so filter first.",
	Unnamed: "field",
	Params: []Param{
		{Name: "field", Kind: Field, Default: rawstringField, Doc: "The field to read."},
		{Name: "as", Kind: NewField, Doc: "The field to write; the one that is read when not given."},
		{Name: "step", Kind: Int, Default: "2", Min: 0, Max: 16, Doc: "How many blanks each level is moved to the right."},
		{Name: "strict", Kind: Bool, Default: "false", Doc: "Whether nothing is written for a text that is no XML."},
		{Name: "width", Kind: Int, Default: "80", Min: 1, Max: 1 << 20, Doc: "How many characters a line may have, where it can be broken."},
	},
	Examples: []Example{{
		Query: `xml:prettyPrint(doc)`,
		In:    `{"doc":"<?xml version=\"1.0\"?><job id=\"7\"><arg>-a   -b</arg><env/></job>"}`,
		Out:   `{"doc":"<?xml version=\"1.0\"?>\n<job id=\"7\">\n  <arg>-a -b</arg>\n  <env/>\n</job>"}`,
	}, {
		Query: `nice := xml:prettyPrint(doc, step=1, width=14, strict=true) | drop(doc)`,
		In:    "{\"doc\":\"<note to=\\\"kim\\\" on=\\\"mon\\\">bring some milk</note>\"}\n{\"doc\":\"<note>\"}",
		Out:   "{\"nice\":\"<note to=\\\"kim\\\"\\n on=\\\"mon\\\">\\n bring some\\n milk\\n</note>\"}\n{}",
	}},
	Effect: prettyEffect,
	NewMapper: func(c *Call) (MapperFactory, diag.List) {
		step, width := c.Int("step"), c.Int("width")
		return c.mapPretty(func(s string) (string, bool) {
			doc, err := readXML(s)
			if err != nil {
				return "", false
			}
			w := xmlWriter{step: step, width: width}
			for _, n := range doc {
				w.node(n, 0)
			}
			return w.out.String(), w.out.Len() <= maxPretty
		}), nil
	},
}

// xmlWriter lays out XML.
type xmlWriter struct {
	step, width int
	out         strings.Builder
}

// line writes a line.
func (w *xmlWriter) line(indent int, s string) {
	if w.out.Len() > 0 {
		w.out.WriteByte('\n')
	}
	for range indent {
		w.out.WriteByte(' ')
	}
	w.out.WriteString(s)
}

// pieces writes texts with blanks between them, on as few lines as the width allows. All lines but the first are moved
// to the right by hang.
func (w *xmlWriter) pieces(indent, hang int, pieces []string) {
	line := ""
	for i, p := range pieces {
		switch {
		case i == 0:
			line = p
		case indent+utf8.RuneCountInString(line)+1+utf8.RuneCountInString(p) > w.width:
			w.line(indent, line)
			indent += hang
			hang, line = 0, p
		default:
			line += " " + p
		}
	}
	w.line(indent, line)
}

func (w *xmlWriter) node(n *xmlNode, indent int) {
	if w.out.Len() > maxPretty {
		return
	}
	switch n.kind {
	case xmlText:
		if words := strings.Fields(n.text); len(words) > 0 {
			w.pieces(indent, 0, strings.Split(textEscaper.Replace(strings.Join(words, " ")), " "))
		}
	case xmlComment:
		w.line(indent, "<!--"+n.text+"-->")
	case xmlDirective:
		w.line(indent, "<!"+n.text+">")
	case xmlInstruction:
		w.line(indent, "<?"+n.text+"?>")
	default:
		w.element(n, indent)
	}
}

func (w *xmlWriter) text(s string, indent int) {
	words := xmlWords(s)
	for i := range words {
		words[i] = textEscaper.Replace(words[i])
	}
	if len(words) > 0 {
		w.pieces(indent, 0, words)
	}
}

// xmlWords cuts a text at what XML takes for blanks.
func xmlWords(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(blanks, r) })
}

func (w *xmlWriter) element(n *xmlNode, indent int) {
	tag := []string{"<" + n.name}
	for _, a := range n.attrs {
		tag = append(tag, a.name+`="`+attrEscaper.Replace(a.value)+`"`)
	}
	last := &tag[len(tag)-1]
	texts := n.texts()
	if !slices.ContainsFunc(n.children, func(c *xmlNode) bool { return c.kind != xmlText }) {
		text := textEscaper.Replace(strings.Join(xmlWords(strings.Join(texts, "")), " "))
		if text == "" {
			*last += "/>"
			w.pieces(indent, max(w.step, 1), tag)
			return
		}
		whole := strings.Join(tag, " ") + ">" + text + "</" + n.name + ">"
		if indent+utf8.RuneCountInString(whole) <= w.width {
			w.line(indent, whole)
			return
		}
	}
	*last += ">"
	w.pieces(indent, max(w.step, 1), tag)
	for i, c := range n.children {
		switch {
		case c.kind != xmlText:
			w.node(c, indent+w.step)
		case i == 0 || n.children[i-1].kind != xmlText:
			w.text(texts[0], indent+w.step)
			texts = texts[1:]
		}
	}
	w.line(indent, "</"+n.name+">")
}

var (
	textEscaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
	attrEscaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "\n", "&#10;", "\r", "&#13;", "\t", "&#9;")
)
