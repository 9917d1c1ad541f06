package function

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"sort"
	"strings"
	"sync"
)

// Lookups finds lookup files by name in folders, first hit wins, and keeps what
// it read. It is safe for concurrent use.
type Lookups struct {
	Dirs []fs.FS

	mu     sync.Mutex
	tables map[string]*Table
}

// ErrNoLookup is wrapped when no folder has the file.
var ErrNoLookup = errors.New("no such lookup file")

// Table is the content of a lookup file: rows of texts under column names. A
// cell that a JSON row lacks is absent.
type Table struct {
	Columns []string
	Rows    [][]Cell
	// Keys are the names of the rows of a JSON file that is one object of objects;
	// nil for other files.
	Keys []string
}

// Cell is one value of a Table.
type Cell struct {
	Text    string
	Present bool
}

// Column gives the number of a column, -1 when the table lacks it.
func (t *Table) Column(name string) int {
	for i, c := range t.Columns {
		if c == name {
			return i
		}
	}
	return -1
}

// Names lists the lookup files of all folders.
func (l *Lookups) Names() []string {
	seen := map[string]bool{}
	for _, d := range l.Dirs {
		fs.WalkDir(d, ".", func(p string, e fs.DirEntry, err error) error {
			if err == nil && !e.IsDir() {
				seen[p] = true
			}
			return nil
		})
	}
	names := make([]string, 0, len(seen))
	for n := range seen {
		names = append(names, n)
	}
	sort.Strings(names)
	return names
}

// Table reads a lookup file: CSV with a header line, or JSON (an array of
// objects, one object per line, or one object of objects). Errors say what is
// wrong and where.
func (l *Lookups) Table(name string) (*Table, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if t, ok := l.tables[name]; ok {
		return t, nil
	}
	data, err := l.read(name)
	if err != nil {
		return nil, err
	}
	var t *Table
	if strings.HasSuffix(strings.ToLower(name), ".json") || strings.HasSuffix(strings.ToLower(name), ".ndjson") {
		t, err = readJSONTable(data)
	} else {
		t, err = readCSVTable(data)
	}
	if err != nil {
		return nil, fmt.Errorf("read lookup file %s: %w", name, err)
	}
	if l.tables == nil {
		l.tables = map[string]*Table{}
	}
	l.tables[name] = t
	return t, nil
}

func (l *Lookups) read(name string) ([]byte, error) {
	clean := strings.TrimPrefix(strings.TrimPrefix(name, "/"), "./")
	if !fs.ValidPath(clean) {
		return nil, fmt.Errorf("%w: %q is not a plain file name", ErrNoLookup, name)
	}
	for _, d := range l.Dirs {
		data, err := fs.ReadFile(d, clean)
		if err == nil {
			return data, nil
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("read lookup file %s: %w", name, err)
		}
	}
	return nil, fmt.Errorf("%w: %q", ErrNoLookup, name)
}

func readCSVTable(data []byte) (*Table, error) {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	r := csv.NewReader(bytes.NewReader(data))
	r.FieldsPerRecord = -1
	header, err := r.Read()
	if err == io.EOF {
		return &Table{}, nil
	}
	if err != nil {
		return nil, err
	}
	t := &Table{}
	for i, h := range header {
		h = strings.TrimSpace(h)
		if t.Column(h) >= 0 {
			return nil, fmt.Errorf("line 1: column %q (%d) is there twice", h, i+1)
		}
		t.Columns = append(t.Columns, h)
	}
	for {
		rec, err := r.Read()
		if err == io.EOF {
			return t, nil
		}
		if err != nil {
			return nil, err
		}
		if len(rec) > len(t.Columns) {
			line, _ := r.FieldPos(0)
			return nil, fmt.Errorf("line %d: %d values under %d columns", line, len(rec), len(t.Columns))
		}
		row := make([]Cell, len(t.Columns))
		for i, v := range rec {
			row[i] = Cell{v, true}
		}
		t.Rows = append(t.Rows, row)
	}
}
