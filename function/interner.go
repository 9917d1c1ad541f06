package function

import (
	"math"
	"strconv"
	"unsafe"

	"harrier/event"
)

// interner numbers texts. It keeps copies, so that a key does not hold on to the input it was cut from.
type interner struct {
	ids   map[string]uint32
	texts []string // by number
	dicts map[*event.Dict]*[]uint32
	arena []byte
	bytes int // about how much memory the texts take
}

// noValue is the number of a value that is absent.
const noValue = math.MaxUint32

func newInterner() *interner {
	return &interner{ids: map[string]uint32{}, dicts: map[*event.Dict]*[]uint32{}}
}

// id finds or adds a text.
func (t *interner) id(s string) uint32 {
	if id, ok := t.ids[s]; ok {
		return id
	}
	return t.add(s)
}

func (t *interner) add(s string) uint32 {
	if s != "" {
		if cap(t.arena)-len(t.arena) < len(s) {
			t.arena = make([]byte, 0, max(len(s), min(64<<10, 256+len(t.texts)*8)))
		}
		at := len(t.arena)
		t.arena = append(t.arena, s...)
		s = unsafe.String(&t.arena[at], len(s))
	}
	id := uint32(len(t.texts))
	t.ids[s] = id
	t.texts = append(t.texts, s)
	t.bytes += len(s) + 64 // the text, its header twice, and a place in the map
	return id
}

// column gives the numbers of the values in some rows of a column, nil standing for one without values.
func (t *interner) column(c *event.Column, rows []int32, out []uint32) {
	if c == nil {
		for _, r := range rows {
			out[r] = noValue
		}
		return
	}
	if s, ok := c.ConstantText(); ok {
		id := t.id(s)
		for _, r := range rows {
			out[r] = id
		}
		return
	}
	if d, codes := c.Codes(); d != nil {
		t.coded(d, codes, rows, out)
		return
	}
	if ints, valid := c.Integers(); ints != nil {
		var buf [20]byte
		for i, r := range rows {
			switch {
			case valid != nil && !valid.Get(int(r)):
				out[r] = noValue
			case i > 0 && ints[r] == ints[rows[i-1]] && out[rows[i-1]] != noValue:
				out[r] = out[rows[i-1]] // times rounded to the hour repeat themselves
			default:
				text := strconv.AppendInt(buf[:0], ints[r], 10)
				id, ok := t.ids[string(text)]
				if !ok {
					id = t.add(string(text))
				}
				out[r] = id
			}
		}
		return
	}
	for _, r := range rows {
		if s, ok := c.Text(int(r)); ok {
			out[r] = t.id(s)
		} else {
			out[r] = noValue
		}
	}
}

// coded looks at each entry of a dictionary once.
func (t *interner) coded(d *event.Dict, codes []uint32, rows []int32, out []uint32) {
	known := t.dicts[d]
	if known == nil {
		if len(t.dicts) > 64 {
			clear(t.dicts)
		}
		known = new([]uint32)
		t.dicts[d] = known
	}
	if d.Len() > len(*known) {
		*known = grow(*known, d.Len())
	}
	for _, r := range rows {
		code := codes[r]
		if code == event.NoCode {
			out[r] = noValue
			continue
		}
		if (*known)[code] == 0 {
			(*known)[code] = t.id(d.Value(code)) + 1
		}
		out[r] = (*known)[code] - 1
	}
}
