package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// An engine runs queries. run is nil for one that is not there.
type engine struct {
	name    string
	version string
	// missing says why the engine is not there.
	missing string
	// has tells whether the query can be put to the engine.
	has func(*query) bool
	run func(ctx context.Context, q *query, file string, o runOptions) (measured, error)
}

type runOptions struct {
	runs int
	// budget ends the repetitions of a slow query early.
	budget time.Duration
}

// measured is what came of running a query some times.
type measured struct {
	seconds []float64
	peak    int64 // bytes, the largest of the runs
	rows    [][]string
}

// timeCommand runs a program some times, timing each run from start to end.
func timeCommand(ctx context.Context, o runOptions, name string, args ...string) (out []byte, m measured, err error) {
	var spent time.Duration
	for len(m.seconds) < o.runs && (len(m.seconds) == 0 || spent < o.budget) {
		var u usage
		if out, u, err = runCommand(ctx, nil, nil, name, args...); err != nil {
			return nil, m, fmt.Errorf("%s: %w", filepath.Base(name), err)
		}
		spent += u.Took
		m.seconds = append(m.seconds, u.Took.Seconds())
		m.peak = max(m.peak, u.Peak)
	}
	return out, m, nil
}

// firstLine makes an error message of another program fit into a sentence. The
// go command writes the name of the package above what is wrong with it.
func firstLine(s string) string {
	s = strings.TrimSpace(s)
	for strings.HasPrefix(s, "# ") && strings.Contains(s, "\n") {
		_, s, _ = strings.Cut(s, "\n")
	}
	s, _, _ = strings.Cut(s, "\n")
	const most = 300
	if len(s) > most {
		return s[:most] + " ..."
	}
	return s
}

// harrierEngine builds Harrier as a user would, and runs it as one would: what is
// timed is the whole command, from its start to its last row.
func harrierEngine(ctx context.Context, root, dir string) (engine, error) {
	binary := filepath.Join(dir, "harrier"+exeSuffix)
	build := exec.CommandContext(ctx, "go", "build", "-o", binary, "./cmd/harrier")
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		return engine{}, fmt.Errorf("build harrier: %w: %s", err, firstLine(string(out)))
	}
	version, err := exec.CommandContext(ctx, binary, "version").Output()
	if err != nil {
		version = nil // An older build has no such command; the report does without.
	}
	return engine{
		name:    "Harrier",
		version: strings.TrimSpace(strings.TrimPrefix(firstLine(string(version)), "harrier")),
		has:     func(q *query) bool { return q.cql != "" },
		run: func(ctx context.Context, q *query, file string, o runOptions) (measured, error) {
			out, m, err := timeCommand(ctx, o, binary, "run", "--format", "ndjson", q.cql, file)
			if err == nil {
				m.rows, err = rowsOfNDJSON(out, q.columns)
			}
			return m, err
		},
	}, nil
}

// toolEngine is a native command.
func toolEngine(ctx context.Context, name, command string, args func(*query) []string) engine {
	e := engine{name: name, has: func(q *query) bool { return args(q) != nil }}
	path, err := exec.LookPath(command)
	if err != nil {
		e.missing = "the command " + command + " is not installed"
		return e
	}
	if out, err := exec.CommandContext(ctx, path, "--version").Output(); err == nil {
		e.version = strings.TrimPrefix(strings.TrimPrefix(firstLine(string(out)), name+" "), name+"-")
	}
	e.run = func(ctx context.Context, q *query, file string, o runOptions) (measured, error) {
		out, m, err := timeCommand(ctx, o, path, append(args(q), file)...)
		m.rows = rowsOfLines(out, q.parse)
		return m, err
	}
	return e
}

// The request to a peer and its answer: the same as in the module of the peers,
// which this one does not know.
type (
	peerRequest struct {
		Setup  []string `json:"setup"`
		Query  string   `json:"query"`
		Runs   int      `json:"runs"`
		Budget float64  `json:"budget"`
	}
	peerAnswer struct {
		Version string     `json:"version"`
		Seconds []float64  `json:"seconds"`
		Rows    [][]string `json:"rows"`
	}
)

