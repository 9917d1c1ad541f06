package function

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"harrier/event"
	"harrier/internal/num"
	"harrier/plan"
)

// rankedAggregates are the aggregates that keep whole events, with what they must give of some rows.
func rankedAggregates(t interface{ Fatalf(string, ...any) }) map[string]rankedCase {
	limits := map[string]int{"0": 0, "1": 1, "3": 3, "many": 1000}
	m := map[string]rankedCase{}
	for name, limit := range limits {
		n := lawNumber(float64(limit))
		m["head "+name] = rankedCase{lawAgg(t, headFunc, lawArgs("limit", n)), func(rows []lawRow) []lawRow {
			return leadingRows(sortedRows(rows, twinTime(1), false), limit)
		}}
		m["tail "+name] = rankedCase{lawAgg(t, tailFunc, lawArgs("limit", n)), func(rows []lawRow) []lawRow {
			rows = sortedRows(rows, twinTime(-1), false)
			return rows[max(0, len(rows)-limit):]
		}}
		m["sort "+name] = rankedCase{lawAgg(t, sortFunc, lawArgs("field", lawTexts("x"), "limit", n)), func(rows []lawRow) []lawRow {
			return leadingRows(sortedRows(rows, twinNumber("x"), true), limit)
		}}
		m["sort two "+name] = rankedCase{
			lawAgg(t, sortFunc, lawArgs("field", lawTexts("k", "x"), "type", lawTexts("string", "number"), "order", lawTexts("asc", "desc"), "limit", n)),
			func(rows []lawRow) []lawRow {
				return leadingRows(sortedRows(sortedRows(rows, twinNumber("x"), true), twinText("k"), false), limit)
			},
		}
		m["sort any "+name] = rankedCase{lawAgg(t, sortFunc, lawArgs("field", lawTexts("k"), "type", lawTexts("any"), "limit", n)), nil}
		m["sort nothing "+name] = rankedCase{lawAgg(t, sortFunc, lawArgs("limit", n)), func(rows []lawRow) []lawRow {
			return leadingRows(sortedRows(rows, twinNumber("@timestamp"), true), limit) // the last column
		}}
		m["table "+name] = rankedCase{lawAgg(t, tableFunc, lawArgs("fields", lawTexts("x", "k"), "limit", n)), func(rows []lawRow) []lawRow {
			out := []lawRow{}
			for _, r := range leadingRows(sortedRows(rows, twinNumber("@timestamp"), true), limit) {
				kept := map[string]string{}
				for _, f := range []string{"x", "k"} {
					if v, ok := r.fields[f]; ok {
						kept[f] = v
					}
				}
				r.fields = kept
				out = append(out, r)
			}
			return out
		}}
	}
	m["sort default limit"] = rankedCase{lawAgg(t, sortFunc, lawArgs("field", lawTexts("j"))), nil}
	m["top"] = rankedCase{lawAgg(t, topFunc, lawArgs("field", lawTexts("k"), "limit", lawNumber(2), "rest", lawText("rest"), "percent", &Arg{Bool: true})), nil}
	m["top sum"] = rankedCase{lawAgg(t, topFunc, lawArgs("field", lawTexts("k", "j"), "sum", lawText("x"), "limit", lawNumber(2), "rest", lawText("rest"), "percent", &Arg{Bool: true})), nil}
	m["top max"] = rankedCase{lawAgg(t, topFunc, lawArgs("field", lawTexts("j"), "max", lawText("x"), "limit", lawNumber(1), "rest", lawText("rest"), "percent", &Arg{Bool: true})), nil}
	return m
}

type rankedCase struct {
	agg  *Agg
	twin func(rows []lawRow) []lawRow // the plain way to the same rows; nil when there is none
}

// twinKey compares by rank first, and then by number and text, which alone a direction turns round.
type twinKey func(r lawRow) (rank int, number float64, text string)

func twinNumber(field string) twinKey {
	return func(r lawRow) (int, float64, string) {
		s, ok := r.fields[field]
		if !ok {
			return 2, 0, ""
		}
		if f, ok := num.Parse(s); ok {
			return 0, f, ""
		}
		return 1, 0, ""
	}
}

func twinText(field string) twinKey {
	return func(r lawRow) (int, float64, string) {
		s, ok := r.fields[field]
		if !ok {
			return 2, 0, ""
		}
		return 0, 0, s
	}
}

// twinTime puts events without a time to the end, or with -1 to the beginning.
func twinTime(end int) twinKey {
	return func(r lawRow) (int, float64, string) {
		rank, f, _ := twinNumber("@timestamp")(r)
		return min(rank, 1) * end, f, ""
	}
}

