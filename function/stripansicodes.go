package function

import (
	"regexp"
	"strings"

	"harrier/diag"
)

var stripAnsiCodesFunc = &Function{
	Name:     "stripAnsiCodes",
	Category: "string",
	Summary:  "Takes the control codes of terminals out of a text.",
	Doc: "Taken out are the sequences of ECMA-48 that colour text and move the cursor (`ESC [ 31 m`), those that set titles and links (`ESC ] 0 ; ... BEL`), " +
		"and the short ones such as `ESC c`; what they stand between stays. A sequence that is cut off at the end of the text goes too. As in the manual's examples the escape character may " +
		"also be spelled out, as `\\x1b`, `\\u001b`, `\\033` or `\\e` in front of a bracket, which is how JSON and shells write it.\n\n" +
		"The result goes to `as`, or back to the field. An event without the field is left alone.",
	Unnamed: "field",
	Params: []Param{
		{Name: "field", Kind: Field, Default: rawstringField, Doc: "The field to read."},
		{Name: "as", Kind: NewField, Doc: "The field to write; the field read when not given."},
	},
	Examples: []Example{{
		Query: `stripAnsiCodes(line)`,
		In:    "{\"line\":\"\\u001b[1;32mok\\u001b[0m 3 tests\"}\n{\"line\":\"plain [32m\"}\n{\"other\":\"1\"}",
		Out:   "{\"line\":\"ok 3 tests\"}\n{\"line\":\"plain [32m\"}\n{\"other\":\"1\"}",
	}, {
		Doc:   "The escape character spelled out.",
		Query: `text := stripAnsiCodes(line)`,
		In:    `{"line":"\\x1b[31mfailed\\x1b[0m"}`,
		Out:   `{"line":"\\x1b[31mfailed\\x1b[0m","text":"failed"}`,
	}},
	Effect: inPlace,
	NewMapper: func(c *Call) (MapperFactory, diag.List) {
		return mapText(c.Field("field"), c.inPlaceTarget(), func(s string) (string, bool) { return stripANSI(s), true }), nil
	},
}

// ansiCodes matches the sequences that stripAnsiCodes() takes out.
var ansiCodes = regexp.MustCompile(
	// Control sequences: parameters, intermediate bytes, a final byte.
	`(?:\x1b\[|\x{9b}|\\x1[bB]\[|\\u001[bB]\[|\\033\[|\\e\[)[0-?]*[ -/]*(?:[@-~]|$)` +
		// Operating system commands, ended by BEL or by the string terminator.
		`|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\|$)` +
		// Other strings, ended by the string terminator.
		`|\x1b[PX^_][^\x1b]*(?:\x1b\\|$)` +
		// Everything else: intermediate bytes and a final byte.
		`|\x1b[ -/]*[0-~]`)

func stripANSI(s string) string {
	if !strings.ContainsAny(s, "\x1b\u009b\\") {
		return s
	}
	return ansiCodes.ReplaceAllLiteralString(s, "")
}
