package decode

import (
	"bytes"
	"io"
	"os"
	"sync"
)

// lineIndex tells line numbers of a file that is read in chunks. It is only asked
// when a line is broken, and reads the file again for that, but each part of it
// at most once for the chunks and once for the lines of a chunk in order: a file
// in which every line is broken costs two more readings.
type lineIndex struct {
	path  string
	chunk int64

	mu     sync.Mutex
	before []int64         // newlines in front of each chunk, as far as known
	last   map[int64]place // where counting stopped in each chunk
}

type place struct{ at, lines int64 }

// number is the number of the line that begins at an offset; 0 when the file
// cannot be read any more.
func (x *lineIndex) number(at int64) int64 {
	x.mu.Lock()
	defer x.mu.Unlock()
	f, err := os.Open(x.path)
	if err != nil {
		return 0
	}
	defer f.Close()
	if len(x.before) == 0 {
		x.before, x.last = []int64{0}, map[int64]place{}
	}
	for n := int64(len(x.before)); n <= at/x.chunk; n++ {
		x.before = append(x.before, x.before[n-1]+newlines(f, (n-1)*x.chunk, n*x.chunk))
	}
	c := at / x.chunk
	p, ok := x.last[c]
	if !ok || p.at > at {
		p = place{c * x.chunk, x.before[c]}
	}
	p = place{at, p.lines + newlines(f, p.at, at)}
	x.last[c] = p
	return p.lines + 1
}

// newlines counts the line ends in [from, to).
func newlines(f *os.File, from, to int64) int64 {
	r := io.NewSectionReader(f, from, to-from)
	buf := make([]byte, min(to-from, 1<<20))
	n := int64(0)
	for {
		m, err := r.Read(buf)
		n += int64(bytes.Count(buf[:m], []byte{'\n'}))
		if m == 0 || err != nil {
			return n
		}
	}
}
