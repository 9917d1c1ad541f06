package decode

import (
	"bytes"
	"errors"
	"time"

	"harrier/event"
)

const (
	notCEF  = "the line holds no CEF event"
	notLEEF = "the line holds no LEEF event"
)

var cefFormat = &Format{
	Name:       "cef",
	Summary:    "Common Event Format, behind a syslog header or not: the seven parts of its header, and the extension by its keys.",
	Sniff:      func(name string, head []byte) int { return sniffMark(head, cefMark) },
	NewLines:   func(req *event.Request, _ string) LineReader { return &cefLines{v: newValues(req, cefTimes)} },
	Alias:      syslogAlias,
	Words:      syslogFormat.Words,
	Unreadable: notCEF,
}

var leefFormat = &Format{
	Name:       "leef",
	Summary:    "Log Event Extended Format 1.0 and 2.0, behind a syslog header or not: the parts of its header, and the attributes by their keys.",
	Sniff:      func(name string, head []byte) int { return sniffMark(head, leefMark) },
	NewLines:   func(req *event.Request, _ string) LineReader { return &leefLines{v: newValues(req, leefTimes)} },
	Alias:      syslogAlias,
	Words:      syslogFormat.Words,
	Unreadable: notLEEF,
}

var (
	cefMark  = []byte("CEF:")
	leefMark = []byte("LEEF:")

	cefTimes  = []string{"rt", "start", "end", "deviceReceiptTime", ""} // "" is the place of the syslog time
	leefTimes = []string{"devTime", ""}

	cefHeader  = []string{"cef_version", "device_vendor", "device_product", "device_version", "event_class_id", "name", "cef_severity"}
	leefHeader = []string{"leef_version", "device_vendor", "device_product", "device_version", "event_id"}

	errNotCEF  = errors.New(notCEF)
	errNotLEEF = errors.New(notLEEF)
)

func sniffMark(head, mark []byte) int {
	line := firstLine(head)
	if i := findMark(line, mark); i >= 0 && i < 256 {
		return 85
	}
	return 0
}

// findMark finds the mark in front of a version number and a bar.
func findMark(line, mark []byte) int {
	i := bytes.Index(line, mark)
	if i < 0 || i > 0 && line[i-1] != ' ' && line[i-1] != ':' {
		return -1
	}
	version, _, ok := bytes.Cut(line[i+len(mark):], []byte{'|'})
	if !ok || len(version) == 0 || len(version) > 4 || !isDigit(version[0]) {
		return -1
	}
	return i
}

// addFront adds the syslog header in front of an event, if it is one.
func addFront(front []byte, last time.Time, v *values) {
	if front = bytes.TrimRight(front, " "); len(front) == 0 {
		return
	}
	h, ok := readSyslog(front, last)
	if !ok {
		v.add("front", front)
		return
	}
	if len(h.host) == 0 {
		h.host, h.message = h.message, nil // nothing but a host name follows the time
	}
	t, had := h.ms, h.hasTime
	h.hasTime = false
	if had {
		// Any time of the event's own is better.
		v.clock.best, v.clock.ms = len(v.clock.names)-1, t
	}
	message := h.message
	h.message = nil
	h.addHeader(v)
	if len(message) > 0 {
		v.add("front", message)
	}
}

// bars cuts off parts that end with a bar; a backslash takes away the meaning of
// the character behind it.
func bars(text []byte, n int, part func(i int, value []byte)) (rest []byte, ok bool) {
	for i := range n {
		var value []byte
		j := 0
		for ; j < len(text) && text[j] != '|'; j++ {
			if text[j] == '\\' && j+1 < len(text) && (text[j+1] == '|' || text[j+1] == '\\') {
				j++
			}
			value = append(value, text[j])
		}
		// The last bar may be missing, when nothing follows.
		if j >= len(text) && i < n-1 {
			return nil, false
		}
		part(i, value)
		text = text[min(j+1, len(text)):]
	}
	return text, true
}

type cefLines struct {
	v    *values
	last time.Time
}

func (r *cefLines) writtenBefore(t time.Time) { r.last = t }

// ReadLine implements LineReader.
func (r *cefLines) ReadLine(line []byte, w *event.Builder) (bool, error) {
	at := findMark(line, cefMark)
	if at < 0 {
		return false, errNotCEF
	}
	r.v.begin(w)
	addFront(line[:at], r.last, r.v)
	rest, ok := bars(line[at+len(cefMark):], len(cefHeader), func(i int, value []byte) { r.v.add(cefHeader[i], value) })
	if !ok {
		return false, errNotCEF
	}
	readExtension(rest, r.add)
	r.v.end(line)
	return true, nil
}

