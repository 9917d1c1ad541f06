package function

import (
	"strconv"
	"strings"

	"harrier/diag"
	"harrier/event"
	"harrier/plan"
)

var parseXMLFunc = &Function{
	Name:     "parseXml",
	Category: "parsing",
	Summary:  "Reads a text as XML and makes fields of its elements.",
	Doc: "The text of an element becomes a field whose name is the path to it from the root, with dots: `<a><b>1</b></a>` gives `a.b`. Elements that stand " +
		"several times in the same element are numbered in brackets: `a.b[0]`, `a.b[1]`. An attribute gets the path of its element, a dot and its name, and " +
		"when an element beside it has that name too, it is the first of them. An element without text gives a field only when it has neither attributes nor " +
		"elements in it; the texts between the elements of one that has both are joined by blanks. Names keep their namespace prefix, and declarations of namespaces give no field. " +
		"Existing fields of the same name are replaced. The manual shows paths of plain elements, and nothing of the rest.\n\n" +
		"A text that is no XML leaves the event as it is and adds `@error` and `@error_msg`; with `strict` the event is dropped instead. An absent field does " +
		"nothing, with `strict` too. Entities are those of XML itself; those that a document declares are no XML here.",
	Unnamed: "field",
	Params: []Param{
		{Name: "field", Kind: Field, Default: rawstringField, Doc: "The field to read."},
		{Name: "prefix", Kind: Text, Doc: "A text to put in front of all names, with its dot if there is to be one."},
		{Name: "strict", Kind: Bool, Default: "false", Doc: "Whether events whose text is no XML are dropped."},
	},
	Examples: []Example{{
		Query: `parseXml(doc) | drop(doc)`,
		In:    `{"doc":"<job id=\"7\"><run><user>kim</user></run><arg>-a</arg><arg>-b</arg></job>"}`,
		Out:   `{"job.id":"7","job.run.user":"kim","job.arg[0]":"-a","job.arg[1]":"-b"}`,
	}, {
		Query: `parseXml(doc, prefix="x.", strict=true) | drop(doc)`,
		In:    "{\"doc\":\"<a><![CDATA[1 < 2]]></a>\"}\n{\"doc\":\"<a>\"}\n{\"other\":\"1\"}",
		Out:   "{\"x.a\":\"1 < 2\"}\n{\"other\":\"1\"}",
	}, {
		Query: `parseXml(doc) | drop(@error_msg)`,
		In:    `{"doc":"<a></b>"}`,
		Out:   `{"doc":"<a></b>","@error":"true"}`,
	}},
	// Although a strict call drops events this is no filter, whose fields an assignment or a condition would lose.
	Effect: func(c *Call) plan.Effect {
		e := parsedEffect(c)
		if !c.Bool("strict") {
			e.MayWrite = append(e.MayWrite, errorField, messageField)
		}
		return e
	},
	NewMapper: func(c *Call) (MapperFactory, diag.List) {
		x := xmlFields{prefix: c.Text("prefix")}
		p := &fieldParser{name: "parseXml", from: []string{c.Field("field")}, parse: x.parse}
		if !c.Bool("strict") {
			return p.factory(), nil
		}
		s := &strictParser{p}
		return func(*plan.Runtime) plan.Mapper { return s }, nil
	},
}

// strictParser drops the events whose text cannot be read, and does to the others what its parser does.
type strictParser struct{ *fieldParser }

var _ plan.Mapper = (*strictParser)(nil)

// Map implements plan.Mapper.
func (p *strictParser) Map(b *event.Batch) error {
	if bad := p.read(b); len(bad) > 0 {
		b.Narrow(func(row int) bool {
			_, failed := bad[row]
			return !failed
		})
	}
	return nil
}

// xmlFields reads fields from XML.
type xmlFields struct{ prefix string }

func (x xmlFields) parse(text string) ([]parsedField, error) {
	doc, err := readXML(text)
	if err != nil {
		return nil, err
	}
	var out []parsedField
	for _, n := range doc {
		if n.kind == xmlElement {
			out = appendXML(out, n, x.prefix+n.name)
		}
	}
	return out, nil
}

// appendXML adds the fields of an element.
func appendXML(out []parsedField, n *xmlNode, path string) []parsedField {
	times, met := map[string]int{}, map[string]int{}
	for _, c := range n.children {
		if c.kind == xmlElement {
			times[c.name]++
		}
	}
	data := false // the element has attributes that are not about namespaces
	for _, a := range n.attrs {
		if a.name != "xmlns" && !strings.HasPrefix(a.name, "xmlns:") {
			data = true
			if times[a.name] > 0 {
				times[a.name]++
			}
		}
	}
	name := func(of string) string {
		if times[of] < 2 {
			return path + "." + of
		}
		i := met[of]
		met[of]++
		return path + "." + of + "[" + strconv.Itoa(i) + "]"
	}
	if text, ok := n.ownText(data); ok {
		out = append(out, parsedField{path, text})
	}
	for _, a := range n.attrs {
		if a.name != "xmlns" && !strings.HasPrefix(a.name, "xmlns:") {
			out = append(out, parsedField{name(a.name), a.value})
		}
	}
	for _, c := range n.children {
		if c.kind == xmlElement {
			out = appendXML(out, c, name(c.name))
		}
	}
	return out
}

// ownText is the text in an element that is not in the elements in it, if there is to be a field with it.
func (n *xmlNode) ownText(attrs bool) (string, bool) {
	parts := n.texts()
	if !n.elements() {
		text := strings.Join(parts, "")
		return text, text != "" || !attrs
	}
	// Blanks between elements are there for the eye.
	var words []string
	for _, p := range parts {
		if p = strings.Trim(p, blanks); p != "" {
			words = append(words, p)
		}
	}
	return strings.Join(words, " "), len(words) > 0
}
