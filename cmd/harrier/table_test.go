package main

import (
	"bufio"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"harrier/detect"
)

func table(names []string, rows [][]string, width int) string {
	var b strings.Builder
	w := bufio.NewWriter(&b)
	writeTable(w, names, rows, width)
	w.Flush()
	return b.String()
}

// A table never has lines longer than the terminal is wide: long values are cut,
// and where that does not help each row stands by itself, whole.
func TestTableWidth(t *testing.T) {
	names := []string{"host", "user", "command"}
	rows := [][]string{
		{"x1", "ann", "whoami"},
		{"x2", "bob", "net user bob secret /add /domain and more and more"},
		{"x3", "", "a\tb\x1b[31mc"},
	}
	for _, c := range []struct {
		width int
		want  string
	}{
		{80, `
host  user  command
----  ----  --------------------------------------------------
x1    ann   whoami
x2    bob   net user bob secret /add /domain and more and more
x3          a b [31mc
`}, {40, `
host  user  command
----  ----  ----------------------------
x1    ann   whoami
x2    bob   net user bob secret /add /d…
x3          a b [31mc
`}, {20, `
host     x1
user     ann
command  whoami
--------------------
host     x2
user     bob
command  net user bo
         b secret /a
         dd /domain 
         and more an
         d more
--------------------
host     x3
command  a b [31mc
`},
	} {
		got := table(names, rows, c.width)
		if got != strings.TrimPrefix(c.want, "\n") {
			t.Errorf("%d columns:\n%s", c.width, got)
		}
		for _, line := range strings.Split(got, "\n") {
			if n := utf8.RuneCountInString(line); n > c.width {
				t.Errorf("%d columns: a line has %d: %s", c.width, n, line)
			}
		}
	}
	if got := table(names, nil, 80); got != "" {
		t.Errorf("no rows are shown as %q", got)
	}
}

func TestWrap(t *testing.T) {
	for _, c := range []struct {
		width      int
		text, want string
	}{
		{0, "one two three", "one two three\n"},
		{20, "one two three", "one two three\n"},
		{8, "one two three", "one two\n  three\n"},
		{4, "one-long-word two", "one-long-word\n  two\n"},
		{6, "  é é é é", "  é é\n  é é\n"},
	} {
		if got := wrap(c.text, "  ", c.width); got != c.want {
			t.Errorf("wrap(%q, %d) = %q, want %q", c.text, c.width, got, c.want)
		}
	}
}

// On a narrow terminal the title of an alert has a line of its own.
func TestAlertTable(t *testing.T) {
	alerts := []detect.Alert{{
		Title: "A detection whose title takes some room", Attack: []string{"T1596.001", "T1596.002", "T1596.003"},
		Severity: "high", Confidence: "low", Entities: map[string]string{"host": "x1", "user": "ann"},
		FirstSeen: time.Date(2026, 3, 17, 9, 0, 0, 0, time.UTC), Count: 3,
		Evidence: []detect.Evidence{{{Name: "host", Value: "x1"}, {Name: "asked", Value: "a.example\nb.example"}, {Name: "count", Value: "3"}}},
	}}
	for _, c := range []struct {
		width int
		want  string
	}{
		{0, `
SEVERITY  CONFIDENCE  TECHNIQUE     HOST  USER  FIRST SEEN (UTC)     COUNT  DETECTION
high      low         T1596.001 +2  x1    ann   2026-03-17 09:00:00  3      A detection whose title takes some room
    asked=a.example, b.example

1 alert: 1 high
`}, {80, `
SEVERITY  CONFIDENCE  TECHNIQUE     HOST  USER  FIRST SEEN (UTC)     COUNT
high      low         T1596.001 +2  x1    ann   2026-03-17 09:00:00  3
    A detection whose title takes some room
    asked=a.example, b.example

1 alert: 1 high
`},
	} {
		var b strings.Builder
		if err := writeAlertTable(&b, alerts, c.width); err != nil {
			t.Fatal(err)
		}
		if got := b.String(); got != strings.TrimPrefix(c.want, "\n") {
			t.Errorf("%d columns:\n%s", c.width, got)
		}
	}
}

func TestParseSize(t *testing.T) {
	for in, want := range map[string]int64{"1": 1, "10b": 10, "2KiB": 2048, "1.5MiB": 3 << 19, "1gb": 1e9, " 3 G ": 3 << 30} {
		if got, err := parseSize(in); err != nil || got != want {
			t.Errorf("parseSize(%q) = %d, %v; want %d", in, got, err, want)
		}
	}
	for _, in := range []string{"", "much", "-1", "0", "1e30GiB", "NaN", "1TiBs"} {
		if got, err := parseSize(in); err == nil {
			t.Errorf("parseSize(%q) = %d", in, got)
		}
	}
}
