package function

import (
	"fmt"
	"strings"
	"testing"

	"harrier/event"
)

// TestChooser mixes the kinds of column; the same rows must be chosen whatever form the result has.
func TestChooser(t *testing.T) {
	d := event.NewDict()
	coded := event.NewCoded(d, []uint32{d.Code("x"), event.NoCode, d.Code("y"), d.Code("x")})
	other := event.NewDict()
	coded2 := event.NewCoded(other, []uint32{other.Code("q"), other.Code("x"), event.NoCode, other.Code("q")})
	number := event.NewNumber([]float64{1, 2.5, 0, 4}, event.Bits{0b1011})
	integer := event.NewInteger([]int64{10, 11, 12, 9007199254740993}, nil)
	text := event.NewText([]string{"a", "", "c", "d"}, event.Bits{0b1111})
	word, digits, spelled := event.NewConstant(4, "w"), event.NewConstant(4, "7"), event.NewConstant(4, "7.0")
	missing := event.NewMissing(4)
	var c chooser
	for _, test := range []struct {
		cols []*event.Column
		from []int32
		kind event.Kind
		want string
	}{
		{[]*event.Column{word, digits}, []int32{0, 1, 1, 0}, event.Coded, "w 7 7 w"},
		{[]*event.Column{coded, coded2}, []int32{0, 1, 0, 1}, event.Coded, "x x y q"},
		{[]*event.Column{coded, coded2}, []int32{1, 0, 1, -1}, event.Coded, "q - - -"},
		{[]*event.Column{coded, word, missing}, []int32{0, 1, 1, 0}, event.Coded, "x w w x"},
		{[]*event.Column{number, digits}, []int32{0, 0, 0, 1}, event.Number, "1 2.5 - 7"},
		{[]*event.Column{number, spelled}, []int32{0, 0, 0, 1}, event.Text, "1 2.5 - 7.0"},
		{[]*event.Column{number, integer}, []int32{0, 0, 1, 1}, event.Text, "1 2.5 12 9007199254740993"},
		{[]*event.Column{text, coded}, []int32{0, 0, 1, 1}, event.Text, "a  y x"},
		{[]*event.Column{text, integer}, []int32{1, 1, 1, 1}, event.Integer, "10 11 12 9007199254740993"},
		{[]*event.Column{word}, []int32{-1, -1, -1, -1}, event.Missing, "- - - -"},
		{[]*event.Column{word}, []int32{0, -1, 0, 0}, event.Coded, "w - w w"},
	} {
		got := c.column(event.NewBatch(4), test.cols, test.from)
		var texts []string
		for r := range 4 {
			s, ok := got.Text(r)
			if !ok {
				s = "-"
			}
			texts = append(texts, s)
		}
		if s := strings.Join(texts, " "); s != test.want || got.Kind() != test.kind {
			t.Errorf("%s: %q of kind %d, want %q of kind %d", fmt.Sprint(test.from), s, got.Kind(), test.want, test.kind)
		}
	}
}
