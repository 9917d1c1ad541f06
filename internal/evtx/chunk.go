package evtx

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
)

// Record is one event of the chunk at hand.
type Record struct {
	ID      uint64
	Offset  int64 // in the file
	written uint64
	xml     int // the binary XML is b[xml:end] of the chunk
	end     int
}

// Written is the time at which Windows wrote the record, in milliseconds since
// 1970.
func (r Record) Written() int64 { return fileTimeMS(r.written) }

// chunk is where the reading of a chunk has come to.
type chunk struct {
	b      []byte
	offset int64
	pos    int
	end    int    // no record goes beyond
	free   int    // where records end by the header
	clean  bool   // the records are as their checksum says
	last   uint64 // number of the last record, when any
	any    bool
}

// plausible tells a chunk from bytes that look like the signature of one.
func plausible(b []byte) bool {
	if len(b) < 56 {
		return false
	}
	free := binary.LittleEndian.Uint32(b[48:])
	return binary.LittleEndian.Uint32(b[40:]) == 128 && free >= chunkHeader && free <= ChunkBytes
}

// Chunk begins to read a chunk, whose bytes must stay as they are until the next
// call.
func (r *Reader) Chunk(b []byte, offset int64) {
	r.reset()
	r.chunk = chunk{b: b, offset: offset, pos: chunkHeader, end: len(b), free: len(b)}
	c := &r.chunk
	if len(b) < chunkHeader {
		r.problem(CutOff, 0, fmt.Errorf("the chunk has %d bytes of %d", len(b), ChunkBytes))
		return
	}
	sum := crc32.ChecksumIEEE(b[:120])
	sum = crc32.Update(sum, crc32.IEEETable, b[128:chunkHeader])
	headerOK := sum == binary.LittleEndian.Uint32(b[124:])
	free := int(binary.LittleEndian.Uint32(b[48:]))
	if free >= chunkHeader && free <= ChunkBytes {
		c.free = min(free, len(b))
		c.clean = headerOK && free <= len(b) && crc32.ChecksumIEEE(b[chunkHeader:free]) == binary.LittleEndian.Uint32(b[52:])
	}
	if c.clean {
		// What stands behind is left over from earlier use of the chunk.
		c.end = c.free
	}
	switch {
	case len(b) < ChunkBytes && !c.clean:
		r.problem(CutOff, int64(len(b)), fmt.Errorf("the chunk at %d has %d bytes of %d", offset, len(b), ChunkBytes))
	case !headerOK:
		r.problem(BadChecksum, 0, errors.New("the header of the chunk does not have the checksum that is written in it"))
	case !c.clean:
		r.problem(BadChecksum, 0, errors.New("the records of the chunk do not have the checksum that is written in it"))
	}
}

func (r *Reader) problem(code string, at int64, err error) {
	if r.report != nil {
		r.report(Problem{code, r.chunk.offset + at, err})
	}
}

// Next gives the next record of the chunk; false when there is none.
func (r *Reader) Next() (Record, bool) {
	c := &r.chunk
	for c.pos+recordFrame <= c.end {
		n, state := c.record(c.pos)
		at := c.pos
		if state == whole || state == odd {
			rec := Record{
				ID:      binary.LittleEndian.Uint64(c.b[at+8:]),
				Offset:  c.offset + int64(at),
				written: binary.LittleEndian.Uint64(c.b[at+16:]),
				xml:     at + recordHeader,
				end:     at + n - 4,
			}
			if at >= c.free && c.any && rec.ID <= c.last {
				// Left over from earlier use of the chunk, as are all after it.
				break
			}
			if state == odd {
				r.problem(BadRecord, int64(at), errors.New("the record does not end with its size"))
			}
			c.pos += n
			c.last, c.any = rec.ID, true
			return rec, true
		}
		next := c.find(at + 1)
		c.pos = next
		rest := c.b[at:next]
		if next == c.end {
			rest = bytes.TrimRight(rest, "\x00")
		}
		if len(rest) == 0 || at >= c.free && isZero(rest) {
			continue
		}
		switch {
		case state == long && next == c.end && len(c.b) < ChunkBytes:
			r.problem(CutOff, int64(at), errors.New("the record is cut off"))
		case at < c.free:
			r.problem(BadRecord, int64(at), fmt.Errorf("there is no record in these %d bytes", len(rest)))
		}
	}
	c.pos = c.end
	return Record{}, false
}

// The states of what stands in the place of a record.
const (
	none  = iota // no record
	whole        // a record
	odd          // a record whose size at the end is another, though it seems to end there
	long         // a record that goes on beyond the chunk
)

// record looks whether a record begins at pos, and gives its length.
func (c *chunk) record(pos int) (int, int) {
	b := c.b[pos:c.end]
	if len(b) < recordFrame || binary.LittleEndian.Uint32(b) != recordMagic {
		return 0, none
	}
	n := binary.LittleEndian.Uint32(b[4:])
	switch {
	case n < recordFrame || n > ChunkBytes:
		return 0, none
	case int(n) > len(b):
		return 0, long
	case binary.LittleEndian.Uint32(b[n-4:]) == n:
		return int(n), whole
	case int(n)+4 <= len(b) && binary.LittleEndian.Uint32(b[n:]) == recordMagic || int(n) == len(b):
		return int(n), odd
	}
	return 0, none
}

// find looks for the next record from pos on; the end when there is none.
func (c *chunk) find(pos int) int {
	for pos < c.end {
		n := bytes.Index(c.b[pos:c.end], []byte{0x2a, 0x2a, 0, 0})
		if n < 0 {
			break
		}
		pos += n
		if _, state := c.record(pos); state == whole {
			return pos
		}
		pos++
	}
	return c.end
}
