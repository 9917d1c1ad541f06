package main

import (
	"io"
	"os"

	"golang.org/x/term"
)

// isTerminal tells whether somebody looks at what is written.
func isTerminal(w any) bool {
	f, ok := w.(*os.File)
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

func readAll(r io.Reader) ([]byte, error) { return io.ReadAll(r) }
