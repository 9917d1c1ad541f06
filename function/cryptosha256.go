package function

import "crypto/sha256"

var cryptoSHA256Func = digestFunc("crypto:sha256", "SHA-256", "_sha256", sha256.New,
	Example{
		Query: `crypto:sha256(file)`,
		In:    "{\"file\":\"kite.bin\"}\n{\"other\":\"1\"}",
		Out:   "{\"file\":\"kite.bin\",\"_sha256\":\"157e0e6c2a87e1df3c187a818ebbf4acebdb645d0027d7d6de9d31fabef69657\"}\n{\"other\":\"1\",\"_sha256\":\"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\"}",
	}, Example{
		Doc:   "A digest can be compared with one that is known.",
		Query: `test(crypto:sha256(user) == "fdee430d40bd57deeac186cd9790033d0f06f909a8806e7ce6e717ab7c7d5029")`,
		In:    "{\"user\":\"ada\"}\n{\"user\":\"bo\"}",
		Out:   `{"user":"ada"}`,
	})
