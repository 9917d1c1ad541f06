package decode

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"harrier/event"
	"harrier/internal/evtx"
	x "harrier/internal/evtx/evtxtest"
)

const sysmonChannel = "Microsoft-Windows-Sysmon/Operational"

// evtxCases are the inputs of testdata/evtx, which -update writes there.
func evtxCases() map[string][]byte {
	process := x.Data("RuleName", "UtcTime", "ProcessId", "Image", "CommandLine")
	sysmon := func(id uint64, image, line string) x.Instance {
		return x.Values("Microsoft-Windows-Sysmon", 1, sysmonChannel, id, x.Time+id*1e7, x.Texts(process, "-", "2026-03-17 09:30:00.000", "900", image, line))
	}
	processes := func(first uint64, n int) *x.Chunk {
		c := x.NewChunk()
		for i := range uint64(n) {
			c.Record(first+i, x.Time+(first+i)*1e7, sysmon(first+i, fmt.Sprintf(`C:\Tools\winch%d.exe`, (first+i)%3), fmt.Sprintf("winch --berth %d", first+i)))
		}
		return c
	}
	short := func(c *x.Chunk) []byte { return append(x.File(), c.Short()...) }

	classic := x.NewChunk()
	strs := x.E("EventData", x.E("Data", x.G(0, 0x81)), x.E("Binary", x.O(1, 0x0e)))
	classic.Record(8, x.Time, x.Values("Winch Control", 900, "Application", 8, x.Time,
		x.Of(&strs, x.Bytes(0x81, x.UTF16("berth 4\x00\x00rkaur\x00")), x.Bytes(0x0e, []byte{0, 0x1f, 0xff}))))
	cleared := x.E("UserData", x.E("LogFileCleared", x.A("xmlns", "urn:pier"), x.E("SubjectUserName", x.O(0, 1)), x.E("Channel", x.O(1, 1)),
		x.E("Crew", x.E("Lead", x.O(2, 1)), x.E("Hand", x.O(3, 0x81)))))
	classic.Record(9, x.Time+1e7, x.Values("Microsoft-Windows-Eventlog", 104, "System", 9, x.Time+1e7,
		x.Of(&cleared, x.Text("rkaur"), x.Text("Application"), x.V{}, x.Bytes(0x81, x.UTF16("one\x00two")))))
	classic.Record(10, x.Time+2e7, x.E("Event", x.E("System", x.E("Provider", x.A("Name", "Forwarder")), x.E("EventID", x.A("Qualifiers", "7"), "5"),
		x.E("TimeCreated", x.A("SystemTime", "2026-03-17T09:30:02.0070000Z"))), x.E("RenderingInfo", x.A("Culture", "en-US"), x.E("Message", "the gate is open"))))
	classic.Record(11, x.Time+3e7, x.E("Event", x.E("System", x.E("EventID", "6"))))

	clash := x.NewChunk()
	clash.Record(1, x.Time, x.Values("Lantern", 4, "Pier", 1, x.Time, x.Texts(x.Data("Version", "Provider", "@timestamp", "@rawstring", "#cid", "ProviderName", "Data"),
		"11", "inner", "yesterday", "none", "c", "other", "named so")))

	broken := processes(1, 4).Bytes()
	i := bytes.Index(broken, x.UTF16("berth 2"))
	broken[i] = 'B'
	j := bytes.Index(broken[i:], []byte("**\x00\x00")) + i
	copy(broken[j+24:], "\x0f\x01\x01\x00\x66") // its fragment begins with a token that there is not
	k := bytes.Index(broken[j+4:], []byte("**\x00\x00")) + j + 4
	copy(broken[k:], "junk")
	zero := make([]byte, len(broken))
	head := processes(9, 1).Bytes()
	copy(head, "RuinedC!")

	cut := short(processes(1, 3))
	return map[string][]byte{
		"sysmon":  short(processes(1, 5)),
		"classic": short(classic),
		"clash":   short(clash),
		"damaged": x.File(processes(20, 2).Bytes(), broken, zero, head, processes(30, 1).Bytes()),
		"cutoff":  cut[:len(cut)-200],
		"carved":  processes(5, 2).Short(),
	}
}

