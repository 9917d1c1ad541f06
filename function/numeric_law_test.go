package function

import (
	"fmt"
	"math"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"harrier/event"
	"harrier/internal/num"
	"harrier/plan"
)

// The law of aggregators: any split of the rows over several states, merged in any order, gives the same result. The
// tests here make rows of awkward values in columns of every form, and compare one state that saw them all with many.

// lawRow is an event: its fields, its outer group and its place in the input.
type lawRow struct {
	fields map[string]string
	outer  uint32
	at     uint64
}

// lawCall makes a call with the arguments given and the defaults of the others.
func lawCall(t interface{ Fatalf(string, ...any) }, f *Function, args map[string]*Arg) *Call {
	c := &Call{Function: f, Env: &Env{}, Args: map[string]*Arg{}}
	for _, p := range f.Params {
		if a := args[p.Name]; a != nil {
			a.Name, a.Given = p.Name, true
			c.Args[p.Name] = a
			continue
		}
		if p.Default == "" {
			continue
		}
		a := &Arg{Name: p.Name, Text: p.Default, Texts: []string{p.Default}}
		a.Number, _ = num.Parse(p.Default)
		if p.Kind == Aggregates {
			a.Aggs = []*Agg{lawAgg(t, countFunc, nil)}
		}
		c.Args[p.Name] = a
	}
	return c
}

// lawAgg compiles a call of an aggregate as the compiler would.
func lawAgg(t interface{ Fatalf(string, ...any) }, f *Function, args map[string]*Arg) *Agg {
	c := lawCall(t, f, args)
	factory, problems := f.NewAggregator(c)
	if problems.HasErrors() {
		t.Fatalf("%s: %v", f.Name, problems)
	}
	return &Agg{Name: f.Name + "()", New: factory, Reads: c.FieldEffect(), Outputs: c.Outputs(), Rows: f.GivesRows, Ordered: f.Ordered, Of: c}
}

func lawText(s string) *Arg        { return &Arg{Text: s, Texts: []string{s}} }
func lawTexts(s ...string) *Arg    { return &Arg{Texts: s} }
func lawNumber(f float64) *Arg     { return &Arg{Text: num.Format(f), Number: f} }
func lawSpan(d time.Duration) *Arg { return &Arg{Text: d.String(), Span: d} }
func lawAggs(a ...*Agg) *Arg       { return &Arg{Aggs: a, NoValues: len(a) == 0} }
func lawArgs(kv ...any) map[string]*Arg {
	m := map[string]*Arg{}
	for i := 0; i < len(kv); i += 2 {
		m[kv[i].(string)] = kv[i+1].(*Arg)
	}
	return m
}

