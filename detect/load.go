package detect

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"harrier"
	"harrier/diag"
	"harrier/internal/reltime"
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
		opts = Options{Parameters: o.Parameters, Saved: o.Saved, CityDB: o.CityDB, ASNDB: o.ASNDB}
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
	at := diag.At(0)
	message := err.Error()
	var ye yaml.Error
	if errors.As(err, &ye) {
		message = ye.GetMessage()
		if t := ye.GetToken(); t != nil && t.Position != nil {
			start := min(lineOffset(text, t.Position.Line)+t.Position.Column-1, len(text))
			at = diag.Span{Start: start, End: min(start+len(t.Value), len(text))}
		}
	}
	code := "yaml"
	var unknown *yaml.UnknownFieldError
	if errors.As(err, &unknown) {
		code = "unknown-key"
	}
	return diag.List{diag.Errorf(code, at, "%s", strings.TrimSpace(message))}
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

// place is the span of the value at a YAML path, or of the start of the file.
func (d *Detection) place(at string) diag.Span {
	n := d.node(at)
	if n == nil || n.GetToken() == nil {
		return diag.At(0)
	}
	t := n.GetToken()
	start := min(lineOffset(d.source.Text, t.Position.Line)+t.Position.Column-1, len(d.source.Text))
	line, _, _ := strings.Cut(d.source.Text[start:], "\n")
	return diag.Span{Start: start, End: start + len(strings.TrimRight(line, " \r"))}
}

// checker goes over what a detection says.
type checker struct {
	d     *Detection
	o     Options
	files []diag.File
}

func (c *checker) report(d diag.Diagnostic) { c.files[0].List = append(c.files[0].List, d) }

func (c *checker) errorf(code, at, format string, args ...any) {
	c.report(diag.Errorf(code, c.d.place(at), format, args...))
}

func (c *checker) check() {
	d := c.d
	for _, k := range []struct{ key, value string }{
		{"title", d.Title}, {"id", d.ID}, {"author", d.Author}, {"license", d.License}, {"description", d.Description},
		{"severity", d.Severity}, {"confidence", d.Confidence},
	} {
		if strings.TrimSpace(k.value) == "" {
			c.errorf("missing-key", "$", "a detection needs %q", k.key)
		}
	}
	if len(d.Attack) == 0 {
		c.errorf("missing-key", "$", "a detection needs %q: the ids of its ATT&CK techniques", "attack")
	}
	for i, t := range d.Attack {
		if !techniqueID(t) {
			c.errorf("bad-technique", fmt.Sprintf("$.attack[%d]", i), "%q is no ATT&CK technique id such as T1596 or T1596.005", t)
		}
	}
	c.oneOf("severity", d.Severity, levels)
	c.oneOf("confidence", d.Confidence, confidences)
	c.oneOf("dialect", d.Dialect, []string{"harrier", "logscale"})
	c.oneOf("status", d.Status, []string{"experimental", "test", "stable", "deprecated"})
	c.trigger()
	for i, fp := range d.FalsePositives {
		if strings.TrimSpace(fp.Tuning) == "" {
			c.errorf("no-tuning", fmt.Sprintf("$.false_positives[%d]", i), "a false positive needs its tuning: what to do about it")
		}
	}
	for i, l := range d.Lookups {
		if _, err := fs.Stat(d.Dir, l.Name); err != nil {
			c.errorf("no-lookup", fmt.Sprintf("$.lookups[%d]", i), "the lookup file %s is not beside the detection", l.Name)
		}
	}
	c.mainQuery()
	for i, q := range d.HuntingQueries {
		at := fmt.Sprintf("$.hunting_queries[%d].query", i)
		n := d.node(at)
		if n == nil {
			c.errorf("missing-key", fmt.Sprintf("$.hunting_queries[%d]", i), "a hunting query needs its query")
			continue
		}
		b := blockAt(d.source.Text, q.Query, n)
		c.files[0].List = append(c.files[0].List, b.toFile(harrier.Check(q.Query, d.options(c.o)))...)
	}
	c.tests()
}

func (c *checker) oneOf(key, value string, words []string) {
	if value != "" && !slices.Contains(words, value) {
		m := fmt.Sprintf("%q is no %s; it is one of %s", value, key, strings.Join(words, ", "))
		if s := diag.Suggest(value, words); s != "" {
			m += fmt.Sprintf("; did you mean %s?", s)
		}
		c.errorf("bad-value", "$."+key, "%s", m)
	}
}

