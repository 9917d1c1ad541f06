package decode

import (
	"slices"
	"strconv"

	"harrier/event"
	"harrier/internal/instant"
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
func addTime(b *event.Builder, ms int64) { b.AddInteger("@timestamp", ms) }

// clock finds the time of an event among its values: the best of those that can
// be read as a time.
type clock struct {
	names []string // of the fields that may hold it, best first
	best  int      // place in names of the time found; len(names): none
	ms    int64
}

func newClock(names []string) clock { return clock{names: names, best: len(names)} }

func placeOf(names []string, name string) int { return slices.Index(names, name) }

// see looks at the value of the field that has the given place in names.
func (c *clock) see(place int, name string, value []byte, w *event.Builder) {
	if place > c.best {
		return
	}
	text := bytesAsString(value)
	ms, ok := parseTime(text)
	if !ok && name == "@timestamp" {
		// What has this name already is a time in milliseconds, however early. Anything
		// else stays as it is, for the user to see.
		var err error
		if ms, err = strconv.ParseInt(text, 10, 64); err != nil {
			w.AddBytes(name, value)
		}
		ok = err == nil
	}
	if ok {
		c.best, c.ms = place, ms
	}
}

// found tells whether a time was.
func (c *clock) found() bool { return c.best < len(c.names) }

// add gives the open row the time that was found.
func (c *clock) add(w *event.Builder) {
	if c.found() {
		addTime(w, c.ms)
	}
}

// parseTime reads a point in time as telemetry writes it.
func parseTime(s string) (ms int64, ok bool) { return instant.Parse(s) }

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
