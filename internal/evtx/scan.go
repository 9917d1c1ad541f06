package evtx

import (
	"bytes"
	"errors"
	"io"
)

// Scanner finds the chunks of a piece of a file. They follow each other every 64
// KiB, but where one is missing, or bytes were lost or added, the scanner looks
// for the signature of the next.
//
// A piece is the chunks that begin in [start, end). What the scanner finds does
// not depend on how a file was cut into pieces: it looks back a chunk to see
// whether the piece begins inside of one.
type Scanner struct {
	in     io.Reader
	end    int64
	report func(Problem)

	buf  []byte
	at   int64 // offset of buf
	pos  int   // in buf: where the next chunk is expected
	err  error // of in
	lost bool  // nothing was found where it was expected, which has been said
	cut  bool  // bytes up to the limit were read and all
}

// LookBack is how many bytes before start a Scanner wants to see.
const LookBack = ChunkBytes

// LookAhead is how many bytes from end on a Scanner wants to see.
const LookAhead = 2 * ChunkBytes

// NewScanner makes a scanner of the piece [start, end) of a file; end may lie
// beyond the end of the file. in begins LookBack bytes before start, or with the
// file, and goes on for LookAhead bytes after end, or to the end of the file.
func NewScanner(in io.Reader, start, end int64, report func(Problem)) *Scanner {
	back := min(start, LookBack)
	room := min(end-start, 14*ChunkBytes) + LookAhead
	s := &Scanner{in: in, end: end, report: report, at: start - back, pos: int(back), buf: make([]byte, 0, back+room)}
	if start > 0 {
		s.enter()
	}
	return s
}

// enter finds where the first chunk of a piece that is not the first is expected.
func (s *Scanner) enter() {
	s.fill(s.pos + len(chunkMagic))
	if s.isChunk(s.pos) {
		return
	}
	start := s.pos
	s.fill(start + LookAhead)
	for i := 0; i < start; {
		n := bytes.Index(s.buf[i:min(start+len(chunkMagic)-1, len(s.buf))], []byte(chunkMagic))
		if n < 0 {
			break
		}
		// It began in the piece before.
		if i = s.after(i + n); i >= start {
			s.pos = i
			return
		}
	}
	// Something that is no chunk may have been seen, and told, by the piece before.
	seen := s.buf[:min(start, len(s.buf))]
	if s.at == 0 && hasPrefix(s.buf, fileMagic) {
		header, _ := checkFileHeader(s.buf) // in which the piece may begin
		s.pos = max(header, start)
		seen = seen[min(header, len(seen)):]
	}
	s.lost = !isZero(seen)
}

// fill reads on until n bytes from the start of buf are there, or no more come.
func (s *Scanner) fill(n int) {
	for len(s.buf) < n && s.err == nil {
		if n > cap(s.buf) {
			s.buf = append(make([]byte, 0, n+16*ChunkBytes), s.buf...)
		}
		m, err := s.in.Read(s.buf[len(s.buf):cap(s.buf)])
		s.buf, s.err = s.buf[:len(s.buf)+m], err
	}
}

// forget drops what lies before pos.
func (s *Scanner) forget() {
	n := min(s.pos, len(s.buf))
	if n < 8*ChunkBytes {
		return
	}
	s.at += int64(n)
	s.pos -= n
	s.buf = s.buf[:copy(s.buf, s.buf[n:])]
}

func (s *Scanner) isChunk(pos int) bool {
	return pos <= len(s.buf) && hasPrefix(s.buf[pos:], chunkMagic)
}

// Next gives the next chunk and its offset; false at the end. The bytes are valid
// until the next call. A chunk is shorter than ChunkBytes when the file ends or
// another chunk begins in the midst of it.
func (s *Scanner) Next() (chunk []byte, offset int64, ok bool) {
	for {
		s.forget()
		if s.at+int64(s.pos) >= s.end {
			return nil, 0, false
		}
		s.fill(s.pos + LookAhead)
		if s.pos >= len(s.buf) {
			return nil, 0, false
		}
		if s.isChunk(s.pos) {
			break
		}
		if !s.skip() {
			return nil, 0, false
		}
	}
	s.lost = false
	from := s.pos
	s.pos = s.after(from)
	return s.buf[from:min(s.pos, len(s.buf))], s.at + int64(from), true
}

// after gives where the chunk that begins at from ends.
func (s *Scanner) after(from int) int {
	next := from + ChunkBytes
	if s.isChunk(next) {
		return next
	}
	// What should follow does not: bytes of this chunk may be lost.
	rest := s.buf[from+1 : min(next, len(s.buf))]
	if n := bytes.Index(rest, []byte(chunkMagic)); n >= 0 && plausible(s.buf[from+1+n:]) {
		return from + 1 + n
	}
	return next
}

// skip goes on from a place where there is no chunk to the next, or to where there
// may be one; false when the piece has none.
func (s *Scanner) skip() bool {
	if s.at+int64(s.pos) == 0 {
		n, err := checkFileHeader(s.buf)
		if err != nil && !isBlank(s.buf) {
			s.report(Problem{BadHeader, 0, err})
		}
		if n > 0 {
			s.pos = n
			return true
		}
		s.lost = s.buf[0] != 0 // which says it all
	}
	stop := len(s.buf)
	gap := s.buf[s.pos:]
	if n := bytes.Index(gap, []byte(chunkMagic)); n >= 0 {
		stop = s.pos + n
		gap = gap[:n]
	} else if s.err == nil {
		stop -= len(chunkMagic) - 1
	}
	// Windows makes logs longer than they need to be: zeros are no damage.
	zeros := len(gap) - len(bytes.TrimLeft(gap, "\x00"))
	if at := s.at + int64(s.pos+zeros); !s.lost && zeros < len(gap) && at < s.end {
		s.lost = true
		s.report(Problem{BadChunk, at, errNoChunk})
	}
	s.pos = stop
	return true
}

var errNoChunk = errors.New("a chunk should begin here and does not: the log is read on from the next one")

// Err is the error, if any, that ended reading before the end of the file.
func (s *Scanner) Err() error {
	if s.err == io.EOF {
		return nil
	}
	return s.err
}

// isBlank tells whether a text is nothing but white space: a file that holds
// nothing is no broken log.
func isBlank(b []byte) bool {
	return len(bytes.TrimSpace(bytes.TrimPrefix(b, []byte("\xef\xbb\xbf")))) == 0
}

func isZero(b []byte) bool {
	for len(b) >= 8 {
		if b[0]|b[1]|b[2]|b[3]|b[4]|b[5]|b[6]|b[7] != 0 {
			return false
		}
		b = b[8:]
	}
	for _, c := range b {
		if c != 0 {
			return false
		}
	}
	return true
}
