// Package cqltest is the conformance suite of CQL: a corpus of text files that
// say which events a query makes of which, and what reads and compares them. It
// is our definition of the language, and can be run against any engine: it
// imports nothing of Harrier.
//
// A file is a txtar archive. What stands before its first section says in plain
// words what is shown, and where it is known from. Sections:
//
//	-- events --              the input, NDJSON; it holds for the queries that follow
//	-- query --               a query
//	-- want --                its rows, in order
//	-- want any order --      its rows, in any order
//	-- want nothing --        it gives no rows
//	-- want diagnostics --    what is said of it, a line each: 1:1: error: text [code]
//	-- want error CODE --     it is rejected with this code
//	-- param NAME --          values of ?NAME, a line each, for the next query
//	-- lookup NAME --         a lookup file, from here on
//	-- saved NAME --          a saved query, from here on
//	-- options --             dialect=logscale, context=CONTEXT, start=ms, end=ms, for the next query
//	-- decision --            why a case is as it is, where sources are silent or disagree
//
// An event without @timestamp gets one: 1700000000000 for the first of the
// section and a second more for each that follows. Fields whose names begin with
// @ are compared only where a wanted row lists them; all others are compared
// exactly, absence included.
package cqltest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/txtar"
)

// Row is an event or a row of a result. A field that is not in it is absent.
type Row map[string]string

// FirstTime is the time of the first event that has none of its own, in
// milliseconds since the epoch; the others follow a second apart.
const FirstTime = 1700000000000

// Now is the time at which queries are run, in milliseconds since the epoch.
const Now = 1700100000000

// Contexts are the places other than a search where a query may run.
var Contexts = []string{"live", "filter-alert", "aggregate-alert", "scheduled", "parser"}

// Case is a query, its input, and what it must give.
type Case struct {
	File   string // name of the file in the corpus
	Line   int    // of the query's section
	Doc    string // the text at the top of the file
	Events []string
	Query  string

	Params     map[string][]string
	Lookups    map[string]string // file name -> content
	Saved      map[string]string // name -> query
	Dialect    string            // "" or "logscale"
	Context    string            // where the query runs: "" for a search, or one of Contexts
	Start, End int64             // bounds on @timestamp; zero: none

	Want        []Row
	Ordered     bool
	Rejected    string   // code of the error, when the query is to be rejected
	Diagnostics []string // exact renderings, when they are wanted
}

// Name names the case in reports.
func (c *Case) Name() string { return c.File + ":" + strconv.Itoa(c.Line) }

