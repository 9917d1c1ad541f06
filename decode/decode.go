// Package decode reads telemetry files as batches of events.
//
//	paths -> files (folders, globs, "-") -> format sniffed from the first bytes
//	      -> splits (chunks of a plain file, or one compressed file)
//	      -> lines or records -> event.Batch
//
// A format is one value of type [Format], in one file; table.go lists them. A
// decoder makes use of what a query needs (event.Request): it reads only the
// fields that are asked for and drops lines that cannot matter before parsing
// them. It may be lazy, never wrong, since the query filters again.
//
// What cannot be read is reported as an event.Problem with its file and place,
// and the rest of the input is read.
package decode

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"time"

	"harrier/event"
)

// Format is one way in which telemetry is written.
type Format struct {
	Name    string // as given to --input-format
	Summary string
	// Sniff says how sure it is, from 0 (no) to 100, that a file that begins with
	// head and has this name is of the format. head is decompressed text.
	Sniff func(name string, head []byte) int
	// NewLines makes the reader of one split of a format that is a line per event.
	NewLines func(req *event.Request, file string) LineReader
	// NewStream makes the reader of one file of a format that cannot be cut at
	// line ends.
	NewStream func(req *event.Request, file string) StreamReader
	// NewRange makes the reader of one split of a format whose files can be entered
	// anywhere. Such a format has NewStream too, for files that are compressed or come
	// from a pipe.
	NewRange func(req *event.Request, file string) RangeReader
	// Header tells whether the first lines of a file must be known to read the
	// others; such a file is one split and its reader sees all lines in order.
	Header bool
	// EveryLine tells that every line that is not blank gives a row, whatever is asked
	// for, so that rows can be counted without reading them.
	EveryLine bool
	// Unreadable is the @error_msg of lines that ReadLine cannot read. It is the same
	// for all of them, so that a search for words of it can be answered without
	// reading every line; what is wrong with a line stands in the problem.
	Unreadable string
	// Alias gives the name under which a field of the query stands in the file,
	// for looking for its values there; false when it is computed.
	Alias func(field string) (string, bool)
	// Words are values that a line reader may give without their standing in the line.
	Words []string
}

// LineReader adds the event of a line to the open row of w. It does not end the
// row; it reports false when the line holds no event. An error says why the line
// cannot be read: the caller reports it and keeps the line as text.
type LineReader interface {
	ReadLine(line []byte, w *event.Builder) (bool, error)
}

// StreamReader reads a whole file. It ends rows itself, calls ended after each,
// and stops with its error; problems go to report with the line or offset.
type StreamReader interface {
	ReadAll(ctx context.Context, r io.Reader, w *event.Builder, ended func() error, report func(line, offset int64, err error)) error
}

// RangeReader reads what begins in [start, end) of a file; what begins there may
// end beyond. It ends rows as a StreamReader does. Readers of ranges beside each
// other give together what one reader of both gives.
type RangeReader interface {
	ReadRange(ctx context.Context, r io.ReaderAt, start, end int64, w *event.Builder, ended func() error, report func(line, offset int64, err error)) error
}

// Options say how to open files.
type Options struct {
	// Format is the name of a format; "" looks at each file.
	Format string
	// Stdin is read for the path "-".
	Stdin io.Reader
	// ChunkBytes is the length of a split of a plain file; zero chooses by its size.
	ChunkBytes int
	// MaxLine is the longest line in bytes that is read as an event; zero: 16 MiB.
	MaxLine int
	// Rows is the number of rows of a batch; zero: event.BatchRows.
	Rows int
	// Replay keeps what comes from pipes, standard input among them, in a temporary
	// file, so that the source can be scanned more than once: by several queries, or
	// by one with subqueries.
	Replay bool
	// Now is the present, for times that lack a year; zero takes the time of the file,
	// or the clock where it has none.
	Now time.Time
	// Falcon shows the events of known sources under Falcon's names, their own fields
	// kept; see package falcon. Falcon's records are read as they are.
	Falcon bool
	// NoRaw keeps the text of an event from free-text search, which then looks at
	// the fields alone.
	NoRaw bool
}

