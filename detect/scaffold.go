package detect

import (
	"crypto/rand"
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"text/template"
	"time"
	"unicode"

	"harrier/attack"
)

// Hole marks in a scaffold what its author must put in.
const Hole = "EDIT:"

//go:embed scaffold.yaml
var scaffoldText string

var scaffold = template.Must(template.New("detection.yaml").Parse(scaffoldText))

// The telemetry of a scaffold: its query finds one and must not find the other.
const (
	scaffoldFiring = `{"@timestamp":1773738000000,"#event_simpleName":"ProcessRollup2","event_platform":"Win","aid":"0a1b2c3d4e5f60718293a4b5c6d7e8f9","ComputerName":"T-WS-01","UserName":"tkoch","FileName":"example-tool.exe","CommandLine":"example-tool.exe --collect everything"}
`
	scaffoldSilent = `{"@timestamp":1773738000000,"#event_simpleName":"ProcessRollup2","event_platform":"Win","aid":"0a1b2c3d4e5f60718293a4b5c6d7e8f9","ComputerName":"T-WS-02","UserName":"mgrant","FileName":"example-tool.exe","CommandLine":"example-tool.exe --version"}
`
)

// Scaffold writes a new detection into a folder of its own, below dir and the
// folder of its technique, and gives the files. name is its title, or the name of
// its folder; day is that of its writing. The detection is whole: it loads, its
// tests pass, and what is to be put in is marked with [Hole].
func Scaffold(dir, name, technique string, day time.Time) ([]string, error) {
	t, ok := attack.Find(technique)
	if !ok || t.Status != attack.Used {
		return nil, fmt.Errorf("ATT&CK Enterprise %s has no technique %s", attack.Version(), technique)
	}
	title, folder := spellings(name)
	if folder == "" {
		return nil, fmt.Errorf("the name %q has no letters that a folder could be called by", name)
	}
	var id [16]byte
	if _, err := rand.Read(id[:]); err != nil {
		return nil, fmt.Errorf("make an id: %w", err)
	}
	id[6], id[8] = id[6]&0x0f|0x40, id[8]&0x3f|0x80 // a random UUID, version 4
	var text strings.Builder
	err := scaffold.Execute(&text, map[string]string{
		"Title": title, "ID": fmt.Sprintf("%x-%x-%x-%x-%x", id[:4], id[4:6], id[6:8], id[8:10], id[10:]),
		"Day": day.Format(time.DateOnly), "Technique": t.ID, "TechniqueName": t.FullName(), "URL": t.URL() + "/", "Hole": Hole,
	})
	if err != nil {
		return nil, fmt.Errorf("write %s: %w", FileName, err)
	}
	home := filepath.Join(dir, t.ID, folder)
	if _, err := os.Stat(home); !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s is there already", home)
	}
	var out []string
	for _, f := range []struct{ name, text string }{
		{FileName, text.String()},
		{filepath.Join("events", "firing.ndjson"), scaffoldFiring},
		{filepath.Join("events", "look-alike.ndjson"), scaffoldSilent},
	} {
		path := filepath.Join(home, f.name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return nil, fmt.Errorf("write detection: %w", err)
		}
		if err := os.WriteFile(path, []byte(f.text), 0o644); err != nil {
			return nil, fmt.Errorf("write detection: %w", err)
		}
		out = append(out, path)
	}
	// Editors find the schema beside the techniques; a newer one of the user's stays.
	path := filepath.Join(dir, SchemaName)
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return out, nil
	}
	if err != nil {
		return nil, fmt.Errorf("write detection: %w", err)
	}
	_, err = f.Write(Schema())
	if err := errors.Join(err, f.Close()); err != nil {
		return nil, fmt.Errorf("write %s: %w", path, err)
	}
	return append(out, path), nil
}

// SchemaName is the file that [Scaffold] leaves the [Schema] in.
const SchemaName = "detection.schema.json"

// spellings gives the name as a title and as the name of a folder: "Encoded
// PowerShell" and encoded-powershell.
func spellings(name string) (title, folder string) {
	words := strings.FieldsFunc(name, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	folder = strings.ToLower(strings.Join(words, "-"))
	title = strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		switch {
		case unicode.IsControl(r):
			return ' '
		case r == '"' || r == '\\': // would end the text in the YAML, or change it
			return -1
		}
		return r
	}, name)), " ")
	if title == folder {
		// A folder was named: read it as words.
		title = strings.Join(words, " ")
		if title != "" {
			r := []rune(title)
			r[0] = unicode.ToUpper(r[0])
			title = string(r)
		}
	}
	return title, folder
}
