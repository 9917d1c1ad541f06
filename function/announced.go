package function

import (
	"strings"

	"harrier/cql"
)

var announcedNames = func() map[string]string {
	m := map[string]string{}
	for _, n := range cql.Functions {
		m[strings.ToLower(n)] = n
	}
	return m
}()

// Announced gives the canonical name of a documented function that is not in the
// table yet. The checker tells such functions from names that do not exist.
func Announced(name string) (string, bool) {
	n, ok := announcedNames[strings.ToLower(name)]
	return n, ok && Lookup(name) == nil
}

// Reserved tells whether a bare word is the name of a function, which may not be
// searched for unquoted. Names are matched as they are spelled.
func Reserved(word string) bool { return announcedNames[strings.ToLower(word)] == word && word != "" }