// File is one input file.
type File struct {
	Path   string
	Size   int64
	Format *Format
	Packed string // "", "gzip" or "zstd"
	pipe   *pipe  // what can only be read from front to end, once
	data   []byte // of a file in memory
}

// Files is a source made of files, in the order in which they were given,
// folders sorted by name.
type Files struct {
	list     []*File
	problems []event.Problem
	opts     Options
}

var _ event.Source = (*Files)(nil)

// List gives the files that will be read.
func (f *Files) List() []*File { return f.list }

// Problems gives what was found wrong when opening: files of no known format,
// folders that cannot be read.
func (f *Files) Problems() []event.Problem { return f.problems }

// Close deletes what was kept of pipes. The source cannot be read afterwards.
func (f *Files) Close() error {
	var errs []error
	for _, file := range f.list {
		if file.pipe != nil {
			errs = append(errs, file.pipe.close())
		}
	}
	return errors.Join(errs...)
}

// Open finds the files of paths - files, folders (all files below), glob
// patterns, or "-" for standard input - and the format of each. A path that does
// not exist is an error; a file below a folder that cannot be read is a problem.
func Open(paths []string, o Options) (*Files, error) {
	if o.MaxLine <= 0 {
		o.MaxLine = 16 << 20
	}
	if o.Rows <= 0 {
		o.Rows = event.BatchRows
	}
	f := &Files{opts: o}
	var forced *Format
	if o.Format != "" {
		if forced = Lookup(o.Format); forced == nil {
			return nil, fmt.Errorf("unknown input format %q: the formats are %s", o.Format, strings.Join(Names(), ", "))
		}
	}
	for _, p := range paths {
		if err := f.find(p, forced); err != nil {
			return nil, err
		}
	}
	return f, nil
}

func (f *Files) problem(path, code string, err error) {
	f.problems = append(f.problems, event.Problem{File: path, Offset: -1, Code: code, Message: err.Error()})
}

func (f *Files) find(path string, forced *Format) error {
	if path == "-" {
		return f.add(path, nil, forced, true)
	}
	info, err := os.Stat(path)
	if err != nil {
		if hits, globErr := filepath.Glob(path); globErr == nil && len(hits) > 0 {
			sort.Strings(hits)
			for _, h := range hits {
				if err := f.find(h, forced); err != nil {
					return err
				}
			}
			return nil
		}
		return fmt.Errorf("read telemetry: %w", err)
	}
	if !info.IsDir() {
		return f.add(path, info, forced, true)
	}
	return filepath.WalkDir(path, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			f.problem(p, "unreadable", err)
			if d != nil && d.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		if strings.HasPrefix(d.Name(), ".") && p != path {
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		if d.IsDir() || !d.Type().IsRegular() || isDocumentation(d.Name()) {
			return nil
		}
		info, err := d.Info()
		if err != nil {
			f.problem(p, "unreadable", err)
			return nil
		}
		return f.add(p, info, forced, false)
	})
}

// headBytes is how much of the text of a file is looked at to tell its format.
// Of a compressed file more is read, since zstd gives nothing before it has a
// whole block, which may have 128 KiB.
const (
	headBytes   = 64 << 10
	packedBytes = 192 << 10
)

// add looks at a file; info is nil for standard input. named is true when the
// user named it, so that it is read as text when nothing else fits.
func (f *Files) add(path string, info fs.FileInfo, forced *Format, named bool) error {
	file := &File{Path: path}
	var in io.Reader = os.Stdin
	if info == nil {
		if f.opts.Stdin != nil {
			in = f.opts.Stdin
		}
	} else {
		h, err := os.Open(path)
		if err != nil {
			f.problem(path, "unreadable", err)
			return nil
		}
		file.Size, in = info.Size(), h
	}
	head, err := readHead(in)
	// A pipe, or a file of the system that does not tell its size, cannot be read in
	// pieces. If reading failed already, what came before is read like any input.
	if info == nil || !info.Mode().IsRegular() || info.Size() == 0 && len(head) > 0 {
		if err != nil {
			in = failed{err}
		}
		file.Size, file.pipe = 0, &pipe{in: io.MultiReader(bytes.NewReader(head), in)}
	} else {
		in.(*os.File).Close()
		if err != nil {
			f.problem(path, "unreadable", err)
			return nil
		}
	}
	return f.identify(file, head, forced, named)
}

