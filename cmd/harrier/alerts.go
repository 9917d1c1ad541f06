package main

import (
	"bufio"
	"cmp"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"harrier/detect"
	"harrier/report"
)

// alertFormats are the values of hunt's --format.
var alertFormats = []string{"table", "ndjson", "json", "csv", "html", "sarif", "navigator"}

// alertWriter finds the writer of a format; h is there to be read when it is
// called.
func alertWriter(format string, h *report.Hunt) (func(w io.Writer, alerts []detect.Alert, width int) error, error) {
	switch format {
	case "table":
		return writeAlertTable, nil
	case "ndjson":
		return func(w io.Writer, alerts []detect.Alert, _ int) error {
			e := json.NewEncoder(w)
			e.SetEscapeHTML(false)
			for _, a := range alerts {
				if err := e.Encode(a); err != nil {
					return err
				}
			}
			return nil
		}, nil
	case "json":
		return func(w io.Writer, alerts []detect.Alert, _ int) error {
			if alerts == nil {
				alerts = []detect.Alert{}
			}
			return encodeJSON(w, alerts)
		}, nil
	case "csv":
		return writeAlertCSV, nil
	case "html":
		return func(w io.Writer, _ []detect.Alert, _ int) error { return report.HTML(w, h) }, nil
	case "sarif":
		return func(w io.Writer, _ []detect.Alert, _ int) error { return report.SARIF(w, h) }, nil
	case "navigator":
		return func(w io.Writer, _ []detect.Alert, _ int) error { return report.Navigator(w, h) }, nil
	}
	return nil, oneOf("format", format, alertFormats)
}

// entityKinds are the kinds that have a column of their own.
var entityKinds = []string{"host", "user", "process", "ip", "domain"}

func writeAlertCSV(w io.Writer, alerts []detect.Alert, _ int) error {
	c := csv.NewWriter(w)
	head := append([]string{"id", "detection", "title", "attack", "severity", "confidence", "first_seen", "last_seen", "count"}, entityKinds...)
	c.Write(append(head, "source", "evidence"))
	for _, a := range alerts {
		row := []string{
			a.ID, a.Detection, a.Title, strings.Join(a.Attack, " "), a.Severity, a.Confidence,
			stamp(a.FirstSeen), stamp(a.LastSeen), strconv.FormatInt(a.Count, 10),
		}
		for _, k := range entityKinds {
			row = append(row, a.Entities[k])
		}
		ev, err := json.Marshal(a.Evidence)
		if err != nil {
			return err
		}
		c.Write(append(row, a.Source, string(ev)))
	}
	c.Flush()
	return c.Error()
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// writeAlertTable writes what an alert says in a few columns, and below each what
// it rests on. On a narrow terminal the detection has a line of its own.
func writeAlertTable(w io.Writer, alerts []detect.Alert, width int) error {
	out := bufio.NewWriter(w)
	if len(alerts) == 0 {
		fmt.Fprintln(out, "no alerts")
		return out.Flush()
	}
	if width <= 0 {
		width = 140
	}
	names := []string{"SEVERITY", "CONFIDENCE", "TECHNIQUE", "HOST", "USER", "FIRST SEEN (UTC)", "COUNT", "DETECTION"}
	lines := [][]string{names}
	for _, a := range alerts {
		seen := "-"
		if !a.FirstSeen.IsZero() {
			seen = a.FirstSeen.UTC().Format("2006-01-02 15:04:05")
		}
		technique := strings.Join(a.Attack, " ")
		if len(a.Attack) > 2 {
			technique = fmt.Sprintf("%s +%d", a.Attack[0], len(a.Attack)-1)
		}
		lines = append(lines, []string{
			a.Severity, a.Confidence, technique, cmp.Or(a.Entities["host"], "-"), cmp.Or(a.Entities["user"], "-"),
			seen, strconv.FormatInt(a.Count, 10), a.Title,
		})
	}
	last := len(names) - 1
	_, fits := cellLimit(names, lines[1:], width)
	if !fits {
		for i := range lines {
			lines[i] = lines[i][:last]
		}
	}
	writeColumns(out, lines, 48, func(line int, _ []int) {
		if line == 0 {
			return
		}
		a := alerts[line-1]
		if !fits {
			out.WriteString("    " + cell(a.Title, width-4) + "\n")
		}
		evidence(out, a, width)
	})
	fmt.Fprintf(out, "\n%s: %s\n", plural(len(alerts), "alert"), severities(alerts))
	return out.Flush()
}

// severities counts alerts by severity, worst first.
func severities(alerts []detect.Alert) string {
	n := map[string]int{}
	for _, a := range alerts {
		n[a.Severity]++
	}
	var parts []string
	for _, l := range slices.Backward(detect.Levels()) {
		if n[l] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n[l], l))
		}
	}
	return strings.Join(parts, ", ")
}

// shownAbove are the fields of evidence that the line of an alert has already.
var shownAbove = []string{"severity", "confidence", "technique", "count", "_count", "first_seen", "last_seen"}

// evidence writes the fields of an alert's rows, as many to a line as fit, those
// left out that repeat what was shown.
func evidence(w *bufio.Writer, a detect.Alert, width int) {
	const lead = "    "
	line := lead
	put := func() {
		if line != lead {
			w.WriteString(strings.TrimRight(line, " ") + "\n")
		}
		line = lead
	}
	for _, ev := range a.Evidence {
		for _, f := range ev {
			if f.Value == "" || slices.Contains(shownAbove, f.Name) || f.Value == a.Entities["host"] || f.Value == a.Entities["user"] {
				continue
			}
			item := f.Name + "=" + cell(strings.ReplaceAll(f.Value, "\n", ", "), max(width-len(lead)-len(f.Name)-1, minCell))
			if line != lead && utf8.RuneCountInString(line)+utf8.RuneCountInString(item) > width {
				put()
			}
			line += item + "  "
		}
		put()
	}
}

// writeTimeline writes what happened to each host and user, in order.
func writeTimeline(w io.Writer, alerts []detect.Alert) error {
	out := bufio.NewWriter(w)
	for _, g := range report.Timeline(alerts) {
		fmt.Fprintf(out, "\n%s\n", clean(g.Name()))
		var lines [][]string
		for _, a := range g.Alerts {
			seen := cmp.Or(strings.NewReplacer("T", " ", "Z", "").Replace(stamp(a.FirstSeen)), "-")
			lines = append(lines, []string{"  " + seen, a.Severity, strings.Join(a.Attack, " "), a.Title})
		}
		writeColumns(out, lines, 72, func(int, []int) {})
	}
	return out.Flush()
}
