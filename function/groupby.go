package function

import (
	"math"
	"slices"

	"harrier/diag"
	"harrier/event"
	"harrier/plan"
)

// MaxGroups is the largest limit that groupBy() takes.
const MaxGroups = 1_000_000

var groupByFunc = &Function{
	Name:     "groupBy",
	Category: "aggregate",
	Summary:  "Groups events by the values of one or more fields and runs aggregates on each group.",
	Doc: "A group is told by the exact texts of its key fields. An event without any of the key fields is in no group; " +
		"where it has some of several key fields, the others count as empty texts.\n\n" +
		"Several aggregates work as in `stats()`: their fields stand in one row, and those that give several rows, " +
		"such as a `groupBy()` inside, are multiplied with the rest. A group for which no aggregate has a result is still " +
		"shown, with its key fields. `function=[]` gives the distinct keys.\n\n" +
		"Rows come in the order in which the groups first appear in the input; the reference leaves that order open, so " +
		"write `sort()` where it matters. When there are more groups than `limit`, a warning is given and those " +
		"with the largest number among their results are kept, the earlier one of equals; their values are exact, because no event " +
		"is left out before the choice.",
	Unnamed: "field",
	Params: []Param{
		{Name: "field", Kind: Fields, Required: true, Doc: "The key fields."},
		{Name: "function", Kind: Aggregates, Default: "count(as=_count)", Doc: "What to work out for each group; `[]` for nothing."},
		{Name: "limit", Kind: Int, Default: "20000", Min: 1, Max: MaxGroups, Doc: "The largest number of groups, or `max`."},
	},
	Examples: []Example{{
		Query:     `groupBy(status)`,
		In:        "{\"status\":\"440\"}\n{\"status\":\"500\"}\n{\"status\":\"440\"}\n{\"other\":\"1\"}",
		Out:       "{\"status\":\"440\",\"_count\":\"2\"}\n{\"status\":\"500\",\"_count\":\"1\"}",
		Unordered: true,
	}, {
		Doc:       "Of several keys, one that an event lacks is empty.",
		Query:     `groupBy([host, user], function=[max(n), count(as=c)])`,
		In:        "{\"host\":\"a\",\"user\":\"u\",\"n\":\"1\"}\n{\"host\":\"a\",\"n\":\"7\"}\n{\"host\":\"a\",\"user\":\"u\",\"n\":\"3\"}\n{\"n\":\"9\"}",
		Out:       "{\"host\":\"a\",\"user\":\"u\",\"_max\":\"3\",\"c\":\"2\"}\n{\"host\":\"a\",\"user\":\"\",\"_max\":\"7\",\"c\":\"1\"}",
		Unordered: true,
	}, {
		Doc:       "A `groupBy()` inside repeats what stands next to it in each of its rows.",
		Query:     `groupBy(method, function=[count(as=all), groupBy(code, function=count(as=n))])`,
		In:        "{\"method\":\"GET\",\"code\":\"200\"}\n{\"method\":\"GET\",\"code\":\"301\"}\n{\"method\":\"PUT\",\"code\":\"200\"}",
		Out:       "{\"method\":\"GET\",\"all\":\"2\",\"code\":\"200\",\"n\":\"1\"}\n{\"method\":\"GET\",\"all\":\"2\",\"code\":\"301\",\"n\":\"1\"}\n{\"method\":\"PUT\",\"all\":\"1\",\"code\":\"200\",\"n\":\"1\"}",
		Unordered: true,
	}, {
		Query:     `groupBy(user, function=[])`,
		In:        "{\"user\":\"a\"}\n{\"user\":\"b\"}\n{\"user\":\"a\"}",
		Out:       "{\"user\":\"a\"}\n{\"user\":\"b\"}",
		Unordered: true,
	}},
	GivesRows: true,
	Outputs: func(c *Call) []string {
		return keyedOutputs(nil, c.Fields("field"), c.Aggregates("function"))
	},
	NewAggregator: func(c *Call) (AggregatorFactory, diag.List) {
		fields := distinct(c.Fields("field"))
		if len(fields) == 0 {
			return nil, c.Errorf("missing-argument", "field", "groupBy() needs at least one field to group by")
		}
		agg, limit, at := Combine(c.Aggregates("function")), c.Int("limit"), c.At
		return func(rt *plan.Runtime) plan.Aggregator {
			return &groupBy{rt: rt, at: at, limit: limit, keys: newKeyTable(fields), agg: agg.New(rt)}
		}, keyOverwritten(c, fields, c.Aggregates("function"))
	},
}

