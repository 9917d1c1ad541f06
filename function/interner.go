package function

import (
	"hash/maphash"
	"math"
	"strconv"
	"unsafe"

	"harrier/event"
)

// interner numbers texts. It keeps copies, so that a key does not hold on to the input it was cut from.
type interner struct {
	slots []uint64 // open addressing: the upper half of the hash, and the number plus one; 0 is free
	texts []string // by number
	dicts map[*event.Dict]*[]uint32
	arena []byte
	bytes int // about how much memory the texts take
}

// noValue is the number of a value that is absent.
const noValue = math.MaxUint32

func newInterner() *interner {
	return &interner{slots: make([]uint64, 16), dicts: map[*event.Dict]*[]uint32{}}
}

// hashSeed is the same for all interners, so that a hash that one has can be used in another.
var hashSeed = maphash.MakeSeed()

// id finds or adds a text, of which it keeps a copy.
func (t *interner) id(s string) uint32 { return t.hashed(s, maphash.String(hashSeed, s)) }

// find gives the number of a text that is there.
func (t *interner) find(s string) (uint32, bool) {
	h := maphash.String(hashSeed, s)
	mask := uint64(len(t.slots) - 1)
	for i := h & mask; t.slots[i] != 0; i = (i + 1) & mask {
		if v := t.slots[i]; v&^math.MaxUint32 == h>>32<<32 {
			if id := uint32(v) - 1; t.texts[id] == s {
				return id, true
			}
		}
	}
	return 0, false
}

// hashed is id for a text whose hash is known. The lower bits of the hash tell where to look first; the upper ones stand
// beside the number, so that a text is compared only when it is very likely the same.
func (t *interner) hashed(s string, h uint64) uint32 {
	mask := uint64(len(t.slots) - 1)
	tag := h >> 32 << 32
	i := h & mask
	for ; t.slots[i] != 0; i = (i + 1) & mask {
		if v := t.slots[i]; v&^math.MaxUint32 == tag {
			if id := uint32(v) - 1; t.texts[id] == s {
				return id
			}
		}
	}
	id := t.add(s)
	t.slots[i] = tag | uint64(id+1)
	if uint64(len(t.texts))*4 > 3*uint64(len(t.slots)) {
		t.rehash()
	}
	return id
}

// rehash doubles the slots.
func (t *interner) rehash() {
	t.slots = make([]uint64, 2*len(t.slots))
	mask := uint64(len(t.slots) - 1)
	for id, s := range t.texts {
		h := maphash.String(hashSeed, s)
		i := h & mask
		for t.slots[i] != 0 {
			i = (i + 1) & mask
		}
		t.slots[i] = h>>32<<32 | uint64(id+1)
	}
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
	t.texts = append(t.texts, s)
	t.bytes += len(s) + 40 // the text, its header, and its share of the slots
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
				out[r] = t.id(bytesAsText(text))
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

// bytesAsText lends bytes to a function that keeps a copy.
func bytesAsText(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }
