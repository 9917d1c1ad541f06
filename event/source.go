package event

import (
	"context"
	"sync/atomic"
	"time"
)

// BatchRows is the number of rows a source should put into a batch.
const BatchRows = 4096

// Source is where events come from: files, a store, a live feed, yours.
type Source interface {
	// Splits cuts the source into pieces that can be read independently, in input
	// order. The number of pieces does not depend on how many are read at once.
	Splits(ctx context.Context, r *Request) ([]Split, error)
}

// Split is one piece of a source.
type Split interface {
	// Scan reads the piece in order and hands out batches of at most a few
	// thousand rows. The batch is valid until yield returns; its columns and strings
	// stay valid. Scan stops with yield's error. It is called from one goroutine,
	// at most once per Request.
	Scan(ctx context.Context, yield func(*Batch) error) error
}

// Request is what a query needs of a source. Everything in it is a permission to
// do less, never a duty: the query filters again.
type Request struct {
	Fields     FieldSet
	Where      Predicate
	Start, End time.Time // zero: unbounded; Start is inclusive, End exclusive
	// FreeText is set when the query searches values whatever their field: the
	// source then gives all fields of the events that Where lets through.
	FreeText bool
	// Report receives what could not be read. It may be nil and is called from
	// several goroutines.
	Report func(Problem)
	Stats  *Stats // counters to add to; may be nil
}

// RowSource is a Source whose splits may be RowSplits: those of requests for which
// GivesRows is true.
type RowSource interface {
	Source
	GivesRows() bool
}

// RowSplit is a Split of which single rows can be asked for, after a Scan of a
// split that was made for the same condition.
type RowSplit interface {
	Split
	// ScanRows is Scan for the rows of the given numbers only, which are ascending
	// and count from 0 in the order in which Scan gives rows.
	ScanRows(ctx context.Context, rows []int64, yield func(*Batch) error) error
}

// FieldSet is the fields a query reads.
type FieldSet struct {
	All   bool
	Names []string // the fields that it names, sorted, unique, also when All
}

// Predicate is a necessary condition on events, in the form of literals: an
// event that the query can use satisfies every clause. The zero value lets
// everything through.
type Predicate struct{ Clauses []Clause }

// Clause is satisfied when one of its needles is found.
type Clause struct{ Any []Needle }

// Needle is a text that occurs in the value of a field.
type Needle struct {
	Field string // "" for any field
	Text  string // never empty
	Whole bool   // the value is the text, rather than contains it
	Fold  bool   // whatever the case of ASCII letters
}

// Problem is a part of the input that could not be read. The rest was.
type Problem struct {
	File    string
	Line    int64 // 1-based; 0 when the format has no lines
	Offset  int64 // in bytes of the decoded text; -1 when unknown
	Code    string
	Message string
}

// Stats counts what a scan did. Its fields may be read while it runs.
type Stats struct {
	Files    atomic.Int64
	Bytes    atomic.Int64 // of decoded text
	Events   atomic.Int64 // events in the input, as far as they were looked at
	Rejected atomic.Int64 // of these, dropped by Request.Where before parsing
	Parsed   atomic.Int64 // bytes of the lines that were parsed; 0 for formats that are not read by lines
	Matched  atomic.Int64 // events that passed the parallel filters
	Problems atomic.Int64
	Total    atomic.Int64 // bytes of input known so far, for progress; compressed size where compressed
	Done     atomic.Int64 // of Total, how much has been read
}

// RawField is the hidden field in which a source may give the raw text of an
// event to free-text search without showing it.
const RawField = "\x00raw"
