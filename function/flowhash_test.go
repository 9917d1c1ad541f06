package function

import (
	"net/netip"
	"testing"
)

// TestCommunityID has the flows that the specification publishes with their identifiers.
func TestCommunityID(t *testing.T) {
	for _, c := range []struct {
		proto               uint8
		source, destination string
		from, to, seed      uint16
		want                string
	}{
		{protoTCP, "128.232.110.120", "66.35.250.204", 34855, 80, 0, "1:LQU9qZlK+B5F3KDmev6m5PMibrg="},
		{protoTCP, "66.35.250.204", "128.232.110.120", 80, 34855, 1, "1:3V71V58M3Ksw/yuFALMcW0LAHvc="},
		{protoUDP, "192.168.1.52", "8.8.8.8", 54585, 53, 0, "1:d/FP5EW3wiY1vCndhwleRRKHowQ="},
		{protoICMP, "192.168.0.89", "192.168.0.1", 8, 0, 0, "1:X0snYXpgwiv9TZtqg64sgzUn6Dk="},
		{protoICMP, "192.168.0.1", "192.168.0.89", 0, 0, 0, "1:X0snYXpgwiv9TZtqg64sgzUn6Dk="},
		{protoICMP6, "fe80::200:86ff:fe05:80da", "fe80::260:97ff:fe07:69ea", 135, 0, 0, "1:dGHyGvjMfljg6Bppwm3bg0LO8TY="},
		{protoSCTP, "192.168.170.8", "192.168.170.56", 7, 7, 0, "1:MP2EtRCAUIZvTw6MxJHLV7N7JDs="},
	} {
		f := flow{c.proto, netip.MustParseAddr(c.source), netip.MustParseAddr(c.destination), [2]uint16{c.from, c.to}, true}
		if got := f.communityID(c.seed); got != c.want {
			t.Errorf("%v, seed %d: got %s, want %s", f, c.seed, got, c.want)
		}
	}
}
