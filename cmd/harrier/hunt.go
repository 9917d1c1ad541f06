package main

import (
	"bufio"
	"cmp"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"harrier"
	"harrier/decode"
	"harrier/detect"
	"harrier/detections"
	"harrier/diag"
	"harrier/event"
)

func newHunt(s streams) *cobra.Command {
	var (
		query       queryFlags
		flags       runFlags
		dirs        []string
		minSeverity string
		failOn      string
		format      string
		output      string
		stats       bool
	)
	cmd := &cobra.Command{
		Use:   "hunt PATH...",
		Short: "Run detections over telemetry and print the alerts",
		Long: "Hunt runs every detection of the built-in pack, or of the folders given with --detections, over files, folders, glob patterns or - (standard input).\n" +
			"Lookup files in a --lookup-dir take the place of those that come with a detection: that is where allow lists belong.\n" +
			"With --fail-on the exit status is 1 when an alert is at least that severe.",
		Example: "  harrier hunt evidence/\n  harrier hunt --lookup-dir ours/ --min-severity medium --format ndjson fdr/ > alerts.ndjson",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, paths []string) error {
			for flag, v := range map[string]string{"--min-severity": minSeverity, "--fail-on": failOn} {
				if v != "" && detect.Level(v) < 0 {
					return fmt.Errorf("%s %s: it is one of %s", flag, v, strings.Join(detect.Levels(), ", "))
				}
			}
			opts, err := detectOptions(&query)
			if err != nil {
				return err
			}
			pack, err := loadPack(s, dirs, opts)
			if err != nil {
				return err
			}
			run, err := flags.options(time.Now())
			if err != nil {
				return err
			}
			src, err := decode.Open(paths, decode.Options{Format: flags.inputFormat, Stdin: s.in})
			if err != nil {
				return err
			}
			if len(src.List()) == 0 && len(src.Problems()) == 0 {
				return fmt.Errorf("no files in %v", paths)
			}
			out, closeOut, err := openOutput(s.out, output)
			if err != nil {
				return err
			}
			defer closeOut()
			if format == "" {
				format = "table"
			}
			write, err := alertWriter(format)
			if err != nil {
				return err
			}
			h := &hunt{s: s, pack: pack, opts: opts, run: run, input: inputName(src, paths), stats: stats}
			alerts, err := h.over(cmd.Context(), src)
			if err != nil {
				return err
			}
			alerts = slices.DeleteFunc(alerts, func(a detect.Alert) bool { return detect.Level(a.Severity) < detect.Level(minSeverity) })
			if err := write(out, alerts, terminalWidth(out)); err != nil {
				return fmt.Errorf("write alerts: %w", err)
			}
			if failOn != "" && slices.ContainsFunc(alerts, func(a detect.Alert) bool { return detect.Level(a.Severity) >= detect.Level(failOn) }) {
				return findings
			}
			return nil
		},
	}
	f := cmd.Flags()
	f.StringArrayVar(&dirs, "detections", nil, "run the detections below `DIR` instead of the built-in ones")
	f.StringVar(&minSeverity, "min-severity", "", "leave out alerts below `SEVERITY`: "+strings.Join(detect.Levels(), ", "))
	f.StringVar(&failOn, "fail-on", "", "exit with 1 when an alert is at least `SEVERITY`")
	f.StringVar(&format, "format", "", "write alerts as `FORMAT`: table (default), ndjson, json or csv")
	f.StringVarP(&output, "output", "o", "", "write alerts to `FILE`")
	f.BoolVar(&stats, "stats", false, "tell on standard error what was read")
	query.add(f)
	flags.add(f)
	return cmd
}

// detectOptions are the query flags as detections understand them.
func detectOptions(q *queryFlags) (detect.Options, error) {
	o, err := q.options()
	if err != nil {
		return detect.Options{}, err
	}
	out := detect.Options{Parameters: o.Parameters, Saved: o.Saved, CityDB: o.CityDB, ASNDB: o.ASNDB}
	if o.Lookups != nil {
		out.LookupDirs = o.Lookups.Dirs
	}
	return out, nil
}

// loadPack reads detections, by default the built-in ones, and says what is
// wrong with them.
func loadPack(s streams, dirs []string, o detect.Options) (*detect.Pack, error) {
	var pack *detect.Pack
	var err error
	if len(dirs) == 0 {
		pack, err = detect.Load([]fs.FS{detections.Files}, []string{"detections"}, o)
	} else {
		pack, err = detect.LoadDirs(dirs, o)
	}
	if err != nil {
		return nil, err
	}
	for _, f := range pack.Files {
		diag.Text(s.err, f.Source, f.List, diag.TextOptions{Color: isTerminal(s.err)})
	}
	if pack.HasErrors() {
		return nil, silent
	}
	if len(pack.Detections) == 0 {
		return nil, fmt.Errorf("there is no %s below %s", detect.FileName, strings.Join(dirs, ", "))
	}
	return pack, nil
}

