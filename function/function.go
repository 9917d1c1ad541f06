// Package function is the catalogue of CQL functions: one file per function,
// each one value of type [Function] that holds its signature, its words, its
// examples and its code, so that they cannot drift. table.go lists them.
//
// A function turns a [Call] - its arguments, already read and checked against
// the signature - into part of a plan: a condition, a mapper, an aggregator, a
// sequencer, or stages of its own making. What it makes must be immutable or made
// anew per run, since a compiled query runs many times and on many workers.
//
// The package knows the syntax tree only through Call, opens lookup files only
// through [Env], and never reads telemetry.
package function

import (
	"strings"
	"time"

	"harrier/cql"
	"harrier/diag"
	"harrier/event"
	"harrier/plan"
)

// Function is one function of the language.
type Function struct {
	Name     string // canonical spelling, with namespace: "array:contains"
	Summary  string // one sentence
	Doc      string // further paragraphs, Markdown; limits, null handling, source of the facts
	Category string // of the reference: aggregate, array, filter, string, time, math, join, ...
	Params   []Param
	// Unnamed is the parameter that takes the argument given without a name; ""
	// when there is none. When it takes fields or texts it takes all unnamed ones.
	Unnamed string
	// Positional lists the parameters that unnamed arguments are given to in turn,
	// for the few functions that take several (math:mod(x, 3)).
	Positional []string
	// Rest is set when arguments with any name are taken, as eval() does; they are
	// read with Call.Rest, as expressions.
	Rest       bool
	Examples   []Example
	Deprecated string // what to use instead; "" when the function is current
	// Where tells in which contexts the function may stand; zero means all.
	Where Contexts
	// Preamble functions stand before everything else (setTimeInterval, defineTable).
	Preamble bool

	// Exactly one of the following makes the call part of a plan.

	// NewPred makes a pure filter. It may be negated.
	NewPred func(c *Call) (plan.Pred, diag.List)
	// NewMapper makes a transformation; see Filters and Multiplies.
	NewMapper func(c *Call) (MapperFactory, diag.List)
	// NewAggregator makes an aggregate.
	NewAggregator func(c *Call) (AggregatorFactory, diag.List)
	// NewSequencer makes a function that needs rows in order, behind an aggregate.
	NewSequencer func(c *Call) (SequencerFactory, diag.List)
	// Lower appends stages to the pipeline, or sets up the plan around it.
	Lower func(c *Call, p *Pipeline) diag.List

	// Filters is set when the mapper may drop events; it may then be negated, and
	// used as a condition.
	Filters bool
	// Final is set when the events that the mapper drops are gone for good, so that
	// no later clause of a case gets them.
	Final bool
	// Within names the functions in whose arguments alone the function may stand.
	Within []string
	// Timed is set when the result hangs on the interval of the search.
	Timed bool
	// NotNegatable forbids negating a filter (sample).
	NotNegatable bool
	// Stored is set when the function looks at events as the source gave them
	// (event.Batch.Original), and not at what the query has made of them.
	Stored bool
	// Multiplies tells whether this call may make several events of one.
	Multiplies func(c *Call) bool
	// Effect is what the call does to fields. When nil, the parameters tell: Field
	// and Fields are read, expressions read what they name, NewField is written.
	Effect func(c *Call) plan.Effect
	// Outputs are the fields an aggregate gives, in order; nil result: unknown. When
	// the func is nil: the values of its NewField parameters.
	Outputs func(c *Call) []string
	// GivesRows is set for an aggregate whose state is a plan.RowAggregator.
	GivesRows bool
	// Ordered is set for an aggregate whose rows come in a meaningful order.
	Ordered bool
	// Needs is a necessary condition that a mapper that filters puts on events.
	Needs func(c *Call) event.Predicate
}

// The factories make the state of one run, or of one worker of it.
type (
	MapperFactory     func(rt *plan.Runtime) plan.Mapper
	AggregatorFactory func(rt *plan.Runtime) plan.Aggregator
	SequencerFactory  func(rt *plan.Runtime) plan.Sequencer
)

// IsFilter tells whether a call may drop events and so stand as a condition.
func (f *Function) IsFilter() bool { return f.NewPred != nil || f.Filters }

// IsAggregate tells whether a call consumes events and gives rows.
func (f *Function) IsAggregate() bool { return f.NewAggregator != nil }

// Kind is how a parameter reads its argument.
type Kind uint8

