package main

import "strings"

// A query is asked of every engine in its own words. The texts name the data as
// {file}; which engines have none, and why, is said in without.
type query struct {
	name, about string
	gzip        bool // over the compressed file

	cql          string
	duckdb, chdb string
	ripgrep, jq  []string // arguments
	columns      []column
	// target is what Harrier's time is to be at most, as a share of that of the
	// fastest peer.
	target float64
	// bracket says that ripgrep looks at lines where the others look at fields: its
	// time is shown, but it is not a peer.
	bracket bool
	// parse turns what ripgrep or jq print into rows; nil when they print
	// the columns separated by tabs.
	parse func(line string) []string
}

// A column of the answer. Engines must give the same texts, unless tolerance is
// the relative error that an estimate may have, or list says that only the
// number of values, which are separated by newlines, must be the same.
type column struct {
	name      string
	tolerance float64
	list      bool
}

// DuckDB and ClickHouse are told which fields they need, as somebody who waits
// for the answer would: left to find out, they are slower.
func duckdbJSON(columns ...string) string {
	for i, c := range columns {
		name, kind, ok := strings.Cut(c, " ")
		if !ok {
			kind = "VARCHAR"
		}
		columns[i] = name + ": '" + kind + "'"
	}
	return "read_ndjson('{file}', columns={" + strings.Join(columns, ", ") + "})"
}

// duckdbLines reads whole lines: a table of one column whose delimiter and quote
// never occur.
const duckdbLines = `read_csv('{file}', columns={line: 'VARCHAR'}, delim=chr(1), quote='', escape='', header=false, auto_detect=false, max_line_size=1000000)`

// chdbFields reads lines and takes fields out of them, which is several times as
// fast in ClickHouse as its JSON format. where is asked of the line.
func chdbFields(where string, fields ...string) string {
	var tuple, names []string
	for i, f := range fields {
		tuple = append(tuple, f+" String")
		names = append(names, "t."+string(rune('1'+i))+" as "+f)
	}
	if where != "" {
		where = " where " + where
	}
	return "(select " + strings.Join(names, ", ") + " from (select JSONExtract(line, 'Tuple(" + strings.Join(tuple, ", ") + ")') as t" +
		" from " + chdbLines + where + "))"
}

const chdbLines = "file('{file}', LineAsString, 'line String')"

const (
	publicCQL = `in(#event_simpleName, values=["NetworkConnectIP4", "NetworkConnectIP6"])
| RemoteAddressIP4 = * | RemoteAddressIP4 != /^(10\.|172\.(1[6-9]|2[0-9]|3[01])\.|192\.168\.|127\.)/
| groupBy(RemoteAddressIP4, function=count(as=connections), limit=max)
| connections > 100
| sort(connections, limit=20000)`
	privateRE = `^(10\.|172\.(1[6-9]|2[0-9]|3[01])\.|192\.168\.|127\.)`
	encodedRE = `powershell.*-(enc|encodedcommand)\s+[a-z0-9+/=]{20,}`
)

func one(name string) []column { return []column{{name: name}} }

