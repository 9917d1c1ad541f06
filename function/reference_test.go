package function

import (
	"strings"
	"testing"
)

// A signature tells what may be left out, and every parameter says what it takes.
func TestSignature(t *testing.T) {
	for name, want := range map[string]string{
		"groupBy": "groupBy(field, [function=count(as=_count)], [limit=20000])",
		"now":     "now([as=_now])",
		"eval":    "eval(name=expression...)",
	} {
		if got := Lookup(name).Signature(); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	for _, f := range All() {
		if f.Category == "" {
			t.Errorf("%s() has no category", f.Name)
		}
		for _, p := range f.Params {
			if p.Takes() == "" || p.Doc == "" && p.Deprecated == "" {
				t.Errorf("%s(%s=) does not say what it takes", f.Name, p.Name)
			}
		}
	}
}

// The reference says where a function may stand, what an argument may be, and
// writes a default as a query would.
func TestReference(t *testing.T) {
	for name, want := range map[string]string{
		"copyEvent":       "It may stand in a parser only.",
		"start":           "It may not stand in a parser.",
		"setTimeInterval": "It may stand in a search or a live query only. It stands at the beginning of a query, before everything else.",
		"window":          "It may stand in the arguments of `bucket()` and `timeChart()` only.",
		"lower":           "",
	} {
		if got := strings.Join(Lookup(name).Places(), " "); got != want {
			t.Errorf("%s() stands: %s, want %s", name, got, want)
		}
	}
	for _, c := range []struct{ function, param, takes, value string }{
		{"groupBy", "limit", "whole number from 1 to 1000000, or max", "20000"},
		{"sample", "percentage", "number from 0 to 100", "1"},
		{"regex", "limit", "whole number from 1, or max", "100"},
		{"collect", "separator", "text", `"\n"`},
		{"match", "mode", "one of string, cidr, glob, regex", "string"},
	} {
		p := Lookup(c.function).Param(c.param)
		if p.Takes() != c.takes || p.DefaultText() != c.value {
			t.Errorf("%s(%s=) takes %s, by default %s", c.function, c.param, p.Takes(), p.DefaultText())
		}
	}
	for name, want := range map[string]string{"count": "An aggregate", "accumulate": "A sequence", "in": "A filter:", "sample": "A filter,", "eval": ""} {
		if got := Lookup(name).Role(); !strings.HasPrefix(got, want) || want == "" && got != "" {
			t.Errorf("%s() is: %s", name, got)
		}
	}
}
