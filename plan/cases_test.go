package plan

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"harrier/event"
)

// written gives the selected rows of a batch as "a=1 b=2", fields sorted.
func written(b *event.Batch) []string {
	var out []string
	for _, r := range b.Selected() {
		var cells []string
		for i, name := range b.Names() {
			if s, ok := b.Columns()[i].Text(int(r)); ok && !event.Hidden(name) {
				cells = append(cells, name+"="+s)
			}
		}
		slices.Sort(cells)
		out = append(out, strings.Join(cells, " "))
	}
	return out
}

func set(field, value string) *Map {
	return &Map{Name: "set", New: func(*Runtime) Mapper {
		return MapperFunc(func(b *event.Batch) error {
			b.Set(field, event.NewConstant(b.Len(), value))
			return nil
		})
	}}
}

func double(field string) *Map { return &Map{Name: "twice", Multiplies: true, New: twice(field)} }

// gone drops what gets to it for good.
var gone = &Map{Name: "gone", Final: true, New: func(*Runtime) Mapper {
	return MapperFunc(func(b *event.Batch) error {
		b.Select([]int32{})
		return nil
	})
}}

func only(p Pred) *Filter { return &Filter{Pred: p} }

func clauses(cs ...[]Stage) []Clause {
	var out []Clause
	for _, c := range cs {
		out = append(out, Clause{Stages: c})
	}
	return out
}

func nested(multiplies bool, cs ...[]Stage) *Map {
	return &Map{Name: "case", Multiplies: multiplies, New: func(rt *Runtime) Mapper { return NewCase(rt, clauses(cs...)) }}
}

func TestCase(t *testing.T) {
	in := table("n=1 a=1", "n=2 b=1", "n=3 a=1 b=1", "n=4")
	a, b := only(&Has{Field: "a"}), only(&Has{Field: "b"})
	type clause = []Stage
	for _, c := range []struct {
		name    string
		clauses []clause
		want    []string
	}{
		{"the first clause that lets it through", []clause{{a, set("x", "a")}, {b, set("x", "b")}},
			[]string{"a=1 n=1 x=a", "b=1 n=2 x=b", "a=1 b=1 n=3 x=a"}},
		{"what a failed clause did is forgotten", []clause{{set("x", "lost"), b}, {}},
			[]string{"a=1 n=1", "b=1 n=2 x=lost", "a=1 b=1 n=3 x=lost", "n=4"}},
		{"no clause", nil, nil},
		{"dropped for good", []clause{{a, gone}, {set("x", "1")}}, []string{"b=1 n=2 x=1", "n=4 x=1"}},
		{"dropped by a filter", []clause{{a, only(Always(false))}, {set("x", "1")}},
			[]string{"a=1 n=1 x=1", "b=1 n=2 x=1", "a=1 b=1 n=3 x=1", "n=4 x=1"}},
		{"dropped for good behind a filter", []clause{{a, b, gone}, {a, set("x", "1")}, {}}, []string{"a=1 n=1 x=1", "b=1 n=2", "n=4"}},
		{"dropped for good inside", []clause{{a, nested(false, clause{b, gone}, clause{set("x", "in")})}, {set("x", "out")}},
			[]string{"a=1 n=1 x=in", "b=1 n=2 x=out", "n=4 x=out"}},
		{"several rows", []clause{{a, double("a"), set("x", "a")}, {}},
			[]string{"a=1 n=1 x=a", "a=1 n=1 x=a", "b=1 n=2", "a=1 b=1 n=3 x=a", "a=1 b=1 n=3 x=a", "n=4"}},
		{"several rows, dropped for good", []clause{{double("a"), b, gone}, {set("x", "1")}},
			[]string{"a=1 n=1 x=1", "b=1 n=2 x=1", "n=4 x=1"}},
		{"several rows inside", []clause{{a, nested(true, clause{b, double("a"), gone}, clause{double("a")})}, {set("x", "out")}},
			[]string{"a=1 n=1", "a=1 n=1", "b=1 n=2 x=out", "n=4 x=out"}},
	} {
		for _, rows := range [][]int32{{0, 1, 2, 3}, {0}, {1, 3}, {2, 3}} {
			var want []string // what becomes of these rows
			for _, r := range rows {
				for _, w := range c.want {
					if slices.Contains(strings.Fields(w), fmt.Sprint("n=", r+1)) {
						want = append(want, w)
					}
				}
			}
			m := NewCase(&Runtime{}, clauses(c.clauses...))
			for range 2 { // a mapper is used for many batches
				b := in.Clone()
				b.Select(rows)
				if err := m.Map(b); err != nil {
					t.Fatal(err)
				}
				if got := written(b); !slices.Equal(got, want) {
					t.Errorf("%s, rows %v:\ngot  %q\nwant %q", c.name, rows, got, want)
				}
			}
		}
	}
}

// TestCaseKeepsWhatIsHidden looks at what is carried along: the original fields
// and the place in the input.
func TestCaseKeepsWhatIsHidden(t *testing.T) {
	for _, multiplies := range []bool{false, true} {
		last := set("x", "2")
		if multiplies {
			last = double("a")
		}
		m := NewCase(&Runtime{}, clauses([]Stage{only(is("a", "1")), set("a", "changed")}, []Stage{last}))
		b := table("a=1", "a=2", "a=3")
		b.KeepOriginal()
		b.SetPosition(70)
		b.Set("\x00time", event.NewConstant(3, "noon"))
		if err := m.Map(b); err != nil {
			t.Fatal(err)
		}
		if got, err := anywhere("1").Eval(&PredState{}, b, b.Selected()); err != nil || len(got) != 1 {
			t.Errorf("the original value is found in %v, error %v", got, err)
		}
		rows := b.Selected()
		if p := b.Position(int(rows[len(rows)-1])); p != 72 {
			t.Errorf("the last row has position %d", p)
		}
		if s, _ := b.Text("\x00time", int(rows[0])); s != "noon" {
			t.Errorf("the hidden field is %q", s)
		}
	}
}
