package function

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// subnets is a set of IP addresses, as ranges that do not overlap, sorted. IPv4
// comes before IPv6, as netip orders addresses.
type subnets struct{ ranges []addrRange }

type addrRange struct{ first, last netip.Addr }

// add adds a subnet, or a single address.
func (n *subnets) add(s string) error {
	if !strings.Contains(s, "/") {
		a, err := netip.ParseAddr(s)
		if err != nil {
			return fmt.Errorf("%q is no subnet: one is written 10.0.0.0/8 or 2001:db8::/32", s)
		}
		a = a.WithZone("")
		n.ranges = append(n.ranges, addrRange{a, a})
		if a.Is4In6() {
			n.ranges = append(n.ranges, addrRange{a.Unmap(), a.Unmap()})
		}
		return nil
	}
	p, err := netip.ParsePrefix(s)
	if err != nil {
		return fmt.Errorf("%q is no subnet: one is written 10.0.0.0/8 or 2001:db8::/32", s)
	}
	p = p.Masked()
	n.ranges = append(n.ranges, addrRange{p.Addr(), lastAddr(p)})
	// A subnet of IPv4 addresses written as IPv6 holds them however they are written.
	if p.Addr().Is4In6() && p.Bits() >= 96 {
		p = netip.PrefixFrom(p.Addr().Unmap(), p.Bits()-96)
		n.ranges = append(n.ranges, addrRange{p.Addr(), lastAddr(p)})
	}
	return nil
}

// lastAddr is the last address of a subnet.
func lastAddr(p netip.Prefix) netip.Addr {
	b := p.Addr().AsSlice()
	for i := p.Bits(); i < len(b)*8; i++ {
		b[i/8] |= 0x80 >> (i % 8)
	}
	a, _ := netip.AddrFromSlice(b)
	return a
}

// prepare sorts and joins the ranges; it is called once, after the last add.
func (n *subnets) prepare() {
	slices.SortFunc(n.ranges, func(a, b addrRange) int { return a.first.Compare(b.first) })
	var out []addrRange
	for _, r := range n.ranges {
		if k := len(out) - 1; k >= 0 && r.first.Compare(out[k].last) <= 0 {
			if r.last.Compare(out[k].last) > 0 {
				out[k].last = r.last
			}
			continue
		}
		out = append(out, r)
	}
	n.ranges = out
}

// hasText tells whether s is an address in the set.
func (n *subnets) hasText(s string) bool {
	if len(s) < 2 || len(s) > 256 { // "::" is the shortest; a zone may be long, within reason
		return false
	}
	a, err := netip.ParseAddr(s)
	if err != nil {
		return false
	}
	a = a.WithZone("")
	return n.has(a) || a.Is4In6() && n.has(a.Unmap())
}

func (n *subnets) has(a netip.Addr) bool {
	i, found := slices.BinarySearchFunc(n.ranges, a, func(r addrRange, a netip.Addr) int { return r.first.Compare(a) })
	return found || i > 0 && a.Compare(n.ranges[i-1].last) <= 0
}
