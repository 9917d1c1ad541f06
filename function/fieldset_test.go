package function

import (
	"testing"

	"harrier/event"
	"harrier/plan"
)

// TestFieldNamesMerge splits rows of two groups over two states whose names are numbered differently.
func TestFieldNamesMerge(t *testing.T) {
	f, _ := fieldsetFunc.NewAggregator(nil)
	one, two := f(&plan.Runtime{}), f(&plan.Runtime{})
	one.Grow(2)
	two.Grow(2)
	b := event.NewBatch(2)
	b.Set("\x00row", event.NewConstant(2, "1"))
	b.Set("b", event.NewText([]string{"", "x"}, event.Bits{0b01}))
	b.Set("a", event.NewConstant(2, "x"))
	c := event.NewBatch(1)
	c.Set("c", event.NewConstant(1, "x"))
	c.Set("a", event.NewConstant(1, "x"))
	if one.Add(b, []uint32{0, 1}) != nil || two.Add(c, []uint32{0}) != nil || one.Merge(two, []uint32{1, 0}) != nil {
		t.Fatal("an error")
	}
	for g, want := range []string{"a b", "a c"} {
		var w event.Builder
		if err := one.Result(uint32(g), &w); err != nil {
			t.Fatal(err)
		}
		got, rows := "", w.Flush()
		for r := range rows.Len() {
			s, _ := rows.Text(nameField, r)
			got += s + " "
		}
		if got != want+" " {
			t.Errorf("group %d: %q, want %q", g, got, want)
		}
	}
	if one.Bytes() == 0 {
		t.Error("no memory")
	}
}
