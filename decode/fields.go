package decode

import (
	"strconv"
	"time"

	"harrier/event"
)

// wanted tells which fields of a file a query reads.
type wanted struct {
	all   bool
	names map[string]bool
	raw   bool // the raw text is asked for
}

func want(req *event.Request) wanted {
	w := wanted{all: req.Fields.All || req.FreeText, raw: req.FreeText, names: map[string]bool{}}
	for _, n := range req.Fields.Names {
		w.names[n] = true
	}
	w.raw = w.raw || w.names["@rawstring"]
	return w
}

func (w *wanted) field(name string) bool { return w.all || w.names[name] }

// addRaw gives the open row its raw text: as @rawstring when the query names it,
// and otherwise as the hidden field that free-text search looks into, so that
// results do not show every event twice.
func (w *wanted) addRaw(b *event.Builder, line []byte) {
	if !w.raw {
		return
	}
	if w.names["@rawstring"] {
		b.AddBytes("@rawstring", line)
	} else {
		b.AddBytes(event.RawField, line)
	}
}

// addTime gives the open row its @timestamp.
func addTime(b *event.Builder, ms int64) {
	var buf [20]byte
	b.AddBytes("@timestamp", strconv.AppendInt(buf[:0], ms, 10))
}

// parseTime reads a point in time as telemetry writes it: epoch seconds (with or
// without a fraction), milliseconds, microseconds or nanoseconds, told apart by
// their size, or ISO 8601 with or without a zone (UTC when there is none).
func parseTime(s string) (ms int64, ok bool) {
	if len(s) == 0 || len(s) > 64 {
		return 0, false
	}
	if isDigit(s[0]) && (len(s) < 5 || s[4] != '-' && s[4] != '/') {
		return parseEpoch(s)
	}
	if !isDigit(s[0]) {
		return 0, false
	}
	for _, layout := range timeLayouts {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UnixMilli(), true
		}
	}
	return 0, false
}

var timeLayouts = []string{
	time.RFC3339Nano,
	"2006-01-02 15:04:05.999999999Z07:00",
	"2006-01-02 15:04:05.999999999",
	"2006-01-02T15:04:05.999999999",
	"2006-01-02T15:04:05.999999999Z0700",
	"2006-01-02 15:04:05.999999999 Z0700",
	"2006-01-02 15:04:05 MST",
	"2006/01/02 15:04:05",
	"2006-01-02",
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// parseEpoch tells the unit by the number of digits before the point: up to 10
// (or 11, until the year 5138) seconds, up to 14 milliseconds, up to 17
// microseconds, and nanoseconds.
func parseEpoch(s string) (int64, bool) {
	whole, digits := int64(0), 0
	i := 0
	for ; i < len(s) && isDigit(s[i]); i++ {
		if digits++; digits > 19 {
			return 0, false
		}
		whole = whole*10 + int64(s[i]-'0')
	}
	if whole < 0 {
		return 0, false
	}
	frac, scale := int64(0), int64(1000)
	if i < len(s) {
		if s[i] != '.' || i+1 == len(s) {
			return 0, false
		}
		for i++; i < len(s); i++ {
			if !isDigit(s[i]) {
				return 0, false
			}
			if scale > 1 {
				scale /= 10
				frac += int64(s[i]-'0') * scale
			}
		}
	}
	switch {
	case digits < 9:
		return 0, false // too early to be a time: a number
	case digits <= 11:
		return whole*1000 + frac, true
	case digits <= 14:
		return whole, true
	case digits <= 17:
		return whole / 1000, true
	default:
		return whole / 1e6, true
	}
}
