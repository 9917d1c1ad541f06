package main

import (
	"bytes"
	"errors"
	"io"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/klauspost/compress/gzip"

	"harrier/bench/generate"
)

// A limit is what the machine can do at best: no engine that reads the file can
// be faster than the reading.
type limit struct {
	name    string
	seconds float64
	bytes   int64
}

// measureLimits measures how fast the file can be read, searched and
// decompressed, each alone on as many cores as it says.
func measureLimits(d dataset, o runOptions, workers int) ([]limit, error) {
	lines := func(chunk []byte) {
		for {
			i := bytes.IndexByte(chunk, '\n')
			if i < 0 {
				return
			}
			chunk = chunk[i+1:]
		}
	}
	literal := func(chunk []byte) { bytes.Count(chunk, []byte(generate.Needle)) }
	kinds := []struct {
		name    string
		workers int
		size    int64
		do      func(workers int) error
	}{
		{"read the file, one core", 1, d.plainBytes, func(n int) error { return scan(d.plain, n, nil) }},
		{"read the file, all cores", workers, d.plainBytes, func(n int) error { return scan(d.plain, n, nil) }},
		{"read and split into lines, all cores", workers, d.plainBytes, func(n int) error { return scan(d.plain, n, lines) }},
		{"read and search a rare text, all cores", workers, d.plainBytes, func(n int) error { return scan(d.plain, n, literal) }},
		{"decompress one gzip stream, one core", 1, d.plainBytes, func(int) error { return gunzip(d.gzip) }},
	}
	var limits []limit
	for _, k := range kinds {
		if k.workers == 1 && workers == 1 && k.name == kinds[1].name {
			continue
		}
		if d.gzip == "" && k.name == kinds[len(kinds)-1].name {
			continue
		}
		var m measured
		for spent := time.Duration(0); len(m.seconds) < o.runs && spent < o.budget; {
			start := time.Now()
			if err := k.do(k.workers); err != nil {
				return nil, err
			}
			took := time.Since(start)
			spent += took
			m.seconds = append(m.seconds, took.Seconds())
		}
		limits = append(limits, limit{k.name, median(m.seconds), k.size})
	}
	return limits, nil
}

// scan reads a file in chunks with some workers at once, and does something to
// each chunk. A line or a text that two chunks share is seen by neither; that
// does not matter to the time.
func scan(path string, workers int, do func(chunk []byte)) error {
	const chunk = 1 << 20
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	var (
		wg   sync.WaitGroup
		errs = make([]error, workers)
		part = (info.Size() + int64(workers) - 1) / int64(workers)
	)
	for w := range workers {
		wg.Go(func() {
			buf := make([]byte, chunk)
			r := io.NewSectionReader(f, int64(w)*part, part)
			for {
				n, err := r.Read(buf)
				if do != nil {
					do(buf[:n])
				}
				if err != nil {
					if !errors.Is(err, io.EOF) {
						errs[w] = err
					}
					return
				}
			}
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}

func gunzip(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, z)
	return err
}

// median is the middle one of the values, the lower of two.
func median(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	v := slices.Sorted(slices.Values(values))
	return v[(len(v)-1)/2]
}
