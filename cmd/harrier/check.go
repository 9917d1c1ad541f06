package main

import (
	"errors"
	"fmt"
	"path/filepath"

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
			if err := oneOf("format", format, []string{"text", "json", "sarif"}); err != nil {
				return err
			}
			paths, err := pathsOr(s, args)
			if err != nil {
				return err
			}
			files, err := checkAll(s, paths, opts)
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

// checkAll checks every query of the files of paths. A file that cannot be read
// is said to be so, and the others are checked.
func checkAll(s streams, paths []string, opts *harrier.Options) ([]diag.File, error) {
	names, err := queryFiles(paths, ".cql", ".md", detect.FileName)
	if err != nil {
		return nil, err
	}
	var out []diag.File
	ids := map[string]string{} // of detections
	for _, name := range names {
		text, err := readText(s, name)
		if name == "-" {
			name = "stdin"
		}
		switch {
		case err != nil:
			out = append(out, diag.File{Source: diag.Source{Name: name}, List: diag.List{diag.Errorf("unreadable", diag.At(0), "%v", err)}})
		case hasSuffix(name, ".md"):
			for _, b := range markdown.CQL(text) {
				out = append(out, diag.File{Source: diag.Source{Name: name, Text: b.Text, Origin: b.Origin}, List: harrier.Check(b.Text, opts)})
			}
		case filepath.Base(name) == detect.FileName:
			out = append(out, detect.Check(name, text, ids, opts)...)
		default:
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
		Use:     "fmt [-w|-l|-d] [PATH...|-]",
		Short:   "Write queries in their one canonical form, comments kept",
		Long:    "Fmt prints the formatted queries. With -l or -d the exit status is 1 when a file is not formatted.",
		Example: "  harrier fmt -w queries/\n  harrier fmt -d query.cql\n  echo 'a=1|count()' | harrier fmt -",
		RunE: func(cmd *cobra.Command, args []string) error {
			d, err := parseDialect(dialect)
			if err != nil {
				return err
			}
			if write && list || write && diff || list && diff {
				return wrongUse(cmd, errors.New("-w, -l and -d exclude each other"))
			}
			paths, err := pathsOr(s, args)
			if err != nil {
				return err
			}
			names, err := queryFiles(paths, ".cql")
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
	f.StringVar(&dialect, "dialect", "harrier", "read queries in the dialect `NAME`: harrier or logscale")
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
