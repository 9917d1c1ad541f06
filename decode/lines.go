package decode

import (
	"bytes"
	"context"
	"io"
	"sync"
)

// blockBytes is how much of a file is read at once: little enough to stay in a
// core's cache until it is parsed.
const blockBytes = 512 << 10

// lines cuts a text into lines and hands those that may matter to a sink.
type lines struct {
	*sink
	at   int64 // offset of the next line
	line int64 // its number, less one; meaningless when number is set
	// number gives the number of the line at an offset, for texts that do not begin
	// at the first; it is slow. nil counts.
	number func(at int64) int64
	// partial is set when the text begins inside a line, which is passed over.
	partial bool
	// finish completes the last line; nil at the end of a file.
	finish func(begun []byte) ([]byte, error)

	skipping bool // the beginning of this line has been thrown away
}

var blocks = sync.Pool{New: func() any { b := make([]byte, 0, blockBytes); return &b }}

// read reads to the end. An error is an *inputError, or one of those who receive
// the lines.
func (l *lines) read(ctx context.Context, r io.Reader, size int) error {
	var buf []byte
	if size >= blockBytes {
		pooled := blocks.Get().(*[]byte)
		defer blocks.Put(pooled)
		buf = (*pooled)[:0]
	} else {
		buf = make([]byte, 0, size)
	}
	for {
		if len(buf) == cap(buf) {
			buf = append(make([]byte, 0, max(2*cap(buf), 4<<10)), buf...)
		}
		n, err := r.Read(buf[len(buf):cap(buf)])
		fresh := buf[len(buf) : len(buf)+n]
		buf = buf[:len(buf)+n]
		last := bytes.LastIndexByte(fresh, '\n')
		if last >= 0 {
			last += len(buf) - n
		}
		if err := l.whole(buf[:last+1]); err != nil {
			return err
		}
		rest := buf[last+1:]
		switch {
		case l.partial, l.skipping:
			l.at += int64(len(rest))
			rest = rest[:0]
		case len(rest) > l.opts.MaxLine+lineMarks:
			l.longLine(l.lineNumber(), l.at)
			l.skipping = true
			l.at += int64(len(rest))
			rest = rest[:0]
		}
		buf = buf[:copy(buf[:cap(buf)], rest)]
		if ctxErr := ctx.Err(); ctxErr != nil {
			return ctxErr
		}
		if err == nil {
			continue
		}
		if failed := l.rest(buf, err != io.EOF); failed != nil {
			return failed
		}
		if err == io.EOF {
			return nil
		}
		return &inputError{"unreadable", l.lineNumber(), l.at + int64(len(buf)), err}
	}
}

func (l *lines) lineNumber() int64 {
	if l.number != nil {
		return l.number(l.at)
	}
	return l.line + 1
}

// rest takes what stands behind the last newline.
func (l *lines) rest(text []byte, failed bool) error {
	if len(text) == 0 {
		return nil
	}
	if l.finish != nil && !failed {
		line, err := l.finish(text)
		if err != nil {
			l.problem(l.lineNumber(), l.at, "unreadable", err)
		}
		text = line
	}
	if line, ok := l.begin(text); ok {
		l.reject.chunk(line)
		if l.reject.rejects(line) {
			l.rejected++
			return nil
		}
		return l.sink.line(line, l.lineNumber, l.at)
	}
	return nil
}

// blockReader is a LineReader that can make use of seeing many lines at once: the
// lines that it is then given are parts of the block.
type blockReader interface{ block(text []byte) }

// whole takes lines that each end in a newline.
func (l *lines) whole(text []byte) error {
	if len(text) == 0 {
		return nil
	}
	if l.partial || l.skipping {
		i := bytes.IndexByte(text, '\n')
		l.partial, l.skipping = false, false
		l.at, l.line, text = l.at+int64(i)+1, l.line+1, text[i+1:]
	}
	l.reject.chunk(text)
	if b, ok := l.sink.lines.(blockReader); ok && l.reject == nil {
		b.block(text)
		defer b.block(nil)
	}
	for pos := 0; pos < len(text); {
		// Whole stretches without any of the literals are only counted.
		hit := l.reject.next(text, pos)
		for pos < hit {
			i := bytes.IndexByte(text[pos:], '\n')
			if pos+i >= hit {
				break // the literal is in this line
			}
			if _, ok := l.begin(text[pos : pos+i]); ok {
				l.rejected++
			}
			pos, l.at, l.line = pos+i+1, l.at+int64(i)+1, l.line+1
		}
		if pos >= len(text) {
			return nil
		}
		i := bytes.IndexByte(text[pos:], '\n')
		if line, ok := l.begin(text[pos : pos+i]); ok {
			if l.reject.rejects(line) {
				l.rejected++
			} else if err := l.sink.line(line, l.lineNumber, l.at); err != nil {
				return err
			}
		}
		pos, l.at, l.line = pos+i+1, l.at+int64(i)+1, l.line+1
	}
	return nil
}

// begin counts a line and gives what of it is the event; false when there is
// none, or it is too long to be read.
func (l *lines) begin(line []byte) ([]byte, bool) {
	if n := len(line); n > 0 && line[n-1] == '\r' {
		line = line[:n-1]
	}
	if l.at == 0 {
		line = bytes.TrimPrefix(line, bom)
	}
	if len(line) == 0 || line[0] <= ' ' && len(bytes.TrimSpace(line)) == 0 {
		return nil, false
	}
	if len(line) > l.opts.MaxLine {
		l.longLine(l.lineNumber(), l.at)
		return nil, false
	}
	l.events++
	return line, true
}