// The kinds of parameter.
const (
	Field         Kind = iota // name of a field to read
	Fields                    // names of fields to read: an array, or a single one
	NewField                  // name of a field to write
	Text                      // text: a bare word or a quoted string
	Texts                     // texts: an array, or a single one
	Num                       // a number
	Int                       // a whole number; "max" is allowed when the parameter has a Max
	Bool                      // true or false
	Enum                      // one of Param.Enum
	Span                      // a length of time: 5m, "1 hour"
	Expression                // an expression
	Expressions               // an array of expressions
	Regex                     // a regular expression in a string
	Aggregates                // an aggregate, an array of them, or { ... | aggregate }
	Subpipeline               // { pipeline } without aggregates
	Condition                 // { pipeline } of filters only
	Query                     // { a whole query }, run before the main one
	Queries                   // an array of whole queries
	ArrayName                 // name of an array, with or without its brackets: "ips[]"
	Pairs                     // name of a field to read, or an array of pairs of names: [[a, b], [c, d]]
	TextPairs                 // an array of pairs of texts: [[0, a], [1, b]]
	ParameterName             // name of a ?parameter of the query; its values are Arg.Texts
	NamedQueries              // queries with names, linked to each other: correlate() alone
)

// Param is one parameter of a function.
type Param struct {
	Name     string
	Kind     Kind
	Required bool
	// Default is the text of the value used when the argument is not given; a
	// parameter without one reads as not given.
	Default string
	Enum    []string
	// Min and Max bound a Num or Int, when not both zero. An Int given as "max" is
	// Max.
	Min, Max   float64
	Doc        string
	Deprecated string // what to use instead
	// MayBeGone is set for a Fields that is given fields to remove or to fill, so
	// that it is no mistake when they cannot exist.
	MayBeGone bool
	// Decides is set for a Subpipeline of which only what it lets through matters. A
	// call that gives a value may stand for it, and lets through what makes it true.
	Decides bool
}

// Example is a documented query with its input and output, executed by the
// tests. In and Out are NDJSON, one event per line; "" for none.
type Example struct {
	Doc   string
	Query string
	In    string
	Out   string
	// Unordered is set when the order of the rows means nothing.
	Unordered bool
	// Context is where the query runs; zero means Search.
	Context Contexts
}

// Contexts is a set of places where a query may run.
type Contexts uint8

// The contexts of the language reference, section 15.
const (
	Search Contexts = 1 << iota
	Live
	FilterAlert
	AggregateAlert
	Scheduled
	Parser

	Everywhere = Search | Live | FilterAlert | AggregateAlert | Scheduled | Parser
)

// Env is what the user gives to a compilation besides the query.
type Env struct {
	Dialect cql.Dialect
	Context Contexts // one of them; zero means Search
	// Check is set when the query will not be run: values of parameters, saved
	// queries and lookup files may then be unknown.
	Check bool
	// Now is the time the query is thought to start, for what must be decided when
	// compiling; zero means the present.
	Now time.Time
	// Parameters are the values of ?name: one, or several for a list.
	Parameters map[string][]string
	// Saved finds the text of a saved query; nil when there are none.
	Saved func(name string) (string, bool)
	// Lookups finds lookup files; nil when queries are only checked, and then a
	// missing file is no problem.
	Lookups *Lookups
	// CityDB and ASNDB are MaxMind database files for ipLocation() and asn().
	CityDB, ASNDB string
	// Salts are the secrets of hashRewrite() and hashMatch(), by name.
	Salts map[string]string
	// Resolver finds the names of addresses for rdns() and reverseDns(); nil when names
	// are not to be asked for, as that tells others what is looked into.
	Resolver Resolver
}

// Lookup finds a function by name, whatever its case.
func Lookup(name string) *Function { return byName[strings.ToLower(name)] }

// All gives every function, sorted by name.
func All() []*Function { return table }

var byName = func() map[string]*Function {
	m := make(map[string]*Function, len(table))
	for _, f := range table {
		m[strings.ToLower(f.Name)] = f
	}
	return m
}()

// Names gives the names of all functions, sorted.
func Names() []string {
	names := make([]string, len(table))
	for i, f := range table {
		names[i] = f.Name
	}
	return names
}

// Param finds a parameter by name.
func (f *Function) Param(name string) *Param {
	for i := range f.Params {
		if f.Params[i].Name == name {
			return &f.Params[i]
		}
	}
	return nil
}
