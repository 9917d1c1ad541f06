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
	for _, p := range f.problems {
		if req.Stats != nil {
			req.Stats.Problems.Add(1)
		}
		if req.Report != nil {
			req.Report(p)
		}
	}
	if f.opts.NoRaw && req.FreeText {
		fields := *req
		fields.FreeText, fields.Fields.All = false, true
		req = &fields
	}
	var out []event.Split
	for _, file := range f.list {
		if req.Stats != nil {
			req.Stats.Files.Add(1)
			req.Stats.Total.Add(file.Size)
		}
		base := split{file: file, req: req, opts: &f.opts}
		if file.Format.NewLines == nil || file.Format.Header || file.Packed != "" || file.pipe != nil || file.data != nil {
			out = append(out, &streamSplit{base})
			continue
		}
		chunk := int64(f.opts.ChunkBytes)
		index := &lineIndex{path: file.Path, chunk: chunk}
		for at := int64(0); at < file.Size; at += chunk {
			out = append(out, &chunkSplit{split: base, start: at, end: min(at+chunk, file.Size), index: index})
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
	pending  int // bytes of input that went into the rows at hand, or nearly
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
	k.pending = 0
	if k.w.Fields() > maxColumns {
		*k.w = event.Builder{} // names that come once would be carried along for ever
	}
	k.count()
	if b == nil {
		return nil
	}
	return k.yield(b)
}

// maxColumns is the number of fields beyond which a batch is kept short: the
// memory of a batch is its rows times its fields.
const maxColumns = 1024

// maxPending is the same for batches of long events: in bytes of input.
const maxPending = 16 << 20

// full tells whether the rows at hand make a batch.
func (k *sink) full() bool {
	n := k.w.Rows()
	return n >= k.opts.Rows || n*k.w.Fields() > event.BatchRows*maxColumns || k.pending > maxPending
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
	if len(line) > k.opts.MaxLine {
		k.longLine(number(), at)
		return nil
	}
	k.events++
	if k.reject.rejects(line) {
		k.rejected++
		return nil
	}
	k.pending += len(line)
	ok, err := k.lines.ReadLine(line, k.w)
	if err != nil {
		// The line stays searchable, marked as LogScale marks events that its parsers
		// could not read.
		k.w.Abandon()
		k.problem(number(), at, "bad-line", err)
		k.w.AddBytes("@rawstring", line)
		k.w.AddText("@error", "true")
		k.w.AddText("@error_msg", k.file.Format.Unreadable)
		ok = true
	}
	if !ok {
		k.w.Abandon()
		return nil
	}
	k.w.EndRow()
	if k.full() {
		return k.flush()
	}
	return nil
}

// lineMarks is how many bytes of a line may be no part of it: a byte order mark
// and the carriage return before the newline.
const lineMarks = 4

func (k *sink) longLine(number, at int64) {
	k.problem(number, at, "long-line", fmt.Errorf("the line is longer than %s and was left out", byteCount(k.opts.MaxLine)))
}

// byteCount writes a limit in the unit in which it is round.
func byteCount(n int) string {
	if n >= 1<<20 && n%(1<<20) == 0 {
		return fmt.Sprintf("%d MiB", n>>20)
	}
	return fmt.Sprintf("%d bytes", n)
}

// chunkSplit is the lines that begin in [start, end) of a plain file.
type chunkSplit struct {
	split
	start, end int64
	index      *lineIndex
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
		buf = make([]byte, n)
	}
	buf = buf[:s.end-from]
	n, err := f.ReadAt(buf, from)
	buf = buf[:n]
	failed := err != nil && err != io.EOF
	if failed {
		k.problem(0, from+int64(n), "unreadable", err)
	}
	s.progress(max(0, int64(n)-(s.start-from)))
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
	number := func() int64 { return s.index.number(at) }
	for len(whole) > 0 {
		i := bytes.IndexByte(whole, '\n')
		if err := k.line(whole[:i], number, at); err != nil {
			return err
		}
		whole, at = whole[i+1:], at+int64(i)+1
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	if len(rest) > 0 && !failed {
		line, err := s.finishLine(f, rest)
		if err != nil {
			k.problem(number(), at, "unreadable", err)
		}
		k.reject.chunk(line)
		if err := k.line(line, number, at); err != nil {
			return err
		}
	}
	return k.flush()
}

// finishLine reads on from the end of the split to the end of the line that
// begins in it. Of a line that is too long it gives no more than shows that.
func (s *chunkSplit) finishLine(f *os.File, begun []byte) ([]byte, error) {
	line := bytes.Clone(begun)
	at := s.end
	next := make([]byte, min(64<<10, max(4<<10, s.opts.ChunkBytes)))
	for len(line) <= s.opts.MaxLine+lineMarks {
		n, err := f.ReadAt(next, at)
		if i := bytes.IndexByte(next[:n], '\n'); i >= 0 {
			return append(line, next[:i]...), nil
		}
		line = append(line, next[:n]...)
		at += int64(n)
		if err == io.EOF {
			return line, nil
		}
		if err != nil {
			return line, err
		}
	}
	return line, nil
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
	raw, closeRaw, err := s.file.open(s.opts.Replay)
	if err != nil {
		k.problem(0, -1, "unreadable", err)
		return nil
	}
	defer closeRaw()
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
		text = &countingReader{r: text, add: func(n int) { k.pending += n }}
		if l, ok := r.(limited); ok {
			l.limit(k.opts.MaxLine)
		}
		err = r.ReadAll(ctx, text, k.w, func() error {
			k.events++
			if !k.full() {
				return nil
			}
			if err := ctx.Err(); err != nil {
				return err
			}
			return k.flush()
		}, func(line, offset int64, err error) { k.problem(line, offset, "bad-record", err) })
	} else {
		err = k.readLines(ctx, text)
	}
	if err != nil {
		var in *inputError
		if !errors.As(err, &in) {
			return err
		}
		if in.code == "unreadable" && s.file.Packed != "" {
			in.code = "bad-" + s.file.Packed
		}
		k.problem(in.line, in.offset, in.code, in.err)
	}
	return k.flush()
}

