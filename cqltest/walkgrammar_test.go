package cqltest_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"

	"harrier/cql"
)

// grammar generates events and queries that fit each other: few fields, and
// values of which many are equal or nearly so.
type grammar struct {
	rand  *rand.Rand
	depth int // of queries within queries
	// behind is set behind an aggregate.
	behind bool
}

// one chooses a text.
func (g *grammar) one(options ...string) string { return options[g.rand.IntN(len(options))] }

// upTo chooses a number from 0 to n.
func (g *grammar) upTo(n int) int { return g.rand.IntN(n + 1) }

// some says yes one time in n.
func (g *grammar) some(n int) bool { return g.rand.IntN(n) == 0 }

// several writes from least to most of something.
func (g *grammar) several(least, most int, sep string, f func() string) string {
	var out []string
	for range least + g.upTo(most-least) {
		out = append(out, f())
	}
	return strings.Join(out, sep)
}

var walkValues = []string{
	"a", "b", "1", "2", "10", "A", "ab", "", "0", "-3", "1.5", "2.0", "1e2", "007", "0x1F", "true", "false", "null", "x y", "a*b", "k=1 l=v", "a,b,,a",
	"192.0.2.7", "198.51.100.9", "2001:db8::7", "9007199254740993", "-0", "NaN", "1e400", "Straße", "İ", "σς", "\u00e9", "e\u0301", "日本", "🙂",
	`{"j":[1,{"k":"b"}]}`, "a\nb", "\t", `\`, `"`, "C:\\Temp\\a.exe", "2026-03-17T10:00:00Z", "aGVsbG8=", "%41+b", "1700000003000",
}

// value is a value of a field; mostly one of the first few, so that values meet.
func (g *grammar) value() string {
	if g.some(3) {
		return g.one(walkValues...)
	}
	return g.one(walkValues[:8]...)
}

var walkFields = []string{"n", "m", "s", "host", "msg", "tags[0]", "tags[1]", "objs[0].k", "user.name", "#kind"}

// field is a field that is read: of the events, or one that a stage may have made.
func (g *grammar) field() string {
	if g.some(4) {
		return g.one("x", "y", "_count", "g", "_sum", "tags[2]", "@timestamp", "none")
	}
	return g.one(walkFields...)
}

// newField is a field that is written.
func (g *grammar) newField() string { return g.one("x", "y", "n", "s", "z.q", "tags[1]") }

func (g *grammar) fields() string {
	if g.some(3) {
		return g.field()
	}
	return "[" + g.several(1, 3, ", ", g.field) + "]"
}

func (g *grammar) array() string { return g.one(`"tags[]"`, `"objs[]"`, `"x[]"`) }

// events are the lines of the input.
func (g *grammar) events() []string {
	var out []string
	most := 11
	if g.some(10) { // so many that every batch size and worker has its share
		most = 120
	}
	for range 1 + g.upTo(most) {
		e := map[string]any{}
		for _, f := range []string{"n", "m", "s", "host", "msg", "user.name", "#kind"} {
			if g.some(3) {
				continue
			}
			switch v := g.value(); {
			case g.some(8):
				e[f] = []any{1, 2.5, -7, true, nil, 0.1, 1e21}[g.upTo(6)]
			default:
				e[f] = v
			}
		}
		if g.some(2) {
			tags := []any{}
			for range g.upTo(3) {
				tags = append(tags, g.value())
			}
			e["tags"] = tags
		}
		if g.some(4) {
			e["objs"] = []any{map[string]any{"k": g.value()}, map[string]any{"k": g.value(), "l": "1"}}
		}
		if g.some(4) { // other events have a second each, which may be the same
			e["@timestamp"] = fmt.Sprint(1700000000000 + 500*g.upTo(20))
		}
		data, _ := json.Marshal(e) // of such values it cannot fail
		out = append(out, string(data))
	}
	return out
}

