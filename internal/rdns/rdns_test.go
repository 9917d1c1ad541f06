package rdns

import (
	"net/netip"
	"testing"
)

func TestSpecial(t *testing.T) {
	for text, want := range map[string]bool{
		"10.1.2.3": true, "172.31.255.255": true, "172.32.0.0": false, "192.0.2.1": true, "192.0.3.1": false, "127.0.0.1": true,
		"169.254.1.1": true, "239.1.1.1": true, "255.255.255.255": true, "9.9.9.9": false, "::ffff:10.0.0.1": true,
		"::1": true, "fe80::1%eth0": true, "fd00::1": true, "2001:db8::1": true, "2620:fe::fe": false, "ff02::1": true,
	} {
		if got := Special(netip.MustParseAddr(text)); got != want {
			t.Errorf("%s: got %v", text, got)
		}
	}
}

func TestWithPort(t *testing.T) {
	for server, want := range map[string]string{
		"192.0.2.53": "192.0.2.53:53", "192.0.2.53:5353": "192.0.2.53:5353", "2001:db8::53": "[2001:db8::53]:53",
		"[2001:db8::53]": "[2001:db8::53]:53", "[2001:db8::53]:54": "[2001:db8::53]:54", "ns.example": "ns.example:53",
	} {
		if got := withPort(server); got != want {
			t.Errorf("%s: got %s, want %s", server, got, want)
		}
	}
}
