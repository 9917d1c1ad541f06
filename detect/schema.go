package detect

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"

	"harrier/attack"
)

// key is what an editor is told of a key of detection.yaml, beyond its name and
// kind, which the Go types have.
type key struct {
	doc      string
	values   []string // the only ones
	pattern  string
	required bool
	loose    bool // numbers and booleans are read as text
}

const (
	lengthPattern    = `^\d+ ?[a-z]*$`
	dayPattern       = `^\d{4}-\d{2}-\d{2}$`
	techniquePattern = `^T\d{4}(\.\d{3})?$`
)

// keysOf describes the keys of detection.yaml. A test compares it with the types.
func keysOf() map[string]key {
	return map[string]key{
		"title":                       {doc: "What is found, in a few words.", required: true},
		"id":                          {doc: "A UUID that never changes.", pattern: uuid.String(), required: true},
		"status":                      {doc: "How far the detection has come.", values: statuses},
		"author":                      {doc: "Who wrote it.", required: true},
		"license":                     {doc: "An SPDX licence identifier, such as Apache-2.0.", required: true},
		"date":                        {doc: "The day it was written.", pattern: dayPattern},
		"modified":                    {doc: "The day of the last change to its meaning.", pattern: dayPattern},
		"description":                 {doc: "What the detection looks for, why, and what it cannot see.", required: true},
		"references":                  {doc: "Where to read more: URLs."},
		"attack":                      {doc: "Techniques of ATT&CK Enterprise " + attack.Version() + ", as in T1596 or T1596.005.", pattern: techniquePattern, required: true},
		"severity":                    {doc: "How bad a true finding is. A field severity of the query's rows takes its place.", values: levels, required: true},
		"severity_reason":             {doc: "Why it is that bad."},
		"confidence":                  {doc: "How likely a finding is true. A field confidence of the query's rows takes its place.", values: confidences, required: true},
		"confidence_reason":           {doc: "Why it is that likely."},
		"dialect":                     {doc: "The language of the queries: harrier, the default, or only what LogScale accepts.", values: dialects},
		"query":                       {doc: "The CQL query. A detection has a query or a query_file."},
		"query_file":                  {doc: "A file beside the detection that holds the query."},
		"parameters":                  {doc: "The ?names of the query that users may set."},
		"parameters.name":             {doc: "The name, without the question mark.", required: true},
		"parameters.default":          {doc: "Its value unless the user gives another.", loose: true},
		"parameters.description":      {doc: "What it is for."},
		"lookups":                     {doc: "Lookup files beside the detection; a user's --lookup-dir takes their place."},
		"lookups.name":                {doc: "The file.", required: true},
		"lookups.description":         {doc: "What belongs into it."},
		"trigger":                     {doc: "When the query runs, and over which stretch of time.", required: true},
		"trigger.kind":                {doc: "filter: an alert per event. aggregate: an alert per row, over each window. scheduled: the same, on a schedule.", values: triggerKinds, required: true},
		"trigger.window":              {doc: "The stretch of time of an aggregate, such as 24h.", pattern: lengthPattern},
		"trigger.schedule":            {doc: "A cron expression, in UTC."},
		"throttle":                    {doc: "Holds back alerts that tell what was told."},
		"throttle.window":             {doc: "For how long, such as 24h.", pattern: lengthPattern},
		"throttle.fields":             {doc: "Alerts that agree in these fields tell the same."},
		"entities":                    {doc: "What an alert is about: kind of entity (host, user, process, ip, domain ...) to field of the result."},
		"data_sources":                {doc: "The telemetry it needs, in words."},
		"required_event_types":        {doc: "The event types the query reads."},
		"sufficient_event_types":      {doc: "Sets of the required event types, each of which is enough to find something; otherwise any one of them is."},
		"false_positives":             {doc: "Harmless things that look like a finding."},
		"false_positives.case":        {doc: "What it is."},
		"false_positives.tuning":      {doc: "What to do about it.", required: true},
		"response_playbook":           {doc: "What to do about a true finding, step by step."},
		"investigation_guide":         {doc: "How to find out whether it is one."},
		"hunting_queries":             {doc: "Queries to look further with."},
		"hunting_queries.title":       {doc: "What it shows."},
		"hunting_queries.description": {doc: "How to read its result."},
		"hunting_queries.query":       {doc: "The CQL query.", required: true},
		"related":                     {doc: "Ids of detections that belong together with this one."},
		"tests":                       {doc: "Proofs, which `harrier test` runs: at least one that fires and one look-alike that does not."},
		"tests.name":                  {doc: "What it shows, unlike that of any other test.", required: true},
		"tests.telemetry":             {doc: "Files beside the detection.", required: true},
		"tests.format":                {doc: "The format of the files; otherwise it is found out by looking."},
		"tests.signals":               {doc: "CQL filters, each of which some event must satisfy: what the telemetry is there to show."},
		"tests.expect":                {doc: "The alerts, in any order, each with entities and fields it must have; [] for none.", loose: true},
		"tests.parameters":            {doc: "Values of parameters.", loose: true},
		"tests.lookups":               {doc: "Lookup files to use instead: name to file beside the detection."},
		"tests.atomic":                {doc: "The Atomic Red Team test that leaves this telemetry: guid, or technique and number."},
	}
}

