package falcon

import (
	"strings"

	"harrier/event"
	"harrier/internal/instant"
)

// lifting is a function over a dictionary; lifted is its results, by code, which
// grow with it.
type lifting struct {
	f    *function
	dict *event.Dict
}

type lifted struct {
	dict *event.Dict
	to   []uint32
}

// plain is the function of a field by itself: what is empty, or "-" as Windows
// and Zeek write it, is no value.
var plain = &function{f: func(s string) string { return s }}

func noValue(s string) bool { return s == "" || s == "-" }

// eval works out an expression for all rows of a batch.
func (v *View) eval(b *event.Batch, e *expr) *event.Column {
	if c := v.cols[e]; c != nil {
		return c
	}
	var out *event.Column
	for _, t := range e.terms {
		c := v.term(b, t)
		if c.Kind() == event.Missing {
			continue
		}
		if out == nil {
			out = c
		} else {
			out = coalesce(out, c)
		}
		if out.Kind() == event.Constant {
			break
		}
	}
	if out == nil {
		out = event.NewMissing(b.Len())
	}
	v.cols[e] = out
	return out
}

func (v *View) term(b *event.Batch, t term) *event.Column {
	switch {
	case t.join:
		return v.join(b, t.args)
	case t.call != nil:
		return v.lift(t.call, v.eval(b, t.args[0]))
	case t.names == nil:
		return event.NewConstant(b.Len(), t.constant)
	}
	var out *event.Column
	for _, name := range t.names {
		c := b.Column(name)
		if c == nil {
			continue
		}
		if c = v.lift(plain, c); c.Kind() == event.Missing {
			continue
		}
		if out == nil {
			out = c
		} else {
			out = coalesce(out, c)
		}
	}
	if out == nil {
		out = event.NewMissing(b.Len())
	}
	return out
}

// coalesce takes the values of b where a has none.
func coalesce(a, b *event.Column) *event.Column {
	full := true
	for r := range a.Len() {
		if !a.Present(r) {
			full = false
			break
		}
	}
	if full {
		return a
	}
	return textColumn(a.Len(), func(r int) (string, bool) {
		if s, ok := a.Text(r); ok {
			return s, true
		}
		return b.Text(r)
	})
}

// join puts the values of a row together, those that there are.
func (v *View) join(b *event.Batch, args []*expr) *event.Column {
	var cols []*event.Column
	for _, a := range args {
		if c := v.eval(b, a); c.Kind() != event.Missing {
			cols = append(cols, c)
		}
	}
	switch len(cols) {
	case 0:
		return event.NewMissing(b.Len())
	case 1:
		return cols[0]
	}
	return textColumn(b.Len(), func(r int) (string, bool) {
		var parts []string
		for _, c := range cols {
			if s, ok := c.Text(r); ok {
				parts = append(parts, s)
			}
		}
		return strings.Join(parts, joint), len(parts) > 0
	})
}

// textColumn makes a column of a value per row.
func textColumn(n int, value func(row int) (string, bool)) *event.Column {
	strs, valid, found := make([]string, n), event.NewBits(n), false
	for r := range n {
		if s, ok := value(r); ok && s != "" {
			strs[r] = s
			valid.Set(r)
			found = true
		}
	}
	if !found {
		return event.NewMissing(n)
	}
	return event.NewText(strs, valid)
}

// lift calls a function for each value of a column, once per distinct one where
// that is known.
func (v *View) lift(f *function, c *event.Column) *event.Column {
	if s, ok := c.ConstantText(); ok {
		if !noValue(s) {
			s = f.f(s)
		}
		if noValue(s) {
			return event.NewMissing(c.Len())
		}
		return event.NewConstant(c.Len(), s)
	}
	dict, codes := c.Codes()
	if dict == nil {
		return textColumn(c.Len(), func(r int) (string, bool) {
			s, ok := c.Text(r)
			if ok = ok && !noValue(s); ok {
				s = f.f(s)
			}
			return s, ok
		})
	}
	l := v.lifts[lifting{f, dict}]
	if l == nil {
		if v.lifts == nil {
			v.lifts = map[lifting]*lifted{}
		}
		l = &lifted{dict: event.NewDict()}
		v.lifts[lifting{f, dict}] = l
	}
	for code := len(l.to); code < dict.Len(); code++ {
		s, to := dict.Value(uint32(code)), uint32(event.NoCode)
		if !noValue(s) {
			if s = f.f(s); s != "" {
				to = l.dict.Code(s)
			}
		}
		l.to = append(l.to, to)
	}
	out, found := make([]uint32, len(codes)), false
	for r, code := range codes {
		if out[r] = event.NoCode; code != event.NoCode {
			out[r] = l.to[code]
		}
		found = found || out[r] != event.NoCode
	}
	if !found {
		return event.NewMissing(c.Len())
	}
	return event.NewCoded(l.dict, out)
}