// distinct gives the texts without repetitions.
func distinct(texts []string) []string {
	var out []string
	for _, s := range texts {
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// keyedOutputs are the fields of rows that have key fields and results; nil when those are not known.
func keyedOutputs(first, keys []string, aggs []*Agg) []string {
	agg := Combine(aggs)
	if agg.Outputs == nil {
		return nil
	}
	return distinct(slices.Concat(first, keys, agg.Outputs))
}

// keyOverwritten warns of results that take the place of a key field. An aggregate that reads the field it writes, as
// selectLast() and collect() do, carries the key along and means no harm.
func keyOverwritten(c *Call, keys []string, aggs []*Agg) diag.List {
	var out diag.List
	for _, a := range aggs {
		for _, f := range a.Outputs {
			if slices.Contains(keys, f) && !slices.Contains(a.Reads.Reads, f) && !a.Reads.ReadsAll {
				out = append(out, diag.Warningf("field-conflict", a.At, "the result %s of %s takes the place of the key field %s of %s()", f, a.Name, f, c.Function.Name))
			}
		}
	}
	return out
}

// groupBy is a keyTable with an aggregator behind it.
type groupBy struct {
	rt    *plan.Runtime
	at    diag.Span
	limit int
	keys  *keyTable
	agg   plan.Aggregator
}

var _ plan.RowAggregator = (*groupBy)(nil)

func (a *groupBy) GivesRows() {}

func (a *groupBy) Grow(int) {} // outer groups need no room of their own

func (a *groupBy) Add(b *event.Batch, outer []uint32) error {
	group, kept := a.keys.groups(b, outer)
	a.agg.Grow(a.keys.len())
	if kept != nil {
		if len(kept) == 0 {
			return nil
		}
		b = b.Clone()
		b.Select(kept)
	}
	return a.agg.Add(b, group)
}

func (a *groupBy) Merge(other plan.Aggregator, outer []uint32) error {
	o := other.(*groupBy)
	group := a.keys.merge(o.keys, outer)
	a.agg.Grow(a.keys.len())
	return a.agg.Merge(o.agg, group)
}

func (a *groupBy) Bytes() int { return a.keys.bytes() + a.agg.Bytes() }

func (a *groupBy) Result(outer uint32, w *event.Builder) error {
	groups := a.keys.inOrder(outer)
	if len(groups) > a.limit {
		best, err := a.largest(groups)
		if err != nil {
			return err
		}
		groups = best
		a.rt.Warn(diag.Warningf("groupby-limit", a.at, "groupBy() met more than %d groups, and only those with the largest values are kept", a.limit).
			WithHelp("raise limit=, up to %d (max), or group by fewer or coarser values", MaxGroups))
	}
	return writeKeyed(a.agg, groups, w, func(i int) { a.keys.write(groups[i], w) })
}

// largest gives the groups within the limit, in order of appearance.
func (a *groupBy) largest(groups []uint32) ([]uint32, error) {
	scores, err := scoresOf(a.agg, groups, largestNumber)
	if err != nil {
		return nil, err
	}
	var out []uint32
	for _, i := range topScores(scores, a.limit) {
		out = append(out, groups[i])
	}
	return out, nil
}

// writeKeyed gives the rows of groups, in order. key adds what comes first in each row of the i-th of them.
func writeKeyed(agg plan.Aggregator, groups []uint32, w *event.Builder, key func(i int)) error {
	_, rows := agg.(plan.RowAggregator)
	for i, g := range groups {
		if !rows {
			key(i)
			if err := agg.Result(g, w); err != nil {
				return err
			}
			w.EndRow()
			continue
		}
		b, err := resultRows(agg, g)
		if err != nil {
			return err
		}
		if b == nil {
			key(i)
			w.EndRow()
			continue
		}
		for _, r := range b.Selected() {
			key(i)
			w.AddRow(b, int(r))
			w.EndRow()
		}
	}
	return nil
}

// scoresOf rates the result of each group by the numbers in it.
func scoresOf(agg plan.Aggregator, groups []uint32, rate func(score, number float64) float64) ([]float64, error) {
	scores := make([]float64, len(groups))
	for i := range scores {
		scores[i] = math.Inf(-1)
	}
	if _, rows := agg.(plan.RowAggregator); rows {
		for i, g := range groups {
			b, err := resultRows(agg, g)
			if err != nil {
				return nil, err
			}
			if b != nil {
				eachResult(b, func(_ int32, f float64) { scores[i] = rate(scores[i], f) })
			}
		}
		return scores, nil
	}
	// One row each: many results make one batch.
	var w event.Builder
	for done := 0; done < len(groups); {
		n := min(len(groups)-done, event.BatchRows)
		for _, g := range groups[done : done+n] {
			if err := agg.Result(g, &w); err != nil {
				return nil, err
			}
			w.EndRow()
		}
		eachResult(w.Flush(), func(r int32, f float64) { scores[done+int(r)] = rate(scores[done+int(r)], f) })
		done += n
	}
	return scores, nil
}

// eachResult calls f for each number in a batch, column by column.
func eachResult(b *event.Batch, f func(row int32, number float64)) {
	for _, c := range b.Columns() {
		for _, r := range b.Selected() {
			if v, ok := c.Number(int(r)); ok {
				f(r, v)
			}
		}
	}
}

// largestNumber rates a result by the largest number in it.
func largestNumber(score, number float64) float64 { return max(score, number) }

// topScores gives the places of the n largest scores, ascending. Of equal scores the earlier one counts as larger.
func topScores(scores []float64, n int) []int {
	places := make([]int, len(scores))
	for i := range places {
		places[i] = i
	}
	slices.SortStableFunc(places, func(i, j int) int {
		switch {
		case scores[i] > scores[j]:
			return -1
		case scores[i] < scores[j]:
			return 1
		}
		return 0
	})
	places = places[:min(n, len(places))]
	slices.Sort(places)
	return places
}
