package function

import (
	"cmp"
	"strings"

	"harrier/diag"
	"harrier/event"
)

// rowOrder is a total order of rows: by some keys, and where these are equal by the place of the rows in the input.
type rowOrder struct {
	keys []sortKey
	// unknownFirst puts rows whose key has no value to compare by at the beginning instead of the end.
	unknownFirst bool
}

// sortKey is something to order by, mostly a field, and the direction.
type sortKey struct {
	// reader gives what reads the key from the rows of a batch.
	reader     func(b *event.Batch) sortReader
	descending bool
}

type sortReader func(row int) sortValue

// sortValue is what a row is compared by: first the rank, which no direction turns round, then number and text.
type sortValue struct {
	text   string
	number float64
	rank   uint8
}

// The ranks of values.
const (
	rankValue  = iota // what the key is made for
	rankOther         // a value of another kind
	rankAbsent        // no value
)

func (v sortValue) clone() sortValue {
	v.text = strings.Clone(v.text)
	return v
}

// readers gives for each key what reads it from the rows of a batch.
func (o *rowOrder) readers(b *event.Batch) []sortReader {
	out := make([]sortReader, len(o.keys))
	for i, k := range o.keys {
		out[i] = k.reader(b)
	}
	return out
}

func (o *rowOrder) compare(x []sortValue, at appearance, y []sortValue, there appearance) int {
	for i := range o.keys {
		p, q := &x[i], &y[i]
		if p.rank != q.rank {
			if (p.rank < q.rank) != o.unknownFirst {
				return -1
			}
			return 1
		}
		c := cmp.Compare(p.number, q.number)
		if c == 0 {
			c = cmp.Compare(p.text, q.text)
		}
		if c != 0 {
			if o.keys[i].descending {
				return -c
			}
			return c
		}
	}
	return cmp.Or(cmp.Compare(at.position, there.position), cmp.Compare(at.nth, there.nth))
}

// The ways of reading a value, by the name of the type of comparison.
var sortTypes = map[string]func(c *event.Column, row int) sortValue{
	"number": readNumber,
	"string": readString,
	"hex":    readHex,
	"any":    readAny,
}

func readNumber(c *event.Column, row int) sortValue {
	// A computed column may hold what is not a number; as a text it would not be one either.
	if f, ok := c.Number(row); ok && f-f == 0 {
		return sortValue{number: f}
	}
	if c.Present(row) {
		return sortValue{rank: rankOther}
	}
	return sortValue{rank: rankAbsent}
}

func readString(c *event.Column, row int) sortValue {
	if s, ok := c.Text(row); ok {
		return sortValue{text: s}
	}
	return sortValue{rank: rankAbsent}
}

// readHex compares hexadecimal numbers of any length: by how many digits they have, then digit by digit.
func readHex(c *event.Column, row int) sortValue {
	s, ok := c.Text(row)
	if !ok {
		return sortValue{rank: rankAbsent}
	}
	digits := s
	if len(digits) > 1 && digits[0] == '0' && digits[1]|0x20 == 'x' {
		digits = digits[2:]
	}
	if digits == "" || strings.Trim(digits, "0123456789abcdefABCDEF") != "" {
		return sortValue{rank: rankOther}
	}
	digits = strings.ToLower(strings.TrimLeft(digits, "0"))
	return sortValue{number: float64(len(digits)), text: digits}
}

func readAny(c *event.Column, row int) sortValue {
	v := readNumber(c, row)
	if v.rank == rankOther {
		v.text, _ = c.Text(row)
	}
	return v
}

// readColumn reads a key from a column; nil stands for one without values.
func readColumn(c *event.Column, read func(c *event.Column, row int) sortValue) sortReader {
	if c == nil || c.Kind() == event.Missing {
		return func(int) sortValue { return sortValue{rank: rankAbsent} }
	}
	if _, ok := c.ConstantText(); ok && c.Len() > 0 {
		v := read(c, 0)
		return func(int) sortValue { return v }
	}
	return func(row int) sortValue { return read(c, row) }
}

// sortOrder reads the arguments order, type and reverse, which sort() and table() share: one value for all fields, or
// as many as there are fields. column finds a field in a batch; nil when it is not there.
func sortOrder(c *Call, fields []string, column func(b *event.Batch, field string) *event.Column) (*rowOrder, diag.List) {
	var problems diag.List
	orders, bad := sortChoices(c, "order", []string{"asc", "desc"}, len(fields))
	problems = append(problems, bad...)
	types, bad := sortChoices(c, "type", []string{"number", "string", "hex", "any"}, len(fields))
	problems = append(problems, bad...)
	if problems.HasErrors() {
		return nil, problems
	}
	for _, t := range types {
		if t == "any" {
			d := diag.Warningf("deprecated-value", c.Place("type"), "type=any of %s() is deprecated and not in newer versions of LogScale: use number or string", c.Function.Name)
			problems = append(problems, d)
			break
		}
	}
	if c.Bool("reverse") {
		for i, o := range orders {
			if o == "asc" && c.Has("order") {
				return nil, c.Errorf("bad-value", "reverse", "reverse=true means order=desc, and order says asc")
			}
			orders[i] = "desc"
		}
	}
	o := &rowOrder{}
	for i, f := range fields {
		read := sortTypes[types[i]]
		o.keys = append(o.keys, sortKey{descending: orders[i] == "desc", reader: func(b *event.Batch) sortReader {
			return readColumn(column(b, f), read)
		}})
	}
	return o, problems
}

// sortChoices reads an argument that has one value for all of n fields or one for each.
func sortChoices(c *Call, name string, known []string, n int) ([]string, diag.List) {
	a := c.Arg(name)
	out := make([]string, n)
	if len(a.Texts) != 1 && len(a.Texts) != n {
		return nil, c.Errorf("bad-value", name, "%s of %s() has %d values for %d fields: give one for all, or one for each", name, c.Function.Name, len(a.Texts), n)
	}
	for i := range out {
		text := a.Texts[min(i, len(a.Texts)-1)]
		switch at := indexFold(known, text); {
		case at >= 0:
			out[i] = known[at]
		case c.Env.Check && text == "*": // the value of a parameter is not known yet
			out[i] = known[0]
		default:
			return nil, c.Errorf("bad-value", name, "%s of %s() wants one of %s, and %q is none", name, c.Function.Name, strings.Join(known, ", "), text)
		}
	}
	return out, nil
}

// indexFold finds a text whatever its case.
func indexFold(texts []string, s string) int {
	for i, t := range texts {
		if strings.EqualFold(t, s) {
			return i
		}
	}
	return -1
}
