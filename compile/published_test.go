package compile_test

import (
	"slices"
	"testing"

	"harrier/function"
)

// TestWrittenInPublic compiles what is found in published queries and means
// something, so that it is no error and, where nothing is lost, no warning.
func TestWrittenInPublic(t *testing.T) {
	const (
		noEffect = "warning conflicting-parameters"
		twice    = "error duplicate-parameter"
		unknown  = "error unknown-function"
		gone     = "warning field-gone"
	)
	for query, want := range map[string][]string{
		// The `as` of a call whose value an expression takes.
		`x := if(a == 1, then="n", else=formatTime("%F", field=b, as=c))`: {noEffect},
		`eval(x=lower(a, as=b)) | x=1`:                                    {noEffect},
		`x := 1 + length(a, as=n)`:                                        {noEffect},
		`x := lower(a, as=b)`:                                             {twice},

		// Removing or filling a field that cannot be there.
		`groupBy(a) | drop([_sum, b])`:                        nil,
		`groupBy(a) | default(value="-", field=[b, c]) | b=1`: nil,
		`groupBy(a) | drop(b) | c := b`:                       {gone},
		`groupBy(a) | rename(b, as=c)`:                        {gone},

		// Behind a step that is wrong nothing is known of the fields.
		`groupBy(a) | x := nosuch(a) | x=1 | table([x, y])`:  {unknown},
		`groupBy(a) | x := 1 + nosuch(a) | table([x, y])`:    {unknown},
		`groupBy(a) | case { a=1 | x := nosuch(); * } | x=1`: {unknown},

		// Old and loose spellings.
		`lookup("owners.csv", on=[host]) | count()`: {"warning deprecated-function"},
		`formatTime("%F", as=day, locale=en_OMN)`:   nil,
	} {
		if _, got, problems := compiled(t, query, &function.Env{Check: true}); !slices.Equal(got, want) {
			t.Errorf("%s\ngot  %q\nwant %q\n%v", query, got, want, problems)
		}
	}
}
