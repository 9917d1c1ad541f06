package decode

import (
	"bytes"
	"errors"
	"fmt"
	"unsafe"

	"harrier/event"
	"harrier/internal/flatjson"
	"harrier/internal/quotes"
)

var ndjsonFormat = &Format{
	Name:    "ndjson",
	Summary: "One JSON object per line; nested objects become dotted names, array elements name[n].",
	Sniff: func(name string, head []byte) int {
		return sniffJSONLines(head, func([]byte) bool { return true })
	},
	NewLines: func(req *event.Request, _ string) LineReader { return newJSONLines(req, genericTime, nil) },
	Alias:    jsonAlias(nil),

	Unreadable: notJSON,
	EveryLine:  true,
}

// jsonAlias names the member in which the value of a field stands, for fields
// that are not computed.
func jsonAlias(also map[string]string) func(string) (string, bool) {
	return func(field string) (string, bool) {
		if to, ok := also[field]; ok {
			return to, true
		}
		if field == "@rawstring" {
			return field, true
		}
		return field, field != "" && field[0] != '@' && field[0] != '#'
	}
}

// genericTime lists the members that hold the time of an event, best first.
var genericTime = []string{
	"@timestamp", "timestamp", "Timestamp", "time", "ts", "_time", "event_time", "eventTime", "EventTime",
	"TimeCreated", "TimeGenerated", "SystemTime", "UtcTime", "datetime", "Datetime", "DateTime", "date", "Date",
}

// firstLine is the first line that is not blank.
func firstLine(head []byte) []byte {
	for len(head) > 0 {
		line, rest, _ := bytes.Cut(head, []byte{'\n'})
		if line = bytes.TrimSpace(line); len(line) > 0 {
			return line
		}
		head = rest
	}
	return nil
}

// sniffJSONLines looks at the first lines. The very first or most of them are JSON
// objects - the file may begin with a heading or a broken line -, and one of the
// objects is as the format has them.
func sniffJSONLines(head []byte, has func(object []byte) bool) int {
	objects, others, first, found := 0, 0, false, false
	for len(head) > 0 && objects+others < 20 {
		line, rest, whole := bytes.Cut(head, []byte{'\n'})
		head = rest
		if line = bytes.TrimSpace(line); len(line) == 0 {
			continue
		}
		switch {
		case line[0] == '{' && isJSONObject(line):
			first = first || objects+others == 0
			objects++
			found = found || has(line)
		case whole || objects+others == 0:
			others++
		}
	}
	if !first && objects <= others || !found {
		return 0
	}
	return 60
}

// isJSONObject tells whether a line is one whole JSON object, or the beginning
// of one that is longer than what is looked at.
func isJSONObject(line []byte) bool {
	if len(line) >= headBytes/2 {
		return line[0] == '{'
	}
	return flatjson.FlattenLenient(line, func(string, []byte) {}) == nil
}

// jsonLines reads a JSON object per line.
type jsonLines struct {
	want   wanted
	blind  bool // nothing of an event is asked for but that it is there
	times  []string
	rename map[string]string // member -> a second name for it

	tree     layout
	builder  *event.Builder // whose slots the tree names
	life     int            // of the builder
	timeSlot int            // of @timestamp in it, -1 before the first
	members  map[string]*member

	// Of the block of lines at hand, when it was looked at as a whole: the places of
	// its quotes, and where it stands in memory. marks and spare are memory for them.
	quotes, marks, spare quotes.Marks
	base                 uintptr

	text   []byte // of a string with escapes
	clock  clock  // the time of this line
	hasRaw bool   // this line has a member @rawstring of its own
	fields int    // members of this line on the slow path
}

// member is a known member name and what to do with it.
type member struct {
	name string
	keep bool
	also string // second name, when it is wanted
	time int    // place in times, -1
	raw  bool   // the raw text of the event
	used bool   // something is done with it
}

func newJSONLines(req *event.Request, times []string, rename map[string]string) *jsonLines {
	r := &jsonLines{want: want(req), times: times, rename: rename}
	r.blind = !r.want.all && !r.want.raw && len(r.want.names) == 0
	return r
}

// maxFields is the number of fields that an event may have.
const maxFields = 1 << 16

const notJSON = "the line is not a JSON object"

var (
	errNotObject  = errors.New(notJSON)
	errManyFields = fmt.Errorf("it has more than %d fields", maxFields)
)

