package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// rowsOfNDJSON takes the columns out of what Harrier prints. An absent field is
// "", as null is in a peer's answer.
func rowsOfNDJSON(out []byte, columns []column) ([][]string, error) {
	var rows [][]string
	for line := range bytes.Lines(out) {
		var fields map[string]string
		if err := json.Unmarshal(line, &fields); err != nil {
			return nil, fmt.Errorf("read the answer: %w", err)
		}
		row := make([]string, len(columns))
		for i, c := range columns {
			row[i] = fields[c.name]
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// rowsOfLines reads what ripgrep and jq print.
func rowsOfLines(out []byte, parse func(string) []string) [][]string {
	var rows [][]string
	for line := range strings.Lines(string(out)) {
		line = strings.TrimRight(line, "\r\n")
		if parse != nil {
			rows = append(rows, parse(line))
		} else {
			rows = append(rows, strings.Split(line, "\t"))
		}
	}
	return rows
}

// jsonString gives a string field of an event, or "" when there is none.
func jsonString(line, field string) string {
	var fields map[string]json.RawMessage
	if json.Unmarshal([]byte(line), &fields) != nil {
		return ""
	}
	var s string
	_ = json.Unmarshal(fields[field], &s)
	return s
}

// sameAnswer says how two answers differ, "" when they agree. The order of rows
// does not count: no engine promises one for most of the queries, and where the
// order chooses the rows it shows in which rows there are.
func sameAnswer(want, got [][]string, columns []column) string {
	if len(want) != len(got) {
		return fmt.Sprintf("%d rows instead of %d", len(got), len(want))
	}
	want, got = canonical(want, columns), canonical(got, columns)
	for i := range want {
		if len(got[i]) != len(columns) {
			return fmt.Sprintf("%d columns instead of %d", len(got[i]), len(columns))
		}
		for c, col := range columns {
			if !sameValue(want[i][c], got[i][c], col.tolerance) {
				return fmt.Sprintf("%s is %q instead of %q in the row %q", col.name, got[i][c], want[i][c], want[i])
			}
		}
	}
	return ""
}

func sameValue(want, got string, tolerance float64) bool {
	if want == got {
		return true
	}
	if tolerance == 0 || want == "" || got == "" {
		return false
	}
	a, errA := strconv.ParseFloat(want, 64)
	b, errB := strconv.ParseFloat(got, 64)
	return errA == nil && errB == nil && math.Abs(a-b) <= tolerance*math.Abs(a)
}

// canonical puts the number of its values for a list, and the rows in order. An
// estimate must not decide on the order: rows are told apart by the columns
// before it.
func canonical(rows [][]string, columns []column) [][]string {
	out := make([][]string, len(rows))
	for i, row := range rows {
		row = slices.Clone(row)
		for c, col := range columns {
			if c < len(row) && col.list {
				n := 0
				if row[c] != "" {
					n = 1 + strings.Count(row[c], "\n")
				}
				row[c] = strconv.Itoa(n)
			}
		}
		out[i] = row
	}
	slices.SortStableFunc(out, slices.Compare)
	return out
}
