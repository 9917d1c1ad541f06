// Package mmdbtest makes small MaxMind databases of documentation addresses, so
// that tests of ipLocation() and asn() need no real ones.
package mmdbtest

import (
	"net"
	"os"
	"path/filepath"
	"testing"

	"github.com/maxmind/mmdbwriter"
	"github.com/maxmind/mmdbwriter/mmdbtype"
)

// Write makes a city and an ASN database in a temporary folder and gives their
// paths. They know 203.0.113.0/24 (Aarhus, AS64500 "Example Net") and
// 2001:db8:1::/48 (Norway, AS64501 without a name).
func Write(t testing.TB) (city, asn string) {
	t.Helper()
	dir := t.TempDir()
	city, asn = filepath.Join(dir, "city.mmdb"), filepath.Join(dir, "asn.mmdb")
	write(t, city, "GeoLite2-City", map[string]mmdbtype.DataType{
		"203.0.113.0/24": mmdbtype.Map{
			"country":  mmdbtype.Map{"iso_code": mmdbtype.String("DK")},
			"city":     mmdbtype.Map{"names": mmdbtype.Map{"en": mmdbtype.String("Aarhus")}},
			"location": mmdbtype.Map{"longitude": mmdbtype.Float64(10.2072), "latitude": mmdbtype.Float64(56.1518)},
		},
		"2001:db8:1::/48": mmdbtype.Map{"country": mmdbtype.Map{"iso_code": mmdbtype.String("NO")}},
	})
	write(t, asn, "GeoLite2-ASN", map[string]mmdbtype.DataType{
		"203.0.113.0/24": mmdbtype.Map{
			"autonomous_system_number": mmdbtype.Uint32(64500), "autonomous_system_organization": mmdbtype.String("Example Net"),
		},
		"2001:db8:1::/48": mmdbtype.Map{"autonomous_system_number": mmdbtype.Uint32(64501)},
	})
	return city, asn
}

func write(t testing.TB, path, kind string, nets map[string]mmdbtype.DataType) {
	t.Helper()
	tree, err := mmdbwriter.New(mmdbwriter.Options{DatabaseType: kind, IncludeReservedNetworks: true})
	if err != nil {
		t.Fatal(err)
	}
	for cidr, v := range nets {
		_, n, err := net.ParseCIDR(cidr)
		if err != nil {
			t.Fatal(err)
		}
		if err := tree.Insert(n, v); err != nil {
			t.Fatal(err)
		}
	}
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := tree.WriteTo(f); err != nil {
		t.Fatal(err)
	}
}
