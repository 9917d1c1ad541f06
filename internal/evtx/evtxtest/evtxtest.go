// Package evtxtest writes event logs of Windows for tests: as much of the format
// as the tests of readers need, and whatever is to be wrong with it. Package evtx
// describes the format.
package evtxtest

import (
	"encoding/binary"
	"hash/crc32"
	"unicode/utf16"
)

// Element is an element of the XML of an event. Its parts are attributes, elements,
// texts and gaps.
type Element struct {
	Name  string
	Parts []any
}

// E makes an element.
func E(name string, parts ...any) Element { return Element{name, parts} }

// Attribute is an attribute; its parts are texts and gaps.
type Attribute struct {
	Name  string
	Parts []any
}

// A makes an attribute.
func A(name string, parts ...any) Attribute { return Attribute{name, parts} }

// Gap is a place in a template for the value with a number.
type Gap struct {
	N        int
	Type     byte
	Optional bool
}

// G makes a gap.
func G(n int, typ byte) Gap { return Gap{n, typ, false} }

// O makes a gap without whose value the element or attribute is not there.
func O(n int, typ byte) Gap { return Gap{n, typ, true} }

// Entity is a reference to a character by its name.
type Entity string

// CharRef is a reference to a character by its number.
type CharRef uint16

// CDATA is text that is written as a section of its own.
type CDATA string

// Token is a byte that has no business where it stands.
type Token byte

// V is a value for a gap; one of a nested fragment has the fragment instead.
type V struct {
	Type byte
	Data []byte
	XML  any // Instance or Element
}

// Instance is a template with its values. A template is known by its address.
type Instance struct {
	Template *Element
	Values   []V
}

// Of makes an instance.
func Of(template *Element, values ...V) Instance { return Instance{template, values} }

// Bytes is a value of a type as it stands in the log.
func Bytes(typ byte, data []byte) V { return V{Type: typ, Data: data} }

// Text is a text value.
func Text(s string) V { return V{Type: 0x01, Data: UTF16(s)} }

// Nested is a value that is a fragment.
func Nested(xml any) V { return V{Type: 0x21, XML: xml} }

// UTF16 is a text as it stands in a log.
func UTF16(s string) []byte {
	var out []byte
	for _, c := range utf16.Encode([]rune(s)) {
		out = binary.LittleEndian.AppendUint16(out, c)
	}
	return out
}

// The lengths of what a log is made of.
const (
	chunkBytes  = 64 << 10
	headerBytes = 4 << 10
)

// File is a log of chunks, with the header that Windows writes.
func File(chunks ...[]byte) []byte {
	h := make([]byte, headerBytes)
	copy(h, "ElfFile\x00")
	binary.LittleEndian.PutUint64(h[16:], uint64(max(len(chunks)-1, 0)))
	binary.LittleEndian.PutUint32(h[32:], 128)
	binary.LittleEndian.PutUint16(h[36:], 1)
	binary.LittleEndian.PutUint16(h[38:], 3)
	binary.LittleEndian.PutUint16(h[40:], headerBytes)
	binary.LittleEndian.PutUint16(h[42:], uint16(len(chunks)))
	binary.LittleEndian.PutUint32(h[124:], crc32.ChecksumIEEE(h[:120]))
	for _, c := range chunks {
		h = append(h, c...)
	}
	return h
}

// Chunk is a chunk under construction.
type Chunk struct {
	b         []byte
	names     map[string]uint32
	templates map[*Element]uint32
	first     uint64
	last      uint64
	at        int // of the last record
	bare      bool
}

// NewChunk begins a chunk.
func NewChunk() *Chunk {
	return &Chunk{b: make([]byte, 512), names: map[string]uint32{}, templates: map[*Element]uint32{}}
}

// Record adds a record with the XML of an event, an Instance or an Element;
// written is a FILETIME.
func (c *Chunk) Record(id, written uint64, xml any) {
	if c.first == 0 {
		c.first = id
	}
	c.last, c.at = id, len(c.b)
	c.u32(0x2a2a)
	c.u32(0)
	c.u64(id)
	c.u64(written)
	c.fragment(xml)
	c.b = append(c.b, 0)
	for len(c.b)%8 != 4 {
		c.b = append(c.b, 0)
	}
	n := uint32(len(c.b) + 4 - c.at)
	c.u32(n)
	binary.LittleEndian.PutUint32(c.b[c.at+4:], n)
}

// Room is how long a chunk may grow so that a record of ordinary length fits in.
const Room = chunkBytes - 4096

// Len is the number of bytes that are used.
func (c *Chunk) Len() int { return len(c.b) }

