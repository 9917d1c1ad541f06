package main

import (
	"fmt"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"harrier/detect"
)

func newNew(s streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "new",
		Short:   "Write the files of a new detection, with the holes marked",
		Example: "  harrier new detection 'Encoded PowerShell' --attack T1059.001",
		Args:    arguments(1, -1, "what is to be made: detection"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return wrongUse(cmd, fmt.Errorf("there is no new %s; there is new detection", args[0]))
		},
	}
	cmd.AddCommand(newDetection(s))
	return cmd
}

func newDetection(s streams) *cobra.Command {
	var dir, technique string
	cmd := &cobra.Command{
		Use:   "detection NAME",
		Short: "Write a detection with a firing test and a look-alike, with the holes marked",
		Long: "Detection writes a folder below detections/TECHNIQUE: a detection.yaml whose holes are marked with " + detect.Hole + ", telemetry that raises an alert,\n" +
			"telemetry that must not, and the schema that editors complete and check detection.yaml with.\n" +
			"It is whole from the start: harrier check and harrier test accept it, and tell what an edit broke.",
		Example: "  harrier new detection 'Encoded PowerShell' --attack T1059.001",
		Args:    arguments(1, 1, "the name of the detection"),
		RunE: func(cmd *cobra.Command, args []string) error {
			files, err := detect.Scaffold(dir, args[0], technique, time.Now())
			if err != nil {
				return err
			}
			for _, f := range files {
				fmt.Fprintln(s.out, filepath.ToSlash(f))
			}
			fmt.Fprintf(s.err, "now put in what %s asks for, and run harrier test %s\n", detect.Hole, filepath.ToSlash(filepath.Dir(files[0])))
			return nil
		},
	}
	f := cmd.Flags()
	f.StringVar(&dir, "dir", "detections", "write below `DIR`")
	f.StringVar(&technique, "attack", "T1059", "the ATT&CK technique or sub-technique, by `ID`")
	return cmd
}
