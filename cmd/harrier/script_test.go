package main

import (
	"bytes"
	"compress/gzip"
	"flag"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

var update = flag.Bool("update", false, "rewrite what the scripts expect")

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"harrier": main})
}

// TestScripts runs the command as a user would: testdata/script holds one example
// per file, with its files, its commands and what they print.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"status":  status,
			"gzip":    pack,
			"lines":   lines,
			"junk":    junk,
			"cut":     cut,
			"append":  appendLine,
			"seconds": seconds,
		},
		Condition: func(cond string) (bool, error) {
			if cond == "root" { // who may read everything
				return os.Geteuid() == 0, nil
			}
			return false, fmt.Errorf("unknown condition %s", cond)
		},
	})
}

// status runs a command and wants an exit status:
//
//	status 2 harrier run 'a=='
func status(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: status N command...")
	}
	got := "0"
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		got = strings.TrimPrefix(err.Error(), "exit status ")
	}
	if got != args[0] {
		ts.Fatalf("%v exits with %s, want %s", args[1:], got, args[0])
	}
}

// pack compresses a file: gzip plain.ndjson packed.gz
func pack(ts *testscript.TestScript, _ bool, args []string) {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	w.Write([]byte(ts.ReadFile(args[0])))
	ts.Check(w.Close())
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), b.Bytes(), 0o644))
}

// lines writes a file of n lines made of a format, which is given the number of
// the line: lines 1000 '{"a":"%d"}' many.ndjson
func lines(ts *testscript.TestScript, _ bool, args []string) {
	var n int
	_, err := fmt.Sscan(args[0], &n)
	ts.Check(err)
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, args[1]+"\n", i)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[2]), []byte(b.String()), 0o644))
}

// junk writes a file that is no text: junk file
func junk(ts *testscript.TestScript, _ bool, args []string) {
	b := make([]byte, 4096)
	for i := range b {
		b[i] = byte(i * i >> 3)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), b, 0o644))
}

// cut writes the first n bytes of a file to another: cut 30 whole.gz short.gz
func cut(ts *testscript.TestScript, _ bool, args []string) {
	var n int
	_, err := fmt.Sscan(args[0], &n)
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[2]), []byte(ts.ReadFile(args[1])[:n]), 0o644))
}

// appendLine adds a line to a file: append file 'a line'
func appendLine(ts *testscript.TestScript, _ bool, args []string) {
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(ts.ReadFile(args[0])+args[1]+"\n"), 0o644))
}

// seconds writes what the last command printed to stdout.txt, with the times it
// took, which are never the same, taken out.
func seconds(ts *testscript.TestScript, _ bool, args []string) {
	text := regexp.MustCompile(`[0-9.]+ s\)`).ReplaceAllString(ts.ReadFile(args[0]), "N s)")
	ts.Check(os.WriteFile(ts.MkAbs("stdout.txt"), []byte(text), 0o644))
}
