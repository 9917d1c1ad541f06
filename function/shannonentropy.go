package function

import (
	"math"

	"harrier/diag"
	"harrier/internal/num"
)

var shannonEntropyFunc = &Function{
	Name:     "shannonEntropy",
	Category: "network",
	Summary:  "Writes the Shannon entropy of a text, in bits per character.",
	Doc: "The more evenly a text spreads over many different characters, the higher it is: 0 when all are the same, and generated names stand out from those " +
		"that people choose. The characters counted are the bytes of the UTF-8 text, so that it is never above 8, as the manual has it; for plain ASCII " +
		"that makes no difference. The empty text has the entropy 0; an absent field writes nothing.",
	Unnamed: "field",
	Params: []Param{
		{Name: "field", Kind: Field, Required: true, Doc: "The field to read."},
		{Name: "as", Kind: NewField, Default: "_shannonentropy", Doc: "The field to write."},
	},
	Examples: []Example{{
		Query: `shannonEntropy(name)`,
		In:    "{\"name\":\"aabb\"}\n{\"name\":\"abcdefgh\"}\n{\"name\":\"zzz\"}\n{\"other\":\"1\"}",
		Out: "{\"name\":\"aabb\",\"_shannonentropy\":\"1\"}\n{\"name\":\"abcdefgh\",\"_shannonentropy\":\"3\"}\n{\"name\":\"zzz\",\"_shannonentropy\":\"0\"}\n" +
			"{\"other\":\"1\"}",
	}, {
		Query: `test(shannonEntropy(name) > 3.2)`,
		In:    "{\"name\":\"xk7qpz0w3vjt.example\"}\n{\"name\":\"mail.example\"}",
		Out:   `{"name":"xk7qpz0w3vjt.example"}`,
	}},
	Effect: mayWrite,
	NewMapper: func(c *Call) (MapperFactory, diag.List) {
		return mapText(c.Field("field"), c.Field("as"), func(s string) (string, bool) {
			return num.Format(entropy(s)), true
		}), nil
	},
}

// entropy is that of the bytes of s: log2(n) less the mean of log2 of how often the byte at each place occurs.
func entropy(s string) float64 {
	var counts [256]int
	for i := range len(s) {
		counts[s[i]]++
	}
	n, sum := float64(len(s)), 0.0
	for _, c := range counts {
		if c > 1 {
			sum += float64(c) * math.Log2(float64(c))
		}
	}
	if n == 0 {
		return 0
	}
	return max(math.Log2(n)-sum/n, 0)
}