// query is a whole query.
func (g *grammar) query() string {
	stages := []string{}
	if g.some(24) {
		stages, g.behind = append(stages, g.constellation()), true
	}
	for range g.upTo(4) {
		stages = append(stages, g.stage())
	}
	if !g.some(3) {
		stages = append(stages, g.aggregate())
		g.behind = true
		for range g.upTo(2) {
			stages = append(stages, g.after())
		}
	}
	if len(stages) == 0 {
		stages = append(stages, g.filter())
	}
	free := !strings.HasPrefix(stages[0], "correlate(") // which stands before everything else
	if free && g.some(8) {
		stages = append([]string{g.subquery()}, stages...)
	}
	if free && g.some(16) {
		stages = append([]string{`defineTable(query={` + g.inner() + `}, include=[s, n], name="tab")`, g.one("", "!") + `match("tab", field=` + g.field() + `, column=s)`}, stages...)
	}
	return strings.Join(stages, "\n| ")
}

// subquery is a function that reads the events a second time.
func (g *grammar) subquery() string {
	f := g.one(walkFields...)
	return g.one(
		fmt.Sprintf("join(query={%s}, field=%s, key=%s, include=[n, m]%s%s)", g.inner(), f, g.one(walkFields...), g.one("", ", mode=left"), g.one("", ", max=2")),
		fmt.Sprintf("!join(query={%s}, field=%s, key=s)", g.inner(), f),
		fmt.Sprintf("selfJoinFilter(field=%s, where=[{%s}, {%s}])", f, g.simple(), g.simple()),
	)
}

// constellation is a correlate(), which gives rows of a result.
func (g *grammar) constellation() string {
	part := func() string { return g.one("*", "s=*", "n!=a", g.filter(), g.assignment()) }
	link := fmt.Sprintf("%s <=> A.%s", g.one("s", "n", "host"), g.one("s", "n", "host"))
	return fmt.Sprintf("correlate(A: {%s} include: [n, x], B: {%s | %s} include: *%s%s%s%s)", part(), part(), link,
		g.one("", ", sequence=true"), g.one("", ", within=3s"), g.one("", ", maxPerRoot=3"), g.one("", ", includeMatchesOnceOnly=true"))
}

// inner is the query of a subquery.
func (g *grammar) inner() string {
	g.depth++
	defer func() { g.depth-- }()
	return g.several(1, 2, " | ", func() string { return g.one(g.filter(), g.transform()) })
}

// stage is a stage that may stand anywhere.
func (g *grammar) stage() string {
	switch g.upTo(9) {
	case 0, 1, 2:
		return g.filter()
	case 3, 4:
		return g.assignment()
	case 5:
		return g.fork()
	case 6:
		return g.matching()
	default:
		return g.transform()
	}
}

// pipe is a short pipeline inside braces.
func (g *grammar) pipe() string {
	if g.depth > 1 {
		return g.filter()
	}
	g.depth++
	defer func() { g.depth-- }()
	return g.several(1, 2, " | ", g.stage)
}

func (g *grammar) fork() string {
	out := "case { " + g.several(1, 3, "; ", g.pipe)
	if g.some(2) {
		out += "; *"
		if g.some(2) {
			out += " | " + g.assignment()
		}
	}
	return out + " }"
}

func (g *grammar) matching() string {
	clause := func() string {
		guard := g.one(g.text(), g.pattern(), g.regex(), `in(values=[a, "1"])`, "**")
		return guard + " => " + g.pipe()
	}
	out := g.field() + " match { " + g.several(1, 3, "; ", clause)
	if g.some(2) {
		out += "; * => *"
	}
	return out + " }"
}

// filter is a condition.
func (g *grammar) filter() string {
	switch g.upTo(9) {
	case 7:
		return g.filter() + " " + g.one("and", "or", "") + " " + g.filter()
	case 8:
		return g.one("not ", "!") + "(" + g.filter() + ")"
	case 9:
		return "(" + g.filter() + " " + g.one("or", "and") + " " + g.filter() + ")"
	}
	return g.simple()
}

// text is a value as a query has it.
func (g *grammar) text() string {
	return cql.QuoteString(strings.ReplaceAll(g.value(), "*", ""))
}