// set gives a batch a Falcon field. Rows that are given no value keep the one that
// they had; the values that are replaced by others go to a field of their own.
func (v *View) set(b *event.Batch, name string, original *event.Column, gives []give) {
	if original != nil && name != "@timestamp" {
		v.keep(b, name, original, gives)
	}
	if name == "@timestamp" {
		if c := times(b, original, gives); c != nil {
			b.Set(name, c)
		}
		return
	}
	cols := []give{}
	if original != nil {
		cols = append(cols, give{rows: b.Selected(), col: original})
	}
	cols = append(cols, gives...)
	if out := v.codedUnion(b.Len(), name, cols); out != nil {
		b.Set(name, out)
		return
	}
	strs, valid := make([]string, b.Len()), event.NewBits(b.Len())
	for _, g := range cols {
		for _, r := range g.rows {
			if s, ok := g.col.Text(int(r)); ok {
				strs[r] = s
				valid.Set(int(r))
			}
		}
	}
	b.Set(name, event.NewText(strs, valid))
}

// coding is a dictionary whose values are given to a field.
type coding struct {
	name string
	dict *event.Dict
}

// codedUnion makes a dictionary column of columns for some rows each, later ones
// going first; nil when one of them is of another form.
func (v *View) codedUnion(n int, name string, cols []give) *event.Column {
	for _, g := range cols {
		if k := g.col.Kind(); k != event.Coded && k != event.Constant && k != event.Missing {
			return nil
		}
	}
	if v.dicts == nil {
		v.dicts, v.codes = map[string]*event.Dict{}, map[coding]*[]uint32{}
	}
	dict := v.dicts[name]
	if dict == nil || dict.Len() > 1<<16 {
		dict = event.NewDict()
		v.dicts[name] = dict
		for k := range v.codes {
			if k.name == name {
				delete(v.codes, k)
			}
		}
	}
	out := make([]uint32, n)
	for i := range out {
		out[i] = event.NoCode
	}
	for _, g := range cols {
		if s, ok := g.col.ConstantText(); ok {
			code := dict.Code(s)
			for _, r := range g.rows {
				out[r] = code
			}
			continue
		}
		from, codes := g.col.Codes()
		if from == nil {
			continue
		}
		to := v.codes[coding{name, from}]
		if to == nil {
			to = &[]uint32{}
			v.codes[coding{name, from}] = to
		}
		for code := len(*to); code < from.Len(); code++ {
			*to = append(*to, dict.Code(from.Value(uint32(code))))
		}
		for _, r := range g.rows {
			if code := codes[r]; code != event.NoCode {
				out[r] = (*to)[code]
			}
		}
	}
	return event.NewCoded(dict, out)
}

// keep gives the values that are replaced by others the name of their source.
func (v *View) keep(b *event.Batch, name string, original *event.Column, gives []give) {
	for _, g := range gives {
		under := g.source + "." + name
		if !v.wanted(under) {
			continue
		}
		kept := b.Column(under)
		c := textColumn(b.Len(), func(r int) (string, bool) {
			if kept == nil {
				return "", false
			}
			return kept.Text(r)
		})
		strs, valid, found := make([]string, b.Len()), event.NewBits(b.Len()), false
		for r := range b.Len() {
			if s, ok := c.Text(r); ok {
				strs[r] = s
				valid.Set(r)
			}
		}
		for _, r := range g.rows {
			was, had := original.Text(int(r))
			is, gets := g.col.Text(int(r))
			if had && gets && was != is {
				strs[r], found = was, true
				valid.Set(int(r))
			}
		}
		if found {
			b.Set(under, event.NewText(strs, valid))
		}
	}
}

// times makes the column of the time, in milliseconds.
func times(b *event.Batch, original *event.Column, gives []give) *event.Column {
	ints, valid, found := make([]int64, b.Len()), event.NewBits(b.Len()), false
	if original != nil {
		for r := range b.Len() {
			s, ok := original.Text(r)
			if !ok {
				continue
			}
			ms, ok := instant.Milliseconds(s)
			if !ok {
				return nil // a time that cannot be read stays for the user to see
			}
			ints[r] = ms
			valid.Set(r)
		}
	}
	for _, g := range gives {
		for _, r := range g.rows {
			if s, ok := g.col.Text(int(r)); ok {
				if ms, ok := instant.Milliseconds(s); ok {
					ints[r], found = ms, true
					valid.Set(int(r))
				}
			}
		}
	}
	if !found {
		return nil
	}
	return event.NewInteger(ints, valid)
}
