package flatjson

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
)

// flat gives the fields of data as name=value lines.
func flat(data []byte) (string, error) {
	var b strings.Builder
	err := Flatten(data, func(name string, value []byte) { fmt.Fprintf(&b, "%s=%s\n", name, value) })
	return b.String(), err
}

func TestFlatten(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{`{}`, ""},
		{" {\t\r\n} ", ""},
		{`{"a":"b"}`, "a=b\n"},
		{`{"a":1,"b":-0.50e+07,"c":true,"d":false,"e":null}`, "a=1\nb=-0.50e+07\nc=true\nd=false\ne=null\n"},
		{`{"a":{"b":[{"c":1},{"c":2},3]}, "z": 4}`, "a.b[0].c=1\na.b[1].c=2\na.b[2]=3\nz=4\n"},
		{`{"a":[[1,[2]],[]],"b":{}}`, "a[0][0]=1\na[0][1][0]=2\n"},
		{`{"a":{"x":1},"a":2,"a":{"y":3}}`, "a.x=1\na=2\na.y=3\n"},
		{`{"":1,"a":{"":{"":2}}}`, "=1\na..=2\n"},
		{`{"":{"a":1}}`, ".a=1\n"},
		{`{"a\u002eb":"\"\\\/\b\f\n\r\t\u00e9"}`, "a.b=\"\\/\b\f\n\r\té\n"},
		{`{"a":"\ud83d\ude00","b":"x\ud83dy","c":"\ude00","d":"\ud83d\u0041","e":"\ud83d\ud83d\ude00"}`,
			"a=😀\nb=x\ufffdy\nc=\ufffd\nd=\ufffdA\ne=\ufffd😀\n"},
		{"{\"a\":\"\xff\"}", "a=\xff\n"},
	} {
		if got, err := flat([]byte(c.in)); err != nil || got != c.want {
			t.Errorf("%s: %q, %v; want %q", c.in, got, err, c.want)
		}
	}
}

