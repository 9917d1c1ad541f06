package function

import (
	"fmt"
	"slices"
	"strings"

	"harrier/diag"
	"harrier/event"
	"harrier/plan"
)

var explainOutputs = []string{"stepID", "step", "timeMs", "eventsIn", "eventsOut"}

var explainAsTableFunc = &Function{
	Name:     "explain:asTable",
	Category: "diagnostics",
	Summary:  "Runs the query up to here and gives, instead of its result, what each step did and how long it took.",
	Doc: "There is a row for each step in the order in which they run, those of the subqueries of `join()` and `defineTable()` first: `stepID` numbers them, `step` says what is " +
		"done, `timeMs` how many milliseconds it took, and `eventsIn` and `eventsOut` how many events or rows went in and came out. The time is the sum over " +
		"all workers, so it may be longer than the query took, and that of a `case` contains the time of its clauses. Reading the input is in none of the rows.\n\n" +
		"What LogScale shows besides `timeMs` is not documented, so the last two columns are our choice.\n\n" +
		"With `showPrefilters` a row in front of the steps of a query names the texts that an event must contain: a source skips events without them " +
		"before it takes them apart. Its `eventsOut` are the events that were given to the first step.\n\n" +
		"The steps that run are those of the query as it is compiled, except that filters that stand next to each other, which otherwise are taken together, are timed each by itself.\n\n" +
		"The function is for looking at a query by hand, in a search or a live query; LogScale calls it experimental.",
	Params: []Param{
		{Name: "showPrefilters", Kind: Bool, Default: "true", Doc: "Whether there are rows for prefilters."},
	},
	Where: Search | Live,
	Examples: []Example{{
		Query: `kind=dns | groupBy(host) | explain:asTable() | drop(timeMs)`,
		In:    "{\"kind\":\"dns\",\"host\":\"a\"}\n{\"kind\":\"dns\",\"host\":\"b\"}\n{\"kind\":\"dns\",\"host\":\"a\"}",
		Out: "{\"stepID\":\"1\",\"step\":\"prefilter kind is \\\"dns\\\"\",\"eventsOut\":\"3\"}\n" +
			"{\"stepID\":\"2\",\"step\":\"filter kind = \\\"dns\\\"\",\"eventsIn\":\"3\",\"eventsOut\":\"3\"}\n" +
			"{\"stepID\":\"3\",\"step\":\"aggregate groupBy(host)\",\"eventsIn\":\"3\",\"eventsOut\":\"2\"}",
	}, {
		Query: `size > 10 | big := "yes" | explain:asTable(showPrefilters=false) | select([step, eventsIn, eventsOut])`,
		In:    "{\"size\":\"9\"}\n{\"size\":\"11\"}",
		Out: "{\"step\":\"filter size > 10\",\"eventsIn\":\"2\",\"eventsOut\":\"1\"}\n" +
			"{\"step\":\"map big := \\\"yes\\\"\",\"eventsIn\":\"1\",\"eventsOut\":\"1\"}",
	}},
	Lower: lowerExplain,
}

func lowerExplain(c *Call, p *Pipeline) diag.List {
	switch {
	case p.Plan == nil || p.Nested:
		return c.Errorf("aggregate-not-allowed", "", "explain:asTable() stands in place of the result of a query, and not within one of its steps")
	case p.Subquery:
		return c.Errorf("aggregate-not-allowed", "", "explain:asTable() explains the query itself, its subqueries included, and cannot stand in one of these")
	}
	x := &explanation{prefilters: c.Bool("showPrefilters")}
	for i, sub := range p.Plan.Subs {
		p.Plan.Subs[i] = x.sub(sub, "")
	}
	x.prefilter("", p.Plan.Values != nil, p.Stages)
	p.Stages = x.profiled("", p.Stages)
	p.Add(&plan.Aggregate{
		Name: c.Function.Name + "()", Span: c.At, Ordered: true, Columns: explainOutputs,
		// The query is to read what it would read with its own result.
		Effects: plan.Effect{ReadsAll: true, Only: true, Writes: explainOutputs},
		New: func(rt *plan.Runtime) plan.Aggregator {
			return &ownEvents{rt: rt, values: x.rows}
		},
	})
	return nil
}

// explanation is what is known of the steps of a query when it is compiled.
type explanation struct {
	prefilters bool
	steps      []explainedStep
	runs       perRun[[]stepProfile] // by step
}

type explainedStep struct {
	text string
	// first is, for a prefilter, the step that its events go to.
	first int
}

// prefilter adds a row for what a source may go by.
func (x *explanation) prefilter(of string, own bool, stages []plan.Stage) {
	where := plan.StagesWhere(stages)
	if !x.prefilters || own || len(where.Clauses) == 0 {
		return
	}
	var all []string
	for _, cl := range where.Clauses {
		var any []string
		for _, n := range cl.Any {
			what, verb := n.Field, "contains"
			if what == "" {
				what = "any field"
			}
			if n.Whole {
				verb = "is"
			}
			any = append(any, fmt.Sprintf("%s %s %q", what, verb, n.Text))
		}
		text := strings.Join(any, " or ")
		if len(any) > 1 {
			text = "(" + text + ")"
		}
		if !slices.Contains(all, text) {
			all = append(all, text)
		}
	}
	x.steps = append(x.steps, explainedStep{of + "prefilter " + strings.Join(all, " and "), len(x.steps) + 1})
}

// sub gives a subquery whose steps are watched.
func (x *explanation) sub(s *plan.Sub, of string) *plan.Sub {
	of += s.Name + ": "
	out, pl := *s, *s.Plan
	out.Plan = &pl
	pl.Subs = slices.Clone(pl.Subs)
	for i, inner := range pl.Subs {
		pl.Subs[i] = x.sub(inner, of)
	}
	x.prefilter(of, pl.Values != nil, pl.Stages)
	pl.Stages = x.profiled(of, pl.Stages)
	return &out
}

// profiled gives stages that do the same and are watched.
func (x *explanation) profiled(of string, stages []plan.Stage) []plan.Stage {
	out := make([]plan.Stage, len(stages))
	for i, s := range stages {
		n := len(x.steps)
		x.steps = append(x.steps, explainedStep{of + s.Describe(), -1})
		out[i] = profiledStage(s, func(rt *plan.Runtime) *stepProfile {
			return &x.runs.get(rt, func() []stepProfile { return make([]stepProfile, len(x.steps)) })[n]
		})
	}
	return out
}

// rows are the result of a run.
func (x *explanation) rows(rt *plan.Runtime) ([]*event.Batch, error) {
	profiles := x.runs.get(rt, func() []stepProfile { return make([]stepProfile, len(x.steps)) })
	var w event.Builder
	w.Declare(explainOutputs...)
	for i, s := range x.steps {
		w.AddInteger("stepID", int64(i+1))
		w.AddText("step", s.text)
		if s.first >= 0 {
			w.AddInteger("eventsOut", profiles[s.first].in.Load())
		} else {
			p := &profiles[i]
			w.AddNumber("timeMs", float64(p.nanos.Load()/1000)/1000)
			w.AddInteger("eventsIn", p.in.Load())
			w.AddInteger("eventsOut", p.out.Load())
		}
		w.EndRow()
	}
	if b := w.Flush(); b != nil {
		return []*event.Batch{b}, nil
	}
	return nil, nil
}
