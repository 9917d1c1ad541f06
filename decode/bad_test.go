package decode

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"

	"harrier/event"
)

func zstded(t testing.TB, data []byte) []byte {
	t.Helper()
	w, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	return w.EncodeAll(data, nil)
}

// numbered gives n lines of JSON that do not compress to nothing.
func numbered(n int) []byte {
	var b bytes.Buffer
	for i := range n {
		fmt.Fprintf(&b, "{\"n\":\"%d\",\"id\":\"%016x\"}\n", i, uint64(i+1)*0x9e3779b97f4a7c15)
	}
	return b.Bytes()
}

// checkPacked reads a compressed text and looks for the number of rows, at least,
// and the codes of the problems.
func checkPacked(t *testing.T, name string, data []byte, rows int, codes ...string) {
	t.Helper()
	r := read(t, open(t, name, data, Options{}), everything())
	var got []string
	for _, p := range r.problems {
		got = append(got, p.Code)
		if p.File != name {
			t.Errorf("%s: the problem names the file %q", name, p.File)
		}
	}
	if len(r.rows) < rows || strings.Join(got, " ") != strings.Join(codes, " ") {
		t.Errorf("%s: %d rows and problems %v, want %d and %v", name, len(r.rows), r.problems, rows, codes)
	}
	for i, row := range r.rows {
		if row["@error"] == "" && row["n"] != fmt.Sprint(i) {
			t.Fatalf("%s: row %d is %v", name, i, row)
		}
	}
}

func TestPacked(t *testing.T) {
	text := numbered(5000)
	half := text[:bytes.LastIndexByte(text[:len(text)/2], '\n')+1]
	other := text[len(half):]
	z := packed(text)
	checkPacked(t, "whole.gz", z, 5000)
	checkPacked(t, "members.gz", append(packed(half), packed(other)...), 5000)
	checkPacked(t, "truncated.gz", z[:len(z)*9/10], 4000, "bad-line", "bad-gzip")
	checkPacked(t, "notrailer.gz", z[:len(z)-4], 5000, "bad-gzip")
	checkPacked(t, "junk behind.gz", append(bytes.Clone(z), "junk that is no member"...), 5000, "bad-gzip")
	checkPacked(t, "second broken.gz", append(packed(half), packed(other)[:200]...), 2000, "bad-line", "bad-gzip")
	sum := bytes.Clone(z)
	sum[len(sum)-6] ^= 1
	checkPacked(t, "checksum.gz", sum, 5000, "bad-gzip")
	checkPacked(t, "header.gz", z[:6], 0, "bad-gzip")
	checkPacked(t, "empty.gz", packed(nil), 0)

	y := zstded(t, text)
	checkPacked(t, "whole.zst", y, 5000)
	checkPacked(t, "frames.zst", append(zstded(t, half), zstded(t, other)...), 5000)
	checkPacked(t, "empty.zst", zstded(t, nil), 0)
	r := read(t, open(t, "truncated.zst", y[:len(y)*9/10], Options{}), everything())
	if len(r.rows) == 0 || len(r.problems) == 0 || r.problems[len(r.problems)-1].Code != "bad-zstd" {
		t.Errorf("a truncated zstd file gives %d rows and %v", len(r.rows), r.problems)
	}
	if r := read(t, open(t, "header.zst", y[:5], Options{}), everything()); len(r.rows) != 0 || len(r.problems) != 1 || r.problems[0].Code != "bad-zstd" {
		t.Errorf("a header of zstd gives %v and %v", r.rows, r.problems)
	}
	// The place is that in the unpacked text.
	r = read(t, open(t, "lines.gz", packed([]byte("{\"a\":\"1\"}\nx\n")), Options{}), everything())
	if got := r.trouble(); got != "2:10 bad-line the line is not a JSON object\n" {
		t.Error(got)
	}
	// Formats that are streams tell a broken packing too.
	csv := []byte("n,x\n")
	for i := range 3000 {
		csv = fmt.Appendf(csv, "%d,%016x\n", i, uint64(i+1)*0x9e3779b97f4a7c15)
	}
	z = packed(csv)
	r = read(t, open(t, "t.csv.gz", z[:len(z)/2], Options{}), everything())
	if n := len(r.problems); len(r.rows) < 1000 || n != 1 || r.problems[0].Code != "bad-gzip" || r.problems[0].Line == 0 {
		t.Errorf("a truncated table gives %d rows and %v", len(r.rows), r.problems)
	}
}

