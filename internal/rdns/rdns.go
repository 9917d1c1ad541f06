// Package rdns asks DNS for the host names of addresses. Nothing else in Harrier talks to a name server, and this does
// only when the user allows it.
package rdns

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"strings"
)

// Lookup gives the host name of an address, without the dot at its end; "" when DNS has none. server is the name server
// to ask, with a port if it is not 53; "" stands for that of the system.
func Lookup(ctx context.Context, server string, addr netip.Addr) (string, error) {
	r := net.DefaultResolver
	if server != "" {
		to := withPort(server)
		r = &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, network, to)
		}}
	}
	names, err := r.LookupAddr(ctx, addr.String())
	var failed *net.DNSError
	switch {
	case errors.As(err, &failed) && failed.IsNotFound:
		return "", nil
	case err != nil && len(names) == 0:
		return "", err
	case len(names) == 0:
		return "", nil
	}
	return strings.TrimSuffix(names[0], "."), nil
}

// withPort adds the port of DNS to a server that is given without one.
func withPort(server string) string {
	if a, err := netip.ParseAddr(strings.Trim(server, "[]")); err == nil {
		return net.JoinHostPort(a.String(), "53")
	}
	if _, _, err := net.SplitHostPort(server); err == nil {
		return server
	}
	return net.JoinHostPort(server, "53")
}

// special are the blocks that the registries of IANA keep for special purposes, multicast among them: addresses in them
// belong to nobody that all of the internet knows.
var special = func() []netip.Prefix {
	var out []netip.Prefix
	for _, s := range []string{
		"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
		"192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
		"::/128", "::1/128", "::ffff:0:0/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",
		"5f00::/16", "fc00::/7", "fe80::/10", "ff00::/8",
	} {
		out = append(out, netip.MustParsePrefix(s))
	}
	return out
}()

// Special tells whether an address has a special purpose: a private, local, reserved, documentation or multicast one.
func Special(a netip.Addr) bool {
	a = a.Unmap().WithZone("")
	for _, p := range special {
		if p.Contains(a) {
			return true
		}
	}
	return false
}
