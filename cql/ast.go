package cql

import "harrier/diag"

// Node is any part of the syntax tree. Span is its place in the source.
type Node interface{ Span() diag.Span }

// Pos is embedded by every node and holds its place.
type Pos struct{ At diag.Span }

// Span gives the place of the node in the source.
func (p Pos) Span() diag.Span { return p.At }

// Query is a parsed text. Parsing never fails, so a Query may be partial; the
// diagnostics returned beside it say so.
type Query struct {
	Pos
	Source   string
	Pipeline *Pipeline // never nil
	Comments []Comment // in source order; the printer puts them back
}

// Comment is `// text` or `/* text */`, delimiters included.
type Comment struct {
	Pos
	Text string
}

// Pipeline is steps joined by `|`. An empty pipeline passes every event.
type Pipeline struct {
	Pos
	Steps []Step
}

// Step is one stage of a pipeline: *FilterStep, *AssignStep, *CaseStep,
// *MatchStep, *StatsStep, *SavedQueryStep, *LinkStep or *BadStep.
type Step interface {
	Node
	step()
}

// FilterStep is a filter, and also a function call: a call that is a whole
// step is a *CallFilter here.
type FilterStep struct {
	Pos
	Filter Filter
}

// AssignStep is `field := expression`.
type AssignStep struct {
	Pos
	Field FieldName
	Value Expr
}

// CaseStep is `case { clause; clause }`.
type CaseStep struct {
	Pos
	Clauses []*Pipeline
}

// MatchStep is `field match { guard => pipeline; ... }`.
type MatchStep struct {
	Pos
	Field   FieldName
	Clauses []*MatchClause
}

// MatchClause is one `guard => pipeline` of a MatchStep. Exactly one of Pattern
// and Call is set.
type MatchClause struct {
	Pos
	Pattern  *Pattern // text, regex, parameter, `*` or `true`
	Call     *Call    // in(..), cidr(..), ... reading the matched field
	Pipeline *Pipeline
}

// StatsStep is `[f(), x := g()]`, short for stats([...]).
type StatsStep struct {
	Pos
	Array *ArrayExpr
}

// SavedQueryStep is `$name(arg=value, ...)`.
type SavedQueryStep struct {
	Pos
	Name   string
	Quoted bool
	Args   []*Arg
}

// LinkStep is `field <=> OTHER.field`, allowed only inside correlate().
type LinkStep struct {
	Pos
	Left, Right FieldName
}

// BadStep stands where no step could be read; a diagnostic tells why.
type BadStep struct{ Pos }

func (*FilterStep) step()     {}
func (*AssignStep) step()     {}
func (*CaseStep) step()       {}
func (*MatchStep) step()      {}
func (*StatsStep) step()      {}
func (*SavedQueryStep) step() {}
func (*LinkStep) step()       {}
func (*BadStep) step()        {}

// NameStyle says how a field name was written.
type NameStyle uint8

// The ways to write a field name.
const (
	Bare     NameStyle = iota // foo.bar[0]
	Quoted                    // "user agent"
	Backtick                  // `key`: the field named by the value of key (old dialect, assignment only)
)

// FieldName is a name where the grammar wants a field. Text is the decoded name.
type FieldName struct {
	Pos
	Text  string
	Style NameStyle
}

// Filter is a condition on one event: *AndFilter, *OrFilter, *NotFilter,
// *ParenFilter, *Comparison, *InList, *FieldCall, *CallFilter, *BoolFilter,
// *FreeText or *BadFilter.
type Filter interface {
	Node
	filter()
}

// AndFilter is two or more terms that must all hold. Explicit[i] tells whether
// the word `and` (rather than juxtaposition) stands before Terms[i+1].
type AndFilter struct {
	Pos
	Terms    []Filter
	Explicit []bool
}

// OrFilter is two or more terms of which one must hold. It binds tighter than
// AndFilter.
type OrFilter struct {
	Pos
	Terms []Filter
}

// NotFilter is `not x` or `!x`.
type NotFilter struct {
	Pos
	X Filter
}

// ParenFilter is `(x)`.
type ParenFilter struct {
	Pos
	X Filter
}

// CompareOp is an operator of a field comparison.
type CompareOp uint8

// The comparison operators of filters and expressions.
const (
	Eq   CompareOp = iota // =   (in expressions: ==)
	Ne                    // !=
	Lt                    // <
	Le                    // <=
	Gt                    // >
	Ge                    // >=
	Like                  // like (filters only)
)

// Comparison is `field op pattern`. Written keeps the operator as it stands in
// the text where that is a variant: "<>" for !=, "==" for =.
type Comparison struct {
	Pos
	Field   FieldName
	Op      CompareOp
	OpSpan  diag.Span
	Written string
	Value   *Pattern
}

// InList is `field in [..]` or `field not in [..]`, which only the harrier
// dialect accepts.
type InList struct {
	Pos
	Field  FieldName
	Not    bool
	OpSpan diag.Span // from `not`/`in` to before the list
	List   *ArrayExpr
}

// FieldCall is `field =~ f(..)`: the call with its field parameter set.
type FieldCall struct {
	Pos
	Field FieldName
	Not   bool
	Call  *Call
}

