package decode

import (
	"bytes"
	"fmt"
	"io"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// packing tells the compression of a file from its first bytes.
func packing(head []byte) string {
	switch {
	case bytes.HasPrefix(head, []byte{0x1f, 0x8b}):
		return "gzip"
	case bytes.HasPrefix(head, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		return "zstd"
	}
	return ""
}

// unpackHead decompresses as much of the first bytes of a file as they hold.
func unpackHead(how string, head []byte) ([]byte, error) {
	r, done, err := unpack(how, bytes.NewReader(head))
	if err != nil {
		return nil, err
	}
	defer done()
	out := make([]byte, headBytes)
	n, err := io.ReadFull(r, out)
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		err = nil
	}
	return out[:n], err
}

// unpack decompresses a stream, several gzip members one after the other
// included. Decompression runs ahead of its reader on a goroutine of its own.
func unpack(how string, r io.Reader) (io.Reader, func(), error) {
	var text io.Reader
	var closeText func()
	switch how {
	case "":
		return r, func() {}, nil
	case "gzip":
		z, err := gzip.NewReader(r)
		if err != nil {
			return nil, nil, fmt.Errorf("the gzip header is broken: %w", err)
		}
		text, closeText = z, func() { z.Close() }
	case "zstd":
		z, err := zstd.NewReader(r, zstd.WithDecoderMaxMemory(1<<30))
		if err != nil {
			return nil, nil, fmt.Errorf("the zstd header is broken: %w", err)
		}
		text, closeText = z, z.Close
	default:
		return nil, nil, fmt.Errorf("unknown compression %q", how)
	}
	a := readAhead(text)
	return a, func() { a.stop(); closeText() }, nil
}

// ahead reads a stream on a goroutine of its own, a few blocks in front.
type ahead struct {
	blocks chan block
	free   chan []byte
	quit   chan struct{}
	ended  chan struct{}
	now    []byte
	whole  []byte
	err    error
}

type block struct {
	data []byte
	err  error
}

func readAhead(r io.Reader) *ahead {
	a := &ahead{blocks: make(chan block, 2), free: make(chan []byte, 4), quit: make(chan struct{}), ended: make(chan struct{})}
	for range cap(a.free) {
		a.free <- make([]byte, 512<<10)
	}
	go func() {
		defer close(a.ended)
		for {
			var buf []byte
			select {
			case buf = <-a.free:
			case <-a.quit:
				return
			}
			n := 0
			var err error
			for n < len(buf) && err == nil {
				var m int
				m, err = r.Read(buf[n:])
				n += m
			}
			select {
			case a.blocks <- block{buf[:n], err}:
			case <-a.quit:
				return
			}
			if err != nil {
				return
			}
		}
	}()
	return a
}

// Read implements io.Reader.
func (a *ahead) Read(p []byte) (int, error) {
	for len(a.now) == 0 {
		if a.whole != nil {
			a.free <- a.whole[:cap(a.whole)]
			a.whole = nil
		}
		if a.err != nil {
			return 0, a.err
		}
		b := <-a.blocks
		a.now, a.whole, a.err = b.data, b.data, b.err
		if len(a.now) == 0 && a.err != nil {
			return 0, a.err
		}
	}
	n := copy(p, a.now)
	a.now = a.now[n:]
	return n, nil
}

// stop ends the goroutine and waits for it.
func (a *ahead) stop() {
	close(a.quit)
	<-a.ended
}
