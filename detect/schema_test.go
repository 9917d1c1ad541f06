package detect

import (
	"encoding/json"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write docs/detection.schema.json")

// The published schema is that of the Go types.
func TestSchemaPublished(t *testing.T) {
	const path = "../docs/detection.schema.json"
	if *update {
		if err := os.WriteFile(path, Schema(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(Schema()), strings.ReplaceAll(string(got), "\r\n", "\n")); d != "" {
		t.Errorf("docs/detection.schema.json is not that of the types; go test ./detect -update writes it: %s", d)
	}
}

// Every key is described, and nothing else is.
func TestSchemaKeys(t *testing.T) {
	var paths func(typ reflect.Type, prefix string) []string
	paths = func(typ reflect.Type, prefix string) []string {
		for typ.Kind() == reflect.Slice {
			typ = typ.Elem()
		}
		if typ.Kind() != reflect.Struct {
			return nil
		}
		var out []string
		for i := range typ.NumField() {
			if name := typ.Field(i).Tag.Get("yaml"); name != "" && name != "-" {
				out = append(out, prefix+name)
				out = append(out, paths(typ.Field(i).Type, prefix+name+".")...)
			}
		}
		return out
	}
	all := paths(reflect.TypeFor[Detection](), "")
	described := keysOf()
	for _, p := range all {
		if described[p].doc == "" {
			t.Errorf("detect/schema.go does not describe the key %s", p)
		}
	}
	for p := range described {
		if !slices.Contains(all, p) {
			t.Errorf("detect/schema.go describes %s, which is no key", p)
		}
	}
}

// What Harrier accepts the schema accepts, and an editor shows the usual mistakes.
func TestSchemaAgrees(t *testing.T) {
	var schema map[string]any
	if err := json.Unmarshal(Schema(), &schema); err != nil {
		t.Fatal(err)
	}
	valid := func(text string) []string {
		var v any
		if err := yaml.Unmarshal([]byte(text), &v); err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		data, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(data, &v); err != nil {
			t.Fatal(err)
		}
		return faults(schema, v, "$")
	}
	dir := t.TempDir()
	if _, err := Scaffold(dir, "An example", "T1059", time.Date(2026, 3, 17, 0, 0, 0, 0, time.UTC)); err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, root := range []string{dir, "../detections"} {
		err := filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
			if err != nil || e.Name() != FileName {
				return err
			}
			data, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			n++
			if l := valid(string(data)); len(l) > 0 {
				t.Errorf("%s: %s", path, strings.Join(l, "\n"))
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if n < 3 {
		t.Errorf("only %d detections looked at", n)
	}
	good := base + "query: a=1\n" + filterTrigger
	for text, want := range map[string]string{
		good: "",
		strings.Replace(good, "severity: low", "severity: hihg", 1):         "$.severity is not one of informational low medium high critical",
		strings.Replace(good, "title: An example\n", "", 1):                 "$ lacks title",
		strings.Replace(good, "query: a=1", "quary: a=1", 1):                "$ has quary\n$ is 0 of the alternatives",
		good + "query_file: q.cql\n":                                        "$ is 2 of the alternatives",
		strings.Replace(good, "[T1059]", "[T1059.1]", 1):                    "$.attack[0] does not look right",
		strings.Replace(good, "[T1059]", "[]", 1):                           "$.attack is too short",
		strings.Replace(good, "kind: filter", "kind: filtre", 1):            "$.trigger.kind is not one of filter aggregate scheduled",
		good + "tests: [{name: t, telemetry: [a], expect: [{count: 3}]}]\n": "",
		good + "tests: [{name: t, expect: []}]\n":                           "$.tests[0] lacks telemetry",
		good + "parameters: [{name: p, default: 3}]\n":                      "",
		good + "throttle: {window: 24 h, fields: [a]}\n":                    "",
		good + "throttle: {window: a day, fields: [a]}\n":                   "$.throttle.window does not look right",
		good + "references: one\n":                                          "$.references is no array",
	} {
		if got := strings.Join(valid(text), "\n"); got != want {
			t.Errorf("%s\n got %q\nwant %q", text, got, want)
		}
	}
}

// faults checks a value against as much of JSON Schema as our schema uses, and
// fails on a word it does not know.
func faults(schema map[string]any, v any, at string) []string {
	var out []string
	fail := func(format string, args ...any) { out = append(out, at+fmt.Sprintf(format, args...)) }
	if word, ok := schema["type"]; ok {
		kind := "null"
		switch v.(type) {
		case map[string]any:
			kind = "object"
		case []any:
			kind = "array"
		case string:
			kind = "string"
		case float64:
			kind = "number"
		case bool:
			kind = "boolean"
		}
		kinds, many := word.([]any)
		if !many {
			kinds = []any{word}
		}
		if !slices.Contains(kinds, any(kind)) {
			fail(" is no %v", word)
			return out
		}
	}
	object, _ := v.(map[string]any)
	properties, _ := schema["properties"].(map[string]any)
	for word, arg := range schema {
		switch word {
		case "$schema", "title", "description", "type":
		case "properties":
			for name, sub := range properties {
				if x, ok := object[name]; ok {
					out = append(out, faults(sub.(map[string]any), x, at+"."+name)...)
				}
			}
		case "additionalProperties":
			for name, x := range object {
				if _, known := properties[name]; known {
					continue
				}
				if sub, ok := arg.(map[string]any); ok {
					out = append(out, faults(sub, x, at+"."+name)...)
				} else {
					fail(" has %s", name)
				}
			}
		case "required":
			for _, name := range arg.([]any) {
				if _, ok := object[name.(string)]; !ok {
					fail(" lacks %s", name)
				}
			}
		case "items":
			for i, x := range v.([]any) {
				out = append(out, faults(arg.(map[string]any), x, fmt.Sprintf("%s[%d]", at, i))...)
			}
		case "minItems":
			if len(v.([]any)) < int(arg.(float64)) {
				fail(" is too short")
			}
		case "enum":
			if !slices.Contains(arg.([]any), v) {
				fail(" is not one of %s", strings.Trim(fmt.Sprint(arg), "[]"))
			}
		case "pattern":
			if !regexp.MustCompile(arg.(string)).MatchString(v.(string)) {
				fail(" does not look right")
			}
		case "oneOf":
			n := 0
			for _, sub := range arg.([]any) {
				if len(faults(sub.(map[string]any), v, at)) == 0 {
					n++
				}
			}
			if n != 1 {
				fail(" is %d of the alternatives", n)
			}
		default:
			fail(": the schema has the word %s, which this test does not know", word)
		}
	}
	slices.Sort(out)
	return out
}
