package schema

import (
	"fmt"
	"strings"
	"testing"
)

// show writes an expression with everything that is understood put in brackets.
func show(e Expr) string {
	var alts []string
	for _, t := range e {
		s := "[" + t.Text + "]"
		if t.Const {
			s = "=" + s
		}
		if t.Call {
			var args []string
			for _, a := range t.Args {
				args = append(args, show(a))
			}
			s += "(" + strings.Join(args, ", ") + ")"
		}
		alts = append(alts, s)
	}
	return strings.Join(alts, " | ")
}

func TestParseExpr(t *testing.T) {
	for _, c := range [][2]string{
		{"Image", "[Image]"},
		{"a | b.c|d[0]", "[a] | [b.c] | [d[0]]"},
		{"=Win", "=[Win]"},
		{"=a b, (c)", "=[a b, (c)]"},
		{"base( Image )", "[base]([Image])"},
		{"join(a, lower(b | =x)) | =y", "[join]([a], [lower]([b] | =[x])) | =[y]"},
		{"", "error"}, {"a b", "error"}, {"f(a", "error"}, {"f(a))", "error"}, {"a |", "error"}, {"f()", "error"},
	} {
		e, err := ParseExpr(c[0])
		got := show(e)
		if err != nil {
			got = "error"
		}
		if got != c[1] {
			t.Errorf("%q is %s, want %s", c[0], got, c[1])
		}
	}
}

// Every source says what it is, and the event types that are mapped exist.
func TestMapped(t *testing.T) {
	var names []string
	for _, s := range Mapped() {
		names = append(names, s.Name)
		if Get(s.Name) != s || s.Title == "" || len(s.Mapping.When) == 0 || len(s.Gives()) == 0 {
			t.Errorf("%s is not complete", s.Name)
		}
	}
	if got := fmt.Sprint(names); got != "[auditd cef defender leef squid sysmon windows zeek zscaler]" {
		t.Error(got)
	}
	if !Given("NetworkConnectIP4", "RemoteHostName") || Given("NetworkConnectIP4", "UserAgent") || Given("NoEvent", "aid") {
		t.Error("Given is mixed up")
	}
	if n := len(Falcon().Gives()); n != len(Falcon().Events) {
		t.Errorf("Falcon gives %d of its %d event types", n, len(Falcon().Events))
	}
}
