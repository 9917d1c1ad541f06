package instant

import "testing"

func TestParse(t *testing.T) {
	for _, c := range []struct {
		in string
		ms int64
		ok bool
	}{
		{"1767607872", 1767607872000, true},
		{"1767607872.345678", 1767607872345, true},
		{"1767607872345", 1767607872345, true},
		{"1767607872345678", 1767607872345, true},
		{"1767607872345678901", 1767607872345, true},
		{"134120814723450000", 1767607872345, true}, // a FILETIME
		{"2026-01-05T10:11:12.345Z", 1767607872345, true},
		{"2026-01-05T11:11:12.345+01:00", 1767607872345, true},
		{"2026-01-05 10:11:12.345", 1767607872345, true},
		{"2026-01-05", 1767571200000, true},
		{"2026-01-05 10:11:12 CET", 0, false},
		{"4711", 0, false}, {"", 0, false}, {"yesterday", 0, false}, {"1767607872.", 0, false},
	} {
		if ms, ok := Parse(c.in); ms != c.ms || ok != c.ok {
			t.Errorf("%q is %d, %v, want %d, %v", c.in, ms, ok, c.ms, c.ok)
		}
	}
}

func TestMilliseconds(t *testing.T) {
	if ms, ok := Milliseconds("12"); ms != 12 || !ok {
		t.Error(ms, ok)
	}
	if _, ok := Milliseconds("2026-01-05"); ok {
		t.Error("a day is no number")
	}
}
