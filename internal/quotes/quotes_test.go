package quotes

import (
	"math/rand"
	"slices"
	"testing"
)

// reference marks unescaped quotes byte by byte.
func reference(text []byte) []int {
	var out []int
	escaped := false
	for i, c := range text {
		switch {
		case escaped:
			escaped = false
		case c == '\\':
			escaped = true
		case c == '"':
			out = append(out, i)
		}
	}
	return out
}

func check(t *testing.T, text []byte) {
	t.Helper()
	marks, _ := Mark(text, nil, nil)
	var got []int
	for at := marks.Next(0); at >= 0; at = marks.Next(at + 1) {
		got = append(got, at)
	}
	if want := reference(text); !slices.Equal(got, want) {
		t.Fatalf("%q: got %v, want %v", text, got, want)
	}
	q, s := make(Marks, len(text)/64), make(Marks, len(text)/64)
	p, r := make(Marks, len(text)/64), make(Marks, len(text)/64)
	find(text[:len(text)/64*64], q, s)
	findPlain(text, p, r)
	if !slices.Equal(q, p) || !slices.Equal(s, r) {
		t.Fatalf("%q: the vector code and its twin differ", text)
	}
}

func TestMark(t *testing.T) {
	check(t, nil)
	rnd := rand.New(rand.NewSource(1))
	for range 3000 {
		text := make([]byte, rnd.Intn(400))
		alphabet := []byte(`"\\\\ab`)[:2+rnd.Intn(4)]
		for i := range text {
			text[i] = alphabet[rnd.Intn(len(alphabet))]
		}
		check(t, text)
	}
}

func FuzzMark(f *testing.F) {
	f.Add([]byte(`{"a":"\\","b":"x\"y"}`))
	f.Fuzz(func(t *testing.T, text []byte) { check(t, text) })
}

func BenchmarkMark(b *testing.B) {
	text := make([]byte, 512<<10)
	for i := range text {
		text[i] = `{"event":"C:\\tool.exe","n":"1"}`[i%32]
	}
	var m, s Marks
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		m, s = Mark(text, m, s)
	}
}
