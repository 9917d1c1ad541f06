package function

import (
	"slices"
	"strconv"
	"strings"

	"harrier/diag"
	"harrier/event"
	"harrier/internal/fold"
	"harrier/internal/glob"
	"harrier/plan"
)

var inFunc = &Function{
	Name:     "in",
	Category: "comparison",
	Summary:  "Keeps events in which the value of a field is one of a list.",
	Doc: "Each value of the list is a pattern as on the right side of `field = value`: it covers the whole value of the field, `*` stands for any run of " +
		"characters, quoted or not, and case counts unless `ignoreCase=true`. The comparison is one of text, so that `200` is not `200.0`.\n\n" +
		"An event without the field is not kept, and so is kept by `!in(...)`; `*` in the list keeps every event that has the field. An empty list keeps " +
		"no event. The length of the list hardly matters as long as its values have no asterisks.",
	Unnamed: "field",
	Params: []Param{
		{Name: "field", Kind: Field, Required: true, Doc: "The field to compare."},
		{Name: "values", Kind: Texts, Required: true, Doc: "The values, each of which may have asterisks."},
		{Name: "ignoreCase", Kind: Bool, Default: "false", Doc: "Takes upper and lower case as equal."},
	},
	Examples: []Example{{
		Query: `in(method, values=[PUT, "PATCH"])`,
		In:    "{\"method\":\"PUT\"}\n{\"method\":\"PUTS\"}\n{\"method\":\"patch\"}\n{\"other\":\"PUT\"}",
		Out:   `{"method":"PUT"}`,
	}, {
		Doc:   "Asterisks, and case ignored.",
		Query: `in(image, values=["*\\rundll32.exe", "mshta*"], ignoreCase=true)`,
		In:    "{\"image\":\"C:\\\\Windows\\\\RunDLL32.exe\"}\n{\"image\":\"MSHTA.EXE\"}\n{\"image\":\"rundll32.exe.bak\"}",
		Out:   "{\"image\":\"C:\\\\Windows\\\\RunDLL32.exe\"}\n{\"image\":\"MSHTA.EXE\"}",
	}, {
		Doc:   "The opposite keeps events without the field.",
		Query: `level =~ !in(values=[info, debug])`,
		In:    "{\"level\":\"info\"}\n{\"level\":\"fatal\"}\n{\"text\":\"no level\"}",
		Out:   "{\"level\":\"fatal\"}\n{\"text\":\"no level\"}",
	}},
	NewPred: func(c *Call) (plan.Pred, diag.List) {
		return oneOf(c.Field("field"), c.Texts("values"), c.Bool("ignoreCase")), nil
	},
}

// oneOf is the condition that the value of a field fits one of some patterns.
func oneOf(field string, values []string, ignoreCase bool) plan.Pred {
	if len(values) == 0 {
		return plan.Always(false)
	}
	m := &valueList{plain: map[string]struct{}{}, fold: ignoreCase}
	var needles event.Clause
	searchable := true
	for _, v := range values {
		g := glob.Compile(v, glob.Options{IgnoreCase: ignoreCase})
		switch {
		case g.MatchesAll():
			return &plan.Has{Field: field}
		case strings.Contains(v, "*"):
			m.patterns = append(m.patterns, g)
		default:
			m.plain[m.key(v)] = struct{}{}
		}
		n, ok := globNeedle(field, g)
		needles.Any = append(needles.Any, n)
		searchable = searchable && ok
	}
	p := &limitedTest{Test: &plan.Test{Field: field, Match: noError(m.has), Shown: "in " + shownValues(values)}}
	if searchable {
		p.where.Clauses = []event.Clause{needles}
	}
	return p
}

// valueList is a set of values and patterns.
type valueList struct {
	plain    map[string]struct{} // values without asterisks, in folded form when case is ignored
	patterns []*glob.Pattern
	fold     bool
}

func (m *valueList) key(s string) string {
	if m.fold {
		return fold.String(s)
	}
	return s
}

func (m *valueList) has(s string) bool {
	if _, ok := m.plain[m.key(s)]; ok {
		return true
	}
	return slices.ContainsFunc(m.patterns, func(g *glob.Pattern) bool { return g.Match(s) })
}

// shownValues is a list for `explain`, the first few of a long one.
func shownValues(values []string) string {
	const most = 8
	var b strings.Builder
	b.WriteByte('[')
	for i, v := range values {
		if i > 0 {
			b.WriteString(", ")
		}
		if i == most {
			b.WriteString("... " + strconv.Itoa(len(values)-most) + " more")
			break
		}
		b.WriteString(strconv.Quote(v))
	}
	b.WriteByte(']')
	return b.String()
}
