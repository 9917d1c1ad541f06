package function

import (
	"math"
	"math/big"
	"strconv"

	"harrier/diag"
	"harrier/event"
	"harrier/internal/num"
)

// flag is a bit of a number, and what it is called.
type flag struct {
	bit  uint
	name string
}

// flags reads an argument of pairs of a bit and a name, in order of the pairs.
func (c *Call) flags(param string) ([]flag, diag.List) {
	var out []flag
	bits, names := map[uint]bool{}, map[string]bool{}
	for _, p := range c.Arg(param).Pairs {
		bit, err := strconv.ParseUint(p[0], 10, 8)
		switch {
		case err != nil || bit > 63:
			return nil, c.Errorf("bad-value", param, "a bit is a whole number from 0 to 63, and %q is none", p[0])
		case p[1] == "":
			return nil, c.Errorf("bad-value", param, "bit %d needs a name that is not empty", bit)
		case bits[uint(bit)]:
			return nil, c.Errorf("bad-value", param, "bit %d is named twice", bit)
		case names[p[1]]:
			return nil, c.Errorf("bad-value", param, "two bits have the name %s", p[1])
		}
		bits[uint(bit)], names[p[1]] = true, true
		out = append(out, flag{uint(bit), p[1]})
	}
	if len(out) == 0 {
		return nil, c.Errorf("missing-argument", param, "%s() needs a bit at least: %s=[[0, name]]", c.Function.Name, param)
	}
	return out, nil
}

// setFlags gives the names of the flags that are set in bits.
func setFlags(flags []flag, bits uint64) []string {
	var out []string
	for _, f := range flags {
		if bits>>f.bit&1 == 1 {
			out = append(out, f.name)
		}
	}
	return out
}

// lowBits reads the lowest 64 bits of a whole number of any size, a negative one in two's complement. A text that is no
// whole number has none.
func lowBits(s string) (uint64, bool) {
	if n, err := strconv.ParseUint(s, 10, 64); err == nil {
		return n, true
	}
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		return uint64(n), true
	}
	f, ok := num.Parse(s)
	if !ok || f != math.Trunc(f) || math.IsInf(f, 0) {
		return 0, false
	}
	if math.Abs(f) < 1<<53 { // such as 4.0 and 1e3
		return uint64(int64(f)), true
	}
	// The text may have more digits than the float, so it is read again.
	r, ok := new(big.Rat).SetString(s)
	if !ok || !r.IsInt() {
		return 0, false
	}
	// And of a negative number acts as on two's complement.
	return new(big.Int).And(r.Num(), allBits).Uint64(), true
}

var allBits = new(big.Int).SetUint64(1<<64 - 1)

// bitReader reads a column as bits, each entry of a dictionary once.
type bitReader struct {
	dicts map[*event.Dict]*[]knownBits
}

type knownBits struct {
	known, ok bool
	bits      uint64
}

// read gives what reads the rows of a column.
func (b *bitReader) read(col *event.Column) func(row int) (uint64, bool) {
	d, codes := col.Codes()
	if d == nil {
		return func(row int) (uint64, bool) {
			s, ok := col.Text(row)
			if !ok {
				return 0, false
			}
			return lowBits(s)
		}
	}
	if b.dicts == nil {
		b.dicts = map[*event.Dict]*[]knownBits{}
	}
	known := b.dicts[d]
	if known == nil {
		if len(b.dicts) > 64 {
			clear(b.dicts)
		}
		known = new([]knownBits)
		b.dicts[d] = known
	}
	*known = grow(*known, d.Len())
	return func(row int) (uint64, bool) {
		if codes[row] == event.NoCode {
			return 0, false
		}
		k := &(*known)[codes[row]]
		if !k.known {
			k.known = true
			k.bits, k.ok = lowBits(d.Value(codes[row]))
		}
		return k.bits, k.ok
	}
}
