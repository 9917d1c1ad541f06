package main

import (
	"flag"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"harrier/function"
)

var update = flag.Bool("update", false, "rewrite the pages")

// committed is the folder of the pages.
var committed = filepath.Join("..", "..", "docs", "functions")

// TestPages insists that the committed pages are those that would be written,
// with none too many and none too few.
func TestPages(t *testing.T) {
	if *update {
		if err := write(committed); err != nil {
			t.Fatal(err)
		}
	}
	want, err := pages(committed)
	if err != nil {
		t.Fatal(err)
	}
	var stale []string
	for name, text := range want {
		data, err := os.ReadFile(filepath.Join(committed, name))
		if err != nil || strings.ReplaceAll(string(data), "\r\n", "\n") != text {
			stale = append(stale, name)
		}
	}
	there, err := filepath.Glob(filepath.Join(committed, "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range there {
		if _, ok := want[filepath.Base(path)]; !ok {
			stale = append(stale, filepath.Base(path))
		}
	}
	if slices.Sort(stale); len(stale) > 0 {
		t.Errorf("not as go generate ./function writes them: %s", strings.Join(stale, ", "))
	}
}

var linkTarget = regexp.MustCompile(`\]\(([^)#]+)\)`)

// TestLinks checks that what the pages link to is there, that every function has
// a page of its own even where case makes no difference, and that a table has as
// many cells in each row.
func TestLinks(t *testing.T) {
	want, err := pages(committed)
	if err != nil {
		t.Fatal(err)
	}
	folded := map[string]bool{}
	for _, name := range slices.Sorted(maps.Keys(want)) {
		text := want[name]
		if folded[strings.ToLower(name)] {
			t.Errorf("%s is there twice on file systems that do not tell case", name)
		}
		folded[strings.ToLower(name)] = true
		for _, m := range linkTarget.FindAllStringSubmatch(text, -1) {
			if _, ok := want[m[1]]; ok {
				continue
			}
			if _, err := os.Stat(filepath.Join(committed, filepath.FromSlash(m[1]))); err != nil {
				t.Errorf("%s links to %s, which is not there", name, m[1])
			}
		}
		cells, inside := 0, false
		for _, line := range strings.Split(text, "\n") {
			if strings.HasPrefix(line, "```") {
				inside = !inside
			}
			if inside || !strings.HasPrefix(line, "| ") && !strings.HasPrefix(line, "|-") {
				cells = 0
				continue
			}
			n := strings.Count(strings.ReplaceAll(line, `\|`, ""), "|")
			if cells != 0 && n != cells {
				t.Errorf("%s: %d cells and not %d: %s", name, n-1, cells-1, line)
			}
			cells = n
		}
	}
	if len(want) != len(function.All())+1 {
		t.Errorf("%d pages for %d functions and an index", len(want), len(function.All()))
	}
}

// TestPage checks what a page is made of.
func TestPage(t *testing.T) {
	f := &function.Function{
		Name: "math:twice", Category: "nothing else", Summary: "Doubles a number.", Deprecated: "2 * x", Where: function.Parser,
		Doc: "As `lower()` and `[lower()]`, lower() and zz().\n\nAnother.", Unnamed: "field",
		Params: []function.Param{
			{Name: "field", Kind: function.Field, Required: true, Doc: "The `a|b` to read."},
			{Name: "mode", Kind: function.Enum, Enum: []string{"up", "down"}, Default: "up", Doc: "Where to."},
			{Name: "limit", Kind: function.Int, Min: 1, Max: 5, Default: "2", Doc: "How often.", Deprecated: "times"},
		},
		Examples: []function.Example{{Doc: "For once.", Query: "math:twice(n)", In: `{"n":"1"}`, Out: "{\"n\":\"2\"}\n{\"n\":\"3\"}\n", Unordered: true, Context: function.Parser},
			{Query: "math:twice(x)"}},
	}
	want := written + "# math:twice()\n\nDoubles a number.\n\n> **Deprecated:** use `2 * x`.\n\n" +
		"```text\nmath:twice(field, [mode=up])\n```\n\nIt may stand in a parser only.\n\n## Parameters\n\n" +
		"| name | takes | default | |\n|---|---|---|---|\n| `field` | field | *required* | The `a\\|b` to read. |\n" +
		"| `mode` | one of `up`, `down` | `up` | Where to. |\n" +
		"| `limit` | whole number from 1 to 5, or `max` | `2` | **Deprecated:** use `times`. How often. |\n\n" +
		"The name of `field` may be left out.\n\n## What it does\n\nAs [`lower()`](lower.md) and `[lower()]`, lower() and zz().\n\nAnother.\n\n## Examples\n\nFor once.\n\n" +
		"In a parser:\n\n```text\nmath:twice(n)\n```\n\nover\n\n```json\n{\"n\":\"1\"}\n```\n\ngives, in any order,\n\n```json\n{\"n\":\"2\"}\n{\"n\":\"3\"}\n```\n\n" +
		"---\n\n```cql\nmath:twice(x)\n```\n\ngives nothing.\n\n## See also\n\n" +
		"- What holds in every case, tested: [mathtwice.txtar](../../cqltest/testdata/function/mathtwice.txtar)\n- [All functions](README.md)\n"
	if got := page(f, []string{"mathtwice.txtar"}); got != want {
		t.Errorf("the page is\n%s\nand not\n%s", got, want)
	}
}
