package function

import "crypto/md5"

var cryptoMD5Func = digestFunc("crypto:md5", "MD5", "_md5", md5.New,
	Example{
		Query: `crypto:md5(file)`,
		In:    "{\"file\":\"kite.bin\"}\n{\"other\":\"1\"}",
		Out:   "{\"file\":\"kite.bin\",\"_md5\":\"8368ac4299940cbb51abd200f4bf1974\"}\n{\"other\":\"1\",\"_md5\":\"d41d8cd98f00b204e9800998ecf8427e\"}",
	}, Example{
		Query: `id := crypto:md5([host, user])`,
		In:    `{"host":"db7","user":"ada"}`,
		Out:   `{"host":"db7","user":"ada","id":"91ed284939502fb3e192525e03f72c86"}`,
	})