// queries are the questions, as easy to read as they can be: Q1 to Q8, those of
// the project's targets.
func queries() []query {
	q2duckdb := `select RemoteAddressIP4, count(*) c from ` + duckdbJSON("event_simpleName", "RemoteAddressIP4") + `
where event_simpleName in ('NetworkConnectIP4', 'NetworkConnectIP6') and RemoteAddressIP4 is not null
  and not regexp_matches(RemoteAddressIP4, '` + privateRE + `')
group by all having c > 100`
	q2chdb := `select RemoteAddressIP4, count() c from ` + chdbFields("position(line, 'NetworkConnectIP') > 0", "event_simpleName", "RemoteAddressIP4") + `
where event_simpleName in ('NetworkConnectIP4', 'NetworkConnectIP6') and RemoteAddressIP4 != ''
  and not match(RemoteAddressIP4, '` + strings.ReplaceAll(privateRE, `\`, `\\`) + `')
group by RemoteAddressIP4 having c > 100`
	q2columns := []column{{name: "RemoteAddressIP4"}, {name: "connections"}}

	return []query{
		{
			name: "Q1", about: "count all events",
			bracket: true,
			target:  0.5,
			cql:     `count()`,
			duckdb:  `select count(*) from ` + duckdbJSON("event_simpleName"),
			chdb:    `select count() from ` + chdbLines + ` settings use_cache_for_count_from_files=0`,
			ripgrep: []string{"-c", ""},
			columns: one("_count"),
		},
		{
			name: "Q2", about: "busy public addresses: two event types, a negated regular expression, group, threshold",
			target: 0.5,
			cql:    publicCQL, duckdb: q2duckdb, chdb: q2chdb,
			// Counting in an object is quadratic in jq: it copies the object.
			jq: []string{"-nr", `[inputs | select((.event_simpleName == "NetworkConnectIP4" or .event_simpleName == "NetworkConnectIP6") and .RemoteAddressIP4 != null)
				| .RemoteAddressIP4 | select(test("` + strings.ReplaceAll(privateRE, `\`, `\\`) + `") | not)]
				| group_by(.)[] | select(length > 100) | [.[0], length] | @tsv`},
			columns: q2columns,
		},
		{
			name: "Q2z", about: "Q2 over one gzip stream", gzip: true,
			cql: publicCQL, duckdb: q2duckdb, chdb: q2chdb,
			columns: q2columns,
		},
		{
			name: "Q3", about: "a rare text anywhere in an event",
			target:  1,
			cql:     `"Invoke-Mimikatz"`,
			duckdb:  `select line ->> '$.id' from ` + duckdbLines + ` where contains(line, 'Invoke-Mimikatz')`,
			chdb:    `select JSONExtractString(line, 'id') from ` + chdbLines + ` where position(line, 'Invoke-Mimikatz') > 0`,
			ripgrep: []string{"-F", "Invoke-Mimikatz"},
			columns: one("id"),
			parse:   func(line string) []string { return []string{jsonString(line, "id")} },
		},
		{
			name: "Q4", about: "a regular expression without case on CommandLine",
			bracket: true,
			target:  0.5,
			cql:     `CommandLine = /` + strings.ReplaceAll(encodedRE, "/", `\/`) + `/i | count()`,
			duckdb:  `select count(*) from ` + duckdbJSON("CommandLine") + ` where regexp_matches(CommandLine, '` + encodedRE + `', 'i')`,
			chdb:    `select count() from ` + chdbFields("", "CommandLine") + ` where match(CommandLine, '(?i)` + strings.ReplaceAll(encodedRE, `\`, `\\`) + `')`,
			ripgrep: []string{"-c", "-i", encodedRE},
			columns: one("_count"),
		},
		{
			name: "Q5", about: "the 20 largest groups by two fields",
			target:  1,
			cql:     `groupBy([aid, FileName], limit=max) | sort(_count, limit=20)`,
			duckdb:  `select aid, coalesce(FileName, '') f, count(*) c from ` + duckdbJSON("aid", "FileName") + ` group by aid, f order by c desc limit 20`,
			chdb:    `select aid, FileName, count() c from ` + chdbFields("", "aid", "FileName") + ` group by aid, FileName order by c desc limit 20`,
			columns: []column{{name: "aid"}, {name: "FileName"}, {name: "_count"}},
		},
		{
			name: "Q6", about: "events by hour and type",
			target: 2.0 / 3,
			cql:    `bucket(span=1h, field=#event_simpleName, limit=50)`,
			duckdb: `select timestamp // 3600000 * 3600000 h, event_simpleName, count(*) from ` + duckdbJSON("event_simpleName", "timestamp BIGINT") + `
group by all`,
			chdb: `select intDiv(toInt64(timestamp), 3600000) * 3600000 h, event_simpleName, count() from ` + chdbFields("", "event_simpleName", "timestamp") + `
group by h, event_simpleName`,
			columns: []column{{name: "_bucket"}, {name: "#event_simpleName"}, {name: "_count"}},
		},
		{
			name: "Q7", about: "exact number of distinct ids, of the two most frequent types: a groupBy() keeps a million groups at most",
			target:  2.0 / 3,
			cql:     `in(#event_simpleName, values=["ProcessRollup2", "DnsRequest"]) | groupBy(id, function=[], limit=max) | count()`,
			duckdb:  `select count(distinct id) from ` + duckdbJSON("event_simpleName", "id") + ` where event_simpleName in ('ProcessRollup2', 'DnsRequest')`,
			chdb:    `select uniqExact(id) from ` + chdbFields("", "event_simpleName", "id") + ` where event_simpleName in ('ProcessRollup2', 'DnsRequest')`,
			columns: one("_count"),
		},
		{
			name: "Q7e", about: "estimated number of distinct ids of all events",
			target: 2.0 / 3,
			cql:    `count(id, distinct=true)`,
			// DuckDB has an estimate too, but it is off by a fifth here; the exact count is what it can be compared with.
			duckdb:  `select count(distinct id) from ` + duckdbJSON("id"),
			chdb:    `select uniq(id) from ` + chdbFields("", "id"),
			columns: []column{{name: "_count", tolerance: 0.05}},
		},
		{
			name: "Q8", about: "per type: count, two estimated percentiles, up to 100 distinct names",
			target: 2.0 / 3,
			cql:    `groupBy(#event_simpleName, function=[count(), percentile(RawProcessId, percentiles=[50, 95]), collect(FileName, limit=100)])`,
			duckdb: `select event_simpleName, count(*), approx_quantile(RawProcessId, 0.5), approx_quantile(RawProcessId, 0.95),
  array_to_string(list_slice(list(distinct FileName), 1, 100), chr(10))
from ` + duckdbJSON("event_simpleName", "RawProcessId BIGINT", "FileName") + ` group by 1`,
			chdb: `select event_simpleName, n, if(isNaN(p[1]), '', toString(p[1])), if(isNaN(p[2]), '', toString(p[2])), arrayStringConcat(names, '\n') from (
  select event_simpleName, count() n, quantilesTDigest(0.5, 0.95)(toUInt32OrNull(RawProcessId)) p, groupUniqArrayIf(100)(FileName, FileName != '') names
  from ` + chdbFields("", "event_simpleName", "RawProcessId", "FileName") + ` group by event_simpleName)`,
			columns: []column{{name: "#event_simpleName"}, {name: "_count"}, {name: "_50", tolerance: 0.03}, {name: "_95", tolerance: 0.03}, {name: "FileName", list: true}},
		},
	}
}
