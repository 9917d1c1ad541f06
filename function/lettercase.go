package function

import (
	"strings"
	"unicode"

	"harrier/diag"
	"harrier/event"
	"harrier/internal/textfmt"
	"harrier/plan"
)

// Letters whose other case takes more than one letter, which the tables of package unicode lack.
var (
	longCapitals = strings.NewReplacer(
		"ß", "SS", "ŉ", "ʼN", "ǰ", "J̌", "ΐ", "Ϊ́", "ΰ", "Ϋ́", "և", "ԵՒ", "ẖ", "H̱", "ẗ", "T̈", "ẘ", "W̊", "ẙ", "Y̊", "ẚ", "Aʾ",
		"ﬀ", "FF", "ﬁ", "FI", "ﬂ", "FL", "ﬃ", "FFI", "ﬄ", "FFL", "ﬅ", "ST", "ﬆ", "ST",
	)
	longSmall = strings.NewReplacer("\u0130", "i\u0307")
)

func upperText(s string) string { return longCapitals.Replace(strings.ToUpper(s)) }

func upperTurkish(s string) string {
	return longCapitals.Replace(strings.ToUpperSpecial(unicode.TurkishCase, s))
}

func lowerText(s string) string { return strings.ToLower(longSmall.Replace(finalSigma(s))) }

func lowerTurkish(s string) string {
	// A capital I that is followed by a dot is the dotted one.
	s = strings.ReplaceAll(s, "I\u0307", "\u0130")
	return strings.ToLowerSpecial(unicode.TurkishCase, finalSigma(s))
}

// finalSigma writes the capital sigmas that end a word as small ones, which differ from those within it.
func finalSigma(s string) string {
	if !strings.ContainsRune(s, 'Σ') {
		return s
	}
	runes := []rune(s)
	// letterAt looks for a letter in one direction, past signs that do not interrupt a word.
	letterAt := func(i, step int) bool {
		for ; i >= 0 && i < len(runes); i += step {
			switch r := runes[i]; {
			case unicode.IsUpper(r) || unicode.IsLower(r) || unicode.IsTitle(r):
				return true
			case !unicode.In(r, unicode.Mn, unicode.Cf) && !strings.ContainsRune("'’.:·", r):
				return false
			}
		}
		return false
	}
	for i, r := range runes {
		if r == 'Σ' && letterAt(i-1, -1) && !letterAt(i+1, 1) {
			runes[i] = 'ς'
		}
	}
	return string(runes)
}

// localCase reads a locale and gives the one of two functions that it wants: Turkish and Azerbaijani have an i with and
// one without a dot, both in capitals and in small letters.
func (c *Call) localCase(param string, plain, turkish func(string) string) (func(string) string, diag.List) {
	if !c.Has(param) || c.unknown(param) {
		return plain, nil
	}
	name := c.Text(param)
	if _, err := textfmt.ParseLocale(name); err != nil {
		return nil, c.Errorf("bad-value", param, "%s", err)
	}
	switch language, _, _ := strings.Cut(strings.ReplaceAll(name, "-", "_"), "_"); language {
	case "tr", "az":
		return turkish, nil
	}
	return plain, nil
}

// mapArgument is mapText for an argument that is the name of a field, also when it stands in quotes, or an expression.
func (c *Call) mapArgument(param, out string, f func(s string) (string, bool)) MapperFactory {
	x := c.Expr(param)
	if x.Const != nil {
		return mapText(*x.Const, out, f)
	}
	if len(x.Reads) == 1 && x.Source == x.Reads[0] {
		return mapText(x.Source, out, f)
	}
	return func(rt *plan.Runtime) plan.Mapper {
		e, inner := x.New(rt), mapText(argumentField, out, f)(rt)
		return plan.MapperFunc(func(b *event.Batch) error {
			col, err := e.Eval(b)
			if err != nil {
				return err
			}
			b.Set(argumentField, col)
			defer b.Drop(argumentField)
			return inner.Map(b)
		})
	}
}

// argumentField holds the value of an expression while a mapper reads it.
const argumentField = "\x00argument"

// argumentEffect is mayWrite for a function with such an argument.
func argumentEffect(param string) func(c *Call) plan.Effect {
	return func(c *Call) plan.Effect {
		e := mayWrite(c)
		if x := c.Expr(param); x.Const != nil {
			e.Reads = append(e.Reads, *x.Const)
		}
		return e
	}
}
