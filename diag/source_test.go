package diag

import "testing"

func TestPosition(t *testing.T) {
	const text = "a\tb\nüx\r\n\xffz\n"
	tests := []struct {
		name           string
		origin, offset int
		line, col      int
	}{
		{"start", 0, 0, 1, 1},
		{"a tab is one column", 0, 2, 1, 3},
		{"the line break ends its line", 0, 3, 1, 4},
		{"second line", 0, 4, 2, 1},
		{"inside a rune is its start", 0, 5, 2, 1},
		{"behind a two-byte rune", 0, 6, 2, 2},
		{"carriage return", 0, 7, 2, 3},
		{"behind an invalid byte", 0, 10, 3, 2},
		{"end", 0, len(text), 4, 1},
		{"before the text", 0, -5, 1, 1},
		{"behind the text", 0, 99, 4, 1},
		{"embedded", 10, 4, 12, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			line, col := Source{Text: text, Origin: tt.origin}.Position(tt.offset)
			if line != tt.line || col != tt.col {
				t.Errorf("Position(%d) = %d:%d, want %d:%d", tt.offset, line, col, tt.line, tt.col)
			}
		})
	}
}
