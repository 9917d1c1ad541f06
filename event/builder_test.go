package event

import (
	"fmt"
	"testing"
)

// rows shows a batch a line per row, absent fields left out.
func rows(b *Batch) []string {
	var out []string
	for _, r := range b.Selected() {
		s := ""
		for i, n := range b.Names() {
			if v, ok := b.Columns()[i].Text(int(r)); ok {
				s += fmt.Sprintf("%s=%s ", n, v)
			}
		}
		out = append(out, s)
	}
	return out
}

func check(t *testing.T, got []string, want ...string) {
	t.Helper()
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestBuilderKeepsAbsentApartFromEmpty(t *testing.T) {
	var w Builder
	w.AddBytes("a", []byte("1"))
	w.EndRow()
	w.AddBytes("b", []byte(""))
	w.EndRow()
	w.AddBytes("a", []byte("2"))
	w.AddText("b", "x")
	w.EndRow()
	check(t, rows(w.Flush()), "a=1 ", "b= ", "a=2 b=x ")
	if w.Flush() != nil {
		t.Error("a second Flush gave rows")
	}
	w.AddBytes("b", []byte("y"))
	w.EndRow()
	check(t, rows(w.Flush()), "b=y ")
}

func TestBuilderLastValueOfAFieldWins(t *testing.T) {
	var w Builder
	for _, v := range []string{"1", "2"} {
		w.AddBytes("a", []byte(v))
		w.AddText("t", v)
		w.AddNumber("n", 2.5)
		w.AddInteger("i", 7)
		w.AddInteger("i", 8)
	}
	w.EndRow()
	check(t, rows(w.Flush()), "a=2 t=2 n=2.5 i=8 ")
}

func TestBuilderMixedKindsBecomeText(t *testing.T) {
	var w Builder
	w.AddNumber("n", 1.5)
	w.EndRow()
	w.EndRow()
	w.AddText("n", "x")
	w.EndRow()
	w.AddInteger("n", 3)
	w.EndRow()
	check(t, rows(w.Flush()), "n=1.5 ", "", "n=x ", "n=3 ")
}

func TestBuilderAbandonForgetsTheOpenRow(t *testing.T) {
	var w Builder
	w.AddBytes("a", []byte("1"))
	w.EndRow()
	w.AddBytes("a", []byte("2"))
	w.AddBytes("b", []byte("2"))
	w.Abandon()
	w.AddBytes("a", []byte("3"))
	w.EndRow()
	check(t, rows(w.Flush()), "a=1 ", "a=3 ")
}

func TestBuilderGivesUpDictionariesOfUniqueValues(t *testing.T) {
	var w Builder
	fill := func() *Batch {
		for i := range 1000 {
			w.AddBytes("id", fmt.Appendf(nil, "id-%d-%p", i, &i))
			w.AddBytes("kind", fmt.Appendf(nil, "k%d", i%7))
			w.EndRow()
		}
		return w.Flush()
	}
	fill()
	b := fill()
	if k := b.Column("id").Kind(); k != Text {
		t.Errorf("unique values stand in a column of kind %d", k)
	}
	if k := b.Column("kind").Kind(); k != Coded {
		t.Errorf("repeating values stand in a column of kind %d", k)
	}
}

func TestBatchGatherProjectAndPositions(t *testing.T) {
	var w Builder
	for i := range 5 {
		w.AddInteger("i", int64(i))
		w.AddText("x", "v")
		w.EndRow()
	}
	b := w.Flush()
	b.SetPosition(100)
	b.Set("\x00h", NewConstant(5, "hidden"))
	b.Narrow(func(r int) bool { return r%2 == 0 })
	g := b.Compact()
	check(t, rows(g)[:1], "i=0 x=v \x00h=hidden ")
	if g.Position(2) != 104 {
		t.Errorf("position %d", g.Position(2))
	}
	g.Project([]string{"x", "nothere"})
	if fmt.Sprint(g.Names()) != fmt.Sprint([]string{"x", "\x00h"}) {
		t.Errorf("names %q", g.Names())
	}
	if c := b.Clone(); c.Count() != 3 {
		t.Errorf("count %d", c.Count())
	}
}
