package decode

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
)

// pipe is an input that gives its bytes once. The first scan may keep them in a
// temporary file, from which later scans read.
type pipe struct {
	mu   sync.Mutex
	in   io.Reader // nil when it has been given out
	kept *os.File
	used bool
}

var errPipeRead = errors.New("it has been read already, and was not kept")

// open gives the input from its start; keep tells that there will be another
// call.
func (p *pipe) open(keep bool) (io.Reader, func(), error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.kept != nil {
		r := io.NewSectionReader(p.kept, 0, 1<<62)
		return r, func() {}, nil
	}
	if p.used {
		return nil, nil, errPipeRead
	}
	p.used = true
	if !keep {
		return p.in, func() {}, nil
	}
	tmp, err := os.CreateTemp("", "harrier-pipe-*")
	if err != nil {
		return nil, nil, fmt.Errorf("keep what comes from a pipe: %w", err)
	}
	t := &teeReader{in: p.in, to: tmp}
	return t, func() {
		// What the scan left unread belongs to the next one all the same.
		io.Copy(io.Discard, t)
		p.mu.Lock()
		p.kept = tmp
		p.mu.Unlock()
	}, nil
}

// close deletes what was kept.
func (p *pipe) close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.kept == nil {
		return nil
	}
	err := p.kept.Close()
	if rmErr := os.Remove(p.kept.Name()); err == nil {
		err = rmErr
	}
	p.kept = nil
	return err
}

// teeReader is io.TeeReader with an error that says what failed.
type teeReader struct {
	in io.Reader
	to io.Writer
}

func (t *teeReader) Read(p []byte) (int, error) {
	n, err := t.in.Read(p)
	if n > 0 {
		if _, werr := t.to.Write(p[:n]); werr != nil {
			return n, fmt.Errorf("keep what comes from a pipe: %w", werr)
		}
	}
	return n, err
}

// open gives the bytes of a file from its start, and what to call afterwards.
func (f *File) open(keep bool) (io.Reader, func(), error) {
	switch {
	case f.data != nil:
		return bytes.NewReader(f.data), func() {}, nil
	case f.pipe != nil:
		return f.pipe.open(keep)
	}
	h, err := os.Open(f.Path)
	if err != nil {
		return nil, nil, err
	}
	return h, func() { h.Close() }, nil
}
