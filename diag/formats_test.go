package diag

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"unicode"

	"harrier/internal/sarif"
)

func TestJSON(t *testing.T) {
	var b strings.Builder
	if err := JSON(&b, nil); err != nil || b.String() != "[]\n" {
		t.Errorf("nothing: %q, %v", b.String(), err)
	}
	b.Reset()
	err := JSON(&b, []File{
		{Source{Name: "q.cql", Text: "é <b\nx"}, List{
			Errorf("e", Span{3, 5}, "a < b").WithNote(Span{6, 7}, "see").WithFix(true, "t", Edit{Span{6, 99}, "y"}),
		}},
		{Source{Name: "r.md", Text: "x", Origin: 4}, List{Infof("i", At(1), "m").WithHelp("h")}},
	})
	if err != nil {
		t.Fatal(err)
	}
	const want = `[
  {
    "file": "q.cql",
    "code": "e",
    "severity": "error",
    "line": 1,
    "column": 3,
    "endLine": 1,
    "endColumn": 5,
    "offset": 3,
    "endOffset": 5,
    "message": "a < b",
    "notes": [
      {
        "line": 2,
        "column": 1,
        "endLine": 2,
        "endColumn": 2,
        "offset": 6,
        "endOffset": 7,
        "message": "see"
      }
    ],
    "help": "",
    "fix": {
      "title": "t",
      "safe": true,
      "edits": [
        {
          "line": 2,
          "column": 1,
          "endLine": 2,
          "endColumn": 2,
          "offset": 6,
          "endOffset": 7,
          "text": "y"
        }
      ]
    }
  },
  {
    "file": "r.md",
    "code": "i",
    "severity": "info",
    "line": 5,
    "column": 2,
    "endLine": 5,
    "endColumn": 2,
    "offset": 1,
    "endOffset": 1,
    "message": "m",
    "notes": [],
    "help": "h",
    "fix": null
  }
]
`
	if b.String() != want {
		t.Errorf("got\n%s", b.String())
	}
}

func TestSARIF(t *testing.T) {
	fixed := Errorf("no-x", Span{0, 1}, "m").WithHelp("h").WithNote(Span{2, 3}, "n").WithFix(true, "t", Edit{Span{0, 1}, "y"})
	var b bytes.Buffer
	err := SARIF(&b, "1.2", []File{
		{Source{Name: "./a b.cql", Text: "x\nz"}, List{fixed, Warningf("w", At(1), "m2")}},
		{Source{Name: "r.md", Text: "x\nz", Origin: 4}, List{fixed}},
	})
	if err != nil {
		t.Fatal(err)
	}
	var got bytes.Buffer
	if err := json.Compact(&got, b.Bytes()); err != nil {
		t.Fatal(err)
	}
	place := func(uri, region string) string {
		return `"physicalLocation":{"artifactLocation":{"uri":"` + uri + `"},"region":{` + region + `}}`
	}
	want := `{"$schema":"` + sarif.Schema + `","version":"2.1.0","runs":[{"tool":{"driver":{"name":"Harrier","version":"1.2","rules":[` +
		`{"id":"no-x","shortDescription":{"text":"no x"}},{"id":"w","shortDescription":{"text":"w"}}]}},` +
		`"columnKind":"unicodeCodePoints","results":[` +
		`{"ruleId":"no-x","ruleIndex":0,"level":"error","message":{"text":"m\nh"},` +
		`"locations":[{` + place("a%20b.cql", `"startLine":1,"startColumn":1,"endLine":1,"endColumn":2`) + `}],` +
		`"relatedLocations":[{` + place("a%20b.cql", `"startLine":2,"startColumn":1,"endLine":2,"endColumn":2`) + `,"message":{"text":"n"}}],` +
		`"fixes":[{"description":{"text":"t"},"artifactChanges":[{"artifactLocation":{"uri":"a%20b.cql"},"replacements":[` +
		`{"deletedRegion":{"startLine":1,"startColumn":1,"endLine":1,"endColumn":2},"insertedContent":{"text":"y"}}]}]}]},` +
		`{"ruleId":"w","ruleIndex":1,"level":"warning","message":{"text":"m2"},` +
		`"locations":[{` + place("a%20b.cql", `"startLine":1,"startColumn":2,"endLine":1,"endColumn":2`) + `}]},` +
		`{"ruleId":"no-x","ruleIndex":0,"level":"error","message":{"text":"m\nh"},` +
		`"locations":[{` + place("r.md", `"startLine":5,"endLine":5`) + `}],` +
		`"relatedLocations":[{` + place("r.md", `"startLine":6,"endLine":6`) + `,"message":{"text":"n"}}]}` +
		`]}]}`
	if got.String() != want {
		t.Errorf("got\n%s\nwant\n%s", got.String(), want)
	}

	b.Reset()
	if err := SARIF(&b, "", nil); err != nil || !strings.Contains(b.String(), `"results": []`) || !strings.Contains(b.String(), `"rules": []`) {
		t.Errorf("nothing: %s, %v", b.String(), err)
	}
}

// FuzzRender feeds every renderer with texts and spans that need not fit.
func FuzzRender(f *testing.F) {
	f.Add("a | b\n", "m", 0, 3, 4, 9, 0, false)
	f.Add("\t日本\xff\x1b[0m\r\n\u202e", "x\ny", -3, 99, 7, 2, 5, true)
	f.Add(strings.Repeat("aé日", 400), "", 1200, 1300, 0, 1, 0, false)
	f.Add(strings.Repeat("\u0301\x80", 900), "", 2000, 900, 1, 2699, 1, true)
	f.Fuzz(func(t *testing.T, text, msg string, a, b, c, d, origin int, color bool) {
		if origin < 0 || origin > 1<<30 {
			origin = 0
		}
		src := Source{Name: msg, Text: text, Origin: origin}
		list := List{
			Errorf(msg, Span{a, b}, "%s", msg).WithNote(Span{c, d}, "%s", msg).WithHelp("%s", msg).
				WithFix(true, msg, Edit{Span{a, c}, msg}, Edit{Span{c, d}, text}),
			Infof("i", Span{d, a}, "m").WithFix(false, "t", Edit{Span{b, b}, "("}, Edit{Span{c, c}, ")"}),
		}
		var out bytes.Buffer
		Text(&out, src, list, TextOptions{Color: color})
		if !color {
			for _, r := range out.String() {
				if r != '\n' && !unicode.IsPrint(r) {
					t.Fatalf("%q is written as it is: %q", r, out.String())
				}
			}
		}
		files := []File{{src, list}}
		out.Reset()
		if err := JSON(&out, files); err != nil || !json.Valid(out.Bytes()) {
			t.Fatalf("JSON: %v: %s", err, out.Bytes())
		}
		var places []jsonPlace
		if err := json.Unmarshal(out.Bytes(), &places); err != nil {
			t.Fatal(err)
		}
		for _, p := range places {
			if p.Offset < 0 || p.EndOffset < p.Offset || p.EndOffset > len(text) || p.Line < 1 || p.Column < 1 ||
				p.EndLine < p.Line || p.EndLine == p.Line && p.EndColumn < p.Column {
				t.Fatalf("a place outside the text: %+v", p)
			}
		}
		out.Reset()
		if err := SARIF(&out, msg, files); err != nil || !json.Valid(out.Bytes()) {
			t.Fatalf("SARIF: %v: %s", err, out.Bytes())
		}
		if got, n := Apply(text, []*Fix{list[0].Fix, list[1].Fix, list[0].Fix}); n > 2 || n == 0 && got != text {
			t.Fatalf("Apply made %d: %q", n, got)
		}
	})
}
