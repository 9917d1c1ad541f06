package function

import (
	"fmt"
	"strings"
	"testing"
)

func TestParseJSON(t *testing.T) {
	for _, c := range []struct {
		text, want string
		args       jsonFields
	}{
		{text: `{}`, want: ""},
		{text: ` [ {"x":1}, [true], "s" ] `, want: "[0].x=1 [1][0]=true [2]=s"},
		{text: `[]`, want: ""},
		{text: `[1],"a":2`, want: "error"},
		{text: `[1]}`, want: "error"},
		{text: `[1`, want: "error"},
		{text: ``, want: "error"},
		{text: `5`, want: "error"},
		{text: `{"a":1} x`, want: "error"},
		{text: `[` + strings.Repeat(`[`, 300) + strings.Repeat(`]`, 300) + `]`, want: "error"},
		{text: `{"a":1,"a":2,"b.c":3,"d":1.50e3}`, want: "a=1 a=2 b.c=3 d=1.50e3"},

		{text: `{"a":null,"b":"null","null":null,"c":["null",null],"d":"\"null","e":""}`, want: `a=null b=null null=null c[0]=null c[1]=null d="null e=`},
		{text: `{"a":null,"b":"null","null" : null,"c":["null",null],"d":"\"null","e":""}`, args: jsonFields{handleNull: "discard"}, want: `b=null c[0]=null d="null e=`},
		{text: `{"a":null,"b":"null","null":null,"c":["null",null],"e":""}`, args: jsonFields{handleNull: "empty", excludeEmpty: true}, want: `a= b=null null= c[0]=null c[1]=`},
		{text: `[null,1,-2.5,true,"x"]`, args: jsonFields{handleNull: "discard"}, want: "[1]=1 [2]=-2.5 [3]=true [4]=x"},

		{text: `{"query":1,"queryStart":2,"query2":{"x":3},"other":4}`, args: jsonFields{exclude: jsonPaths([]string{"query"}), include: jsonPaths([]string{"queryStart"})}, want: "queryStart=2 other=4"},
		{text: `{"a":{"b":1,"c":2}}`, args: jsonFields{exclude: jsonPaths([]string{"a.b"}), include: jsonPaths([]string{"a"})}, want: "a.c=2"},
		{text: `{"a":{"b":1,"c":2}}`, args: jsonFields{exclude: jsonPaths([]string{"a.b"}), include: jsonPaths([]string{"a.b"})}, want: "a.b=1 a.c=2"},
		{text: `{"a":1}`, args: jsonFields{include: jsonPaths([]string{"b"})}, want: "a=1"},
		{text: `{"a":[{"x":1,"y":2},{"x":3}],"a2":5}`, args: jsonFields{exclude: jsonPaths([]string{"a[*].x"})}, want: "a[0].y=2 a2=5"},
		{text: `{"a":[{"x":1,"y":2},{"x":3}],"a2":5}`, args: jsonFields{exclude: jsonPaths([]string{"a[*]"})}, want: "a2=5"},
		{text: `{"a":[[1,2],[3]]}`, args: jsonFields{exclude: jsonPaths([]string{"a[*][*]"}), include: jsonPaths([]string{"a[1]"})}, want: ""},
		{text: `{"a":[[1,2],[3]]}`, args: jsonFields{exclude: jsonPaths([]string{"a"}), include: jsonPaths([]string{"a[1]"})}, want: "a[1][0]=3"},
		{text: `{"a":1,"b":2}`, args: jsonFields{exclude: jsonPaths([]string{""})}, want: "a=1 b=2"},

		{text: `{"a":{"b":{"c":1}},"ab":2}`, args: jsonFields{remove: []string{"a", "a.b."}, prefix: "p."}, want: "p.c=1 p.b=2"},
		{text: `{"a":1}`, args: jsonFields{remove: []string{"a"}}, want: "a=1"},
		{text: `{"a":{"b":1}}`, args: jsonFields{remove: []string{"a."}, prefix: "x.", exclude: jsonPaths([]string{"x.b"})}, want: "x.b=1"},
	} {
		if c.args.handleNull == "" {
			c.args.handleNull = "keep"
		}
		fields, err := c.args.parse(c.text)
		var got []string
		for _, f := range fields {
			got = append(got, f.name+"="+f.value)
		}
		s := strings.Join(got, " ")
		if err != nil {
			s = "error"
		}
		if s != c.want {
			t.Errorf("%s: %s (%v), want %s", c.text, s, err, c.want)
		}
	}
}

// TestParsedFieldsHidden checks that a text cannot write the fields of the engine, and what becomes of texts that repeat.
func TestParsedFieldsHidden(t *testing.T) {
	got := textMapped(t, parseJSONFunc, map[string]string{"field": "x"}, `{"\u0000raw":1,"":2,"a":3}`, `{"a":4}`, "{")
	want := "[a=3 a=4 @error=true @error_msg=parseJson: byte 1: the text ends where the name of a member is expected ]"
	if s := fmt.Sprint(got); s != want {
		t.Errorf("%s, want %s", s, want)
	}
}
