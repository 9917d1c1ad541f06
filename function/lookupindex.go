package function

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"harrier/internal/fold"
	"harrier/internal/glob"
	"harrier/internal/rx"
)

// lookupIndex finds the rows of a lookup table whose keys fit the values of an event: at most limit of them, the one
// to be preferred first. It is immutable, so that workers share it. An error says that not all keys could be tried.
type lookupIndex interface {
	find(values []string, limit int) ([]int32, error)
}

var (
	_ lookupIndex = (*exactIndex)(nil)
	_ lookupIndex = (*patternIndex)(nil)
	_ lookupIndex = (*subnetIndex)(nil)
)

// keyColumn stands for the keys of a JSON file that is one object, which have no column name.
const keyColumn = -1

// lookupKeys are the keys of one row, nil when one of them is absent.
func lookupKeys(t *Table, row int, columns []int) []string {
	keys := make([]string, len(columns))
	for i, c := range columns {
		if c == keyColumn {
			keys[i] = t.Keys[row]
			continue
		}
		if !t.Rows[row][c].Present {
			return nil
		}
		keys[i] = t.Rows[row][c].Text
	}
	return keys
}

// badKeys counts the rows whose key cannot be read as what the mode wants; they match nothing.
type badKeys struct {
	count int
	first string
	want  string
}

func (b *badKeys) add(key string) {
	if b.count++; b.count == 1 {
		b.first = key
	}
}

func (b *badKeys) String() string {
	if b.count == 1 {
		return fmt.Sprintf("one row matches nothing, since its key %q is no %s", b.first, b.want)
	}
	return fmt.Sprintf("%d rows match nothing, since their keys are no %s: the first is %q", b.count, b.want, b.first)
}

// newLookupIndex makes the index of a mode. An event asks for at most limit rows.
func newLookupIndex(t *Table, columns []int, mode string, ignoreCase bool, limit int) (lookupIndex, badKeys) {
	switch mode {
	case "glob":
		return newGlobIndex(t, columns, ignoreCase), badKeys{}
	case "regex":
		return newRegexIndex(t, columns, ignoreCase)
	case "cidr":
		return newSubnetIndex(t, columns)
	}
	return newExactIndex(t, columns, ignoreCase, limit), badKeys{}
}

// exactIndex compares whole texts.
type exactIndex struct {
	fold bool
	rows map[string][]int32 // by tuple, the last row of the table first
}

func newExactIndex(t *Table, columns []int, ignoreCase bool, limit int) *exactIndex {
	x := &exactIndex{fold: ignoreCase, rows: map[string][]int32{}}
	for r := len(t.Rows) - 1; r >= 0; r-- {
		keys := lookupKeys(t, r, columns)
		if keys == nil {
			continue
		}
		key := x.tuple(nil, keys)
		if have := x.rows[string(key)]; len(have) < limit {
			x.rows[string(key)] = append(have, int32(r))
		}
	}
	return x
}

// tuple makes one text of several. Each stands behind its length, so that no two tuples look alike.
func (x *exactIndex) tuple(to []byte, values []string) []byte {
	for _, v := range values {
		if x.fold {
			v = fold.String(v)
		}
		if len(values) > 1 {
			to = binary.AppendUvarint(to, uint64(len(v)))
		}
		to = append(to, v...)
	}
	return to
}

func (x *exactIndex) find(values []string, limit int) ([]int32, error) {
	if len(values) == 1 && !x.fold {
		return firstRows(x.rows[values[0]], limit), nil
	}
	var buf [128]byte
	return firstRows(x.rows[string(x.tuple(buf[:0], values))], limit), nil
}

func firstRows(rows []int32, limit int) []int32 {
	if len(rows) > limit {
		return rows[:limit]
	}
	return rows
}

// patternIndex tries one pattern per key after the other.
type patternIndex struct {
	rows []patternRow // the preferred one first
}

type patternRow struct {
	row   int32
	keys  []string
	match []func(string) (bool, error)
}

func (x *patternIndex) find(values []string, limit int) ([]int32, error) {
	var out []int32
	var failed error
	for i := range x.rows {
		ok, err := x.rows[i].fits(values)
		if err != nil {
			failed = err
		}
		if ok {
			if out = append(out, x.rows[i].row); len(out) == limit {
				break
			}
		}
	}
	return out, failed
}

func (p *patternRow) fits(values []string) (bool, error) {
	for i, match := range p.match {
		if ok, err := match(values[i]); !ok || err != nil {
			return false, err
		}
	}
	return true, nil
}

// newGlobIndex takes keys as patterns with an asterisk at both ends. Patterns are tried in lexicographic order; of rows
// with the same patterns the last one comes first.
func newGlobIndex(t *Table, columns []int, ignoreCase bool) *patternIndex {
	x := &patternIndex{}
	for r := len(t.Rows) - 1; r >= 0; r-- {
		keys := lookupKeys(t, r, columns)
		if keys == nil {
			continue
		}
		p := patternRow{row: int32(r), keys: keys}
		for _, k := range keys {
			g := glob.Compile(k, glob.Options{Unanchored: true, IgnoreCase: ignoreCase})
			p.match = append(p.match, func(s string) (bool, error) { return g.Match(s), nil })
		}
		x.rows = append(x.rows, p)
	}
	slices.SortStableFunc(x.rows, func(a, b patternRow) int { return slices.Compare(a.keys, b.keys) })
	return x
}

