package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestDocs runs every command of the documentation: blocks marked console, in
// which a line with `$ harrier` is run from the root of the repository and the
// lines behind it are its output on both streams. In the output `...` stands for
// any text up to the end of its line, and on a line of its own for any lines;
// [exit 1] tells the exit status.
func TestDocs(t *testing.T) {
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(root)
	files, err := filepath.Glob("docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	files = append(files, "README.md", "examples/t1596/README.md")
	n := 0
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range commands(string(data)) {
			t.Run(fmt.Sprintf("%s:%d", file, c.line), func(t *testing.T) { c.check(t) })
			n++
		}
	}
	if n < 8 {
		t.Errorf("only %d commands found in the documentation", n)
	}
}

type docCommand struct {
	line  int
	text  string
	input string // what `echo '...' |` gives
	want  []string
}

func commands(doc string) []docCommand {
	var out []docCommand
	inside := false
	for i, l := range strings.Split(doc, "\n") {
		switch {
		case l == "```console":
			inside = true
		case strings.HasPrefix(l, "```"):
			inside = false
		case inside && strings.HasPrefix(l, "$ "):
			out = append(out, docCommand{line: i + 1, text: strings.TrimPrefix(l, "$ ")})
		case inside && len(out) > 0:
			last := &out[len(out)-1]
			last.want = append(last.want, l)
		}
	}
	return out
}

var echoed = regexp.MustCompile(`^echo '([^']*)' \| (.*)$`)

func (c docCommand) check(t *testing.T) {
	text := c.text
	if m := echoed.FindStringSubmatch(text); m != nil {
		c.input, text = m[1]+"\n", m[2]
	}
	args := words(text)
	switch {
	case len(args) > 3 && args[0] == "go" && args[1] == "run" && args[2] == "./cmd/harrier":
		args = args[3:]
	case args[0] == "harrier":
		args = args[1:]
	case strings.HasPrefix(text, "go test"):
		t.Skip("this is it")
	default:
		t.Fatalf("what is %q?", text)
	}
	var out bytes.Buffer
	status := run(context.Background(), args, streams{strings.NewReader(c.input), &out, &out})
	if status != 0 {
		fmt.Fprintf(&out, "[exit %d]\n", status)
	}
	if !pattern(c.want).MatchString(out.String()) {
		t.Errorf("$ %s\n%s\n--- the documentation has\n%s", c.text, out.String(), strings.Join(c.want, "\n"))
	}
}

// words splits a command line; single quotes keep what is in them.
func words(s string) []string {
	var out []string
	for s = strings.TrimSpace(s); s != ""; s = strings.TrimSpace(s) {
		var w string
		if s[0] == '\'' {
			w, s, _ = strings.Cut(s[1:], "'")
		} else {
			w, s, _ = strings.Cut(s, " ")
		}
		out = append(out, w)
	}
	return out
}

func pattern(lines []string) *regexp.Regexp {
	var b strings.Builder
	b.WriteString(`\A`)
	for _, l := range lines {
		if l == "..." {
			b.WriteString(`(?s:.*)`)
			continue
		}
		b.WriteString(strings.ReplaceAll(regexp.QuoteMeta(l), `\.\.\.`, `[^\n]*`) + `\n`)
	}
	b.WriteString(`\n*\z`)
	return regexp.MustCompile(b.String())
}
