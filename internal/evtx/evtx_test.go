package evtx

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	. "harrier/internal/evtx/evtxtest"
)

// reading gathers what a reader gives, a line for each record and each problem.
type reading struct {
	paths  []string
	places map[string]int
	row    []string
	lines  []string
	trouble
}

type trouble []string

func (t *trouble) report(p Problem) {
	*t = append(*t, fmt.Sprintf("%d %s %v", p.Offset, p.Code, p.Err))
}

func (g *reading) Field(path string) int {
	i, ok := g.places[path]
	if !ok {
		if g.places == nil {
			g.places = map[string]int{}
		}
		i = len(g.paths)
		g.places[path] = i
		g.paths = append(g.paths, path)
	}
	return i
}

func (g *reading) Value(field int, v Value) {
	g.row = append(g.row, g.paths[field]+"="+string(v.AppendText(nil)))
	v.Time()
}

// read reads the chunks that begin in [start, end) of a log.
func read(log []byte, start, end int64) *reading {
	g := &reading{}
	from := max(start-LookBack, 0)
	to := min(end+LookAhead, int64(len(log)))
	s := NewScanner(bytes.NewReader(log[min(from, to):to]), start, end, g.report)
	r := NewReader(g, g.report)
	for {
		b, offset, ok := s.Next()
		if !ok {
			return g
		}
		r.Chunk(b, offset)
		for {
			rec, ok := r.Next()
			if !ok {
				break
			}
			g.row = nil
			if err := r.Fields(rec); err != nil {
				g.report(Problem{BadRecord, rec.Offset, err})
			}
			r.AppendXML(nil, rec)
			g.lines = append(g.lines, fmt.Sprintf("#%d @%d %s", rec.ID, rec.Offset, strings.Join(g.row, " | ")))
		}
	}
}

func readAll(log []byte) *reading { return read(log, 0, int64(len(log))) }

func (g *reading) String() string {
	return strings.Join(append(slices.Clone(g.lines), g.trouble...), "\n")
}

// one is a log with one record.
func one(xml any) []byte {
	c := NewChunk()
	c.Record(1, Time, xml)
	return File(c.Bytes())
}

// checkOne reads a log of one record and compares its fields, those of System left
// out, and problems.
func checkOne(t *testing.T, xml any, want ...string) {
	t.Helper()
	g := readAll(one(xml))
	var got []string
	for _, f := range g.row {
		if !strings.HasPrefix(f, "System.") {
			got = append(got, f)
		}
	}
	got = append(got, g.trouble...)
	if !slices.Equal(got, want) {
		t.Errorf("got\n%q\nwant\n%q", got, want)
	}
}

