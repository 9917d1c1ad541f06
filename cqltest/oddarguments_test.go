package cqltest_test

import (
	"testing"

	"harrier"
	"harrier/cqltest"
	"harrier/function"
)

// TestOddArguments gives every parameter of every function arguments of every
// shape, most of them wrong. They must be reported or understood: a query that
// compiles must run, alike in two variants, and nothing may panic.
func TestOddArguments(t *testing.T) {
	shapes := []string{
		``, `""`, `1`, `-1`, `0`, `1e400`, `a`, `"a"`, `"a[]"`, `"[]"`, `a[0]`, `*`, `"*"`, `true`, `max`, `5m`, `"1 y"`, `UTC`, `en`, `"\\"`, `"("`, `"%"`, `"%s"`,
		`a+1`, `-a`, `!a`, `a == b`, `/x/`, `a/0`, `(a)`, `[]`, `[a]`, `[a, b]`, `["", ""]`, `[[a, b]]`, `[a := b]`, `[count()]`, `count()`, `count`, `lower(a)`, `now()`, `in(a)`,
		`{}`, `{a=1}`, `{a := 1}`, `{count()}`, `{x: 1}`, `{tail(1) | a=*}`, `?p`, `?{p=1}`, `?{p="*"}`, `$saved()`, `"\u0000"`, `99999999999999999999`,
	}
	events := []string{`{"a":"1","b":"x y","a[0]":"p","a[1]":"q","c":"{\"a\":1}","@rawstring":"a[1] = 1 a"}`, `{"b":"k=v","@rawstring":"a=1"}`}
	c := &cqltest.Case{Events: events}
	try := func(query string) {
		c := *c
		c.Query = query
		defer func() {
			if r := recover(); r != nil {
				t.Errorf("%s\npanics: %v", query, r)
			}
		}()
		if q, _ := harrier.Compile(query, options(&c)); q == nil {
			return
		}
		one, other := variants[1], variants[7]
		out := run(t, &c, one)
		if out.err != nil { // a panic of the engine among them
			t.Errorf("%s\nfails: %v", query, out.err)
		}
		c.Want = out.rows
		if problem := c.Compare(run(t, &c, other).rows); problem != "" {
			t.Errorf("%s\nthe variant %q does not give what %q gives: %s", query, other.name, one.name, problem)
		}
	}
	for _, f := range function.All() {
		for _, p := range f.Params {
			for _, s := range shapes {
				rest := ""
				for _, o := range f.Params {
					if o.Required && o.Name != p.Name {
						rest += ", " + o.Name + "=" + usual(o.Kind)
					}
				}
				try(f.Name + "(" + p.Name + "=" + s + rest + ")")
				try("x := " + f.Name + "(" + p.Name + "=" + s + rest + ")")
			}
		}
		for _, s := range shapes {
			try(f.Name + "(" + s + ")")
			try("a =~ " + f.Name + "(" + s + ")")
			try("not " + f.Name + "(" + s + ") | y := 1 + " + f.Name + "(" + s + ")")
		}
	}
}

// usual is an argument that most parameters of a kind take.
func usual(k function.Kind) string {
	switch k {
	case function.Num, function.Int:
		return "1"
	case function.Bool:
		return "true"
	case function.Span:
		return "1h"
	case function.ArrayName:
		return `"a[]"`
	case function.Aggregates:
		return "count()"
	case function.Subpipeline, function.Condition, function.Query:
		return "{a=*}"
	}
	return "a"
}