// add knows that a time may also be written as "Jan 02 2006 15:04:05".
func (r *cefLines) add(key, value []byte) {
	name := string(key)
	r.v.add(name, value)
	if place := placeOf(cefTimes, name); place >= 0 && place < r.v.clock.best && r.v.wantsTime() {
		for _, layout := range []string{"Jan _2 2006 15:04:05.999 MST", "Jan _2 2006 15:04:05.999"} {
			if t, err := time.Parse(layout, string(value)); err == nil {
				r.v.clock.best, r.v.clock.ms = place, t.UnixMilli()
				break
			}
		}
	}
}

// readExtension reads key=value pairs. A value ends where a blank and the next key
// with its "=" begin; \= \\ \n and \r stand for themselves and line breaks.
func readExtension(text []byte, add func(key, value []byte)) {
	text = bytes.Trim(text, " ")
	for len(text) > 0 {
		eq := nextEquals(text, 0)
		if eq < 0 {
			return
		}
		key := text[bytes.LastIndexByte(text[:eq], ' ')+1 : eq]
		end, next := len(text), len(text)
		if e := nextEquals(text, eq+1); e >= 0 {
			if b := bytes.LastIndexByte(text[eq+1:e], ' '); b >= 0 {
				end, next = eq+1+b, eq+1+b+1
			}
		}
		add(key, unescapeCEF(bytes.TrimRight(text[eq+1:end], " ")))
		text = text[next:]
	}
}

// nextEquals finds the next "=" that ends a key: a word of letters, digits and a
// few others that follows a blank.
func nextEquals(text []byte, from int) int {
	for i := from; i < len(text); i++ {
		switch {
		case text[i] == '\\':
			i++
		case text[i] == '=':
			j := i
			for j > from && isKeyByte(text[j-1]) {
				j--
			}
			if j < i && (j == 0 || text[j-1] == ' ') {
				return i
			}
		}
	}
	return -1
}

func isKeyByte(c byte) bool {
	return isLetter(c) || isDigit(c) || c == '_' || c == '.' || c == '-' || c == '[' || c == ']' || c == ':'
}

func unescapeCEF(value []byte) []byte {
	if bytes.IndexByte(value, '\\') < 0 {
		return value
	}
	out := make([]byte, 0, len(value))
	for i := 0; i < len(value); i++ {
		if value[i] != '\\' || i+1 == len(value) {
			out = append(out, value[i])
			continue
		}
		i++
		switch value[i] {
		case 'n':
			out = append(out, '\n')
		case 'r':
			out = append(out, '\r')
		case 't':
			out = append(out, '\t')
		case '=', '\\', '|':
			out = append(out, value[i])
		default:
			out = append(out, '\\', value[i]) // a path that was not escaped
		}
	}
	return out
}

type leefLines struct {
	v    *values
	last time.Time
}

func (r *leefLines) writtenBefore(t time.Time) { r.last = t }

// ReadLine implements LineReader.
func (r *leefLines) ReadLine(line []byte, w *event.Builder) (bool, error) {
	at := findMark(line, leefMark)
	if at < 0 {
		return false, errNotLEEF
	}
	r.v.begin(w)
	addFront(line[:at], r.last, r.v)
	version := byte('1')
	rest, ok := bars(line[at+len(leefMark):], len(leefHeader), func(i int, value []byte) {
		if i == 0 && len(value) > 0 {
			version = value[0]
		}
		r.v.add(leefHeader[i], value)
	})
	if !ok {
		return false, errNotLEEF
	}
	between := []byte{'\t'}
	if version == '2' {
		// The sixth part is the character between attributes, or its code: ^, x5E, 0x09.
		if d, after, ok := bytes.Cut(rest, []byte{'|'}); ok && len(d) <= 5 {
			rest = after
			if c, ok := delimiter(d); ok {
				between = []byte{c}
			}
		}
	}
	for part := range bytes.SplitSeq(rest, between) {
		if key, value, ok := bytes.Cut(part, []byte{'='}); ok {
			r.v.add(string(bytes.TrimSpace(key)), value)
		}
	}
	r.v.end(line)
	return true, nil
}

func delimiter(text []byte) (byte, bool) {
	if len(text) == 1 {
		return text[0], true
	}
	digits := bytes.TrimPrefix(bytes.TrimPrefix(text, []byte{'0'}), []byte{'x'})
	if len(text) < 2 || len(digits) == len(text) || len(digits) == 0 || len(digits) > 2 {
		return 0, false
	}
	c := byte(0)
	for _, d := range digits {
		n := hexDigit(d)
		if n < 0 {
			return 0, false
		}
		c = c<<4 | byte(n)
	}
	return c, true
}

// hexDigit is the value of a hexadecimal digit, -1 when it is none.
func hexDigit(c byte) int {
	switch {
	case isDigit(c):
		return int(c - '0')
	case 'a' <= c|0x20 && c|0x20 <= 'f':
		return int(c|0x20-'a') + 10
	}
	return -1
}
