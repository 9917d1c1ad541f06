package plan

import (
	"slices"
	"strings"
	"testing"

	"harrier/event"
)

// does is a stage with an effect.
func does(e Effect) *Map { return &Map{Name: "does", Effects: e} }

func writes(names ...string) *Map { return does(Effect{MayWrite: names}) }

// groups is an aggregate that gives the named columns; passes is one that gives
// rows as they were.
func groups(columns ...string) *Aggregate {
	return &Aggregate{Name: "groups", Columns: columns, Effects: Effect{Reads: columns[:1], Writes: columns, Only: true}}
}

func passes(reads ...string) *Aggregate {
	return &Aggregate{Name: "passes", Effects: Effect{Reads: reads}}
}

func TestColumns(t *testing.T) {
	rename := func(from, to string) *Map {
		return does(Effect{Reads: []string{from}, Drops: []string{from}, MayWrite: []string{to}, Moves: [][2]string{{from, to}}})
	}
	drop := func(names ...string) *Map { return does(Effect{Drops: names}) }
	pick := func(names ...string) *Map { return does(Effect{Only: true, Keeps: names}) }
	unknown := &Aggregate{Name: "unknown", Effects: Effect{Only: true, WritesUnknown: true}}
	type stages = []Stage
	for _, c := range []struct {
		stages stages
		want   string
	}{
		{nil, "any"},
		{stages{writes("x")}, "any"},
		{stages{groups("a", "n")}, "a n"},
		{stages{groups("a", "n"), drop("a")}, "n"},
		{stages{groups("a", "n"), drop("a", "n")}, ""},
		{stages{groups("a", "n"), writes("x"), does(Effect{Writes: []string{"y"}})}, "a n x y"},
		{stages{groups("a", "n"), writes("n")}, "a n"},
		{stages{groups("a", "n"), drop("a"), writes("a")}, "n a"},
		{stages{groups("a", "b", "n"), rename("b", "z")}, "a z n"},
		{stages{groups("a", "b", "n"), rename("n", "a")}, "a b"},
		{stages{groups("a", "b", "n"), rename("none", "z")}, "a b n z"},
		{stages{groups("a", "n"), passes("n"), writes("x")}, "a n x"},
		{stages{groups("a", "n"), pick("n", "a")}, "n a"},
		{stages{pick("b", "a"), passes("@timestamp")}, "b a"},
		{stages{pick("b", "a"), groups("a", "n")}, "a n"},
		{stages{groups("a"), unknown}, "any"},
		{stages{unknown, writes("x")}, "any"},
		{stages{groups("a"), does(Effect{WritesUnknown: true})}, "a"},
	} {
		p := &Plan{Stages: c.stages}
		Optimize(p)
		got := strings.Join(p.Columns, " ")
		if p.Columns == nil {
			got = "any"
		}
		if got != c.want {
			t.Errorf("%v: got columns %q, want %q", c.stages, got, c.want)
		}
		for _, s := range c.stages {
			if a, ok := s.(*Aggregate); ok && a.Name == "groups" && a.Columns[0] != "a" {
				t.Fatalf("the stage was changed: %q", a.Columns)
			}
		}
	}
}

func TestFieldsRead(t *testing.T) {
	type stages = []Stage
	filter := &Filter{Pred: is("a", "1")}
	pick := does(Effect{Only: true, Keeps: []string{"a", "b"}})
	for _, c := range []struct {
		stages stages
		want   string
	}{
		{nil, "any"},
		{stages{filter}, "any: a"},
		{stages{filter, groups("b", "n")}, "a b"},
		{stages{filter, pick, passes("@timestamp")}, "a b"},
		{stages{filter, passes("@timestamp"), pick}, "@timestamp a b"},
		{stages{passes("@timestamp"), filter}, "any: @timestamp a"},
		{stages{does(Effect{Reads: []string{"c"}, Writes: []string{"b"}}), groups("b", "n")}, "c"},
		{stages{does(Effect{Reads: []string{"c"}, MayWrite: []string{"b"}}), groups("b", "n")}, "b c"},
		{stages{does(Effect{ReadsAll: true}), groups("b", "n")}, "any: b"},
		{stages{pick, does(Effect{ReadsAll: true}), groups("b", "n")}, "a b"},
		{stages{&Filter{Pred: anywhere("x")}, groups("b", "n")}, "any: b"},
	} {
		p := &Plan{Stages: c.stages}
		Optimize(p)
		got := strings.Join(p.Fields.Names, " ")
		if p.Fields.All {
			got = strings.TrimSuffix("any: "+got, ": ")
		}
		if got != c.want {
			t.Errorf("%v: reads %q, want %q", c.stages, got, c.want)
		}
	}
}