// ReadLine implements LineReader.
func (r *jsonLines) ReadLine(line []byte, w *event.Builder) (bool, error) {
	line = bytes.TrimSpace(line)
	if len(line) == 0 || line[0] != '{' {
		return false, errNotObject
	}
	if r.blind && line[len(line)-1] == '}' {
		return true, nil // it is one event, whether what is inside can be read or not
	}
	r.begin()
	if !r.fast(line, w) {
		w.Abandon()
		if err := r.flatten(line, w); err != nil {
			return false, fmt.Errorf("the line is not valid JSON: %w", err)
		}
	}
	r.end(line, w)
	return true, nil
}

func (r *jsonLines) begin() { r.clock, r.hasRaw, r.fields = newClock(r.times), false, 0 }

// flatten is the slow path: escapes, nested values, anything odd.
func (r *jsonLines) flatten(object []byte, w *event.Builder) error {
	r.begin()
	err := flatjson.FlattenLenient(object, func(name string, value []byte) {
		if r.fields++; r.fields <= maxFields {
			r.add(r.lookup(name), value, w)
		}
	})
	if err == nil && r.fields > maxFields {
		return errManyFields
	}
	return err
}

// end adds what is known when all members are read.
func (r *jsonLines) end(object []byte, w *event.Builder) {
	if r.clock.found() {
		if r.builder == w && r.timeSlot >= 0 {
			w.AddIntegerAt(r.timeSlot, r.clock.ms)
		} else {
			addTime(w, r.clock.ms)
			if r.builder == w {
				r.timeSlot = w.Slot("@timestamp")
			}
		}
	}
	if !r.hasRaw {
		r.want.addRaw(w, object)
	}
}

var (
	jsonTrue  = []byte("true")
	jsonFalse = []byte("false")
	jsonNull  = []byte("null")
)

func skipBlank(b []byte, i int) int {
	for i < len(b) && (b[i] == ' ' || b[i] == '\t' || b[i] == '\r' || b[i] == '\n') {
		i++
	}
	return i
}

func isNumberByte(c byte) bool {
	return isDigit(c) || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E'
}

// isJSONNumber checks the number grammar of RFC 8259.
func isJSONNumber(b []byte) bool {
	i := 0
	if i < len(b) && b[i] == '-' {
		i++
	}
	switch {
	case i < len(b) && b[i] == '0':
		i++
	case i < len(b) && isDigit(b[i]):
		for i < len(b) && isDigit(b[i]) {
			i++
		}
	default:
		return false
	}
	digits := func() bool {
		from := i
		for i < len(b) && isDigit(b[i]) {
			i++
		}
		return i > from
	}
	if i < len(b) && b[i] == '.' {
		if i++; !digits() {
			return false
		}
	}
	if i < len(b) && (b[i] == 'e' || b[i] == 'E') {
		i++
		if i < len(b) && (b[i] == '+' || b[i] == '-') {
			i++
		}
		if !digits() {
			return false
		}
	}
	return i == len(b)
}

// lookup works out what to do with a member.
func (r *jsonLines) lookup(name string) *member {
	if m := r.members[name]; m != nil {
		return m
	}
	m := &member{name: name, time: placeOf(r.times, name), raw: name == "@rawstring"}
	// A value without a name cannot be asked for, and a text must not reach the
	// engine's own fields. @timestamp is written in milliseconds when all is read.
	m.keep = name != "" && !event.Hidden(name) && name != "@timestamp" && r.want.field(name)
	if also, ok := r.rename[name]; ok && r.want.field(also) {
		m.also = also
	}
	if !r.want.field("@timestamp") {
		m.time = -1
	}
	m.used = m.keep || m.also != "" || m.time >= 0
	if r.members == nil || len(r.members) >= maxNodes {
		r.members = map[string]*member{}
	}
	r.members[name] = m
	return m
}

func (r *jsonLines) add(m *member, value []byte, w *event.Builder) {
	if m.keep {
		w.AddBytes(m.name, value)
		r.hasRaw = r.hasRaw || m.raw
	}
	if m.also != "" {
		w.AddBytes(m.also, value)
	}
	if m.time >= 0 {
		r.clock.see(m.time, m.name, value, w)
	}
}

// bytesAsString lends the bytes to a function that does not keep them.
func bytesAsString(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }
