package decode

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// A folder gives its telemetry: pages about it and hidden files are no input, and
// no problem either.
func TestOpenFolder(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"README.md":        "# A day\n",
		"NOTES.MD":         "{\"a\":\"b\"}\n",
		".labels.jsonl":    "{\"a\":\"b\"}\n",
		"data/part.ndjson": "{\"a\":\"b\"}\n",
		"data/README.md":   "# More\n",
	} {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	checkOpened(t, dir, "ndjson", "data/part.ndjson")
	// A page that is named is read.
	checkOpened(t, filepath.Join(dir, "NOTES.MD"), "ndjson", ".")
}

// The example that the documentation hunts in is telemetry and a page.
func TestOpenExample(t *testing.T) {
	checkOpened(t, filepath.Join("..", "examples", "t1596", "telemetry", "data", "5b8f0c2e-31d7-4a96-9c1b-8e7d44a6f213"), "fdr",
		"part-00000.ndjson", "part-00001.gz", "part-00002.gz", "part-00003.ndjson")
	f, err := Open([]string{filepath.Join("..", "examples", "t1596")}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if n := len(f.List()); n != 4 || len(f.Problems()) != 0 {
		t.Errorf("the example has %d files of telemetry and problems %v, want 4 and none", n, f.Problems())
	}
}

func checkOpened(t *testing.T, path, format string, want ...string) {
	t.Helper()
	f, err := Open([]string{path}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	var have []string
	for _, file := range f.List() {
		name, err := filepath.Rel(path, file.Path)
		if err != nil {
			t.Fatal(err)
		}
		have = append(have, filepath.ToSlash(name))
		if file.Format.Name != format {
			t.Errorf("%s is read as %s, want %s", name, file.Format.Name, format)
		}
	}
	if !slices.Equal(have, want) || len(f.Problems()) > 0 {
		t.Errorf("%s gives %v with problems %v, want %v and none", path, have, f.Problems(), want)
	}
}