// A first block of zstd may be as long as 128 KiB: the format is recognised all
// the same.
func TestZstdLongBlock(t *testing.T) {
	var b bytes.Buffer
	x := uint64(1)
	for b.Len() < 400<<10 {
		b.WriteString(`{"blob":"`)
		for range 3000 {
			x ^= x << 13
			x ^= x >> 7
			x ^= x << 17
			b.WriteByte("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_"[x>>58])
		}
		b.WriteString("\"}\n")
	}
	f := onDisk(t, "x", zstded(t, b.Bytes()), Options{})
	if n := len(f.List()); n != 1 || f.List()[0].Format.Name != "ndjson" {
		t.Errorf("%d files, read as %v", n, f.List()[0].Format)
	}
}

func TestDeepNesting(t *testing.T) {
	const n = 10_000
	deep := strings.Repeat(`{"a":`, n) + "1" + strings.Repeat("}", n)
	r := read(t, open(t, "x", []byte("{\"a\":\"1\"}\n"+deep+"\n{\"a\":\"2\"}\n"), Options{}), everything())
	if len(r.rows) != 3 || r.rows[1]["@rawstring"] != deep || r.rows[2]["a"] != "2" || len(r.problems) != 1 || r.problems[0].Line != 2 {
		t.Errorf("%d rows, %.200v", len(r.rows), r.problems)
	}
	for _, in := range []string{deep, `{"a":` + strings.Repeat("[", n) + strings.Repeat("]", n) + "}", strings.Repeat("[", n) + `{"b":"1"}` + strings.Repeat("]", n)} {
		r := read(t, open(t, "x", []byte("[{\"a\":\"1\"},\n"+in+",\n{\"a\":\"2\"}]"), Options{Format: "json"}), everything())
		if n := len(r.rows); n < 2 || r.rows[n-1]["a"] != "2" || len(r.problems) != 3-n {
			t.Errorf("%.20q: %d rows, %.200v", in, n, r.problems)
		}
	}
}

// An object with very many members is no event, and the names of many objects
// that are all different are not kept.
func TestManyFields(t *testing.T) {
	var wide bytes.Buffer
	for i := range maxFields + 1 {
		fmt.Fprintf(&wide, ",\"f%d\":1", i)
	}
	line := "{" + wide.String()[1:] + "}"
	for _, format := range []string{"ndjson", "json"} {
		r := read(t, open(t, "x", []byte(line+"\n{\"a\":\"1\"}\n"), Options{Format: format}), everything())
		if n := len(r.rows); n == 0 || r.rows[n-1]["a"] != "1" || len(r.problems) != 1 || !strings.Contains(r.problems[0].Message, "more than 65536 fields") {
			t.Errorf("%s: %d rows, %v", format, n, r.problems)
		}
	}
	var b bytes.Buffer
	for i := range 8_000 {
		fmt.Fprintf(&b, "{\"k%d\":\"1\",\"l%d\":\"2\"}\n", i, i)
	}
	f := open(t, "x", b.Bytes(), Options{})
	rows, batches := 0, 0
	splits, err := f.Splits(context.Background(), everything())
	if err != nil {
		t.Fatal(err)
	}
	err = splits[0].Scan(context.Background(), func(b *event.Batch) error {
		rows, batches = rows+b.Len(), batches+1
		if cells := b.Len() * len(b.Names()); cells > 2*event.BatchRows*maxColumns {
			t.Errorf("a batch of %d rows and %d fields", b.Len(), len(b.Names()))
		}
		return nil
	})
	if err != nil || rows != 8_000 || batches < 4 {
		t.Errorf("%d rows in %d batches, %v", rows, batches, err)
	}
}

