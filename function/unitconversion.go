package function

import (
	"fmt"
	"strings"
	"time"

	"harrier/event"
	"harrier/internal/num"
	"harrier/plan"
)

// unitConversion is the argument `unit` of bucket() and timeChart(): "bytes/span to Kbytes/day". It multiplies by a
// factor that may depend on the length of a bucket.
type unitConversion struct{ from, to unitRate }

// unitRate is one side of a conversion: an amount per time.
type unitRate struct {
	amount float64 // 1024 of "Kibytes"
	name   string  // "bytes"; "" when none is given
	isRate bool
	span   bool    // per bucket
	times  float64 // 5 of "/5min", or of "/5span"
	per    time.Duration
}

// factor is what to multiply by when a bucket has the given length.
func (u *unitConversion) factor(span time.Duration) float64 {
	f := u.from.amount / u.to.amount
	// Without a time on the left the value is an amount per bucket; without one on the right it stays one.
	from, to := u.from.length(span), u.to.length(span)
	return f * (to / from)
}

func (r unitRate) length(span time.Duration) float64 {
	if !r.isRate {
		return float64(span)
	}
	if r.span {
		return r.times * float64(span)
	}
	return r.times * float64(r.per)
}

// parseUnitConversion reads "FROM to TO".
func parseUnitConversion(s string) (*unitConversion, error) {
	words := strings.Fields(s)
	at := -1
	for i, w := range words {
		if strings.EqualFold(w, "to") {
			if at >= 0 {
				return nil, fmt.Errorf("%q has the word `to` twice", s)
			}
			at = i
		}
	}
	if at < 0 {
		return nil, fmt.Errorf("%q is no unit conversion such as \"bytes/span to Kbytes/day\"", s)
	}
	var u unitConversion
	var err error
	if u.from, err = parseUnitRate(strings.Join(words[:at], " ")); err != nil {
		return nil, err
	}
	if u.to, err = parseUnitRate(strings.Join(words[at+1:], " ")); err != nil {
		return nil, err
	}
	if u.from.isRate && !u.to.isRate {
		return nil, fmt.Errorf("%q starts from a rate and so must lead to one, such as \"/hour\"", s)
	}
	if u.from.name != "" && u.to.name != "" && !strings.EqualFold(u.from.name, u.to.name) {
		return nil, fmt.Errorf("%s cannot be converted to %s", u.from.name, u.to.name)
	}
	return &u, nil
}

var unitPrefixes = map[byte][2]float64{ // 1000-based, and 1024-based with an i
	'K': {1e3, 1 << 10}, 'M': {1e6, 1 << 20}, 'G': {1e9, 1 << 30}, 'T': {1e12, 1 << 40}, 'P': {1e15, 1 << 50},
}

// parseUnitRate reads an amount and, behind a slash, a time.
func parseUnitRate(s string) (unitRate, error) {
	amount, per, isRate := strings.Cut(s, "/")
	r := unitRate{amount: 1, times: 1, isRate: isRate}
	if strings.TrimSpace(s) == "" {
		return r, fmt.Errorf("a unit conversion needs a unit or a rate on both sides of `to`")
	}
	n, rest, err := leadingNumber(strings.TrimSpace(amount))
	if err != nil {
		return r, err
	}
	r.amount = n
	if rest != "" {
		if p, ok := unitPrefixes[rest[0]]; ok {
			if len(rest) > 1 && rest[1] == 'i' {
				r.amount, rest = r.amount*p[1], rest[2:]
			} else {
				r.amount, rest = r.amount*p[0], rest[1:]
			}
		}
	}
	r.name = strings.TrimSpace(rest)
	if !isRate {
		return r, nil
	}
	if r.times, rest, err = leadingNumber(strings.TrimSpace(per)); err != nil {
		return r, err
	}
	switch unit := strings.ToLower(strings.TrimSpace(rest)); unit {
	case "span", "bucket":
		r.span = true
	default:
		if r.per = timeUnit(unit); r.per == 0 {
			return r, fmt.Errorf("%q is not a time that a rate can have: those are ms, s, m, h, d, span and bucket", rest)
		}
	}
	return r, nil
}

// leadingNumber cuts a positive number off the start of s; 1 when there is none.
func leadingNumber(s string) (float64, string, error) {
	i := 0
	for i < len(s) && (s[i] >= '0' && s[i] <= '9' || s[i] == '.') {
		i++
	}
	if i == 0 {
		return 1, s, nil
	}
	f, ok := num.Parse(s[:i])
	if !ok || f == 0 {
		return 0, "", fmt.Errorf("%q is not an amount to convert by", s[:i])
	}
	return f, strings.TrimSpace(s[i:]), nil
}

// timeUnit reads a beginning of the name of a unit of time; 0 when it is none. "m" and "mi" are minutes.
func timeUnit(s string) time.Duration {
	if s == "" {
		return 0
	}
	if s == "ms" {
		return time.Millisecond
	}
	for _, u := range []struct {
		name   string
		length time.Duration
	}{
		{"seconds", time.Second}, {"minutes", time.Minute}, {"hours", time.Hour}, {"days", 24 * time.Hour}, {"milliseconds", time.Millisecond},
	} {
		if strings.HasPrefix(u.name, s) {
			return u.length
		}
	}
	return 0
}

// converted is an aggregator whose numbers are converted when its result is asked for. The length of a bucket is known
// only then.
type converted struct {
	plan.Aggregator
	unit *unitConversion
	span *time.Duration
	rows bool
}

// convertedRows is a converted RowAggregator.
type convertedRows struct{ converted }

var _ plan.RowAggregator = convertedRows{}

func (convertedRows) GivesRows() {}

func (a convertedRows) Merge(other plan.Aggregator, group []uint32) error {
	return a.Aggregator.Merge(other.(convertedRows).Aggregator, group)
}

func (a converted) Merge(other plan.Aggregator, group []uint32) error {
	return a.Aggregator.Merge(other.(converted).Aggregator, group)
}

func (a converted) Result(group uint32, w *event.Builder) error {
	b, err := resultRows(a.Aggregator, group)
	if b == nil || err != nil {
		return err
	}
	factor := a.unit.factor(*a.span)
	for _, r := range b.Selected() {
		for i, name := range b.Names() {
			if event.Hidden(name) {
				continue
			}
			c := b.Columns()[i]
			if f, ok := c.Number(int(r)); ok {
				addNumber(w, name, f*factor)
			} else {
				w.AddFrom(name, c, int(r))
			}
		}
		if a.rows {
			w.EndRow()
		}
	}
	return nil
}

// convert gives a copy of an aggregate whose results are converted.
func convert(agg *Agg, unit *unitConversion, span *time.Duration) *Agg {
	if unit == nil {
		return agg
	}
	out := *agg
	out.New = func(rt *plan.Runtime) plan.Aggregator {
		c := converted{Aggregator: agg.New(rt), unit: unit, span: span, rows: agg.Rows}
		if agg.Rows {
			return convertedRows{c}
		}
		return c
	}
	return &out
}