func (g *grammar) pattern() string { return g.one("a*", "*b", "*", "*a*", `"*1*"`, `"x *"`, `"*.*.*"`) }

func (g *grammar) regex() string {
	return g.one("/a/", "/^a/", "/B$/i", "/./", "/(?<g>[a-z])(?<h>.)?/", `/^\d+$/`, `/(?<n>\d+)/`, "/a|b/", "/^$/", `/\s/`, "/(?<x>a*)/", "/ß|é/i", `/(.)\1/`, `/[^a]/`)
}

func (g *grammar) simple() string {
	f, n := g.field(), g.upTo(17)
	if g.behind && n >= 5 && n <= 7 { // free text has nothing to look at behind an aggregate
		n = 1
	}
	switch n {
	case 0:
		return f + g.one("=", "!=", " like ") + g.text()
	case 1:
		return f + g.one("=", "!=") + g.pattern()
	case 2:
		return f + g.one("=", "!=") + g.regex()
	case 3:
		return f + g.one(" = 1", " > 1", "<=1.5", " != 2", " >= -3", "=1e2", "< 10")
	case 4:
		return f + g.one("=*", "!=*")
	case 5:
		return g.text()
	case 6:
		return g.one("a", "ab", "a*", "*b*", "*1", `"x y"`, `"A"`)
	case 7:
		return g.regex()
	case 8:
		return g.one("", "!") + fmt.Sprintf("in(%s, values=[%s]%s)", f, g.several(1, 3, ", ", g.text), g.one("", ", ignoreCase=true"))
	case 9:
		return g.one("", "!") + "cidr(" + f + `, subnet=["192.0.2.0/25", "2001:db8::/32"])`
	case 10:
		return g.one("", "!") + "test(" + g.expression() + ")"
	case 11:
		return g.one("", "!") + "array:contains(" + g.array() + ", value=" + g.text() + ")"
	case 12:
		return fmt.Sprintf(`array:exists("tags[]", condition={tags%s})`, g.one("=a", "!=b", "=/a/i", " > 1", "=*", `=""`))
	case 13:
		return fmt.Sprintf("regex(%s, field=%s, strict=%s)", cql.QuoteString(strings.Trim(g.regex(), "/i")), f, g.one("true", "false"))
	case 14:
		return g.one("", "!") + fmt.Sprintf(`wildcard(field=%s, pattern="*a*"%s)`, f, g.one("", ", ignoreCase=true"))
	case 15:
		return f + ` =~ ` + g.one(`in(values=["a", "1"])`, `regex("(?<y>[ab])")`, `!in(values=["b"])`, `match(file="look.csv", column=k)`)
	case 16:
		return g.one("", "!") + fmt.Sprintf("text:contains(%s, substring=%s)", f, g.text())
	default:
		return f + " in [" + g.several(1, 3, ", ", g.text) + "]"
	}
}

// expression is what a field may be assigned or a test be made of.
func (g *grammar) expression() string {
	g.depth++
	defer func() { g.depth-- }()
	if g.depth > 3 {
		return g.field()
	}
	switch g.upTo(11) {
	case 0, 1:
		return g.field()
	case 2:
		return g.one("1", "2.5", "0", "-3", "1e2")
	case 3:
		return g.text()
	case 4, 5:
		return g.expression() + " " + g.one("+", "-", "*", "/") + " " + g.expression()
	case 6:
		return "(" + g.expression() + ")"
	case 7:
		return "(" + g.expression() + ") " + g.one("==", "!=", "<", ">=") + " (" + g.expression() + ")"
	case 8:
		return g.one("-", "!") + g.field()
	case 9:
		return fmt.Sprintf("if(%s, then=%s, else=%s)", g.expression(), g.expression(), g.expression())
	default:
		f := g.field()
		return fmt.Sprintf(g.one("lower(%s)", "upper(%s)", "length(%s)", "math:abs(%s)", "round(%s)", "math:floor(%s)", "text:trim(%s)", "crypto:md5(%s)",
			"math:mod(%s, 3)", "parseInt(%s)", "base64Decode(%s)", "urlDecode(%s)", `concat([%s, s])`, `format("%%s-%%s", field=[%s, m])`,
			`replace("a", with="[$0]", field=%s)`, `text:substring(%s, begin=0, end=1)`, `coalesce([%s, m])`, `formatTime("%%H:%%M:%%S", field=%s)`, "shannonEntropy(%s)",
			"in(%s, values=[a])", "now() - %s", "geohash(lat=%s, lon=m)"), f)
	}
}

