// Package serve is what the benchmark's peers have in common: each is a program
// that reads one [Request] from standard input, runs its query some times, and
// writes one [Answer] to standard output. The benchmark starts a process for
// each query, so that the peak memory of the process is that of the query.
package serve

import (
	"encoding/json"
	"fmt"
	"os"
	"time"
)

// Request is a query to be run and timed.
type Request struct {
	Setup []string `json:"setup"` // statements to run once, not timed
	Query string   `json:"query"`
	Runs  int      `json:"runs"`
	// Budget ends the repetitions early, in seconds of run time.
	Budget float64 `json:"budget"`
}

// Answer is what came of it: the rows of the last run, all values as texts.
type Answer struct {
	Version string     `json:"version"`
	Seconds []float64  `json:"seconds"`
	Rows    [][]string `json:"rows"`
}

// Engine is a peer.
type Engine interface {
	Version() (string, error)
	Exec(statement string) error
	// Query runs a query to its end and gives all rows, null as "".
	Query(query string) ([][]string, error)
}

// Main serves one request with what open opens, and ends the process.
func Main(open func() (Engine, error)) {
	if err := serve(open); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func serve(open func() (Engine, error)) error {
	var req Request
	if err := json.NewDecoder(os.Stdin).Decode(&req); err != nil {
		return fmt.Errorf("read the request: %w", err)
	}
	e, err := open()
	if err != nil {
		return err
	}
	var a Answer
	if a.Version, err = e.Version(); err != nil {
		return fmt.Errorf("ask for the version: %w", err)
	}
	for _, s := range req.Setup {
		if err := e.Exec(s); err != nil {
			return fmt.Errorf("set up: %w", err)
		}
	}
	spent := 0.0
	for len(a.Seconds) < req.Runs && (len(a.Seconds) == 0 || spent < req.Budget) {
		start := time.Now()
		rows, err := e.Query(req.Query)
		if err != nil {
			return fmt.Errorf("run the query: %w", err)
		}
		a.Rows = rows
		a.Seconds = append(a.Seconds, time.Since(start).Seconds())
		spent += time.Since(start).Seconds()
	}
	return json.NewEncoder(os.Stdout).Encode(a)
}
