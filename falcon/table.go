package falcon

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"harrier/internal/glob"
	"harrier/schema"
)

// table is the mapping of a source, ready to be used.
type table struct {
	source *schema.Source
	when   [][]test
	common *kind
	kinds  []*kind
}

// kind is a sort of event and the fields it gets.
type kind struct {
	event  string
	when   []test
	fields []field
}

type field struct {
	name string
	expr *expr
}

// test is one part of a condition.
type test struct {
	expr *expr
	any  []*glob.Pattern
	all  bool // any value will do
}

// expr is a compiled expression. Equal expressions of a source are one, so that
// they are worked out once per batch.
type expr struct {
	text  string
	terms []term
}

// term is one alternative: a constant, a field under its several names, or a
// function of expressions.
type term struct {
	constant string
	names    []string
	call     *function
	join     bool
	args     []*expr
}

// tables are the mappings of all sources.
var tables = sync.OnceValue(func() []*table {
	var out []*table
	for _, s := range schema.Mapped() {
		t, err := newTable(s)
		if err != nil {
			panic(fmt.Sprintf("falcon: %s: %v", s.Name, err))
		}
		out = append(out, t)
	}
	return out
})

// maker makes the expressions of a source.
type maker struct {
	m     *schema.Mapping
	exprs map[string]*expr
}

func newTable(s *schema.Source) (*table, error) {
	mk := &maker{m: s.Mapping, exprs: map[string]*expr{}}
	t := &table{source: s}
	for _, c := range s.Mapping.When {
		tests, err := mk.tests(c)
		if err != nil {
			return nil, err
		}
		t.when = append(t.when, tests)
	}
	var err error
	common := map[string]string{"#type": "=" + s.Name}
	maps.Copy(common, s.Mapping.Common)
	if t.common, err = mk.kind(schema.Kind{Fields: common}); err != nil {
		return nil, err
	}
	for _, k := range s.Mapping.Kinds {
		fields := maps.Clone(common)
		maps.Copy(fields, k.Fields)
		fields["#event_simpleName"], fields["event_simpleName"] = "="+k.Event, "="+k.Event
		k.Fields = fields
		c, err := mk.kind(k)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", k.Event, err)
		}
		t.kinds = append(t.kinds, c)
	}
	return t, nil
}

func (mk *maker) kind(k schema.Kind) (*kind, error) {
	tests, err := mk.tests(k.When)
	if err != nil {
		return nil, err
	}
	out := &kind{event: k.Event, when: tests}
	for _, name := range slices.Sorted(maps.Keys(k.Fields)) {
		if k.Fields[name] == "" {
			continue
		}
		e, err := mk.expr(k.Fields[name])
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		out.fields = append(out.fields, field{name, e})
	}
	return out, nil
}

// tests puts the cheap tests first: a field before a function of one.
func (mk *maker) tests(c schema.Condition) ([]test, error) {
	var out []test
	for _, name := range slices.Sorted(maps.Keys(c)) {
		e, err := mk.expr(name)
		if err != nil {
			return nil, err
		}
		t := test{expr: e}
		for _, v := range c[name] {
			t.all = t.all || v == "*"
			t.any = append(t.any, glob.Compile(v, glob.Options{IgnoreCase: true}))
		}
		out = append(out, t)
	}
	slices.SortStableFunc(out, func(a, b test) int { return strings.Count(a.expr.text, "(") - strings.Count(b.expr.text, "(") })
	return out, nil
}

func (mk *maker) expr(text string) (*expr, error) {
	if e := mk.exprs[text]; e != nil {
		return e, nil
	}
	parsed, err := schema.ParseExpr(text)
	if err != nil {
		return nil, err
	}
	e, err := mk.compile(parsed)
	if err != nil {
		return nil, fmt.Errorf("expression %q: %w", text, err)
	}
	e.text = text
	mk.exprs[text] = e
	return e, nil
}

func (mk *maker) compile(parsed schema.Expr) (*expr, error) {
	e := &expr{}
	for _, p := range parsed {
		var t term
		switch {
		case p.Const:
			t.constant = p.Text
		case !p.Call:
			t.names = mk.names(p.Text)
		default:
			for _, a := range p.Args {
				arg, err := mk.compile(a)
				if err != nil {
					return nil, err
				}
				t.args = append(t.args, arg)
			}
			if t.join = p.Text == "join"; t.join {
				break
			}
			f, err := mk.function(p.Text)
			if err != nil {
				return nil, err
			}
			if t.call = f; len(p.Args) != 1 {
				return nil, fmt.Errorf("%s() takes one argument", p.Text)
			}
		}
		e.terms = append(e.terms, t)
	}
	return e, nil
}

func (mk *maker) function(name string) (*function, error) {
	if rows, ok := mk.m.Tables[name]; ok {
		small := map[string]string{}
		for k, v := range rows {
			small[lower(k)] = v
		}
		f := &function{f: func(s string) string { return small[lower(s)] }}
		f.values = slices.Sorted(maps.Values(small))
		return f, nil
	}
	if f, ok := functions[name]; ok {
		return &f, nil
	}
	return nil, fmt.Errorf("there is no function or table %s", name)
}

// names are the names under which a field may stand in an event, best first.
func (mk *maker) names(name string) []string {
	if list, ok := mk.m.Names[name]; ok {
		return list
	}
	if len(mk.m.Prefixes) == 0 {
		return []string{name}
	}
	var out []string
	for _, p := range mk.m.Prefixes {
		out = append(out, p+name)
	}
	return out
}

// reads adds the names of all fields that an expression may read.
func (e *expr) reads(add func(string)) {
	for _, t := range e.terms {
		for _, n := range t.names {
			add(n)
		}
		for _, a := range t.args {
			a.reads(add)
		}
	}
}
