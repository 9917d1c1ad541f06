package evtx

import (
	"encoding/binary"
	"math"
	"strconv"
	"time"
	"unicode/utf16"
	"unicode/utf8"
)

// The types of values. arrayFlag makes one an array.
const (
	typeNull       = 0x00
	typeString     = 0x01
	typeANSI       = 0x02
	typeInt8       = 0x03
	typeUint8      = 0x04
	typeInt16      = 0x05
	typeUint16     = 0x06
	typeInt32      = 0x07
	typeUint32     = 0x08
	typeInt64      = 0x09
	typeUint64     = 0x0a
	typeReal32     = 0x0b
	typeReal64     = 0x0c
	typeBool       = 0x0d
	typeBinary     = 0x0e
	typeGUID       = 0x0f
	typeSize       = 0x10
	typeFileTime   = 0x11
	typeSystemTime = 0x12
	typeSID        = 0x13
	typeHex32      = 0x14
	typeHex64      = 0x15
	typeXML        = 0x21
	arrayFlag      = 0x80

	typeUTF8 = 0xff // text of a template, which is converted already
)

// Value is the value of a field as it stands in the log.
type Value struct {
	typ  uint8
	data []byte
}

// AppendText appends the value as Windows shows it in the XML of an event: numbers
// in decimal, pointers and hexadecimal numbers as 0x1f, GUIDs in braces, times as
// 2026-03-17T09:30:00.1234567Z, bytes as hexadecimal digits. Bytes that are not
// what their type says are shown as digits too.
func (v Value) AppendText(dst []byte) []byte {
	b := v.data
	switch v.typ {
	case typeNull:
		return dst
	case typeUTF8:
		return append(dst, b...)
	case typeString:
		return appendUTF16(dst, trimNUL16(b))
	case typeANSI:
		return appendANSI(dst, b)
	case typeSID:
		if out, ok := appendSID(dst, b); ok {
			return out
		}
		return appendHex(dst, b)
	case typeBinary:
		return appendHex(dst, b)
	}
	if v.typ&arrayFlag != 0 {
		first := true
		v.items(func(item Value) {
			if !first {
				dst = append(dst, ", "...)
			}
			first = false
			dst = item.AppendText(dst)
		})
		return dst
	}
	want := widths[v.typ&0x1f]
	if v.typ > typeHex64 || want == 0 || len(b) < want {
		if v.typ != typeSize && v.typ != typeBool || len(b) == 0 {
			return appendHex(dst, b)
		}
	}
	switch v.typ {
	case typeInt8:
		return strconv.AppendInt(dst, int64(int8(b[0])), 10)
	case typeUint8:
		return strconv.AppendUint(dst, uint64(b[0]), 10)
	case typeInt16:
		return strconv.AppendInt(dst, int64(int16(binary.LittleEndian.Uint16(b))), 10)
	case typeUint16:
		return strconv.AppendUint(dst, uint64(binary.LittleEndian.Uint16(b)), 10)
	case typeInt32:
		return strconv.AppendInt(dst, int64(int32(binary.LittleEndian.Uint32(b))), 10)
	case typeUint32:
		return strconv.AppendUint(dst, uint64(binary.LittleEndian.Uint32(b)), 10)
	case typeInt64:
		return strconv.AppendInt(dst, int64(binary.LittleEndian.Uint64(b)), 10)
	case typeUint64:
		return strconv.AppendUint(dst, binary.LittleEndian.Uint64(b), 10)
	case typeReal32:
		return strconv.AppendFloat(dst, float64(math.Float32frombits(binary.LittleEndian.Uint32(b))), 'g', -1, 32)
	case typeReal64:
		return strconv.AppendFloat(dst, math.Float64frombits(binary.LittleEndian.Uint64(b)), 'g', -1, 64)
	case typeBool:
		return strconv.AppendBool(dst, !isZero(b))
	case typeGUID:
		return appendGUID(dst, b)
	case typeFileTime:
		return appendFileTime(dst, binary.LittleEndian.Uint64(b))
	case typeSystemTime:
		return appendSystemTime(dst, b)
	}
	// Sizes and numbers in hexadecimal.
	n := uint64(0)
	for i := min(len(b), 8) - 1; i >= 0; i-- {
		n = n<<8 | uint64(b[i])
	}
	return strconv.AppendUint(append(dst, "0x"...), n, 16)
}

// widths are the lengths of values that have one; sizes have 4 bytes or 8.
var widths = [32]int{
	typeInt8: 1, typeUint8: 1, typeInt16: 2, typeUint16: 2, typeInt32: 4, typeUint32: 4, typeInt64: 8, typeUint64: 8,
	typeReal32: 4, typeReal64: 8, typeBool: 4, typeGUID: 16, typeSize: 4, typeFileTime: 8, typeSystemTime: 16, typeHex32: 4, typeHex64: 8,
}

// Time reads the value as a point in time, in milliseconds since 1970.
func (v Value) Time() (ms int64, ok bool) {
	switch {
	case v.typ == typeFileTime && len(v.data) >= 8:
		return fileTimeMS(binary.LittleEndian.Uint64(v.data)), true
	case v.typ == typeSystemTime && len(v.data) >= 16:
		t, ok := systemTime(v.data)
		return t.UnixMilli(), ok
	case v.typ == typeString || v.typ == typeUTF8:
		if t, err := time.Parse(time.RFC3339Nano, string(v.AppendText(nil))); err == nil {
			return t.UnixMilli(), true
		}
	}
	return 0, false
}

// FILETIME counts tenths of microseconds since 1601.
const (
	ticksPerSecond = 10_000_000
	secondsTo1970  = 11_644_473_600
)

func fileTimeMS(ticks uint64) int64 { return int64(ticks/10_000) - secondsTo1970*1000 }

