package main

import (
	"context"
	"encoding/xml"
	"fmt"
	"path"
	"regexp"
	"runtime"
	"strings"
	"sync"

	"harrier/detect"
)

// testName is what --run matches and reports show.
func testName(d *detect.Detection, t *detect.Test) string {
	return path.Dir(d.Path) + "/" + t.Name
}

// runTests runs the tests of a pack in parallel and gives their outcomes in
// order.
func runTests(ctx context.Context, pack *detect.Pack, o detect.Options, pattern string) ([]*detect.Outcome, error) {
	re, err := regexp.Compile(pattern)
	if err != nil {
		return nil, fmt.Errorf("--run: %w", err)
	}
	type job struct {
		d *detect.Detection
		t *detect.Test
	}
	var jobs []job
	for _, d := range pack.Detections {
		for i := range d.Tests {
			if re.MatchString(testName(d, &d.Tests[i])) {
				jobs = append(jobs, job{d, &d.Tests[i]})
			}
		}
	}
	out := make([]*detect.Outcome, len(jobs))
	var wg sync.WaitGroup
	slots := make(chan struct{}, runtime.GOMAXPROCS(0))
	for i, j := range jobs {
		wg.Add(1)
		go func() {
			defer wg.Done()
			slots <- struct{}{}
			defer func() { <-slots }()
			out[i] = j.d.RunTest(ctx, j.t, o)
		}()
	}
	wg.Wait()
	return out, ctx.Err()
}

func reportTests(s streams, pack *detect.Pack, outcomes []*detect.Outcome, format string, coverage bool) error {
	failed := 0
	for _, o := range outcomes {
		if !o.Passed() {
			failed++
		}
	}
	var err error
	switch format {
	case "text":
		for _, o := range outcomes {
			word := "ok  "
			if !o.Passed() {
				word = "FAIL"
			}
			fmt.Fprintf(s.out, "%s  %s (%d alerts, %.2f s)\n", word, testName(o.Detection, o.Test), len(o.Alerts), o.Took.Seconds())
			for _, f := range o.Failures {
				fmt.Fprintf(s.out, "      %s\n", f)
			}
		}
		if coverage {
			showTestCoverage(s, pack)
		}
		fmt.Fprintf(s.out, "%d detections, %d tests, %d failed\n", len(pack.Detections), len(outcomes), failed)
	case "json":
		err = encodeJSON(s.out, testsJSON(outcomes))
	case "junit":
		err = writeJUnit(s, outcomes, failed)
	default:
		return fmt.Errorf("unknown format %q: it is one of text, json, junit", format)
	}
	switch {
	case err != nil:
		return err
	case failed > 0:
		return findings
	case len(outcomes) == 0:
		return fmt.Errorf("there are no tests to run")
	}
	return nil
}

// showTestCoverage lists what detections lack.
func showTestCoverage(s streams, pack *detect.Pack) {
	for _, d := range pack.Detections {
		fires, silent := 0, 0
		for _, t := range d.Tests {
			if len(t.Expect) > 0 {
				fires++
			} else {
				silent++
			}
		}
		var lacks []string
		if fires == 0 {
			lacks = append(lacks, "a test that fires")
		}
		if silent == 0 {
			lacks = append(lacks, "a look-alike that does not")
		}
		if silent < len(d.FalsePositives) {
			lacks = append(lacks, fmt.Sprintf("a silent case for each of its %d false positives (it has %d)", len(d.FalsePositives), silent))
		}
		if len(lacks) == 0 {
			lacks = []string{"nothing"}
		}
		fmt.Fprintf(s.out, "coverage  %s: %d firing, %d silent; lacks %s\n", path.Dir(d.Path), fires, silent, strings.Join(lacks, ", "))
	}
}

type testJSON struct {
	Detection string   `json:"detection"`
	Test      string   `json:"test"`
	Passed    bool     `json:"passed"`
	Alerts    int      `json:"alerts"`
	Seconds   float64  `json:"seconds"`
	Failures  []string `json:"failures"`
}

func testsJSON(outcomes []*detect.Outcome) []testJSON {
	out := []testJSON{}
	for _, o := range outcomes {
		failures := o.Failures
		if failures == nil {
			failures = []string{}
		}
		out = append(out, testJSON{path.Dir(o.Detection.Path), o.Test.Name, o.Passed(), len(o.Alerts), o.Took.Seconds(), failures})
	}
	return out
}

// The parts of a JUnit report that continuous integration reads.
type junitSuite struct {
	XMLName  xml.Name    `xml:"testsuite"`
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Cases    []junitCase `xml:"testcase"`
}

type junitCase struct {
	Class   string        `xml:"classname,attr"`
	Name    string        `xml:"name,attr"`
	Seconds string        `xml:"time,attr"`
	Failure *junitFailure `xml:"failure"`
}

type junitFailure struct {
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

func writeJUnit(s streams, outcomes []*detect.Outcome, failed int) error {
	suite := junitSuite{Name: "harrier", Tests: len(outcomes), Failures: failed}
	for _, o := range outcomes {
		c := junitCase{Class: path.Dir(o.Detection.Path), Name: o.Test.Name, Seconds: fmt.Sprintf("%.3f", o.Took.Seconds())}
		if !o.Passed() {
			c.Failure = &junitFailure{Message: o.Failures[0], Text: strings.Join(o.Failures, "\n")}
		}
		suite.Cases = append(suite.Cases, c)
	}
	fmt.Fprint(s.out, xml.Header)
	e := xml.NewEncoder(s.out)
	e.Indent("", "  ")
	if err := e.Encode(suite); err != nil {
		return err
	}
	_, err := fmt.Fprintln(s.out)
	return err
}
