package plan

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"harrier/event"
)

// table makes a batch of rows written as "a=1 b=2"; a field that a row does not
// name is absent there.
func table(rows ...string) *event.Batch {
	var w event.Builder
	for _, row := range rows {
		for _, cell := range strings.Fields(row) {
			name, value, _ := strings.Cut(cell, "=")
			w.AddText(name, value)
		}
		w.EndRow()
	}
	return w.Flush()
}

// forms gives a batch with its columns as dictionaries and as texts.
func forms(b *event.Batch) map[string]*event.Batch {
	coded, texts := event.NewBatch(b.Len()), event.NewBatch(b.Len())
	for i, name := range b.Names() {
		dict, codes := event.NewDict(), make([]uint32, b.Len())
		strs, valid := make([]string, b.Len()), event.NewBits(b.Len())
		for r := range b.Len() {
			codes[r] = event.NoCode
			if s, ok := b.Columns()[i].Text(r); ok {
				codes[r], strs[r] = dict.Code(s), s
				valid.Set(r)
			}
		}
		coded.Set(name, event.NewCoded(dict, codes))
		texts.Set(name, event.NewText(strs, valid))
	}
	return map[string]*event.Batch{"built": b, "coded": coded, "texts": texts}
}

func is(field, value string) *Test {
	return &Test{Field: field, Match: func(s string) (bool, error) { return s == value, nil }, Whole: &value, Shown: "= " + value}
}

func contains(field, text string) *Test {
	return &Test{
		Field: field, Match: func(s string) (bool, error) { return strings.Contains(s, text), nil },
		Needles: []event.Needle{{Text: text}}, Shown: "~ " + text,
	}
}

func anywhere(text string) *Search {
	return &Search{
		Match: func(s string) (bool, error) { return strings.Contains(s, text), nil }, Skip: func(f string) bool { return f == "#tag" },
		Needles: []event.Needle{{Text: text}}, Shown: "~ " + text,
	}
}

func TestPred(t *testing.T) {
	b := table("user=ann size=10 #tag=disk", "user=bob size=many", "size=2", "user=ann", "#tag=disk user=")
	for _, c := range []struct {
		pred Pred
		want []int32
	}{
		{is("user", "ann"), []int32{0, 3}},
		{is("nobody", "ann"), nil},
		{is("user", ""), []int32{4}},
		{contains("user", "n"), []int32{0, 3}},
		{&Has{Field: "user"}, []int32{0, 1, 3, 4}},
		{&Has{Field: "nobody"}, nil},
		{&Compare{Field: "size", Op: ">", Bound: 2}, []int32{0}},
		{&Compare{Field: "size", Op: ">=", Bound: 2}, []int32{0, 2}},
		{&Compare{Field: "size", Op: "<", Bound: 10}, []int32{2}},
		{&Compare{Field: "size", Op: "<=", Bound: 10}, []int32{0, 2}},
		{Always(true), []int32{0, 1, 2, 3, 4}},
		{Always(false), nil},
		{&Not{X: is("user", "ann")}, []int32{1, 2, 4}},
		{&Not{X: &Not{X: is("user", "ann")}}, []int32{0, 3}},
		{&Not{X: Always(false)}, []int32{0, 1, 2, 3, 4}},
		{&All{Terms: []Pred{is("user", "ann"), &Has{Field: "size"}}}, []int32{0}},
		{&All{}, []int32{0, 1, 2, 3, 4}},
		{&Any{Terms: []Pred{is("user", "bob"), is("user", "ann"), &Has{Field: "#tag"}}}, []int32{0, 1, 3, 4}},
		{&Any{}, nil},
		{anywhere("a"), []int32{0, 1, 3}},
		{anywhere("disk"), nil},
		{&Not{X: &Any{Terms: []Pred{anywhere("ann"), &Compare{Field: "size", Op: "<", Bound: 5}}}}, []int32{1, 4}},
	} {
		for form, b := range forms(b) {
			st := &PredState{}
			for range 2 { // the second time from memory
				got, err := c.pred.Eval(st, b, b.Selected())
				if err != nil || !slices.Equal(got, c.want) {
					t.Errorf("%s (%s): got %v, error %v, want %v", c.pred, form, got, err, c.want)
				}
			}
			// On some of the rows the answer is the same.
			some := []int32{1, 3, 4}
			var want []int32
			for _, r := range c.want {
				if slices.Contains(some, r) {
					want = append(want, r)
				}
			}
			if got, _ := c.pred.Eval(st, b, some); !slices.Equal(got, want) {
				t.Errorf("%s (%s) on some rows: got %v, want %v", c.pred, form, got, want)
			}
			if !slices.Equal(some, []int32{1, 3, 4}) {
				t.Fatalf("%s changed the rows it was given", c.pred)
			}
		}
	}
}

