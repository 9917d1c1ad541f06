package schema

import (
	"fmt"
	"slices"
	"strings"
	"sync"
)

// Mapping says how the events of a source are told from others and what they are
// called in Falcon's terms. It is data: the package falcon carries it out.
type Mapping struct {
	// Prefixes stand in front of field names in some renderings of the source: the
	// same event may come flat, or nested below other objects. The first is tried
	// first; "" is the name alone.
	Prefixes []string `yaml:"prefixes"`
	// Names are the names of fields that do not follow the prefixes, best first.
	Names map[string][]string `yaml:"names"`
	// Tables are values and what they stand for, to be used like a function.
	Tables map[string]map[string]string `yaml:"tables"`
	// When has alternatives, one of which every event of the source satisfies.
	When []Condition `yaml:"when"`
	// Common are the fields that every event of the source gets, Falcon name to
	// expression.
	Common map[string]string `yaml:"common"`
	Kinds  []Kind            `yaml:"kinds"`
}

// Kind is one sort of event of a source. The first kind whose condition holds is
// taken. A field mapped to nothing ("") undoes one of Common.
type Kind struct {
	Event  string            `yaml:"event"` // the Falcon event type
	Note   string            `yaml:"note"`  // what the two do not have in common
	When   Condition         `yaml:"when"`
	Fields map[string]string `yaml:"fields"`
}

// Condition holds when each of its expressions has one of its values. A value is
// matched whatever the case, may hold asterisks, and "*" is any that is not empty.
type Condition map[string]Values

// Values is one value or several.
type Values []string

// UnmarshalYAML reads a scalar as a list of one.
func (v *Values) UnmarshalYAML(unmarshal func(any) error) error {
	var list []any
	if err := unmarshal(&list); err != nil {
		var one any
		if err := unmarshal(&one); err != nil {
			return err
		}
		list = []any{one}
	}
	for _, x := range list {
		*v = append(*v, fmt.Sprint(x))
	}
	return nil
}

// Gives are the Falcon event types that events of the source can become, sorted:
// all of them for Falcon itself.
func (s *Source) Gives() []string {
	if s.Mapping == nil {
		return s.EventTypes()
	}
	var out []string
	for _, k := range s.Mapping.Kinds {
		out = append(out, k.Event)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Given tells whether some source gives an event type a field that Falcon itself is
// not known to have there.
func Given(eventType, field string) bool {
	for _, s := range Mapped() {
		for _, k := range s.Mapping.Kinds {
			if k.Event != eventType {
				continue
			}
			if e, ok := k.Fields[field]; ok && e != "" || !ok && s.Mapping.Common[field] != "" {
				return true
			}
		}
	}
	return false
}

// Get gives a source by its name, nil when there is none.
func Get(name string) *Source { return all()[name] }

// Mapped gives the sources that are mapped to Falcon, sorted by name.
func Mapped() []*Source {
	var out []*Source
	for _, n := range Names() {
		if s := all()[n]; s.Mapping != nil {
			out = append(out, s)
		}
	}
	return out
}

var all = sync.OnceValue(func() map[string]*Source {
	out := map[string]*Source{"falcon": Falcon()}
	for _, n := range Names() {
		if n != "falcon" {
			out[n] = mustLoad(n + ".yaml")
		}
	}
	return out
})

// Expr is an expression of a mapping: alternatives, the first of which that gives
// a value counts. Each is one of
//
//	Name            the value of a field
//	=text           the text itself
//	f(Expr, ...)    a function of the package falcon, or a table of the mapping
type Expr []Term

// Term is one alternative.
type Term struct {
	Text  string // with Const: the text; else the name of the field or function
	Const bool
	Call  bool
	Args  []Expr
}

// ParseExpr reads an expression.
func ParseExpr(s string) (Expr, error) {
	p := &exprParser{text: s}
	e, err := p.expr(false)
	if err == nil && p.text != "" {
		err = fmt.Errorf("%q is left over", p.text)
	}
	if err != nil {
		return nil, fmt.Errorf("expression %q: %w", s, err)
	}
	return e, nil
}

type exprParser struct{ text string }

func (p *exprParser) blank() { p.text = strings.TrimLeft(p.text, " ") }

func (p *exprParser) take(c byte) bool {
	p.blank()
	if p.text == "" || p.text[0] != c {
		return false
	}
	p.text = p.text[1:]
	return true
}

func (p *exprParser) word(stop string) string {
	i := strings.IndexAny(p.text, stop)
	if i < 0 {
		i = len(p.text)
	}
	w := p.text[:i]
	p.text = p.text[i:]
	return strings.TrimSpace(w)
}

func (p *exprParser) expr(inside bool) (Expr, error) {
	var out Expr
	for {
		p.blank()
		if p.take('=') {
			stop := "|"
			if inside {
				stop = "|,)"
			}
			out = append(out, Term{Const: true, Text: p.word(stop)})
		} else {
			name := p.word(" (),|=")
			if name == "" {
				return nil, fmt.Errorf("a name is missing in front of %q", p.text)
			}
			t := Term{Text: name}
			if p.take('(') {
				t.Call = true
				for {
					arg, err := p.expr(true)
					if err != nil {
						return nil, err
					}
					t.Args = append(t.Args, arg)
					if p.take(')') {
						break
					}
					if !p.take(',') {
						return nil, fmt.Errorf("%s( is not closed", name)
					}
				}
			}
			out = append(out, t)
		}
		if !p.take('|') {
			return out, nil
		}
	}
}

// Walk calls f for every term, those inside calls too.
func (e Expr) Walk(f func(Term)) {
	for _, t := range e {
		f(t)
		for _, a := range t.Args {
			a.Walk(f)
		}
	}
}
