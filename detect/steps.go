package detect

import (
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"harrier"
	"harrier/cql"
	"harrier/event"
	"harrier/function"
)

// stepLength is how much of a step's text is shown.
const stepLength = 48

// steps tells how many rows each step of the query leaves of some telemetry, so
// that the author sees where the events of a missing alert were lost:
//
//	212 read -> #event_simpleName=DnsRequest 40 -> ... -> match(file="names.csv", ...) 0
//
// It runs the query up to its first step, up to its second and so on, rather than
// put counters into the plan: the steps that the author wrote are not the stages
// that run, which are moved and joined. Steps that change nothing become dots, and
// the last one told is the one that leaves nothing.
func (d *Detection) steps(ctx context.Context, src event.Source, o Options) string {
	opts := d.options(o)
	// A scheduled search may do what an alert may, and more, and it gives all events.
	opts.Context = function.Scheduled
	syntax, _ := cql.Parse(d.Query, opts.Dialect)
	left, ok := d.rows(ctx, "*", src, opts)
	if !ok {
		return ""
	}
	parts := []string{fmt.Sprintf("%d read", left)}
	dots := false
	for i, step := range syntax.Pipeline.Steps {
		n, ok := d.rows(ctx, d.Query[:step.Span().End], src, opts)
		last := i == len(syntax.Pipeline.Steps)-1 || ok && n == 0
		if !ok || n == left && !last {
			if !dots {
				parts = append(parts, "...")
			}
			dots = true
			continue
		}
		parts = append(parts, fmt.Sprintf("%s %d", oneLine(d.Query[step.Span().Start:step.Span().End]), n))
		left, dots = n, false
		if n == 0 {
			break
		}
	}
	return strings.Join(parts, " -> ")
}

// rows counts the rows of a query over all windows; false when it cannot be run,
// as a beginning of a query may be.
func (d *Detection) rows(ctx context.Context, text string, src event.Source, o *harrier.Options) (int, bool) {
	q, _ := harrier.Compile(text, o)
	if q == nil {
		return 0, false
	}
	run := harrier.RunOptions{Now: testNow}
	if q.Aggregates() {
		run.Window = d.window
	}
	n := 0
	for b, err := range q.Run(ctx, src, run) {
		if err != nil {
			return 0, false
		}
		n += b.Count()
	}
	return n, true
}

// oneLine shows the beginning of a step, without line breaks.
func oneLine(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	if utf8.RuneCountInString(text) > stepLength {
		text = string([]rune(text)[:stepLength-3]) + "..."
	}
	return text
}