func TestPredRemembersAGrowingDictionary(t *testing.T) {
	st, dict := &PredState{}, event.NewDict()
	p := is("user", "eve")
	for i, user := range []string{"ann", "eve", "ann", "bob", "eve"} {
		b := event.NewBatch(1)
		b.Set("user", event.NewCoded(dict, []uint32{dict.Code(user)}))
		if got, _ := p.Eval(st, b, b.Selected()); (len(got) == 1) != (user == "eve") {
			t.Errorf("batch %d: %s: got %v", i, user, got)
		}
	}
}

func TestUndecidedDoesNotMatch(t *testing.T) {
	rt := &Runtime{}
	p := &Test{Field: "a", Match: func(string) (bool, error) { return true, errors.New("too hard") }}
	b := table("a=1", "a=2", "b=1")
	got, err := p.Eval(&PredState{Runtime: rt}, b, b.Selected())
	if err != nil || len(got) != 0 {
		t.Errorf("got %v, error %v", got, err)
	}
	if w := rt.Warnings(); len(w) != 1 || w[0].Message != "too hard" {
		t.Errorf("warnings: %v", w)
	}
}

// twice makes two rows of each that has a field, and drops the others.
func twice(field string) func(*Runtime) Mapper {
	return func(*Runtime) Mapper {
		return MapperFunc(func(b *event.Batch) error {
			var rows []int32
			c := b.Field(field)
			for _, r := range b.Selected() {
				if c.Present(int(r)) {
					rows = append(rows, r, r)
				}
			}
			b.Become(b.Gather(rows))
			return nil
		})
	}
}

func TestConditionOfAMultiplyingMapper(t *testing.T) {
	b := table("a=1", "b=1", "a=2", "b=2", "a=3 b=3")
	p := &Mapped{Name: "twice", New: twice("a"), Multiplies: true}
	st := &PredState{}
	for _, c := range []struct {
		pred       Pred
		rows, want []int32
	}{
		{p, []int32{0, 1, 2, 3, 4}, []int32{0, 2, 4}},
		{p, []int32{1, 2, 3}, []int32{2}},
		{p, nil, nil},
		{&Not{X: p}, []int32{0, 1, 2, 3, 4}, []int32{1, 3}},
		{&Any{Terms: []Pred{p, is("b", "2")}}, []int32{0, 1, 2, 3, 4}, []int32{0, 2, 3, 4}},
	} {
		got, err := c.pred.Eval(st, b, c.rows)
		if err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%s on %v: got %v, error %v, want %v", c.pred, c.rows, got, err, c.want)
		}
	}
	if b.Len() != 5 || len(b.Names()) != 2 {
		t.Errorf("the batch was changed: %d rows, fields %q", b.Len(), b.Names())
	}
}

func TestWhere(t *testing.T) {
	write := func(w event.Predicate) string {
		var clauses []string
		for _, c := range w.Clauses {
			var needles []string
			for _, n := range c.Any {
				s := n.Field + "~" + n.Text
				if n.Whole {
					s = n.Field + "=" + n.Text
				}
				needles = append(needles, s)
			}
			clauses = append(clauses, strings.Join(needles, "|"))
		}
		return strings.Join(clauses, " ")
	}
	a, b := is("a", "1"), contains("b", "text")
	for _, c := range []struct {
		pred Pred
		want string
	}{
		{a, "a=1"},
		{b, "b~text"},
		{is("a", ""), ""},
		{anywhere("word"), "~word"},
		{&All{Terms: []Pred{a, b, &Has{Field: "c"}}}, "a=1 b~text"},
		{&Any{Terms: []Pred{a, b}}, "a=1|b~text"},
		{&Any{Terms: []Pred{a, &Has{Field: "c"}}}, ""},
		{&Any{Terms: []Pred{a, &All{Terms: []Pred{contains("b", "x"), contains("b", "longer")}}}}, "a=1|b~longer"},
		{&Any{}, ""},
		{&Not{X: a}, ""},
		{&Compare{Field: "a", Op: "<", Bound: 1}, ""},
		{Always(false), ""},
	} {
		if got := write(c.pred.Where()); got != c.want {
			t.Errorf("%s: got %q, want %q", c.pred, got, c.want)
		}
	}
}
