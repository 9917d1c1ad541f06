package main

import (
	"encoding/xml"
	"errors"
	"fmt"
	"os"
	"path"
	"regexp"
	"strings"

	"github.com/spf13/cobra"

	"harrier/detect"
)

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
			if err := oneOf("format", format, []string{"text", "json", "junit"}); err != nil {
				return err
			}
			if coverage && format != "text" {
				return wrongUse(cmd, errors.New("--coverage goes with --format text"))
			}
			pattern, err := regexp.Compile(run)
			if err != nil {
				return fmt.Errorf("--run: %w", err)
			}
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
			outcomes := pack.RunTests(cmd.Context(), opts, pattern.MatchString)
			if err := cmd.Context().Err(); err != nil {
				return err
			}
			return reportTests(s, pack, outcomes, format, coverage)
		},
	}
	f := cmd.Flags()
	f.StringVar(&format, "format", "text", "report as `FORMAT`: text, json or junit")
	f.StringVar(&run, "run", "", "only tests whose detection and name, as in T1596/name/test, match `REGEX`")
	f.BoolVar(&coverage, "coverage", false, "tell which detections lack a firing test or a look-alike")
	query.addForDetections(f)
	return cmd
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
			fmt.Fprintf(s.out, "%s  %s (%s, %.2f s)\n", word, o.Name(), plural(len(o.Alerts), "alert"), o.Took.Seconds())
			for _, f := range o.Failures {
				fmt.Fprintf(s.out, "      %s\n", f)
			}
		}
		if coverage {
			showTestCoverage(s, pack)
		}
		fmt.Fprintf(s.out, "%s, %s, %d failed\n", plural(len(pack.Detections), "detection"), plural(len(outcomes), "test"), failed)
	case "json":
		err = encodeJSON(s.out, testsJSON(outcomes))
	case "junit":
		err = writeJUnit(s, outcomes, failed)
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
