package evtx

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	. "harrier/internal/evtx/evtxtest"
)

var doors = Data("Door")

// chunkOf is a chunk of records numbered from first on, and where each begins.
func chunkOf(first, n int) (*Chunk, []int) {
	c := NewChunk()
	var at []int
	for i := range n {
		at = append(at, c.Len())
		id := uint64(first + i)
		c.Record(id, Time+id*1e7, Values("Lantern", 41, "Pier", id, Time+id*1e7, Texts(doors, fmt.Sprintf("d%d", id))))
	}
	return c, at
}

// ids are the numbers of the records that were read.
func (g *reading) ids() string {
	var out []string
	for _, l := range g.lines {
		id, _, _ := strings.Cut(l, " ")
		out = append(out, id[1:])
	}
	return strings.Join(out, " ")
}

func checkDamage(t *testing.T, what string, log []byte, ids string, problems ...string) {
	t.Helper()
	g := readAll(log)
	if g.ids() != ids {
		t.Errorf("%s: the records %q are read, want %q", what, g.ids(), ids)
	}
	if got, want := strings.Join(g.trouble, "\n"), strings.Join(problems, "\n"); got != want {
		t.Errorf("%s: problems\n%s\nwant\n%s", what, got, want)
	}
	checkRanges(t, log)
}

// checkRanges reads a log in pieces, which must give what reading it whole gives.
func checkRanges(t *testing.T, log []byte) {
	t.Helper()
	want := readAll(log)
	for _, n := range []int64{ChunkBytes, 2*ChunkBytes + 77, 50_000, 130_001} {
		got := &reading{}
		for at := int64(0); at < int64(len(log)); at += n {
			g := read(log, at, min(at+n, int64(len(log))))
			got.lines = append(got.lines, g.lines...)
			got.trouble = append(got.trouble, g.trouble...)
		}
		if got.String() != want.String() {
			t.Errorf("in pieces of %d bytes: %s %v, want %s %v", n, got.ids(), got.trouble, want.ids(), want.trouble)
		}
	}
}

const (
	badRecords = " bad-checksum the records of the chunk do not have the checksum that is written in it"
	badHead    = " bad-checksum the header of the chunk does not have the checksum that is written in it"
)

