package function

import (
	"strings"

	"harrier/diag"
)

var parseCEFFunc = &Function{
	Name:     "parseCEF",
	Category: "parsing",
	Summary:  "Reads a message in the Common Event Format, version 0.",
	Doc: "What stands before the marker `CEF:0`, such as the header of syslog, is passed over; versions `0.1` and the like are read too. The seven values of the " +
		"header become `version`, `device.vendor`, `device.product`, `device.version`, `event_class_id`, `name` and `severity`, with `headerprefix` in front. " +
		"The pairs of the extension get `prefix` in front of their keys. Blanks or tabs stand between pairs, and a value may contain blanks itself: it ends in " +
		"front of the next key. Of several values of a key the last counts.\n\n" +
		"In the header `\\|` stands for a bar, in the extension `\\=` for an equals sign and `\\n` and `\\r` for line ends, and in both `\\\\` for a backslash; a backslash in " +
		"front of anything else is a character like others, so that `\\t` does not separate pairs. These are the rules of the format. The example of the manual shows a doubled backslash both in " +
		"the text and in the field, which may be the way it is printed.\n\n" +
		"Two pairs such as `cs1=north` and `cs1Label=Branch Office` are a value and its label: together they become the field `Branch Office` with " +
		"`labelprefix` in front, and are left out of the extension unless `keeplabels` is true.\n\n" +
		"Any other text leaves the event as it is, and so does an absent field.",
	Unnamed: "field",
	Params: []Param{
		{Name: "field", Kind: Field, Default: rawstringField, Doc: "The field with the message."},
		{Name: "prefix", Kind: Text, Default: "cef.ext.", Doc: "A text in front of the keys of the extension."},
		{Name: "headerprefix", Kind: Text, Default: "cef.", Doc: "A text in front of the names of the header."},
		{Name: "labelprefix", Kind: Text, Default: "cef.label.", Doc: "A text in front of labels."},
		{Name: "keeplabels", Kind: Bool, Default: "false", Doc: "Whether values with labels and the labels themselves stay among the extension too."},
	},
	Examples: []Example{{
		Query: `parseCEF(line) | drop(line)`,
		In:    `{"line":"<14>Mar 3 gate1 CEF:0|Acorn|Wall|2.1|deny|blocked \\| dropped|6|src=192.0.2.7 msg=no rule\\=none cs1=north cs1Label=Branch Office"}`,
		Out: `{"cef.version":"0","cef.device.vendor":"Acorn","cef.device.product":"Wall","cef.device.version":"2.1","cef.event_class_id":"deny",` +
			`"cef.name":"blocked | dropped","cef.severity":"6","cef.ext.src":"192.0.2.7","cef.ext.msg":"no rule=none","cef.label.Branch Office":"north"}`,
	}, {
		Query: `parseCEF(line, prefix="e.", headerprefix="h.", labelprefix="", keeplabels=true) | drop(line)`,
		In:    "{\"line\":\"CEF:0|A|B|1|7|n|low|cn1=4 cn1Label=Tries\"}\n{\"line\":\"CEF: none\",\"a\":\"1\"}",
		Out: "{\"h.version\":\"0\",\"h.device.vendor\":\"A\",\"h.device.product\":\"B\",\"h.device.version\":\"1\",\"h.event_class_id\":\"7\",\"h.name\":\"n\"," +
			"\"h.severity\":\"low\",\"e.cn1\":\"4\",\"e.cn1Label\":\"Tries\",\"Tries\":\"4\"}\n{\"a\":\"1\"}",
	}},
	Effect: parsedEffect,
	NewMapper: func(c *Call) (MapperFactory, diag.List) {
		names := extensionNames{prefix: c.Text("prefix"), labels: c.Text("labelprefix"), keep: c.Bool("keeplabels")}
		header := c.Text("headerprefix")
		p := &fieldParser{name: "parseCEF", from: []string{c.Field("field")}, parse: func(text string) ([]parsedField, error) {
			version, rest, ok := cutMarker(text, "CEF:", isCEFVersion)
			if !ok {
				return nil, nil
			}
			values, rest, ok := cutHeader(rest, 6, true)
			if !ok {
				return nil, nil
			}
			out := headerFields(header, cefHeader, append([]string{version}, values...))
			return names.appendPairs(out, cefPairs(rest)), nil
		}}
		return p.factory(), nil
	},
}

var cefHeader = []string{"version", "device.vendor", "device.product", "device.version", "event_class_id", "name", "severity"}

func isCEFVersion(s string) bool {
	return s == "0" || strings.HasPrefix(s, "0.") && len(s) > 2 && strings.Trim(s[2:], "0123456789") == ""
}
