package function

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"harrier/event"
	"harrier/internal/fold"
	"harrier/internal/rx"
	"harrier/plan"
)

// columnForms gives the same values in every form that a column of them can have; a
// value "-" is absent.
func columnForms(values []string) map[string]*event.Column {
	d, codes, valid := event.NewDict(), make([]uint32, len(values)), event.NewBits(len(values))
	same := true
	for i, v := range values {
		same = same && v == values[0] && v != "-"
		codes[i] = event.NoCode
		if v != "-" {
			codes[i] = d.Code(v)
			valid.Set(i)
		}
	}
	forms := map[string]*event.Column{"coded": event.NewCoded(d, codes), "text": event.NewText(values, valid)}
	if same {
		forms["constant"] = event.NewConstant(len(values), values[0])
	}
	return forms
}

func TestExtractionForms(t *testing.T) {
	for _, x := range []struct {
		re             string
		repeat, strict bool
		values         []string
		want           string // per row: number of the event, then the fields k and v, the latter old before
	}{
		{`(?<k>\w)=(?<v>\d)?`, false, true, []string{"a=1", "-", "b=", "none", "a=1"}, "0:a,1 2:b,old 4:a,1"},
		{`(?<k>\w)=(?<v>\d)?`, false, false, []string{"a=1", "-", "b=", "none"}, "0:a,1 1:-,old 2:b,old 3:-,old"},
		{`(?<k>\w)=(?<v>\d)?`, true, true, []string{"a=1 b=2 c=", "-", "d=4"}, "0:a,1 0:b,2 0:c,old 2:d,4"},
		{`(?<k>\w)=(?<v>\d)?`, true, false, []string{"a=1 b=2 c=3 d=4", "", "-"}, "0:a,1 0:b,2 0:c,3 1:-,old 2:-,old"},
		{`(?<k>\w)=(?<v>\d)?`, true, true, []string{"a=1 b=2", "a=1 b=2"}, "0:a,1 0:b,2 1:a,1 1:b,2"},
		{`(?<k>x)|(?<k>y)`, false, true, []string{"y", "x", "z"}, "0:y,old 1:x,old"},
		{`(?<k>z)(?=q)`, false, true, []string{"z", "-"}, ""},
		{`x`, true, true, []string{"xx", "x"}, "0:-,old 0:-,old 1:-,old"},
		{`x`, false, true, []string{"xx", "y"}, "0:-,old"},
	} {
		re, err := rx.Compile(x.re, rx.Flags{})
		if err != nil {
			t.Fatal(err)
		}
		for form, col := range columnForms(x.values) {
			mappers := map[string]plan.Mapper{"field": RegexMapper("in", re, x.repeat, 3, x.strict)(&plan.Runtime{})}
			if x.strict {
				mappers["free text"] = FreeTextRegexMapper(re, x.repeat, 3)(&plan.Runtime{})
			}
			for name, m := range mappers {
				for range 2 { // the second time from memory
					b := event.NewBatch(len(x.values))
					b.Set("in", col)
					b.KeepOriginal()
					b.Set("v", event.NewConstant(b.Len(), "old"))
					if err := m.Map(b); err != nil {
						t.Fatal(err)
					}
					if got := shownRows(b); got != x.want {
						t.Errorf("/%s/ %s, %s: got %q, want %q", x.re, name, form, got, x.want)
					}
				}
			}
		}
	}
}

func shownRows(b *event.Batch) string {
	var out []string
	for _, r := range b.Selected() {
		k, ok := b.Text("k", int(r))
		if !ok {
			k = "-"
		}
		v, _ := b.Text("v", int(r))
		out = append(out, fmt.Sprintf("%d:%s,%s", b.Position(int(r)), k, v))
	}
	return strings.Join(out, " ")
}

func TestFreeTextOrder(t *testing.T) {
	re, _ := rx.Compile(`n=(?<k>\d)`, rx.Flags{})
	b := event.NewBatch(1)
	for _, f := range []string{"#tag=n=1", "@id=n=2", "a=n=3", "b=n=4"} {
		name, value, _ := strings.Cut(f, "=")
		b.Set(name, event.NewConstant(1, value))
	}
	for _, want := range []string{"3", "5"} {
		try := b.Clone()
		if want == "5" {
			try.Set("@rawstring", event.NewConstant(1, "n=5"))
		}
		try.KeepOriginal()
		try.Set("a", event.NewConstant(1, "n=7"))
		if err := FreeTextRegexMapper(re, false, 100)(&plan.Runtime{}).Map(try); err != nil {
			t.Fatal(err)
		}
		if got, _ := try.Text("k", 0); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

// The condition for reading an event must hold for every event that a filter
// keeps.
func TestOneOfWhere(t *testing.T) {
	texts := []string{"", "a", "A", "straße", "STRAßE", "Ünder", "ünder", "x*y", "xzy", "K", "\u212a"}
	for _, ignoreCase := range []bool{false, true} {
		for _, list := range [][]string{{"a"}, {"a", ""}, {"STRAße", "Ü*r"}, {"x*y"}, {"*ß*"}, {"k"}, {"*"}, {}} {
			p := oneOf("f", list, ignoreCase)
			for _, s := range texts {
				b := event.NewBatch(1)
				b.Set("f", event.NewConstant(1, s))
				rows, err := p.Eval(&plan.PredState{}, b, b.Selected())
				if err != nil {
					t.Fatal(err)
				}
				if len(rows) > 0 && !meets(s, p.Where()) {
					t.Errorf("in %v keeps %q, which %v refuses", list, s, p.Where())
				}
			}
		}
	}
}

func meets(s string, w event.Predicate) bool {
	for _, cl := range w.Clauses {
		if !slices.ContainsFunc(cl.Any, func(n event.Needle) bool {
			s := s
			if n.Fold {
				s = fold.String(s)
			}
			return n.Text != "" && (n.Whole && s == n.Text || !n.Whole && strings.Contains(s, n.Text))
		}) {
			return false
		}
	}
	return true
}
