package generate

import (
	"math/rand/v2"
	"strconv"
)

// emitter appends events to buf.
type emitter struct {
	world *world
	rand  *rand.Rand
	buf   []byte

	sensor *sensor
	ms     int64
}

func (e *emitter) key(key string) {
	e.buf = append(e.buf, ',', '"')
	e.buf = append(e.buf, key...)
	e.buf = append(e.buf, '"', ':', '"')
}

// text writes a field whose value needs no escaping, or has it already.
func (e *emitter) text(key, value string) {
	e.key(key)
	e.buf = append(append(e.buf, value...), '"')
}

func (e *emitter) texts(key string, parts ...string) {
	e.key(key)
	for _, p := range parts {
		e.buf = append(e.buf, p...)
	}
	e.buf = append(e.buf, '"')
}

func (e *emitter) number(key string, n int64) {
	e.key(key)
	e.buf = append(strconv.AppendInt(e.buf, n, 10), '"')
}

// seconds writes a moment some milliseconds before the event, as seconds with a
// fraction.
func (e *emitter) seconds(key string, before int64) {
	e.key(key)
	ms := e.ms - before
	e.buf = strconv.AppendInt(e.buf, ms/1000, 10)
	e.buf = append(e.buf, '.', byte('0'+ms/100%10), byte('0'+ms/10%10), byte('0'+ms%10), '"')
}

const hexDigits = "0123456789abcdef"

func (e *emitter) hex(bits uint64, digits int) {
	for range digits {
		e.buf = append(e.buf, hexDigits[bits&15])
		bits >>= 4
	}
}

// uuid writes a version 4 UUID that no other event has: the number of the event
// goes through a one-to-one mixing function into the first half.
func (e *emitter) uuid(i uint64) {
	// The low 60 bits of a product with an odd number differ for different i.
	mixed := (i*0x9e3779b97f4a7c15 + 0x1234567) & (1<<60 - 1)
	mixed ^= mixed >> 29
	e.hex(mixed, 8)
	e.buf = append(e.buf, '-')
	e.hex(mixed>>32, 4)
	e.buf = append(e.buf, '-', '4')
	e.hex(mixed>>48, 3)
	e.buf = append(e.buf, '-', hexDigits[8+e.rand.IntN(4)])
	e.hex(e.rand.Uint64(), 3)
	e.buf = append(e.buf, '-')
	e.hex(e.rand.Uint64(), 12)
}
