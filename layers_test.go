package harrier_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// layers says which packages of ours a package may import: arrows point down
// the data path, see ARCHITECTURE.md. A new package starts by adding its line.
var layers = map[string][]string{
	"diag":       {},
	"event":      {},
	"schema":     {"diag"},
	"attack":     {},
	"cql":        {"diag"},
	"plan":       {"diag", "event"},
	"function":   {"diag", "event", "cql", "plan"},
	"compile":    {"diag", "event", "cql", "plan", "function"},
	"exec":       {"diag", "event", "plan"},
	"falcon":     {"event", "schema"},
	"decode":     {"event", "schema", "falcon"},
	".":          {"diag", "event", "cql", "plan", "function", "compile", "exec", "decode"},
	"detections": {},
	"detect":     {"diag", "event", "cql", "function", "exec", "decode", "schema", "attack", "."},
	"report":     {"attack", "detect", "."},
	"cqltest":    {},
}

// free are folders whose packages may import anything: nothing imports them.
var free = []string{"cmd", "bench", "examples"}

// programs below internal make what is committed, and may import anything too.
var programs = []string{"internal/examples/t1596", "internal/gendocs"}

// mechanisms are packages below internal that do not know CQL: each may import
// what is named here and other mechanisms.
const mechanisms = "internal"

func TestLayers(t *testing.T) {
	seen := map[string]bool{}
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if path != "." && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata") {
				return fs.SkipDir
			}
			if _, err := os.Stat(filepath.Join(path, "go.mod")); err == nil && path != "." {
				return fs.SkipDir // a module of its own
			}
			return nil
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		pkg := filepath.ToSlash(filepath.Dir(path))
		top, _, _ := strings.Cut(pkg, "/")
		seen[pkg] = true
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, imp := range f.Imports {
			name, err := strconv.Unquote(imp.Path.Value)
			if err != nil {
				return err
			}
			ours, ok := "", false
			switch {
			case name == "harrier":
				ours, ok = ".", true
			default:
				ours, ok = strings.CutPrefix(name, "harrier/")
			}
			if name == "C" {
				t.Errorf("%s: the main module has no cgo", path)
			}
			if !ok {
				continue
			}
			inner := strings.HasPrefix(ours, mechanisms+"/")
			switch {
			case slices.Contains(free, top):
			case slices.Contains(programs, pkg):
			case top == mechanisms:
				if !inner {
					t.Errorf("%s: a mechanism may not import %s", path, ours)
				}
			case inner:
			default:
				may, known := layers[pkg]
				if !known {
					t.Errorf("%s: the package %s is not in the table of layers", path, pkg)
				} else if !slices.Contains(may, ours) {
					t.Errorf("%s: %s may not import %s", path, pkg, ours)
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for pkg := range layers {
		if !seen[pkg] {
			t.Errorf("the package %s of the table of layers does not exist", pkg)
		}
	}
}

// TestArchitectureNamesWhatExists checks the paths that ARCHITECTURE.md names.
func TestArchitectureNamesWhatExists(t *testing.T) {
	data, err := os.ReadFile("ARCHITECTURE.md")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, part := range strings.Split(string(data), "`") {
		if !strings.ContainsAny(part, "/.") || strings.ContainsAny(part, " \n(){}<>*=:") {
			continue
		}
		n++
		if _, err := os.Stat(filepath.FromSlash(strings.TrimSuffix(part, "/"))); err != nil {
			t.Errorf("ARCHITECTURE.md names %s, which is not there", part)
		}
	}
	if n < 10 {
		t.Errorf("only %d paths found: is the page still what it was?", n)
	}
}
