package markdown

import (
	"reflect"
	"strings"
	"testing"
)

func TestCQL(t *testing.T) {
	for _, c := range []struct {
		name string
		text []string
		want []Block
	}{
		{"none", []string{"# Title", "text `cql`"}, nil},
		{"one", []string{"# Title", "", "```cql", "a=1", "| count()", "```", "end"}, []Block{{"a=1\n| count()\n", 3}}},
		{"words", []string{"```LogScale title=x", "a", "```", "~~~~ humio,ignore", "b", "```", "~~~~", "```CrowdStrike", "c", "```"},
			[]Block{{"a\n", 1}, {"b\n```\n", 4}, {"c\n", 8}}},
		{"others", []string{"```sql", "a", "```", "```", "cql", "```", "    ```cql", "    a", "", "cql", "```cqlx", "a", "```"}, nil},
		{"nested", []string{"1. item", "", "   ```cql", "   a", "     b", "   ```", "", "> ```cql", "> c", "> ```"},
			[]Block{{"a\n  b\n", 3}, {"c\n", 8}}},
		{"open", []string{"", "```cql", "a"}, []Block{{"a\n", 2}}},
		{"empty", []string{"```cql", "```"}, nil},
		{"in a block", []string{"````markdown", "```cql", "a", "```", "````"}, nil},
	} {
		if got := CQL(strings.Join(c.text, "\n") + "\n"); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %+v; want %+v", c.name, got, c.want)
		}
	}
	if got := CQL("x\r\n```cql\r\na\r\n```\r\n"); len(got) != 1 || got[0].Origin != 2 || strings.TrimSpace(got[0].Text) != "a" {
		t.Errorf("CRLF: %+v", got)
	}
}

func FuzzCQL(f *testing.F) {
	f.Add("# T\n\n```cql\na=1\n```\n> ~~~ humio\n> b\n")
	f.Add("1. x\n\n\t```LogScale\n\ta\n")
	f.Fuzz(func(t *testing.T, s string) {
		lines := strings.Count(s, "\n") + 1
		last := 0
		for _, b := range CQL(s) {
			if b.Origin < last || b.Origin >= lines || b.Text == "" {
				t.Fatalf("%q: block %q at line %d of %d", s, b.Text, b.Origin, lines)
			}
			last = b.Origin
		}
	})
}