// CallFilter is a function call in filter position.
type CallFilter struct {
	Pos
	Call *Call
}

// BoolFilter is `true` or `false`.
type BoolFilter struct {
	Pos
	Value bool
}

// FreeText is a pattern without a field.
type FreeText struct {
	Pos
	Pattern *Pattern
}

// BadFilter stands where no filter could be read; a diagnostic tells why.
type BadFilter struct{ Pos }

func (*AndFilter) filter()   {}
func (*OrFilter) filter()    {}
func (*NotFilter) filter()   {}
func (*ParenFilter) filter() {}
func (*Comparison) filter()  {}
func (*InList) filter()      {}
func (*FieldCall) filter()   {}
func (*CallFilter) filter()  {}
func (*BoolFilter) filter()  {}
func (*FreeText) filter()    {}
func (*BadFilter) filter()   {}

// PatternKind says what a pattern is.
type PatternKind uint8

// The kinds of pattern.
const (
	BareText   PatternKind = iota // foo*, 404, true
	QuotedText                    // "foo*"
	RegexText                     // /re/flags
	ParamText                     // ?name
)

// Pattern is the right side of a filter comparison, a free text term or a match
// guard. Text is decoded: escapes of a quoted string are processed, `\/` of a
// regex is `/`; `*` is a wildcard in both text kinds.
type Pattern struct {
	Pos
	Kind  PatternKind
	Text  string
	Flags string     // of a regex
	Param *Parameter // when Kind is ParamText
}

// Expr is an expression or an argument value: *Binary, *Unary, *ParenExpr,
// *FieldRef, *String, *Number, *Bool, *Parameter, *Call, *ArrayExpr, *Subquery,
// *Word or *BadExpr.
type Expr interface {
	Node
	expr()
}

// BinaryOp is an operator between two expressions.
type BinaryOp uint8

// The expression operators.
const (
	Add     BinaryOp = iota // +
	Sub                     // -
	Mul                     // *
	Div                     // /
	Mod                     // %
	EqualTo                 // ==
	NotEqual
	Less
	LessEqual
	Greater
	GreaterEqual
	LinkTo // <=>, correlate only
)

// Binary is `x op y`.
type Binary struct {
	Pos
	Op     BinaryOp
	OpSpan diag.Span
	X, Y   Expr
}

// Unary is `-x` or `!x`; Op is '-' or '!'.
type Unary struct {
	Pos
	Op byte
	X  Expr
}

// ParenExpr is `(x)`.
type ParenExpr struct {
	Pos
	X Expr
}

// FieldRef is a bare name: the value of a field in an expression, or a bare
// word where a parameter wants text.
type FieldRef struct {
	Pos
	Name string
}

// String is a quoted string, decoded. In an expression it is a value, never a
// field.
type String struct {
	Pos
	Value string
}

// Number is a numeric literal; Text is its spelling.
type Number struct {
	Pos
	Value float64
	Text  string
}

// Bool is `true` or `false`.
type Bool struct {
	Pos
	Value bool
}

// Parameter is `?name` or `?{name=default}`.
type Parameter struct {
	Pos
	Name       string
	HasDefault bool
	Default    string
	Braced     bool
	Quoted     bool // the default was written in quotes
}

// Call is `name(args)`. Name is as written, with namespace: "array:contains".
type Call struct {
	Pos
	Name     string
	NameSpan diag.Span
	Args     []*Arg
}

// Arg is one argument. Name is nil where it was omitted. Attrs are the
// `include: [..]` attributes that correlate() takes behind a subquery.
type Arg struct {
	Pos
	Name  *FieldName
	Value Expr
	Attrs []*Attr
}

// Attr is `name: value` behind an argument.
type Attr struct {
	Pos
	Name  string
	Value Expr
}

// ArrayExpr is `[a, b]`.
type ArrayExpr struct {
	Pos
	Elems []*Element
}

// Element is a member of an array; Name is set for `name := f()`.
type Element struct {
	Pos
	Name  *FieldName
	Value Expr
}

// Subquery is `{ pipeline }`, with a name in correlate().
type Subquery struct {
	Pos
	Name     string
	NameSpan diag.Span
	Pipeline *Pipeline
}

// Word is an argument that is written as one bare word but is neither a plain
// name, number nor boolean: `10.0.0.0/8`, `foo*`, `-5m`, `a-b`,
// `Europe/Copenhagen`. Whether it is text or an expression depends on the
// parameter it is given to, which the parser does not know: Text is its
// spelling, and Expr its reading as an expression, nil when it has none.
type Word struct {
	Pos
	Text string
	Expr Expr
}

// BadExpr stands where no expression could be read; a diagnostic tells why.
type BadExpr struct{ Pos }

func (*Binary) expr()    {}
func (*Unary) expr()     {}
func (*ParenExpr) expr() {}
func (*FieldRef) expr()  {}
func (*String) expr()    {}
func (*Number) expr()    {}
func (*Bool) expr()      {}
func (*Parameter) expr() {}
func (*Call) expr()      {}
func (*ArrayExpr) expr() {}
func (*Subquery) expr()  {}
func (*Word) expr()      {}
func (*BadExpr) expr()   {}