// inputName is what alerts call the telemetry: the file, when there is one.
func inputName(src *decode.Files, paths []string) string {
	if l := src.List(); len(l) == 1 {
		return l[0].Path
	}
	return strings.Join(paths, " ")
}

type hunt struct {
	s     streams
	pack  *detect.Pack
	opts  detect.Options
	run   harrier.RunOptions
	input string
	stats bool
}

// over runs the detections one after the other and gives their alerts in order
// of severity and time.
func (h *hunt) over(ctx context.Context, src *decode.Files) ([]detect.Alert, error) {
	problems := newProblemLog(h.s.err)
	began := time.Now()
	stopBar := progress(h.s.err, h.run.Stats)
	defer stopBar()
	var alerts []detect.Alert
	for i, d := range h.pack.Detections {
		run := h.run
		if i == 0 {
			run.Report = problems.report // the same for every pass
		} else {
			run.Report = func(event.Problem) {}
		}
		res, err := d.Run(ctx, src, detect.RunOptions{Options: h.opts, RunOptions: run, Input: h.input})
		if err != nil {
			return nil, explainFailure(err)
		}
		showDiagnostics(h.s, res.Source, res.Warnings)
		alerts = append(alerts, res.Alerts...)
		if res.Held > 0 {
			fmt.Fprintf(h.s.err, "%s: %d alerts held back by its throttle\n", d.Path, res.Held)
		}
	}
	problems.summary()
	slices.SortStableFunc(alerts, func(a, b detect.Alert) int {
		return cmp.Or(cmp.Compare(detect.Level(b.Severity), detect.Level(a.Severity)), a.FirstSeen.Compare(b.FirstSeen), strings.Compare(a.ID, b.ID))
	})
	if h.stats {
		showStats(h.s.err, h.run.Stats, len(alerts), time.Since(began), 0)
	}
	return alerts, nil
}

// alertWriter finds the writer of a format.
func alertWriter(format string) (func(w io.Writer, alerts []detect.Alert, width int) error, error) {
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
	}
	return nil, fmt.Errorf("unknown format %q: it is one of table, ndjson, json, csv", format)
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

// writeAlertTable writes an alert a row, and below each what it rests on.
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
	rows := [][]string{names}
	for _, a := range alerts {
		rows = append(rows, []string{
			a.Severity, a.Confidence, strings.Join(a.Attack, " "), dash(a.Entities["host"]), dash(a.Entities["user"]),
			a.FirstSeen.UTC().Format("2006-01-02 15:04:05"), strconv.FormatInt(a.Count, 10), a.Title,
		})
	}
	widths := make([]int, len(names))
	for _, r := range rows {
		for i, v := range r {
			r[i] = cell(v, 48)
			widths[i] = max(widths[i], len([]rune(r[i])))
		}
	}
	for i, r := range rows {
		writeCells(out, r, widths, ' ')
		if i > 0 {
			evidence(out, alerts[i-1], width)
		}
	}
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
	fmt.Fprintf(out, "\n%d alerts: %s\n", len(alerts), strings.Join(parts, ", "))
	return out.Flush()
}

func dash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

// evidence writes the fields of an alert's rows, as many to a line as fit.
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
			if f.Value == "" || f.Name == "severity" || f.Name == "confidence" || f.Name == "first_seen" || f.Name == "last_seen" || f.Name == "technique" {
				continue // shown above
			}
			item := f.Name + "=" + cell(strings.ReplaceAll(f.Value, "\n", ", "), width-len(lead)-len(f.Name)-1)
			if line != lead && len([]rune(line))+len([]rune(item)) > width {
				put()
			}
			line += item + "  "
		}
		put()
	}
}

func newTest(s streams) *cobra.Command {
	var query queryFlags
	var format, run string
	var coverage bool
	cmd := &cobra.Command{
		Use:   "test [DIR...]",
		Short: "Run the unit tests of detections",
		Long: "Test runs the tests of every detection below the folders (default: detections, else the built-in pack): each runs its telemetry through the\n" +
			"detection and compares signals and alerts with what is expected. The exit status is 1 when a test fails.",
		Example: "  harrier test detections/\n  harrier test --run 'T1596/.*look-alike' --format junit",
		RunE: func(cmd *cobra.Command, dirs []string) error {
			opts, err := detectOptions(&query)
			if err != nil {
				return err
			}
			if len(dirs) == 0 {
				if info, err := os.Stat("detections"); err == nil && info.IsDir() {
					dirs = []string{"detections"}
				}
			}
			pack, err := loadPack(s, dirs, opts)
			if err != nil {
				return err
			}
			outcomes, err := runTests(cmd.Context(), pack, opts, run)
			if err != nil {
				return err
			}
			return reportTests(s, pack, outcomes, format, coverage)
		},
	}
	f := cmd.Flags()
	f.StringVar(&format, "format", "text", "report as `FORMAT`: text, json or junit")
	f.StringVar(&run, "run", "", "only tests whose detection and name, as in T1596/name/test, match `REGEX`")
	f.BoolVar(&coverage, "coverage", false, "tell which detections lack a firing test or a look-alike")
	query.add(f)
	return cmd
}
