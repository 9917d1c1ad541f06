package decode

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"time"

	"harrier/event"
	"harrier/falcon"
)

// Splits implements event.Source. A plain file of a line format, or of one that
// can be entered anywhere, is cut into chunks; any other file is one split.
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
		if f.opts.Falcon && file.Format != fdrFormat {
			base.req, base.shown = falcon.Widen(req), req
		}
		if file.Format.NewLines == nil && file.Format.NewRange == nil || file.Format.Header || file.Packed != "" || file.pipe != nil || file.data != nil {
			out = append(out, &streamSplit{base})
			continue
		}
		chunk := int64(f.opts.ChunkBytes)
		if chunk <= 0 {
			chunk = chunkFor(file.Size)
		}
		if file.Format.NewRange != nil {
			for at := int64(0); at < file.Size; at += chunk {
				out = append(out, &rangeSplit{split: base, start: at, end: min(at+chunk, file.Size)})
			}
			continue
		}
		index := &lineIndex{path: file.Path, chunk: chunk}
		for at := int64(0); at < file.Size; at += chunk {
			out = append(out, &chunkSplit{split: base, start: at, end: min(at+chunk, file.Size), index: index})
		}
	}
	return out, nil
}

// chunkFor is the length of the splits of a file: some for each core, so that none
// waits long for the last, yet long, since each begins its dictionaries anew.
func chunkFor(size int64) int64 {
	return min(max(size/int64(8*runtime.GOMAXPROCS(0)), 1<<20), 64<<20)
}

type split struct {
	file  *File
	req   *event.Request
	shown *event.Request // what was asked for in Falcon's terms, when req is what that takes
	opts  *Options
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
	pending  int   // bytes of input that went into the rows at hand, or nearly
	parsed   int64 // bytes of the lines that were parsed, not yet in the statistics

	some bool    // only some rows are asked for
	rows []int64 // those of them still to come
	row  int64   // number of the next row
}

func (s *split) sink(yield func(*event.Batch) error) *sink {
	k := &sink{split: s, w: &event.Builder{}, yield: yield}
	if s.shown != nil {
		v := falcon.NewView(s.shown, nil)
		k.yield = func(b *event.Batch) error {
			v.Map(b)
			return yield(b)
		}
	}
	if s.file.Format.NewLines != nil {
		k.lines = s.file.Format.NewLines(s.req, s.file.Path)
		if d, ok := k.lines.(dated); ok {
			d.writtenBefore(s.written())
		}
		k.reject = newRejecter(s.req.Where, s.file.Format)
	}
	return k
}

// written is a time at which the file was complete, as far as is known.
func (s *split) written() time.Time {
	if !s.opts.Now.IsZero() {
		return s.opts.Now
	}
	if s.file.data == nil && s.file.pipe == nil {
		if info, err := os.Stat(s.file.Path); err == nil {
			return info.ModTime().UTC()
		}
	}
	return time.Now().UTC()
}

func (k *sink) flush() error {
	b := k.w.Flush()
	k.pending = 0
	if k.w.Fields() > maxColumns {
		k.w.Reset() // names that come once would be carried along for ever
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
		st.Parsed.Add(k.parsed)
	}
	k.events, k.rejected, k.parsed = 0, 0, 0
}

func (k *sink) problem(line, offset int64, code string, err error) {
	if k.req.Stats != nil {
		k.req.Stats.Problems.Add(1)
	}
	if k.req.Report != nil {
		k.req.Report(event.Problem{File: k.file.Path, Line: line, Offset: offset, Code: code, Message: err.Error()})
	}
}

