package function

import (
	"slices"
	"strconv"

	"harrier/diag"
)

// editDistance is what text:editDistance() and text:editDistanceAsArray() have in common.
type editDistance struct {
	most       int
	transpose  bool
	ignoreCase bool
}

// editDistanceParams are the parameters that say how to measure.
func editDistanceParams(params ...Param) []Param {
	return append(params,
		Param{Name: "maxDistance", Kind: Int, Required: true, Min: 1, Max: 100, Doc: "The largest distance of interest; what is further apart gets this one."},
		Param{Name: "allowTranspositions", Kind: Bool, Default: "true", Doc: "Whether two neighbours that changed places are one edit; they are two otherwise."},
		Param{Name: "ignoreCase", Kind: Bool, Default: "false", Doc: "Whether texts are compared in lower case."},
		Param{Name: "caseInsensitive", Kind: Bool, Doc: "The old name of `ignoreCase`.", Deprecated: "ignoreCase"},
	)
}

// editDistanceDoc says how it is measured.
const editDistanceDoc = "The edit distance is how many characters must be put in, taken out or replaced to make one text of the other. Two neighbouring characters that " +
	"changed places count one as well, unless `allowTranspositions=false`; no part of the text is edited twice, so that `ca` and `abc` are 3 apart. " +
	"Characters are Unicode code points. A distance above `maxDistance` is given as `maxDistance`, so that it pays to keep that small."

func (c *Call) editDistance() (*editDistance, diag.List) {
	d := &editDistance{most: c.Int("maxDistance"), transpose: c.Bool("allowTranspositions"), ignoreCase: c.Bool("ignoreCase")}
	if c.Has("caseInsensitive") {
		if c.Has("ignoreCase") {
			return nil, c.Errorf("duplicate-parameter", "caseInsensitive", "%s() is given both ignoreCase and caseInsensitive, which mean the same", c.Function.Name)
		}
		d.ignoreCase = c.Bool("caseInsensitive")
	}
	return d, nil
}

// text is the distance of two texts, written out.
func (d *editDistance) text(a, b string) string {
	if d.ignoreCase {
		a, b = lowerText(a), lowerText(b)
	}
	return strconv.Itoa(d.distance([]rune(a), []rune(b)))
}

// distance fills the matrix of distances between the beginnings of a and of b, row by row. Cells that are most or more off the
// diagonal cannot be on a way that is short enough, and are taken to be most; the same goes for values above it. With
//
//	    k i t e
//	  0 1 2 3 4
//	i 1 1 1 2 3
//	k 2 1 1 2 3     the 1 under the first i: ik became ki by changing places, one more than the 0 two up and two left
//
// the distance of ik and kite is the 3 in the corner.
func (d *editDistance) distance(a, b []rune) int {
	for len(a) > 0 && len(b) > 0 && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	for len(a) > 0 && len(b) > 0 && a[len(a)-1] == b[len(b)-1] {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(b)-len(a) >= d.most {
		return d.most
	}
	if len(a) == 0 {
		return len(b)
	}
	width := len(b) + 1
	rows := slices.Repeat([]int{d.most}, 3*width)
	before, above, row := rows[:width], rows[width:2*width], rows[2*width:]
	for j := range min(width, d.most) {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		before, above, row = above, row, before
		from, to := max(1, i-d.most+1), min(len(b), i+d.most-1)
		row[from-1] = d.most
		if from == 1 {
			row[0] = min(i, d.most)
		}
		least := row[from-1]
		for j := from; j <= to; j++ {
			v := above[j-1]
			if a[i-1] != b[j-1] {
				v = min(v, above[j], row[j-1]) + 1
				if d.transpose && i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
					v = min(v, before[j-2]+1)
				}
			}
			row[j] = min(v, d.most)
			least = min(least, row[j])
		}
		if to < len(b) {
			row[to+1] = d.most
		}
		if least == d.most && (!d.transpose || !slices.ContainsFunc(above, func(v int) bool { return v < d.most })) {
			return d.most
		}
	}
	return row[len(b)]
}