// repeat is a text of n times the same byte between two others.
func repeat(before string, c byte, n int64, after string) io.Reader {
	return io.MultiReader(strings.NewReader(before), io.LimitReader(endless(c), n), strings.NewReader(after))
}

type endless byte

func (e endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(e)
	}
	return len(p), nil
}

// A record of any length costs no more memory than the limit allows.
func TestHugeRecords(t *testing.T) {
	length, limit := int64(24<<20), 1<<20
	if !testing.Short() {
		length, limit = 100<<20, 0
	}
	for _, c := range []struct{ format, before, after, code string }{
		{"ndjson", "{\"a\":\"1\"}\n{\"a\":\"", "\"}\n{\"a\":\"2\"}\n", "long-line"},
		{"text", "1\n", "\n2\n", "long-line"},
		{"json", "[{\"a\":\"1\"},{\"a\":\"", "\"},{\"a\":\"2\"}]", "bad-record"},
		{"csv", "a\n1\n", "\n2\n", "bad-record"},
		{"csv", "a\n1\n\"", "\"\n2\n", "bad-record"},
	} {
		f, err := Open([]string{"-"}, Options{Format: c.format, Stdin: repeat(c.before, 'x', length, c.after), MaxLine: limit})
		if err != nil {
			t.Fatal(err)
		}
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		r := read(t, f, everything())
		runtime.ReadMemStats(&after)
		bound := int64(limit)
		if bound == 0 {
			bound = 16 << 20
		}
		// All that was ever allocated: buffers that double cost their length again.
		if used := int64(after.TotalAlloc - before.TotalAlloc); used > 8*bound+8<<20 {
			t.Errorf("%s: %d MiB were allocated", c.format, used>>20)
		}
		n := len(r.rows)
		if n < 2 || r.rows[0]["a"]+r.rows[0]["@rawstring"] != "1" || r.rows[n-1]["a"]+r.rows[n-1]["@rawstring"] != "2" {
			t.Errorf("%s: %d rows", c.format, n)
		}
		if len(r.problems) == 0 || r.problems[0].Code != c.code {
			t.Errorf("%s: %v", c.format, r.problems)
		}
		if got := r.stats.Bytes.Load(); got != int64(len(c.before)+len(c.after))+length {
			t.Errorf("%s: %d bytes are counted", c.format, got)
		}
	}
}

