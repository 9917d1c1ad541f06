package detect

import (
	"fmt"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"harrier"
	"harrier/diag"
	"harrier/function"
	"harrier/internal/reltime"
)

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
	var missing []string
	for _, k := range []struct{ key, value string }{
		{"title", d.Title}, {"id", d.ID}, {"author", d.Author}, {"license", d.License}, {"description", d.Description},
		{"severity", d.Severity}, {"confidence", d.Confidence}, {"attack", strings.Join(d.Attack, " ")}, {"trigger", d.Trigger.Kind},
		{"query", d.Query + d.QueryFile},
	} {
		if strings.TrimSpace(k.value) == "" {
			missing = append(missing, k.key)
		}
	}
	if len(missing) > 0 {
		c.errorf("missing-key", "$", "a detection needs %s", strings.Join(missing, ", "))
	}
	if d.ID != "" && !uuid.MatchString(d.ID) {
		c.errorf("bad-value", "$.id", "%q is no UUID such as 5b0a4f0e-8f7d-4f0b-9a34-2c6d0f9a7b11", d.ID)
	}
	for key, value := range map[string]string{"date": d.Date, "modified": d.Modified} {
		if _, err := time.Parse(time.DateOnly, value); value != "" && err != nil {
			c.errorf("bad-value", "$."+key, "%q is no day such as 2026-03-17", value)
		}
	}
	c.attack()
	c.oneOf("severity", d.Severity, levels)
	c.oneOf("confidence", d.Confidence, confidences)
	c.oneOf("dialect", d.Dialect, dialects)
	c.oneOf("status", d.Status, statuses)
	c.trigger()
	for i, fp := range d.FalsePositives {
		if strings.TrimSpace(fp.Tuning) == "" {
			c.errorf("no-tuning", fmt.Sprintf("$.false_positives[%d]", i), "a false positive needs its tuning: what to do about it")
		}
	}
	for i, l := range d.Lookups {
		if _, err := fs.Stat(d.Dir, l.Name); err != nil {
			c.errorf("no-lookup", fmt.Sprintf("$.lookups[%d].name", i), "the lookup file %s is not beside the detection", l.Name)
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

var (
	dialects = []string{"harrier", "logscale"}
	statuses = []string{"experimental", "test", "stable", "deprecated"}
)

func (c *checker) oneOf(key, value string, words []string) {
	if value != "" && !slices.Contains(words, value) {
		m := fmt.Sprintf("%q is no %s; it is one of %s", value, key, strings.Join(words, ", "))
		if s := diag.Suggest(value, words); s != "" {
			m += fmt.Sprintf("; did you mean %s?", s)
		}
		c.errorf("bad-value", "$."+key, "%s", m)
	}
}

var triggerKinds = []string{TriggerFilter, TriggerAggregate, TriggerScheduled}

func (c *checker) trigger() {
	d := c.d
	if d.Trigger.Kind == "" {
		return // said above
	}
	if !slices.Contains(triggerKinds, d.Trigger.Kind) {
		c.errorf("bad-value", "$.trigger.kind", "%q is no kind of trigger; it is one of %s", d.Trigger.Kind, strings.Join(triggerKinds, ", "))
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
	if slices.Contains(triggerKinds, d.Trigger.Kind) && (d.Trigger.Kind == TriggerFilter) == q.Aggregates() {
		kind := "gives events, so its trigger is of kind filter"
		if q.Aggregates() {
			kind = "aggregates, so its trigger is of kind aggregate or scheduled"
		}
		c.errorf("bad-value", "$.trigger.kind", "the query %s", kind)
	}
	for i, p := range d.Parameters {
		if !slices.ContainsFunc(q.Parameters(), func(x harrier.Parameter) bool { return x.Name == p.Name }) {
			c.errorf("unused-parameter", fmt.Sprintf("$.parameters[%d].name", i), "the query does not use the parameter ?%s", p.Name)
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
		for j, f := range t.Telemetry {
			if _, err := fs.Stat(d.Dir, f); err != nil {
				c.errorf("bad-test", fmt.Sprintf("%s.telemetry[%d]", at, j), "the telemetry file %s is not beside the detection", f)
			}
		}
		for _, name := range slices.Sorted(maps.Keys(t.Params)) {
			if !d.HasParameter(name) {
				c.errorf("bad-test", at+".parameters", "the detection has no parameter %s", name)
			}
		}
		for _, name := range slices.Sorted(maps.Keys(t.Lookups)) {
			f := t.Lookups[name]
			if !slices.ContainsFunc(d.Lookups, func(l Lookup) bool { return l.Name == name }) {
				c.errorf("bad-test", at+".lookups", "the detection has no lookup file %s", name)
			}
			if _, err := fs.Stat(d.Dir, f); err != nil {
				c.errorf("bad-test", at+".lookups", "the lookup file %s is not beside the detection", f)
			}
		}
		for j, s := range t.Signals {
			n := d.node(fmt.Sprintf("%s.signals[%d]", at, j))
			if n == nil {
				continue
			}
			b := blockAt(d.source.Text, s, n)
			q, l := harrier.Compile(s, &harrier.Options{Context: function.FilterAlert})
			c.files[0].List = append(c.files[0].List, b.toFile(l)...)
			if q != nil && q.Aggregates() {
				c.errorf("bad-test", fmt.Sprintf("%s.signals[%d]", at, j), "a signal is a filter that an event satisfies, and this aggregates")
			}
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

var uuid = regexp.MustCompile(`^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$`)
