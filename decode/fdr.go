package decode

import (
	"regexp"

	"harrier/event"
)

// fdrRename gives the tags of the hosted product their members in the raw
// records.
var fdrRename = map[string]string{
	"event_simpleName": "#event_simpleName",
	"cid":              "#cid",
}

var fdrMember = regexp.MustCompile(`"event_simpleName"[ \t]*:`)

var fdrFormat = &Format{
	Name: "fdr",
	Summary: "Falcon Data Replicator records: JSON lines whose event_simpleName and cid are also the tags " +
		"#event_simpleName and #cid, and whose timestamp is @timestamp.",
	Sniff: func(name string, head []byte) int {
		if n := sniffJSONLines(head, func(object []byte) bool { return fdrMember.Match(object) }); n == 0 {
			return 0
		}
		return 80
	},
	NewLines: func(req *event.Request, _ string) LineReader {
		return newJSONLines(req, []string{"timestamp", "@timestamp", "UTCTimestamp", "ContextTimeStamp", "_time"}, fdrRename)
	},
	Alias: jsonAlias(map[string]string{"#event_simpleName": "event_simpleName", "#cid": "cid"}),

	Unreadable: notJSON,
	EveryLine:  true,
}
