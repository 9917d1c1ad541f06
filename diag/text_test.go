package diag

import (
	"strings"
	"testing"
)

func render(src Source, color bool, d ...Diagnostic) string {
	var b strings.Builder
	Text(&b, src, d, TextOptions{Color: color})
	return b.String()
}

func TestText(t *testing.T) {
	long := strings.Repeat("a", 200) + "|bad|" + strings.Repeat("b", 200)
	tests := []struct {
		name string
		src  Source
		d    Diagnostic
		want string
	}{
		{
			"fix",
			Source{Name: "q.cql", Text: "| cuont()\n"},
			Errorf("unknown-function", Span{2, 7}, "there is no function cuont()").
				WithFix(false, "call count()", Edit{Span{2, 7}, "count"}),
			`q.cql:1:3: error[unknown-function]: there is no function cuont()
  |
1 | | cuont()
  |   ^^^^^
  = fix: call count()
1 | | count()
  |   ~~~~~

`,
		},
		{
			"notes on this line and on another, and help of two lines",
			Source{Name: "a/b.md", Text: "x=1 y=2\nz=3", Origin: 8},
			Warningf("w", Span{4, 7}, "twice").WithNote(Span{8, 11}, "there").WithNote(Span{0, 3}, "here").
				WithHelp("do one\nor two"),
			`a/b.md:9:5: warning[w]: twice
   |
 9 | x=1 y=2
   |     ^^^
   | --- here
10 | z=3
   | --- there
   = help: do one
           or two

`,
		},
		{
			"several lines underline the first",
			Source{Name: "q", Text: "in(a,\r\n b)"},
			Infof("i", Span{3, 9}, "long"),
			"q:1:4: info[i]: long\n  |\n1 | in(a,\n  |    ^^\n\n",
		},
		{
			"tabs and wide runes",
			Source{Name: "q", Text: "\t日本é=\tx"},
			Errorf("e", Span{11, 12}, "m"),
			"q:1:7: error[e]: m\n  |\n1 |     日本é=    x\n  | " + strings.Repeat(" ", 14) + "^\n\n",
		},
		{
			"a wide rune has two carets, a combining one none of its own",
			Source{Name: "q", Text: "e\u0301日x"},
			Errorf("e", Span{0, 6}, "m"),
			"q:1:1: error[e]: m\n  |\n1 | e\u0301日x\n  | ^^^\n\n",
		},
		{
			"at the end of the text, without a name or a code",
			Source{Text: "a |"},
			Diagnostic{Span: At(3), Message: "a step is missing"},
			"query:1:4: error: a step is missing\n  |\n1 | a |\n  |    ^\n\n",
		},
		{
			"without a text",
			Source{Name: "q"},
			Errorf("e", Span{}, "m").WithNote(Span{}, "n"),
			"q:1:1: error[e]: m\n  = note: n\n\n",
		},
		{
			"insertions and a deletion",
			Source{Name: "q", Text: "f(a, b)x"},
			Errorf("e", Span{2, 6}, "m").
				WithFix(true, "make it an array", Edit{At(2), "["}, Edit{At(6), "]"}, Edit{Span{7, 8}, ""}),
			"q:1:3: error[e]: m\n  |\n1 | f(a, b)x\n  |   ^^^^\n  = fix: make it an array\n1 | f([a, b])\n  |   ~    ~\n\n",
		},
		{
			"a fix of two lines has its title only",
			Source{Name: "q", Text: "a\nb"},
			Errorf("e", Span{0, 1}, "m").WithFix(true, "join", Edit{Span{1, 2}, " "}),
			"q:1:1: error[e]: m\n  |\n1 | a\n  | ^\n  = fix: join\n\n",
		},
		{
			"nothing acts on the terminal",
			Source{Name: "q\x1b]0;x\a", Text: "\x1b[31m\u202eab\u009b\xff\x7f"},
			Errorf("e", Span{5, 8}, "bad \x1b[2J\nname"),
			"q␛]0;x␇:1:6: error[e]: bad ␛[2J␊name\n  |\n1 | ␛[31m<U+202E>ab<U+009B>\ufffd␡\n  |      ^^^^^^^^\n\n",
		},
		{
			"a long line is clipped around the span",
			Source{Name: "q", Text: long},
			Errorf("e", Span{201, 204}, "m").WithNote(Span{0, 1}, "far"),
			"q:1:202: error[e]: m\n  |\n1 | …" + strings.Repeat("a", 58) + "|bad|" + strings.Repeat("b", 57) + "…\n" +
				"  | " + strings.Repeat(" ", 60) + "^^^\n" +
				"1 | " + strings.Repeat("a", 120) + "…\n  | - far\n\n",
		},
		{
			"a long span is clipped behind its beginning",
			Source{Name: "q", Text: long},
			Errorf("e", Span{50, 400}, "m"),
			"q:1:51: error[e]: m\n  |\n1 | …" + strings.Repeat("a", 120) + "…\n  | " + strings.Repeat(" ", 11) + strings.Repeat("^", 110) + "\n\n",
		},
		{
			"the end of a long line",
			Source{Name: "q", Text: strings.Repeat("é", 5000)},
			Errorf("e", At(10000), "m"),
			"q:1:5001: error[e]: m\n  |\n1 | …" + strings.Repeat("é", 120) + "\n  | " + strings.Repeat(" ", 121) + "^\n\n",
		},
		{
			"spans outside the text",
			Source{Name: "q", Text: "abc"},
			Errorf("e", Span{-4, 99}, "m").WithNote(Span{7, 2}, "n").WithFix(true, "t", Edit{Span{2, 9}, ""}),
			"q:1:1: error[e]: m\n  |\n1 | abc\n  | ^^^\n  |    - n\n  = fix: t\n\n",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := render(tt.src, false, tt.d); got != tt.want {
				t.Errorf("got\n%s\nwant\n%s", got, tt.want)
			}
		})
	}
}

func TestTextColor(t *testing.T) {
	got := render(Source{Name: "q", Text: "a b"}, true, Errorf("e", Span{2, 3}, "m"))
	want := "\x1b[1mq\x1b[0m:1:3: \x1b[1;31merror[e]\x1b[0m: \x1b[1mm\x1b[0m\n" +
		"\x1b[1;34m  |\x1b[0m\n\x1b[1;34m1 |\x1b[0m a b\n\x1b[1;34m  |\x1b[0m   \x1b[1;31m^\x1b[0m\n\n"
	if got != want {
		t.Errorf("got\n%q\nwant\n%q", got, want)
	}
}

func TestWideRunesAreOrdered(t *testing.T) {
	for i, p := range wideRunes {
		if p[0] > p[1] || i > 0 && wideRunes[i-1][1] >= p[0] {
			t.Errorf("range %d, %x, is out of order", i, p)
		}
	}
	for r, want := range map[rune]bool{'a': false, 'é': false, '日': true, '한': true, '😀': true, 'Ａ': true, '☃': false} {
		if wide(r) != want {
			t.Errorf("wide(%q) = %v", r, !want)
		}
	}
}