// newRegexIndex takes keys as regular expressions. The last row of the table is tried first.
func newRegexIndex(t *Table, columns []int, ignoreCase bool) (*patternIndex, badKeys) {
	x, bad := &patternIndex{}, badKeys{want: "regular expression"}
rows:
	for r := len(t.Rows) - 1; r >= 0; r-- {
		keys := lookupKeys(t, r, columns)
		if keys == nil {
			continue
		}
		p := patternRow{row: int32(r), keys: keys}
		for _, k := range keys {
			re, err := rx.Compile(k, rx.Flags{IgnoreCase: ignoreCase})
			if err != nil {
				bad.add(k)
				continue rows
			}
			p.match = append(p.match, re.Match)
		}
		x.rows = append(x.rows, p)
	}
	return x, bad
}

// subnetIndex takes keys as subnets. The subnets of the first key are kept by their length: an address is cut to each
// length there is, the longest first, and looked up.
type subnetIndex struct {
	lengths4, lengths6 []int
	rows               map[netip.Prefix][]subnetRow
}

type subnetRow struct {
	row  int32
	rest []netip.Prefix // the subnets of the other keys
}

func newSubnetIndex(t *Table, columns []int) (*subnetIndex, badKeys) {
	x, bad := &subnetIndex{rows: map[netip.Prefix][]subnetRow{}}, badKeys{want: "subnet"}
rows:
	for r := len(t.Rows) - 1; r >= 0; r-- {
		keys := lookupKeys(t, r, columns)
		if keys == nil || slices.Contains(keys, "") {
			continue
		}
		subnets := make([]netip.Prefix, len(keys))
		for i, k := range keys {
			p, ok := readSubnet(k)
			if !ok {
				bad.add(k)
				continue rows
			}
			subnets[i] = p
		}
		x.rows[subnets[0]] = append(x.rows[subnets[0]], subnetRow{int32(r), subnets[1:]})
	}
	for p, rows := range x.rows {
		lengths := &x.lengths6
		if p.Addr().Is4() {
			lengths = &x.lengths4
		}
		if !slices.Contains(*lengths, p.Bits()) {
			*lengths = append(*lengths, p.Bits())
		}
		// Of rows with the same first subnet those with the narrower other ones are the more specific.
		slices.SortStableFunc(rows, func(a, b subnetRow) int {
			for i := range a.rest {
				if c := cmp.Compare(b.rest[i].Bits(), a.rest[i].Bits()); c != 0 {
					return c
				}
			}
			return 0
		})
	}
	for _, lengths := range [][]int{x.lengths4, x.lengths6} {
		slices.SortFunc(lengths, func(a, b int) int { return b - a })
	}
	return x, bad
}

// readSubnet reads 10.0.0.0/8, also with host bits set; an address is a subnet of its own. IPv4 subnets may be written
// in their IPv6 form.
func readSubnet(s string) (netip.Prefix, bool) {
	s = strings.TrimSpace(s)
	p, err := netip.ParsePrefix(s)
	if err != nil {
		addr, ok := readAddress(s)
		if !ok {
			return p, false
		}
		return netip.PrefixFrom(addr, addr.BitLen()), true
	}
	if a := p.Addr(); a.Is4In6() && p.Bits() >= 96 {
		p = netip.PrefixFrom(a.Unmap(), p.Bits()-96)
	}
	return p.Masked(), true
}

// readAddress reads an IP address, an IPv4 one in IPv6 form as IPv4, and without its zone.
func readAddress(s string) (netip.Addr, bool) {
	a, err := netip.ParseAddr(s)
	return a.Unmap().WithZone(""), err == nil
}

func (x *subnetIndex) find(values []string, limit int) ([]int32, error) {
	addrs := make([]netip.Addr, len(values))
	for i, v := range values {
		a, ok := readAddress(v)
		if !ok {
			return nil, nil
		}
		addrs[i] = a
	}
	lengths := x.lengths6
	if addrs[0].Is4() {
		lengths = x.lengths4
	}
	var out []int32
	for _, n := range lengths {
		p, err := addrs[0].Prefix(n)
		if err != nil {
			continue
		}
		for _, row := range x.rows[p] {
			if !row.contains(addrs[1:]) {
				continue
			}
			if out = append(out, row.row); len(out) == limit {
				return out, nil
			}
		}
	}
	return out, nil
}

func (s *subnetRow) contains(addrs []netip.Addr) bool {
	for i, a := range addrs {
		if !s.rest[i].Contains(a) {
			return false
		}
	}
	return true
}
