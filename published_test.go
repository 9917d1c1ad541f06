package harrier_test

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"harrier"
	"harrier/cql"
	"harrier/decode"
	"harrier/diag"
	"harrier/event"
	"harrier/function"
	"harrier/plan"
)

var update = flag.Bool("update", false, "rewrite recorded expectations")

// published is where queries that others have published lie, when they are at
// hand. They are not part of the project; what is recorded are their names and
// what is wrong with them.
var published = filepath.Join("..", "shared", "content", "cql")

const publishedRejections = "testdata/published-rejections.txt"

// TestPublishedQueries checks every published query. Which of them are rejected
// is recorded with the reason: a change there is a change of the language and has
// to be looked at, in either direction. A function that is still to come is no
// rejection, and must be the only thing that such a query has against it.
func TestPublishedQueries(t *testing.T) {
	if _, err := os.Stat(published); err != nil {
		t.Skip("no published queries at hand")
	}
	rejected, total, missing := map[string]string{}, 0, 0
	err := filepath.WalkDir(published, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".cql") {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(published, path)
		if err != nil {
			return err
		}
		total++
		text, name := string(data), filepath.ToSlash(rel)
		codes := errorCodes(checkCalmly(t, name, text))
		formatKeeps(t, name, text)
		awaited := slices.Contains(codes, "function-not-available")
		codes = slices.DeleteFunc(codes, func(c string) bool { return c == "function-not-available" })
		switch {
		case len(codes) > 0:
			rejected[name] = strings.Join(codes, " ")
		case awaited:
			missing++
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d queries: %d accepted, %d rejected, %d with functions still to come", total, total-len(rejected)-missing, len(rejected), missing)

	want, reasons := readRejections(t)
	if *update {
		writeRejections(t, rejected, want, reasons)
		return
	}
	for _, name := range slices.Sorted(maps.Keys(rejected)) {
		switch r, ok := want[name]; {
		case !ok:
			t.Errorf("%s: rejected, which is not recorded: %s", name, rejected[name])
		case r.codes != rejected[name]:
			t.Errorf("%s: rejected with %s; recorded is %s", name, rejected[name], r.codes)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(want)) {
		if rejected[name] == "" {
			t.Errorf("%s: accepted; recorded is %s", name, want[name].codes)
		}
	}
}

// TestPublishedParsers checks that published parsers are right where they belong:
// nothing is found there that is not found in a search.
func TestPublishedParsers(t *testing.T) {
	paths, _ := filepath.Glob(filepath.Join(published, "lcc-parser", "*.cql"))
	if len(paths) == 0 {
		t.Skip("no published parsers at hand")
	}
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		search := errorCodes(harrier.Check(string(data), nil))
		parser := errorCodes(harrier.Check(string(data), &harrier.Options{Context: function.Parser}))
		if !slices.Equal(search, parser) {
			t.Errorf("%s: %v as a parser, %v as a search", filepath.Base(path), parser, search)
		}
	}
}

// TestPublishedReasons checks that the classes of the record are those that the
// documentation explains, with as many texts each.
func TestPublishedReasons(t *testing.T) {
	doc, err := os.ReadFile(filepath.Join("docs", "published-queries.md"))
	if err != nil {
		t.Fatal(err)
	}
	want, reasons := readRejections(t)
	count := map[string]int{}
	for _, r := range want {
		count[r.class]++
	}
	rows := []string{fmt.Sprintf("| rejected for a mistake in them | %d |", len(want))}
	for class, n := range count {
		rows = append(rows, fmt.Sprintf("| `%s` | %d |", class, n))
	}
	for _, row := range rows {
		if !strings.Contains(string(doc), row) {
			t.Errorf("docs/published-queries.md has no row %q", row)
		}
	}
	if explained := strings.Count(string(doc), "\n| `"); len(reasons) != len(count) || explained != len(count) {
		t.Errorf("%d classes with a reason, %d with texts, %d explained", len(reasons), len(count), explained)
	}
}

// checkCalmly is Check in both dialects; a panic fails the test and not the run.
func checkCalmly(t *testing.T, name, text string) (problems diag.List) {
	t.Helper()
	defer func() {
		if r := recover(); r != nil {
			t.Errorf("%s: panic: %v", name, r)
		}
	}()
	harrier.Check(text, &harrier.Options{Dialect: cql.LogScale})
	return harrier.Check(text, nil)
}

// formatKeeps checks that a formatted query has the problems it had before, but
// for those of spelling, and that formatting it again changes nothing.
func formatKeeps(t *testing.T, name, text string) {
	t.Helper()
	out, problems := harrier.Format(text, cql.Harrier)
	if problems.HasErrors() {
		return
	}
	if again, _ := harrier.Format(out, cql.Harrier); again != out {
		t.Errorf("%s: formatting twice is not formatting once", name)
	}
	said := func(text string) (out []string) {
		for _, p := range harrier.Check(text, nil) {
			if p.Code != "multiline-string" { // these are written with \n
				out = append(out, p.Code+": "+p.Message)
			}
		}
		slices.Sort(out)
		return out
	}
	if before, after := said(text), said(out); !slices.Equal(before, after) {
		t.Errorf("%s: formatted it has the problems\n%s\nand not\n%s", name, strings.Join(after, "\n"), strings.Join(before, "\n"))
	}
}

// errorCodes are the codes of the errors, sorted, each once.
func errorCodes(l diag.List) []string {
	var out []string
	for _, d := range l {
		if d.Severity == diag.Error {
			out = append(out, d.Code)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// rejection is a recorded line and the class it stands in.
type rejection struct{ codes, class string }

// readRejections reads the record: lines of a path and codes, below the class
// they belong to, "## class: the reason".
func readRejections(t *testing.T) (want map[string]rejection, reasons []string) {
	t.Helper()
	want = map[string]rejection{}
	data, err := os.ReadFile(publishedRejections)
	if err != nil {
		t.Fatal(err)
	}
	class := ""
	for i, line := range strings.Split(string(data), "\n") {
		switch path, codes, ok := strings.Cut(line, " "); {
		case strings.HasPrefix(line, "## "):
			name, why, _ := strings.Cut(line[3:], ": ")
			if why == "" {
				t.Errorf("%s:%d: the class %s has no reason", publishedRejections, i+1, name)
			}
			class, reasons = name, append(reasons, line)
		case line == "" || line[0] == '#':
		case !ok || class == "":
			t.Errorf("%s:%d: not a path and a code below a class: %s", publishedRejections, i+1, line)
		default:
			want[path] = rejection{codes, class}
		}
	}
	return want, reasons
}

// writeRejections rewrites the record. What is new stands in a class without a
// reason, which a person has to find before the test passes.
func writeRejections(t *testing.T, rejected map[string]string, known map[string]rejection, reasons []string) {
	t.Helper()
	var b strings.Builder
	b.WriteString("# Published queries that check rejects, by the reason; docs/published-queries.md explains.\n" +
		"# Written by: go test . -run TestPublishedQueries -update\n")
	classOf := func(name string) string { return cmp.Or(known[name].class, "new") }
	for _, r := range append(reasons, "## new: ") {
		class, _, _ := strings.Cut(r[3:], ":")
		first := true
		for _, name := range slices.Sorted(maps.Keys(rejected)) {
			if classOf(name) != class {
				continue
			}
			if first {
				fmt.Fprintf(&b, "\n%s\n", strings.TrimSpace(r))
				first = false
			}
			fmt.Fprintf(&b, "%s %s\n", name, rejected[name])
		}
	}
	if err := os.WriteFile(publishedRejections, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestManyProblems checks that a text full of mistakes gets an answer of bearable
// length that still says that it is wrong.
func TestManyProblems(t *testing.T) {
	for text, severity := range map[string]diag.Severity{
		strings.Repeat("nosuch()|", 5000) + "x=1":      diag.Error,
		"drop(f)" + strings.Repeat("|f=1", 5000):       diag.Warning,
		strings.Repeat("x := a = b|", 100_000) + "x=1": diag.Error,
	} {
		l := harrier.Check(text, nil)
		if last := l[len(l)-1]; len(l) != 1001 || last.Code != "too-many-problems" || last.Severity != severity {
			t.Errorf("%.20s...: %d diagnostics, the last is %v", text, len(l), last)
		}
	}
}

// TestLargeQuery checks that a query of a megabyte is compiled in time that grows
// no faster than it does: otherwise these would take hours.
func TestLargeQuery(t *testing.T) {
	for _, part := range []string{"a=1|", "a ", "a=1 or ", "x:=y+1|"} {
		if l := harrier.Check(strings.Repeat(part, (1<<20)/len(part))+"b", nil); len(l) > 0 {
			t.Errorf("%q many times: %v", part, l[0])
		}
	}
}

// TestPublishedRuns runs every published query that compiles over telemetry that
// others have published, over ours, and over nothing. What comes out is not judged: none may
// fail, but for the limits that it was given. It takes HARRIER_SLOW=1.
func TestPublishedRuns(t *testing.T) {
	if os.Getenv("HARRIER_SLOW") == "" {
		t.Skip("HARRIER_SLOW is not set")
	}
	if _, err := os.Stat(published); err != nil {
		t.Skip("no published queries at hand")
	}
	invented, err := filepath.Glob(filepath.Join("examples", "t1596", "telemetry", "data", "*", "part-00000.ndjson"))
	if err != nil || len(invented) == 0 {
		t.Fatalf("no invented telemetry: %v", err)
	}
	inputs := map[string]publishedInput{
		"nothing":             {data: []byte{}},
		"published telemetry": {data: publishedEvents(t)},
		"invented telemetry":  {paths: invented},
	}
	ran, compiled, rows, limited := 0, 0, 0, map[string]int{}
	err = filepath.WalkDir(published, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".cql") {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		q, _ := harrier.Compile(string(data), publishedOptions(string(data)))
		if q == nil {
			return nil
		}
		compiled++
		for name, in := range inputs {
			ran++
			n, err := runPublished(q, in)
			rows += n
			switch {
			case errors.Is(err, context.DeadlineExceeded), errors.Is(err, plan.ErrMemory):
				limited[name]++
				t.Logf("%s over %s: %v", path, name, err)
			case err != nil:
				t.Errorf("%s over %s: %v", path, name, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d queries compile and were run %d times, with %d rows; %v came to a limit", compiled, ran, rows, limited)
	if compiled < 500 || rows == 0 {
		t.Errorf("only %d queries compile, and they give %d rows", compiled, rows)
	}
}

// publishedInput is NDJSON, or files.
type publishedInput struct {
	data  []byte
	paths []string
}

// runPublished runs a query and counts its rows.
func runPublished(q *harrier.Query, in publishedInput) (rows int, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v", r)
		}
	}()
	src, err := decode.Open(in.paths, decode.Options{})
	if err == nil && in.data != nil {
		err = src.AddBytes("published.ndjson", in.data)
	}
	if err != nil {
		return 0, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	for b, err := range q.Run(ctx, src, harrier.RunOptions{Memory: 64 << 20, Now: exampleTime, Report: func(event.Problem) {}}) {
		if err != nil {
			return rows, err
		}
		rows += len(b.Selected())
	}
	return rows, nil
}

// publishedEvents reads telemetry, up to 5 MB of it.
func publishedEvents(t *testing.T) []byte {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join("..", "shared", "data", "fdr", "*.ndjson"))
	if err != nil {
		t.Fatal(err)
	}
	if len(paths) == 0 {
		t.Skip("no published telemetry at hand")
	}
	var out []byte
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if len(out)+len(data) > 5<<20 {
			break
		}
		out = append(append(out, bytes.TrimSpace(data)...), '\n')
	}
	return out
}

// publishedOptions are such that as many queries as can be compile: every
// parameter has a value, every saved query is one that changes nothing, and every
// lookup file has a column for each word of the query.
func publishedOptions(text string) *harrier.Options {
	words := regexp.MustCompile(`[A-Za-z_#@][\w.#@-]*`).FindAllString(text, -1)
	slices.Sort(words)
	words = slices.Compact(words)
	csv := strings.Join(words, ",") + "\n" + strings.Repeat("1,", max(0, len(words)-1)) + "1\n"
	o := &harrier.Options{
		Parameters: map[string][]string{}, CityDB: "function/testdata/city.mmdb", ASNDB: "function/testdata/asn.mmdb",
		Saved:   func(string) (string, bool) { return "*", true },
		Lookups: &function.Lookups{Dirs: []fs.FS{anyFile(csv)}},
	}
	for _, w := range words {
		if strings.Contains(text, "?"+w) {
			o.Parameters[w] = []string{"*"}
		}
	}
	return o
}

// anyFile is a folder in which every name is a file with the same text.
type anyFile string

func (f anyFile) Open(name string) (fs.File, error) {
	return fstest.MapFS{name: &fstest.MapFile{Data: []byte(f)}}.Open(name)
}
