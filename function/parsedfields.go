package function

import (
	"fmt"

	"harrier/event"
	"harrier/plan"
)

// rawstringField holds the text of an event as it came.
const rawstringField = "@rawstring"

// parsedField is a field that was read from a text.
type parsedField struct{ name, value string }

// fieldParser is a mapper that reads fields whose names only the text tells. A text that cannot be read adds nothing but
// the error fields.
type fieldParser struct {
	name      string   // of the function
	from      []string // the fields with the texts
	parse     func(text string) ([]parsedField, error)
	keep      bool // fields that the event has already are left alone
	keepFirst bool // of the values of a repeated name the first counts, instead of the last
}

var _ plan.Mapper = (*fieldParser)(nil)

// factory gives the parser to every worker, since it keeps nothing.
func (p *fieldParser) factory() MapperFactory {
	return func(*plan.Runtime) plan.Mapper { return p }
}

// Map implements plan.Mapper.
func (p *fieldParser) Map(b *event.Batch) error {
	p.read(b).mark(b)
	return nil
}

// read adds the fields, and tells which rows could not be read.
func (p *fieldParser) read(b *event.Batch) failures {
	to := &parsedFields{parser: p, b: b, index: map[string]int{}}
	var failed failures
	for _, name := range p.from {
		c := b.Column(name)
		if c == nil {
			continue
		}
		parse := p.reader(c)
		for _, r := range b.Selected() {
			fields, err := parse(int(r))
			if err != nil {
				failed = failed.add(int(r), fmt.Errorf("%s: %w", p.name, err))
				continue
			}
			for _, f := range fields {
				to.put(int(r), f)
			}
		}
	}
	for _, f := range to.fields {
		SetColumn(b, f.name, event.NewText(f.texts, f.valid))
	}
	return failed
}

// parsedText is what was read from a text.
type parsedText struct {
	fields []parsedField
	err    error
}

// reader gives the function that reads a row of a column, each distinct text once where the column tells them.
func (p *fieldParser) reader(c *event.Column) func(row int) ([]parsedField, error) {
	if s, ok := c.ConstantText(); ok {
		fields, err := p.parse(s)
		return func(int) ([]parsedField, error) { return fields, err }
	}
	if d, codes := c.Codes(); d != nil {
		// Kept for the batch only: texts to be parsed are long, and few come again much later.
		known := map[uint32]*parsedText{}
		return func(row int) ([]parsedField, error) {
			code := codes[row]
			if code == event.NoCode {
				return nil, nil
			}
			t := known[code]
			if t == nil {
				t = &parsedText{}
				t.fields, t.err = p.parse(d.Value(code))
				known[code] = t
			}
			return t.fields, t.err
		}
	}
	return func(row int) ([]parsedField, error) {
		s, ok := c.Text(row)
		if !ok {
			return nil, nil
		}
		return p.parse(s)
	}
}

// parsedFields are the fields read for a batch, in the order in which they were first met.
type parsedFields struct {
	parser *fieldParser
	b      *event.Batch
	index  map[string]int
	fields []*parsedColumn
}

type parsedColumn struct {
	name  string
	old   *event.Column // nil when there is none, or it does not matter
	texts []string
	valid event.Bits
}

func (p *parsedFields) put(row int, f parsedField) {
	if f.name == "" || event.Hidden(f.name) { // a text must not reach the engine's own fields
		return
	}
	i, ok := p.index[f.name]
	if !ok {
		c := &parsedColumn{name: f.name, texts: make([]string, p.b.Len()), valid: event.NewBits(p.b.Len())}
		if p.parser.keep {
			c.old = p.b.Column(f.name)
		}
		i = len(p.fields)
		p.index[f.name] = i
		p.fields = append(p.fields, c)
	}
	c := p.fields[i]
	if c.old != nil && c.old.Present(row) || p.parser.keepFirst && c.valid.Get(row) {
		return
	}
	c.texts[row] = f.value
	c.valid.Set(row)
}

// parsedEffect is the effect of a fieldParser: names come from data.
func parsedEffect(c *Call) plan.Effect {
	e := c.DefaultEffect()
	e.WritesUnknown = true
	return e
}
