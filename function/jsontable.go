package function

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// readJSONTable reads a lookup file in JSON. Columns stand in the order in which the file names them.
func readJSONTable(data []byte) (*Table, error) {
	data = bytes.TrimSpace(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")))
	r := &jsonTable{d: json.NewDecoder(bytes.NewReader(data)), table: &Table{}, columns: map[string]int{}}
	r.d.UseNumber()
	var err error
	if len(data) > 0 && data[0] == '[' {
		err = r.array()
	} else {
		err = r.objects()
	}
	var syntax *json.SyntaxError
	switch {
	case err == nil:
	case errors.As(err, &syntax):
		return nil, fmt.Errorf("line %d: %w", lineOf(data, syntax.Offset), err)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return nil, fmt.Errorf("line %d: the text ends too early", lineOf(data, int64(len(data))))
	default:
		return nil, fmt.Errorf("line %d: %w", lineOf(data, r.d.InputOffset()), err)
	}
	for i, row := range r.table.Rows { // rows read before a column was first seen
		if n := len(r.table.Columns) - len(row); n > 0 {
			r.table.Rows[i] = append(row, make([]Cell, n)...)
		}
	}
	return r.table, nil
}

func lineOf(data []byte, offset int64) int {
	return 1 + bytes.Count(data[:min(int(offset), len(data))], []byte("\n"))
}

// jsonTable is a table being read.
type jsonTable struct {
	d       *json.Decoder
	table   *Table
	columns map[string]int
}

// array reads [ {..}, {..} ].
func (r *jsonTable) array() error {
	if _, err := r.d.Token(); err != nil {
		return err
	}
	for r.d.More() {
		if err := r.begin("an object per row"); err != nil {
			return err
		}
		if err := r.row(nil, false); err != nil {
			return err
		}
	}
	if _, err := r.d.Token(); err != nil {
		return err
	}
	if _, err := r.d.Token(); err != io.EOF {
		return errors.New("something follows behind the array")
	}
	return nil
}

// objects reads {..} {..}, or the one object {"key": {..}, "key": {..}}.
func (r *jsonTable) objects() error {
	for r.d.More() {
		if err := r.begin("an object"); err != nil {
			return err
		}
		if err := r.row(nil, len(r.table.Rows) == 0); err != nil {
			return err
		}
	}
	if _, err := r.d.Token(); err != io.EOF {
		return err
	}
	return nil
}

func (r *jsonTable) begin(want string) error {
	t, err := r.d.Token()
	if err != nil {
		return err
	}
	if t != json.Delim('{') {
		return fmt.Errorf("%v stands where %s is expected", t, want)
	}
	return nil
}

// row reads the members of an object up to its end. Those of the first object of a file may be rows themselves.
func (r *jsonTable) row(cells []Cell, outer bool) error {
	for r.d.More() {
		t, err := r.d.Token()
		if err != nil {
			return err
		}
		name := t.(string)
		v, err := r.d.Token()
		if err != nil {
			return err
		}
		if v == json.Delim('{') && outer && len(cells) == 0 {
			r.table.Keys = append(r.table.Keys, name)
			if err := r.row(nil, false); err != nil {
				return err
			}
			continue
		}
		if r.table.Keys != nil && outer {
			return fmt.Errorf("the value of %q is no object, as those before it are", name)
		}
		text, err := jsonCell(name, v)
		if err != nil {
			return err
		}
		i := r.column(name)
		for len(cells) <= i {
			cells = append(cells, Cell{})
		}
		cells[i] = text
	}
	if _, err := r.d.Token(); err != nil {
		return err
	}
	if r.table.Keys != nil && outer {
		if r.d.More() {
			return errors.New("something follows behind the object of rows")
		}
		return nil
	}
	r.table.Rows = append(r.table.Rows, cells)
	return nil
}

func jsonCell(name string, v json.Token) (Cell, error) {
	switch v := v.(type) {
	case nil:
		return Cell{}, nil
	case string:
		return Cell{v, true}, nil
	case json.Number:
		return Cell{v.String(), true}, nil
	case bool:
		return Cell{fmt.Sprint(v), true}, nil
	}
	return Cell{}, fmt.Errorf("the value of %q is not text, a number or a boolean", name)
}

func (r *jsonTable) column(name string) int {
	i, ok := r.columns[name]
	if !ok {
		i = len(r.table.Columns)
		r.columns[name] = i
		r.table.Columns = append(r.table.Columns, name)
	}
	return i
}