func appendFileTime(dst []byte, ticks uint64) []byte {
	t := time.Unix(int64(ticks/ticksPerSecond)-secondsTo1970, int64(ticks%ticksPerSecond)*100).UTC()
	return t.AppendFormat(dst, "2006-01-02T15:04:05.0000000Z")
}

func systemTime(b []byte) (time.Time, bool) {
	var f [8]int
	for i := range f {
		f[i] = int(binary.LittleEndian.Uint16(b[2*i:]))
	}
	t := time.Date(f[0], time.Month(f[1]), f[3], f[4], f[5], f[6], f[7]*1e6, time.UTC)
	ok := f[1] >= 1 && f[1] <= 12 && t.Day() == f[3] && f[4] < 24 && f[5] < 60 && f[6] < 60 && f[7] < 1000
	return t, ok
}

func appendSystemTime(dst, b []byte) []byte {
	t, ok := systemTime(b)
	if !ok {
		return appendHex(dst, b)
	}
	return t.AppendFormat(dst, "2006-01-02T15:04:05.000Z")
}

const upperHex = "0123456789ABCDEF"

func appendHex(dst, b []byte) []byte {
	for _, c := range b {
		dst = append(dst, upperHex[c>>4], upperHex[c&15])
	}
	return dst
}

// appendGUID writes the first three parts of a GUID as the numbers that they are.
func appendGUID(dst, b []byte) []byte {
	dst = append(dst, '{')
	for i, from := range [16]int{3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15} {
		if i == 4 || i == 6 || i == 8 || i == 10 {
			dst = append(dst, '-')
		}
		dst = append(dst, upperHex[b[from]>>4], upperHex[b[from]&15])
	}
	return append(dst, '}')
}

// sidBytes is the length of the security identifier that b begins with; 0 when
// there is none.
func sidBytes(b []byte) int {
	if len(b) < 8 {
		return 0
	}
	if n := 8 + 4*int(b[1]); n <= len(b) {
		return n
	}
	return 0
}

func appendSID(dst, b []byte) ([]byte, bool) {
	n := sidBytes(b)
	if n == 0 {
		return dst, false
	}
	dst = append(dst, "S-"...)
	dst = strconv.AppendUint(dst, uint64(b[0]), 10)
	authority := uint64(0)
	for _, c := range b[2:8] {
		authority = authority<<8 | uint64(c)
	}
	dst = strconv.AppendUint(append(dst, '-'), authority, 10)
	for i := 8; i < n; i += 4 {
		dst = strconv.AppendUint(append(dst, '-'), uint64(binary.LittleEndian.Uint32(b[i:])), 10)
	}
	return dst, true
}

// trimNUL16 takes away the zeros that some programs write behind their texts.
func trimNUL16(b []byte) []byte {
	n := len(b) &^ 1
	for n >= 2 && b[n-1] == 0 && b[n-2] == 0 {
		n -= 2
	}
	return b[:n]
}

// appendUTF16 appends little-endian UTF-16 as UTF-8.
func appendUTF16(dst, b []byte) []byte {
	i := 0
	for i+1 < len(b) {
		// Fast path: four ASCII characters at a time.
		for i+8 <= len(b) {
			w := binary.LittleEndian.Uint64(b[i:])
			if w&0xff80ff80ff80ff80 != 0 {
				break
			}
			dst = append(dst, byte(w), byte(w>>16), byte(w>>32), byte(w>>48))
			i += 8
		}
		if i+1 >= len(b) {
			break
		}
		c := binary.LittleEndian.Uint16(b[i:])
		i += 2
		if c < utf8.RuneSelf {
			dst = append(dst, byte(c))
			continue
		}
		r := rune(c)
		if utf16.IsSurrogate(r) {
			r = utf8.RuneError
			if i+1 < len(b) {
				if pair := utf16.DecodeRune(rune(c), rune(binary.LittleEndian.Uint16(b[i:]))); pair != utf8.RuneError {
					r = pair
					i += 2
				}
			}
		}
		dst = utf8.AppendRune(dst, r)
	}
	return dst
}

// appendANSI appends text in the code page of the machine, which the log does not
// tell: what is UTF-8 is taken as that, anything else as Latin-1.
func appendANSI(dst, b []byte) []byte {
	for len(b) > 0 && b[len(b)-1] == 0 {
		b = b[:len(b)-1]
	}
	if utf8.Valid(b) {
		return append(dst, b...)
	}
	for _, c := range b {
		dst = utf8.AppendRune(dst, rune(c))
	}
	return dst
}

// items calls f for each value of an array.
func (v Value) items(f func(Value)) {
	typ, b := v.typ&^arrayFlag, v.data
	switch typ {
	case typeString:
		for len(b) >= 2 {
			n := 0
			for n+1 < len(b) && (b[n] != 0 || b[n+1] != 0) {
				n += 2
			}
			f(Value{typeString, b[:n]})
			b = b[min(n+2, len(b)):]
		}
		return
	case typeANSI:
		for len(b) > 0 {
			n := 0
			for n < len(b) && b[n] != 0 {
				n++
			}
			f(Value{typeANSI, b[:n]})
			b = b[min(n+1, len(b)):]
		}
		return
	case typeSID:
		for len(b) > 0 {
			n := sidBytes(b)
			if n == 0 {
				n = len(b)
			}
			f(Value{typeSID, b[:n]})
			b = b[n:]
		}
		return
	}
	n := widths[typ&0x1f]
	if typ > typeHex64 || n == 0 {
		f(Value{typeBinary, b})
		return
	}
	for len(b) > 0 {
		n := min(n, len(b))
		f(Value{typ, b[:n]})
		b = b[n:]
	}
}