func TestSystem(t *testing.T) {
	got := readAll(one(Values("Lantern", 41, "Pier/Operational", 9, Time+1234567, nil))).String()
	want := "#1 @4608 System.Provider.Name=Lantern | System.Provider.Guid={A1B2C3D4-1112-1314-1516-1718191A1B1C} | System.EventID=41 | " +
		"System.Version=2 | System.Level=4 | System.Task=7 | System.Opcode=0 | System.Keywords=0x8000000000000000 | " +
		"System.TimeCreated.SystemTime=2026-03-17T09:30:00.1234567Z | System.EventRecordID=9 | System.Execution.ProcessID=900 | " +
		"System.Execution.ThreadID=901 | System.Channel=Pier/Operational | System.Computer=crane-07.port.example | System.Security.UserID=S-1-5-18"
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func u32(n uint32) []byte { return binary.LittleEndian.AppendUint32(nil, n) }
func u64(n uint64) []byte { return binary.LittleEndian.AppendUint64(nil, n) }

func TestValues(t *testing.T) {
	guid := []byte("0123456789abcdef")
	sid := []byte{1, 2, 0, 0, 0, 0, 0, 5, 32, 0, 0, 0, 0x20, 2, 0, 0}
	for _, c := range []struct {
		typ  byte
		data []byte
		want string
	}{
		{0x01, UTF16("quay"), "quay"},
		{0x01, UTF16("Kräne 🏗 日本"), "Kräne 🏗 日本"},
		{0x01, append(UTF16("end"), 0, 0, 0, 0), "end"},
		{0x01, []byte{0x00, 0xd8, 'a', 0}, "\ufffda"},
		{0x01, []byte{0x00, 0xd8}, "\ufffd"},
		{0x01, nil, ""},
		{0x02, []byte("quay\x00"), "quay"},
		{0x02, []byte("Kr\xe4ne"), "Kräne"},
		{0x03, []byte{0xff}, "-1"},
		{0x04, []byte{0xff}, "255"},
		{0x05, []byte{0xfe, 0xff}, "-2"},
		{0x06, []byte{0xfe, 0xff}, "65534"},
		{0x07, u32(math.MaxUint32), "-1"},
		{0x08, u32(math.MaxUint32), "4294967295"},
		{0x09, u64(math.MaxUint64), "-1"},
		{0x0a, u64(math.MaxUint64), "18446744073709551615"},
		{0x0b, u32(math.Float32bits(1.5)), "1.5"},
		{0x0c, u64(math.Float64bits(-0.1)), "-0.1"},
		{0x0d, u32(1), "true"},
		{0x0d, u32(0), "false"},
		{0x0d, []byte{1}, "true"},
		{0x0e, []byte{0, 0x1f, 0xff}, "001FFF"},
		{0x0f, guid, "{33323130-3534-3736-3839-616263646566}"},
		{0x10, u32(0x634), "0x634"},
		{0x10, u64(0xffff800000000000), "0xffff800000000000"},
		{0x11, u64(Time + 1), "2026-03-17T09:30:00.0000001Z"},
		{0x12, []byte{0xea, 7, 3, 0, 2, 0, 17, 0, 9, 0, 30, 0, 1, 0, 5, 0}, "2026-03-17T09:30:01.005Z"},
		{0x12, make([]byte, 16), strings.Repeat("0", 32)},
		{0x13, sid, "S-1-5-32-544"},
		{0x13, sid[:9], "010200000000000520"},
		{0x14, u32(0xc000006d), "0xc000006d"},
		{0x15, u64(0), "0x0"},
		{0x20, []byte{0xab}, "AB"},
		{0x7e, []byte{0xab}, "AB"},
		{0x08, []byte{1, 2}, "0102"}, // too short for its type
	} {
		v := Value{c.typ, c.data}
		if got := string(v.AppendText([]byte("x"))); got != "x"+c.want {
			t.Errorf("type %#x, % x: got %q, want %q", c.typ, c.data, got[1:], c.want)
		}
	}
	for _, c := range []struct {
		v    Value
		want int64
	}{
		{Value{0x11, u64(Time + 20_000)}, 1773739800002},
		{Value{0x12, []byte{0xea, 7, 3, 0, 2, 0, 17, 0, 9, 0, 30, 0, 0, 0, 5, 0}}, 1773739800005},
		{Value{0x01, UTF16("2026-03-17T09:30:00.0070000Z")}, 1773739800007},
		{Value{0x01, UTF16("soon")}, 0},
		{Value{0x08, u32(7)}, 0},
	} {
		if ms, ok := c.v.Time(); ms != c.want || ok != (c.want != 0) {
			t.Errorf("%v is the time %d, %v, want %d", c.v, ms, ok, c.want)
		}
	}
}

func TestTemplates(t *testing.T) {
	event := func(parts ...any) Element { return E("Event", parts...) }
	data := E("EventData",
		E("Data", A("Name", "Crane"), O(0, 0x01)),
		E("Data", A("Name", "Load"), G(1, 0x08)),
		E("Data", A("Name", "Note"), "at ", O(0, 0x01), Entity("amp"), CharRef('!'), CDATA("<x>"), Entity("nbsp")),
		E("Data", A("Name", "Empty")),
		E("Data", A("Name", ""), "unnamed"),
		E("Data", "also"),
		E("Data", A("Name", "Crane"), "again"),
		E("Data", A("Name", G(0, 0x01)), "by value"),
		E("Binary", "00FF"),
	)
	with := func(values ...V) any {
		root := event(O(0, 0x21))
		return Of(&root, Nested(Of(&data, values...)))
	}
	checkOne(t, with(Text("K7"), Bytes(0x08, u32(12))),
		"EventData.Crane=K7", "EventData.Load=12", "EventData.Note=at K7&!<x>&nbsp;", "EventData.Empty=", "EventData.Data[0]=unnamed",
		"EventData.Data[1]=also", "EventData.Crane[1]=again", "EventData.K7=by value", "EventData.Binary=00FF")
	// What is null leaves an optional field out and makes another empty; a value that
	// is missing is null.
	checkOne(t, with(V{}),
		"EventData.Load=", "EventData.Note=at &!<x>&nbsp;", "EventData.Empty=", "EventData.Data[0]=unnamed", "EventData.Data[1]=also",
		"EventData.Crane[1]=again", "EventData.=by value", "EventData.Binary=00FF")
	// Arrays.
	checkOne(t, with(Bytes(0x81, append(UTF16("a\x00b\x00"), UTF16("c")...)), Bytes(0x88, u32(5))),
		"EventData.Crane[0]=a", "EventData.Crane[1]=b", "EventData.Crane[2]=c", "EventData.Load=5", "EventData.Note=at a, b, c&!<x>&nbsp;",
		"EventData.Empty=", "EventData.Data[0]=unnamed", "EventData.Data[1]=also", "EventData.Crane[1]=again",
		"EventData.a, b, c=by value", "EventData.Binary=00FF")
	list := E("EventData", E("Data", G(0, 0x81)), E("Data", O(1, 0x01)))
	root := event(O(0, 0x21))
	unnamed := func(v V) any {
		return Of(&root, Nested(Of(&list, v, Text("z"))))
	}
	checkOne(t, unnamed(Bytes(0x81, UTF16("a\x00\x00b\x00"))), "EventData.Data[0]=a", "EventData.Data[1]=", "EventData.Data[2]=b", "EventData.Data[3]=z")
	checkOne(t, unnamed(Bytes(0x81, nil)), "EventData.Data[0]=", "EventData.Data[1]=z")
	checkOne(t, unnamed(Bytes(0x82, []byte("p\x00q"))), "EventData.Data[0]=p", "EventData.Data[1]=q", "EventData.Data[2]=z")
	sids := append([]byte{1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0}, 1, 1, 0, 0, 0, 0, 0, 5, 19, 0, 0, 0)
	checkOne(t, unnamed(Bytes(0x93, sids)), "EventData.Data[0]=S-1-5-18", "EventData.Data[1]=S-1-5-19", "EventData.Data[2]=z")
	checkOne(t, unnamed(Bytes(0x84, make([]byte, 5000))), append(func() (out []string) {
		for i := range 4096 {
			out = append(out, fmt.Sprintf("EventData.Data[%d]=0", i))
		}
		return out
	}(), "EventData.Data[4096]=z", "4608 bad-record "+errArray.Error())...)
}

// TestElements reads XML that is in no template.
func TestElements(t *testing.T) {
	checkOne(t, E("Event", A("xmlns", "x"),
		E("System", E("EventID", A("Qualifiers", "3"), "7")),
		E("UserData", E("DockOpened", A("xmlns:d", "y"), A("kind", "dry"), E("Door", "north"), E("Crew", E("Lead", "rkaur"), E("Hand", "a"), E("Hand", "b")), E("Nothing"))),
		E("RenderingInfo", A("Culture", "en"), E("Message", "dock opened"), E("Keywords")),
	), "UserData.DockOpened.kind=dry", "UserData.DockOpened.Door=north", "UserData.DockOpened.Crew.Lead=rkaur", "UserData.DockOpened.Crew.Hand=a",
		"UserData.DockOpened.Crew.Hand[1]=b", "UserData.DockOpened.Nothing=", "RenderingInfo.Culture=en", "RenderingInfo.Message=dock opened")
	// In a gap, too.
	checkOne(t, Values("Lantern", 1, "Pier", 1, Time, E("UserData", E("X", E("Y", "1"), E("Z", E("Y", "2"))))), "UserData.X.Y=1", "UserData.X.Z.Y=2")
}

func TestFieldName(t *testing.T) {
	for path, want := range map[string]string{
		"System.EventID":                "EventID",
		"System.Provider.Name":          "Provider",
		"System.Execution.ProcessID":    "ExecutionProcessID",
		"System.TimeCreated.SystemTime": "TimeCreated",
		"System.Security.UserID":        "UserID",
		"System.":                       "System.",
		"System.@error":                 "System.@error",
		"EventData.Image":               "Image",
		"EventData.Data[0]":             "Data[0]",
		"EventData.Version":             "EventData.Version",
		"EventData.@timestamp":          "EventData.@timestamp",
		"EventData.#cid":                "EventData.#cid",
		"EventData.":                    "EventData.",
		"UserData.Dock.Door":            "Door",
		"UserData.Dock.Crew.Lead":       "Crew.Lead",
		"UserData.Dock.Channel":         "UserData.Dock.Channel",
		"UserData.Dock":                 "UserData.Dock",
		"RenderingInfo.Message":         "Message",
		"RenderingInfo.Level":           "RenderingInfo.Level",
		"@timestamp":                    "Event.@timestamp",
		"":                              "Event.",
	} {
		if got := FieldName(path); got != want {
			t.Errorf("%s is called %s, want %s", path, got, want)
		}
	}
}

func TestXML(t *testing.T) {
	data := E("EventData",
		E("Data", A("Name", "a'b"), O(0, 0x01)),
		E("Data", A("Name", "Gone"), O(1, 0x01)),
		E("Data", G(2, 0x81)),
		E("Empty", A("Off", O(1, 0x01))),
	)
	root := E("Event", E("System", E("EventID", "5")), O(0, 0x21))
	log := one(Of(&root, Nested(Of(&data, Text("x<&>'y"), V{}, Bytes(0x81, UTF16("p\x00q"))))))
	r := NewReader(&reading{}, nil)
	r.Chunk(log[HeaderBytes:], HeaderBytes)
	rec, ok := r.Next()
	want := "<Event><System><EventID>5</EventID></System><EventData><Data Name='a&apos;b'>x&lt;&amp;&gt;'y</Data><Data>p</Data><Data>q</Data><Empty/></EventData></Event>"
	if got := string(r.AppendXML(nil, rec)); !ok || got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