func (c *checker) trigger() {
	d := c.d
	if d.Trigger.Kind == "" {
		c.errorf("missing-key", "$", "a detection needs %q with its kind: filter, aggregate or scheduled", "trigger")
		return
	}
	kinds := []string{TriggerFilter, TriggerAggregate, TriggerScheduled}
	if !slices.Contains(kinds, d.Trigger.Kind) {
		c.errorf("bad-value", "$.trigger.kind", "%q is no kind of trigger; it is one of %s", d.Trigger.Kind, strings.Join(kinds, ", "))
		return
	}
	length := func(key, s string) (out int64) {
		v, err := reltime.ParseDuration(s)
		if err != nil || v <= 0 {
			c.errorf("bad-value", key, "%q is no length of time such as 15m or 24h", s)
			return 0
		}
		return int64(v)
	}
	if d.Trigger.Window != "" {
		d.window = durationOf(length("$.trigger.window", d.Trigger.Window))
	}
	if d.Trigger.Kind != TriggerFilter && d.Trigger.Window == "" {
		c.errorf("missing-key", "$.trigger", "a trigger of kind %s needs a window", d.Trigger.Kind)
	}
	if d.Trigger.Kind == TriggerScheduled && d.Trigger.Schedule == "" {
		c.errorf("missing-key", "$.trigger", "a scheduled trigger needs a schedule, as in \"0 * * * *\"")
	}
	if d.Throttle.Window != "" {
		d.calm = durationOf(length("$.throttle.window", d.Throttle.Window))
	}
	if (d.Throttle.Window == "") != (len(d.Throttle.Fields) == 0) {
		c.errorf("missing-key", "$.throttle", "a throttle needs a window and fields")
	}
}

// mainQuery finds and checks the query.
func (c *checker) mainQuery() {
	d := c.d
	switch {
	case d.Query != "" && d.QueryFile != "":
		c.errorf("bad-value", "$.query_file", "a detection has a query or a query_file, not both")
		return
	case d.Query != "":
		d.query = blockAt(d.source.Text, d.Query, d.node("$.query"))
		l, q := c.compile(d.Query)
		c.files[0].List = append(c.files[0].List, d.query.toFile(l)...)
		c.results(q, "$.query")
		c.eventTypes(q, "$.query")
	case d.QueryFile != "":
		data, err := fs.ReadFile(d.Dir, d.QueryFile)
		if err != nil {
			c.errorf("no-query", "$.query_file", "the query file cannot be read: %s", err)
			return
		}
		d.Query = string(data)
		l, q := c.compile(d.Query)
		c.files = append(c.files, diag.File{Source: diag.Source{Name: path.Join(path.Dir(d.Path), d.QueryFile), Text: d.Query}, List: l})
		c.results(q, "$.query_file")
		c.eventTypes(q, "$.query_file")
	default:
		c.errorf("missing-key", "$", "a detection needs a query or a query_file")
	}
}

func (c *checker) compile(text string) (diag.List, *harrier.Query) {
	q, l := harrier.Compile(text, c.d.options(c.o))
	return l, q
}

// results checks what the detection says of its query against the query.
func (c *checker) results(q *harrier.Query, at string) {
	d := c.d
	if q == nil {
		return
	}
	if (d.Trigger.Kind == TriggerFilter) == q.Aggregates() {
		kind := "gives events, so its trigger is of kind filter"
		if q.Aggregates() {
			kind = "aggregates, so its trigger is of kind aggregate or scheduled"
		}
		c.errorf("bad-value", "$.trigger.kind", "the query %s", kind)
	}
	for _, p := range d.Parameters {
		if !slices.ContainsFunc(q.Parameters(), func(x harrier.Parameter) bool { return x.Name == p.Name }) {
			c.errorf("unused-parameter", "$.parameters", "the query does not use the parameter ?%s", p.Name)
		}
	}
	for _, p := range q.Parameters() {
		if !p.HasDefault && !slices.ContainsFunc(d.Parameters, func(x Parameter) bool { return x.Name == p.Name }) {
			c.errorf("no-default", at, "the parameter ?%s of the query has no default in parameters", p.Name)
		}
	}
	columns := q.Columns()
	if !q.Aggregates() || len(columns) == 0 {
		return
	}
	for kind, column := range d.Entities {
		if !slices.Contains(columns, column) {
			c.errorf("no-column", "$.entities."+kind, "the query gives no field %q; it gives %s", column, strings.Join(columns, ", "))
		}
	}
}

func (c *checker) tests() {
	d := c.d
	seen := map[string]bool{}
	for i, t := range d.Tests {
		at := fmt.Sprintf("$.tests[%d]", i)
		if t.Name == "" || seen[t.Name] {
			c.errorf("bad-test", at, "a test needs a name of its own")
		}
		seen[t.Name] = true
		if len(t.Telemetry) == 0 {
			c.errorf("bad-test", at, "the test %q reads nothing: it needs telemetry", t.Name)
		}
		for _, f := range t.Telemetry {
			if _, err := fs.Stat(d.Dir, f); err != nil {
				c.errorf("bad-test", at, "the telemetry file %s is not beside the detection", f)
			}
		}
		for j, s := range t.Signals {
			n := d.node(fmt.Sprintf("%s.signals[%d]", at, j))
			if n == nil {
				continue
			}
			b := blockAt(d.source.Text, s, n)
			c.files[0].List = append(c.files[0].List, b.toFile(harrier.Check(s, nil))...)
		}
	}
}

// techniqueID tells whether s looks like T1596 or T1596.005.
func techniqueID(s string) bool {
	if len(s) != 5 && len(s) != 9 || s[0] != 'T' || len(s) == 9 && s[5] != '.' {
		return false
	}
	for i, c := range []byte(s) {
		if i != 0 && i != 5 && (c < '0' || c > '9') {
			return false
		}
	}
	return true
}
