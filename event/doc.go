// Package event holds the data that flows through Harrier.
//
//	Source --Splits--> Split --Scan--> *Batch --Mapper--> *Batch --Aggregator--> rows
//
// An event is a flat set of named text values; a value is present (it may be
// empty) or absent, and the two differ. A [Batch] holds many events as columns
// plus a selection of rows: a filter narrows the selection and copies nothing,
// and a field that no event of a batch has costs nothing.
//
// A [Column] is one of five kinds (constant, dictionary, text, number, integer),
// which all read alike through [Column.Text] and [Column.Number]. A dictionary
// column lets a filter, a regular expression or a group key be worked out once
// per distinct value.
//
// Columns are immutable once they stand in a batch, and the strings they give
// out stay valid for ever: nothing may reuse their bytes. The Batch value itself
// is valid until the function it was given to returns.
//
// The package knows no file formats, no CQL and no operators.
package event