// Raw adds bytes in the place of a record.
func (c *Chunk) Raw(b []byte) { c.b = append(c.b, b...) }

// Bytes is the finished chunk.
func (c *Chunk) Bytes() []byte {
	out := make([]byte, chunkBytes)
	copy(out, c.Short())
	return out
}

// Short is the finished chunk without its free space.
func (c *Chunk) Short() []byte {
	if len(c.b) > chunkBytes {
		panic("evtxtest: the chunk is too long")
	}
	h := append([]byte(nil), c.b...)
	copy(h, "ElfChnk\x00")
	for i, v := range []uint64{c.first, c.last, c.first, c.last} {
		binary.LittleEndian.PutUint64(h[8+8*i:], v)
	}
	binary.LittleEndian.PutUint32(h[40:], 128)
	binary.LittleEndian.PutUint32(h[44:], uint32(c.at))
	binary.LittleEndian.PutUint32(h[48:], uint32(len(h)))
	binary.LittleEndian.PutUint32(h[52:], crc32.ChecksumIEEE(h[512:]))
	Sum(h)
	return h
}

// Sum writes the checksum of the header of a chunk anew.
func Sum(chunk []byte) {
	sum := crc32.Update(crc32.ChecksumIEEE(chunk[:120]), crc32.IEEETable, chunk[128:512])
	binary.LittleEndian.PutUint32(chunk[124:], sum)
}

func (c *Chunk) u16(n int)    { c.b = binary.LittleEndian.AppendUint16(c.b, uint16(n)) }
func (c *Chunk) u32(n uint32) { c.b = binary.LittleEndian.AppendUint32(c.b, n) }
func (c *Chunk) u64(n uint64) { c.b = binary.LittleEndian.AppendUint64(c.b, n) }

func (c *Chunk) fragment(xml any) {
	c.b = append(c.b, 0x0f, 1, 1, 0)
	switch x := xml.(type) {
	case Instance:
		c.instance(x)
	case Element:
		c.bare = true
		c.element(x)
		c.bare = false
	}
}

func (c *Chunk) instance(x Instance) {
	c.b = append(c.b, 0x0c, 1)
	c.u32(1)
	at, known := c.templates[x.Template]
	if !known {
		at = uint32(len(c.b) + 4)
		c.templates[x.Template] = at
	}
	c.u32(at)
	if !known {
		c.u32(0)
		c.b = append(c.b, make([]byte, 16)...)
		size := len(c.b)
		c.u32(0)
		c.b = append(c.b, 0x0f, 1, 1, 0)
		bare := c.bare
		c.bare = false
		c.element(*x.Template)
		c.bare = bare
		c.b = append(c.b, 0)
		binary.LittleEndian.PutUint32(c.b[size:], uint32(len(c.b)-size-4))
	}
	c.u32(uint32(len(x.Values)))
	heads := len(c.b)
	for _, v := range x.Values {
		c.u16(len(v.Data))
		c.b = append(c.b, v.Type, 0)
	}
	for i, v := range x.Values {
		from := len(c.b)
		if v.XML != nil {
			c.fragment(v.XML)
			c.b = append(c.b, 0)
			binary.LittleEndian.PutUint16(c.b[heads+4*i:], uint16(len(c.b)-from))
		}
		c.b = append(c.b, v.Data...)
	}
}

// name writes where a name stands, and the name when it stands here.
func (c *Chunk) name(name string) {
	at, known := c.names[name]
	if !known {
		at = uint32(len(c.b) + 4)
		c.names[name] = at
	}
	c.u32(at)
	if known {
		return
	}
	c.u32(0)
	text := UTF16(name)
	hash := uint32(0)
	for _, u := range utf16.Encode([]rune(name)) {
		hash = hash*65599 + uint32(u)
	}
	c.u16(int(hash & 0xffff))
	c.u16(len(text) / 2)
	c.b = append(append(c.b, text...), 0, 0)
}

func (c *Chunk) element(e Element) {
	var attributes []Attribute
	var content []any
	for _, p := range e.Parts {
		if a, ok := p.(Attribute); ok {
			attributes = append(attributes, a)
		} else {
			content = append(content, p)
		}
	}
	token := byte(0x01)
	if len(attributes) > 0 {
		token = 0x41
	}
	c.b = append(c.b, token)
	if !c.bare {
		c.u16(0xffff)
	}
	size := len(c.b)
	c.u32(0)
	c.name(e.Name)
	if len(attributes) > 0 {
		list := len(c.b)
		c.u32(0)
		for i, a := range attributes {
			token := byte(0x46)
			if i == len(attributes)-1 {
				token = 0x06
			}
			c.b = append(c.b, token)
			c.name(a.Name)
			c.parts(a.Parts)
		}
		binary.LittleEndian.PutUint32(c.b[list:], uint32(len(c.b)-list-4))
	}
	if len(content) == 0 {
		c.b = append(c.b, 0x03)
	} else {
		c.b = append(c.b, 0x02)
		c.parts(content)
		c.b = append(c.b, 0x04)
	}
	binary.LittleEndian.PutUint32(c.b[size:], uint32(len(c.b)-size-4))
}

