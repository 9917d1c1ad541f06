package detect

import (
	"context"
	"strings"
	"testing"
)

// A test whose alert is missing says at which step of the query the events were
// lost.
func TestSteps(t *testing.T) {
	files := map[string]string{
		"names.csv": "name\nc\n",
		"e.ndjson": `{"@timestamp":1773738000000,"kind":"dns","host":"x1","name":"a"}` + "\n" + `{"@timestamp":1773738000001,"kind":"dns","host":"x1","name":"b"}` + "\n" +
			`{"@timestamp":1773741600000,"kind":"dns","host":"x1","name":"a"}` + "\n" + `{"@timestamp":1773738000000,"kind":"other"}` + "\n",
	}
	for _, c := range []struct{ query, trigger, want string }{
		{"kind=dns\n| name := lower(name)\n| match(file=\"names.csv\", field=name, column=name)\n| x := 1", filterTrigger,
			`4 read -> kind=dns 3 -> ... -> match(file="names.csv", field=name, column=name) 0`},
		{"kind=dns | groupBy(host) | _count > 9", "trigger: {kind: aggregate, window: 1h}\n",
			`4 read -> kind=dns 3 -> groupBy(host) 2 -> _count > 9 0`}, // two windows, of a host each
		{"kind=nothing | case { name=a | x := 1; * }", filterTrigger, `4 read -> kind=nothing 0`},
		{"kind=dns /* | of blanks */ | name=?{who=a} | host=x9", filterTrigger + "parameters: [{name: who, default: b}]\n",
			`4 read -> kind=dns 3 -> name=?{who=a} 1 -> host=x9 0`},
		{"x := 1 | y := 2 | kind=dns", filterTrigger, `4 read -> ... -> kind=dns 3`},
	} {
		text := "query: |\n  " + strings.ReplaceAll(c.query, "\n", "\n  ") + "\n" + c.trigger + "lookups: [{name: names.csv}]\n" +
			"tests:\n  - {name: t, telemetry: [e.ndjson], expect: [{}, {}, {}, {}]}\n"
		d := mustLoad(t, text, files)
		o := d.RunTest(context.Background(), &d.Tests[0], Options{})
		last := o.Failures[len(o.Failures)-1]
		if last != "  events left after each step: "+c.want {
			t.Errorf("%s\n got %s\nwant %s", c.query, last, c.want)
		}
	}
}
