// Package evtx reads the event log files of Windows (.evtx).
//
//	file:   header (4 KiB), chunk (64 KiB), chunk, ...
//	chunk:  header (512 bytes), record, record, ..., free space
//	record: size, number, time written, binary XML, size again
//
// The binary XML of a record is as a rule one reference to a template - the XML of
// a kind of event with gaps - and the values for the gaps. A template stands in
// the record that used it first, and only records of the same chunk refer to it:
// a chunk is read without any other, so chunks can be read in parallel.
//
//	Scanner -> chunk -> Reader.Next -> Record -> Reader.Fields -> Sink
//
// A template is turned into a plan once per chunk: a list of fields with the gap
// that each is taken from. A record is then read by walking that list, and what
// the Sink does not ask for is not even in it.
//
// Logs are often damaged: copied while they were written to, cut off, carved from
// a disk. What is wrong is reported and whatever else can be found is read. The
// header of the file is not needed.
//
// The format is known from the documentation of the libevtx project and from
// [MS-EVEN6], the protocol by which Windows hands out events.
package evtx

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
)

const (
	// ChunkBytes is the length of a chunk.
	ChunkBytes = 64 << 10
	// HeaderBytes is the length of the header of a file as Windows writes it.
	HeaderBytes = 4 << 10

	fileMagic   = "ElfFile\x00"
	chunkMagic  = "ElfChnk\x00"
	recordMagic = 0x00002a2a

	headerFields = 128 // of the header of a file, before zeros
	chunkHeader  = 512 // before the first record of a chunk
	recordHeader = 24  // before the binary XML of a record
	recordFrame  = recordHeader + 4
)

// The codes of problems.
const (
	BadHeader   = "bad-header"   // of the file
	BadChunk    = "bad-chunk"    // no chunk where one should be
	BadChecksum = "bad-checksum" // something in a chunk changed after it was written
	BadRecord   = "bad-record"
	CutOff      = "cut-off" // the file ends inside a chunk or a record
)

// Problem is something wrong in a file at an offset.
type Problem struct {
	Code   string
	Offset int64
	Err    error
}

// IsFile tells whether a text begins as a log does, with its header or, when that
// is lost, with a chunk.
func IsFile(head []byte) bool {
	return hasPrefix(head, fileMagic) || hasPrefix(head, chunkMagic)
}

func hasPrefix(b []byte, s string) bool { return len(b) >= len(s) && string(b[:len(s)]) == s }

var (
	errHeaderSum = errors.New("the header of the file does not have the checksum that is written in it")
	errNoHeader  = errors.New("the file does not begin with the header of an event log")
)

// checkFileHeader looks at the header of a file, and gives where the chunks begin.
func checkFileHeader(b []byte) (chunks int, err error) {
	if !hasPrefix(b, fileMagic) {
		return 0, errNoHeader
	}
	if len(b) < headerFields {
		return len(b), errHeaderSum
	}
	// The header says how long it is, and may be wrong. When there is no chunk, the
	// first one is looked for.
	chunks = headerFields
	for _, n := range []int{int(binary.LittleEndian.Uint16(b[40:])), HeaderBytes} {
		if n >= headerFields && n <= len(b) && hasPrefix(b[n:], chunkMagic) {
			chunks = n
			break
		}
	}
	if crc32.ChecksumIEEE(b[:120]) != binary.LittleEndian.Uint32(b[124:]) {
		return chunks, errHeaderSum
	}
	if major := binary.LittleEndian.Uint16(b[38:]); major != 3 {
		return chunks, fmt.Errorf("the file says that it has version %d of the format; 3 is known", major)
	}
	return chunks, nil
}
