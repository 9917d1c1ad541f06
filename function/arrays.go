package function

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"harrier/diag"
	"harrier/event"
)

// An array is the fields name[0], name[1], ...: functions see those up to the first that is absent in an event. An
// element may be a text, or an object or array of its own, whose fields have names such as name[0].user and name[0][1].

// arrayName reads an ArrayName argument: the name of the array without the brackets behind it and without the backticks
// round its members.
func (c *Call) arrayName(param string) (string, diag.List) {
	if c.unknown(param) || !c.Has(param) {
		return c.Text(param), nil
	}
	name, err := parseArrayName(c.Text(param))
	if err != nil {
		return "", c.Errorf("bad-value", param, "%s", err)
	}
	return name, nil
}

func parseArrayName(s string) (string, error) {
	bad := func(why string) (string, error) {
		return "", fmt.Errorf("%q is not the name of an array such as ips[] or user.ips[]: %s", s, why)
	}
	rest := strings.TrimSuffix(s, "[]")
	if rest == "" {
		return bad("it is empty")
	}
	var name strings.Builder
	for rest != "" {
		switch rest[0] {
		case '`':
			member, after, closed := strings.Cut(rest[1:], "`")
			if !closed || member == "" {
				return bad("a backtick stands alone")
			}
			name.WriteString(member)
			rest = after
		case '[', ']':
			_, after, ok := cutIndex(rest)
			if !ok || name.Len() == 0 {
				return bad("within the name brackets hold a number")
			}
			name.WriteString(rest[:len(rest)-len(after)])
			rest = after
		default:
			n := strings.IndexAny(rest, "`[]")
			if n < 0 {
				n = len(rest)
			}
			name.WriteString(rest[:n])
			rest = rest[n:]
		}
	}
	return name.String(), nil
}

// cutIndex reads "[12]" at the start of a text.
func cutIndex(s string) (index int, rest string, ok bool) {
	if len(s) < 3 || s[0] != '[' {
		return 0, s, false
	}
	digits, rest, closed := strings.Cut(s[1:], "]")
	if !closed || len(digits) > 9 || strings.Trim(digits, "0123456789") != "" || digits == "" || len(digits) > 1 && digits[0] == '0' {
		return 0, s, false
	}
	index, _ = strconv.Atoi(digits)
	return index, rest, true
}

// cutElement splits the name of a field of an element of an array into the element's index and what follows it: "" for
// a plain element, otherwise something like ".user" or "[1]".
func cutElement(field, array string) (index int, member string, ok bool) {
	if !strings.HasPrefix(field, array) || len(field) == len(array) {
		return 0, "", false
	}
	index, member, ok = cutIndex(field[len(array):])
	return index, member, ok && (member == "" || member[0] == '.' || member[0] == '[')
}

func elementName(array string, index int, member string) string {
	return array + "[" + strconv.Itoa(index) + "]" + member
}

// arrayView is an array in the columns of a batch.
type arrayView struct {
	members  []string          // what follows the index in names, in order of the batch
	elements [][]*event.Column // by index and member; nil where there is no such field
	lengths  []int32           // by row: how many elements there are; only of selected rows
}

// viewArray finds an array in a batch; nil when no selected row has an element of it.
func viewArray(b *event.Batch, array string) *arrayView {
	type field struct {
		member int
		column *event.Column
	}
	v := &arrayView{}
	known := map[string]int{}
	fields := map[int][]field{}
	for i, name := range b.Names() {
		index, member, ok := cutElement(name, array)
		if !ok {
			continue
		}
		m, ok := known[member]
		if !ok {
			m = len(v.members)
			known[member] = m
			v.members = append(v.members, member)
		}
		fields[index] = append(fields[index], field{m, b.Columns()[i]})
	}
	for i := 0; len(fields[i]) > 0; i++ {
		columns := make([]*event.Column, len(v.members))
		for _, f := range fields[i] {
			columns[f.member] = f.column
		}
		v.elements = append(v.elements, columns)
	}
	v.lengths = make([]int32, b.Len())
	rows := slices.Clone(b.Selected())
	for i, columns := range v.elements {
		left := rows[:0]
		for _, r := range rows {
			if slices.ContainsFunc(columns, func(c *event.Column) bool { return c != nil && c.Present(int(r)) }) {
				v.lengths[r] = int32(i) + 1
				left = append(left, r)
			}
		}
		if rows = left; len(rows) == 0 {
			if i == 0 {
				return nil
			}
			break
		}
	}
	if len(v.elements) == 0 {
		return nil
	}
	return v
}

// text is the value of one field of an element.
func (v *arrayView) text(row, index, member int) (string, bool) {
	c := v.elements[index][member]
	if c == nil {
		return "", false
	}
	return c.Text(row)
}

// setArray gives the rows of a set an array of at most length elements in place of the one of that name that they may
// have, all of it, so that nothing of a longer one is left behind. Other rows keep theirs.
func setArray(b *event.Batch, array string, rows event.Bits, length int, members []string, value func(row, index, member int) (string, bool)) {
	old := map[string]*event.Column{}
	for i, name := range b.Names() {
		if _, _, ok := cutElement(name, array); ok {
			old[name] = b.Columns()[i]
		}
	}
	set := func(name string, value func(row int) (string, bool)) {
		strs, valid, any := make([]string, b.Len()), event.NewBits(b.Len()), false
		before := old[name]
		for _, r := range b.Selected() {
			row := int(r)
			var s string
			var ok bool
			if rows.Get(row) {
				s, ok = value(row)
			} else if before != nil {
				s, ok = before.Text(row)
			}
			if ok {
				strs[row] = s
				valid.Set(row)
				any = true
			}
		}
		if any {
			b.Set(name, event.NewText(strs, valid))
		} else {
			b.Drop(name)
		}
		delete(old, name)
	}
	for i := range length {
		for m, member := range members {
			set(elementName(array, i, member), func(row int) (string, bool) { return value(row, i, m) })
		}
	}
	for name := range old {
		set(name, func(int) (string, bool) { return "", false })
	}
}
