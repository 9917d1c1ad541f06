package function

import (
	"math/big"
	"strings"
	"unicode"
	"unicode/utf8"

	"harrier/internal/num"
)

// measure is the unit of a number: "Mhits/min" is a million hits in 60 seconds. Everything is a fraction of whole
// numbers, so that conversion rounds once.
type measure struct {
	factor *big.Rat // 1000000
	base   string   // "hits"
	per    int64    // seconds of a rate; 0 when it is none
	prefix string   // "M"
	time   string   // "min"
}

// String is the unit as a result shows it.
func (m measure) String() string {
	if m.time != "" {
		return m.prefix + m.base + "/" + m.time
	}
	return m.prefix + m.base
}

// normal is the unit without a prefix, per second.
func (m measure) normal() measure {
	n := measure{factor: big.NewRat(1, 1), base: m.base, per: min(m.per, 1)}
	if n.per > 0 {
		n.time = "s"
	}
	return n
}

// measurePrefix is a prefix of units: a power of ten or of two.
type measurePrefix struct {
	text   string
	base   int64
	power  int
	binary int // the power of 1024 it stands for with binary=true, or 0
}

// measurePrefixes are in the order in which they are tried: those of two letters first.
var measurePrefixes = []measurePrefix{
	{"Yi", 1024, 8, 0}, {"Zi", 1024, 7, 0}, {"Ei", 1024, 6, 0}, {"Pi", 1024, 5, 0}, {"Ti", 1024, 4, 0}, {"Gi", 1024, 3, 0}, {"Mi", 1024, 2, 0}, {"Ki", 1024, 1, 0},
	{"da", 10, 1, 0},
	{"Y", 10, 24, 8}, {"Z", 10, 21, 7}, {"E", 10, 18, 6}, {"P", 10, 15, 5}, {"T", 10, 12, 4}, {"G", 10, 9, 3}, {"M", 10, 6, 2}, {"k", 10, 3, 1}, {"K", 10, 3, 1},
	{"h", 10, 2, 0}, {"d", 10, -1, 0}, {"c", 10, -2, 0}, {"m", 10, -3, 0}, {"u", 10, -6, 0}, {"µ", 10, -6, 0}, {"μ", 10, -6, 0},
	{"n", 10, -9, 0}, {"p", 10, -12, 0}, {"f", 10, -15, 0}, {"a", 10, -18, 0}, {"z", 10, -21, 0}, {"y", 10, -24, 0},
}

// factor is what the prefix multiplies by.
func (p measurePrefix) factor(binary bool) *big.Rat {
	base, power := p.base, p.power
	if binary && p.binary > 0 {
		base, power = 1024, p.binary
	}
	n := new(big.Int).Exp(big.NewInt(base), big.NewInt(int64(max(power, -power))), nil)
	if power < 0 {
		return new(big.Rat).SetFrac(big.NewInt(1), n)
	}
	return new(big.Rat).SetInt(n)
}

// rateTimes are the times a rate can have, in seconds.
var rateTimes = map[string]int64{
	"s": 1, "sec": 1, "m": 60, "min": 60, "h": 3600, "hour": 3600, "d": 86400, "day": 86400, "w": 604800, "week": 604800,
}

// cutRate cuts the time off a rate.
func cutRate(s string) (amount, time string) {
	if i := strings.LastIndexByte(s, '/'); i >= 0 {
		if time := strings.TrimSpace(s[i+1:]); rateTimes[time] > 0 {
			return strings.TrimSpace(s[:i]), time
		}
	}
	return s, ""
}

// parseMeasure reads a unit. When base is not "" the unit must end with it, in front of the time of a rate; otherwise
// whatever begins with a prefix has it.
func parseMeasure(s, base string, binary bool) (measure, bool) {
	amount, time := cutRate(strings.TrimSpace(s))
	m := measure{factor: big.NewRat(1, 1), base: amount, per: rateTimes[time], time: time}
	rest := amount
	if base != "" {
		var ok bool
		if rest, ok = strings.CutSuffix(amount, base); !ok {
			return measure{}, false
		}
		if m.base, rest = base, strings.TrimSpace(rest); rest == "" {
			return m, true
		}
	}
	for _, p := range measurePrefixes {
		after, ok := strings.CutPrefix(rest, p.text)
		if !ok || base != "" && after != "" {
			continue
		}
		m.factor, m.prefix = p.factor(binary), p.text
		if base == "" {
			m.base = strings.TrimSpace(after)
		}
		return m, true
	}
	return m, base == ""
}

// unitConverter is unit:convert() at work.
type unitConverter struct {
	binary, keepUnit bool
	base             string
	from, to         *measure
}

// convert gives the number that s is in the unit asked for; false when s is none or cannot be converted.
func (u *unitConverter) convert(s string) (string, bool) {
	number, unit := cutNumber(strings.TrimSpace(s))
	f, ok := num.Parse(number)
	if !ok {
		return "", false
	}
	var m measure
	if unit == "" && u.from != nil {
		m = *u.from
	} else if m, ok = parseMeasure(unit, u.base, u.binary); !ok {
		return "", false
	}
	to := m.normal()
	if u.to != nil {
		if to = *u.to; to.base == "" {
			to.base = m.base
		}
		// A number without a unit can be anything; a rate without a time is one per second.
		if m.base != "" && to.base != m.base || to.per > 0 && m.per == 0 && m.base != "" {
			return "", false
		}
		if m.per > 0 && to.per == 0 {
			to.per, to.time = 1, "s"
		}
	}
	factor := new(big.Rat).Quo(m.factor, to.factor)
	factor.Mul(factor, big.NewRat(max(to.per, 1), max(m.per, 1)))
	v, ok := finite(scaled(f, number, factor))
	if !ok {
		return "", false
	}
	out := num.Format(v)
	if unit := to.String(); u.keepUnit && unit != "" {
		out += " " + unit
	}
	return out, true
}

// scaled multiplies a number, which is written out in text, so that 2.3 thousand are 2300 and not a little less.
func scaled(f float64, text string, factor *big.Rat) float64 {
	// What the exponent can be is bounded by f, and a text longer than that is no number that anybody wrote.
	if f != 0 && len(text) < 100 {
		if exact, ok := new(big.Rat).SetString(text); ok {
			v, _ := exact.Mul(exact, factor).Float64()
			return v
		}
	}
	v, _ := factor.Float64()
	return f * v
}

// cutNumber splits a number from the unit behind it. What goes on with a digit or a sign, as 1,000 and 10.0.0.1 do, is no
// number with a unit, and has none.
func cutNumber(s string) (number, unit string) {
	i := 0
	digits := func() {
		for i < len(s) && s[i] >= '0' && s[i] <= '9' {
			i++
		}
	}
	if i < len(s) && (s[i] == '-' || s[i] == '+') {
		i++
	}
	digits()
	if i < len(s) && s[i] == '.' {
		i++
		digits()
	}
	// 5e3 has an exponent; 5E and 5 eggs do not.
	if i+1 < len(s) && s[i]|0x20 == 'e' {
		end := i
		i++
		if s[i] == '-' || s[i] == '+' {
			i++
		}
		if from := i; i == len(s) {
			i = end
		} else if digits(); i == from {
			i = end
		}
	}
	unit = strings.TrimSpace(s[i:])
	if r, _ := utf8.DecodeRuneInString(unit); unit != "" && !unicode.IsLetter(r) && !unicode.IsSymbol(r) && r != '/' && r != '%' {
		return "", ""
	}
	return s[:i], unit
}