// Long events make short batches.
func TestLongEvents(t *testing.T) {
	value := strings.Repeat("x", 1<<20)
	for format, in := range map[string]string{"ndjson": "{\"a\":\"" + value + "\"}\n", "json": "{\"a\":\"" + value + "\"}\n", "csv": value + "\n"} {
		f, err := Open([]string{"-"}, Options{Format: format, Stdin: strings.NewReader(strings.Repeat(in, 40))})
		if err != nil {
			t.Fatal(err)
		}
		splits, err := f.Splits(context.Background(), everything())
		if err != nil {
			t.Fatal(err)
		}
		rows, longest := 0, 0
		if err := splits[0].Scan(context.Background(), func(b *event.Batch) error {
			rows, longest = rows+b.Len(), max(longest, b.Len())
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		if rows < 39 || longest > 18 {
			t.Errorf("%s: %d rows, up to %d in a batch", format, rows, longest)
		}
	}
}

// A line longer than a chunk is read by the chunk it begins in.
func TestHugeLineInChunks(t *testing.T) {
	in := "{\"a\":\"1\"}\n{\"a\":\"" + strings.Repeat("y", 300<<10) + "\"}\n{\"a\":\"3\"}\n{\"a\":\"" + strings.Repeat("z", 600<<10) + "\"}\n{\"a\":\"5\"}"
	r := read(t, onDisk(t, "x", []byte(in), Options{ChunkBytes: 1000, MaxLine: 400 << 10}), everything())
	if len(r.rows) != 4 || len(r.rows[1]["a"]) != 300<<10 || r.rows[3]["a"] != "5" {
		t.Errorf("%d rows", len(r.rows))
	}
	if got, want := r.trouble(), fmt.Sprintf("4:%d long-line the line is longer than 409600 bytes and was left out\n", strings.Index(in, "{\"a\":\"z")); got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestBinaryJunk(t *testing.T) {
	junk := make([]byte, 5000)
	for i := range junk {
		junk[i] = byte(i * i >> 3)
	}
	f := onDisk(t, "junk", junk, Options{})
	if p := f.Problems(); len(f.List()) != 0 || len(p) != 1 || p[0].Code != "unknown-format" || filepath.Base(p[0].File) != "junk" {
		t.Errorf("%v, %v", f.List(), p)
	}
	// A format that is given is believed.
	for _, format := range Names() {
		checkWays(t, format, "junk", junk, 0)
	}
}

func TestEmpty(t *testing.T) {
	for _, format := range append(Names(), "") {
		for _, in := range []string{"", "\n", "\n\n  \r\n", "\xef\xbb\xbf"} {
			check(t, format, in, "")
		}
	}
	dir := t.TempDir()
	for _, name := range []string{"a.ndjson", "b", "c.xyz"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	f, err := Open([]string{dir}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if r := read(t, f, everything()); len(r.rows) != 0 || len(r.problems) != 0 || r.stats.Files.Load() != 3 {
		t.Errorf("%v, %v, %d files", r.rows, r.problems, r.stats.Files.Load())
	}
}

func TestUnreadable(t *testing.T) {
	if _, err := Open([]string{filepath.Join(t.TempDir(), "missing")}, Options{}); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
	if _, err := Open(nil, Options{Format: "xml"}); err == nil || !strings.Contains(err.Error(), "ndjson") {
		t.Error(err)
	}
	dir := t.TempDir()
	for _, name := range []string{"a.ndjson", "b.ndjson", "closed/c.ndjson"} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte("{\"a\":\"1\"}\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	f, err := Open([]string{dir}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	// A file may go away between finding and reading it.
	if err := os.Remove(filepath.Join(dir, "b.ndjson")); err != nil {
		t.Fatal(err)
	}
	if r := read(t, f, everything()); len(r.rows) != 2 || len(r.problems) != 1 || r.problems[0].Code != "unreadable" || r.problems[0].File != "b.ndjson" {
		t.Errorf("%v, %v", r.rows, r.problems)
	}
	if os.Getuid() <= 0 {
		t.Skip("permissions do not bind this user")
	}
	for _, name := range []string{"a.ndjson", "closed"} {
		if err := os.Chmod(filepath.Join(dir, name), 0); err != nil {
			t.Fatal(err)
		}
	}
	defer os.Chmod(filepath.Join(dir, "closed"), 0o700)
	if f, err = Open([]string{dir}, Options{}); err != nil {
		t.Fatal(err)
	}
	if r := read(t, f, everything()); len(r.rows) != 0 || len(r.problems) != 2 {
		t.Errorf("%v, %v", r.rows, r.problems)
	}
}

// A reader that fails gives what came before.
func TestFailingReader(t *testing.T) {
	for format, in := range map[string]string{"ndjson": "{\"a\":\"1\"}\n", "json": "[{\"a\":\"1\"},", "csv": "a\n1\n", "text": "1\n"} {
		f, err := Open([]string{"-"}, Options{Format: format, Stdin: io.MultiReader(strings.NewReader(strings.Repeat(in, 9000)), failed{errors.New("the cable is cut")})})
		if err != nil {
			t.Fatal(err)
		}
		r := read(t, f, everything())
		n := len(r.problems)
		if len(r.rows) < 9000 || n == 0 || r.problems[n-1].Code != "unreadable" || !strings.Contains(r.problems[n-1].Message, "cable") {
			t.Errorf("%s: %d rows, %v", format, len(r.rows), r.problems)
		}
	}
}
