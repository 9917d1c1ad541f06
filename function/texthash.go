package function

// textHash is a hash of texts that is the same in every run and on every machine. It is FNV-1a with a mixing step of
// xxHash behind it, since values that differ in the last digit, as times do, must fall apart. A seed starts another one.
func textHash(seed uint64, texts ...string) uint64 {
	h := uint64(14695981039346656037) ^ seed
	for i, s := range texts {
		if i > 0 {
			// No text has this in it, so that "a" and "bc" differ from "ab" and "c".
			h = (h ^ 0xff) * 1099511628211
		}
		for i := range len(s) {
			h = (h ^ uint64(s[i])) * 1099511628211
		}
	}
	h = (h ^ h>>33) * 0xc2b2ae3d27d4eb4f
	h = (h ^ h>>29) * 0x165667b19e3779f9
	return h ^ h>>32
}