func sortedRows(rows []lawRow, key twinKey, descending bool) []lawRow {
	out := slices.Clone(rows)
	slices.SortStableFunc(out, func(a, b lawRow) int {
		ra, na, ta := key(a)
		rb, nb, tb := key(b)
		c := cmp.Or(cmp.Compare(na, nb), cmp.Compare(ta, tb))
		if descending {
			c = -c
		}
		return cmp.Or(cmp.Compare(ra, rb), c)
	})
	return out
}

func leadingRows(rows []lawRow, n int) []lawRow { return rows[:min(n, len(rows))] }

// textOfRows is rows as text, the fields of each sorted.
func textOfRows(rows []lawRow) string {
	var out strings.Builder
	for _, r := range rows {
		var fields []string
		for k, v := range r.fields {
			fields = append(fields, k+"="+v)
		}
		slices.Sort(fields)
		fmt.Fprintln(&out, strings.Join(fields, " "))
	}
	return out.String()
}

func lawRowsOf(b *event.Batch) []lawRow {
	var rows []lawRow
	if b == nil {
		return nil
	}
	for _, r := range b.Selected() {
		row := lawRow{fields: map[string]string{}}
		for i, n := range b.Names() {
			if s, ok := b.Columns()[i].Text(int(r)); ok {
				row.fields[n] = s
			}
		}
		rows = append(rows, row)
	}
	return rows
}

func TestRankedRowsLaw(t *testing.T) {
	for name, c := range rankedAggregates(t) {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) { checkLaw(t, c.agg, drawRows(t)) })
		})
	}
}

// TestRankedRowsTwin compares with sorting all rows.
func TestRankedRowsTwin(t *testing.T) {
	for name, c := range rankedAggregates(t) {
		if c.twin == nil {
			continue
		}
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				rows := drawRows(t)
				for i := range rows {
					rows[i].outer = 0
				}
				state := c.agg.New(&plan.Runtime{})
				state.Grow(1)
				for left := rows; len(left) > 0; {
					k := rapid.IntRange(1, len(left)).Draw(t, "batch")
					b, group := lawBatch(left[:k], func(name string) int { return rapid.IntRange(0, 3).Draw(t, "form of "+name) }, false)
					if err := state.Add(b, group); err != nil {
						t.Fatal(err)
					}
					left = left[k:]
				}
				b, err := resultRows(state, 0)
				if err != nil {
					t.Fatal(err)
				}
				if got, want := textOfRows(lawRowsOf(b)), textOfRows(c.twin(rows)); got != want {
					t.Fatalf(" got\n%swant\n%s", got, want)
				}
			})
		})
	}
}

// TestRankedRowsCompact sends many batches through small limits, so that chunks are rebuilt.
func TestRankedRowsCompact(t *testing.T) {
	const batches, rows, groups, limit = 60, 1000, 50, 3
	state := lawAgg(t, sortFunc, lawArgs("field", lawTexts("x"), "order", lawTexts("asc"), "limit", lawNumber(limit))).New(&plan.Runtime{}).(*rankedRows)
	state.Grow(groups)
	var want [groups][]string
	peak := 0
	for i := range batches {
		strs, nums, group := make([]string, rows), make([]float64, rows), make([]uint32, rows)
		for r := range strs {
			n := (i*rows+r)*7919%(batches*rows) + r%2*batches*rows - i // rather smaller later on
			strs[r], nums[r], group[r] = fmt.Sprint(n), float64(n), uint32(r%groups)
			want[r%groups] = append(want[r%groups], strs[r])
		}
		b := event.NewBatch(rows)
		b.SetPosition(uint64(i * rows))
		b.Set("x", event.NewText(strs, nil))
		b.Set(fmt.Sprint("only", i%3), event.NewNumber(nums, nil))
		if err := state.Add(b, group); err != nil {
			t.Fatal(err)
		}
		peak = max(peak, state.held)
	}
	if most := 2*groups*limit + event.BatchRows + rows; peak > most {
		t.Errorf("%d rows were held, of which %d were wanted", peak, groups*limit)
	}
	state.held = 1 << 20 // as if most rows were dead
	state.compact()
	if state.held != groups*limit {
		t.Errorf("%d rows held behind compact, want %d", state.held, groups*limit)
	}
	for g := range want {
		slices.SortFunc(want[g], func(a, b string) int {
			x, _ := num.Parse(a)
			y, _ := num.Parse(b)
			return cmp.Compare(x, y)
		})
		b, err := resultRows(state, uint32(g))
		if err != nil {
			t.Fatal(err)
		}
		for i, r := range lawRowsOf(b) {
			other := r.fields["only0"] + r.fields["only1"] + r.fields["only2"]
			if r.fields["x"] != want[g][i] || other != want[g][i] {
				t.Errorf("group %d row %d is %v, want %s", g, i, r.fields, want[g][i])
			}
		}
	}
}