// lawAggregates are the aggregates that the law is tested for.
func lawAggregates(t interface{ Fatalf(string, ...any) }) map[string]*Agg {
	x := func(f *Function, as string) *Agg {
		return lawAgg(t, f, lawArgs("field", lawText("x"), "as", lawText(as)))
	}
	all := []*Agg{
		x(sumFunc, "s"), x(avgFunc, "a"), x(minFunc, "l"), x(maxFunc, "h"), x(rangeFunc, "r"), x(stdDevFunc, "d"),
		lawAgg(t, percentileFunc, lawArgs("field", lawText("x"), "percentiles", lawTexts("0", "50", "99.9", "100"))),
		lawAgg(t, countFunc, nil),
	}
	by := func(f string) *Agg { return lawAgg(t, groupByFunc, lawArgs("field", lawTexts(f))) }
	doubled := &plan.Map{Name: "double", Multiplies: true, New: func(*plan.Runtime) plan.Mapper {
		return plan.MapperFunc(func(b *event.Batch) error {
			var rows []int32
			for _, r := range b.Selected() {
				rows = append(rows, r, r)
			}
			b.Become(b.Gather(rows))
			return nil
		})
	}}
	odd := &plan.Map{Name: "odd", New: func(*plan.Runtime) plan.Mapper {
		return plan.MapperFunc(func(b *event.Batch) error {
			b.Narrow(func(r int) bool { return b.Position(r)%2 == 1 })
			return nil
		})
	}}
	later := &plan.Map{Name: "later", Effects: plan.Effect{Writes: []string{"z"}}, New: func(*plan.Runtime) plan.Mapper {
		return plan.MapperFunc(func(b *event.Batch) error {
			b.Set("z", event.NewConstant(b.Len(), "1"))
			return nil
		})
	}}
	total := lawAgg(t, sumFunc, lawArgs("field", lawText("_count")))
	totalStage := &plan.Aggregate{Name: "sum()", New: total.New, Effects: plan.Effect{Only: true, Writes: total.Outputs}, Columns: total.Outputs}
	m := map[string]*Agg{
		"stats":           Combine(all),
		"nothing":         Combine(nil),
		"stats of one":    lawAgg(t, statsFunc, lawArgs("function", lawAggs(all[2]))),
		"groupBy number":  lawAgg(t, groupByFunc, lawArgs("field", lawTexts("x"), "function", lawAggs(all[7]))),
		"groupBy":         lawAgg(t, groupByFunc, lawArgs("field", lawTexts("k"), "function", lawAggs(all...))),
		"groupBy two":     lawAgg(t, groupByFunc, lawArgs("field", lawTexts("k", "j"), "function", lawAggs(all[0], all[5]))),
		"groupBy limit":   lawAgg(t, groupByFunc, lawArgs("field", lawTexts("k", "j"), "function", lawAggs(all[3]), "limit", lawNumber(2))),
		"groupBy limit 0": lawAgg(t, groupByFunc, lawArgs("field", lawTexts("j"), "function", lawAggs(), "limit", lawNumber(1))),
		"groupBy nested":  lawAgg(t, groupByFunc, lawArgs("field", lawTexts("k"), "function", lawAggs(all[1], by("j"), by("x")))),
		"product":         Combine([]*Agg{by("k"), all[0], by("j")}),
		"bucket":          lawAgg(t, bucketFunc, lawArgs("function", lawAggs(all[0], all[5], all[6]))),
		"bucket of 3":     lawAgg(t, bucketFunc, lawArgs("buckets", lawNumber(3), "field", lawTexts("k", "j"), "limit", lawNumber(2))),
		"bucket zone":     lawAgg(t, bucketFunc, lawArgs("span", lawSpan(24*time.Hour), "timezone", lawText("Europe/Paris"), "function", lawAggs(by("k")))),
		"bucket minSpan":  lawAgg(t, bucketFunc, lawArgs("minSpan", lawSpan(7*time.Minute))),
		"timeChart": lawAgg(t, timeChartFunc, lawArgs("series", lawText("k"), "limit", lawNumber(2), "function", lawAggs(all[3], all[7]),
			"unit", lawTexts("bytes/span to Kbytes/day"))),
		"composite":       Composite(all[0].At, []plan.Stage{odd}, all[0], []plan.Stage{later}),
		"composite twice": Composite(all[0].At, []plan.Stage{doubled, odd}, by("k"), []plan.Stage{totalStage, later}),
	}
	m["groupBy composites"] = lawAgg(t, groupByFunc, lawArgs("field", lawTexts("j"), "function", lawAggs(m["composite twice"], all[2])))
	m["bucket composites"] = lawAgg(t, bucketFunc, lawArgs("function", lawAggs(Composite(all[0].At, []plan.Stage{doubled}, by("k"), nil))))
	return m
}

var lawNumbers = []string{
	"0", "-0", "1", "2", "-3", "0.1", "0.2", "0.3", "1e16", "-1e16", "1", "9007199254740993", "4611686018427387904", "-4611686018427387904",
	"9e15", "1e300", "-1e300", "1.7976931348623157e308", "-1.7976931348623157e308", "5e-324", "1e-310", "123456.789", "1e-200", "", "abc", "1e999", "NaN",
}