func (c *Chunk) parts(list []any) {
	for _, p := range list {
		switch p := p.(type) {
		case Element:
			c.element(p)
		case string:
			c.b = append(c.b, 0x05, 0x01)
			c.u16(len(utf16.Encode([]rune(p))))
			c.b = append(c.b, UTF16(p)...)
		case CDATA:
			c.b = append(c.b, 0x07)
			c.u16(len(utf16.Encode([]rune(p))))
			c.b = append(c.b, UTF16(string(p))...)
		case Entity:
			c.b = append(c.b, 0x09)
			c.name(string(p))
		case CharRef:
			c.b = append(c.b, 0x08)
			c.u16(int(p))
		case Token:
			c.b = append(c.b, byte(p))
		case Gap:
			token := byte(0x0d)
			if p.Optional {
				token = 0x0e
			}
			c.b = append(c.b, token)
			c.u16(p.N)
			c.b = append(c.b, p.Type)
		}
	}
}

// Event is the template of an event as Windows has it, to be used with Values.
var Event = E("Event", A("xmlns", "http://schemas.microsoft.com/win/2004/08/events/event"),
	E("System",
		E("Provider", A("Name", O(0, 0x01)), A("Guid", O(1, 0x0f))),
		E("EventID", O(2, 0x06)),
		E("Version", O(3, 0x04)),
		E("Level", O(4, 0x04)),
		E("Task", O(5, 0x06)),
		E("Opcode", O(6, 0x04)),
		E("Keywords", O(7, 0x15)),
		E("TimeCreated", A("SystemTime", O(8, 0x11))),
		E("EventRecordID", O(9, 0x0a)),
		E("Correlation", A("ActivityID", O(10, 0x0f)), A("RelatedActivityID", O(11, 0x0f))),
		E("Execution", A("ProcessID", O(12, 0x08)), A("ThreadID", O(13, 0x08))),
		E("Channel", O(14, 0x01)),
		E("Computer", O(15, 0x01)),
		E("Security", A("UserID", O(16, 0x13))),
	),
	O(17, 0x21),
)

// Values are the values for Event, with some that are the same for all events.
// data is the fragment with the data, nil when there is none.
func Values(provider string, id uint16, channel string, record, created uint64, data any) Instance {
	v := []V{
		Text(provider),
		{Type: 0x0f, Data: []byte{0xd4, 0xc3, 0xb2, 0xa1, 0x12, 0x11, 0x14, 0x13, 0x15, 0x16, 0x17, 0x18, 0x19, 0x1a, 0x1b, 0x1c}},
		{Type: 0x06, Data: binary.LittleEndian.AppendUint16(nil, id)},
		{Type: 0x04, Data: []byte{2}},
		{Type: 0x04, Data: []byte{4}},
		{Type: 0x06, Data: []byte{7, 0}},
		{Type: 0x04, Data: []byte{0}},
		{Type: 0x15, Data: []byte{0, 0, 0, 0, 0, 0, 0, 0x80}},
		{Type: 0x11, Data: binary.LittleEndian.AppendUint64(nil, created)},
		{Type: 0x0a, Data: binary.LittleEndian.AppendUint64(nil, record)},
		{}, {},
		{Type: 0x08, Data: []byte{0x84, 3, 0, 0}},
		{Type: 0x08, Data: []byte{0x85, 3, 0, 0}},
		Text(channel),
		Text("crane-07.port.example"),
		{Type: 0x13, Data: []byte{1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0}},
		{},
	}
	if data != nil {
		v[17] = Nested(data)
	}
	return Instance{&Event, v}
}

// Data is a template of data that have the given names, as texts.
func Data(names ...string) *Element {
	e := E("EventData")
	for i, n := range names {
		e.Parts = append(e.Parts, E("Data", A("Name", n), O(i, 0x01)))
	}
	return &e
}

// Texts are values for Data.
func Texts(template *Element, texts ...string) Instance {
	x := Instance{Template: template}
	for _, s := range texts {
		x.Values = append(x.Values, Text(s))
	}
	return x
}

// Time is 2026-03-17T09:30:00Z as a FILETIME, the time of the first event of tests.
const Time = 134_182_134_000_000_000