func TestDamage(t *testing.T) {
	a, _ := chunkOf(1, 3)
	b, at := chunkOf(4, 3)
	c, _ := chunkOf(7, 2)
	whole := func() []byte { return File(a.Bytes(), b.Bytes(), c.Bytes()) }
	const second = 4096 + 65536 // where b is
	checkDamage(t, "sound", whole(), "1 2 3 4 5 6 7 8")

	log := whole()
	log[120] = 1
	checkDamage(t, "dirty", log, "1 2 3 4 5 6 7 8") // the flags are not in the checksum
	log[24] = 99
	checkDamage(t, "changed header", log, "1 2 3 4 5 6 7 8", "0 bad-header "+errHeaderSum.Error())
	checkDamage(t, "no header", whole()[4096:], "1 2 3 4 5 6 7 8")
	log = whole()
	log[38] = 9
	binary.LittleEndian.PutUint32(log[124:], 0)
	checkDamage(t, "wrong sum", log, "1 2 3 4 5 6 7 8", "0 bad-header "+errHeaderSum.Error())

	// A value changed: the checksum tells, the record is read.
	log = whole()
	i := bytes.Index(log, UTF16("d5"))
	log[i] = 'D'
	checkDamage(t, "changed value", log, "1 2 3 4 5 6 7 8", "69632"+badRecords)
	if g := readAll(log); !strings.Contains(g.lines[4], "Door=D5") {
		t.Errorf("%s", g.lines[4])
	}
	log = whole()
	log[second+8]++
	checkDamage(t, "changed chunk header", log, "1 2 3 4 5 6 7 8", "69632"+badHead)

	// A record that is none any more. Its template is still there for the others.
	log = whole()
	copy(log[second+at[1]:], "XXXX")
	checkDamage(t, "overwritten record", log, "1 2 3 4 6 7 8", "69632"+badRecords,
		fmt.Sprintf("%d bad-record there is no record in these %d bytes", second+at[1], at[2]-at[1]))
	log = whole()
	copy(log[second+at[2]-4:], "XXXX")
	checkDamage(t, "size at the end", log, "1 2 3 4 5 6 7 8", "69632"+badRecords,
		fmt.Sprintf("%d bad-record the record does not end with its size", second+at[1]))
	log = whole()
	clear(log[second+at[1] : second+at[2]])
	checkDamage(t, "zeroed record", log, "1 2 3 4 6 7 8", "69632"+badRecords,
		fmt.Sprintf("%d bad-record there is no record in these %d bytes", second+at[1], at[2]-at[1]))
	log = whole()
	copy(log[second+at[0]+24:], "\x0f\x01\x01\x00\x7f")
	checkDamage(t, "unknown token", log, "1 2 3 4 5 6 7 8", "69632"+badRecords, fmt.Sprintf("%d bad-record the event has a part of an unknown kind (0x7f)", second+at[0]))

	// Chunks that are none.
	log = whole()
	clear(log[second : second+65536])
	checkDamage(t, "zeroed chunk", log, "1 2 3 7 8")
	log = whole()
	copy(log[second:], "junk")
	checkDamage(t, "chunk without its signature", log, "1 2 3 7 8", "69632 bad-chunk "+errNoChunk.Error())
	log = append(whole(), make([]byte, 300_000)...)
	checkDamage(t, "zeros at the end", log, "1 2 3 4 5 6 7 8")
	log = append(whole(), "tail"...)
	checkDamage(t, "bytes at the end", log, "1 2 3 4 5 6 7 8", "200704 bad-chunk "+errNoChunk.Error())

	// Bytes lost and added.
	log = whole()
	log = append(log[:second+at[1]+50], whole()[second+at[1]+90:]...)
	checkDamage(t, "lost bytes", log, "1 2 3 4 6 7 8", fmt.Sprintf("%d cut-off the chunk at %d has %d bytes of 65536", second+65496, second, 65496),
		fmt.Sprintf("%d bad-record there is no record in these %d bytes", second+at[1], at[2]-at[1]-40))
	log = append(append(whole()[:second:second], bytes.Repeat([]byte("added "), 5000)...), whole()[second:]...)
	checkDamage(t, "added bytes", log, "1 2 3 4 5 6 7 8", "69632 bad-chunk "+errNoChunk.Error())

	// Files that end too early.
	end := second + at[2] + 100
	checkDamage(t, "cut off in a record", whole()[:end], "1 2 3 4 5", fmt.Sprintf("%d cut-off the chunk at 69632 has %d bytes of 65536", end, end-second),
		fmt.Sprintf("%d cut-off the record is cut off", second+at[2]))
	checkDamage(t, "cut off between records", whole()[:second+at[2]], "1 2 3 4 5", fmt.Sprintf("%d cut-off the chunk at 69632 has %d bytes of 65536", second+at[2], at[2]))
	checkDamage(t, "cut off in free space", whole()[:second+b.Len()+100], "1 2 3 4 5 6")
	checkDamage(t, "cut off in a chunk header", whole()[:second+100], "1 2 3", "69632 cut-off the chunk has 100 bytes of 65536")
	checkDamage(t, "header alone", whole()[:4096], "")
	checkDamage(t, "part of the header", whole()[:100], "", "0 bad-header "+errHeaderSum.Error())
	checkDamage(t, "empty", nil, "")
	log = append(File(), make([]byte, 60_000)...)
	log[5000], log[51_000] = 1, 1
	checkDamage(t, "no chunks", log, "", "5000 bad-chunk "+errNoChunk.Error())
	checkDamage(t, "junk", bytes.Repeat([]byte("junk"), 40_000), "", "0 bad-header "+errNoHeader.Error())
	checkDamage(t, "zeros, then junk", append(make([]byte, 70_001), "junk"...), "", "0 bad-header "+errNoHeader.Error(), "70001 bad-chunk "+errNoChunk.Error())
}

