package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/klauspost/compress/gzip"

	"harrier/bench/generate"
)

// dataset is the events as files.
type dataset struct {
	events      int
	plain, gzip string
	plainBytes  int64
	gzipBytes   int64
}

// makeData finds the files with that many events in dir, or makes them.
func makeData(dir string, events int, withGzip bool) (d dataset, err error) {
	d = dataset{events: events, plain: filepath.Join(dir, fmt.Sprintf("events-%d.ndjson", events))}
	d.plainBytes, err = makeFile(d.plain, func(w io.Writer) error {
		return generate.Write(w, generate.Config{Events: events})
	})
	if err != nil || !withGzip {
		return d, err
	}
	d.gzip = d.plain + ".gz"
	d.gzipBytes, err = makeFile(d.gzip, func(w io.Writer) error {
		f, err := os.Open(d.plain)
		if err != nil {
			return err
		}
		defer f.Close()
		z, err := gzip.NewWriterLevel(w, gzip.DefaultCompression)
		if err != nil {
			return err
		}
		if _, err := io.Copy(z, f); err != nil {
			return err
		}
		return z.Close()
	})
	return d, err
}

// makeFile gives the size of a file, which write makes when there is none. The
// file gets its name when it is complete, so that one that was interrupted is
// not taken for data.
func makeFile(path string, write func(io.Writer) error) (size int64, err error) {
	if info, err := os.Stat(path); err == nil {
		return info.Size(), nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return 0, err
	}
	fmt.Fprintln(os.Stderr, "making", path)
	f, err := os.CreateTemp(filepath.Dir(path), "making-*")
	if err != nil {
		return 0, err
	}
	defer os.Remove(f.Name()) // After the renaming there is nothing to remove.
	w := bufio.NewWriterSize(f, 1<<20)
	if err := errors.Join(write(w), w.Flush(), f.Close()); err != nil {
		return 0, fmt.Errorf("make %s: %w", path, err)
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return 0, err
	}
	info, err := os.Stat(path)
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}