// TestEVTXCases compares the inputs of the corpus, and the log that the
// documentation reads, with what they are made of, or writes them.
func TestEVTXCases(t *testing.T) {
	const example = "../docs/examples/sysmon.evtx"
	if *update {
		if err := os.WriteFile(example, evtxCases()["sysmon"], 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile(example); err != nil || !bytes.Equal(got, evtxCases()["sysmon"]) {
		t.Errorf("%s is not what it is made of: run with -update (%v)", example, err)
	}
	for name, data := range evtxCases() {
		path := filepath.Join("testdata", "evtx", name+".txtar")
		ar, err := txtar.ParseFile(path)
		if *update {
			if errors.Is(err, fs.ErrNotExist) {
				ar = &txtar.Archive{Comment: []byte("To be described.\n")}
			}
			var packed bytes.Buffer
			z, _ := gzip.NewWriterLevel(&packed, gzip.BestCompression)
			z.Write(data)
			z.Close()
			text := base64.StdEncoding.EncodeToString(packed.Bytes())
			var lines strings.Builder
			for line := range slices.Chunk([]byte(text), 120) {
				lines.Write(append(line, '\n'))
			}
			in := txtar.File{Name: name + ".evtx.gzip.base64", Data: []byte(lines.String())}
			if len(ar.Files) == 0 {
				ar.Files = []txtar.File{in}
			}
			if old, _ := input(t, &txtar.Archive{Files: ar.Files[:1]}); !bytes.Equal(old, data) {
				ar.Files[0] = in
			}
			if err := os.WriteFile(path, txtar.Format(ar), 0o666); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		if got, _ := input(t, ar); !bytes.Equal(got, data) {
			t.Errorf("%s is not what it is made of: run with -update", path)
		}
	}
}

// unpackText reads what stands in a case as base64 of its gzip.
func unpackText(t testing.TB, text []byte) []byte {
	z, err := gzip.NewReader(base64.NewDecoder(base64.StdEncoding, bytes.NewReader(text)))
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// TestEVTXNames asks for fields under the names that they have elsewhere.
func TestEVTXNames(t *testing.T) {
	cases := evtxCases()
	ask := func(in string, names ...string) string {
		req := &event.Request{Fields: event.FieldSet{Names: names}}
		return read(t, open(t, "x", cases[in], Options{}), req).events()
	}
	for names, want := range map[string]string{
		"windows.EventID windows.EventData.Image": `{"windows.EventData.Image":"C:\\Tools\\winch1.exe","windows.EventID":"1"}`,
		"winlog.event_id winlog.event_data.Image": `{"winlog.event_data.Image":"C:\\Tools\\winch1.exe","winlog.event_id":"1"}`,
		"Event.System.Channel EventData.Image":    `{"Event.System.Channel":"Microsoft-Windows-Sysmon/Operational","EventData.Image":"C:\\Tools\\winch1.exe"}`,
		"Provider_Name ProviderName":              `{"ProviderName":"Microsoft-Windows-Sysmon","Provider_Name":"Microsoft-Windows-Sysmon"}`,
		"#windows.Channel ProcessID":              `{"#windows.Channel":"Microsoft-Windows-Sysmon/Operational","ProcessID":"900"}`,
		// The plain name is enough for who asks for both.
		"Image windows.EventData.Image": `{"Image":"C:\\Tools\\winch1.exe"}`,
		"Nothing windows.Nothing":       `{}`,
	} {
		first, _, _ := strings.Cut(ask("sysmon", strings.Fields(names)...), "\n")
		if first != want {
			t.Errorf("%s gives\n%s\nwant\n%s", names, first, want)
		}
	}
	if got := ask("classic", "winlog.event_data.param3", "winlog.user_data.SubjectUserName", "UserData.LogFileCleared.Crew.Hand[1]"); got !=
		`{"winlog.event_data.param3":"rkaur"}`+"\n"+`{"UserData.LogFileCleared.Crew.Hand[1]":"two","winlog.user_data.SubjectUserName":"rkaur"}`+"\n{}\n{}\n" {
		t.Errorf("%s", got)
	}
	// The one who is called so goes before the one who may be.
	if got := ask("clash", "ProviderName"); got != `{"ProviderName":"other"}`+"\n" {
		t.Errorf("%s", got)
	}
	if got := ask("sysmon", "@rawstring"); !strings.Contains(got, `<Data Name='Image'>C:\\Tools\\winch1.exe</Data>`) {
		t.Errorf("%s", got)
	}
	// Counting needs no field.
	if r := read(t, open(t, "x", cases["sysmon"], Options{}), &event.Request{}); len(r.rows) != 5 || len(r.rows[0]) != 0 {
		t.Errorf("%v", r.rows)
	}
}

// TestEVTXRecorded compares recorded logs with the JSON beside them that another
// program made.
func TestEVTXRecorded(t *testing.T) {
	const root = "../../shared/data"
	files, events, values := 0, 0, 0
	filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".evtx" {
			return nil
		}
		f, err := Open([]string{path}, Options{})
		if err != nil {
			t.Fatal(err)
		}
		got := read(t, f, everything())
		if len(got.problems) > 0 || f.List()[0].Format != evtxFormat {
			t.Errorf("%s: %s", path, got.trouble())
		}
		text, err := os.ReadFile(strings.TrimSuffix(path, ".evtx") + ".json")
		if err != nil {
			return nil
		}
		files++
		dec := json.NewDecoder(bytes.NewReader(text))
		dec.UseNumber()
		for n := 0; ; n++ {
			var e map[string]any
			if err := dec.Decode(&e); err == io.EOF {
				if n != len(got.rows) {
					t.Errorf("%s: %d events, want %d", path, len(got.rows), n)
				}
				return nil
			} else if err != nil || n >= len(got.rows) {
				t.Errorf("%s: event %d: %v", path, n, err)
				return nil
			}
			want := map[string]string{}
			flattenEVTX(want, "", e["Event"])
			events++
			for name, v := range want {
				values++
				if g, ok := got.rows[n][name]; !sameEVTX(g, v) || !ok && v != "" {
					t.Errorf("%s: event %d: %s is %q, want %q", path, n, name, g, v)
				}
			}
			for name := range got.rows[n] {
				if _, ok := want[name]; !ok && name != "@timestamp" {
					t.Errorf("%s: event %d: %s is no field there", path, n, name)
				}
			}
		}
	})
	if files == 0 {
		t.Skip("there are no recorded logs here")
	}
	t.Logf("%d files, %d events, %d values", files, events, values)
}

func flattenEVTX(out map[string]string, path string, v any) {
	switch v := v.(type) {
	case map[string]any:
		for name, m := range v {
			switch {
			case name == "#attributes":
				for a, m := range m.(map[string]any) {
					if a != "xmlns" && !strings.HasPrefix(a, "xmlns:") {
						flattenEVTX(out, path+"."+a, m)
					}
				}
			case name == "#text":
				flattenEVTX(out, path, m)
			default:
				flattenEVTX(out, strings.TrimPrefix(path+"."+name, "."), m)
			}
		}
	case []any:
		for i, m := range v {
			flattenEVTX(out, fmt.Sprintf("%s[%d]", path, i), m)
		}
	case nil:
		out[evtx.FieldName(path)] = ""
	default:
		out[evtx.FieldName(path)] = fmt.Sprint(v)
	}
}

var finerThanMicro = regexp.MustCompile(`^(\d{4}-\d\d-\d\dT[\d:]+\.\d{6})\d*Z$`)

// sameEVTX compares two ways to write a value: GUIDs with braces and without,
// hexadecimal numbers in either case, times with more digits or fewer, texts with
// blanks around them and without.
func sameEVTX(a, b string) bool {
	norm := func(s string) string {
		return finerThanMicro.ReplaceAllString(strings.ToUpper(strings.Trim(s, "{} \t\r\n")), "$1")
	}
	return norm(a) == norm(b)
}

func FuzzEVTX(f *testing.F) {
	for _, data := range evtxCases() {
		if len(data) < 20_000 {
			f.Add(data, int64(1))
		}
	}
	f.Fuzz(func(t *testing.T, data []byte, seed int64) {
		if len(data) > 20_000 || packing(data) != "" {
			t.Skip()
		}
		// A chunk in the midst of another is found only by who knows what is in front.
		if bytes.Count(data, []byte("ElfChnk\x00")) < 2 {
			checkWays(t, "evtx", "x", data, 0)
		}
		checkWhere(t, "evtx", data, seed)
	})
}

// BenchmarkEVTX reads a log of 16 MiB: all fields of it, and what a query for
// process creations reads.
func BenchmarkEVTX(b *testing.B) {
	process := x.Data("RuleName", "UtcTime", "ProcessGuid", "ProcessId", "Image", "FileVersion", "Description", "Product", "Company", "OriginalFileName",
		"CommandLine", "CurrentDirectory", "User", "LogonGuid", "LogonId", "TerminalSessionId", "IntegrityLevel", "Hashes", "ParentProcessGuid",
		"ParentProcessId", "ParentImage", "ParentCommandLine", "ParentUser")
	var chunks [][]byte
	id := uint64(1)
	for range 256 {
		c := x.NewChunk()
		for c.Len() < x.Room {
			c.Record(id, x.Time+id*1e6, x.Values("Microsoft-Windows-Sysmon", 1, sysmonChannel, id, x.Time+id*1e6, x.Texts(process, "-", "2026-03-17 09:30:00.000",
				fmt.Sprintf("{11111111-2222-3333-4444-%012X}", id), fmt.Sprint(id%60000), fmt.Sprintf(`C:\Program Files\Pier\winch%d.exe`, id%50), "4.2.0.1",
				"Winch control", "Pier Suite", "Harbour Works", "winch.exe", fmt.Sprintf(`"C:\Program Files\Pier\winch%d.exe" --berth %d --load 12`, id%50, id),
				`C:\Program Files\Pier\`, `PORT\rkaur`, "{11111111-2222-3333-4444-000000000001}", "0x3e7", "1", "High",
				fmt.Sprintf("SHA256=%064X", id%50), "{11111111-2222-3333-4444-000000000002}", "812", `C:\Windows\explorer.exe`, `C:\Windows\explorer.exe`, `PORT\rkaur`)))
			id++
		}
		chunks = append(chunks, c.Bytes())
	}
	log := x.File(chunks...)
	f := onDisk(b, "x.evtx", log, Options{ChunkBytes: len(log)})
	for name, req := range map[string]*event.Request{
		"all":   everything(),
		"two":   {Fields: event.FieldSet{Names: []string{"EventID", "Image"}}},
		"count": {},
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(log)))
			for b.Loop() {
				rows := 0
				splits, err := f.Splits(context.Background(), req)
				if err != nil {
					b.Fatal(err)
				}
				for _, s := range splits {
					if err := s.Scan(context.Background(), func(batch *event.Batch) error { rows += batch.Len(); return nil }); err != nil {
						b.Fatal(err)
					}
				}
				if rows != int(id-1) {
					b.Fatalf("%d rows of %d", rows, id-1)
				}
			}
		})
	}
}
