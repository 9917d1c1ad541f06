package function

import (
	"strings"

	"harrier/diag"
	"harrier/plan"
)

var parseURIFunc = &Function{
	Name:     "parseUri",
	Category: "parsing",
	Summary:  "Splits a URI into its components, whatever characters it has.",
	Doc: "The components that there are become fields behind the prefix and a dot: `scheme`, `username`, `password`, `hostname`, `port`, `path`, `query` and " +
		"`fragment`. Nothing is decoded or changed: `%20` stays, and an IPv6 address keeps its brackets. The path is there even when it is empty.\n\n" +
		"The authority is what stands behind `//`. Without one, text before a first colon that has the form of a scheme is taken for one, and all that follows " +
		"for the path: so `shop.example:8080/cart` has the scheme `shop.example`. With `defaultBase` such a text is taken to start with the authority; the " +
		"base is `//`, or a scheme with `://`. A text with a scheme and `//` does not need the base, and one that starts with `//` takes only its scheme. What stands " +
		"behind the colon of an authority and is no number makes it all the name of a host.\n\n" +
		"An absent or empty field does nothing.",
	Unnamed: "field",
	Params: []Param{
		{Name: "field", Kind: Field, Required: true, Doc: "The field with the URI."},
		{Name: "defaultBase", Kind: Text, Doc: "What to put in front of texts that do not say what their authority is: `//` or, for example, `https://`."},
		{Name: "prefix", Kind: Text, Doc: "What the names of the new fields start with, before a dot; the name of the field that is read when not given."},
	},
	Examples: []Example{{
		Query: `parseUri(link) | drop(link)`,
		In:    `{"link":"https://kim:s3cret@shop.example:8443/cart/7?item=3&n=1#pay"}`,
		Out: `{"link.scheme":"https","link.username":"kim","link.password":"s3cret","link.hostname":"shop.example","link.port":"8443",` +
			`"link.path":"/cart/7","link.query":"item=3&n=1","link.fragment":"pay"}`,
	}, {
		Query: `parseUri(link, defaultBase="https://", prefix=u) | drop(link)`,
		In:    "{\"link\":\"shop.example:8080/cart\"}\n{\"link\":\"ftp://files.example/\"}\n{\"link\":\"[2001:db8::7]\"}",
		Out: "{\"u.scheme\":\"https\",\"u.hostname\":\"shop.example\",\"u.port\":\"8080\",\"u.path\":\"/cart\"}\n" +
			"{\"u.scheme\":\"ftp\",\"u.hostname\":\"files.example\",\"u.path\":\"/\"}\n" +
			"{\"u.scheme\":\"https\",\"u.hostname\":\"[2001:db8::7]\",\"u.path\":\"\"}",
	}},
	Effect: func(c *Call) plan.Effect {
		return componentsEffect(c, c.uriPrefix("prefix"), "hostname")
	},
	NewMapper: func(c *Call) (MapperFactory, diag.List) {
		base := c.Text("defaultBase")
		if c.Has("defaultBase") && !c.unknown("defaultBase") {
			if scheme, ok := strings.CutSuffix(base, "//"); !ok || scheme != "" && !(strings.HasSuffix(scheme, ":") && isScheme(scheme[:len(scheme)-1])) {
				return nil, c.Errorf("bad-value", "defaultBase", "the base is // or a scheme with ://, such as https://, and %q is not", base)
			}
		}
		prefix := c.uriPrefix("prefix")
		if prefix == "" {
			return nil, c.Errorf("bad-value", "prefix", "the prefix must not be empty")
		}
		p := &fieldParser{name: "parseUri", from: []string{c.Field("field")}, parse: func(text string) ([]parsedField, error) {
			if text == "" {
				return nil, nil
			}
			u := splitURI(withBase(text, base))
			return u.fields(prefix, "hostname"), nil
		}}
		return p.factory(), nil
	},
}

// uriPrefix is the prefix of the names of components: that of a parameter, or else the name of the field.
func (c *Call) uriPrefix(param string) string {
	if c.Has(param) {
		return c.Text(param)
	}
	return c.Field("field")
}

// componentsEffect is the effect of a function that writes the components of a URI.
func componentsEffect(c *Call, prefix, host string) plan.Effect {
	e := c.DefaultEffect()
	for _, part := range []string{"scheme", "username", "password", host, "port", "path", "query", "fragment"} {
		e.MayWrite = append(e.MayWrite, prefix+"."+part)
	}
	return e
}

// withBase completes a URI that does not say where its authority starts.
func withBase(text, base string) string {
	if base == "" {
		return text
	}
	if strings.HasPrefix(text, "//") {
		return strings.TrimSuffix(base, "//") + text
	}
	if scheme, rest, ok := strings.Cut(text, ":"); ok && isScheme(scheme) && strings.HasPrefix(rest, "//") {
		return text
	}
	return base + text
}

// uri is the components of a URI; those that are nil are not there.
type uri struct {
	scheme, username, password, host, port, path, query, fragment *string
}

// splitURI cuts a URI where RFC 3986 (appendix B) has its seams, and minds nothing else.
func splitURI(s string) uri {
	var u uri
	if rest, fragment, ok := strings.Cut(s, "#"); ok {
		s, u.fragment = rest, &fragment
	}
	if rest, query, ok := strings.Cut(s, "?"); ok {
		s, u.query = rest, &query
	}
	if scheme, rest, ok := strings.Cut(s, ":"); ok && isScheme(scheme) {
		s, u.scheme = rest, &scheme
	}
	if rest, ok := strings.CutPrefix(s, "//"); ok {
		end := strings.IndexByte(rest, '/')
		if end < 0 {
			end = len(rest)
		}
		u.authority(rest[:end])
		s = rest[end:]
	}
	u.path = &s
	return u
}

// authority reads user:password@host:port.
func (u *uri) authority(s string) {
	if at := strings.LastIndexByte(s, '@'); at >= 0 {
		name, password, ok := strings.Cut(s[:at], ":")
		u.username = &name
		if ok {
			u.password = &password
		}
		s = s[at+1:]
	}
	if at := strings.LastIndexByte(s, ':'); at >= 0 && strings.Trim(s[at+1:], "0123456789") == "" {
		if port := s[at+1:]; port != "" {
			u.port = &port
		}
		s = s[:at]
	}
	if s != "" {
		u.host = &s
	}
}

// fields gives the components that there are; host is what that of the host is called.
func (u *uri) fields(prefix, host string) []parsedField {
	var out []parsedField
	for _, c := range []struct {
		name  string
		value *string
	}{
		{"scheme", u.scheme}, {"username", u.username}, {"password", u.password}, {host, u.host}, {"port", u.port},
		{"path", u.path}, {"query", u.query}, {"fragment", u.fragment},
	} {
		if c.value != nil {
			out = append(out, parsedField{prefix + "." + c.name, *c.value})
		}
	}
	return out
}

func isScheme(s string) bool {
	for i := range len(s) {
		c := s[i]
		letter := 'a' <= c|0x20 && c|0x20 <= 'z'
		if !letter && (i == 0 || !('0' <= c && c <= '9' || c == '+' || c == '-' || c == '.')) {
			return false
		}
	}
	return s != ""
}
