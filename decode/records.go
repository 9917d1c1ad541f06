package decode

import (
	"bytes"
	"errors"
	"io"
)

// records cuts a text into records of values between commas (RFC 4180): a value
// in quotes may hold commas, newlines and doubled quotes. A quote inside a value
// that does not begin with one is an ordinary character, and so is a quote in a
// quoted value that is followed by something else than a comma or the end of the
// line.
//
// A quote that is never closed would swallow the rest of the file. It is given up
// at the end of the text or when the record grows beyond max: its record then
// ends with its line. The stretch that was searched holds no end of a quoted
// value, so that the records that begin in it may be taken to be lines each and
// nothing is searched twice.
type records struct {
	in    io.Reader
	comma byte
	max   int

	buf   []byte // what was read and not given out
	err   error  // of in, when all of it is in buf
	at    int64  // offset of buf
	line  int64  // number of the line at buf
	given int    // bytes of buf that belong to the last record

	lines  int64 // records that begin before this offset are lines
	values [][]byte
	joined []byte // values that had doubled quotes
}

// record is one record; its bytes are valid until the next call.
type record struct {
	values   [][]byte
	text     []byte // without the end of its line
	line, at int64
	err      error // why it is not what it was meant to be
}

var (
	errQuote = errors.New("a quote is never closed: the record ends with its line")
	errLong  = errors.New("the record is too long and was left out")
)

func newRecords(in io.Reader, comma byte, max int) *records {
	r := &records{in: in, comma: comma, max: max, line: 1}
	for len(r.buf) < len(bom) && r.err == nil {
		r.fill()
	}
	if bytes.HasPrefix(r.buf, bom) {
		r.buf, r.at = r.buf[len(bom):], int64(len(bom))
	}
	return r
}

// fill reads more behind buf.
func (r *records) fill() {
	if cap(r.buf)-len(r.buf) < 16<<10 {
		r.buf = append(make([]byte, 0, max(256<<10, 2*len(r.buf))), r.buf...)
	}
	n, err := r.in.Read(r.buf[len(r.buf):cap(r.buf)])
	r.buf, r.err = r.buf[:len(r.buf)+n], err
}

// skip gives up n bytes of buf.
func (r *records) skip(n int) {
	r.line += int64(bytes.Count(r.buf[:n], []byte{'\n'}))
	r.buf, r.at = r.buf[n:], r.at+int64(n)
}

// next gives the next record that is not blank; false at the end of the text or
// where it cannot be read any further, which err tells.
func (r *records) next() (record, bool) {
	for {
		r.skip(r.given)
		r.given = 0
		end, err := r.end(r.at >= r.lines)
		if err == errQuote {
			r.lines = r.at + int64(end)
			end, _ = r.end(false)
		}
		rec := record{line: r.line, at: r.at, err: err}
		if end > r.max {
			rec.err = errLong
			r.dropLine()
			return rec, true
		}
		if len(r.buf) == 0 {
			return rec, false
		}
		r.given = min(end+1, len(r.buf))
		rec.text = bytes.TrimSuffix(r.buf[:end], []byte{'\r'})
		if len(rec.text) == 0 {
			continue
		}
		rec.values = r.split(rec.text)
		return rec, true
	}
}

// end finds the length of the record that begins buf, without its newline. It
// gives up a little beyond max.
func (r *records) end(quotes bool) (int, error) {
	// Fast path: a line without quotes.
	i := 0
	for {
		if n := bytes.IndexByte(r.buf[i:], '\n'); n >= 0 {
			i += n
			break
		}
		if i = len(r.buf); r.err != nil || i > r.max+1 {
			break
		}
		r.fill()
	}
	if !quotes || i > r.max+1 || bytes.IndexByte(r.buf[:i], '"') < 0 {
		return trimmedEnd(r.buf, i, r.max), nil
	}
	// Slow path: byte by byte.
	start, inside := true, false
	for i = 0; ; i++ {
		for i+2 >= len(r.buf) && r.err == nil {
			r.fill()
		}
		if i >= len(r.buf) || i > r.max+1 {
			if inside {
				return i, errQuote
			}
			return trimmedEnd(r.buf, i, r.max), nil
		}
		c := r.buf[i]
		switch {
		case inside && c == '"':
			if i+1 < len(r.buf) && r.buf[i+1] == '"' {
				i++
			} else if r.closes(r.buf[i+1:]) {
				inside = false
			}
		case inside:
		case c == '"' && start:
			inside = true
		case c == '\n':
			return trimmedEnd(r.buf, i, r.max), nil
		}
		start = !inside && c == r.comma
	}
}

// trimmedEnd does not count a carriage return against the limit.
func trimmedEnd(buf []byte, end, max int) int {
	if end == max+1 && end <= len(buf) && buf[end-1] == '\r' {
		return max
	}
	return end
}

// closes tells whether a quote in front of rest ends its value.
func (r *records) closes(rest []byte) bool {
	return len(rest) == 0 || rest[0] == r.comma || rest[0] == '\n' || rest[0] == '\r' && (len(rest) == 1 || rest[1] == '\n')
}

// dropLine throws away up to the end of the line.
func (r *records) dropLine() {
	for {
		if n := bytes.IndexByte(r.buf, '\n'); n >= 0 {
			r.skip(n + 1)
			return
		}
		r.at += int64(len(r.buf))
		r.buf = r.buf[:0]
		if r.err != nil {
			return
		}
		r.fill()
	}
}

// split gives the values of a record.
func (r *records) split(text []byte) [][]byte {
	r.values, r.joined = r.values[:0], r.joined[:0]
	for {
		if len(text) > 0 && text[0] == '"' {
			if v, n, ok := r.quoted(text); ok {
				r.values = append(r.values, v)
				if n == len(text) {
					return r.values
				}
				text = text[n+1:]
				continue
			}
		}
		i := bytes.IndexByte(text, r.comma)
		if i < 0 {
			return append(r.values, text)
		}
		r.values = append(r.values, text[:i])
		text = text[i+1:]
	}
}

// quoted reads the quoted value that begins text, and its length there; false
// when it does not end.
func (r *records) quoted(text []byte) (value []byte, n int, ok bool) {
	from, parts := 1, len(r.joined)
	for i := 1; i < len(text); i++ {
		if text[i] != '"' {
			continue
		}
		switch {
		case i+1 < len(text) && text[i+1] == '"':
			r.joined = append(r.joined, text[from:i+1]...)
			i++
			from = i + 1
		case i+1 == len(text) || text[i+1] == r.comma:
			if from == 1 {
				return text[1:i], i + 1, true
			}
			r.joined = append(r.joined, text[from:i]...)
			return r.joined[parts:len(r.joined):len(r.joined)], i + 1, true
		}
	}
	r.joined = r.joined[:parts]
	return nil, 0, false
}