// AddBytes adds a file that is in memory; name tells about its format as a path
// does. It is read as text when nothing else fits.
func (f *Files) AddBytes(name string, data []byte) error {
	file := &File{Path: name, Size: int64(len(data)), data: data}
	var forced *Format
	if f.opts.Format != "" {
		forced = Lookup(f.opts.Format)
	}
	return f.identify(file, data[:min(len(data), packedBytes)], forced, true)
}

// identify finds the format of a file from how it begins, and adds it.
func (f *Files) identify(file *File, head []byte, forced *Format, named bool) error {
	path := file.Path
	file.Packed = packing(head)
	if file.Packed != "" {
		text, err := unpackHead(file.Packed, head)
		if err != nil && len(text) == 0 {
			f.problem(path, "bad-"+file.Packed, err)
			return nil
		}
		head = text
	}
	head = head[:min(len(head), headBytes)]
	file.Format = forced
	if forced == nil {
		file.Format = sniff(unpackedName(path), head)
	}
	if file.Format == nil && len(head) == 0 {
		file.Format = textFormat // nothing is text of no lines
	}
	if file.Format == nil {
		if bytes.IndexByte(head, 0) >= 0 {
			f.problem(path, "unknown-format", fmt.Errorf("the file is not telemetry in a format that can be read (it holds binary data)"))
			return nil
		}
		if !named && !looksLikeLog(unpackedName(path)) {
			f.problem(path, "unknown-format", fmt.Errorf("the file is not telemetry in a format that can be recognised; give --input-format text to read it line by line"))
			return nil
		}
		file.Format = textFormat
	}
	f.list = append(f.list, file)
	return nil
}

// readHead reads the beginning of a file, more of it when it is compressed.
func readHead(r io.Reader) ([]byte, error) {
	head := make([]byte, headBytes)
	n, err := io.ReadFull(r, head)
	if err == nil && packing(head) != "" {
		head = append(head, make([]byte, packedBytes-headBytes)...)
		var more int
		more, err = io.ReadFull(r, head[n:])
		n += more
	}
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		err = nil
	}
	return head[:n], err
}

// failed is what is left of a reader that has failed.
type failed struct{ err error }

func (f failed) Read([]byte) (int, error) { return 0, f.err }

func unpackedName(path string) string {
	low := strings.ToLower(path)
	for _, s := range []string{".gz", ".zst", ".zstd", ".gzip"} {
		low = strings.TrimSuffix(low, s)
	}
	return low
}

// isDocumentation tells whether a file in a folder is a page about the telemetry
// rather than telemetry. Named by itself it is read like any other file.
func isDocumentation(name string) bool { return strings.EqualFold(filepath.Ext(name), ".md") }

// looksLikeLog tells whether a file in a folder is worth reading line by line.
func looksLikeLog(name string) bool {
	switch filepath.Ext(name) {
	case ".log", ".txt", ".out", "":
		return true
	}
	return false
}

// sniff finds the format that is surest; nil when none is.
func sniff(name string, head []byte) *Format {
	head = bytes.TrimPrefix(head, bom)
	var best *Format
	sure := 0
	for _, f := range table {
		if f.Sniff == nil {
			continue
		}
		if n := f.Sniff(name, head); n > sure {
			best, sure = f, n
		}
	}
	return best
}

var bom = []byte("\xef\xbb\xbf")

// Lookup finds a format by name.
func Lookup(name string) *Format {
	for _, f := range table {
		if strings.EqualFold(f.Name, name) {
			return f
		}
	}
	return nil
}

// Formats gives all formats, sorted by name.
func Formats() []*Format { return table }

// Names gives the names of all formats, sorted.
func Names() []string {
	var out []string
	for _, f := range table {
		out = append(out, f.Name)
	}
	return out
}
