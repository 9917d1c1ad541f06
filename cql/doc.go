// Package cql reads and writes the text of CQL, the query language of
// CrowdStrike Falcon and LogScale: [Parse] makes a syntax tree ([Query]) of a
// text, [Walk] goes over it and [Print] writes it in its one canonical form,
// comments kept.
//
//	text --Parse--> *Query (ast.go) --Print--> text
//	                 |
//	                 +-- package compile makes a plan of it
//
// The language has no tokens that could be told without knowing where they
// stand: a slash begins a regular expression, divides, or is part of a word. So
// there is no lexer; the parser reads characters with the few scanners of
// scan.go, each called where its reading is the right one.
//
// Parsing never fails and never panics. What cannot be read becomes a BadStep,
// BadFilter or BadExpr and a diagnostic, and reading goes on at the next `|`.
//
// The grammar is a superset of the published one (lql-grammar pages of the
// LogScale manual): what people write and LogScale would reject is read, with a
// diagnostic that tells the portable form. The [LogScale] dialect makes those
// errors.
//
// The package knows which names are functions, since they are reserved words,
// and nothing else about them.
package cql
