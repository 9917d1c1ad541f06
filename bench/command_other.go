//go:build !unix

package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"time"
)

const exeSuffix = ".exe"

// usage is what a command needed. Its peak memory is not known here.
type usage struct {
	Took time.Duration
	Peak int64
}

// launchArg is for systems where runCommand needs a second process.
const launchArg = "_launch"

func launch([]string) int { return 2 }

func runCommand(ctx context.Context, env []string, stdin []byte, name string, args ...string) (stdout []byte, u usage, err error) {
	var out, stderr bytes.Buffer
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env = append(os.Environ(), env...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(stdin), &out, &stderr
	start := time.Now()
	err = cmd.Run()
	u.Took = time.Since(start)
	if err != nil {
		return nil, u, fmt.Errorf("%w: %s", err, firstLine(stderr.String()))
	}
	return out.Bytes(), u, nil
}