// TestNotWritten reads a chunk to which records were added whose header was not
// written anew yet, as a log that is copied while Windows writes to it.
func TestNotWritten(t *testing.T) {
	old, _ := chunkOf(4, 1)
	now, _ := chunkOf(4, 3)
	b := now.Bytes()
	copy(b[:512], old.Bytes()[:512])
	checkDamage(t, "header of before", File(b), "4") // the sum of what the header speaks of is right
	b[130] = 1
	checkDamage(t, "header of before, changed", File(b), "4 5 6", "4096"+badHead)
	// The records that the header speaks of changed: those behind them are read too,
	// as long as their numbers rise.
	i := bytes.Index(b, UTF16("d4"))
	b[i] = 'D'
	b[130] = 0
	checkDamage(t, "dirty", File(b), "4 5 6", "4096"+badRecords)
	left, at := chunkOf(1, 8)
	dirty := left.Bytes()
	copy(dirty[:512], old.Bytes()[:512])
	copy(dirty[512:at[2]], b[512:at[2]])
	checkDamage(t, "left from before", File(dirty), "4 5", "4096"+badRecords)
}

// TestBombs reads events that would unfold to more than there is memory for.
func TestBombs(t *testing.T) {
	// Each level uses the next twice.
	twice := E("A", G(0, 0x21), G(0, 0x21))
	var deep any = E("End", strings.Repeat("x", 100))
	for range 60 {
		deep = Of(&twice, Nested(deep))
	}
	if g := readAll(one(deep)); len(g.trouble) != 1 || !strings.Contains(g.trouble[0], errBudget.Error()) {
		t.Errorf("%v", g.trouble)
	}
	for range 30 {
		deep = Of(&twice, Nested(deep))
	}
	if g := readAll(one(deep)); len(g.trouble) != 1 || !strings.Contains(g.trouble[0], errDeep.Error()) {
		t.Errorf("%v", g.trouble)
	}
	nested := E("A")
	for range 100 {
		nested = E("A", nested)
	}
	if g := readAll(one(nested)); len(g.trouble) != 1 || !strings.Contains(g.trouble[0], errDeep.Error()) {
		t.Errorf("%v", g.trouble)
	}
}

// TestUnreadable reads an input that fails: what came before counts.
func TestUnreadable(t *testing.T) {
	a, _ := chunkOf(1, 3)
	log := File(a.Bytes(), a.Bytes())
	broken := errors.New("the disk is gone")
	in := iotest.DataErrReader(&failing{bytes.NewReader(log[:4096+65536]), broken})
	s := NewScanner(in, 0, 1<<62, func(p Problem) { t.Errorf("%v", p) })
	n := 0
	for {
		if _, _, ok := s.Next(); !ok {
			break
		}
		n++
	}
	if n != 1 || s.Err() != broken {
		t.Errorf("%d chunks, %v", n, s.Err())
	}
}

type failing struct {
	in  *bytes.Reader
	err error
}

func (f *failing) Read(p []byte) (int, error) {
	n, err := f.in.Read(p)
	if err != nil {
		err = f.err
	}
	return n, err
}

// realLogs are logs that were recorded on machines, when they are at hand.
func realLogs(t testing.TB) (paths []string) {
	root := "../../../shared/data"
	if _, err := os.Stat(root); err != nil {
		t.Skip("there are no recorded logs here")
	}
	filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err == nil && strings.EqualFold(filepath.Ext(path), ".evtx") {
			paths = append(paths, path)
		}
		return nil
	})
	if len(paths) == 0 {
		t.Skip("there are no recorded logs here")
	}
	return paths
}

