package compile_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"harrier/compile"
	"harrier/cql"
	"harrier/diag"
	"harrier/event"
	"harrier/function"
	"harrier/plan"
)

// compiled compiles a query and gives its diagnostics as "severity code".
func compiled(t *testing.T, query string, env *function.Env) (*compile.Result, []string, diag.List) {
	t.Helper()
	q, problems := cql.Parse(query, cql.Harrier)
	if problems.HasErrors() {
		t.Fatalf("%s: %v", query, problems)
	}
	res, problems := compile.Compile(q, env)
	var codes []string
	for _, p := range problems {
		codes = append(codes, fmt.Sprint(p.Severity, " ", p.Code))
	}
	return res, codes, problems
}

func TestDiagnostics(t *testing.T) {
	const (
		gone     = "warning field-gone"
		freeText = "error freetext-after-aggregate"
		noValue  = "error not-an-expression"
		order    = "error preamble-order"
		filters  = "error condition-required"
		unknown  = "error unknown-function"
	)
	for query, want := range map[string][]string{
		// Free text behind an aggregate.
		`count() | word`:                                       {freeText},
		`count() | wildcard("x")`:                              {freeText},
		`count() | not wildcard("x")`:                          {freeText},
		`count() | _count=1 or wildcard("x")`:                  {freeText},
		`count() | wildcard("x", field=_count)`:                nil,
		`wildcard("x") | count()`:                              nil,
		`count() | case { wildcard("x"); * }`:                  {freeText},
		`groupBy(a) | groupBy(a, function={ word | count() })`: {freeText},
		`groupBy(a, function={ word | count() })`:              nil,
		`groupBy(a, function={ count() | word })`:              {freeText},
		`head(5) | word`:                                       {freeText},

		// Which fields there are.
		`groupBy(a) | b=1`:                                          {gone},
		`groupBy(a) | head(5) | b=1`:                                {gone},
		`groupBy(a) | sort(a) | tail(5) | a=1`:                      nil,
		`head(5) | b=1`:                                             nil,
		`select([a]) | head(5) | b=1`:                               {gone},
		`drop(b) | sort(a) | b=1`:                                   {gone},
		`count() | eval(a=_count, b=a+1)`:                           nil,
		`count() | eval(b=a+1, a=_count)`:                           {gone},
		`count() | eval(a=a+1)`:                                     {gone},
		`count() | eval(a=_count) | a=1`:                            nil,
		`count() | default(field=[a, b], value=0) | a=b`:            nil,
		`count() | default(field=a, value=0) | b=1`:                 {gone},
		`groupBy(a) | nosuch(b) | c=1 | d=1`:                        {unknown},
		`groupBy(a) | c=1 | nosuch(b) | d=1`:                        {gone, unknown},
		`groupBy(a) | case { a=1 | nosuch(b) | c=1; * } | d=1`:      {unknown},
		`count() | case { _count=0 | dropEvent(); * | x:=1 } | x=1`: nil,
		`count() | case { _count=0 | x:=1 | dropEvent(); * } | x=1`: {gone},

		// What is no value.
		`x := 1 + math:spherical2cartesian(azimuth=a, polar=b)`:  {noValue},
		`x := math:spherical2cartesian(azimuth=a, polar=b)`:      nil,
		`test(math:spherical2cartesian(azimuth=a, polar=b) > 1)`: {noValue},
		`x := 1 + length(a) * lower(b)`:                          nil,
		`x := [a]`:                                               {noValue},

		// What stands where.
		`setTimeInterval(1d) | count()`:                                         nil,
		`a=1 | setTimeInterval(1d)`:                                             {order},
		`join({setTimeInterval(1d) | a=1}, field=a)`:                            {order},
		`defineTable(query={setTimeInterval(1d)}, name=t, include=a) | count()`: {order},
		`array:filter("a[]", function={a=1})`:                                   nil,
		`array:filter("a[]", function={not regex("x", field=a)})`:               nil,
		`array:filter("a[]", function={lower(a)})`:                              {filters},
		`array:filter("a[]", function={b := 1})`:                                {filters},
		`groupBy(a, function=b)`:                                                {"error aggregate-required"},
		`groupBy(a, function=lower(b))`:                                         {"error aggregate-required"},
	} {
		if _, got, problems := compiled(t, query, nil); !slices.Equal(got, want) {
			t.Errorf("%s\ngot  %q\nwant %q\n%v", query, got, want, problems)
		}
	}
}

// TestUnknownParameters checks queries whose parameters have no value yet.
func TestUnknownParameters(t *testing.T) {
	for _, query := range []string{
		`regex(?pattern, field=a)`, `regex("x", flags=?flags, field=a)`, `replace(?pattern, with=x, field=a)`,
		`splitString(a, by=?pattern)`, `a > ?bound`, `head(?n)`, `setTimeInterval(?start)`,
	} {
		if _, got, problems := compiled(t, query, &function.Env{Check: true}); got != nil {
			t.Errorf("%s: %v", query, problems)
		}
		if _, got, _ := compiled(t, query, nil); !slices.Contains(got, "error missing-parameter-value") {
			t.Errorf("%s without a value: got %q", query, got)
		}
	}
}

