package function

import "testing"

// A signature tells what may be left out, and every parameter says what it takes.
func TestSignature(t *testing.T) {
	for name, want := range map[string]string{
		"groupBy": "groupBy(field, [function=count(as=_count)], [limit=20000])",
		"now":     "now([as=_now])",
		"eval":    "eval(name=expression...)",
	} {
		if got := Lookup(name).Signature(); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	for _, f := range All() {
		if f.Category == "" {
			t.Errorf("%s() has no category", f.Name)
		}
		for _, p := range f.Params {
			if p.Takes() == "" || p.Doc == "" && p.Deprecated == "" {
				t.Errorf("%s(%s=) does not say what it takes", f.Name, p.Name)
			}
		}
	}
}
