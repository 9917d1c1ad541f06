package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math"
	"os"
	"runtime"
	"slices"
	"strings"
	"time"
)

// report is all that docs/benchmarks.md tells.
type report struct {
	data    dataset
	engines []engine
	options runOptions
	started time.Time
	load    string // averages at the start, "" when not known
	results []result
	limits  []limit
	growth  []growth
}

// growth is the peak memory of one query over an amount of data.
type growth struct {
	query string
	bytes int64
	peak  int64
}

// growthQueries have small results, so their memory must not grow with the data.
var growthQueries = []string{"Q1", "Q2", "Q3", "Q4", "Q6"}

// measureGrowth runs queries over a tenth of the data, and keeps the peak memory
// of that beside the one over all of it.
func (r *report) measureGrowth(ctx context.Context, dir string, harrier engine) error {
	var small dataset
	for i := range r.results {
		res := &r.results[i]
		if !slices.Contains(growthQueries, res.query.name) {
			continue
		}
		if small.events == 0 {
			var err error
			if small, err = makeData(dir, max(r.data.events/10, 1000), false); err != nil {
				return err
			}
		}
		m, err := harrier.run(ctx, res.query, small.plain, r.options)
		if err != nil {
			return fmt.Errorf("%s over a tenth of the data: %w", res.query.name, err)
		}
		r.growth = append(r.growth,
			growth{res.query.name, small.plainBytes, m.peak},
			growth{res.query.name, r.data.plainBytes, res.by[0].peak})
	}
	return nil
}

func (r *report) disagreements() (n int) {
	for _, res := range r.results {
		for _, out := range res.by {
			if out.differs != "" {
				n++
			}
		}
	}
	return n
}

// fastest is the engine beside Harrier that answers the query soonest; -1 when
// there is none.
func (r *report) fastest(res result) int {
	best := -1
	for i, out := range res.by {
		switch {
		case i == 0 || !out.asked || out.failed != "" || out.differs != "":
		case res.query.bracket && r.engines[i].name == "ripgrep":
		case best < 0 || median(out.seconds) < median(res.by[best].seconds):
			best = i
		}
	}
	return best
}

func (r *report) write(out io.Writer) error {
	w := bufio.NewWriter(out)
	p := func(format string, args ...any) { fmt.Fprintf(w, format+"\n", args...) }

	p("# Benchmarks")
	p("")
	p("<!-- Written by `go run ./bench`. Run it again instead of editing. -->")
	p("")
	p("Harrier beside other engines: the same events, the same questions, the same machine, one after the other. All figures are of one run of `go run ./bench`.")
	p("Compare ratios, not seconds: seconds change with the machine, and with what else it does.")
	p("")
	p("- **Machine**: %s, %d cores used, %s/%s, %s; %s.", processor(), runtime.GOMAXPROCS(0), runtime.GOOS, runtime.GOARCH, runtime.Version(), r.started.UTC().Format("2 January 2006"))
	if r.load != "" {
		p("- **Other work**: load averages of %s over 1, 5 and 15 minutes when the measurement began; on a quiet machine they are close to 0.", r.load)
	}
	p("- **Events**: %s, %s of NDJSON%s: made by `bench/generate`, always the same; shaped like Falcon sensor events, 20 types, a week.",
		thousands(r.data.events), bytesText(r.data.plainBytes), r.gzipText())
	p("- **Times** are medians of %d runs with the file in the page cache. A query that takes long is repeated for %.0f s at most. For Harrier, ripgrep and jq it is the time of the whole command, start and output included;", r.options.runs, r.options.budget.Seconds())
	p("  for DuckDB and chDB the time of the query inside a process that has already started, which is in their favour.")
	p("- **Memory** is the largest resident set of the process; less than about 10 MB cannot be told.")
	p("- **Answers** were compared before any was timed: sets of rows, estimates within a few percent, lists that are cut off by their length.")
	p("")
	for _, e := range r.engines {
		switch {
		case e.missing != "":
			p("- %s: skipped, %s.", e.name, strings.TrimSuffix(e.missing, "."))
		case e.version != "":
			p("- %s: version %s.", e.name, e.version)
		default:
			p("- %s.", e.name)
		}
	}

	p("")
	p("## Straight from the file")
	p("")
	p("Seconds, and in brackets peak memory in MB. The ratio is Harrier's time by that of the fastest other engine: below 1, Harrier is faster. The target is what the ratio is meant to be at most.")
	p("")
	r.table(p)
	for _, res := range r.results {
		for i, o := range res.by {
			switch {
			case o.differs != "":
				p("\n%s, %s: **another answer**, %s.", res.query.name, r.engines[i].name, o.differs)
			case o.failed != "":
				p("\n%s, %s: failed, %s.", res.query.name, r.engines[i].name, o.failed)
			}
		}
	}
	if slices.ContainsFunc(r.results, func(res result) bool { return res.query.bracket }) && len(r.engines) > 1 {
		p("\nripgrep searches lines and not fields. Where that is a different task, in Q1 and Q4, its time is shown in italics and is not the one compared with.")
	}

	p("")
	p("## The limits of the machine")
	p("")
	p("No engine that reads the file can be faster than these, measured in the same run.")
	p("")
	p("| | seconds | GB/s |")
	p("|---|---|---|")
	for _, l := range r.limits {
		p("| %s | %.3f | %.2f |", l.name, l.seconds, float64(l.bytes)/l.seconds/1e9)
	}
	if len(r.growth) > 0 {
		p("")
		p("## Memory and the size of the data")
		p("")
		p("The peak memory of a query with a small result is not to grow with the data.")
		p("")
		p("| query | over %s | over %s |", bytesText(r.growth[0].bytes), bytesText(r.growth[1].bytes))
		p("|---|---|---|")
		for i := 0; i < len(r.growth); i += 2 {
			p("| %s | %.0f MB | %.0f MB |", r.growth[i].query, megabytes(r.growth[i].peak), megabytes(r.growth[i+1].peak))
		}
	}

	p("")
	p("## The queries")
	for _, res := range r.results {
		p("\n**%s**: %s. %s.\n\n```cql\n%s\n```", res.query.name, res.query.about, plural(res.rows, "row"), res.query.cql)
	}
	p("\nThe other engines' texts stand in `bench/queries.go`.")
	return w.Flush()
}