// TestRecorded reads recorded logs: each is what its checksums say, so that
// nothing may be wrong with it but what the file itself tells.
func TestRecorded(t *testing.T) {
	records := 0
	for _, path := range realLogs(t) {
		log, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		g := readAll(log)
		records += len(g.lines)
		if len(g.trouble) > 0 {
			t.Errorf("%s: %v", path, g.trouble)
		}
		if last := binary.LittleEndian.Uint64(log[24:]); len(g.lines) == 0 && last > 1 {
			t.Errorf("%s: no records", path)
		}
		checkRanges(t, log)
	}
	t.Logf("%d records", records)
}

// FuzzEVTX reads damaged logs: whatever is wrong, reading ends, within bounds, and
// gives the same in one piece as in several.
func FuzzEVTX(f *testing.F) {
	a, at := chunkOf(1, 2)
	short := append(File(), a.Short()...)
	f.Add(short, uint32(0), []byte{}, uint16(0))
	f.Add(append(short, a.Short()...), uint32(4096+at[1]), []byte("**"), uint16(3))
	every := E("Event", E("EventData", E("Data", A("Name", "x"), O(0, 0x81), Entity("lt"), CharRef(33), CDATA("c")), O(1, 0x21)))
	f.Add(one(Of(&every, Bytes(0x81, UTF16("p\x00q")), Nested(E("Y", A("z", "1"), "2"))))[:6000], uint32(4700), []byte{0x0c}, uint16(1))
	f.Fuzz(func(t *testing.T, log []byte, at uint32, patch []byte, cut uint16) {
		if len(log) > 40_000 {
			t.Skip()
		}
		log = bytes.Clone(log)
		if n := len(log); n > 0 {
			copy(log[int(at)%n:], patch)
		}
		whole := readAll(log)
		for _, r := range whole.lines {
			if len(r) > 64<<20 {
				t.Fatalf("a record has %d bytes", len(r))
			}
		}
		// A chunk in the midst of another is found only by who knows what is in front.
		for i, last := 0, -ChunkBytes; i < len(log); i++ {
			if hasPrefix(log[i:], chunkMagic) {
				if i-last < ChunkBytes {
					return
				}
				last = i
			}
		}
		n := int64(1000 + int(cut))
		got := &reading{}
		for at := int64(0); at < int64(len(log)); at += n {
			g := read(log, at, min(at+n, int64(len(log))))
			got.lines, got.trouble = append(got.lines, g.lines...), append(got.trouble, g.trouble...)
		}
		if strings.Join(got.lines, "\n") != strings.Join(whole.lines, "\n") {
			t.Fatalf("in pieces of %d bytes: %s, want %s", n, got.ids(), whole.ids())
		}
	})
}

type nothing struct{}

func (nothing) Field(string) int { return 1 }
func (nothing) Value(int, Value) {}

// BenchmarkRecords reads recorded logs, or made ones, without making use of them.
func BenchmarkRecords(b *testing.B) {
	c := NewChunk()
	for i := uint64(1); c.Len() < 60_000; i++ {
		c.Record(i, Time, Values("Lantern", 41, "Pier", i, Time, Texts(doors, strings.Repeat("north ", 20))))
	}
	log := File(c.Bytes(), c.Bytes(), c.Bytes(), c.Bytes())
	b.SetBytes(int64(len(log)))
	for b.Loop() {
		s := NewScanner(bytes.NewReader(log), 0, int64(len(log)), nil)
		r := NewReader(nothing{}, nil)
		for {
			chunk, at, ok := s.Next()
			if !ok {
				break
			}
			r.Chunk(chunk, at)
			for {
				rec, ok := r.Next()
				if !ok {
					break
				}
				if err := r.Fields(rec); err != nil {
					b.Fatal(err)
				}
			}
		}
	}
}