// TestReads looks at what a query asks its source for.
func TestReads(t *testing.T) {
	for query, want := range map[string]string{
		`a=1 | select([a, b])`:                       "a b",
		`a=1`:                                        "any",
		`select([b, a]) | tail(5)`:                   "a b",
		`head(5) | select(a)`:                        "@ingesttimestamp @timestamp a",
		`sort(c) | select(a)`:                        "a c",
		`sort() | select(a)`:                         "any",
		`groupBy(a) | sort(_count)`:                  "a",
		`groupBy(a, function=head(1))`:               "any",
		`groupBy(a, function=head(1)) | select(b)`:   "any",
		`groupBy(a, function={head(1) | select(b)})`: "@ingesttimestamp @timestamp a b",
		`groupBy(a, function={b=1 | count()})`:       "a b",
		`groupBy(a, function={word | count()})`:      "any",
		`groupBy(a, function=[count(), tail(1)])`:    "any",
		`table([a, b])`:                              "@timestamp a b",
		`a=1 | b := a + c | groupBy(b)`:              "a b c",
	} {
		res, _, problems := compiled(t, query, nil)
		got := strings.Join(res.Reads.Names, " ")
		if res.Reads.All {
			got = "any"
		}
		if got != want {
			t.Errorf("%s\nreads %q, want %q; %v", query, got, want, problems)
		}
	}
}

func TestColumns(t *testing.T) {
	for query, want := range map[string][]string{
		`groupBy(a) | drop(a)`: {"_count"},
		`groupBy(a) | x := _count * 2 | y := "c" | drop(_count)`:       {"a", "x", "y"},
		`groupBy([a, b]) | rename(a, as=z)`:                            {"z", "b", "_count"},
		`groupBy([a, b]) | rename([[a, b], [_count, n]])`:              {"b", "n"},
		`groupBy(a) | sort(_count) | select([_count, a])`:              {"_count", "a"},
		`groupBy(a) | table([_count])`:                                 {"_count"},
		`select([b, a])`:                                               {"b", "a"},
		`a=1`:                                                          nil,
		`groupBy(a, function=head(1))`:                                 nil,
		`groupBy(a) | case { a=1 | x := 1; * }`:                        {"a", "_count", "x"},
		`groupBy(a) | a=/(?<part>.)/`:                                  {"a", "_count", "part"},
		`groupBy(a) | parseJson(a)`:                                    {"a", "_count"},
		`defineTable(query={groupBy(a)}, name=t, include=*) | count()`: {"_count"},
	} {
		res, _, problems := compiled(t, query, nil)
		if res.Plan == nil {
			t.Fatalf("%s: %v", query, problems)
		}
		if got := res.Plan.Columns; !slices.Equal(got, want) {
			t.Errorf("%s\nshows %q, want %q", query, got, want)
		}
	}
}

func TestPlanOf(t *testing.T) {
	for _, c := range []struct {
		query           string
		freeText, timed bool
		where           string
	}{
		{`a=1 | count()`, false, false, "a:1"},
		{`groupBy(a, function={ "foo" | count() })`, true, false, ""},
		{`groupBy(a, function=groupBy(b, function={ /x/ | count() }))`, true, false, ""},
		{`[count(), { word | count(as=n) }]`, true, false, ""},
		{`x := end() | count()`, false, true, ""},
		{`test(@timestamp > end() - 1000) | count()`, false, true, ""},
		{`join({x := start()}, field=a) | count()`, false, false, ""},
		// A needle knows the case of ASCII letters only.
		{`a=/Straße/i`, false, false, "a:stra"},
		{`/ÅRHUS/i`, true, false, ":rhus"},
		{`a=/Ärger/`, false, false, "a:Ärger"},
	} {
		res, _, problems := compiled(t, c.query, nil)
		if res.Plan == nil {
			t.Fatalf("%s: %v", c.query, problems)
		}
		var where []string
		for _, cl := range res.Plan.Where.Clauses {
			where = append(where, cl.Any[0].Field+":"+cl.Any[0].Text)
		}
		if p := res.Plan; p.FreeText != c.freeText || p.Timed != c.timed || strings.Join(where, " ") != c.where {
			t.Errorf("%s: free text %v, timed %v, where %q", c.query, p.FreeText, p.Timed, where)
		}
	}
}

// TestAssignByValue looks at the order of the fields that the data names.
func TestAssignByValue(t *testing.T) {
	res, _, problems := compiled(t, "`key` := n + 1", nil)
	if res.Plan == nil {
		t.Fatal(problems)
	}
	var w event.Builder
	want := []string{"key", "n"}
	for i := range 20 {
		name := fmt.Sprint("f", i*7%20)
		w.AddText("key", name)
		w.AddInteger("n", int64(i))
		w.EndRow()
		want = append(want, name)
	}
	w.AddText("key", "unused") // there is no value to write
	w.EndRow()
	b := w.Flush()
	if err := res.Plan.Stages[0].(*plan.Map).New(&plan.Runtime{}).Map(b); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(b.Names(), want) {
		t.Errorf("fields %q, want %q", b.Names(), want)
	}
	if s, _ := b.Text("f14", 2); s != "3" {
		t.Errorf("f14 is %q", s)
	}
}

// TestFinal finds the stage that drops for good where it is.
func TestFinal(t *testing.T) {
	res, _, problems := compiled(t, `case { a=1 | dropEvent(); * | not dropEvent() }`, nil)
	if res.Plan == nil {
		t.Fatal(problems)
	}
	cl := res.Plan.Stages[0].(*plan.Map).Clauses
	if m, ok := cl[0].Stages[1].(*plan.Map); !ok || !m.Final {
		t.Errorf("the first clause ends in %v", cl[0].Stages[1])
	}
	if _, ok := cl[1].Stages[0].(*plan.Filter); !ok {
		t.Errorf("a condition of dropEvent() is %v", cl[1].Stages[0])
	}
}