// inputError is a failure to read on, after which what was read so far counts.
type inputError struct {
	code   string
	line   int64
	offset int64
	err    error
}

// limited is a StreamReader that leaves out records longer than a limit.
type limited interface{ limit(bytes int) }

func (e *inputError) Error() string { return e.err.Error() }
func (e *inputError) Unwrap() error { return e.err }

// readLines reads lines in order from a stream.
func (k *sink) readLines(ctx context.Context, r io.Reader) error {
	size := 1 << 20
	if k.file.data != nil && k.file.Packed == "" {
		size = min(size, len(k.file.data)+1)
	}
	buf := make([]byte, 0, size)
	at, line := int64(0), int64(1)
	number := func() int64 { return line }
	skipping := false // the beginning of this line has been thrown away
	for {
		if len(buf) == cap(buf) {
			buf = append(make([]byte, 0, max(2*cap(buf), 4<<10)), buf...)
		}
		n, err := r.Read(buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		last := bytes.LastIndexByte(buf, '\n')
		text := buf[:last+1]
		k.reject.chunk(text)
		for len(text) > 0 {
			i := bytes.IndexByte(text, '\n')
			if skipping {
				skipping = false
			} else if lineErr := k.line(text[:i], number, at); lineErr != nil {
				return lineErr
			}
			text, at, line = text[i+1:], at+int64(i)+1, line+1
		}
		rest := buf[last+1:]
		if len(rest) > k.opts.MaxLine+lineMarks || skipping {
			if !skipping {
				k.longLine(line, at)
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
		if len(buf) > 0 {
			k.reject.chunk(buf)
			if lineErr := k.line(buf, number, at); lineErr != nil {
				return lineErr
			}
		}
		if err == io.EOF {
			return nil
		}
		return &inputError{"unreadable", line, at + int64(len(buf)), err}
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
