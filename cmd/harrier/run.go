package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/pprof"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"harrier"
	"harrier/decode"
	"harrier/diag"
	"harrier/event"
	"harrier/exec"
	"harrier/plan"
)

func newRun(s streams) *cobra.Command {
	var (
		query              queryFlags
		flags              runFlags
		queryFile, format  string
		output, schema     string
		stats              bool
		cpuProfile, memory string
	)
	cmd := &cobra.Command{
		Use:   "run [flags] QUERY [PATH...]",
		Short: "Run a query over files",
		Long: "Run a CQL query over files, folders, glob patterns or - (standard input). Formats and compression are told by looking at each file.\n" +
			"Without an aggregate in the query the newest 200 events are given, oldest first; end it with tail(max) for more.",
		Example: `  harrier run 'ImageFileName=/powershell\.exe$/i | groupBy(aid)' logs/
  harrier run 'RemotePort=443 | top(RemoteAddressIP4)' part-*.gz --format csv
  harrier run --schema falcon '#event_simpleName=DnsRequest | top(DomainName)' sysmon.ndjson zeek/
  zcat events.gz | harrier run 'count()' -`,
		RunE: func(cmd *cobra.Command, args []string) error {
			text, paths, name, err := queryAndPaths(s, queryFile, args)
			if err != nil {
				return err
			}
			opts, err := query.options()
			if err != nil {
				return err
			}
			q, problems := harrier.Compile(text, opts)
			showDiagnostics(s, diag.Source{Name: name, Text: text}, problems)
			if q == nil {
				return silent
			}
			run, err := flags.options(time.Now())
			if err != nil {
				return err
			}
			if schema != "" {
				if err := oneOf("schema", schema, []string{"falcon"}); err != nil {
					return err
				}
			}
			src, err := decode.Open(paths, decode.Options{
				Format: flags.inputFormat, Stdin: s.in, Replay: len(q.Plan().Subs) > 0, Falcon: schema == "falcon",
			})
			if err != nil {
				return err
			}
			defer src.Close()
			if len(src.List()) == 0 && len(src.Problems()) == 0 {
				return fmt.Errorf("no files in %s", strings.Join(paths, " "))
			}
			if format == "" {
				format = "ndjson"
				if output == "" && isTerminal(s.out) {
					format = "table"
				}
			}
			if err := oneOf("format", format, rowFormats); err != nil {
				return err
			}
			stopProfile, err := profile(cpuProfile, memory)
			if err != nil {
				return err
			}
			defer stopProfile()
			unread := newProblemLog(s.err, paths)
			run.Report = unread.report
			err = withOutput(s.out, output, func(out io.Writer) error {
				w := newRowWriter(format, out, q.Columns(), terminalWidth(out))
				return runQuery(cmd.Context(), s, q, src, run, w, stats, diag.Source{Name: name, Text: text})
			})
			return unread.finish(err)
		},
	}
	f := cmd.Flags()
	f.StringVar(&queryFile, "query-file", "", "read the query from `FILE`; all arguments are then paths")
	query.add(f)
	flags.add(f)
	f.StringVar(&schema, "schema", "", "see the events of known sources (Sysmon, Defender, Zeek, proxies ...) under the names of `NAME`: falcon")
	f.StringVar(&format, "format", "", "write rows as `FORMAT`: table, ndjson, json or csv (default: table on a terminal, else ndjson)")
	f.StringVarP(&output, "output", "o", "", "write rows to `FILE`")
	f.BoolVar(&stats, "stats", false, "tell on standard error what was read")
	f.StringVar(&cpuProfile, "cpuprofile", "", "write a CPU profile to `FILE`")
	f.StringVar(&memory, "memprofile", "", "write a memory profile to `FILE`")
	for _, developer := range []string{"cpuprofile", "memprofile"} {
		f.MarkHidden(developer)
	}
	return cmd
}

