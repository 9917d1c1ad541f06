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
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"

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
	// Header tells whether the first lines of a file must be known to read the
	// others; such a file is one split and its reader sees all lines in order.
	Header bool
	// Alias gives the name under which a field of the query stands in the file,
	// for looking for its values there; false when it is computed.
	Alias func(field string) (string, bool)
}

// LineReader adds the event of a line to the open row of w. It does not end the
// row; it reports false when the line holds no event. An error says why the line
// cannot be read: the caller reports it and keeps the line as text.
type LineReader interface {
	ReadLine(line []byte, w *event.Builder) (bool, error)
}

// StreamReader reads a whole file. It ends rows itself and calls flush when w
// holds a batch; problems go to report with the line or offset.
type StreamReader interface {
	ReadAll(ctx context.Context, r io.Reader, w *event.Builder, flush func() error, report func(line, offset int64, err error)) error
}

// Options say how to open files.
type Options struct {
	// Format is the name of a format; "" looks at each file.
	Format string
	// Stdin is read for the path "-".
	Stdin io.Reader
	// ChunkBytes is the length of a split of a plain file; zero: 4 MiB.
	ChunkBytes int
	// MaxLine is the longest line in bytes that is read as an event; zero: 16 MiB.
	MaxLine int
	// Rows is the number of rows of a batch; zero: event.BatchRows.
	Rows int
}

// File is one input file.
type File struct {
	Path   string
	Size   int64
	Format *Format
	Packed string // "", "gzip" or "zstd"
	stdin  io.Reader
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

// Open finds the files of paths - files, folders (all files below), glob
// patterns, or "-" for standard input - and the format of each. A path that does
// not exist is an error; a file below a folder that cannot be read is a problem.
func Open(paths []string, o Options) (*Files, error) {
	if o.ChunkBytes <= 0 {
		o.ChunkBytes = 4 << 20
	}
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
		return f.add(path, 0, forced, true)
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
		return f.add(path, info.Size(), forced, true)
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
		return f.add(p, info.Size(), forced, false)
	})
}

// headBytes is how much of a file is looked at to tell its format.
const headBytes = 64 << 10

// add looks at a file. named is true when the user named it, so that it is read
// as text when nothing else fits.
func (f *Files) add(path string, size int64, forced *Format, named bool) error {
	file := &File{Path: path, Size: size}
	var head []byte
	if path == "-" {
		file.Path = "-"
		r := f.opts.Stdin
		if r == nil {
			r = os.Stdin
		}
		head = readHead(r)
		file.stdin = io.MultiReader(bytes.NewReader(head), r)
	} else {
		h, err := os.Open(path)
		if err != nil {
			f.problem(path, "unreadable", err)
			return nil
		}
		head = readHead(h)
		h.Close()
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
	return f.identify(file, data[:min(len(data), headBytes)], forced, true)
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
	file.Format = forced
	if forced == nil {
		file.Format = sniff(unpackedName(path), head)
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

func readHead(r io.Reader) []byte {
	head := make([]byte, headBytes)
	n, _ := io.ReadFull(r, head)
	return head[:n]
}

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
