package attack

import (
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"testing"
)

func TestFind(t *testing.T) {
	got, ok := Find("T1596.005")
	if !ok || got.Name != "Scan Databases" || got.Parent() != "T1596" || got.FullName() != "Search Open Technical Databases: Scan Databases" ||
		got.URL() != "https://attack.mitre.org/techniques/T1596/005" || !slices.Equal(got.Tactics, []string{"reconnaissance"}) || !slices.Equal(got.Platforms, []string{"PRE"}) {
		t.Errorf("T1596.005: %+v, %v", got, ok)
	}
	if got, ok := Find("T1086"); !ok || got.Status != Revoked || !slices.Equal(got.Instead, []string{"T1059.001"}) {
		t.Errorf("T1086: %+v", got)
	}
	// T1073 became T1574.002, which became T1574.001.
	if got, _ := Find("T1073"); !slices.Equal(got.Instead, []string{"T1574.001"}) {
		t.Errorf("T1073: %+v", got)
	}
	if got, _ := Find("T1175"); got.Status != Deprecated || !slices.Equal(got.Instead, []string{"T1021.003", "T1559.001"}) {
		t.Errorf("T1175: %+v", got)
	}
	for _, id := range []string{"", "T9999", "T1596.999", "t1596"} {
		if got, ok := Find(id); ok {
			t.Errorf("%q is %+v", id, got)
		}
	}
	if l := Named("scan databases"); len(l) != 1 || l[0].ID != "T1596.005" {
		t.Errorf("Named: %+v", l)
	}
	if l := Named("brute force: password spraying"); len(l) != 1 || l[0].ID != "T1110.003" {
		t.Errorf("Named: %+v", l)
	}
	if l := Subs("T1596"); len(l) != 5 || Subs("") != nil {
		t.Errorf("Subs: %+v", l)
	}
}

// TestWhole wants every reference in the data to lead somewhere.
func TestWhole(t *testing.T) {
	if !regexp.MustCompile(`^\d+\.\d+$`).MatchString(Version()) || len(Tactics()) != 14 || len(Techniques()) < 600 {
		t.Fatalf("version %q, %d tactics, %d techniques", Version(), len(Tactics()), len(Techniques()))
	}
	short := map[string]bool{}
	for _, tactic := range Tactics() {
		short[tactic.Short] = true
	}
	id := regexp.MustCompile(`^T\d{4}(\.\d{3})?$`)
	for _, x := range load().byID {
		if !id.MatchString(x.ID) {
			t.Errorf("%q is no id", x.ID)
		}
		if x.Status == Used && (x.Name == "" || len(x.Tactics) == 0 || len(x.Platforms) == 0) {
			t.Errorf("%+v lacks something", x)
		}
		for _, tactic := range x.Tactics {
			if !short[tactic] {
				t.Errorf("%s: there is no tactic %s", x.ID, tactic)
			}
		}
		if p := x.Parent(); x.Status == Used && p != "" && load().byID[p].Status != Used {
			t.Errorf("%s: %s is not in use", x.ID, p)
		}
		for _, to := range x.Instead {
			if y, ok := Find(to); !ok || y.Status != Used {
				t.Errorf("%s: %s is not in use", x.ID, to)
			}
		}
		if x.Status == Revoked && len(x.Instead) == 0 {
			t.Errorf("%s: revoked in favour of nothing", x.ID)
		}
	}
}

// TestSource compares with the published data, where it is at hand.
func TestSource(t *testing.T) {
	data, err := os.ReadFile("../../shared/content/attack-enterprise.json")
	if err != nil {
		t.Skip("the published data is not here")
	}
	var source struct {
		Version    string
		Techniques []struct {
			ID, Name, URL      string
			Tactics, Platforms []string
		}
		RevokedBy map[string]string `json:"revoked_by"`
	}
	if err := json.Unmarshal(data, &source); err != nil {
		t.Fatal(err)
	}
	if source.Version != Version() || len(source.Techniques) != len(Techniques()) {
		t.Errorf("the source has version %s and %d techniques, we %s and %d", source.Version, len(source.Techniques), Version(), len(Techniques()))
	}
	for _, want := range source.Techniques {
		got, ok := Find(want.ID)
		slices.Sort(want.Platforms)
		slices.Sort(want.Tactics)
		platforms, tactics := slices.Sorted(slices.Values(got.Platforms)), slices.Sorted(slices.Values(got.Tactics))
		if !ok || got.Name != want.Name || got.URL() != want.URL || !slices.Equal(platforms, want.Platforms) || !slices.Equal(tactics, want.Tactics) {
			t.Errorf("%+v is %+v", want, got)
		}
	}
	for id := range source.RevokedBy {
		if got, ok := Find(id); !ok || got.Status != Revoked {
			t.Errorf("%s is revoked, and not %+v", id, got)
		}
	}
}

func TestParseSaysWhatIsWrong(t *testing.T) {
	for text, want := range map[string]string{
		"tactic\tTA1\n":                             `line 1: a line of kind "tactic" has 2 cells, and 4 are meant`,
		"version\t1\nwhat\n":                        `line 2: a line of kind "what" has 1 cells, and 0 are meant`,
		"technique\tT1\tA\tb\tc\nrevoked\tT1\tT2\n": "T1 is there twice",
		"revoked\tT1\tT2\nrevoked\tT2\tT1\n":        "", // a circle ends
	} {
		_, err := parse(text)
		got := ""
		if err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
