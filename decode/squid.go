package decode

import (
	"bytes"
	"errors"
	"regexp"
	"strconv"

	"harrier/event"
)

// squidColumns are the columns of Squid's native access log; the fourth and the
// ninth hold two values each.
var squidColumns = []string{
	"time", "elapsed", "client_address", "squid_result", "bytes", "method", "url", "user", "hierarchy", "content_type",
}

var squidLine = regexp.MustCompile(`^\d{9,10}\.\d{3} +-?\d+ \S+ [A-Z_]+/\d{3} -?\d+ \S+ \S+ \S+ [A-Z_]+/\S+ `)

const notSquid = "the line is not one of a Squid access log"

var squidFormat = &Format{
	Name:    "squid",
	Summary: "The access log of the Squid proxy in its native format.",
	Sniff: func(name string, head []byte) int {
		if squidLine.Match(append(bytes.Clone(firstLine(head)), ' ')) {
			return 90
		}
		return 0
	},
	NewLines:   func(req *event.Request, _ string) LineReader { return &squidLines{newValues(req, []string{"time"})} },
	Alias:      func(field string) (string, bool) { return field, standsInLine(field) },
	Unreadable: notSquid,
}

type squidLines struct{ v *values }

var errNotSquid = errors.New(notSquid)

// ReadLine implements LineReader. Columns behind the tenth, which a log format of
// its own may add, are called column11 and so on; a quoted one may hold blanks, as
// the user agent does.
func (r *squidLines) ReadLine(line []byte, w *event.Builder) (bool, error) {
	var cols [32][]byte
	n := 0
	for rest := line; n < len(cols); n++ {
		if rest = bytes.TrimLeft(rest, " "); len(rest) == 0 {
			break
		}
		end := bytes.IndexByte(rest, ' ')
		if rest[0] == '"' {
			if i := bytes.IndexByte(rest[1:], '"'); i >= 0 {
				cols[n], rest = rest[1:1+i], rest[i+2:]
				continue
			}
		}
		if end < 0 {
			end = len(rest)
		}
		cols[n], rest = rest[:end], rest[end:]
	}
	if n < len(squidColumns)-1 || len(cols[0]) == 0 || !isDigit(cols[0][0]) {
		return false, errNotSquid
	}
	r.v.begin(w)
	for i := range n {
		switch {
		case i >= len(squidColumns):
			r.v.add(columnName(i), cols[i])
		case i == 3:
			result, status, _ := bytes.Cut(cols[i], []byte{'/'})
			r.v.add("squid_result", result)
			r.v.add("status", status)
		case i == 8:
			how, peer, _ := bytes.Cut(cols[i], []byte{'/'})
			r.v.add("hierarchy", how)
			if string(peer) != "-" {
				r.v.add("peer_address", peer)
			}
		case len(cols[i]) == 1 && cols[i][0] == '-':
			// Squid has no value here.
		default:
			r.v.add(squidColumns[i], cols[i])
		}
	}
	r.v.end(line)
	return true, nil
}

func columnName(i int) string { return "column" + strconv.Itoa(i+1) }
