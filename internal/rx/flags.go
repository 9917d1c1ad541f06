package rx

import (
	"fmt"
	"strings"
)

// Flags are the letters behind a regex literal (/re/im) or in the flags= argument of a function.
type Flags struct {
	IgnoreCase bool // i
	MultiLine  bool // m: ^ and $ match at line breaks too
	DotAll     bool // d: the dot matches a line break too
	Repeat     bool // g: every match counts, not only the first; the caller's business
	V2         bool // F: the newer of LogScale's two engines; see the package comment
}

// ParseFlags reads flag letters. A letter may be repeated. The error is an *Error whose offset is that of the letter.
func ParseFlags(s string) (Flags, error) {
	var f Flags
	for i, c := range s {
		switch c {
		case 'i':
			f.IgnoreCase = true
		case 'm':
			f.MultiLine = true
		case 'd':
			f.DotAll = true
		case 'g':
			f.Repeat = true
		case 'F':
			f.V2 = true
		default:
			hint := ""
			switch c {
			case 's':
				hint = ", use d to let the dot match line breaks"
			case 'I', 'M', 'D', 'G', 'f':
				hint = ", flags regard case"
			}
			return f, &Error{Offset: i, Message: fmt.Sprintf("unknown regex flag %q%s; the flags are d, g, i, m and F", c, hint)}
		}
	}
	return f, nil
}

// String returns the letters of the flags.
func (f Flags) String() string {
	var b strings.Builder
	for _, l := range []struct {
		on     bool
		letter byte
	}{{f.DotAll, 'd'}, {f.Repeat, 'g'}, {f.IgnoreCase, 'i'}, {f.MultiLine, 'm'}, {f.V2, 'F'}} {
		if l.on {
			b.WriteByte(l.letter)
		}
	}
	return b.String()
}
