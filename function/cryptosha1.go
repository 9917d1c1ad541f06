package function

import "crypto/sha1"

var cryptoSHA1Func = digestFunc("crypto:sha1", "SHA-1", "_sha1", sha1.New,
	Example{
		Query: `crypto:sha1(file)`,
		In:    "{\"file\":\"kite.bin\"}\n{\"other\":\"1\"}",
		Out:   "{\"file\":\"kite.bin\",\"_sha1\":\"831971ae5a0a1a0c8aa60c13267bef7544c32505\"}\n{\"other\":\"1\",\"_sha1\":\"da39a3ee5e6b4b0d3255bfef95601890afd80709\"}",
	}, Example{
		Query: `id := crypto:sha1([host, user])`,
		In:    `{"host":"db7","user":"ada"}`,
		Out:   `{"host":"db7","user":"ada","id":"84d89bc6f181aad29da7665919719717e721b330"}`,
	})
