package function

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"hash"

	"harrier/diag"
)

// saltedHash is what hashRewrite() puts in place of a value and hashMatch() looks for.
type saltedHash struct {
	algorithm func() hash.Hash
	salt      string
	bytes     int
}

// saltedHashParams are the parameters that must be the same for both.
func saltedHashParams(params ...Param) []Param {
	return append(params,
		Param{Name: "salt", Kind: Text, Required: true, Doc: "The name of the secret salt."},
		Param{Name: "bits", Kind: Int, Default: "256", Min: 8, Max: 256, Doc: "How many bits of the hash are kept: a multiple of 8."},
		Param{Name: "hash", Kind: Enum, Default: "sha256", Enum: []string{"sha256", "sha512"}, Doc: "The algorithm."},
	)
}

// saltedHashDoc is what there is to say about it.
const saltedHashDoc = "The hash is an HMAC of the text with the salt as key, cut to `bits`, in Base64 without padding. LogScale does not say how it mixes in the salt, so " +
	"hashes made there are not found here.\n\n" +
	"`salt` is the name of a secret, not the secret itself; secrets are given to Harrier when the query is compiled (`Options.Salts`). A name without a " +
	"secret is used as the salt, with a warning, as then whoever reads the query can try out values."

func (c *Call) saltedHash() (*saltedHash, diag.List) {
	h := &saltedHash{algorithm: sha256.New, bytes: c.Int("bits") / 8}
	if c.Int("bits")%8 != 0 {
		return nil, c.Errorf("bad-value", "bits", "bits of %s() is a multiple of 8, and %d is not", c.Function.Name, c.Int("bits"))
	}
	if c.Text("hash") == "sha512" {
		h.algorithm = sha512.New
	}
	name := c.Text("salt")
	if name == "" {
		return nil, c.Errorf("bad-value", "salt", "salt of %s() is the name of a secret, and this is empty", c.Function.Name)
	}
	secret, known := c.Env.Salts[name]
	if h.salt = secret; known || c.Env.Check {
		return h, nil
	}
	h.salt = name
	return h, diag.List{diag.Warningf("unknown-salt", c.Place("salt"), "there is no salt named %q, so the name itself is used, which is no secret", name)}
}

// maker gives a function that hashes texts; each worker needs its own.
func (h *saltedHash) maker() func(text string) string {
	mac := hmac.New(h.algorithm, []byte(h.salt))
	var sum []byte
	return func(text string) string {
		mac.Reset()
		mac.Write([]byte(text))
		sum = mac.Sum(sum[:0])
		return base64.RawStdEncoding.EncodeToString(sum[:h.bytes])
	}
}