func (r *report) table(p func(string, ...any)) {
	head, rule := "| query |", "|---|"
	for _, e := range r.engines {
		if e.run != nil {
			head, rule = head+" "+e.name+" |", rule+"---|"
		}
	}
	p("%s MB/s | fastest other | ratio | target |", head)
	p("%s---|---|---|---|", rule)
	for _, res := range r.results {
		line := "| " + res.query.name + " |"
		for i, e := range r.engines {
			if e.run == nil {
				continue
			}
			switch o := res.by[i]; {
			case !o.asked:
				line += " |"
			case o.failed != "":
				line += " failed |"
			case o.differs != "":
				line += " differs |"
			case res.query.bracket && e.name == "ripgrep":
				line += fmt.Sprintf(" *%.3f* (%.0f) |", median(o.seconds), megabytes(o.peak))
			default:
				line += fmt.Sprintf(" %.3f (%.0f) |", median(o.seconds), megabytes(o.peak))
			}
		}
		own := median(res.by[0].seconds)
		line += fmt.Sprintf(" %.0f |", float64(r.data.plainBytes)/own/1e6)
		if best := r.fastest(res); best > 0 {
			line += fmt.Sprintf(" %s | **%.2f** |", r.engines[best].name, own/median(res.by[best].seconds))
		} else {
			line += " | |"
		}
		if res.query.target > 0 {
			line += fmt.Sprintf(" %.2g |", res.query.target)
		} else {
			line += " |"
		}
		p("%s", line)
	}
}

func (r *report) gzipText() string {
	if r.data.gzip == "" {
		return ""
	}
	return " (" + bytesText(r.data.gzipBytes) + " as gzip)"
}

// processor names the processor, where the system tells.
func processor() string {
	data, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return "unknown processor"
	}
	for line := range strings.Lines(string(data)) {
		if key, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(key) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return "unknown processor"
}

// loadAverage says how busy the machine is with other things, where the system
// tells.
func loadAverage() string {
	data, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return ""
	}
	if f := strings.Fields(string(data)); len(f) >= 3 {
		return strings.Join(f[:3], ", ")
	}
	return ""
}

func megabytes(n int64) float64 { return float64(n) / 1e6 }

func bytesText(n int64) string {
	if n >= 1e9 {
		return fmt.Sprintf("%.2f GB", float64(n)/1e9)
	}
	return fmt.Sprintf("%.0f MB", math.Ceil(float64(n)/1e6))
}

func thousands(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return thousands(n) + " " + noun + "s"
}
