package function

import (
	"strings"
	"time"

	"harrier/diag"
	"harrier/internal/reltime"
)

var setTimeIntervalFunc = &Function{
	Name:     "setTimeInterval",
	Category: "time",
	Summary:  "Sets the interval of the search, whatever the one given to the run is.",
	Doc: "It stands once, before everything else, defineTable() included; subqueries of tables and joins have intervals of their own. Only events " +
		"whose `@timestamp` is at or after `start` and before `end` are searched, so events without a time are in no interval.\n\n" +
		"A point in time is `now`, a length of time before now (`7d`), one of these moved back to the start of a unit and then by offsets (`1d@d+12h` is " +
		"noon of yesterday), one with months and days of the calendar (`\"calendar: 2months\"`), a number of milliseconds since 1970, or a date with or " +
		"without a time of day (`2024-05-01T08:00:00+02:00`), which LogScale does not take.\n\n" +
		"In a live query `start` is a plain length of time and `end` is now. Alerts, scheduled searches and parsers have intervals that a query cannot set.",
	Unnamed: "start",
	Params: []Param{
		{Name: "start", Kind: Text, Required: true, Doc: "The first moment of the search."},
		{Name: "end", Kind: Text, Default: "now", Doc: "The moment before which the search ends."},
		{Name: "timezone", Kind: Text, Doc: "The zone that days and other units start in, and that dates are in: a name such as `Europe/Copenhagen`, an " +
			"abbreviation, or an offset. UTC when not given."},
	},
	Where:    Search | Live,
	Preamble: true,
	Examples: []Example{{
		Query: `setTimeInterval(start=1700000000000, end=1700000060000) | count()`,
		In:    "{\"@timestamp\":\"1699999999999\"}\n{\"@timestamp\":\"1700000000000\"}\n{\"@timestamp\":\"1700000059999\"}\n{\"@timestamp\":\"1700000060000\"}",
		Out:   `{"_count":"2"}`,
	}, {
		Doc:   "A day of another zone.",
		Query: `setTimeInterval(start="2024-03-10", end="2024-03-11", timezone="America/New_York") | hours := (end() - start()) / 3600000`,
		In:    `{"@timestamp":"1710050400000"}`,
		Out:   `{"@timestamp":"1710050400000","hours":"23"}`,
	}, {
		Doc:   "The last 7 days.",
		Query: `setTimeInterval(7d) | count()`,
		In:    `{"@timestamp":"1700000000000"}`,
		Out:   `{"_count":"0"}`,
	}},
	Lower: lowerTimeInterval,
}

func lowerTimeInterval(c *Call, p *Pipeline) diag.List {
	switch {
	case p.Subquery:
		return c.Errorf("preamble-order", "", "setTimeInterval() must stand at the beginning of the query itself; a subquery has start and end for its interval")
	case p.Plan.Interval != nil:
		return c.Errorf("preamble-order", "", "setTimeInterval() stands only once in a query")
	case len(p.Plan.Subs) > 0:
		return c.Errorf("preamble-order", "", "setTimeInterval() must stand before defineTable()")
	}
	loc, problems := c.Zone("timezone")
	if len(problems) > 0 {
		return problems
	}
	now := c.Env.Now
	if now.IsZero() {
		now = time.Now()
	}
	// A point that cannot be reckoned from a later now, which takes thousands of years, is the one that was checked.
	point := func(name string) func(now time.Time) time.Time {
		if c.unknown(name) {
			return func(time.Time) time.Time { return time.Time{} }
		}
		text := c.Text(name)
		checked, err := reltime.ParsePoint(text, now, loc)
		if err != nil {
			problems = append(problems, c.Errorf("bad-value", name, "%s", err)...)
		}
		return func(now time.Time) time.Time {
			if t, err := reltime.ParsePoint(text, now, loc); err == nil {
				return t
			}
			return checked
		}
	}
	start, end := point("start"), point("end")
	if len(problems) > 0 {
		return problems
	}
	if c.Env.Context == Live {
		if text := strings.TrimSpace(c.Text("end")); !strings.EqualFold(text, "now") && !c.unknown("end") {
			return c.Errorf("bad-value", "end", "the interval of a live query ends now, and not at %s", text)
		}
		if _, err := reltime.ParseDuration(c.Text("start")); !c.unknown("start") && (err != nil || isWhole(c.Text("start"))) {
			return c.Errorf("bad-value", "start", "the interval of a live query starts a length of time before now, such as 1h")
		}
	}
	p.Plan.Interval = func(now time.Time) (time.Time, time.Time) { return start(now), end(now) }
	if s, e := start(now), end(now); !s.IsZero() && !e.IsZero() && !s.Before(e) {
		return diag.List{diag.Warningf("empty-interval", c.At, "the interval is empty: it starts at %s and ends at %s",
			s.UTC().Format(time.RFC3339), e.UTC().Format(time.RFC3339))}
	}
	return nil
}

// isWhole tells a bare number, which counts from 1970, from a length of time.
func isWhole(s string) bool { return strings.Trim(strings.TrimSpace(s), "0123456789") == "" }
