package decode

import (
	"bytes"

	"harrier/event"
)

// fdrRename gives the tags of the hosted product their members in the raw
// records.
var fdrRename = map[string]string{
	"event_simpleName": "#event_simpleName",
	"cid":              "#cid",
}

var fdrFormat = &Format{
	Name: "fdr",
	Summary: "Falcon Data Replicator records: JSON lines whose event_simpleName and cid are also the tags " +
		"#event_simpleName and #cid, and whose timestamp is @timestamp.",
	Sniff: func(name string, head []byte) int {
		line := firstLine(head)
		if len(line) == 0 || line[0] != '{' || !bytes.Contains(line, []byte(`"event_simpleName"`)) || !isJSONObject(line) {
			return 0
		}
		return 80
	},
	NewLines: func(req *event.Request, _ string) LineReader {
		return newJSONLines(req, []string{"timestamp", "@timestamp", "UTCTimestamp", "ContextTimeStamp", "_time"}, fdrRename)
	},
	Alias: jsonAlias(map[string]string{"#event_simpleName": "event_simpleName", "#cid": "cid"}),
}
