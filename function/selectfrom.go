package function

import (
	"slices"
	"strings"

	"harrier/diag"
	"harrier/event"
	"harrier/plan"
)

// selectFromParams are the parameters of selectFromMin() and selectFromMax().
func selectFromParams(what string) []Param {
	return []Param{
		{Name: "field", Kind: Field, Required: true, Doc: "The field whose " + what + " number is sought."},
		{Name: "include", Kind: Fields, Required: true, Doc: "The fields to give of that event."},
	}
}

// selectFromDoc says what the two have in common.
const selectFromDoc = "The result is one event with the fields of `include`, all of them from the same event; those that it lacks are absent. " +
	"There is no result when no event counts.\n\n" +
	"Events count in which `field` is a number and which have at least one of the other fields of `include`. The reference says the " +
	"latter only of an example with a single such field, where it makes the difference between the first value of a field and an event " +
	"that has none; with several fields this reading drops the fewest events."

// newSelectFrom makes selectFromMin() and selectFromMax(). better tells whether the first number is to be preferred.
func newSelectFrom(better func(f, g float64) bool, lastOfEqual bool) func(c *Call) (AggregatorFactory, diag.List) {
	return func(c *Call) (AggregatorFactory, diag.List) {
		field, include := c.Field("field"), distinct(c.Fields("include"))
		if len(include) == 0 {
			return nil, c.Errorf("missing-argument", "include", "%s() needs at least one field to give", c.Function.Name)
		}
		others := slices.DeleteFunc(slices.Clone(include), func(f string) bool { return f == field })
		return func(*plan.Runtime) plan.Aggregator {
			return &selectFrom{field: field, include: include, others: others, better: better, lastOfEqual: lastOfEqual}
		}, nil
	}
}

func includeOutputs(c *Call) []string { return distinct(c.Fields("include")) }

// selectFrom keeps fields of the event with the best number, per group.
type selectFrom struct {
	field       string
	include     []string
	others      []string // of include: those that are not field itself
	better      func(f, g float64) bool
	lastOfEqual bool // of events with the same number prefer the last one in the input, rather than the first

	best  []candidate // by group
	texts []textCell  // by group and field of include
	row   []int32     // by group: 1 + the row of the batch in hand that is the best, or 0
	taken []uint32    // groups that have such a row
	bytes int
}

// candidate is the best event of a group.
type candidate struct {
	has      bool
	number   float64
	position uint64
}

type textCell struct {
	text string
	has  bool
}

var _ plan.Aggregator = (*selectFrom)(nil)

func (a *selectFrom) Grow(groups int) {
	a.best, a.row = grow(a.best, groups), grow(a.row, groups)
	a.texts = grow(a.texts, groups*len(a.include))
}

// wins tells whether c is to take the place of what a group has. Rows made from one event share its position; they are
// met together, and their order decides.
func (a *selectFrom) wins(c, old candidate) bool {
	switch {
	case !old.has || a.better(c.number, old.number):
		return true
	case c.number != old.number:
		return false
	case a.lastOfEqual:
		return c.position >= old.position
	default:
		return c.position < old.position
	}
}

func (a *selectFrom) Add(b *event.Batch, group []uint32) error {
	numbers := b.Column(a.field)
	if numbers == nil {
		return nil
	}
	var others []*event.Column
	for _, f := range a.others {
		if c := b.Column(f); c != nil {
			others = append(others, c)
		}
	}
	if len(a.others) > 0 && len(others) == 0 {
		return nil
	}
	for _, r := range b.Selected() {
		v, ok := numbers.Number(int(r))
		if !ok || v-v != 0 {
			continue
		}
		g := group[r]
		c := candidate{true, v, b.Position(int(r))}
		if !a.wins(c, a.best[g]) || len(others) > 0 && !slices.ContainsFunc(others, func(c *event.Column) bool { return c.Present(int(r)) }) {
			continue
		}
		a.best[g] = c
		if a.row[g] == 0 {
			a.taken = append(a.taken, g)
		}
		a.row[g] = r + 1
	}
	// Texts are copied once per batch and group, whatever the order in which the rows came.
	for _, g := range a.taken {
		for i, f := range a.include {
			s, ok := b.Text(f, int(a.row[g]-1))
			a.set(g, i, textCell{s, ok})
		}
		a.row[g] = 0
	}
	a.taken = a.taken[:0]
	return nil
}

// set copies the text, so that it does not hold on to the input it was cut from.
func (a *selectFrom) set(g uint32, i int, c textCell) {
	old := &a.texts[int(g)*len(a.include)+i]
	if c.text != old.text {
		a.bytes += len(c.text) - len(old.text)
		old.text = strings.Clone(c.text)
	}
	old.has = c.has
}

func (a *selectFrom) Merge(other plan.Aggregator, group []uint32) error {
	o := other.(*selectFrom)
	for g, c := range o.best {
		if to := group[g]; c.has && a.wins(c, a.best[to]) {
			a.best[to] = c
			for i := range a.include {
				a.set(to, i, o.texts[g*len(a.include)+i])
			}
		}
	}
	return nil
}

func (a *selectFrom) Result(group uint32, w *event.Builder) error {
	if !a.best[group].has {
		return nil
	}
	for i, f := range a.include {
		if c := a.texts[int(group)*len(a.include)+i]; c.has {
			w.AddText(f, c.text)
		}
	}
	return nil
}

func (a *selectFrom) Bytes() int { return a.bytes + 28*cap(a.best) + 24*cap(a.texts) }