func (g *grammar) assignment() string {
	if g.some(4) {
		return g.field() + " =~ " + g.one("lower()", "upper(as=x)", "length()", `replace("[ab]", with="-")`, "regex(\"(?<g>.)\", strict=false)")
	}
	return g.newField() + " := " + g.expression()
}

// transform is a function that changes events.
func (g *grammar) transform() string {
	f := g.field()
	return g.one(
		"drop("+g.fields()+")",
		fmt.Sprintf("rename(%s, as=%s)", f, g.newField()),
		"select(["+g.several(1, 4, ", ", g.field)+"])",
		fmt.Sprintf("default(field=%s, value=%s%s)", g.fields(), g.text(), g.one("", ", replaceEmpty=true")),
		"eval("+g.newField()+"="+g.expression()+")",
		fmt.Sprintf("concat([%s, %s], as=%s)", f, g.field(), g.newField()),
		fmt.Sprintf("replace(%s, with=%s, field=%s)", cql.QuoteString(g.one("a", "(.)$", "[0-9]+", "^")), g.one(`"<$0>"`, `""`, `"-"`), f),
		fmt.Sprintf("kvParse(%s)", f),
		fmt.Sprintf(`parseJson(%s, prefix="x.")`, f),
		fmt.Sprintf(`splitString(%s, by=",", as=x)`, f),
		"array:append(array="+g.array()+", values=["+g.several(1, 2, ", ", g.text)+"])",
		"array:dedup("+g.array()+")",
		`array:filter(array="tags[]", var=v, function={`+g.one("v=a*", "v!=b", "v > 1")+`})`,
		`array:eval(array="tags[]", asArray="x[]", var=v, function={`+g.one(`x := upper(v)`, `x := v + 1`)+`})`,
		`array:sort("tags[]"`+g.one("", ", type=number, order=desc")+`)`,
		`concatArray("tags", separator="+", as=`+g.newField()+`)`,
		"split("+g.one("tags", "objs")+")",
		fmt.Sprintf(`match(file="look.csv", field=%s, column=k%s)`, f, g.one("", ", strict=false", ", mode=glob", ", ignoreCase=true", ", nrows=2")),
		fmt.Sprintf(`regex("(?<x>[a-z0-9])", field=%s, repeat=true)`, f),
		fmt.Sprintf(`findTimestamp(field=%s, as=y)`, f),
		fmt.Sprintf(`getField(%s, as=x)`, f),
		fmt.Sprintf(`setField(target=%s, value=n)`, f),
		"array:length("+g.array()+", as=x)",
		"eventSize()", "eventFieldCount()", "dropEvent()",
		fmt.Sprintf(`parseCsv(%s, columns=[x, y])`, f),
		fmt.Sprintf(`ipLocation(%s)`, f),
		fmt.Sprintf(`hash(%s, limit=4, as=x)`, f),
		`setField(target="y", value=`+f+`)`,
	)
}

// after is a stage behind an aggregate.
func (g *grammar) after() string {
	switch g.upTo(5) {
	case 0:
		return g.one("_count", "_sum", "x", "n", "_avg") + g.one(" > 1", "=*", " != 2", "=1")
	case 1:
		return g.sequence()
	case 2:
		return g.aggregate()
	default:
		return g.stage()
	}
}

