package function

import (
	"strconv"

	"harrier/diag"
)

var hashFunc = &Function{
	Name:     "hash",
	Category: "hash",
	Summary:  "Writes a number that is worked out from one or several fields.",
	Doc: "The same texts give the same number in every run and on every machine, and other texts most likely another one: it serves to sort events into a few " +
		"groups of about the same size. It is no cryptographic hash; see crypto:sha256() for that.\n\n" +
		"The number is from 0 to 4294967295, or what is left of it when divided by `limit`. A `seed`, a number or any text, gives other numbers. Fields are " +
		"told apart: `a` and `bc` do not give the number of `ab` and `c`. An absent field counts as the empty text, so that every event gets a number. " +
		"LogScale does not say how it computes its hash; its numbers are others.",
	Unnamed: "field",
	Params: []Param{
		{Name: "field", Kind: Fields, Required: true, Doc: "The field, or fields."},
		{Name: "as", Kind: NewField, Default: "_hash", Doc: "The field to write."},
		{Name: "limit", Kind: Int, Min: 1, Max: 1 << 32, Doc: "How many different numbers there may be."},
		{Name: "seed", Kind: Text, Doc: "A number or a text that changes all numbers."},
	},
	Examples: []Example{{
		Doc:   "A third of all users, always the same ones.",
		Query: `hash(user, limit=3) | _hash = 0`,
		In:    "{\"user\":\"ada\"}\n{\"user\":\"bo\"}\n{\"user\":\"kim\"}\n{\"user\":\"ole\"}\n{\"user\":\"ada\"}",
		Out:   "{\"user\":\"ada\",\"_hash\":\"0\"}\n{\"user\":\"ada\",\"_hash\":\"0\"}",
	}, {
		Query: `x := hash([host, port], seed=7)`,
		In:    `{"host":"db7","port":"443"}`,
		Out:   `{"host":"db7","port":"443","x":"2496326733"}`,
	}},
	NewMapper: func(c *Call) (MapperFactory, diag.List) {
		fields, limit := c.Fields("field"), uint32(0)
		if len(fields) == 0 {
			return nil, c.Errorf("bad-value", "field", "hash() needs the name of a field")
		}
		if n := c.Number("limit"); n < 1<<32 {
			limit = uint32(n) // a limit of 2^32 is none
		}
		var seed uint64
		if c.Has("seed") {
			seed = textHash(0, c.Text("seed"))
		}
		return mapTogether(fields, c.Field("as"), func() func(texts []string) string {
			return func(texts []string) string {
				h := uint32(textHash(seed, texts...))
				if limit > 0 {
					h %= limit
				}
				return strconv.FormatUint(uint64(h), 10)
			}
		}), nil
	},
}
