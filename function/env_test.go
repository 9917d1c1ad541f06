package function

import (
	"errors"
	"io/fs"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"
)

func dirs(files ...fs.FS) []fs.FS { return files }

// shownTable is a table as text: columns, rows and keys, absent cells as "-".
func shownTable(t *Table) string {
	lines := []string{strings.Join(t.Columns, "|")}
	for i, row := range t.Rows {
		parts := make([]string, len(row))
		for j, c := range row {
			if parts[j] = "-"; c.Present {
				parts[j] = c.Text
			}
		}
		line := strings.Join(parts, "|")
		if t.Keys != nil {
			line = t.Keys[i] + ": " + line
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

func TestLookupTable(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"a.csv", "", ""},
		{"a.csv", "\xef\xbb\xbfk,v\n1,one\n", "k|v\n1|one"},
		{"a.csv", "k,v\r\n1, one \r\n\r\n\"2\",\"a,\"\"b\"\"\"\r\n", "k|v\n1| one \n2|a,\"b\""},
		{"a.csv", "k,v,w\n1,,\n2\n", "k|v|w\n1||\n2|-|-"},
		{"a.csv", "k, k2\n", "k|k2"},
		{"a.csv", "k,k\n", `error: line 1: column "k" (2) is there twice`},
		{"a.csv", "k\n1\n2,3\n", "error: line 3: 2 values under 1 columns"},
		{"a.csv", "k\n\"1\n", `error: parse error on line 2, column 4: extraneous or missing " in quoted-field`},

		{"a.json", "", ""},
		{"a.json", "[]", ""},
		{"a.json", "\xef\xbb\xbf" + `[{"k":"1","n":1.50,"b":true},{"z":null,"k":2,"m":""}]`, "k|n|b|z|m\n1|1.50|true|-|-\n2|-|-|-|"},
		{"a.NDJSON", "{\"k\":\"1\"}\n{\"v\":\"x\"}\n", "k|v\n1|-\n-|x"},
		{"a.json", `{"k":"1","v":"x"}`, "k|v\n1|x"},
		{"a.json", `{"b":{"v":"x"},"a":{"v":"y","w":1}}`, "v|w\nb: x|-\na: y|1"},
		{"a.json", `{"a":{}}`, "\na: "},
		{"a.json", "[{\"k\":\n[1]}]", `error: line 2: the value of "k" is not text, a number or a boolean`},
		{"a.json", `{"k":"1","v":{}}`, `error: line 1: the value of "v" is not text, a number or a boolean`},
		{"a.json", `{"a":{"v":{}}}`, `error: line 1: the value of "v" is not text, a number or a boolean`},
		{"a.json", `{"a":{},"b":1}`, `error: line 1: the value of "b" is no object, as those before it are`},
		{"a.json", `{"a":{}} {"b":{}}`, "error: line 1: something follows behind the object of rows"},
		{"a.json", `[{"a":1}] 2`, "error: line 1: something follows behind the array"},
		{"a.json", "[\n5]", "error: line 2: 5 stands where an object per row is expected"},
		{"a.json", "[\n{\"a\":1,}]", "error: line 2: invalid character '}'"},
		{"a.json", "[\n{\"a\":1", "error: line 2: the text ends too early"},
		{"a.json", "k,v", "error: line 1: invalid character 'k' looking for beginning of value"},
	} {
		l := &Lookups{Dirs: dirs(fstest.MapFS{c.name: {Data: []byte(c.text)}})}
		table, err := l.Table(c.name)
		got := ""
		if err != nil {
			got = "error: " + strings.TrimPrefix(err.Error(), "read lookup file "+c.name+": ")
		} else {
			got = shownTable(table)
		}
		if got != c.want && !(err != nil && c.want != "" && strings.HasPrefix(got, c.want)) {
			t.Errorf("%s %q:\n%s\nwant\n%s", c.name, c.text, got, c.want)
		}
	}
}

func TestLookupNames(t *testing.T) {
	l := &Lookups{Dirs: dirs(
		fstest.MapFS{"a.csv": {Data: []byte("k\nfirst")}, "pack/b.csv": {Data: []byte("k\n")}},
		fstest.MapFS{"a.csv": {Data: []byte("k\nsecond")}, "c.csv": {Data: []byte("k\n")}},
	)}
	if got, want := l.Names(), []string{"a.csv", "c.csv", "pack/b.csv"}; !reflect.DeepEqual(got, want) {
		t.Errorf("names %q, want %q", got, want)
	}
	for _, c := range []struct {
		name, want string
		missing    bool
	}{
		{name: "a.csv", want: "k\nfirst"}, {name: "/pack/b.csv", want: "k"}, {name: "./c.csv", want: "k"},
		{name: "d.csv", missing: true}, {name: "../a.csv", missing: true}, {name: "", missing: true}, {name: "pack", want: "error"},
	} {
		table, err := l.Table(c.name)
		switch {
		case c.missing:
			if !errors.Is(err, ErrNoLookup) {
				t.Errorf("%q: %v, want ErrNoLookup", c.name, err)
			}
		case c.want == "error":
			if err == nil || errors.Is(err, ErrNoLookup) {
				t.Errorf("%q: %v, want an error of its own", c.name, err)
			}
		case err != nil || shownTable(table) != c.want:
			t.Errorf("%q: %v, %v", c.name, table, err)
		}
	}
	if a, _ := l.Table("a.csv"); a != nil {
		if b, _ := l.Table("a.csv"); a != b {
			t.Error("a file is read twice")
		}
	}
}
