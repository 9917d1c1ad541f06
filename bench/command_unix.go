//go:build unix

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"time"
)

const exeSuffix = ""

// usage is what a command needed.
type usage struct {
	Took time.Duration
	Peak int64 // bytes
}

// launchArg makes this program a launcher: see runCommand.
const launchArg = "_launch"

// runCommand runs a program and tells what it needed. It does so through a
// second process of this program, which does nothing else: the kernel counts the
// memory of the process that starts a program as part of the program's peak, and
// the benchmark itself has read data and answers by then.
func runCommand(ctx context.Context, env []string, stdin []byte, name string, args ...string) (stdout []byte, u usage, err error) {
	self, err := os.Executable()
	if err != nil {
		return nil, u, err
	}
	r, w, err := os.Pipe()
	if err != nil {
		return nil, u, err
	}
	defer r.Close()
	var out, stderr bytes.Buffer
	cmd := exec.CommandContext(ctx, self, append([]string{launchArg, name}, args...)...)
	cmd.Env = append(os.Environ(), env...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(stdin), &out, &stderr
	cmd.ExtraFiles = []*os.File{w}
	err = cmd.Run()
	w.Close()
	if err != nil {
		return nil, u, fmt.Errorf("%w: %s", err, firstLine(stderr.String()))
	}
	told, err := io.ReadAll(r)
	if err == nil {
		err = json.Unmarshal(told, &u)
	}
	return out.Bytes(), u, err
}

// launch is the second process of runCommand. It tells of the command by way of
// file descriptor 3.
func launch(args []string) int {
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	start := time.Now()
	err := cmd.Run()
	u := usage{Took: time.Since(start)}
	if err != nil {
		if cmd.ProcessState == nil {
			fmt.Fprintln(os.Stderr, err)
		}
		return 1
	}
	if r, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		u.Peak = int64(r.Maxrss)
		if runtime.GOOS != "darwin" && runtime.GOOS != "ios" {
			u.Peak *= 1024 // Kilobytes everywhere else.
		}
	}
	if err := json.NewEncoder(os.NewFile(3, "usage")).Encode(u); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}