func (g *grammar) sequence() string {
	f := g.field()
	return g.one(
		"accumulate("+g.one("count()", "sum("+f+")", "[max("+f+"), count(as=y)]", "selectLast("+f+")")+")",
		fmt.Sprintf("neighbor(%s, prefix=p%s)", f, g.one("", ", direction=succeeding", ", distance=2")),
		fmt.Sprintf("slidingWindow(function=%s, events=2)", g.plain()),
		fmt.Sprintf("partition(accumulate(%s), condition={%s=a})", g.plain(), f),
		fmt.Sprintf("slidingTimeWindow(function=%s, span=2s)", g.plain()),
	)
}

// plain is an aggregate that gives one row, for the argument of another.
func (g *grammar) plain() string {
	f := g.field()
	return g.one("count()", "count("+f+")", "sum("+f+")", "count("+f+", distinct=true, as=d)", "min("+f+")", "max("+f+")", "avg("+f+")", "range("+f+")",
		"collect("+g.fields()+g.one("", ", limit=2", ", multival=false")+")", "selectLast("+g.fields()+")", "selectFromMax("+f+", include=[s, host])",
		"selectFromMin("+f+", include=n)", "stdDev("+f+")", "percentile("+f+", percentiles=[50, 99])", "linReg(x=n, y=m)",
		"{ "+g.filter()+" | count(as=c) }", "percentage({"+g.filter()+"})", "sum("+f+", as=t)")
}

func (g *grammar) plains() string {
	if g.some(3) {
		return "[" + g.several(1, 3, ", ", g.plain) + "]"
	}
	return g.plain()
}

func (g *grammar) limit() string { return g.one("", ", limit=1", ", limit=2", ", limit=3") }

func (g *grammar) aggregate() string {
	f := g.field()
	switch g.upTo(15) {
	case 0:
		return "count()"
	case 1, 2:
		return fmt.Sprintf("groupBy(%s, function=%s%s)", g.fields(), g.plains(), g.limit())
	case 3:
		return "stats(" + g.plains() + ")"
	case 4:
		return "[" + g.several(1, 3, ", ", g.plain) + "]"
	case 5:
		return fmt.Sprintf("sort(%s%s%s%s)", g.fields(), g.one("", ", order=asc", ", order=desc"), g.one("", ", type=string", ", type=number", ", type=hex", ", type=any"), g.limit())
	case 6:
		return g.one("head(", "tail(") + g.one("1", "2", "limit=3", "") + ")"
	case 7:
		return fmt.Sprintf("table([%s]%s%s)", g.several(1, 3, ", ", g.field), g.one("", ", sortby="+f, ", sortby="+f+", order=asc"), g.limit())
	case 8:
		return fmt.Sprintf("top(%s%s%s)", g.fields(), g.one("", ", sum=n", ", max=m", ", percent=true", `, rest="others"`), g.limit())
	case 9:
		return fmt.Sprintf("bucket(span=%s%s, function=%s)", g.one("1s", "2s", "1m"), g.one("", ", field="+f), g.plains())
	case 10:
		return fmt.Sprintf("timeChart(%s%s%s)", g.one("", f+", "), g.one("span=1s", "span=3s", "buckets=3"), ", function="+g.plain())
	case 11:
		return g.one("fieldstats()", "transpose()", "transpose(limit=2)", "fieldset()")
	case 12:
		return fmt.Sprintf("groupBy(%s, function=%s)", f, g.one("head(1)", "tail(2)", "table([n, s])", "top(s)", "groupBy(host)", "series(s)", "session(maxpause=1s)", "accumulate(count())", "sort(n)", "transpose()"))
	case 13:
		return fmt.Sprintf("series(%s%s)", g.fields(), g.one("", ", maxpause=1s", ", startmatch={s=a}", ", endmatch={s=b}"))
	case 14:
		return g.one("array:union("+g.array()+")", "array:intersection("+g.array()+")", "array:reduceAll("+g.array()+", var=v, function={count(v)})",
			"array:reduceColumn("+g.array()+", var=v, function={max(v)})", "sankey(source=s, target=host)", "session(maxpause=1s)", "counterAsRate(n)")
	default:
		return g.plain()
	}
}
