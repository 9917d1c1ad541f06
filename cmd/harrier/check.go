package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"harrier"
	"harrier/cql"
	"harrier/detect"
	"harrier/diag"
	"harrier/internal/markdown"
)

func newCheck(s streams) *cobra.Command {
	var query queryFlags
	var format string
	cmd := &cobra.Command{
		Use:   "check [PATH...|-]",
		Short: "Say what is wrong with queries, without running them",
		Long: "Check compiles .cql files, the queries of detections (detection.yaml) and the ```cql blocks of markdown files.\n" +
			"The exit status is 1 when there is an error, and 0 when there are only warnings.",
		Example: "  harrier check queries/\n  echo 'a in [\"b\"]' | harrier check --dialect logscale -",
		RunE: func(_ *cobra.Command, args []string) error {
			opts, err := query.options()
			if err != nil {
				return err
			}
			files, err := checkAll(s, pathsOr(args), opts)
			if err != nil {
				return err
			}
			return showFiles(s, format, files)
		},
	}
	query.add(cmd.Flags())
	cmd.Flags().StringVar(&format, "format", "text", "write diagnostics as `FORMAT`: text, json or sarif")
	return cmd
}

// checkAll checks every query of the files of paths.
func checkAll(s streams, paths []string, opts *harrier.Options) ([]diag.File, error) {
	names, err := queryFiles(paths, ".cql", ".md", "detection.yaml")
	if err != nil {
		return nil, err
	}
	var out []diag.File
	for _, name := range names {
		text, err := readText(s, name)
		if err != nil {
			return nil, err
		}
		switch {
		case hasSuffix(name, ".md"):
			for _, b := range markdown.CQL(text) {
				out = append(out, diag.File{Source: diag.Source{Name: name, Text: b.Text, Origin: b.Origin}, List: harrier.Check(b.Text, opts)})
			}
		case hasSuffix(name, "detection.yaml"):
			fs, err := detect.Check(name, opts)
			if err != nil {
				return nil, err
			}
			out = append(out, fs...)
		default:
			if name == "-" {
				name = "stdin"
			}
			out = append(out, diag.File{Source: diag.Source{Name: name, Text: text}, List: harrier.Check(text, opts)})
		}
	}
	return out, nil
}

// showFiles writes diagnostics and gives the error that makes the exit status.
func showFiles(s streams, format string, files []diag.File) error {
	bad := false
	for _, f := range files {
		bad = bad || f.List.HasErrors()
	}
	var err error
	switch format {
	case "text":
		for _, f := range files {
			diag.Text(s.out, f.Source, f.List, diag.TextOptions{Color: isTerminal(s.out)})
		}
	case "json":
		err = diag.JSON(s.out, files)
	case "sarif":
		err = diag.SARIF(s.out, harrier.Version, files)
	default:
		return fmt.Errorf("unknown format %q: it is one of text, json, sarif", format)
	}
	if err == nil && bad {
		err = findings
	}
	return err
}

func newFmt(s streams) *cobra.Command {
	var write, list, diff bool
	var dialect string
	cmd := &cobra.Command{
		Use:   "fmt [-w|-l|-d] [PATH...|-]",
		Short: "Write queries in their one canonical form, comments kept",
		Long:  "Fmt prints the formatted queries. With -l or -d the exit status is 1 when a file is not formatted.",
		RunE: func(_ *cobra.Command, args []string) error {
			d, err := parseDialect(dialect)
			if err != nil {
				return err
			}
			names, err := queryFiles(pathsOr(args), ".cql")
			if err != nil {
				return err
			}
			return formatFiles(s, names, d, write, list, diff)
		},
	}
	f := cmd.Flags()
	f.BoolVarP(&write, "write", "w", false, "write the result to the file instead of printing it")
	f.BoolVarP(&list, "list", "l", false, "only list the files that are not formatted")
	f.BoolVarP(&diff, "diff", "d", false, "show what would change")
	f.StringVar(&dialect, "dialect", "harrier", "`NAME` of the dialect: harrier or logscale")
	return cmd
}

func formatFiles(s streams, names []string, d cql.Dialect, write, list, diff bool) error {
	var changed, failed bool
	for _, name := range names {
		text, err := readText(s, name)
		if err != nil {
			return err
		}
		out, problems := harrier.Format(text, d)
		if problems.HasErrors() {
			showDiagnostics(s, diag.Source{Name: name, Text: text}, problems)
			failed = true
			continue
		}
		same := out == text
		changed = changed || !same
		switch {
		case list:
			if !same {
				fmt.Fprintln(s.out, name)
			}
		case diff:
			if !same {
				s.out.Write(diffTexts(name, text, out))
			}
		case write && name != "-":
			if !same {
				if err := replaceFile(name, out); err != nil {
					return err
				}
			}
		default:
			fmt.Fprint(s.out, out)
		}
	}
	if failed {
		return silent
	}
	if changed && (list || diff) {
		return findings
	}
	return nil
}
