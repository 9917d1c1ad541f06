package decode

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"

	"harrier/event"
)

// Splits implements event.Source. A plain file of a line format is cut into
// chunks; any other file is one split.
func (f *Files) Splits(_ context.Context, req *event.Request) ([]event.Split, error) {
	if req.Report != nil {
		for _, p := range f.problems {
			req.Report(p)
		}
	}
	var out []event.Split
	for _, file := range f.list {
		if req.Stats != nil {
			req.Stats.Files.Add(1)
			req.Stats.Total.Add(file.Size)
		}
		base := split{file: file, req: req, opts: &f.opts}
		if file.Format.NewLines == nil || file.Format.Header || file.Packed != "" || file.stdin != nil || file.data != nil {
			out = append(out, &streamSplit{base})
			continue
		}
		chunk := int64(f.opts.ChunkBytes)
		for at := int64(0); at < file.Size; at += chunk {
			out = append(out, &chunkSplit{split: base, start: at, end: min(at+chunk, file.Size)})
		}
	}
	return out, nil
}

type split struct {
	file *File
	req  *event.Request
	opts *Options
}

// sink gathers rows of one split into batches.
type sink struct {
	*split
	w        *event.Builder
	yield    func(*event.Batch) error
	lines    LineReader
	reject   *rejecter
	events   int64
	rejected int64
}

func (s *split) sink(yield func(*event.Batch) error) *sink {
	k := &sink{split: s, w: &event.Builder{}, yield: yield}
	if s.file.Format.NewLines != nil {
		k.lines = s.file.Format.NewLines(s.req, s.file.Path)
		k.reject = newRejecter(s.req.Where, s.file.Format)
	}
	return k
}

func (k *sink) flush() error {
	b := k.w.Flush()
	k.count()
	if b == nil {
		return nil
	}
	return k.yield(b)
}

// count adds what was read since the last call to the statistics.
func (k *sink) count() {
	if st := k.req.Stats; st != nil {
		st.Events.Add(k.events)
		st.Rejected.Add(k.rejected)
	}
	k.events, k.rejected = 0, 0
}

func (k *sink) problem(line, offset int64, code string, err error) {
	if k.req.Stats != nil {
		k.req.Stats.Problems.Add(1)
	}
	if k.req.Report != nil {
		k.req.Report(event.Problem{File: k.file.Path, Line: line, Offset: offset, Code: code, Message: err.Error()})
	}
}

// line takes one line, without its newline. at is its offset.
func (k *sink) line(line []byte, number func() int64, at int64) error {
	if n := len(line); n > 0 && line[n-1] == '\r' {
		line = line[:n-1]
	}
	if at == 0 {
		line = bytes.TrimPrefix(line, bom)
	}
	if len(bytes.TrimSpace(line)) == 0 {
		return nil
	}
	k.events++
	if k.reject.rejects(line) {
		k.rejected++
		return nil
	}
	ok, err := k.lines.ReadLine(line, k.w)
	if err != nil {
		// The line stays searchable, marked as LogScale marks events that its parsers
		// could not read.
		k.w.Abandon()
		k.problem(number(), at, "bad-line", err)
		k.w.AddBytes("@rawstring", line)
		k.w.AddText("@error", "true")
		k.w.AddText("@error_msg", err.Error())
		ok = true
	}
	if !ok {
		k.w.Abandon()
		return nil
	}
	k.w.EndRow()
	if k.w.Rows() >= k.opts.Rows {
		return k.flush()
	}
	return nil
}

// chunkSplit is the lines that begin in [start, end) of a plain file.
type chunkSplit struct {
	split
	start, end int64
}

var chunkBuffers = sync.Pool{New: func() any { return new([]byte) }}

