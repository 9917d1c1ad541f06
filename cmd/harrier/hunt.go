package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"harrier/decode"
	"harrier/detect"
	"harrier/detections"
	"harrier/diag"
	"harrier/report"
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
		stats, gaps bool
		timeline    bool
	)
	cmd := &cobra.Command{
		Use:   "hunt PATH...",
		Short: "Run detections over telemetry and print the alerts",
		Long: "Hunt runs every detection of the built-in pack, or of the folders given with --detections, over files, folders, glob patterns or - (standard input).\n" +
			"Lookup files in a --lookup-dir take the place of those that come with a detection: that is where allow lists belong.\n" +
			"Telemetry of other sources - Windows events, Sysmon, Defender, Zeek, proxies - is seen under Falcon's names. Which detections could not run on which\n" +
			"input is said on standard error.\n" +
			"With --fail-on the exit status is 1 when an alert is at least that severe.\n" +
			"The html format is a page to read, mail or print; sarif is for code hosts; navigator is a layer for the ATT&CK Navigator.",
		Example: "  harrier hunt evidence/\n  harrier hunt --lookup-dir ours/ --min-severity medium --format ndjson fdr/ > alerts.ndjson\n  harrier hunt --format html -o report.html evidence/",
		Args:    arguments(1, -1, "files, folders, glob patterns or - for standard input"),
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
			found := &report.Hunt{Detections: pack.Detections, Inputs: paths, Now: run.Now}
			write, err := alertWriter(format, found)
			if err != nil {
				return err
			}
			if timeline && format != "table" {
				return wrongUse(cmd, errors.New("--timeline goes with --format table"))
			}
			src, err := decode.Open(paths, decode.Options{Format: flags.inputFormat, Stdin: s.in, Replay: true, Falcon: true})
			if err != nil {
				return err
			}
			defer src.Close()
			if len(src.List()) == 0 && len(src.Problems()) == 0 {
				return fmt.Errorf("no files in %s", strings.Join(paths, " "))
			}
			if err := reportGaps(cmd.Context(), s, pack, src, gaps); err != nil {
				return err
			}
			unread := newProblemLog(s.err, paths)
			run.Report = unread.report
			alerts, err := hunt(cmd.Context(), s, pack, src, detect.RunOptions{Options: opts, RunOptions: run, Input: inputName(src, paths)}, stats)
			if err != nil {
				return unread.finish(err)
			}
			alerts = slices.DeleteFunc(alerts, func(a detect.Alert) bool { return detect.Level(a.Severity) < detect.Level(minSeverity) })
			found.Alerts = alerts
			err = withOutput(s.out, output, func(out io.Writer) error {
				err := write(out, alerts, terminalWidth(out))
				if err == nil && timeline {
					err = writeTimeline(out, alerts)
				}
				return err
			})
			if err != nil {
				return fmt.Errorf("write alerts: %w", err)
			}
			if failOn != "" && slices.ContainsFunc(alerts, func(a detect.Alert) bool { return detect.Level(a.Severity) >= detect.Level(failOn) }) {
				err = findings
			}
			return unread.finish(err)
		},
	}
	f := cmd.Flags()
	f.StringArrayVar(&dirs, "detections", nil, "run the detections below `DIR` instead of the built-in ones")
	f.StringVar(&minSeverity, "min-severity", "", "leave out alerts below `SEVERITY`: "+strings.Join(detect.Levels(), ", "))
	f.StringVar(&failOn, "fail-on", "", "exit with 1 when an alert is at least `SEVERITY`")
	f.StringVar(&format, "format", "table", "write alerts as `FORMAT`: "+strings.Join(alertFormats, ", "))
	f.StringVarP(&output, "output", "o", "", "write alerts to `FILE`")
	f.BoolVar(&stats, "stats", false, "tell on standard error what was read")
	f.BoolVar(&gaps, "gaps", false, "name all detections that could not run on some input, and why, rather than a few")
	f.BoolVar(&timeline, "timeline", false, "put a timeline of each host and user under the table")
	query.addForDetections(f)
	flags.add(f)
	return cmd
}

// reportGaps says which detections cannot run on which input and why; of many it
// names a few, unless all are asked for.
func reportGaps(ctx context.Context, s streams, pack *detect.Pack, src *decode.Files, all bool) error {
	inputs, err := detect.Inputs(ctx, src)
	if err != nil {
		return err
	}
	short := func(names []string) string {
		if len(names) > 3 && !all {
			return fmt.Sprintf("%s and %d more", strings.Join(names[:3], ", "), len(names)-3)
		}
		return strings.Join(names, ", ")
	}
	var unknown []string
	for _, in := range inputs {
		if len(in.Sources) == 0 && in.Unknown > 0 {
			unknown = append(unknown, in.Name)
		}
	}
	if len(unknown) > 0 {
		fmt.Fprintf(s.err, "%s: no event is of a known source, so detections see its fields under their own names only\n", short(unknown))
	}
	for _, g := range pack.Gaps(inputs) {
		var titles []string
		for _, d := range g.Detections {
			titles = append(titles, d.Title)
		}
		fmt.Fprintf(s.err, "%s: %s, so %s could not run: %s\n", short(g.Inputs), g.Reason(), plural(len(titles), "detection"), short(titles))
	}
	return nil
}

// detectOptions are the query flags as detections understand them.
func detectOptions(q *queryFlags) (detect.Options, error) {
	o, err := q.options()
	if err != nil {
		return detect.Options{}, err
	}
	out := detect.Options{Parameters: o.Parameters, Saved: o.Saved, CityDB: o.CityDB, ASNDB: o.ASNDB, Salts: o.Salts}
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
	for _, p := range slices.Sorted(maps.Keys(o.Parameters)) {
		if !slices.ContainsFunc(pack.Detections, func(d *detect.Detection) bool { return d.HasParameter(p) }) {
			return nil, fmt.Errorf("--param %s: no detection has a parameter of this name", p)
		}
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

// hunt runs a pack and says on standard error what there is to say about that.
func hunt(ctx context.Context, s streams, pack *detect.Pack, src *decode.Files, o detect.RunOptions, stats bool) ([]detect.Alert, error) {
	began := time.Now()
	stopBar := progress(s.err, o.Stats)
	defer stopBar()
	alerts, err := pack.Hunt(ctx, src, o, func(d *detect.Detection, r *detect.Result) {
		showDiagnostics(s, r.Source, r.Warnings)
		if r.Held > 0 {
			fmt.Fprintf(s.err, "%s: %s held back by its throttle\n", d.Path, plural(r.Held, "alert"))
		}
	})
	if err != nil {
		return nil, explainFailure(err)
	}
	if stats {
		n := int64(len(pack.Detections)) // each of which reads everything
		st := o.Stats
		fmt.Fprintf(s.err, "files       %d\n", st.Files.Load()/n)
		fmt.Fprintf(s.err, "bytes       %d\n", st.Bytes.Load()/n)
		fmt.Fprintf(s.err, "events      %d\n", st.Events.Load()/n)
		fmt.Fprintf(s.err, "problems    %d\n", st.Problems.Load()/n)
		fmt.Fprintf(s.err, "detections  %d\n", n)
		fmt.Fprintf(s.err, "alerts      %d\n", len(alerts))
		fmt.Fprintf(s.err, "seconds     %.3f\n", time.Since(began).Seconds())
	}
	return alerts, nil
}