// line takes one line, without its newline, that was not rejected. at is its
// offset.
func (k *sink) line(line []byte, number func() int64, at int64) error {
	if k.some {
		if len(k.rows) == 0 {
			return errEnough
		}
		n := k.row
		k.row++
		if k.rows[0] != n {
			return nil
		}
		k.rows = k.rows[1:]
	}
	k.pending += len(line)
	k.parsed += int64(len(line))
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

// Scan implements event.Split.
func (s *chunkSplit) Scan(ctx context.Context, yield func(*event.Batch) error) error {
	return s.scan(ctx, s.sink(yield))
}

func (s *chunkSplit) scan(ctx context.Context, k *sink) error {
	f, err := os.Open(s.file.Path)
	if err != nil {
		k.problem(0, -1, "unreadable", err)
		return nil
	}
	defer f.Close()
	l := &lines{sink: k, number: s.index.number, at: s.start}
	if s.start > 0 {
		// A line that begins before start belongs to the split before; it is
		// recognised by the byte in front of start.
		l.at--
		l.partial = true
		s.progress(-1)
	}
	if s.end < s.file.Size {
		l.finish = func(begun []byte) ([]byte, error) { return s.finishLine(f, begun) }
	}
	r := &countingReader{r: io.NewSectionReader(f, l.at, s.end-l.at), add: func(n int) { s.progress(int64(n)) }}
	if err := l.read(ctx, r, int(min(s.end-l.at+1, blockBytes))); err != nil {
		return k.ended(err)
	}
	return k.flush()
}

// finishLine reads on from the end of the split to the end of the line that
// begins in it. Of a line that is too long it gives no more than shows that.
func (s *chunkSplit) finishLine(f *os.File, begun []byte) ([]byte, error) {
	line := bytes.Clone(begun)
	at := s.end
	next := make([]byte, 64<<10)
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
	return s.scan(ctx, s.sink(yield))
}

func (s *streamSplit) scan(ctx context.Context, k *sink) error {
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
		err = r.ReadAll(ctx, text, k.w, k.rowEnded(ctx), k.reportProblem)
	} else {
		size := blockBytes
		if s.file.data != nil && s.file.Packed == "" {
			size = min(size, len(s.file.data)+1)
		}
		l := &lines{sink: k}
		err = l.read(ctx, text, size)
	}
	if err != nil {
		return k.ended(err)
	}
	return k.flush()
}

// errEnough ends the reading of a split of which only some rows were asked for.
var errEnough = errors.New("enough")

// GivesRows implements event.RowSource: the files can be read twice, and their
// rows be counted without reading them.
func (f *Files) GivesRows() bool {
	return !f.opts.Falcon && !slices.ContainsFunc(f.list, func(x *File) bool { return x.pipe != nil || !x.Format.EveryLine })
}

// ScanRows implements event.RowSplit.
func (s *chunkSplit) ScanRows(ctx context.Context, rows []int64, yield func(*event.Batch) error) error {
	k := s.sink(yield)
	k.some, k.rows = true, rows
	return s.scan(ctx, k)
}

// ScanRows implements event.RowSplit.
func (s *streamSplit) ScanRows(ctx context.Context, rows []int64, yield func(*event.Batch) error) error {
	k := s.sink(yield)
	k.some, k.rows = true, rows
	return s.scan(ctx, k)
}

var (
	_ event.RowSource = (*Files)(nil)
	_ event.RowSplit  = (*chunkSplit)(nil)
	_ event.RowSplit  = (*streamSplit)(nil)
)

// ended deals with an error that ended the reading of a split: when it is the
// input's, it is reported, and what was read before it counts.
func (k *sink) ended(err error) error {
	if errors.Is(err, errEnough) {
		return k.flush()
	}
	var in *inputError
	if !errors.As(err, &in) {
		return err
	}
	if in.code == "unreadable" && k.file.Packed != "" {
		in.code = "bad-" + k.file.Packed
	}
	k.problem(in.line, in.offset, in.code, in.err)
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

// coded is an error that says under which code it is reported.
type coded struct {
	code string
	error
}

func (c coded) Unwrap() error { return c.error }

func problemCode(err error) string {
	var c coded
	if errors.As(err, &c) {
		return c.code
	}
	return "bad-record"
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