func TestErrors(t *testing.T) {
	deep := strings.Repeat(`{"a":`, MaxDepth) + "1" + strings.Repeat("}", MaxDepth)
	if _, err := flat([]byte(deep)); err != nil {
		t.Error(err)
	}
	for _, c := range []struct {
		in     string
		offset int
		word   string
	}{
		{``, 0, "ends"}, {` [1]`, 1, "{"}, {`{`, 1, "name"}, {`{"a`, 1, "closed"}, {`{"a"`, 4, ":"}, {`{"a":`, 5, "value"},
		{`{"a":1`, 6, ", or }"}, {`{"a":1,}`, 7, "name"}, {`{"a":[1,]}`, 8, "value"}, {`{"a":[1`, 7, ", or ]"},
		{`{"a":01}`, 6, "start with 0"}, {`{"a":-}`, 6, "digit"}, {`{"a":1.}`, 7, "digit"}, {`{"a":1e}`, 7, "digit"},
		{`{"a":trux}`, 8, "true"}, {`{"a":nul`, 8, "ends"}, {`{"a":"\x"}`, 6, "escape"}, {`{"a":"\u12g4"}`, 6, "hexadecimal"},
		{`{"a":"\`, 5, "closed"}, {`{"a":"b\u`, 7, "hexadecimal"}, {"{\"a\":\"\n\"}", 6, "control"}, {"{\"a\":\"\\n\x01\"}", 8, "control"},
		{`{"a":1} x`, 8, "end of the text"}, {"{\"a\":1}\x00", 7, "end of the text"}, {`{a:1}`, 1, "name"}, {`{"a":'b'}`, 5, "value"},
		{`{"a":` + deep + `}`, 5 * MaxDepth, "deeper"}, {`{"a":` + strings.Repeat("[", MaxDepth), 4 + MaxDepth, "deeper"},
	} {
		_, err := flat([]byte(c.in))
		var e *Error
		if !errors.As(err, &e) || e.Offset != c.offset || !strings.Contains(e.Message, c.word) {
			t.Errorf("%.60s: %v; want byte %d and %q", c.in, err, c.offset, c.word)
		}
	}
}

func TestAllocations(t *testing.T) {
	in := []byte(`{"event":{"name":"a\nb","ids":[1,2,3]},"user":"x","big":12345678901234567890}`)
	n := 0
	emit := func(string, []byte) { n++ }
	if err := Flatten(in, emit); err != nil || n != 6 {
		t.Fatal(n, err)
	}
	if got := testing.AllocsPerRun(100, func() { Flatten(in, emit) }); got > 1 {
		t.Errorf("%v allocations for names that are known", got)
	}
}

func BenchmarkFlatten(b *testing.B) {
	in := []byte(`{"event":{"name":"a\nb","ids":[1,2,3]},"user":"x","big":12345678901234567890,"cmd":"C:\\Windows\\System32"}`)
	b.SetBytes(int64(len(in)))
	for b.Loop() {
		if err := Flatten(in, func(string, []byte) {}); err != nil {
			b.Fatal(err)
		}
	}
}

// reference does with encoding/json what Flatten does.
func reference(d *json.Decoder, path string, b *strings.Builder) {
	tok, err := d.Token()
	if err != nil {
		panic(err)
	}
	switch tok {
	case json.Delim('{'):
		for d.More() {
			k, _ := d.Token()
			name := k.(string)
			if path != "" {
				name = path[1:] + "." + name
			}
			reference(d, "!"+name, b)
		}
		d.Token()
	case json.Delim('['):
		for n := 0; d.More(); n++ {
			reference(d, fmt.Sprintf("%s[%d]", path, n), b)
		}
		d.Token()
	case nil:
		fmt.Fprintf(b, "%s=null\n", path[1:])
	default:
		fmt.Fprintf(b, "%s=%v\n", path[1:], tok)
	}
}

func FuzzFlatten(f *testing.F) {
	for _, s := range []string{
		`{}`, `{"a":{"b":[{"c":1}]}}`, `{"a":"\ud83d\ude00\ud83d"}`, `{"a":-0.5e7,"a":null}`, `{"":{"":[true,[]]}}`, `{"a":1} x`, "{\"a\":\"\xff\\n\"}",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := flat(data)
		trimmed := bytes.TrimLeft(data, " \t\r\n")
		valid := json.Valid(data) && len(trimmed) > 0 && trimmed[0] == '{'
		if err != nil {
			var e *Error
			if !errors.As(err, &e) || e.Offset < 0 || e.Offset > len(data) {
				t.Fatal(err)
			}
			if valid && !strings.Contains(e.Message, "deeper") {
				t.Fatalf("%q: %v", data, err)
			}
			return
		}
		if !valid {
			t.Fatalf("%q was taken", data)
		}
		var want strings.Builder
		d := json.NewDecoder(bytes.NewReader(data))
		d.UseNumber()
		reference(d, "", &want)
		// encoding/json replaces what is not UTF-8.
		if got = string([]rune(got)); got != want.String() {
			t.Fatalf("%q: %q; want %q", data, got, want.String())
		}
	})
}

func TestLenient(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{`{"a":"C:\Windows\x\q"}`, "a=C:\\Windows\\x\\q\n"},
		{"{\"a\":\"x\ty\x01\"}", "a=x\ty\x01\n"},
		{`{"a":"\u12g4","b":"\\\"","c\u0041":"\ud83d\ude00\ud83d"}`, "a=\\u12g4\nb=\\\"\ncA=😀\ufffd\n"},
		{`{"a":"\\"}`, "a=\\\n"},
	} {
		var b strings.Builder
		err := FlattenLenient([]byte(c.in), func(name string, value []byte) { fmt.Fprintf(&b, "%s=%s\n", name, value) })
		if err != nil || b.String() != c.want {
			t.Errorf("%s: %q, %v; want %q", c.in, b.String(), err, c.want)
		}
	}
	for _, in := range []string{`{"a":"\"}`, `{"a":"`, `{"a":"\\\"}`} {
		if err := FlattenLenient([]byte(in), func(string, []byte) {}); err == nil {
			t.Errorf("%s: no error", in)
		}
	}
}
