package main

import (
	"os"

	"golang.org/x/term"
)

// isTerminal tells whether somebody looks at what is written, or types what is
// read.
func isTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// terminalWidth is the number of columns of the terminal, or 0 when there is
// none.
func terminalWidth(w any) int {
	if f, ok := w.(*os.File); ok {
		if n, _, err := term.GetSize(int(f.Fd())); err == nil {
			return n
		}
	}
	return 0
}
