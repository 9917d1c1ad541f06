package function

import (
	"crypto/sha1"
	"encoding/base64"
	"encoding/binary"
	"net/netip"
)

// flow is a network flow as the Community ID specification sees it.
type flow struct {
	proto               uint8
	source, destination netip.Addr
	ports               [2]uint16 // type and code for ICMP
	ported              bool      // there are ports
}

// The types of ICMP that ask and answer each other: such an exchange is one flow.
var (
	icmpAnswers  = pairUp([][2]uint16{{8, 0}, {13, 14}, {15, 16}, {17, 18}, {10, 9}})
	icmp6Answers = pairUp([][2]uint16{{128, 129}, {130, 131}, {133, 134}, {135, 136}, {139, 140}, {144, 145}})
)

func pairUp(pairs [][2]uint16) map[uint16]uint16 {
	m := map[uint16]uint16{}
	for _, p := range pairs {
		m[p[0]], m[p[1]] = p[1], p[0]
	}
	return m
}

// communityID is the identifier of the flow, in version 1 of the specification.
func (f flow) communityID(seed uint16) string {
	oneWay := false
	if f.ported && (f.proto == protoICMP || f.proto == protoICMP6) {
		answers := icmpAnswers
		if f.proto == protoICMP6 {
			answers = icmp6Answers
		}
		// The answer to a type stands for the other port; a message that nobody answers
		// is a flow of one direction, with its code as the other port.
		if answer, ok := answers[f.ports[0]]; ok {
			f.ports[1] = answer
		} else {
			oneWay = true
		}
	}
	if c := f.source.Compare(f.destination); !oneWay && (c > 0 || c == 0 && f.ports[0] > f.ports[1]) {
		f.source, f.destination = f.destination, f.source
		f.ports[0], f.ports[1] = f.ports[1], f.ports[0]
	}
	h := binary.BigEndian.AppendUint16(nil, seed)
	h = append(h, f.source.AsSlice()...)
	h = append(h, f.destination.AsSlice()...)
	h = append(h, f.proto, 0)
	if f.ported {
		h = binary.BigEndian.AppendUint16(h, f.ports[0])
		h = binary.BigEndian.AppendUint16(h, f.ports[1])
	}
	sum := sha1.Sum(h)
	return "1:" + base64.StdEncoding.EncodeToString(sum[:])
}
