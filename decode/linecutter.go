package decode

import (
	"bufio"
	"bytes"
	"io"
)

// lineCutter cuts the text of a stream reader into lines, without their ends. Of a
// line that is too long nothing is given but that it was there.
type lineCutter struct {
	in   *bufio.Reader
	max  int
	text []byte // valid until the next call
	long bool
	line int64 // number of the line
	at   int64 // its offset
	err  error // why there is no further line

	after int64 // offset of the line after it
	joint []byte
}

func newLineCutter(in io.Reader, max int) *lineCutter {
	return &lineCutter{in: bufio.NewReaderSize(in, 256<<10), max: max}
}

// next goes to the next line; false at the end, which err tells.
func (t *lineCutter) next() bool {
	if t.err != nil {
		return false
	}
	t.line, t.at, t.long = t.line+1, t.after, false
	text, err := t.in.ReadSlice('\n')
	t.after += int64(len(text))
	if err == bufio.ErrBufferFull {
		t.joint = append(t.joint[:0], text...)
		for err == bufio.ErrBufferFull {
			text, err = t.in.ReadSlice('\n')
			t.after += int64(len(text))
			if len(t.joint) <= t.max+lineMarks {
				t.joint = append(t.joint, text...)
			}
		}
		text = t.joint
	}
	t.err = err
	if err != nil && len(text) == 0 {
		return false
	}
	text = bytes.TrimSuffix(bytes.TrimSuffix(text, []byte{'\n'}), []byte{'\r'})
	if t.at == 0 {
		text = bytes.TrimPrefix(text, bom)
	}
	t.text = text
	if t.long = len(text) > t.max; t.long {
		t.text = nil
	}
	return true
}