func drawRows(t *rapid.T) []lawRow {
	word := rapid.SampledFrom([]string{"a", "b", "c", "a", "", "1", "01"})
	value := rapid.OneOf(rapid.SampledFrom(lawNumbers), rapid.Map(rapid.Float64(), num.Format), rapid.Map(rapid.IntRange(-50, 50), func(i int) string { return fmt.Sprint(i) }))
	start := rapid.SampledFrom([]int64{0, 1700000000000, 1711846800000 /* a change of clocks in Paris */, -1}).Draw(t, "start")
	step := rapid.SampledFrom([]int64{1, 1000, 3600_000}).Draw(t, "step")
	n := rapid.IntRange(0, 40).Draw(t, "rows")
	rows := make([]lawRow, n)
	for i := range rows {
		r := lawRow{fields: map[string]string{}, outer: uint32(rapid.IntRange(0, 1).Draw(t, "outer")), at: uint64(i) + 1}
		for _, f := range []struct {
			name string
			gen  *rapid.Generator[string]
		}{
			{"k", word}, {"j", word}, {"x", value},
			{"@timestamp", rapid.Map(rapid.Int64Range(0, 100), func(d int64) string { return fmt.Sprint(start + d*step) })},
		} {
			if rapid.IntRange(0, 5).Draw(t, "present") > 0 {
				r.fields[f.name] = f.gen.Draw(t, f.name)
			}
		}
		rows[i] = r
	}
	return rows
}

// lawBatch puts rows into a batch: form chooses between dictionaries and texts, and numbers where all values are such
// as a computed column would hold. Every other row of the batch is not selected, and full of nonsense.
func lawBatch(rows []lawRow, form func(name string) int, flip bool) (*event.Batch, []uint32) {
	n := 2 * len(rows)
	b := event.NewBatch(n)
	group := make([]uint32, n)
	sel := make([]int32, len(rows))
	pos := make([]uint64, n)
	for i, r := range rows {
		sel[i] = int32(2 * i)
		pos[2*i], pos[2*i+1] = r.at, r.at
		group[2*i] = r.outer
		if flip {
			group[2*i] = 1 - r.outer
		}
	}
	for _, name := range []string{"k", "j", "x", "@timestamp"} {
		strs, valid := make([]string, n), event.NewBits(n)
		nums, numeric := make([]float64, n), true
		ints, whole := make([]int64, n), true
		codes, dict := make([]uint32, n), event.NewDict()
		dict.Code("nonsense")
		same := true
		for i := range n {
			s, ok := "nonsense", true
			if i%2 == 0 {
				s, ok = rows[i/2].fields[name]
				f, isNum := num.Parse(s)
				nums[i] = f
				numeric = numeric && (!ok || isNum && num.Format(f) == s)
				ints[i] = int64(f)
				whole = whole && (!ok || isNum && fmt.Sprint(ints[i]) == s)
				same = same && ok && s == rows[0].fields[name]
			}
			codes[i] = event.NoCode
			if ok {
				strs[i], codes[i] = s, dict.Code(s)
				valid.Set(i)
			}
		}
		switch f := form(name); {
		case f == 0 && whole:
			b.Set(name, event.NewInteger(ints, valid))
		case f <= 1 && numeric:
			b.Set(name, event.NewNumber(nums, valid))
		case f <= 2 && same && len(rows) > 0:
			b.Set(name, event.NewConstant(n, rows[0].fields[name]))
		case f == 2:
			b.Set(name, event.NewText(strs, valid))
		default:
			b.Set(name, event.NewCoded(dict, codes))
		}
	}
	b.Select(sel)
	b.SetPositions(pos)
	return b, group
}

// lawResult is the result of an outer group as text.
func lawResult(t interface{ Fatalf(string, ...any) }, agg plan.Aggregator, outer uint32) string {
	b, err := resultRows(agg, outer)
	if err != nil {
		t.Fatalf("%v", err)
	}
	if b == nil {
		return ""
	}
	var out strings.Builder
	for _, r := range b.Selected() {
		for i, n := range b.Names() {
			if s, ok := b.Columns()[i].Text(int(r)); ok {
				fmt.Fprintf(&out, "%s=%s ", n, s)
			}
		}
		out.WriteByte('\n')
	}
	return out.String()
}

func warned(rt *plan.Runtime) string {
	var codes []string
	for _, w := range rt.Warnings() {
		codes = append(codes, w.Code)
	}
	return strings.Join(codes, " ")
}

func TestAggregateLaw(t *testing.T) {
	for name, agg := range lawAggregates(t) {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) { checkLaw(t, agg, drawRows(t)) })
		})
	}
}

