package diag

import "testing"

func TestApply(t *testing.T) {
	fix := func(edits ...Edit) *Fix { return &Fix{Edits: edits} }
	put := func(a, b int, s string) Edit { return Edit{Span{a, b}, s} }
	tests := []struct {
		name  string
		fixes []*Fix
		want  string
		n     int
	}{
		{"none", nil, "0123456789", 0},
		{"nil and empty", []*Fix{nil, fix()}, "0123456789", 0},
		{"out of order", []*Fix{fix(put(8, 9, "B")), fix(put(0, 1, "A"))}, "A1234567B9", 2},
		{"the first of two wins", []*Fix{fix(put(2, 5, "X")), fix(put(4, 6, "Y"))}, "01X56789", 1},
		{"the same twice", []*Fix{fix(put(2, 2, "X")), fix(put(2, 2, "X"))}, "01X23456789", 1},
		{"touching", []*Fix{fix(put(2, 4, "X")), fix(put(4, 4, "Y")), fix(put(4, 6, "Z"))}, "01XYZ6789", 3},
		{"insertion inside a replacement", []*Fix{fix(put(2, 5, "X")), fix(put(3, 3, "Y"))}, "01X56789", 1},
		{"whole or not at all", []*Fix{fix(put(2, 5, "X")), fix(put(0, 1, "Y"), put(3, 4, "Z"))}, "01X56789", 1},
		{"brackets around nothing", []*Fix{fix(put(3, 3, "["), put(3, 3, "]"))}, "012[]3456789", 1},
		{"edits of one fix overlap", []*Fix{fix(put(1, 4, "X"), put(2, 3, "Y"))}, "0123456789", 0},
		{"out of range", []*Fix{fix(put(-1, 2, "X")), fix(put(9, 11, "X")), fix(put(5, 3, "X")), fix(put(10, 10, "!"))}, "0123456789!", 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, n := Apply("0123456789", tt.fixes)
			if got != tt.want || n != tt.n {
				t.Errorf("got %q, %d; want %q, %d", got, n, tt.want, tt.n)
			}
		})
	}
}
