package generate

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/netip"
	"strings"
	"testing"
)

// The bytes of the data are part of what a measurement means. Whoever changes
// them on purpose writes the new digest down, and measures anew.
const digest = "38406ec652c9d5411e1188e72639198e61b40977fd63e6972ee293aff0380714"

func TestSameBytesForEver(t *testing.T) {
	c := Config{Events: 3*blockEvents + 17}
	var out bytes.Buffer
	if err := Write(&out, c); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(out.Bytes(), Append(nil, c)) {
		t.Error("several workers write other bytes than one")
	}
	sum := sha256.Sum256(out.Bytes())
	if got := hex.EncodeToString(sum[:]); got != digest {
		t.Errorf("the digest of the events is %s, not %s", got, digest)
	}
	if other := Append(nil, Config{Events: c.Events, Seed: 1}); bytes.Equal(other, out.Bytes()) {
		t.Error("another seed gives the same events")
	}
}

func TestShape(t *testing.T) {
	const events = 40_000
	data := Append(nil, Config{Events: events})

	var (
		ids     = map[string]bool{}
		types   = map[string]int{}
		needles int
		last    string
	)
	// The only public addresses that may occur.
	reserved := []netip.Prefix{
		netip.MustParsePrefix("192.0.2.0/24"), netip.MustParsePrefix("198.51.100.0/24"), netip.MustParsePrefix("203.0.113.0/24"),
		netip.MustParsePrefix("198.18.0.0/15"), netip.MustParsePrefix("2001:db8::/32"), netip.MustParsePrefix("0.0.0.0/32"),
	}
	for line := range bytes.Lines(data) {
		var e map[string]string
		if err := json.Unmarshal(line, &e); err != nil {
			t.Fatalf("%v in %s", err, line)
		}
		if ids[e["id"]] {
			t.Fatalf("the id %s occurs twice", e["id"])
		}
		ids[e["id"]] = true
		types[e["event_simpleName"]]++
		if e["timestamp"] < last {
			t.Fatalf("%s comes after %s", e["timestamp"], last)
		}
		last = e["timestamp"]
		if bytes.Contains(line, []byte(Needle)) {
			needles++
			if !strings.Contains(e["CommandLine"], Needle) {
				t.Errorf("the needle is outside of the command line: %s", line)
			}
		}
		for _, field := range []string{"aip", "RemoteAddressIP4", "RemoteAddressIP6", "FirstIP4Record", "LocalAddressIP4"} {
			text, ok := e[field]
			if !ok {
				continue
			}
			a, err := netip.ParseAddr(text)
			if err != nil {
				t.Fatalf("%s: %v", field, err)
			}
			fine := a.IsPrivate() || a.IsLoopback()
			for _, p := range reserved {
				fine = fine || p.Contains(a)
			}
			if !fine {
				t.Errorf("%s is %s, which may belong to somebody", field, a)
			}
		}
		if name := e["DomainName"]; name != "" {
			if i := strings.LastIndexByte(name, '.'); !strings.Contains(".example.test.invalid.", name[i:]+".") {
				t.Errorf("%s is not in a reserved domain", name)
			}
		}
	}
	if len(ids) != events {
		t.Errorf("%d events instead of %d", len(ids), events)
	}
	if needles != Needles {
		t.Errorf("%d events have the needle, instead of %d", needles, Needles)
	}
	if len(types) != len(eventTypes) {
		t.Errorf("%d types instead of %d", len(types), len(eventTypes))
	}
	for _, e := range eventTypes {
		want := events * e.share / 1000
		if got := types[e.name]; got < want*8/10-20 || got > want*12/10+20 {
			t.Errorf("%d events %s, where about %d are meant to be", got, e.name, want)
		}
	}
	if mean := len(data) / events; mean < 950 || mean > 1100 {
		t.Errorf("an event has %d bytes, where about a kilobyte is meant", mean)
	}
	if end := Start.UnixMilli() + Hours*3_600_000; last >= "1773014400000" || end != 1773014400000 {
		t.Errorf("the last event is at %s, after the end %d", last, end)
	}
}

// However many events there are, the needles are the same number.
func TestNeedles(t *testing.T) {
	for _, events := range []int{Needles, 25, 100, 4096, 4097, 100_000, Events} {
		g := &generator{Config: Config{Events: events}}
		n := 0
		for i := range events {
			if g.needle(i) {
				n++
			}
		}
		if n != Needles {
			t.Errorf("%d of %d events have the needle, instead of %d", n, events, Needles)
		}
	}
}

// failing fails after some bytes, as a full disk does.
type failing int

func (f *failing) Write(p []byte) (int, error) {
	*f -= failing(len(p))
	if *f < 0 {
		return 0, errFull
	}
	return len(p), nil
}

type fullError struct{}

func (fullError) Error() string { return "disk full" }

var errFull = fullError{}

func TestWriteStops(t *testing.T) {
	room := failing(5 << 20)
	if err := Write(&room, Config{Events: 50_000}); err != errFull {
		t.Errorf("writing to a full disk gives %v", err)
	}
}