// checkLaw splits rows at random.
func checkLaw(t *rapid.T, agg *Agg, rows []lawRow) {
	runtime := func() *plan.Runtime { return &plan.Runtime{} }
	if rapid.Bool().Draw(t, "bounded") {
		runtime = func() *plan.Runtime {
			return &plan.Runtime{Start: time.UnixMilli(1700000000000), End: time.UnixMilli(1700000500001)}
		}
	}
	plainRT, splitRT := runtime(), runtime()

	one := agg.New(plainRT)
	one.Grow(2)
	b, group := lawBatch(rows, func(string) int { return 3 }, false)
	if err := one.Add(b, group); err != nil {
		t.Fatal(err)
	}

	n := rapid.IntRange(1, 4).Draw(t, "states")
	states := make([]plan.Aggregator, n)
	for i := range states {
		states[i] = agg.New(splitRT)
		states[i].Grow(2)
	}
	for left := rows; len(left) > 0; {
		k := rapid.IntRange(1, len(left)).Draw(t, "batch")
		i := rapid.IntRange(0, n-1).Draw(t, "state")
		b, group := lawBatch(left[:k], func(name string) int { return rapid.IntRange(0, 3).Draw(t, "form of "+name) }, i%2 == 1)
		if err := states[i].Add(b, group); err != nil {
			t.Fatal(err)
		}
		left = left[k:]
	}
	flipped := make([]bool, n)
	for i := range flipped {
		flipped[i] = i%2 == 1
	}
	for len(states) > 1 {
		into := rapid.IntRange(0, len(states)-1).Draw(t, "into")
		from := rapid.IntRange(0, len(states)-2).Draw(t, "from")
		if from >= into {
			from++
		}
		to := []uint32{0, 1}
		if flipped[into] != flipped[from] {
			to = []uint32{1, 0}
		}
		if err := states[into].Merge(states[from], to); err != nil {
			t.Fatal(err)
		}
		states, flipped = slices.Delete(states, from, from+1), slices.Delete(flipped, from, from+1)
	}
	for outer := range uint32(2) {
		there := outer
		if flipped[0] {
			there = 1 - outer
		}
		want, got := lawResult(t, one, outer), lawResult(t, states[0], there)
		if got != want {
			t.Fatalf("outer group %d\n got %s\nwant %s", outer, got, want)
		}
		if again := lawResult(t, states[0], there); again != got {
			t.Fatalf("asked twice\n got %s\nwant %s", again, got)
		}
	}
	if got, want := warned(splitRT), warned(plainRT); got != want {
		t.Fatalf("warnings %q, want %q", got, want)
	}
	if states[0].Bytes() < 0 {
		t.Fatal("negative size")
	}
}

// TestGroupByAgainstJoinedTexts compares groupBy() with its plain twin, a map of joined texts.
func TestGroupByAgainstJoinedTexts(t *testing.T) {
	agg := lawAgg(t, groupByFunc, lawArgs("field", lawTexts("k", "j"), "function", lawAggs(lawAgg(t, countFunc, nil), lawAgg(t, sumFunc, lawArgs("field", lawText("x"))))))
	rapid.Check(t, func(t *rapid.T) {
		rows := drawRows(t)
		for i := range rows {
			rows[i].outer = 0
		}
		state := agg.New(&plan.Runtime{})
		state.Grow(1)
		b, group := lawBatch(rows, func(name string) int { return rapid.IntRange(0, 3).Draw(t, "form of "+name) }, false)
		if err := state.Add(b, group); err != nil {
			t.Fatal(err)
		}
		type twin struct {
			count int
			sum   *big.Float
		}
		groups := map[string]*twin{}
		var order []string
		for _, r := range rows {
			k, hasK := r.fields["k"]
			j, hasJ := r.fields["j"]
			if !hasK && !hasJ {
				continue
			}
			key := "k=" + k + " j=" + j
			if groups[key] == nil {
				groups[key] = &twin{sum: new(big.Float).SetPrec(hugeBits)}
				order = append(order, key)
			}
			groups[key].count++
			if v, ok := num.Parse(r.fields["x"]); ok {
				groups[key].sum.Add(groups[key].sum, big.NewFloat(v))
			}
		}
		var want strings.Builder
		for _, key := range order {
			g := groups[key]
			fmt.Fprintf(&want, "%s _count=%d ", key, g.count)
			if n, exact := g.sum.Int64(); exact == big.Exact {
				fmt.Fprintf(&want, "_sum=%s ", shownInt(n))
			} else if f, _ := g.sum.Float64(); !math.IsInf(f, 0) {
				fmt.Fprintf(&want, "_sum=%s ", num.Format(f))
			}
			want.WriteByte('\n')
		}
		if got := lawResult(t, state, 0); got != want.String() {
			t.Fatalf(" got %s\nwant %s", got, want.String())
		}
	})
}

