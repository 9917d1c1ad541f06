package falcon

import (
	"net/netip"
	"strconv"
	"strings"

	"harrier/internal/instant"
)

// function is a function of the mapping tables. It sees values that are neither
// empty nor "-", and gives "" when it has none.
type function struct {
	f func(string) string
	// part tells that the result is a part of the value, so that a text that is
	// looked for in the result is also in the value; fold, that it is in lower case.
	part, fold bool
	// alphabet holds all characters that the result may have, when it is not "": a
	// number cannot hold any other text.
	alphabet string
	values   []string // of a table: all results there are
}

const (
	digits    = "0123456789.-"
	addresses = "0123456789abcdefABCDEF:.;%"
)

// joint stands between the values that join() puts together.
const joint = "@"

// functions lists the functions by the names they have in the tables. join(a, b)
// is apart, and so are the tables of a mapping.
var functions = map[string]function{
	"base":    {f: base, part: true},
	"dir":     {f: dir, part: true},
	"account": {f: account, part: true},
	"domain":  {f: domain, part: true},
	"lower":   {f: lower, part: true, fold: true},
	"md5":     {f: func(s string) string { return hash(s, "MD5") }, part: true, fold: true},
	"sha1":    {f: func(s string) string { return hash(s, "SHA1") }, part: true, fold: true},
	"sha256":  {f: func(s string) string { return hash(s, "SHA256") }, part: true, fold: true},
	"ip4":     {f: ip4, part: true},
	"ip6":     {f: ip6, part: true},
	"host":    {f: host, part: true},
	"path":    {f: path, part: true},
	"product": {f: product, part: true},
	"decimal": {f: decimal, alphabet: digits},
	"epoch":   {f: epoch, alphabet: digits},
	"millis":  {f: millis, alphabet: digits},
	"ip4s":    {f: func(s string) string { return list(s, ip4) }, alphabet: addresses},
	"ip6s":    {f: func(s string) string { return list(s, ip6) }, alphabet: addresses},
}

// base is what follows the last separator of a path.
func base(s string) string { return s[strings.LastIndexAny(s, `\/`)+1:] }

// dir is a path without its last part, the separator kept as Falcon keeps it.
func dir(s string) string { return s[:strings.LastIndexAny(s, `\/`)+1] }

// account is the name of a user without its domain: DOMAIN\name, name@domain.
func account(s string) string {
	if i := strings.LastIndexByte(s, '\\'); i >= 0 {
		return s[i+1:]
	}
	if i := strings.IndexByte(s, '@'); i > 0 {
		return s[:i]
	}
	return s
}

// domain is the domain of a user, where it stands in the name.
func domain(s string) string {
	if i := strings.LastIndexByte(s, '\\'); i >= 0 {
		return s[:i]
	}
	if i := strings.IndexByte(s, '@'); i > 0 {
		return s[i+1:]
	}
	return ""
}

// hash finds one of several hashes: "SHA1=...,MD5=...". Without a name the text
// is the hash, when it is as long.
func hash(s, name string) string {
	length := map[string]int{"MD5": 32, "SHA1": 40, "SHA256": 64}[name]
	for part := range strings.SplitSeq(s, ",") {
		k, v, ok := strings.Cut(strings.TrimSpace(part), "=")
		if !ok {
			k, v = name, k
		}
		if strings.EqualFold(k, name) && len(v) == length && strings.Trim(v, "0") != "" {
			return lower(v)
		}
	}
	return ""
}

// ip4 is an IPv4 address, also when it is written as one of IPv6.
func ip4(s string) string {
	a, err := netip.ParseAddr(s)
	switch {
	case err != nil:
		return ""
	case a.Is4():
		return s
	case dotted(s):
		return s[strings.LastIndexByte(s, ':')+1:]
	}
	return ""
}

// dotted tells whether an IPv6 address is written as one of IPv4, ::ffff:192.0.2.1.
func dotted(s string) bool { return strings.IndexByte(s, '.') > 0 && strings.HasPrefix(s, "::") }

// ip6 is an IPv6 address.
func ip6(s string) string {
	if a, err := netip.ParseAddr(s); err == nil && a.Is6() && !dotted(s) {
		return s
	}
	return ""
}

// list gives the addresses of one kind among several, as Falcon lists them:
// "192.0.2.1;192.0.2.2;".
func list(s string, kind func(string) string) string {
	var b strings.Builder
	for part := range strings.SplitSeq(s, ";") {
		if a := kind(strings.TrimSpace(part)); a != "" && strings.Trim(a, addresses) == "" {
			b.WriteString(a + ";")
		}
	}
	return b.String()
}

// host is the name or address in a URL, also in one without a scheme, and in what
// is asked of a proxy: name:443.
func host(s string) string {
	if i := strings.Index(s, "://"); i >= 0 {
		s = s[i+3:]
	}
	if i := strings.IndexAny(s, "/?#"); i >= 0 {
		s = s[:i]
	}
	s = s[strings.LastIndexByte(s, '@')+1:]
	if strings.HasPrefix(s, "[") {
		if i := strings.IndexByte(s, ']'); i > 0 {
			return s[1:i]
		}
		return ""
	}
	if strings.Count(s, ":") > 1 {
		return s
	}
	name, _, _ := strings.Cut(s, ":")
	return name
}

// path is the path of a URL, with what follows it.
func path(s string) string {
	if i := strings.Index(s, "://"); i >= 0 {
		s = s[i+3:]
	}
	if i := strings.IndexByte(s, '/'); i >= 0 {
		return s[i:]
	}
	return ""
}

// product is the program that a user agent names: "curl/8.5.0" gives "curl". Those
// that begin with Mozilla name themselves further on, or not at all.
func product(s string) string {
	first := s
	if i := strings.IndexAny(s, "/ "); i >= 0 {
		first = s[:i]
	}
	if first != "Mozilla" {
		return first
	}
	for _, p := range []string{"WindowsPowerShell", "PowerShell", "Edg", "OPR", "Firefox", "Chrome", "Safari"} {
		if strings.Contains(s, p+"/") {
			return p
		}
	}
	return first
}

// decimal writes a number in decimal that may be in hexadecimal.
func decimal(s string) string {
	if h, ok := strings.CutPrefix(lower(s), "0x"); ok {
		n, err := strconv.ParseUint(h, 16, 64)
		if err != nil {
			return ""
		}
		return strconv.FormatUint(n, 10)
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return ""
		}
	}
	return s
}

// millis is a time in milliseconds since 1970.
func millis(s string) string {
	ms, ok := instant.Parse(s)
	if !ok {
		return ""
	}
	return strconv.FormatInt(ms, 10)
}

// epoch is a time in seconds since 1970, with thousandths, as Falcon writes it.
func epoch(s string) string {
	ms, ok := instant.Parse(s)
	if !ok || ms < 0 {
		return ""
	}
	text := strconv.FormatInt(ms/1000, 10) + "."
	frac := strconv.FormatInt(1000+ms%1000, 10)
	return text + frac[1:]
}

// lower writes ASCII letters small, as needles regard case.
func lower(s string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r + 32
		}
		return r
	}, s)
}