// Scan implements event.Split.
func (s *chunkSplit) Scan(ctx context.Context, yield func(*event.Batch) error) error {
	f, err := os.Open(s.file.Path)
	if err != nil {
		s.sink(yield).problem(0, -1, "unreadable", err)
		return nil
	}
	defer f.Close()
	k := s.sink(yield)
	bufp := chunkBuffers.Get().(*[]byte)
	defer chunkBuffers.Put(bufp)
	buf := *bufp
	defer func() {
		if cap(buf) <= 4*s.opts.ChunkBytes {
			*bufp = buf[:0]
		}
	}()

	// A line that begins before start belongs to the split before; it is
	// recognised by the byte in front of start.
	from := s.start
	if from > 0 {
		from--
	}
	if n := int(s.end - from); cap(buf) < n {
		buf = make([]byte, n, n+64<<10)
	}
	buf = buf[:s.end-from]
	n, err := f.ReadAt(buf, from)
	buf = buf[:n]
	if err != nil && err != io.EOF {
		k.problem(0, from, "unreadable", err)
	}
	s.progress(s.end - s.start)
	text := buf
	at := from
	if s.start > 0 {
		i := bytes.IndexByte(text, '\n')
		if i < 0 {
			return nil // one long line covers the whole split
		}
		text, at = text[i+1:], at+int64(i)+1
	}
	last := bytes.LastIndexByte(text, '\n')
	whole, rest := text[:last+1], text[last+1:]
	k.reject.chunk(whole)
	for len(whole) > 0 {
		i := bytes.IndexByte(whole, '\n')
		if err := k.line(whole[:i], func() int64 { return s.lineNumber(at) }, at); err != nil {
			return err
		}
		whole, at = whole[i+1:], at+int64(i)+1
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	if len(rest) > 0 {
		line, ok, err := s.finishLine(f, rest)
		if err != nil {
			k.problem(s.lineNumber(at), at, "unreadable", err)
		}
		if !ok {
			k.problem(s.lineNumber(at), at, "long-line", fmt.Errorf("the line is longer than %d MiB and was left out", s.opts.MaxLine>>20))
		} else {
			k.reject.chunk(line)
			if err := k.line(line, func() int64 { return s.lineNumber(at) }, at); err != nil {
				return err
			}
		}
	}
	return k.flush()
}

// finishLine reads on from the end of the split to the end of the line that
// begins in it; false when it is too long.
func (s *chunkSplit) finishLine(f *os.File, begun []byte) ([]byte, bool, error) {
	line := bytes.Clone(begun)
	at := s.end
	next := make([]byte, 64<<10)
	for {
		n, err := f.ReadAt(next, at)
		if i := bytes.IndexByte(next[:n], '\n'); i >= 0 {
			line = append(line, next[:i]...)
			return line, len(line) <= s.opts.MaxLine, nil
		}
		line = append(line, next[:n]...)
		at += int64(n)
		if err == io.EOF {
			return line, len(line) <= s.opts.MaxLine, nil
		}
		if err != nil {
			return line, true, err
		}
		if len(line) > s.opts.MaxLine {
			return nil, false, nil
		}
	}
}

// lineNumber counts the lines before an offset. It is slow, and only asked for
// when a line is broken.
func (s *chunkSplit) lineNumber(at int64) int64 {
	f, err := os.Open(s.file.Path)
	if err != nil {
		return 0
	}
	defer f.Close()
	buf := make([]byte, 1<<20)
	n, r := int64(1), io.LimitReader(f, at)
	for {
		m, err := r.Read(buf)
		n += int64(bytes.Count(buf[:m], []byte{'\n'}))
		if err != nil {
			return n
		}
	}
}

func (s *split) progress(bytes int64) {
	if st := s.req.Stats; st != nil {
		st.Bytes.Add(bytes)
		st.Done.Add(bytes)
	}
}

// streamSplit is a whole file that can only be read from the start.
type streamSplit struct{ split }

// Scan implements event.Split.
func (s *streamSplit) Scan(ctx context.Context, yield func(*event.Batch) error) error {
	k := s.sink(yield)
	raw := s.file.stdin
	switch {
	case s.file.data != nil:
		raw = bytes.NewReader(s.file.data)
	case raw == nil:
		f, err := os.Open(s.file.Path)
		if err != nil {
			k.problem(0, -1, "unreadable", err)
			return nil
		}
		defer f.Close()
		raw = f
	}
	if st := s.req.Stats; st != nil {
		raw = &countingReader{r: raw, add: func(n int) { st.Done.Add(int64(n)) }}
	}
	text, closeText, err := unpack(s.file.Packed, raw)
	if err != nil {
		k.problem(0, 0, "bad-"+s.file.Packed, err)
		return nil
	}
	defer closeText()
	if st := s.req.Stats; st != nil {
		text = &countingReader{r: text, add: func(n int) { st.Bytes.Add(int64(n)) }}
	}
	if s.file.Format.NewStream != nil {
		r := s.file.Format.NewStream(s.req, s.file.Path)
		err = r.ReadAll(ctx, text, k.w, func() error {
			k.events += int64(k.w.Rows())
			return k.flush()
		}, func(line, offset int64, err error) { k.problem(line, offset, "bad-record", err) })
		k.events += int64(k.w.Rows())
	} else {
		err = k.readLines(ctx, text)
	}
	if err != nil {
		var in *inputError
		if !errors.As(err, &in) {
			return err
		}
		k.problem(0, in.offset, in.code, in.err)
	}
	return k.flush()
}

// inputError is a failure to read on, after which what was read so far counts.
type inputError struct {
	code   string
	offset int64
	err    error
}

func (e *inputError) Error() string { return e.err.Error() }
func (e *inputError) Unwrap() error { return e.err }

// readLines reads lines in order from a stream.
func (k *sink) readLines(ctx context.Context, r io.Reader) error {
	buf := make([]byte, 0, 1<<20)
	at, number := int64(0), int64(1)
	skipping := false
	for {
		if len(buf) == cap(buf) {
			buf = append(make([]byte, 0, 2*cap(buf)), buf...)
		}
		n, err := r.Read(buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		last := bytes.LastIndexByte(buf, '\n')
		if last >= 0 && !skipping {
			k.reject.chunk(buf[:last+1])
		}
		text := buf[:last+1]
		for len(text) > 0 {
			i := bytes.IndexByte(text, '\n')
			if skipping {
				skipping = false
			} else if lineErr := k.line(text[:i], func() int64 { return number }, at); lineErr != nil {
				return lineErr
			}
			text, at, number = text[i+1:], at+int64(i)+1, number+1
		}
		rest := buf[last+1:]
		if len(rest) > k.opts.MaxLine || skipping {
			if !skipping {
				k.problem(number, at, "long-line", fmt.Errorf("the line is longer than %d MiB and was left out", k.opts.MaxLine>>20))
			}
			skipping = true
			at += int64(len(rest))
			rest = rest[:0]
		}
		buf = buf[:copy(buf[:cap(buf)], rest)]
		if ctxErr := ctx.Err(); ctxErr != nil {
			return ctxErr
		}
		if err == nil {
			continue
		}
		if len(buf) > 0 && !skipping {
			k.reject.chunk(buf)
			if lineErr := k.line(buf, func() int64 { return number }, at); lineErr != nil {
				return lineErr
			}
		}
		if err == io.EOF {
			return nil
		}
		code := "unreadable"
		if k.file.Packed != "" {
			code = "bad-" + k.file.Packed
		}
		return &inputError{code, at + int64(len(buf)), err}
	}
}

type countingReader struct {
	r   io.Reader
	add func(n int)
}

func (c *countingReader) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.add(n)
	return n, err
}