func TestFreeText(t *testing.T) {
	type stages = []Stage
	for _, c := range []struct {
		stages stages
		want   bool
	}{
		{stages{only(is("a", "1"))}, false},
		{stages{only(anywhere("x"))}, true},
		{stages{only(&Not{X: &Any{Terms: []Pred{is("a", "1"), &All{Terms: []Pred{anywhere("x")}}}}})}, true},
		{stages{only(&Mapped{Free: true})}, true},
		{stages{&Map{FreeText: true}}, true},
		{stages{&Aggregate{FreeText: true, Effects: Effect{Only: true}}}, true},
		{stages{groups("a")}, false},
	} {
		p := &Plan{Stages: c.stages}
		if Optimize(p); p.FreeText != c.want || c.want && !p.Fields.All {
			t.Errorf("%v: free text %v, fields %v", c.stages, p.FreeText, p.Fields)
		}
	}
}

func TestMergeFilters(t *testing.T) {
	a, b, c := only(is("a", "1")), only(is("b", "1")), only(&All{Terms: []Pred{is("c", "1"), is("d", "1")}})
	got := MergeFilters([]Stage{a, b, c, writes("x"), b})
	if len(got) != 3 || got[0].Describe() != "filter a = 1 and b = 1 and c = 1 and d = 1" || got[2] != b {
		t.Errorf("got %v", got)
	}
	if len(c.Pred.(*All).Terms) != 2 {
		t.Errorf("a filter was changed: %v", c)
	}
}

func TestStagesWhere(t *testing.T) {
	type stages = []Stage
	a, b, word := only(is("a", "1")), only(is("b", "1")), only(anywhere("word"))
	mapped := &Map{Where: is("m", "1").Where()}
	for _, c := range []struct {
		stages stages
		want   []string // the fields of the clauses
	}{
		{stages{a, b, word}, []string{"a", "b", ""}},
		{stages{writes("a"), a, b}, []string{"b"}},
		{stages{does(Effect{Drops: []string{"b"}}), a, b}, []string{"a"}},
		{stages{does(Effect{WritesUnknown: true}), a, word}, []string{""}},
		{stages{mapped, a}, []string{"m", "a"}},
		{stages{a, groups("b"), b}, []string{"a"}},
		{stages{a, passes("b"), b}, []string{"a"}},
		{stages{a, &Map{Ordered: true}, b}, []string{"a"}},
		{stages{a, &Sequence{}, b}, []string{"a"}},
	} {
		var got []string
		for _, cl := range StagesWhere(c.stages).Clauses {
			got = append(got, cl.Any[0].Field)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%v: got %q, want %q", c.stages, got, c.want)
		}
	}
	cases := ClausesWhere([]Clause{{Stages: stages{a, b}}, {Stages: stages{word}}})
	if len(cases.Clauses) != 1 || len(cases.Clauses[0].Any) != 2 {
		t.Errorf("clauses: %v", cases)
	}
	if w := ClausesWhere([]Clause{{Stages: stages{a}}, {}}); len(w.Clauses) != 0 {
		t.Errorf("a clause for all events: %v", w)
	}
}

// last is an aggregate that holds on to 100 bytes and gives its last event.
type last struct{ b *event.Batch }

func (a *last) Grow(int) {}
func (a *last) Add(b *event.Batch, _ []uint32) error {
	a.b = b.Clone()
	return nil
}
func (a *last) Merge(Aggregator, []uint32) error { return nil }
func (a *last) Bytes() int                       { return 100 }
func (a *last) Result(_ uint32, w *event.Builder) error {
	rows := a.b.Selected()
	w.AddRow(a.b, int(rows[len(rows)-1]))
	return nil
}

func TestChainGivesBackMemory(t *testing.T) {
	rt := &Runtime{Memory: &Budget{Limit: 150}}
	stage := &Aggregate{Name: "last", New: func(*Runtime) Aggregator { return &last{} }}
	for i := range 5 {
		var got []string
		c := NewChain(rt, []Stage{only(&Has{Field: "a"}), stage, set("x", "1")}, func(b *event.Batch) error {
			got = append(got, written(b)...)
			return nil
		})
		if err := c.Push(table("a=1", "a=2", "b=3")); err != nil {
			t.Fatalf("chain %d: %v", i, err)
		}
		if err := c.End(); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(got, []string{"a=2 x=1"}) {
			t.Errorf("got %q", got)
		}
	}
	if rt.Memory.Peak() != 100 || len(rt.Memory.used) != 0 {
		t.Errorf("peak %d, %d owners are left", rt.Memory.Peak(), len(rt.Memory.used))
	}
}

func TestBudget(t *testing.T) {
	m := &Budget{Limit: 100}
	for _, s := range []struct {
		owner string
		n     int
		ok    bool
	}{{"a", 60, true}, {"b", 40, true}, {"a", 61, false}, {"a", 10, true}, {"c", 50, true}, {"b", 0, true}, {"d", 40, true}} {
		if err := m.Use(s.owner, s.n); (err == nil) != s.ok {
			t.Errorf("%s uses %d: %v", s.owner, s.n, err)
		}
	}
	if m.Peak() != 101 {
		t.Errorf("peak %d", m.Peak())
	}
	var none *Budget
	if err := none.Use("a", 1<<40); err != nil || none.Peak() != 0 {
		t.Errorf("no budget: %v", err)
	}
}
