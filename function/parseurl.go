package function

import (
	"strings"
	"unicode"

	"harrier/diag"
	"harrier/plan"
)

var parseURLFunc = &Function{
	Name:     "parseUrl",
	Category: "parsing",
	Summary:  "Splits a URL into its components, if it keeps to the rules.",
	Doc: "The components that there are become fields behind the prefix and a dot: `scheme`, `username`, `password`, `host`, `port`, `path`, `query` and " +
		"`fragment`. Nothing is decoded. The path is there even when it is empty.\n\n" +
		"The rules are those of Java's URI class. Blanks, quotes, `<>`, `{}`, `|`, `^`, the backslash, the backtick, control characters and a percent sign " +
		"without two hexadecimal digits make the text no URL, while letters of all languages are fine; `parseUri()` minds none of this. A scheme that " +
		"neither `/` nor a host follows is all there is, as in `mailto:kim@mail.example`; so what stands before the first colon of `shop.example:8080/cart` is " +
		"taken for a scheme. A host with characters that names of hosts do not have, such as `_`, gives neither host, user nor port.\n\n" +
		"A text that is no URL leaves the event as it is, and so does an absent or empty one.",
	Unnamed: "field",
	Params: []Param{
		{Name: "field", Kind: Field, Default: "url", Doc: "The field with the URL."},
		{Name: "as", Kind: Text, Doc: "What the names of the new fields start with, before a dot; the name of the field that is read when not given."},
	},
	Examples: []Example{{
		Query: `parseUrl() | drop(url)`,
		In:    `{"url":"https://kim:s3cret@shop.example:8443/cart/7?item=3&n=1#pay"}`,
		Out: `{"url.scheme":"https","url.username":"kim","url.password":"s3cret","url.host":"shop.example","url.port":"8443",` +
			`"url.path":"/cart/7","url.query":"item=3&n=1","url.fragment":"pay"}`,
	}, {
		Query: `u := parseUrl(link)`,
		In:    "{\"link\":\"/cart?n=1\"}\n{\"link\":\"mailto:kim@mail.example\"}\n{\"link\":\"http://a b/\"}",
		Out: "{\"link\":\"/cart?n=1\",\"u.path\":\"/cart\",\"u.query\":\"n=1\"}\n" +
			"{\"link\":\"mailto:kim@mail.example\",\"u.scheme\":\"mailto\"}\n{\"link\":\"http://a b/\"}",
	}},
	Effect: func(c *Call) plan.Effect {
		return componentsEffect(c, c.uriPrefix("as"), "host")
	},
	NewMapper: func(c *Call) (MapperFactory, diag.List) {
		prefix := c.uriPrefix("as")
		if prefix == "" {
			return nil, c.Errorf("bad-value", "as", "the prefix must not be empty")
		}
		p := &fieldParser{name: "parseUrl", from: []string{c.Field("field")}, parse: func(text string) ([]parsedField, error) {
			u, ok := strictURL(text)
			if !ok {
				return nil, nil
			}
			return u.fields(prefix, "host"), nil
		}}
		return p.factory(), nil
	},
}

// strictURL splits a URL by the rules of java.net.URI, which are those of RFC 2396 with letters beyond ASCII.
func strictURL(s string) (uri, bool) {
	if s == "" {
		return uri{}, false
	}
	text, fragment, _ := strings.Cut(s, "#")
	if !legalURL(text) || !legalURL(fragment) || strings.Contains(fragment, "#") {
		return uri{}, false
	}
	if at := strings.IndexAny(text, ":/?"); at >= 0 && text[at] == ':' {
		scheme, rest := text[:at], text[at+1:]
		if !isScheme(scheme) || rest == "" {
			return uri{}, false
		}
		if rest[0] != '/' {
			u := uri{scheme: &scheme}
			if strings.Contains(s, "#") {
				u.fragment = &fragment
			}
			return u, true
		}
	}
	u := splitURI(s)
	authority := strings.HasPrefix(strings.TrimPrefix(text, schemeOf(&u)), "//")
	if authority && u.host == nil && *u.path == "" {
		return uri{}, false // "http://"
	}
	if strings.ContainsAny(*u.path, "[]") {
		return uri{}, false
	}
	switch {
	case u.host == nil || !isHost(*u.host):
		if u.host != nil && strings.ContainsAny(*u.host, "[]") {
			return uri{}, false
		}
		// Java then knows of the authority only that it is there.
		u.username, u.password, u.host, u.port = nil, nil, nil, nil
	case u.port != nil && len(strings.TrimLeft(*u.port, "0")) > 9:
		u.username, u.password, u.host, u.port = nil, nil, nil, nil
	}
	return u, true
}

func schemeOf(u *uri) string {
	if u.scheme == nil {
		return ""
	}
	return *u.scheme + ":"
}

// legalURL tells whether all characters of a part of a URL may stand in one.
func legalURL(s string) bool {
	for i, r := range s {
		switch {
		case r == '%':
			if i+2 >= len(s) || !isHexDigit(s[i+1]) || !isHexDigit(s[i+2]) {
				return false
			}
		case r <= ' ' || r == 0x7f || strings.ContainsRune("\"<>\\^`{|}", r):
			return false
		case r > 0x7f && (unicode.IsSpace(r) || unicode.IsControl(r) || r == unicode.ReplacementChar):
			return false
		}
	}
	return true
}

func isHexDigit(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'f'
}

// isHost tells whether s is a host name of RFC 2396, an IPv4 address, or an IPv6 address in brackets.
func isHost(s string) bool {
	if inner, ok := strings.CutPrefix(s, "["); ok {
		inner, ok = strings.CutSuffix(inner, "]")
		return ok && inner != "" && strings.Contains(inner, ":") && !strings.ContainsAny(inner, "[]/@")
	}
	labels := strings.Split(strings.TrimSuffix(s, "."), ".")
	for _, l := range labels {
		if l == "" || l[0] == '-' || l[len(l)-1] == '-' {
			return false
		}
		for i := range len(l) {
			c := l[i]
			if !('0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z' || c == '-') {
				return false
			}
		}
	}
	// The last label of a name starts with a letter, unless all of it is an IPv4 address.
	last := labels[len(labels)-1]
	if last[0] < '0' || last[0] > '9' {
		return true
	}
	return len(labels) == 4 && strings.Trim(s, "0123456789.") == ""
}
