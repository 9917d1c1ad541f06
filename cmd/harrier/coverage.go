package main

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"harrier/attack"
	"harrier/detect"
)

func newCoverage(s streams) *cobra.Command {
	var query queryFlags
	var format, output string
	cmd := &cobra.Command{
		Use:   "coverage [DIR...]",
		Short: "Tell what detections cover of ATT&CK, and what their tests prove",
		Long: "Coverage runs the tests of every detection below the folders (default: the built-in pack) and tells for each technique what there is:\n" +
			"tested when a test raises an alert of the technique and another stays silent, fires when none stays silent, failing when a test of the\n" +
			"detection fails, untested otherwise. It also tells which tactics have gaps and which data sources the detections rest on.\n" +
			"The navigator format is a layer for the ATT&CK Navigator.",
		Example: "  harrier coverage\n  harrier coverage --format navigator -o layer.json detections/",
		RunE: func(cmd *cobra.Command, dirs []string) error {
			if err := oneOf("format", format, []string{"table", "json", "navigator"}); err != nil {
				return err
			}
			opts, err := detectOptions(&query)
			if err != nil {
				return err
			}
			pack, err := loadPack(s, dirs, opts)
			if err != nil {
				return err
			}
			outcomes := pack.RunTests(cmd.Context(), opts, func(string) bool { return true })
			if err := cmd.Context().Err(); err != nil {
				return err
			}
			c := pack.Coverage(outcomes)
			err = withOutput(s.out, output, func(out io.Writer) error {
				switch format {
				case "json":
					return encodeJSON(out, c)
				case "navigator":
					return c.Layer("Harrier: coverage").Write(out)
				}
				return writeCoverage(out, c, terminalWidth(out))
			})
			if err != nil {
				return fmt.Errorf("write coverage: %w", err)
			}
			failed := 0
			for _, o := range outcomes {
				if !o.Passed() {
					failed++
				}
			}
			if failed > 0 {
				fmt.Fprintf(s.err, "harrier: %s failed; see %s\n", plural(failed, "test"), strings.Join(append([]string{"harrier test"}, dirs...), " "))
			}
			return nil
		},
	}
	f := cmd.Flags()
	f.StringVar(&format, "format", "table", "write coverage as `FORMAT`: table, json or navigator")
	f.StringVarP(&output, "output", "o", "", "write coverage to `FILE`")
	query.addForDetections(f)
	return cmd
}

// writeCoverage writes three tables: techniques, tactics and data sources.
func writeCoverage(w io.Writer, c *detect.Coverage, width int) error {
	out := bufio.NewWriter(w)
	if width <= 0 {
		width = 160
	}
	put := func(lines [][]string) {
		limit, ok := cellLimit(lines[0], lines[1:], width)
		if !ok {
			limit = maxCell
		}
		writeColumns(out, lines, limit, func(int, []int) {})
	}
	techniques := [][]string{{"TECHNIQUE", "NAME", "STATE", "FIRING", "SILENT", "FAILED", "DETECTION"}}
	tested := 0
	for _, t := range c.Techniques {
		if t.State == detect.StateTested {
			tested++
		}
		for _, d := range t.Detections {
			techniques = append(techniques, []string{t.ID, t.Name, d.State, strconv.Itoa(d.Firing), strconv.Itoa(d.Silent), strconv.Itoa(d.Failed), d.Title})
		}
	}
	put(techniques)
	tactics := [][]string{{"TACTIC", "COVERED", "TESTED", "TECHNIQUES"}}
	for _, t := range c.Tactics {
		tactics = append(tactics, []string{t.Name, strconv.Itoa(t.Covered), strconv.Itoa(t.Tested), strconv.Itoa(t.All)})
	}
	out.WriteByte('\n')
	put(tactics)
	sources := [][]string{{"DATA SOURCE", "DETECTIONS", "TECHNIQUES"}}
	for _, s := range c.Sources {
		sources = append(sources, []string{s.Name, strconv.Itoa(s.Detections), strings.Join(s.Techniques, " ")})
	}
	out.WriteByte('\n')
	put(sources)
	fmt.Fprintf(out, "\n%s of %d covered, %d of them tested (ATT&CK Enterprise %s)\n", plural(len(c.Techniques), "technique"), len(attack.Techniques()), tested, c.Version)
	return out.Flush()
}