// Schema is the JSON Schema of detection.yaml, for editors. What it cannot say,
// `harrier check` does.
func Schema() []byte {
	root := schemaOf(reflect.TypeFor[Detection](), "", keysOf())
	root = append(object{
		{"$schema", "http://json-schema.org/draft-07/schema#"},
		{"title", "Harrier detection"},
		{"description", "A detection as code: what it finds, how bad that is, what to do about it, and how all this is proved."},
	}, root...)
	root = append(root, member{"oneOf", []object{
		{{"required", []string{"query"}}, {"title", "query in this file"}},
		{{"required", []string{"query_file"}}, {"title", "query in a file of its own"}},
	}})
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	if err := e.Encode(root); err != nil {
		panic(fmt.Sprintf("the schema of detections cannot be written: %v", err)) // it is made of strings
	}
	return b.Bytes()
}

// schemaOf is the schema of a struct whose keys begin with prefix.
func schemaOf(t reflect.Type, prefix string, keys map[string]key) object {
	var properties object
	var required []string
	for i := range t.NumField() {
		name := t.Field(i).Tag.Get("yaml")
		if name == "" || name == "-" {
			continue
		}
		k := keys[prefix+name]
		if k.required {
			required = append(required, name)
		}
		properties = append(properties, member{name, append(object{{"description", k.doc}}, kindOf(t.Field(i).Type, k, prefix+name+".", keys)...)})
	}
	out := object{{"type", "object"}, {"additionalProperties", false}}
	if len(required) > 0 {
		out = append(out, member{"required", required})
	}
	return append(out, member{"properties", properties})
}

func kindOf(t reflect.Type, k key, prefix string, keys map[string]key) object {
	switch t.Kind() {
	case reflect.Slice:
		items := kindOf(t.Elem(), k, prefix, keys)
		out := object{{"type", "array"}, {"items", items}}
		if k.required {
			out = append(out, member{"minItems", 1})
		}
		return out
	case reflect.Map:
		return object{{"type", "object"}, {"additionalProperties", kindOf(t.Elem(), k, prefix, keys)}}
	case reflect.Struct:
		return schemaOf(t, prefix, keys)
	}
	out := object{{"type", "string"}}
	if k.loose {
		out = object{{"type", []string{"string", "number", "boolean"}}}
	}
	if k.values != nil {
		out = append(out, member{"enum", slices.Clone(k.values)})
	}
	if k.pattern != "" {
		out = append(out, member{"pattern", k.pattern})
	}
	return out
}

// object is a JSON object whose members keep their order.
type object []member

type member struct {
	name  string
	value any
}

// MarshalJSON implements json.Marshaler.
func (o object) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, m := range o {
		if i > 0 {
			b.WriteByte(',')
		}
		name, err := marshal(m.name)
		if err != nil {
			return nil, err
		}
		value, err := marshal(m.value)
		if err != nil {
			return nil, err
		}
		b.Write(name)
		b.WriteByte(':')
		b.Write(value)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// marshal is json.Marshal without the escapes that HTML needs.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return bytes.TrimSpace(b.Bytes()), err
}