type peer struct {
	name    string
	folder  string // below bench/peers
	sql     func(*query) string
	setup   []string
	prepare func(ctx context.Context, dir string) (env []string, err error)
}

var peers = []peer{
	{name: "DuckDB", folder: "duckdb", sql: func(q *query) string { return q.duckdb }},
	{
		name: "chDB", folder: "chdb", sql: func(q *query) string { return q.chdb },
		// The cache of what a filter let through would answer every run but the first.
		setup:   []string{"set use_query_condition_cache = 0"},
		prepare: findChDB,
	},
}

// engine builds the peer, and asks it for its version. What fails is the reason
// why the peer is skipped.
func (p peer) engine(ctx context.Context, root, dir string) engine {
	e := engine{name: p.name, has: func(q *query) bool { return p.sql(q) != "" }}
	binary := filepath.Join(dir, "peers", p.folder+exeSuffix)
	build := exec.CommandContext(ctx, "go", "build", "-o", binary, "./"+p.folder)
	build.Dir = filepath.Join(root, "bench", "peers")
	if out, err := build.CombinedOutput(); err != nil {
		e.missing = "it does not build: " + firstLine(string(out))
		return e
	}
	var env []string
	if p.prepare != nil {
		var err error
		if env, err = p.prepare(ctx, dir); err != nil {
			e.missing = err.Error()
			return e
		}
	}
	ask := func(ctx context.Context, r peerRequest) (a peerAnswer, peak int64, err error) {
		in, err := json.Marshal(r)
		if err != nil {
			return a, 0, err
		}
		out, u, err := runCommand(ctx, env, in, binary)
		if err != nil {
			return a, 0, fmt.Errorf("%s: %w", p.name, err)
		}
		err = json.Unmarshal(out, &a)
		return a, u.Peak, err
	}
	a, _, err := ask(ctx, peerRequest{Query: "select 1", Runs: 1})
	if err != nil {
		e.missing = err.Error()
		return e
	}
	e.version = a.Version
	e.run = func(ctx context.Context, q *query, file string, o runOptions) (measured, error) {
		sql := strings.ReplaceAll(p.sql(q), "{file}", strings.ReplaceAll(file, "'", "''"))
		a, peak, err := ask(ctx, peerRequest{Setup: p.setup, Query: sql, Runs: o.runs, Budget: o.budget.Seconds()})
		return measured{seconds: a.Seconds, peak: peak, rows: a.Rows}, err
	}
	return e
}

// chdbPackage is the npm package that brings ClickHouse as a library.
const chdbPackage = "@chdb/lib-linux-x64-gnu@26.5.3"

// findChDB finds libchdb.so, and installs it with npm below dir when there is
// none yet (140 MB to fetch, 560 MB on disk).
func findChDB(ctx context.Context, dir string) (env []string, err error) {
	if os.Getenv("CHDB_LIB_PATH") != "" {
		return nil, nil
	}
	prefix := filepath.Join(dir, "npm")
	lib := filepath.Join(prefix, "node_modules", "@chdb", "lib-linux-x64-gnu", "libchdb.so")
	if _, err := os.Stat(lib); err != nil {
		npm, err := exec.LookPath("npm")
		if err != nil {
			return nil, errors.New("CHDB_LIB_PATH does not name libchdb.so, and npm, which could fetch it, is not installed")
		}
		if err := os.MkdirAll(prefix, 0o755); err != nil {
			return nil, err
		}
		out, err := exec.CommandContext(ctx, npm, "install", "--no-save", "--prefix", prefix, chdbPackage).CombinedOutput()
		if err != nil {
			return nil, fmt.Errorf("npm does not get %s: %s", chdbPackage, firstLine(string(out)))
		}
	}
	return []string{"CHDB_LIB_PATH=" + lib}, nil
}
