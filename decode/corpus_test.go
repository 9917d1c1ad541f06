package decode

import (
	"flag"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

var update = flag.Bool("update", false, "write what the corpus gives into its files")

// TestCorpus reads the files of testdata. The folder of a case is the format that
// must be recognised, and the case is a txtar archive:
//
//	A sentence that says what it shows.
//	-- input --
//	the text, or, in a section whose name ends in ".quoted", a quoted string per line, or
//	in ".gzip.base64", what its name says
//	-- events --
//	the events, as NDJSON with members in order of name
//	-- problems --
//	line:offset code message
//
// A line "given" in front of the first section names the format to the reader,
// for texts that cannot be recognised; "max N" sets the longest line. What -update
// writes is to be read before it is believed.
func TestCorpus(t *testing.T) {
	files, err := filepath.Glob("testdata/*/*.txtar")
	if err != nil || len(files) < 30 {
		t.Fatalf("%d cases, %v", len(files), err)
	}
	for _, path := range files {
		format := filepath.Base(filepath.Dir(path))
		t.Run(format+"/"+strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			ar, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			data, name := input(t, ar)
			given, max := "", 0
			for _, line := range strings.Split(string(ar.Comment), "\n") {
				if line == "given" {
					given = format
				}
				if n, ok := strings.CutPrefix(line, "max "); ok {
					if max, err = strconv.Atoi(n); err != nil {
						t.Fatal(err)
					}
				}
			}
			if f := open(t, name, data, Options{}); given == "" && (len(f.List()) != 1 || f.List()[0].Format.Name != format) {
				t.Fatalf("it is not recognised: %v", f.List()[0].Format.Name)
			}
			got := checkWays(t, format, name, data, max)
			checkWhere(t, format, data, 1)
			if *update {
				ar.Files = append(ar.Files[:1], txtar.File{Name: "events", Data: []byte(got.events())})
				if len(got.problems) > 0 {
					ar.Files = append(ar.Files, txtar.File{Name: "problems", Data: []byte(got.trouble())})
				}
				if err := os.WriteFile(path, txtar.Format(ar), 0o666); err != nil {
					t.Fatal(err)
				}
				return
			}
			if want := section(ar, "events"); got.events() != want {
				t.Errorf("events\n%swant\n%s", got.events(), want)
			}
			if want := section(ar, "problems"); got.trouble() != want {
				t.Errorf("problems\n%swant\n%s", got.trouble(), want)
			}
		})
	}
}

// input gives the first section of a case.
func input(t testing.TB, ar *txtar.Archive) (data []byte, name string) {
	if name, ok := strings.CutSuffix(ar.Files[0].Name, ".gzip.base64"); ok {
		return unpackText(t, ar.Files[0].Data), name
	}
	name, quoted := strings.CutSuffix(ar.Files[0].Name, ".quoted")
	if !quoted {
		return ar.Files[0].Data, name
	}
	for _, line := range strings.Split(strings.TrimSpace(string(ar.Files[0].Data)), "\n") {
		s, err := strconv.Unquote(line)
		if err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		data = append(data, s...)
	}
	return data, name
}

func section(ar *txtar.Archive, name string) string {
	for _, f := range ar.Files {
		if f.Name == name {
			return string(f.Data)
		}
	}
	return ""
}

// seeds gives the inputs of the corpus to a fuzz test.
func seeds(f *testing.F, formats ...string) {
	for _, format := range formats {
		files, err := filepath.Glob("testdata/" + format + "/*.txtar")
		if err != nil {
			f.Fatal(err)
		}
		for _, path := range files {
			ar, err := txtar.ParseFile(path)
			if err != nil {
				f.Fatal(err)
			}
			data, _ := input(f, ar)
			f.Add(data, int64(len(data)))
		}
	}
}
