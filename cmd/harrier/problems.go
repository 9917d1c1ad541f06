package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"

	"harrier/event"
)

// problemLog says what could not be read: the first few of each kind and file in
// full, the others as a number.
type problemLog struct {
	mu     sync.Mutex
	w      io.Writer
	named  []string // paths that the user gave
	shown  map[string]int
	order  []string
	losses int // problems that mean that telemetry is missing
}

const problemsShown = 5

func newProblemLog(w io.Writer, named []string) *problemLog {
	return &problemLog{w: w, named: named, shown: map[string]int{}}
}

func (l *problemLog) report(p event.Problem) {
	l.mu.Lock()
	defer l.mu.Unlock()
	// A folder may hold files that are no telemetry; one that the user named
	// should be.
	if p.Code != "unknown-format" || slices.Contains(l.named, p.File) {
		l.losses++
	}
	if p.File == "-" {
		p.File = "stdin"
	}
	key := p.File + "\x00" + p.Code
	if l.shown[key] == 0 {
		l.order = append(l.order, key)
	}
	l.shown[key]++
	if l.shown[key] > problemsShown {
		return
	}
	at := p.File
	if p.Line > 0 {
		at += fmt.Sprintf(":%d", p.Line)
	}
	if p.Offset >= 0 {
		at += fmt.Sprintf(" (byte %d)", p.Offset)
	}
	fmt.Fprintf(l.w, "%s: warning: %s [%s]\n", at, p.Message, p.Code)
}

// finish says how many problems were not shown. Work that went well over
// telemetry of which a part is missing is reported as failed: whoever reads the
// exit status alone must not take an answer over a part for the whole.
func (l *problemLog) finish(err error) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	slices.Sort(l.order)
	for _, key := range l.order {
		if n := l.shown[key] - problemsShown; n > 0 {
			file, code, _ := strings.Cut(key, "\x00")
			fmt.Fprintf(l.w, "%s: %d more like these [%s]\n", file, n, code)
		}
	}
	if err != nil && err != findings || l.losses == 0 {
		return err
	}
	return fmt.Errorf("part of the input could not be read (%s); the result is of the rest", plural(l.losses, "problem"))
}

// plural counts things.
func plural(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return fmt.Sprintf("%d %s", n, noun)
}
