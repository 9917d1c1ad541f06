package diag

import "testing"

func TestSuggest(t *testing.T) {
	names := []string{"groupBy", "count", "counterAsRate", "head", "tail", "formatTime", "format", "sort", "top", "array:contains", "in"}
	tests := []struct{ word, want string }{
		{"cuont", "count"},
		{"coun", "count"},
		{"counts", "count"},
		{"counter", "counterAsRate"},
		{"groupby", "groupBy"},
		{"GROUPBY", "groupBy"},
		{"gruopBy", "groupBy"},
		{"formt", "format"},
		{"formatT", "formatTime"},
		{"array:contain", "array:contains"},
		{"hed", "head"},
		{"he", ""},
		{"tp", "top"},
		{"x", ""},
		{"", ""},
		{"IN", "in"},
		{"somethingElse", ""},
	}
	for _, tt := range tests {
		t.Run(tt.word, func(t *testing.T) {
			if got := Suggest(tt.word, names); got != tt.want {
				t.Errorf("Suggest(%q) = %q, want %q", tt.word, got, tt.want)
			}
		})
	}
	t.Run("ties by order", func(t *testing.T) {
		if got := Suggest("cat", []string{"car", "cap"}); got != "car" {
			t.Errorf("got %q", got)
		}
	})
	t.Run("never the word itself", func(t *testing.T) {
		if got := Suggest("count", []string{"count"}); got != "" {
			t.Errorf("got %q", got)
		}
	})
	t.Run("runes, not bytes", func(t *testing.T) {
		if got := Suggest("größr", []string{"größe"}); got != "größe" {
			t.Errorf("got %q", got)
		}
	})
}

func TestDistance(t *testing.T) {
	tests := []struct {
		a, b  string
		limit int
		want  int
	}{
		{"", "", 0, 0}, {"a", "", 1, 1}, {"ab", "ba", 2, 1}, {"kitten", "sitting", 5, 3},
		{"kitten", "sitting", 2, 3}, {"ca", "abc", 5, 3}, {"short", "much longer", 2, 3},
	}
	for _, tt := range tests {
		if got := distance([]rune(tt.a), []rune(tt.b), tt.limit); got != tt.want {
			t.Errorf("distance(%q, %q, %d) = %d, want %d", tt.a, tt.b, tt.limit, got, tt.want)
		}
	}
}
