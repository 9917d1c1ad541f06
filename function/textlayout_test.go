package function

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"harrier/event"
	"harrier/internal/textfmt"
	"harrier/plan"
)

// drawText draws a text made of the pieces that a format gives a meaning to.
func drawText(t *rapid.T, of ...string) string {
	return strings.Join(rapid.SliceOfN(rapid.SampledFrom(of), 0, 24).Draw(t, "pieces"), "")
}

// Whatever a text holds, reading it neither fails nor loses its place.
func TestReadersTakeAnyText(t *testing.T) {
	leef := leefParser{names: extensionNames{prefix: "e."}, header: "h.", delimiter: "\t", times: &leefTimes{zone: time.UTC, formats: map[string]*textfmt.TimeParser{}}}
	rapid.Check(t, func(t *rapid.T) {
		message := drawText(t, "CEF:0|", "LEEF:2.0|", "LEEF:1.0|", "LEEF:0|", "|", "||||", "\\", "=", " ", "\t", "a", "aLabel", "é", "\xff", "x5E", "devTime=", "devTimeFormat=")
		if version, rest, ok := cutMarker(message, "CEF:", isCEFVersion); ok && !strings.Contains(message, "CEF:"+version+"|"+rest) {
			t.Fatalf("%q was cut to %q and %q", message, version, rest)
		}
		for _, p := range cefPairs(message) {
			if !strings.Contains(message, p.name+"=") {
				t.Fatalf("%q has no key %q", message, p.name)
			}
		}
		if fields, err := leef.parse(message); err != nil || len(fields) > 0 && len(fields) < len(leefHeader) {
			t.Fatalf("%q gave %v (%v)", message, fields, err)
		}
		for _, p := range leefPairs(message, "\t") {
			if !strings.Contains(message, p.value) {
				t.Fatalf("%q has no value %q", message, p.value)
			}
		}
		link := drawText(t, "http", "s", "://", ":", "//", "/", "@", "?", "#", "[", "]", "::1", "80", "a.b", "_", "%", "%41", " ", "é", "\x00")
		if u, ok := strictURL(link); ok && u.path != nil && !strings.Contains(link, *u.path) {
			t.Fatalf("%q has no path %q", link, *u.path)
		}
		for _, f := range func() []parsedField { u := splitURI(link); return u.fields("p", "host") }() {
			if !strings.Contains(link, f.value) {
				t.Fatalf("%q has no %s %q", link, f.name, f.value)
			}
		}
		row := drawText(t, `"`, ",", " ", "a", "é")
		for rest, more, n := row, true, 0; more; n++ {
			if n > len(row) {
				t.Fatalf("%q never ends", row)
			}
			_, rest, more = csvValue(rest, ",", n%2 == 0)
		}
		line := drawText(t, "2024", "-", "02", "29", " ", "12:30:59", ":", "T", "Z", "+02", "jan", "Feb", "1", "9", ".", "1700000000", "UTC", "PM", "é", "\xff")
		if at, err := findTime(line, time.UTC, time.Unix(1700000000, 0)); err == nil && at.Year() < 1 {
			t.Fatalf("%q is in the year %d", line, at.Year())
		}
	})
}

func TestIndentedJSONIsTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := drawText(t, "{", "}", "[", "]", ",", `"a":`, `"b\"c{"`, "1.50", " ", "null", `""`)
		got, ok := indentJSON(text, "   ")
		if ok != json.Valid([]byte(text)) {
			t.Fatalf("%s is laid out: %v", text, ok)
		}
		if !ok {
			return
		}
		var before, after bytes.Buffer
		json.Compact(&before, []byte(text))
		json.Compact(&after, []byte(got))
		if before.String() != after.String() {
			t.Fatalf("%s became %s", text, got)
		}
	})
	if _, ok := indentJSON(strings.Repeat("[", 300)+strings.Repeat("]", 300), "  "); ok {
		t.Error("JSON that is nested too deep is laid out")
	}
	if _, ok := indentJSON(strings.Repeat("[", 200)+strings.Repeat("1,", 1<<20)+"1"+strings.Repeat("]", 200), "  "); ok {
		t.Error("JSON that would take too much is laid out")
	}
}