// queryAndPaths reads the query, from the first argument or a file, and the
// paths; without paths standard input is read.
func queryAndPaths(s streams, file string, args []string) (text string, paths []string, name string, err error) {
	if file != "" {
		if text, err = readText(s, file); err == nil {
			paths, err = pathsOr(s, args)
		}
		return text, paths, file, err
	}
	if len(args) == 0 {
		return "", nil, "", errors.New("give a query, and the files to run it over; see harrier run --help")
	}
	paths, err = pathsOr(s, args[1:])
	return args[0], paths, "query", err
}

// pathsOr gives standard input when no paths are given. It does not wait in
// silence for somebody to type: who wants to type writes "-".
func pathsOr(s streams, paths []string) ([]string, error) {
	if len(paths) > 0 {
		return paths, nil
	}
	if isTerminal(s.in) {
		return nil, errors.New("there is nothing to read: give files or folders, or - to type")
	}
	return []string{"-"}, nil
}

// oneOf checks the value of a flag that has a few.
func oneOf(flag, value string, words []string) error {
	if slices.Contains(words, value) {
		return nil
	}
	return fmt.Errorf("unknown --%s %q: it is one of %s", flag, value, strings.Join(words, ", "))
}

// profile starts what --cpuprofile and --memprofile ask for.
func profile(cpu, mem string) (stop func(), err error) {
	var cpuFile *os.File
	if cpu != "" {
		if cpuFile, err = os.Create(cpu); err != nil {
			return nil, fmt.Errorf("write profile: %w", err)
		}
		if err := pprof.StartCPUProfile(cpuFile); err != nil {
			return nil, fmt.Errorf("write profile: %w", err)
		}
	}
	return func() {
		if cpuFile != nil {
			pprof.StopCPUProfile()
			cpuFile.Close()
		}
		if mem != "" {
			if f, err := os.Create(mem); err == nil {
				pprof.Lookup("allocs").WriteTo(f, 0)
				f.Close()
			}
		}
	}, nil
}

// runQuery runs a query and writes its rows and warnings.
func runQuery(ctx context.Context, s streams, q *harrier.Query, src event.Source, o harrier.RunOptions, w rowWriter, stats bool, text diag.Source) error {
	var sum exec.Summary
	o.Summary = func(x exec.Summary, _ error) { sum = x }
	began := time.Now()
	stopBar := progress(s.err, o.Stats)
	var failed error
	rows := 0
	for b, err := range q.Run(ctx, src, o) {
		if err != nil {
			failed = err
			break
		}
		rows += b.Count()
		if err := w.Write(b); err != nil {
			failed = fmt.Errorf("write rows: %w", err)
			break
		}
	}
	stopBar()
	if err := w.Close(); err != nil && failed == nil {
		failed = fmt.Errorf("write rows: %w", err)
	}
	showDiagnostics(s, text, sum.Warnings)
	if stats {
		showStats(s.err, o.Stats, rows, time.Since(began), sum.Memory)
	}
	return explainFailure(failed)
}

// explainFailure adds what to do about it.
func explainFailure(err error) error {
	if errors.Is(err, plan.ErrMemory) {
		return fmt.Errorf("%w; give it more with --memory, or narrow the query (fewer groups, a lower limit)", err)
	}
	return err
}

func showStats(w io.Writer, st *event.Stats, rows int, took time.Duration, memory int64) {
	secs := took.Seconds()
	fmt.Fprintf(w, "files     %d\n", st.Files.Load())
	fmt.Fprintf(w, "bytes     %d (%.0f MB/s)\n", st.Bytes.Load(), float64(st.Bytes.Load())/1e6/max(secs, 1e-9))
	fmt.Fprintf(w, "events    %d (%d not parsed: they could not match)\n", st.Events.Load(), st.Rejected.Load())
	fmt.Fprintf(w, "matched   %d\n", st.Matched.Load())
	fmt.Fprintf(w, "rows      %d\n", rows)
	fmt.Fprintf(w, "problems  %d\n", st.Problems.Load())
	fmt.Fprintf(w, "state     %d KiB\n", memory>>10)
	fmt.Fprintf(w, "seconds   %.3f\n", secs)
}
