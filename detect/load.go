package detect

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"harrier"
	"harrier/diag"
)

// Pack is the detections of one or several folders.
type Pack struct {
	Detections []*Detection // those without errors, sorted by path
	Files      []diag.File  // every file read, with what there is to say about it
}

// HasErrors tells whether something in the pack is wrong.
func (p *Pack) HasErrors() bool {
	return slices.ContainsFunc(p.Files, func(f diag.File) bool { return f.List.HasErrors() })
}

// Load reads every detection below the root of each file system; names[i] is
// how the user calls root i.
func Load(roots []fs.FS, names []string, o Options) (*Pack, error) {
	p := &Pack{}
	ids := map[string]string{}
	for i, root := range roots {
		err := fs.WalkDir(root, ".", func(name string, e fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			if e.IsDir() || e.Name() != FileName {
				return nil
			}
			data, err := fs.ReadFile(root, name)
			if err != nil {
				return err
			}
			dir, err := fs.Sub(root, path.Dir(name))
			if err != nil {
				return err
			}
			d, files := read(string(data), path.Join(filepath.ToSlash(names[i]), name), dir, o)
			d.claim(ids, &files[0].List)
			p.Files = append(p.Files, files...)
			if !slices.ContainsFunc(files, func(f diag.File) bool { return f.List.HasErrors() }) {
				p.Detections = append(p.Detections, d)
			}
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("read detections in %s: %w", names[i], err)
		}
	}
	slices.SortFunc(p.Detections, func(a, b *Detection) int { return strings.Compare(a.Path, b.Path) })
	return p, nil
}

// LoadDirs is Load for folders on disk.
func LoadDirs(dirs []string, o Options) (*Pack, error) {
	var roots []fs.FS
	for _, d := range dirs {
		info, err := os.Stat(d)
		if err != nil {
			return nil, fmt.Errorf("read detections: %w", err)
		}
		if !info.IsDir() {
			return nil, fmt.Errorf("read detections: %s is not a folder", d)
		}
		roots = append(roots, os.DirFS(d))
	}
	return Load(roots, dirs, o)
}

// Check gives what there is to say about the text of a detection.yaml and the
// files it names. ids is filled with the id of each detection that was checked
// before, and its file, so that none is used twice.
func Check(file, text string, ids map[string]string, o *harrier.Options) []diag.File {
	var opts Options
	if o != nil {
		opts = Options{Parameters: o.Parameters, Saved: o.Saved, CityDB: o.CityDB, ASNDB: o.ASNDB, Salts: o.Salts}
		if o.Lookups != nil {
			opts.LookupDirs = o.Lookups.Dirs
		}
	}
	d, files := read(text, file, os.DirFS(filepath.Dir(file)), opts)
	d.claim(ids, &files[0].List)
	return files
}

// claim takes the id of a detection, and says when another has it.
func (d *Detection) claim(ids map[string]string, l *diag.List) {
	if d.ID == "" {
		return
	}
	if other, ok := ids[d.ID]; ok {
		*l = append(*l, diag.Errorf("duplicate-id", d.place("$.id"), "the id is also that of %s", other))
		l.Sort()
		return
	}
	ids[d.ID] = d.Path
}

// read makes a detection of the text of its YAML file. The first of the files is
// the YAML file itself.
func read(text, name string, dir fs.FS, o Options) (*Detection, []diag.File) {
	d := &Detection{Path: name, Dir: dir, source: diag.Source{Name: name, Text: text}}
	list := decodeYAML(text, d)
	files := []diag.File{{Source: d.source, List: list}}
	if list.HasErrors() {
		return d, files
	}
	c := &checker{d: d, o: o, files: files}
	c.check()
	c.files[0].List.Sort()
	return d, c.files
}

// decodeYAML fills d, refusing keys that there are not.
func decodeYAML(text string, d *Detection) diag.List {
	err := yaml.NewDecoder(strings.NewReader(text), yaml.DisallowUnknownField()).Decode(d)
	if err == nil {
		return nil
	}
	if errors.Is(err, io.EOF) {
		return diag.List{diag.Errorf("yaml", diag.At(0), "the file is empty")}
	}
	at := diag.At(0)
	message := err.Error()
	var ye yaml.Error
	if errors.As(err, &ye) {
		message = ye.GetMessage()
		if t := ye.GetToken(); t != nil && t.Position != nil {
			start := placeOffset(text, t.Position.Line, t.Position.Column)
			at = diag.Span{Start: start, End: min(start+len(t.Value), len(text))}
			var unknown *yaml.UnknownFieldError
			if errors.As(err, &unknown) {
				e := diag.Errorf("unknown-key", at, "there is no key %q", t.Value)
				if s := diag.Suggest(t.Value, keys(reflect.TypeFor[Detection]())); s != "" {
					e = e.WithFix(false, "write "+s, diag.Edit{Span: at, Text: s})
				}
				return diag.List{e}
			}
		}
	}
	return diag.List{diag.Errorf("yaml", at, "%s", strings.TrimSpace(message))}
}

// keys gives the YAML keys of a type and of the types inside it.
func keys(t reflect.Type) []string {
	switch t.Kind() {
	case reflect.Slice, reflect.Pointer:
		return keys(t.Elem())
	case reflect.Struct:
		var out []string
		for i := range t.NumField() {
			f := t.Field(i)
			if name := f.Tag.Get("yaml"); name != "" && name != "-" {
				out = append(append(out, name), keys(f.Type)...)
			}
		}
		return out
	}
	return nil
}

// node finds the node of a YAML path such as $.trigger.kind; nil when the file
// does not have it.
func (d *Detection) node(at string) ast.Node {
	p, err := yaml.PathString(at)
	if err != nil {
		return nil
	}
	f, err := parser.ParseBytes([]byte(d.source.Text), 0)
	if err != nil {
		return nil
	}
	n, err := p.FilterFile(f)
	if err != nil {
		return nil
	}
	return n
}

// place is the span of the value at a YAML path, or the first line of the file
// when it has none there.
func (d *Detection) place(at string) diag.Span {
	text := d.source.Text
	n := d.node(at)
	if at == "$" || n == nil || n.GetToken() == nil {
		first, _, _ := strings.Cut(text, "\n")
		return diag.Span{End: len(strings.TrimRight(first, " \r"))}
	}
	t := n.GetToken()
	switch n := n.(type) {
	case *ast.MappingNode:
		// The token of a mapping in braces is the brace, and of another the colon.
		if len(n.Values) > 0 && !n.IsFlowStyle {
			t = n.Values[0].Key.GetToken()
		}
	case *ast.MappingValueNode:
		t = n.Key.GetToken()
	}
	start := placeOffset(text, t.Position.Line, t.Position.Column)
	line, _, _ := strings.Cut(text[start:], "\n")
	end := start + len(strings.TrimRight(line, " \r"))
	if scalar, ok := n.(ast.ScalarNode); ok {
		// What follows on the line is not of a scalar: "[one, two]".
		value := fmt.Sprint(scalar.GetValue())
		if i := strings.Index(line, value); value != "" && (i == 0 || i == 1) {
			end = start + i + len(value) + i
		}
	}
	return diag.Span{Start: start, End: min(end, len(text))}
}