// normalXML is a tree as its layout must leave it.
func normalXML(n *xmlNode) string {
	if n.kind != xmlElement {
		return fmt.Sprint(n.kind, xmlWords(n.text))
	}
	var b strings.Builder
	fmt.Fprintf(&b, "<%s %v>", n.name, n.attrs)
	texts := n.texts()
	for i, c := range n.children {
		switch {
		case c.kind != xmlText:
			b.WriteString(normalXML(c))
		case i == 0 || n.children[i-1].kind != xmlText:
			if words := xmlWords(texts[0]); len(words) > 0 {
				fmt.Fprint(&b, words)
			}
			texts = texts[1:]
		}
	}
	return b.String() + "</>"
}

func TestIndentedXMLIsTheSame(t *testing.T) {
	var element func(t *rapid.T, depth int) string
	element = func(t *rapid.T, depth int) string {
		name := rapid.SampledFrom([]string{"a", "b", "n:c"}).Draw(t, "name")
		attrs := rapid.SampledFrom([]string{"", ` x="1"`, ` x="&quot; &lt;&#10;" n:y='z z'`}).Draw(t, "attributes")
		var in strings.Builder
		for range rapid.IntRange(0, 4).Draw(t, "pieces") {
			if depth < 3 && rapid.Bool().Draw(t, "element") {
				in.WriteString(element(t, depth+1))
				continue
			}
			in.WriteString(rapid.SampledFrom([]string{"word", "  two words\n", "&amp;&gt;", "<![CDATA[<x> ]]>", "<!-- c -->", "<?p i?>", "ž\u00a0"}).Draw(t, "text"))
		}
		return "<" + name + attrs + ">" + in.String() + "</" + name + ">"
	}
	rapid.Check(t, func(t *rapid.T) {
		text := element(t, 0)
		doc, err := readXML(text)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		w := xmlWriter{step: rapid.IntRange(0, 3).Draw(t, "step"), width: rapid.IntRange(1, 40).Draw(t, "width")}
		for _, n := range doc {
			w.node(n, 0)
		}
		again, err := readXML(w.out.String())
		if err != nil {
			t.Fatalf("%s became %s: %v", text, w.out.String(), err)
		}
		if len(again) != 1 || normalXML(doc[0]) != normalXML(again[0]) {
			t.Fatalf("%s became %s", text, w.out.String())
		}
	})
	if _, err := readXML(strings.Repeat("<a>", 300) + strings.Repeat("</a>", 300)); err == nil {
		t.Error("XML that is nested too deep is read")
	}
}

// What writeJson() writes is JSON, and parseJson() finds the same values in it.
func TestWrittenJSON(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		step := rapid.SampledFrom([]string{"a", "b", ".a", ".b", "[0]", "[2]", "[01]", ".", "[", "]", "é"})
		names := rapid.SliceOfNDistinct(rapid.Map(rapid.SliceOfN(step, 1, 4), func(s []string) string { return strings.Join(s, "") }), 1, 8, rapid.ID[string]).Draw(t, "names")
		b := event.NewBatch(1)
		want := map[string]bool{}
		for i, n := range names {
			value := rapid.SampledFrom([]string{"", "1", "-0.5e+10", "01", "true", "\"\\\n\x01\u2028\xff"}).Draw(t, "value") + fmt.Sprint(i)
			b.Set(n, event.NewConstant(1, value))
			want[strings.ToValidUTF8(value, "\ufffd")] = true
		}
		c := &Call{Function: writeJSONFunc, Env: &Env{}, Args: lawArgs("field", lawTexts("*"), "as", lawText("out"))}
		f, problems := writeJSONFunc.NewMapper(c)
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		if err := f(&plan.Runtime{}).Map(b); err != nil {
			t.Fatal(err)
		}
		out, _ := b.Text("out", 0)
		got := map[string]bool{}
		if !json.Valid([]byte(out)) {
			t.Fatalf("%q made %s", names, out)
		}
		err := flattenJSON([]byte(out), func(_ string, value []byte) { got[string(value)] = true })
		delete(got, "null") // of gaps
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Fatalf("%q made %s: %v, want %v (%v)", names, out, got, want, err)
		}
	})
}