func shownInt(n int64) string {
	if n > maxWhole || n < -maxWhole {
		return fmt.Sprint(n)
	}
	return num.Format(float64(n))
}

func TestPercentileError(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		accuracy := rapid.SampledFrom([]float64{0.5, 0.1, 0.01, 0.0001}).Draw(t, "accuracy")
		scale := newSketchScale(accuracy)
		var q quantileSketch
		values := rapid.SliceOfN(rapid.Float64Range(-1e300, 1e300), 1, 100).Draw(t, "values")
		for i, v := range values {
			if math.Abs(v) < 1e-300 {
				values[i], v = 0, 0
			}
			q.add(scale.key(v), 1)
		}
		slices.Sort(values)
		p := rapid.SampledFrom([]float64{0, 1, 25, 50, 75, 99, 99.9, 100}).Draw(t, "p")
		want := values[int(p*float64(len(values)-1)/100)]
		if got := scale.value(q.key(p)); math.Abs(got-want) > accuracy*math.Abs(want)*(1+1e-9) {
			t.Fatalf("percentile %v of %v is %v, want %v", p, values, got, want)
		}
	})
}

func TestDeviation(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.IntRange(-1000, 1000), 1, 20).Draw(t, "values")
		base := rapid.SampledFrom([]float64{0, 1e9, 0.5, 1e15}).Draw(t, "base")
		var m moments
		mean := 0.0
		for _, v := range values {
			m.n++
			m.sum.add(base + float64(v))
			m.squares.addSquare(base + float64(v))
			mean += float64(v) / float64(len(values))
		}
		want := 0.0
		for _, v := range values {
			want += (float64(v) - mean) * (float64(v) - mean) / float64(len(values))
		}
		want = math.Sqrt(want)
		if got := deviation(m.n, &m.sum, &m.squares); math.Abs(got-want) > 1e-9*(1+want) {
			t.Fatalf("deviation of %v + %v is %v, want %v", base, values, got, want)
		}
	})
}

func TestExactSum(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var s [3]exactSum
		want := new(big.Float).SetPrec(hugeBits)
		for range rapid.IntRange(0, 30).Draw(t, "n") {
			to := &s[rapid.IntRange(0, 2).Draw(t, "to")]
			switch rapid.IntRange(0, 2).Draw(t, "what") {
			case 0: // as many numbers may have added up to
				n := rapid.SampledFrom([]int64{math.MaxInt64, math.MinInt64, math.MinInt64 + 1, 1 << 62, -1, 0, 7}).Draw(t, "int")
				to.addInt(n)
				want.Add(want, new(big.Float).SetInt64(n))
			case 1:
				f := rapid.Float64().Draw(t, "float")
				to.add(f)
				want.Add(want, big.NewFloat(f))
			default:
				f := rapid.Float64().Draw(t, "root")
				to.addSquare(f)
				square := new(big.Float).SetPrec(128).SetFloat64(f)
				want.Add(want, square.Mul(square, square))
			}
		}
		s[2].merge(&s[0])
		s[2].merge(&s[1])
		if got := s[2].big(); got.Cmp(want) != 0 {
			t.Fatalf("sum is %s, want %s", got.Text('g', 40), want.Text('g', 40))
		}
		n, f, isInt := s[2].value()
		if wantN, accuracy := want.Int64(); isInt != (accuracy == big.Exact) || isInt && n != wantN {
			t.Fatalf("integer %d, %v", n, isInt)
		}
		if wantF, _ := want.Float64(); f != wantF {
			t.Fatalf("float %v, want %v", f, wantF)
		}
	})
}
