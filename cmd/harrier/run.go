package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/pprof"
	"slices"
	"strings"
	"sync"
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
		output             string
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
				format = "ndjson"
				if isTerminal(out) {
					format = "table"
				}
			}
			w, err := newRowWriter(format, out, q.Columns(), terminalWidth(out))
			if err != nil {
				return err
			}
			stopProfile, err := profile(cpuProfile, memory)
			if err != nil {
				return err
			}
			defer stopProfile()
			return runQuery(cmd.Context(), s, q, src, run, w, stats, diag.Source{Name: name, Text: text})
		},
	}
	f := cmd.Flags()
	f.StringVar(&queryFile, "query-file", "", "read the query from `FILE`; all arguments are then paths")
	query.add(f)
	flags.add(f)
	f.StringVar(&format, "format", "", "write rows as `FORMAT`: table, ndjson, json or csv (default: table on a terminal, else ndjson)")
	f.StringVarP(&output, "output", "o", "", "write rows to `FILE`")
	f.BoolVar(&stats, "stats", false, "tell on standard error what was read")
	f.StringVar(&cpuProfile, "cpuprofile", "", "write a CPU profile to `FILE`")
	f.StringVar(&memory, "memprofile", "", "write a memory profile to `FILE`")
	return cmd
}

// queryAndPaths reads the query, from the first argument or a file, and the
// paths; without paths standard input is read.
func queryAndPaths(s streams, file string, args []string) (text string, paths []string, name string, err error) {
	if file != "" {
		text, err = readText(s, file)
		return text, pathsOr(args), file, err
	}
	if len(args) == 0 {
		return "", nil, "", errors.New("give a query, and the files to run it over; see harrier run --help")
	}
	return args[0], pathsOr(args[1:]), "query", nil
}

func pathsOr(paths []string) []string {
	if len(paths) == 0 {
		return []string{"-"}
	}
	return paths
}

func openOutput(std io.Writer, path string) (io.Writer, func() error, error) {
	if path == "" || path == "-" {
		return std, func() error { return nil }, nil
	}
	f, err := os.Create(filepath.Clean(path))
	if err != nil {
		return nil, nil, fmt.Errorf("write rows: %w", err)
	}
	return f, f.Close, nil
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

// runQuery runs a query and writes its rows, warnings and problems.
func runQuery(ctx context.Context, s streams, q *harrier.Query, src event.Source, o harrier.RunOptions, w rowWriter, stats bool, text diag.Source) error {
	problems := newProblemLog(s.err)
	o.Report = problems.report
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
	problems.summary()
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

// problemLog says what could not be read: the first few of each kind and file in
// full, the others as a number.
type problemLog struct {
	mu    sync.Mutex
	w     io.Writer
	shown map[string]int
	order []string
}

const problemsShown = 5

func newProblemLog(w io.Writer) *problemLog { return &problemLog{w: w, shown: map[string]int{}} }

func (l *problemLog) report(p event.Problem) {
	l.mu.Lock()
	defer l.mu.Unlock()
	key := p.File + "\x00" + p.Code
	if l.shown[key] == 0 {
		l.order = append(l.order, key)
	}
	l.shown[key]++
	if l.shown[key] > problemsShown {
		return
	}
	at := p.File
	if p.Line > 0 {
		at += fmt.Sprintf(":%d", p.Line)
	}
	if p.Offset >= 0 {
		at += fmt.Sprintf(" (byte %d)", p.Offset)
	}
	fmt.Fprintf(l.w, "%s: warning: %s [%s]\n", at, p.Message, p.Code)
}

func (l *problemLog) summary() {
	l.mu.Lock()
	defer l.mu.Unlock()
	slices.Sort(l.order)
	for _, key := range l.order {
		if n := l.shown[key] - problemsShown; n > 0 {
			file, code, _ := strings.Cut(key, "\x00")
			fmt.Fprintf(l.w, "%s: %d more like these [%s]\n", file, n, code)
		}
	}
}
