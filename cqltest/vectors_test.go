package cqltest_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/goccy/go-yaml"

	"harrier/cqltest"
	"harrier/diag"
)

// vector is a conformance vector as the project's reference material writes it.
type vector struct {
	Name      string
	Query     string
	Input     []map[string]string
	Output    []map[string]string
	Ordered   bool
	Error     string
	Arguments map[string]any
	Saved     map[string]string `yaml:"saved_queries"`
	Inferred  bool
}

// TestVectors runs the reference vectors, where they are at hand, in every
// variant. The corpus has cases of our own for the same behaviour.
func TestVectors(t *testing.T) {
	files, _ := filepath.Glob(filepath.Join("..", "..", "shared", "cql", "conformance", "*.yaml"))
	if len(files) == 0 {
		t.Skip("the reference vectors are not at hand")
	}
	n := 0
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var vectors []vector
		if err := yaml.Unmarshal(data, &vectors); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		for _, v := range vectors {
			n++
			t.Run(filepath.Base(file)+"/"+v.Name, func(t *testing.T) {
				if why := decided[v.Name]; why != "" {
					t.Skip("decided otherwise: " + why)
				}
				checkVector(t, v)
			})
		}
	}
	t.Logf("%d vectors in %d variants", n, len(variants))
}

// decided are the vectors whose inference we do not follow, and why.
var decided = map[string]string{
	"dropEvent in a clause falls through": "the manual means dropEvent() in a clause to be rid of the event, whatever clauses follow",
}

// classes maps the reference's classes of errors to the codes of diagnostics,
// where they differ.
var classes = map[string][]string{
	"syntax":           {"in-operator", "double-equals"},
	"missing-argument": {"missing-parameter-value"},
	"unknown-function": {"unknown-saved-query"},
}

func checkVector(t *testing.T, v vector) {
	c := &cqltest.Case{File: v.Name, Query: v.Query, Saved: v.Saved, Ordered: v.Ordered}
	for i, e := range v.Input {
		if _, ok := e["@timestamp"]; !ok {
			e["@timestamp"] = json.Number(jsonInt(cqltest.FirstTime + 1000*int64(i))).String()
		}
		line, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		c.Events = append(c.Events, string(line))
	}
	for _, row := range v.Output {
		c.Want = append(c.Want, row)
	}
	for name, a := range v.Arguments {
		if c.Params == nil {
			c.Params = map[string][]string{}
		}
		switch a := a.(type) {
		case string:
			c.Params[name] = []string{a}
		case []any:
			for _, x := range a {
				c.Params[name] = append(c.Params[name], x.(string))
			}
		default:
			t.Fatalf("argument %s: %T", name, a)
		}
	}
	out := run(t, c, variants[0])
	for _, p := range out.problems {
		if p.Code == "function-not-available" {
			t.Skip(p.Message)
		}
	}
	if v.Error == "" {
		check(t, c)
		return
	}
	want := append([]string{v.Error}, classes[v.Error]...)
	for _, p := range out.problems {
		for _, code := range want {
			// What the default dialect reads with a warning LogScale rejects.
			if p.Code == code && p.Severity <= diag.Warning {
				return
			}
		}
	}
	t.Errorf("%s\nwant an error of class %s, got %v", v.Query, v.Error, renderAll(v.Query, out.problems))
}

func jsonInt(n int64) string { b, _ := json.Marshal(n); return string(b) }
