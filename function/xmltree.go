package function

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

// maxXMLDepth is how deeply elements may be nested.
const maxXMLDepth = 256

// xmlNode is a piece of an XML document: an element, or a text, comment, directive or processing instruction.
type xmlNode struct {
	name     string // of an element, with its namespace prefix as written; "" for other pieces
	attrs    []xmlAttr
	children []*xmlNode
	text     string // of other pieces, without escapes when it is text
	kind     xmlKind
}

type xmlAttr struct{ name, value string }

type xmlKind uint8

const (
	xmlElement xmlKind = iota
	xmlText
	xmlComment
	xmlDirective
	xmlInstruction
)

// readXML reads a document with a single root. Namespaces are left as they are written, the entities are those of XML
// itself, and what a DTD says counts for nothing, so that a text cannot make itself larger than it is.
func readXML(text string) ([]*xmlNode, error) {
	d := xml.NewDecoder(strings.NewReader(text))
	// The text is UTF-8 here, whatever its declaration says it was.
	d.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil }
	top := &xmlNode{}
	open := []*xmlNode{top}
	roots := 0
	for {
		token, err := d.RawToken()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, xmlError(d, err)
		}
		in := open[len(open)-1]
		add := func(kind xmlKind, text string) {
			in.children = append(in.children, &xmlNode{kind: kind, text: text})
		}
		switch t := token.(type) {
		case xml.StartElement:
			if len(open) > maxXMLDepth {
				return nil, fmt.Errorf("byte %d: elements are nested more than %d deep", d.InputOffset(), maxXMLDepth)
			}
			if len(open) == 1 {
				if roots++; roots > 1 {
					return nil, fmt.Errorf("byte %d: a second element follows the root", d.InputOffset())
				}
			}
			n := &xmlNode{name: xmlName(t.Name)}
			known := make(map[string]bool, len(t.Attr))
			for _, a := range t.Attr {
				name := xmlName(a.Name)
				if known[name] {
					return nil, fmt.Errorf("byte %d: the attribute %s is there twice", d.InputOffset(), name)
				}
				known[name] = true
				n.attrs = append(n.attrs, xmlAttr{name, a.Value})
			}
			in.children = append(in.children, n)
			open = append(open, n)
		case xml.EndElement:
			if name := xmlName(t.Name); len(open) == 1 || in.name != name {
				return nil, fmt.Errorf("byte %d: </%s> ends no open element", d.InputOffset(), name)
			}
			open = open[:len(open)-1]
		case xml.CharData:
			if len(open) == 1 && strings.TrimLeft(string(t), " \t\r\n\ufeff") != "" {
				return nil, fmt.Errorf("byte %d: text stands outside the root element", d.InputOffset())
			}
			if len(open) > 1 {
				add(xmlText, string(t))
			}
		case xml.Comment:
			add(xmlComment, string(t))
		case xml.Directive:
			add(xmlDirective, string(t))
		case xml.ProcInst:
			add(xmlInstruction, strings.TrimSpace(t.Target+" "+string(t.Inst)))
		}
	}
	switch {
	case len(open) > 1:
		return nil, fmt.Errorf("the text ends inside <%s>", open[len(open)-1].name)
	case roots == 0:
		return nil, errors.New("there is no element")
	}
	return top.children, nil
}

func xmlError(d *xml.Decoder, err error) error {
	var syntax *xml.SyntaxError
	if errors.As(err, &syntax) {
		return fmt.Errorf("byte %d: %s", d.InputOffset(), syntax.Msg)
	}
	return fmt.Errorf("byte %d: %w", d.InputOffset(), err)
}

// xmlName is a name as it is written; without the translation of namespaces Space is their prefix.
func xmlName(n xml.Name) string {
	if n.Space != "" {
		return n.Space + ":" + n.Local
	}
	return n.Local
}

// texts are the texts in the element, those that only the seam of a CDATA section parts being one.
func (n *xmlNode) texts() []string {
	var out []string
	for i := 0; i < len(n.children); i++ {
		if n.children[i].kind != xmlText {
			continue
		}
		var b strings.Builder
		for ; i < len(n.children) && n.children[i].kind == xmlText; i++ {
			b.WriteString(n.children[i].text)
		}
		out = append(out, b.String())
	}
	return out
}

// elements tells whether the node has elements in it.
func (n *xmlNode) elements() bool {
	for _, c := range n.children {
		if c.kind == xmlElement {
			return true
		}
	}
	return false
}
