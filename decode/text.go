package decode

import (
	"harrier/event"
)

var textFormat = &Format{
	Name:    "text",
	Summary: "Any text: each line is an event whose @rawstring is the line; a time at its beginning is its @timestamp.",
	NewLines: func(req *event.Request, _ string) LineReader {
		return &textLines{want: want(req)}
	},
	Alias:     func(field string) (string, bool) { return field, field == "@rawstring" },
	EveryLine: true,
}

type textLines struct{ want wanted }

// ReadLine implements LineReader.
func (r *textLines) ReadLine(line []byte, w *event.Builder) (bool, error) {
	if r.want.all || r.want.raw {
		w.AddBytes("@rawstring", line)
	}
	if r.want.field("@timestamp") {
		if ms, ok := leadingTime(line); ok {
			addTime(w, ms)
		}
	}
	return true, nil
}

// leadingTime reads an ISO 8601 time, in brackets or not, or an epoch time at the
// beginning of a line.
func leadingTime(line []byte) (int64, bool) {
	if len(line) > 0 && (line[0] == '[' || line[0] == '<') {
		line = line[1:]
	}
	if len(line) < 10 || !isDigit(line[0]) {
		return 0, false
	}
	// The longest beginning that reads as a time, of at most three words.
	ms, found := int64(0), false
	for i, words := 0, 0; i <= len(line) && i < 48 && words < 3; i++ {
		if i < len(line) && line[i] != ' ' && line[i] != ']' && line[i] != '>' && line[i] != '\t' && line[i] != ',' {
			continue
		}
		if m, ok := parseTime(bytesAsString(line[:i])); ok {
			ms, found = m, true
		}
		// A comma may also stand in front of a fraction of a second.
		if i < len(line) && line[i] != ',' {
			words++
		}
	}
	return ms, found
}
