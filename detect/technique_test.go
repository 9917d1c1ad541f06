package detect

import (
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
)

// Technique ids must be those of ATT&CK, and what is said of one that is not is
// said where it stands.
func TestTechniques(t *testing.T) {
	for _, c := range []struct{ attack, want string }{
		{"[T1059]", ""},
		{"[T1596, T1596.005]", ""},
		{"[T1059, T1059]", `d/detection.yaml [duplicate-technique] at "T1059": T1059 stands here twice`},
		{"[T1059, T1086]", `d/detection.yaml [revoked-technique] at "T1086": T1086 was revoked; ATT&CK 18.1 has T1059.001 (PowerShell) in its place`},
		{"\n  - T1064 # for old times' sake", `d/detection.yaml [deprecated-technique] at "T1064": T1064 (Scripting) is deprecated in ATT&CK`},
		{"[T1596.077]", `d/detection.yaml [unknown-technique] at "T1596.077": ATT&CK Enterprise 18.1 has no technique T1596.077`},
		{"[T1059, T1596.05]", `d/detection.yaml [bad-technique] at "T1596.05": "T1596.05" is no ATT&CK technique id such as T1596 or T1596.005; did you mean T1596.005 (Scan Databases)?`},
		{"[t1105]", `d/detection.yaml [bad-technique] at "t1105": "t1105" is no ATT&CK technique id such as T1596 or T1596.005; did you mean T1105 (Ingress Tool Transfer)?`},
		{"[powershell]", `d/detection.yaml [bad-technique] at "powershell": "powershell" is no ATT&CK technique id such as T1596 or T1596.005; did you mean T1059.001 (PowerShell)?`},
		{"[malware]", `d/detection.yaml [bad-technique] at "malware": "malware" is no ATT&CK technique id such as T1596 or T1596.005; did you mean T1587.001 (Malware) or T1588.001 (Malware)?`},
		{"['1059.1']", `d/detection.yaml [bad-technique] at "'1059.1'": "1059.1" is no ATT&CK technique id such as T1596 or T1596.005; did you mean T1059.001 (PowerShell)?`},
		{"[execution]", `d/detection.yaml [bad-technique] at "execution": "execution" is no ATT&CK technique id such as T1596 or T1596.005`},
		{"['something else']", `d/detection.yaml [bad-technique] at "'something else'": "something else" is no ATT&CK technique id such as T1596 or T1596.005`},
	} {
		text := strings.Replace(base, "attack: [T1059]", "attack: "+c.attack, 1) + "query: 'a=1'\n" + filterTrigger
		p, err := Load([]fs.FS{fstest.MapFS{FileName: {Data: []byte(text)}}}, []string{"d"}, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if got := said(p); got != c.want {
			t.Errorf("%s\n got %s\nwant %s", c.attack, got, c.want)
		}
		for _, d := range p.Files[0].List {
			if d.Fix == nil {
				continue
			}
			e := d.Fix.Edits[0]
			fixed := text[:e.Span.Start] + e.Text + text[e.Span.End:]
			p, err := Load([]fs.FS{fstest.MapFS{FileName: {Data: []byte(fixed)}}}, []string{"d"}, Options{})
			if err != nil || said(p) != "" {
				t.Errorf("%s: fixed, it is still wrong: %s, %v\n%s", c.attack, said(p), err, fixed)
			}
		}
	}
}
