package function

import (
	"bytes"
	"net"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/maxmind/mmdbwriter"
	"github.com/maxmind/mmdbwriter/mmdbtype"

	"harrier/event"
	"harrier/plan"
)

// cityRecords and asnRecords are the content of the databases in testdata, which the examples use.
var (
	cityRecords = map[string]mmdbtype.DataType{
		"203.0.113.0/24": mmdbtype.Map{
			"country":  mmdbtype.Map{"iso_code": mmdbtype.String("DK")},
			"city":     mmdbtype.Map{"names": mmdbtype.Map{"en": mmdbtype.String("Aarhus"), "de": mmdbtype.String("Århus")}},
			"location": mmdbtype.Map{"latitude": mmdbtype.Float64(56.1518), "longitude": mmdbtype.Float64(10.2072)},
		},
		"2001:db8:1::/48": mmdbtype.Map{"country": mmdbtype.Map{"iso_code": mmdbtype.String("NO")}},
	}
	asnRecords = map[string]mmdbtype.DataType{
		"203.0.113.0/24": mmdbtype.Map{
			"autonomous_system_number":       mmdbtype.Uint32(64500),
			"autonomous_system_organization": mmdbtype.String("Example Net"),
		},
		"2001:db8:1::/48": mmdbtype.Map{"autonomous_system_number": mmdbtype.Uint32(64501)},
	}
)

func maxMindFile(t *testing.T, kind string, version int, records map[string]mmdbtype.DataType) []byte {
	t.Helper()
	w, err := mmdbwriter.New(mmdbwriter.Options{DatabaseType: kind, IPVersion: version, BuildEpoch: 1, IncludeReservedNetworks: true, RecordSize: 24})
	if err != nil {
		t.Fatal(err)
	}
	for subnet, record := range records {
		_, ipnet, err := net.ParseCIDR(subnet)
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Insert(ipnet, record); err != nil {
			t.Fatal(err)
		}
	}
	var buf bytes.Buffer
	if _, err := w.WriteTo(&buf); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

// TestMaxMindTestdata keeps the databases in testdata; HARRIER_UPDATE=1 writes them.
func TestMaxMindTestdata(t *testing.T) {
	for name, want := range map[string][]byte{
		"city.mmdb": maxMindFile(t, "Test-City", 6, cityRecords),
		"asn.mmdb":  maxMindFile(t, "Test-ASN", 6, asnRecords),
	} {
		path := filepath.Join("testdata", name)
		if os.Getenv("HARRIER_UPDATE") != "" {
			if err := os.MkdirAll("testdata", 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, want, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		for i, fields := range map[string][]string{ // the bytes of a file are not fixed, what is in it is
			"city.mmdb": {"DK,Aarhus,10.2072,56.1518", "NO,-,-,-", "nothing"},
			"asn.mmdb":  {"64500,Example Net", "64501,-", "nothing"},
		}[name] {
			info := map[string]*addressInfo{"city.mmdb": cityInfo, "asn.mmdb": asnInfo}[name]
			addr := []string{"203.0.113.9", "2001:db8:1:2::3", "198.51.100.1"}[i]
			if got := lookedUp(t, info, path, addr); got != fields {
				t.Errorf("%s: %s: %s, want %s", name, addr, got, fields)
			}
		}
	}
}

// lookedUp gives what a database says of an address.
func lookedUp(t *testing.T, info *addressInfo, file, addr string) string {
	t.Helper()
	m := addressMapperOf(t, info, file)
	values, err := m.look(addr)
	if err != nil {
		t.Fatal(err)
	}
	if values == nil {
		return "nothing"
	}
	parts := make([]string, len(values))
	for i, v := range values {
		if parts[i] = "-"; v != nil {
			parts[i] = *v
		}
	}
	return strings.Join(parts, ",")
}

func addressMapperOf(t *testing.T, info *addressInfo, file string) *addressMapper {
	t.Helper()
	f, problems := info.mapper(textCall(ipLocationFunc, nil), file)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return f(&plan.Runtime{}).(*addressMapper)
}

func TestMaxMindProblems(t *testing.T) {
	dir := t.TempDir()
	write := func(name string, data []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	text := write("text.mmdb", []byte("not a database"))
	asn := write("asn.mmdb", maxMindFile(t, "Test-ASN", 6, asnRecords))
	wrong := write("wrong.mmdb", maxMindFile(t, "Test-City", 6, map[string]mmdbtype.DataType{"203.0.113.0/24": mmdbtype.Map{"country": mmdbtype.String("DK")}}))
	for _, c := range []struct{ file, want string }{
		{"", "error missing-database: ipLocation() needs a MaxMind city database, and none is given"},
		{filepath.Join(dir, "none.mmdb"), "error bad-database: the MaxMind city database cannot be used: " + dir + "/none.mmdb: no such file or directory"},
		{text, "error bad-database: the MaxMind city database cannot be used: " + text},
		{asn, "warning bad-database: " + asn + ` is a database of the type "Test-ASN"`},
	} {
		_, problems := cityInfo.mapper(textCall(ipLocationFunc, nil), c.file)
		if len(problems) != 1 || !strings.HasPrefix(problems[0].Severity.String()+" "+problems[0].Code+": "+problems[0].Message, c.want) {
			t.Errorf("%s: %v, want %s", c.file, problems, c.want)
		}
	}
	checked := textCall(ipLocationFunc, nil)
	checked.Env.Check = true
	if _, problems := cityInfo.mapper(checked, ""); len(problems) > 0 {
		t.Errorf("a check without a database: %v", problems)
	}

	b := event.NewBatch(1)
	b.Set("ip", event.NewConstant(1, "203.0.113.1"))
	if err := addressMapperOf(t, cityInfo, wrong).Map(b); err == nil || !strings.Contains(err.Error(), "wrong.mmdb: address 203.0.113.1") {
		t.Errorf("a record of another form: %v", err)
	}
}

func TestMaxMindIPv4Only(t *testing.T) {
	file := filepath.Join(t.TempDir(), "four.mmdb")
	four := map[string]mmdbtype.DataType{"203.0.113.0/24": asnRecords["203.0.113.0/24"]}
	if err := os.WriteFile(file, maxMindFile(t, "Test-ASN", 4, four), 0o644); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, addr := range []string{"203.0.113.1", "::ffff:203.0.113.1", "203.0.113.1%eth0", "2001:db8:1::1", "", "203.0.113.01"} {
		got = append(got, lookedUp(t, asnInfo, file, addr))
	}
	want := []string{"64500,Example Net", "64500,Example Net", "nothing", "nothing", "nothing", "nothing"}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
