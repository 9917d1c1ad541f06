package decode

import (
	"context"
	"io"
	"os"

	"harrier/event"
)

// rangeSplit is what begins in [start, end) of a plain file of a format that can
// be entered anywhere.
type rangeSplit struct {
	split
	start, end int64
}

// Scan implements event.Split.
func (s *rangeSplit) Scan(ctx context.Context, yield func(*event.Batch) error) error {
	k := s.sink(yield)
	f, err := os.Open(s.file.Path)
	if err != nil {
		k.problem(0, -1, "unreadable", err)
		return nil
	}
	defer f.Close()
	in := &rangeCounter{in: f, sink: k, split: s, done: s.start}
	err = s.file.Format.NewRange(s.req, s.file.Path).ReadRange(ctx, in, s.start, s.end, k.w, k.rowEnded(ctx), k.reportProblem)
	if err != nil {
		return k.ended(err)
	}
	in.advance(s.end)
	return k.flush()
}

// rowEnded gives what a reader that ends rows itself calls after each.
func (k *sink) rowEnded(ctx context.Context) func() error {
	return func() error {
		k.events++
		if !k.full() {
			return nil
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		return k.flush()
	}
}

// reportProblem is what such a reader reports problems to.
func (k *sink) reportProblem(line, offset int64, err error) {
	k.problem(line, offset, problemCode(err), err)
}

// rangeCounter counts the bytes of a range, each once: a reader may look at what
// lies beside it.
type rangeCounter struct {
	in    io.ReaderAt
	sink  *sink
	split *rangeSplit
	done  int64
}

// ReadAt implements io.ReaderAt.
func (r *rangeCounter) ReadAt(p []byte, at int64) (int, error) {
	n, err := r.in.ReadAt(p, at)
	r.sink.pending += n
	r.advance(at + int64(n))
	return n, err
}

func (r *rangeCounter) advance(to int64) {
	if to = min(to, r.split.end); to > r.done {
		r.split.progress(to - r.done)
		r.done = to
	}
}
