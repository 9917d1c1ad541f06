package exec_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"harrier"
	"harrier/decode"
	"harrier/event"
)

// Queries that give whole events read in two passes when the source can give
// single rows. A source that cannot must see the same rows.
func TestChoose(t *testing.T) {
	var b strings.Builder
	for i := range 3000 {
		fmt.Fprintf(&b, `{"@timestamp":"%d","n":"%d","note":"berth %d","odd":"%v"}`+"\n", 1773705600000+int64(i*7919%3000)*1000, i, i%13, i%2 == 1)
		if i%500 == 7 {
			b.WriteString("not JSON\n\n")
		}
	}
	path := filepath.Join(t.TempDir(), "events.ndjson")
	if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, query := range []string{
		`*`, `head(5)`, `tail(5)`, `odd=true | head(7)`, `sort(n, limit=9)`, `sort(note, order=asc, limit=40) | select([n])`,
		`note="berth 3" | x := n + 1 | tail(11)`, `@error=true | head(3)`, `n > 2900`, `head(4) | count()`, `nothing=here`,
		`regex("(?<w>[a-z])", field=note, repeat=true) | head(6)`, `head(0)`,
	} {
		files, err := decode.Open([]string{path}, decode.Options{ChunkBytes: 20_000})
		if err != nil {
			t.Fatal(err)
		}
		if !files.GivesRows() {
			t.Fatal("the files cannot give rows")
		}
		for _, workers := range []int{1, 4} {
			want := rowsOf(t, query, struct{ event.Source }{files}, workers)
			got := rowsOf(t, query, files, workers)
			if got != want {
				t.Errorf("%s with %d workers\nin two passes\n%s\nin one\n%s", query, workers, got, want)
			}
		}
	}
}

func rowsOf(t *testing.T, query string, src event.Source, workers int) string {
	t.Helper()
	q, problems := harrier.Compile(query, nil)
	if q == nil {
		t.Fatalf("%s: %v", query, problems)
	}
	var out strings.Builder
	for b, err := range q.Run(context.Background(), src, harrier.RunOptions{Workers: workers}) {
		if err != nil {
			t.Fatalf("%s: %v", query, err)
		}
		for _, r := range b.Selected() {
			for i, name := range b.Names() {
				if v, ok := b.Columns()[i].Text(int(r)); ok && !event.Hidden(name) {
					fmt.Fprintf(&out, "%s=%q ", name, v)
				}
			}
			out.WriteByte('\n')
		}
	}
	return out.String()
}
