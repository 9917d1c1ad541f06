package cqltest

import (
	"context"
	"fmt"
	"net/netip"
)

// Resolver is the DNS of the corpus: it knows the names of a few addresses, gives an error for 203.0.113.250, and asks
// nobody.
func Resolver(_ context.Context, _ string, addr netip.Addr) (string, error) {
	switch addr.String() {
	case "203.0.113.20":
		return "mail.example", nil
	case "203.0.113.21":
		return "shop.example", nil
	case "2001:db8:1::7":
		return "www.example", nil
	case "203.0.113.250":
		return "", fmt.Errorf("the server for %s does not answer", addr)
	}
	return "", nil
}
