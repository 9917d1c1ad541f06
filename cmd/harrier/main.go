// Command harrier runs, checks and formats CQL, and hunts with detections over
// telemetry files. `harrier help` lists the commands; the package harrier is the
// same as a library.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"

	"github.com/spf13/cobra"

	"harrier"
)

// The exit statuses that scripts rely on.
const (
	exitDone     = 0 // done, nothing to report
	exitFindings = 1 // findings, or failed tests
	exitWrong    = 2 // wrong use, or failure
)

// streams are what a command reads and writes.
type streams struct {
	in       io.Reader
	out, err io.Writer
}

// findings is the error of a command that worked and has something to report.
var findings = errors.New("findings")

// silent is the error of a command that has already said what is wrong.
var silent = errors.New("failed")

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], streams{os.Stdin, os.Stdout, os.Stderr}))
}

// run runs the command line and gives the exit status.
func run(ctx context.Context, args []string, s streams) int {
	root := newRoot(s)
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	switch {
	case err == nil:
		return exitDone
	case errors.Is(err, findings):
		return exitFindings
	case errors.Is(err, silent):
		// The command has said it.
	case errors.Is(err, context.Canceled):
		fmt.Fprintln(s.err, "harrier: interrupted")
	default:
		fmt.Fprintf(s.err, "harrier: %v\n", err)
	}
	return exitWrong
}

func newRoot(s streams) *cobra.Command {
	root := &cobra.Command{
		Use:   "harrier",
		Short: "Run, check and test CQL detections over telemetry you have at hand",
		Long: "Harrier is an open, independent engine for CQL, the query language of CrowdStrike Falcon LogScale.\n" +
			"It is compatible with, and not affiliated with, CrowdStrike.\n\n" +
			"The exit status is 0 when all went well, 1 when there are findings or failed tests, and 2 for wrong use,\n" +
			"for a failure, and when part of the input could not be read.",
		Example: "  harrier hunt evidence/                    what do the built-in detections find in these files?\n" +
			"  harrier run 'top(DomainName)' evidence/   a question of your own\n" +
			"  harrier check queries/                    what is wrong with these queries?\n" +
			"  harrier test detections/                  do our detections find what they claim?\n" +
			"  harrier functions groupBy                 how does groupBy() work?",
		Version:       harrier.Version,
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.SetVersionTemplate("harrier {{.Version}}\n")
	root.SetFlagErrorFunc(wrongUse)
	root.SetIn(s.in)
	root.SetOut(s.out)
	root.SetErr(s.err)
	root.AddCommand(
		newCheck(s), newCoverage(s), newExplain(s), newFmt(s), newFunctions(s), newHunt(s), newNew(s), newRun(s), newTest(s), newVersion(s),
	)
	return root
}

// wrongUse says where to read how a command is used.
func wrongUse(cmd *cobra.Command, err error) error {
	return fmt.Errorf("%w; see %s --help", err, cmd.CommandPath())
}

// arguments wants a number of arguments, and otherwise says what to give.
func arguments(from, to int, what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) >= from && (to < 0 || len(args) <= to) {
			return nil
		}
		return wrongUse(cmd, fmt.Errorf("%s takes %s, and was given %d arguments", cmd.CommandPath(), what, len(args)))
	}
}

func newVersion(s streams) *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Args:  arguments(0, 0, "no arguments"),
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprintln(s.out, "harrier", harrier.Version)
			return err
		},
	}
}
