// Package harrier compiles and runs CQL, the query language of CrowdStrike Falcon
// LogScale, over telemetry that you have at hand. It is the embedding API of the
// Harrier project:
//
//	q, problems := harrier.Compile(text, nil)
//	if problems.HasErrors() {
//		...
//	}
//	for batch, err := range q.Run(ctx, source, harrier.RunOptions{}) {
//		...
//	}
//
// A [Query] is immutable and safe for concurrent use; running it makes the
// state. Files are sources by way of the package decode. Harrier is compatible
// with, and not affiliated with, CrowdStrike.
package harrier

import (
	"context"
	"errors"
	"iter"
	"time"

	"harrier/compile"
	"harrier/cql"
	"harrier/diag"
	"harrier/event"
	"harrier/exec"
	"harrier/function"
	"harrier/plan"
)

// Version is the version of Harrier.
const Version = "0.1.0"

// Options say how a query text is to be understood.
type Options struct {
	// Dialect is cql.Harrier, the superset that warns of what LogScale would
	// refuse, or cql.LogScale.
	Dialect cql.Dialect
	// Context is where the query is to run; zero means a search. Only a search
	// without an aggregate ends in tail(200).
	Context function.Contexts
	// Parameters are the values of ?name; several make a list.
	Parameters map[string][]string
	// Saved finds the text of a saved query by name; nil when there are none.
	Saved func(name string) (string, bool)
	// Lookups finds lookup files; nil when there are none.
	Lookups *function.Lookups
	// CityDB and ASNDB are MaxMind database files for ipLocation() and asn().
	CityDB, ASNDB string
	// Salts are the secrets of hashRewrite() and hashMatch(), by name.
	Salts map[string]string
	// Resolver finds the names of addresses for rdns() and reverseDns(); nil refuses
	// queries that call them, as looking names up tells others what is looked into.
	Resolver function.Resolver
}

func (o *Options) env(check bool) *function.Env {
	if o == nil {
		o = &Options{}
	}
	env := &function.Env{
		Dialect: o.Dialect, Context: o.Context, Check: check, Parameters: o.Parameters,
		Saved: o.Saved, Lookups: o.Lookups, CityDB: o.CityDB, ASNDB: o.ASNDB, Salts: o.Salts, Resolver: o.Resolver,
	}
	if !check && env.Lookups == nil {
		env.Lookups = &function.Lookups{}
	}
	return env
}

// Query is a compiled query.
type Query struct {
	text   string
	result *compile.Result
}

// Compile compiles a query to be run. It always gives all diagnostics; the Query
// is nil when one of them is an error.
func Compile(text string, o *Options) (*Query, diag.List) {
	return compileText(text, o, false)
}

func compileText(text string, o *Options, check bool) (*Query, diag.List) {
	env := o.env(check)
	syntax, problems := cql.Parse(text, env.Dialect)
	res, more := compile.Compile(syntax, env)
	if problems.HasErrors() {
		// What follows from a broken text would only distract from its cause.
		more = nil
		res.Plan = nil
	}
	problems = append(problems, more...)
	problems.Sort()
	problems = firstProblems(problems)
	if res.Plan == nil {
		return nil, problems
	}
	return &Query{text: text, result: res}, problems
}

// maxProblems bounds the diagnostics of one query: a text with more of them is no
// query, and showing the places of all would take longer than finding them.
const maxProblems = 1000

// firstProblems gives the first of many problems, and says how many were left out.
func firstProblems(l diag.List) diag.List {
	if len(l) <= maxProblems {
		return l
	}
	left := l[maxProblems:]
	d := diag.Warningf("too-many-problems", left[0].Span, "%d more problems stand from here on", len(left))
	if left.HasErrors() {
		d.Severity = diag.Error
	}
	return append(l[:maxProblems:maxProblems], d)
}

// Check is Compile for a query that will not be run here: parameters without a
// value, saved queries and lookup files that are not at hand are no errors.
func Check(text string, o *Options) diag.List {
	_, problems := compileText(text, o, true)
	return problems
}

// Format gives the canonical form of a query, comments kept, with a line break at
// its end. With errors among the diagnostics the text comes back as it was.
func Format(text string, d cql.Dialect) (string, diag.List) {
	q, problems := cql.Parse(text, d)
	if problems.HasErrors() {
		return text, problems
	}
	return cql.Print(q) + "\n", problems
}

// Text is the query as it was given.
func (q *Query) Text() string { return q.text }

// Plan is what the query means; it must not be changed.
func (q *Query) Plan() *plan.Plan { return q.result.Plan }

// Parameter is a ?name of a query.
type Parameter = compile.Parameter

// Parameters are the ?names of the query, in order of first use.
func (q *Query) Parameters() []Parameter { return q.result.Parameters }

// Aggregates tells whether the rows are results rather than events.
func (q *Query) Aggregates() bool { return q.result.Aggregates }

// Columns are the fields of the result in the order in which they are shown;
// fields not named follow.
func (q *Query) Columns() []string { return q.result.Plan.Columns }

// RunOptions say how to run a query.
type RunOptions struct {
	Workers    int       // zero: one per core
	Memory     int64     // bytes of state; zero: 1 GiB, negative: no limit
	Now        time.Time // zero: the present
	Start, End time.Time // bounds on @timestamp, zero: none; End is exclusive
	Stats      *event.Stats
	Report     func(event.Problem)       // receives input that could not be read
	Summary    func(exec.Summary, error) // receives the warnings when the run is over
	// Window cuts time into pieces, each of which gives rows of its own, as running
	// the query with that interval again and again would; OnWindow is told of each
	// piece before its rows come. See exec.Options.
	Window   time.Duration
	OnWindow func(start time.Time)
}

// errStop ends a run whose consumer has seen enough.
var errStop = errors.New("stop")

// Run runs the query and gives the rows of its result in batches. A batch is
// valid until the next one is asked for. An error is the last thing given.
func (q *Query) Run(ctx context.Context, src event.Source, o RunOptions) iter.Seq2[*event.Batch, error] {
	return func(yield func(*event.Batch, error) bool) {
		sum, err := exec.Run(ctx, q.result.Plan, src, exec.Options{
			Workers: o.Workers, Memory: o.Memory, Now: o.Now, Start: o.Start, End: o.End, Stats: o.Stats, Report: o.Report,
			Window: o.Window, OnWindow: o.OnWindow,
		}, func(b *event.Batch) error {
			if !yield(b, nil) {
				return errStop
			}
			return nil
		})
		if errors.Is(err, errStop) {
			return
		}
		if o.Summary != nil && sum != nil {
			o.Summary(*sum, err)
		}
		if err != nil {
			yield(nil, err)
		}
	}
}
