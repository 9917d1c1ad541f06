package main

import (
	"bufio"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"harrier/internal/num"
)

// The widths that a table of rows works with, in characters.
const (
	maxCell    = 60 // of a value, where the width of the terminal is not known
	minCell    = 12 // the least that a long value is cut to
	columnsGap = 2
)

// writeTable writes rows for people: lined up in columns where they fit into the
// width of the terminal, and otherwise each row by itself, a field per line.
// Control characters are shown as spaces, and @timestamp as a date.
func writeTable(w *bufio.Writer, names []string, rows [][]string, width int) error {
	if len(rows) == 0 {
		return nil
	}
	if i := slices.Index(names, "@timestamp"); i >= 0 {
		for _, row := range rows {
			row[i] = readableTime(row[i])
		}
	}
	limit := maxCell
	if width > 0 {
		var ok bool
		if limit, ok = cellLimit(names, rows, width); !ok {
			writeRecords(w, names, rows, width)
			return nil
		}
	}
	writeColumns(w, append([][]string{names}, rows...), limit, func(line int, widths []int) {
		if line == 0 {
			rule := make([]string, len(names))
			for i := range rule {
				rule[i] = strings.Repeat("-", widths[i])
			}
			writeCells(w, rule, widths)
		}
	})
	return nil
}

// cellLimit finds the length to which values are cut so that a line fits into
// width, or tells that none is.
func cellLimit(names []string, rows [][]string, width int) (int, bool) {
	longest := make([]int, len(names))
	for _, row := range append([][]string{names}, rows...) {
		for i, v := range row {
			longest[i] = max(longest[i], utf8.RuneCountInString(v))
		}
	}
	room := width - columnsGap*(len(names)-1)
	for limit := slices.Max(longest); limit >= minCell; limit-- {
		sum := 0
		for _, n := range longest {
			sum += min(n, limit)
		}
		if sum <= room {
			return limit, true
		}
	}
	// All values are short, and only just too many.
	return 0, false
}

// writeRecords writes a field per line, with a line between rows. A long value
// goes on in the next line: nothing is cut.
func writeRecords(w *bufio.Writer, names []string, rows [][]string, width int) {
	longest := 0
	for _, n := range names {
		longest = max(longest, utf8.RuneCountInString(n))
	}
	longest = min(longest, 32)
	for i, row := range rows {
		if i > 0 {
			w.WriteString(strings.Repeat("-", min(width, 80)) + "\n")
		}
		for j, v := range row {
			if v == "" {
				continue
			}
			name := cell(names[j], longest)
			w.WriteString(name + strings.Repeat(" ", longest-utf8.RuneCountInString(name)+columnsGap))
			rest := []rune(clean(v))
			for room := max(width-longest-columnsGap, 8); len(rest) > room; rest = rest[room:] {
				w.WriteString(string(rest[:room]) + "\n" + strings.Repeat(" ", longest+columnsGap))
			}
			w.WriteString(string(rest) + "\n")
		}
	}
}

// writeColumns lines cells up, cut to a limit; after is called behind each line.
func writeColumns(w *bufio.Writer, lines [][]string, limit int, after func(line int, widths []int)) {
	var widths []int
	cells := make([][]string, len(lines))
	for n, line := range lines {
		cells[n] = make([]string, len(line))
		for i, v := range line {
			c := cell(v, limit)
			cells[n][i] = c
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], utf8.RuneCountInString(c))
		}
	}
	for n, line := range cells {
		writeCells(w, line, widths)
		after(n, widths)
	}
}

func writeCells(w *bufio.Writer, row []string, widths []int) {
	var b strings.Builder
	for i, v := range row {
		if i > 0 {
			b.WriteString(strings.Repeat(" ", columnsGap))
		}
		b.WriteString(v)
		b.WriteString(strings.Repeat(" ", widths[i]-utf8.RuneCountInString(v)))
	}
	w.WriteString(strings.TrimRight(b.String(), " ") + "\n")
}

// cell is a value as it fits into a table; an ellipsis stands for what is cut.
func cell(v string, limit int) string {
	v = clean(v)
	if utf8.RuneCountInString(v) <= limit {
		return v
	}
	runes := []rune(v)
	return string(runes[:max(limit-1, 0)]) + "…"
}

// clean keeps a value on its line and from acting on the terminal.
func clean(v string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
			return ' '
		}
		return r
	}, v)
}

// readableTime writes milliseconds since 1970 as a date in UTC, and anything
// else as it is.
func readableTime(v string) string {
	ms, ok := num.ParseInt(v)
	if !ok {
		return v
	}
	return time.UnixMilli(ms).UTC().Format("2006-01-02 15:04:05.000")
}
