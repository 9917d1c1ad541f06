package function

import (
	"slices"

	"harrier/cql"
	"harrier/diag"
)

// maxTables is how many tables a LogScale query may have, unless its administrator says otherwise (0 to 20).
const maxTables = 10

var defineTableFunc = &Function{
	Name:     "defineTable",
	Category: "join",
	Summary:  "Runs a subquery first and keeps its rows as a table for match() and readFile().",
	Doc: "Stands at the beginning of the query, where only `setTimeInterval()` and other tables may come before it. The subquery of a table " +
		"may use the tables before it. It may be any query; all its rows are kept, also those of a subquery without an aggregate.\n\n" +
		"A relative `start` or `end` counts back from the end of the time of the query, or from the time at which the query starts " +
		"when its time has no end.\n\n" +
		"LogScale takes up to 10 tables, and no table together with `join()`, `selfJoin()` or `selfJoinFilter()`. Harrier warns and goes on.",
	Unnamed: "query",
	Params: append([]Param{
		{Name: "query", Kind: Query, Required: true, Doc: "The subquery."},
		{Name: "name", Kind: Text, Required: true, Doc: "The name of the table."},
		{Name: "include", Kind: Texts, Required: true, Doc: "The columns of the table: fields of the subquery, or `*` for all of them."},
	}, subqueryParams()...),
	Examples: []Example{{
		Query: `defineTable(query={kind=login}, name="logins", include=[session, user])
| kind=read
| match(table="logins", field=session)
| select([user, file])`,
		In: "{\"kind\":\"login\",\"session\":\"s1\",\"user\":\"ann\"}\n{\"kind\":\"read\",\"session\":\"s1\",\"file\":\"/etc/hosts\"}\n" +
			"{\"kind\":\"read\",\"session\":\"s2\",\"file\":\"/etc/passwd\"}",
		Out: `{"user":"ann","file":"/etc/hosts"}`,
	}, {
		Doc: "What is not in the table.",
		Query: `defineTable(query={kind=known | groupBy(host)}, name=known, include=host)
| kind=seen
| !match(table=known, field=host)
| select(host)`,
		In:  "{\"kind\":\"known\",\"host\":\"web1\"}\n{\"kind\":\"seen\",\"host\":\"web1\"}\n{\"kind\":\"seen\",\"host\":\"web9\"}",
		Out: `{"host":"web9"}`,
	}},
	Where:    searches,
	Preamble: true,
	Lower:    lowerDefineTable,
}

func lowerDefineTable(c *Call, p *Pipeline) diag.List {
	if p.Subquery {
		return c.Errorf("preamble-order", "", "defineTable() must stand at the beginning of the query itself, not in a subquery")
	}
	name, sub := c.Text("name"), c.Plan("query")
	if name == "" {
		return c.Errorf("bad-value", "name", "a table needs a name")
	}
	tables := 0
	for _, s := range p.Plan.Subs {
		if s.Table {
			tables++
			if s.Name == name {
				return c.Errorf("duplicate-table", "name", "there is a table %s already", name)
			}
		}
	}
	problems := runsElsewhere(c, "view")
	if tables == maxTables {
		d := diag.Warningf("too-many-tables", c.At, "LogScale takes up to %d tables in a query", maxTables)
		if c.Env.Dialect == cql.LogScale {
			d.Severity = diag.Error
		}
		problems = append(problems, d)
	}
	include := distinct(c.Texts("include"))
	switch {
	case len(include) == 0:
		return append(problems, c.Errorf("missing-argument", "include", "defineTable() needs at least one column; * takes all")...)
	case !slices.Contains(include, "*"):
		problems = append(problems, lacking(c, "include", sub, include)...)
		keepOnly(sub, c.At, include, nil)
		sub.Columns = include // for match(), which is bound before the subplan is finished
	}
	of, bad := interval(c)
	if bad != nil {
		return append(problems, bad...)
	}
	s := p.Sub(name, sub)
	s.Table, s.Interval = true, of
	return problems
}
