package sarif

import "testing"

func TestURI(t *testing.T) {
	for name, want := range map[string]string{
		"q.cql": "q.cql", "./a/../q.cql": "q.cql", "a#b?.cql": "a%23b%3F.cql", "a:b": "./a:b", "/abs/q": "file:///abs/q", "../q": "../q",
	} {
		if got := URI(name); got != want {
			t.Errorf("URI(%q) = %q, want %q", name, got, want)
		}
	}
}
