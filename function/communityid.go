package function

import (
	"net/netip"
	"strings"

	"harrier/diag"
	"harrier/event"
	"harrier/internal/num"
	"harrier/plan"
)

var communityIDFunc = &Function{
	Name:     "communityId",
	Category: "network",
	Summary:  "Writes the Community ID of a network flow, by which different tools name the same flow.",
	Doc: "The identifier is that of the Community ID specification, version 1: `1:` and a SHA-1 in Base64 of the seed, the addresses, the protocol and the ports. It is the " +
		"same for both directions of a flow.\n\n" +
		"The protocol is its number at IANA, or one of the words `icmp`, `tcp`, `udp`, `icmp6` (`icmpv6`, `ipv6-icmp`), `sctp`, `igmp`, `gre`, `esp` and `ah`, in any case. Ports " +
		"count for TCP, UDP, SCTP and the two ICMPs only. For ICMP, type and code take the place of the ports, as the specification has it: those of `icmptype` and " +
		"`icmpcode`, or else the ports, where many sensors put them.\n\n" +
		"Where a value that counts is absent or wrong - no address, addresses of two families, an unknown protocol, a port above 65535 - an empty text is written. An IPv4 " +
		"address written as IPv6 counts as IPv4. A TCP or UDP flow without port parameters is hashed without ports.",
	Params: []Param{
		{Name: "proto", Kind: Field, Required: true, Doc: "The field with the protocol."},
		{Name: "sourceip", Kind: Field, Required: true, Doc: "The field with the source address."},
		{Name: "destinationip", Kind: Field, Required: true, Doc: "The field with the destination address."},
		{Name: "sourceport", Kind: Field, Doc: "The field with the source port; only together with `destinationport`."},
		{Name: "destinationport", Kind: Field, Doc: "The field with the destination port."},
		{Name: "icmptype", Kind: Field, Doc: "The field with the type of ICMP; only together with `icmpcode`."},
		{Name: "icmpcode", Kind: Field, Doc: "The field with the code of ICMP."},
		{Name: "seed", Kind: Int, Default: "0", Min: 0, Max: 65535, Doc: "A number that makes identifiers of one site differ from those of others."},
		{Name: "as", Kind: NewField, Default: "_community_id", Doc: "The field to write."},
	},
	Examples: []Example{{
		Doc:   "Both directions have the same identifier.",
		Query: `communityId(proto=p, sourceip=src, sourceport=sp, destinationip=dst, destinationport=dp) | groupBy(_community_id)`,
		In: "{\"p\":\"tcp\",\"src\":\"192.0.2.10\",\"sp\":\"40001\",\"dst\":\"198.51.100.5\",\"dp\":\"443\"}\n" +
			"{\"p\":\"6\",\"src\":\"198.51.100.5\",\"sp\":\"443\",\"dst\":\"192.0.2.10\",\"dp\":\"40001\"}",
		Out: `{"_community_id":"1:Zx90/OCvjJeGgiq7/ml/DAZ649w=","_count":"2"}`,
	}, {
		Doc:   "A ping and its answer, and what has no identifier.",
		Query: `id := communityId(proto=p, sourceip=src, destinationip=dst, icmptype=t, icmpcode=c) | groupBy(id)`,
		In: "{\"p\":\"icmp\",\"src\":\"192.0.2.10\",\"dst\":\"198.51.100.5\",\"t\":\"8\",\"c\":\"0\"}\n" +
			"{\"p\":\"1\",\"src\":\"198.51.100.5\",\"dst\":\"192.0.2.10\",\"t\":\"0\",\"c\":\"0\"}\n{\"p\":\"icmp\",\"src\":\"gateway\",\"dst\":\"192.0.2.10\",\"t\":\"8\",\"c\":\"0\"}",
		Out: "{\"id\":\"1:4oHakb5NavkZws8XHM1HOFAGyB8=\",\"_count\":\"2\"}\n{\"id\":\"\",\"_count\":\"1\"}",
	}},
	NewMapper: func(c *Call) (MapperFactory, diag.List) {
		for _, pair := range [][2]string{{"sourceport", "destinationport"}, {"icmptype", "icmpcode"}} {
			for i, name := range pair {
				if other := pair[1-i]; c.Has(name) && !c.Has(other) {
					return nil, c.Errorf("missing-argument", name, "communityId() needs %s where it is given %s", other, name)
				}
			}
		}
		seed, as := uint16(c.Int("seed")), c.Field("as")
		return func(*plan.Runtime) plan.Mapper {
			return plan.MapperFunc(func(b *event.Batch) error {
				column := func(name string) *event.Column {
					if !c.Has(name) {
						return nil
					}
					return b.Field(c.Field(name))
				}
				f := flowReader{
					seed: seed, proto: column("proto"), source: column("sourceip"), destination: column("destinationip"),
					ports: [2]*event.Column{column("sourceport"), column("destinationport")}, icmp: [2]*event.Column{column("icmptype"), column("icmpcode")},
				}
				strs := make([]string, b.Len())
				for _, r := range b.Selected() {
					strs[r] = f.id(int(r))
				}
				b.Set(as, event.NewText(strs, nil))
				return nil
			})
		}, nil
	},
}

// The numbers of the protocols whose flows are told apart by ports.
const (
	protoICMP  = 1
	protoTCP   = 6
	protoUDP   = 17
	protoICMP6 = 58
	protoSCTP  = 132
)

var protocols = map[string]uint8{
	"icmp": protoICMP, "igmp": 2, "tcp": protoTCP, "udp": protoUDP, "gre": 47, "esp": 50, "ah": 51,
	"icmp6": protoICMP6, "icmpv6": protoICMP6, "ipv6-icmp": protoICMP6, "sctp": protoSCTP,
}

// flowReader reads flows from the rows of a batch. Columns that the call does not name are nil.
type flowReader struct {
	seed                       uint16
	proto, source, destination *event.Column
	ports, icmp                [2]*event.Column
}

// id gives the identifier of a row, "" where it has none.
func (f *flowReader) id(row int) string {
	proto, ok := f.protocol(row)
	source, is := address(f.source, row)
	destination, are := address(f.destination, row)
	if !ok || !is || !are || source.Is4() != destination.Is4() {
		return ""
	}
	flow := flow{proto: proto, source: source, destination: destination}
	from := f.ports
	switch proto {
	case protoICMP, protoICMP6:
		if f.icmp[0] != nil {
			from = f.icmp
		}
	case protoTCP, protoUDP, protoSCTP:
	default:
		from = [2]*event.Column{}
	}
	if from[0] != nil {
		flow.ported = true
		for i, c := range from {
			n, ok := c.Number(row)
			if !ok || n < 0 || n > 65535 || n != float64(uint16(n)) {
				return ""
			}
			flow.ports[i] = uint16(n)
		}
	}
	return flow.communityID(f.seed)
}

func (f *flowReader) protocol(row int) (uint8, bool) {
	s, ok := f.proto.Text(row)
	if !ok {
		return 0, false
	}
	if n, known := protocols[strings.ToLower(s)]; known {
		return n, true
	}
	n, ok := num.Parse(s)
	return uint8(n), ok && n >= 0 && n <= 255 && n == float64(uint8(n))
}

// address reads an address; one of IPv4 that is written as IPv6 is the same as the former.
func address(c *event.Column, row int) (netip.Addr, bool) {
	s, ok := c.Text(row)
	if !ok {
		return netip.Addr{}, false
	}
	a, err := netip.ParseAddr(s)
	return a.Unmap().WithZone(""), err == nil
}
