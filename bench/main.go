// Command bench measures Harrier beside other engines, on this machine, over the
// same events and questions:
//
//	go run ./bench                    two million events, five runs, writes docs/benchmarks.md
//	go run ./bench -quick -o -        a hundred thousand events, the report to standard output
//	go run ./bench -only Q2,Q3 -o -   some of the queries
//
// It makes the events (see the package generate), builds Harrier and the peers,
// checks that all of them give the same answers, and only then compares times. A
// peer that is not there is named as skipped, with the reason. DuckDB and chDB
// live in a module of their own, bench/peers, so that the build of Harrier knows
// nothing of them.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"harrier/bench/generate"
)

func main() {
	if len(os.Args) > 2 && os.Args[1] == launchArg {
		os.Exit(launch(os.Args[2:]))
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	err := run(ctx, os.Args[1:])
	switch {
	case errors.Is(err, flag.ErrHelp):
	case err != nil:
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	f := flag.NewFlagSet("bench", flag.ContinueOnError)
	var (
		events    = f.Int("events", generate.Events, "make `N` events")
		quick     = f.Bool("quick", false, "make a twentieth of the events")
		runs      = f.Int("runs", 5, "run each query `N` times and take the median")
		budget    = f.Duration("budget", time.Minute, "repeat a query until it has taken this `TIME`, at least once")
		only      = f.String("only", "", "run only these `QUERIES`, separated by commas")
		dir       = f.String("data", "", "keep events and programs in `DIR` (default: $HARRIER_BENCH_DATA, else the user's cache)")
		withPeers = f.Bool("peers", true, "run the other engines too")
		output    = f.String("o", filepath.Join("docs", "benchmarks.md"), "write the report to `FILE`, - for standard output; relative to the module")
	)
	if err := f.Parse(args); err != nil {
		return err
	}
	if f.NArg() > 0 {
		return fmt.Errorf("unexpected argument %q", f.Arg(0))
	}
	if *quick {
		*events /= 20
	}
	if *events < generate.Needles || *runs < 1 {
		return fmt.Errorf("-events must be at least %d, and -runs at least 1", generate.Needles)
	}
	asked, err := chosen(queries(), *only)
	if err != nil {
		return err
	}
	root, err := moduleRoot(ctx)
	if err != nil {
		return err
	}
	if *dir == "" {
		if *dir, err = dataDir(); err != nil {
			return err
		}
	}
	if *dir, err = filepath.Abs(*dir); err != nil {
		return err
	}

	needGzip := slices.ContainsFunc(asked, func(q query) bool { return q.gzip })
	data, err := makeData(*dir, *events, needGzip)
	if err != nil {
		return err
	}
	load := loadAverage()
	harrier, err := harrierEngine(ctx, root, *dir)
	if err != nil {
		return err
	}
	engines := []engine{harrier}
	if *withPeers {
		fmt.Fprintln(os.Stderr, "building the peers")
		for _, p := range peers {
			engines = append(engines, p.engine(ctx, root, *dir))
		}
		engines = append(engines,
			toolEngine(ctx, "ripgrep", "rg", func(q *query) []string { return q.ripgrep }),
			toolEngine(ctx, "jq", "jq", func(q *query) []string { return q.jq }),
		)
		for _, e := range engines {
			if e.missing != "" {
				fmt.Fprintf(os.Stderr, "skipping %s: %s\n", e.name, e.missing)
			}
		}
	}

	o := runOptions{runs: *runs, budget: *budget}
	r := report{data: data, engines: engines, options: o, started: time.Now(), load: load}
	for i := range asked {
		res, err := measure(ctx, &asked[i], data, engines, o)
		if err != nil {
			return err
		}
		r.results = append(r.results, res)
	}
	if r.limits, err = measureLimits(data, o, runtime.GOMAXPROCS(0)); err != nil {
		return err
	}
	if err := r.measureGrowth(ctx, *dir, harrier); err != nil {
		return err
	}
	if *output == "-" {
		return r.write(os.Stdout)
	}
	if !filepath.IsAbs(*output) {
		*output = filepath.Join(root, *output)
	}
	if err := os.MkdirAll(filepath.Dir(*output), 0o755); err != nil {
		return err
	}
	var text strings.Builder
	if err := r.write(&text); err != nil {
		return err
	}
	if err := os.WriteFile(*output, []byte(text.String()), 0o644); err != nil {
		return err
	}
	if r.disagreements() > 0 {
		return fmt.Errorf("engines disagree about %d answers; see %s", r.disagreements(), *output)
	}
	return nil
}

// result is what came of putting one query to all engines.
type result struct {
	query *query
	file  string
	rows  int
	// by has an entry for each engine, in their order.
	by []outcome
}

type outcome struct {
	measured
	// differs says how the answer differs from Harrier's, failed why there is none.
	differs, failed string
	asked           bool
}

// measure puts a query to each engine once, compares the answers, and then
// times those that agree with Harrier.
func measure(ctx context.Context, q *query, data dataset, engines []engine, o runOptions) (result, error) {
	res := result{query: q, file: data.plain, by: make([]outcome, len(engines))}
	if q.gzip {
		res.file = data.gzip
	}
	for i, e := range engines {
		if e.run == nil || !e.has(q) {
			continue
		}
		out := &res.by[i]
		out.asked = true
		first, err := e.run(ctx, q, res.file, runOptions{runs: 1})
		if ctx.Err() != nil {
			return res, ctx.Err()
		}
		switch {
		case err != nil && i == 0:
			return res, fmt.Errorf("%s: %w", q.name, err) // Harrier comes first; without its answer there is nothing to compare.
		case err != nil:
			out.failed = err.Error()
		case i == 0:
			out.measured, res.rows = first, len(first.rows)
		default:
			out.measured = first
			out.differs = sameAnswer(res.by[0].rows, first.rows, q.columns)
		}
	}
	for i, e := range engines {
		out := &res.by[i]
		if !out.asked || out.failed != "" || out.differs != "" {
			continue
		}
		// What takes long is not asked again: the first run is the measurement.
		if took := time.Duration(out.seconds[0] * float64(time.Second)); took < o.budget/2 && o.runs > 1 {
			m, err := e.run(ctx, q, res.file, o)
			if err != nil {
				return res, fmt.Errorf("%s: %s: %w", q.name, e.name, err)
			}
			out.measured = m
		}
		out.rows = nil
	}
	var words []string
	for i, e := range engines {
		switch out := res.by[i]; {
		case out.failed != "":
			words = append(words, e.name+" failed: "+out.failed)
		case out.differs != "":
			words = append(words, e.name+" disagrees: "+out.differs)
		case out.asked:
			words = append(words, fmt.Sprintf("%s %.3f s", e.name, median(out.seconds)))
		}
	}
	fmt.Fprintf(os.Stderr, "%-4s %s\n", q.name, strings.Join(words, ", "))
	return res, nil
}

// chosen picks the queries with these names.
func chosen(all []query, only string) ([]query, error) {
	if only == "" {
		return all, nil
	}
	var some []query
	for name := range strings.SplitSeq(only, ",") {
		i := slices.IndexFunc(all, func(q query) bool { return strings.EqualFold(q.name, strings.TrimSpace(name)) })
		if i < 0 {
			return nil, fmt.Errorf("there is no query %q", name)
		}
		some = append(some, all[i])
	}
	return some, nil
}

func moduleRoot(ctx context.Context) (string, error) {
	out, err := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}", "harrier").Output()
	if err != nil {
		return "", fmt.Errorf("find the module: run this from inside it: %w", err)
	}
	return strings.TrimSpace(string(out)), nil
}

func dataDir() (string, error) {
	if dir := os.Getenv("HARRIER_BENCH_DATA"); dir != "" {
		return dir, nil
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("find a place for the data: %w; name one with -data", err)
	}
	return filepath.Join(cache, "harrier-bench"), nil
}