// TestSortSameEvent keeps rows made from one event, which share its position, in order.
func TestSortSameEvent(t *testing.T) {
	state := lawAgg(t, headFunc, lawArgs("limit", lawNumber(3))).New(&plan.Runtime{})
	state.Grow(1)
	b := event.NewBatch(4)
	b.Set("n", event.NewText([]string{"a", "b", "c", "d"}, nil))
	b.SetPositions([]uint64{7, 7, 7, 7})
	if err := state.Add(b, plan.ZeroGroups(4)); err != nil {
		t.Fatal(err)
	}
	out, _ := resultRows(state, 0)
	if got := textOfRows(lawRowsOf(out)); got != "n=a\nn=b\nn=c\n" {
		t.Errorf("got %q", got)
	}
}

func TestTimePlaces(t *testing.T) {
	state := lawAgg(t, headFunc, nil).New(&plan.Runtime{})
	state.Grow(1)
	b := event.NewBatch(4)
	b.Set("n", event.NewText([]string{"a", "b", "c", "d"}, nil))
	b.Set("@timestamp", event.NewText([]string{"30", "x", "", "5"}, event.Bits{0b1011}))
	b.Set("@ingesttimestamp", event.NewText([]string{"1", "20", "", "9"}, event.Bits{0b1011}))
	mapper := func(f *Function, args map[string]*Arg) {
		factory, problems := f.NewMapper(lawCall(t, f, args))
		if problems.HasErrors() {
			t.Fatal(problems)
		}
		if err := factory(nil).Map(b); err != nil {
			t.Fatal(err)
		}
	}
	mapper(dropFunc, lawArgs("fields", lawTexts("@timestamp", "@ingesttimestamp")))
	mapper(selectFunc, lawArgs("fields", lawTexts("n", "nothing")))
	if err := state.Add(b, plan.ZeroGroups(4)); err != nil {
		t.Fatal(err)
	}
	out, _ := resultRows(state, 0)
	if got := textOfRows(lawRowsOf(out)); got != "n=d\nn=a\nn=b\nn=c\n" {
		t.Errorf("got %q", got)
	}
}

func TestReadHex(t *testing.T) {
	col := event.NewText([]string{"0xff", "FF", "0X00ff", "100", "0x", "", "xyz", "-1", "0", "ffffffffffffffffffffffff", "0x1ffffffffffffffffffffffff"}, nil)
	var shown []string
	for i := range col.Len() {
		v := readHex(col, i)
		shown = append(shown, fmt.Sprintf("%d:%v:%s", v.rank, v.number, v.text))
	}
	want := "0:2:ff 0:2:ff 0:2:ff 0:3:100 1:0: 1:0: 1:0: 1:0: 0:0: 0:24:ffffffffffffffffffffffff 0:25:1ffffffffffffffffffffffff"
	if got := strings.Join(shown, " "); got != want {
		t.Errorf(" got %s\nwant %s", got, want)
	}
}

func TestRenameField(t *testing.T) {
	for _, c := range []struct{ from, to, want string }{
		{"b", "x", "a=1 x=2 c=3 | a=4 c=6"},
		{"b", "c", "a=1 c=2 | a=4 c=6"},
		{"c", "b", "a=1 b=3 | a=4 b=6"},
		{"b", "b", "a=1 b=2 c=3 | a=4 c=6"},
		{"nothing", "b", "a=1 b=2 c=3 | a=4 c=6"},
	} {
		b := event.NewBatch(2)
		b.Set("a", event.NewText([]string{"1", "4"}, nil))
		b.Set("b", event.NewText([]string{"2", ""}, event.Bits{1}))
		b.Set("c", event.NewText([]string{"3", "6"}, nil))
		b.Set("\x00raw", event.NewConstant(2, "r"))
		renameField(b, c.from, c.to)
		var rows []string
		for r := range 2 {
			var fields []string
			for i, n := range b.Names() {
				if s, ok := b.Columns()[i].Text(r); ok && !event.Hidden(n) {
					fields = append(fields, n+"="+s)
				}
			}
			rows = append(rows, strings.Join(fields, " "))
		}
		if got := strings.Join(rows, " | "); got != c.want || len(b.Names()) != len(b.Columns()) || b.Column("\x00raw") == nil {
			t.Errorf("rename %s to %s: %s, want %s", c.from, c.to, got, c.want)
		}
	}
}