// Load reads every .txtar file of a corpus, in order of name.
func Load(corpus fs.FS) ([]*Case, error) {
	var names []string
	err := fs.WalkDir(corpus, ".", func(p string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && strings.HasSuffix(p, ".txtar") {
			names = append(names, p)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	sort.Strings(names)
	var out []*Case
	for _, n := range names {
		data, err := fs.ReadFile(corpus, n)
		if err != nil {
			return nil, err
		}
		cases, err := Parse(n, data)
		if err != nil {
			return nil, err
		}
		out = append(out, cases...)
	}
	return out, nil
}

// Parse reads one file.
func Parse(name string, data []byte) ([]*Case, error) {
	ar := txtar.Parse(data)
	p := &parser{file: name, doc: strings.TrimSpace(string(ar.Comment)), lookups: map[string]string{}, saved: map[string]string{}}
	line := 1 + bytes.Count(ar.Comment, []byte("\n"))
	if p.doc == "" {
		return nil, fmt.Errorf("%s: the file does not say what it shows", name)
	}
	for _, f := range ar.Files {
		if err := p.section(f.Name, string(f.Data), line); err != nil {
			return nil, fmt.Errorf("%s:%d: %w", name, line, err)
		}
		line += 1 + bytes.Count(f.Data, []byte("\n"))
	}
	if p.open != nil && !p.wanted {
		return nil, fmt.Errorf("%s: the last query has no want", name)
	}
	if len(p.cases) == 0 {
		return nil, fmt.Errorf("%s: no queries", name)
	}
	return p.cases, nil
}

type parser struct {
	file, doc string
	events    []string
	lookups   map[string]string
	saved     map[string]string
	params    map[string][]string
	options   map[string]string
	open      *Case
	wanted    bool
	cases     []*Case
}

func (p *parser) section(name, text string, line int) error {
	kind, arg, _ := strings.Cut(name, " ")
	switch kind {
	case "events":
		p.events = nil
		for _, l := range strings.Split(text, "\n") {
			if strings.TrimSpace(l) == "" {
				continue
			}
			e, err := withTime(l, FirstTime+1000*int64(len(p.events)))
			if err != nil {
				return err
			}
			p.events = append(p.events, e)
		}
	case "param":
		if p.params == nil {
			p.params = map[string][]string{}
		}
		p.params[arg] = strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	case "lookup":
		p.lookups[arg] = text
	case "saved":
		p.saved[arg] = text
	case "options":
		p.options = map[string]string{}
		for _, o := range strings.Fields(text) {
			k, v, _ := strings.Cut(o, "=")
			p.options[k] = v
		}
	case "decision", "source":
	case "query":
		return p.query(text, line)
	case "want":
		return p.want(arg, text)
	default:
		return fmt.Errorf("there is no section %q", name)
	}
	return nil
}

func (p *parser) query(text string, line int) error {
	if p.open != nil && !p.wanted {
		return fmt.Errorf("the query at line %d has no want", p.open.Line)
	}
	c := &Case{
		File: p.file, Line: line, Doc: p.doc, Events: p.events, Query: strings.TrimSuffix(text, "\n"),
		Params: p.params, Lookups: clone(p.lookups), Saved: clone(p.saved), Ordered: true,
	}
	for k, v := range p.options {
		var err error
		switch k {
		case "dialect":
			c.Dialect = v
		case "context":
			if c.Context = v; !slices.Contains(Contexts, v) {
				return fmt.Errorf("there is no context %q", v)
			}
		case "start":
			c.Start, err = strconv.ParseInt(v, 10, 64)
		case "end":
			c.End, err = strconv.ParseInt(v, 10, 64)
		default:
			return fmt.Errorf("there is no option %q", k)
		}
		if err != nil {
			return err
		}
	}
	p.params, p.options = nil, nil
	p.open, p.wanted = c, false
	p.cases = append(p.cases, c)
	return nil
}

func (p *parser) want(arg, text string) error {
	c := p.open
	if c == nil {
		return fmt.Errorf("want stands before any query")
	}
	what, rest, _ := strings.Cut(arg, " ")
	switch {
	case arg == "" || arg == "any order":
		c.Ordered = arg == ""
		for _, l := range strings.Split(text, "\n") {
			if strings.TrimSpace(l) == "" {
				continue
			}
			row := Row{}
			if err := json.Unmarshal([]byte(l), &row); err != nil {
				return fmt.Errorf("%s: %w", l, err)
			}
			c.Want = append(c.Want, row)
		}
		if len(c.Want) == 0 {
			return fmt.Errorf("no rows are wanted by accident? write want nothing")
		}
	case arg == "nothing":
	case what == "error" && rest != "":
		c.Rejected = rest
	case arg == "diagnostics":
		c.Diagnostics = strings.Split(strings.TrimSuffix(text, "\n"), "\n")
		if p.wanted {
			return nil
		}
		if c.Rejected == "" && strings.Contains(text, ": error: ") {
			_, code, _ := strings.Cut(c.Diagnostics[0], "[")
			for _, d := range c.Diagnostics {
				if strings.Contains(d, ": error: ") {
					_, code, _ = strings.Cut(d, "[")
					break
				}
			}
			c.Rejected = strings.TrimSuffix(code, "]")
		}
	default:
		return fmt.Errorf("there is no section want %s", arg)
	}
	p.wanted = true
	return nil
}

func clone(m map[string]string) map[string]string {
	out := make(map[string]string, len(m))
	for k, v := range m {
		out[k] = v
	}
	return out
}

// withTime gives a JSON object an @timestamp, if it has none.
func withTime(line string, ms int64) (string, error) {
	var e map[string]json.RawMessage
	if err := json.Unmarshal([]byte(line), &e); err != nil {
		return "", fmt.Errorf("%s: %w", line, err)
	}
	if _, ok := e["@timestamp"]; ok {
		return line, nil
	}
	stamp := fmt.Sprintf(`"@timestamp":"%d"`, ms)
	body := strings.TrimSpace(line)
	body = strings.TrimSpace(body[1 : len(body)-1])
	if body == "" {
		return "{" + stamp + "}", nil
	}
	return "{" + body + "," + stamp + "}", nil
}

// Compare tells how rows differ from what the case wants; "" when they do not.
func (c *Case) Compare(got []Row) string {
	listed := map[string]bool{}
	for _, w := range c.Want {
		for k := range w {
			listed[k] = true
		}
	}
	render := func(rows []Row) []string {
		out := make([]string, len(rows))
		for i, r := range rows {
			out[i] = r.visible(listed)
		}
		if !c.Ordered {
			sort.Strings(out)
		}
		return out
	}
	want, have := render(c.Want), render(got)
	if strings.Join(want, "\n") == strings.Join(have, "\n") {
		return ""
	}
	return fmt.Sprintf("want %d rows:\n  %s\ngot %d rows:\n  %s", len(want), strings.Join(want, "\n  "), len(have), strings.Join(have, "\n  "))
}

// visible renders the fields that are compared, in order of name.
func (r Row) visible(listed map[string]bool) string {
	var keys []string
	for k := range r {
		if !strings.HasPrefix(k, "@") || listed[k] {
			keys = append(keys, k)
		}
	}
	sort.Strings(keys)
	var b strings.Builder
	b.WriteByte('{')
	for i, k := range keys {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, "%q:%q", k, r[k])
	}
	b.WriteByte('}')
	return b.String()
}
