package decode

import (
	"bytes"
	"errors"
	"strconv"
	"time"

	"harrier/event"
)

const notSyslog = "the line has no syslog header"

var syslogFormat = &Format{
	Name: "syslog",
	Summary: "Syslog lines of RFC 5424 and RFC 3164, with or without a priority: facility, severity, hostname, app, pid, message; " +
		"a time without a year is that of the year before the file was written.",
	Sniff: func(name string, head []byte) int {
		good, lines := 0, 0
		for lines < 10 {
			line, rest, _ := bytes.Cut(head, []byte{'\n'})
			if line = bytes.TrimSpace(line); len(line) > 0 {
				lines++
				if h, ok := readSyslog(line, time.Time{}); ok && (h.pri >= 0 || len(h.app) > 0) {
					good++
				}
			}
			if head = rest; len(rest) == 0 {
				break
			}
		}
		if good*2 <= lines || lines == 0 {
			return 0
		}
		return 60
	},
	NewLines:   func(req *event.Request, _ string) LineReader { return &syslogLines{v: newValues(req, []string{""})} },
	Alias:      syslogAlias,
	Words:      append(append([]string{}, facilities...), severities...),
	Unreadable: notSyslog,
}

// syslogAlias leaves out what is worked out from the priority.
func syslogAlias(field string) (string, bool) {
	return field, standsInLine(field) && field != "facility" && field != "severity"
}

// standsInLine tells whether a field is none of those that the engine makes.
func standsInLine(field string) bool {
	return field == "@rawstring" || field != "" && field[0] != '@' && field[0] != '#'
}

var facilities = []string{
	"kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron", "authpriv", "ftp", "ntp", "audit", "alert", "clock",
	"local0", "local1", "local2", "local3", "local4", "local5", "local6", "local7",
}

var severities = []string{"emergency", "alert", "critical", "error", "warning", "notice", "informational", "debug"}

// dated is a reader of times that lack a year. It is told a time before which they
// were written, or not long after.
type dated interface{ writtenBefore(t time.Time) }

type syslogLines struct {
	v    *values
	last time.Time
}

func (r *syslogLines) writtenBefore(t time.Time) { r.last = t }

var errNotSyslog = errors.New(notSyslog)

// ReadLine implements LineReader.
func (r *syslogLines) ReadLine(line []byte, w *event.Builder) (bool, error) {
	h, ok := readSyslog(line, r.last)
	if !ok {
		return false, errNotSyslog
	}
	r.v.begin(w)
	h.add(r.v)
	r.v.end(line)
	return true, nil
}

// header is what stands in front of the message of a syslog line.
type header struct {
	pri            int // -1: none
	ms             int64
	hasTime        bool
	host, app, pid []byte
	msgid          []byte
	data           []byte // structured data as it stands there
	message        []byte
}

// add gives an event the fields of the header, and the message.
func (h *header) add(v *values) {
	h.addHeader(v)
	v.add("message", h.message)
}

func (h *header) addHeader(v *values) {
	if h.hasTime {
		v.time(h.ms)
	}
	if h.pri >= 0 {
		v.addText("priority", strconv.Itoa(h.pri))
		v.addText("facility", facilities[h.pri/8])
		v.addText("severity", severities[h.pri%8])
	}
	for _, f := range []struct {
		name  string
		value []byte
	}{{"hostname", h.host}, {"app", h.app}, {"pid", h.pid}, {"msgid", h.msgid}} {
		if len(f.value) > 0 {
			v.add(f.name, f.value)
		}
	}
	readStructured(h.data, v.add)
}

// readSyslog reads the header of a line; false when there is none.
func readSyslog(line []byte, last time.Time) (h header, ok bool) {
	h.pri = -1
	rest := line
	if len(rest) > 2 && rest[0] == '<' {
		i := bytes.IndexByte(rest[:min(len(rest), 5)], '>')
		n, err := strconv.Atoi(string(rest[1:max(i, 1)]))
		if i < 2 || err != nil || n < 0 || n > 191 {
			return h, false
		}
		h.pri, rest = n, rest[i+1:]
		if len(rest) > 2 && rest[0] == '1' && rest[1] == ' ' {
			return h.rfc5424(rest[2:])
		}
	}
	return h.rfc3164(rest, last)
}

// rfc5424 reads TIME HOST APP PID MSGID [DATA]... MESSAGE, each "-" when it is not
// given.
func (h header) rfc5424(rest []byte) (header, bool) {
	word := func() []byte {
		w, r, _ := bytes.Cut(rest, []byte{' '})
		rest = r
		if len(w) == 1 && w[0] == '-' {
			return nil
		}
		return w
	}
	if t := word(); t != nil {
		if h.ms, h.hasTime = parseTime(string(t)); !h.hasTime {
			return h, false
		}
	}
	h.host, h.app, h.pid, h.msgid = word(), word(), word(), word()
	switch {
	case len(rest) > 0 && rest[0] == '[':
		n := readStructured(rest, func(string, []byte) {})
		if n == 0 {
			return h, false
		}
		h.data, rest = rest[:n], rest[n:]
	case len(rest) > 0 && rest[0] == '-':
		rest = rest[1:]
	}
	h.message = bytes.TrimPrefix(bytes.TrimLeft(rest, " "), bom)
	return h, true
}

// readStructured reads [id name="value" ...]... and gives its length; each value
// is called id.name.
func readStructured(text []byte, add func(name string, value []byte)) int {
	at := 0
	for at < len(text) && text[at] == '[' {
		i := at + 1
		for i < len(text) && text[i] != ' ' && text[i] != ']' {
			i++
		}
		id := text[at+1 : i]
		for i < len(text) && text[i] == ' ' {
			for i < len(text) && text[i] == ' ' {
				i++
			}
			from := i
			for i < len(text) && text[i] != '=' && text[i] != ']' {
				i++
			}
			if i+1 >= len(text) || text[i] != '=' || text[i+1] != '"' {
				break
			}
			name := text[from:i]
			var value []byte
			for i += 2; i < len(text) && text[i] != '"'; i++ {
				if text[i] == '\\' && i+1 < len(text) && bytes.IndexByte([]byte(`"\]`), text[i+1]) >= 0 {
					i++
				}
				value = append(value, text[i])
			}
			if i >= len(text) {
				return 0
			}
			i++
			add(string(id)+"."+string(name), value)
		}
		if i >= len(text) || text[i] != ']' {
			return 0
		}
		at = i + 1
	}
	return at
}

// rfc3164 reads TIME HOST APP[PID]: MESSAGE. The time is "Jan _2 15:04:05", with a
// year or not, or one of ISO 8601.
func (h header) rfc3164(rest []byte, last time.Time) (header, bool) {
	rest, ok := h.oldTime(rest, last)
	if !ok {
		return h, false
	}
	host, after, found := bytes.Cut(rest, []byte{' '})
	if found && !bytes.HasSuffix(host, []byte{':'}) {
		h.host, rest = host, bytes.TrimLeft(after, " ")
	}
	// The tag ends with the first colon, if it is a tag at all.
	i := 0
	for i < len(rest) && i < 64 && rest[i] != ':' && rest[i] != '[' && rest[i] != ' ' && rest[i] != '|' {
		i++
	}
	tag := rest[:i]
	switch {
	case i < len(rest) && rest[i] == '[':
		if j := bytes.Index(rest[i:], []byte("]:")); j > 0 {
			h.app, h.pid, rest = tag, rest[i+1:i+j], rest[i+j+2:]
		}
	// "CEF:" is not the name of a program.
	case i > 0 && i+1 < len(rest) && rest[i] == ':' && rest[i+1] == ' ', i > 0 && i+1 == len(rest) && rest[i] == ':':
		h.app, rest = tag, rest[i+1:]
	}
	h.message = bytes.TrimLeft(rest, " ")
	return h, true
}

const (
	shortTime = "Jan _2 15:04:05"
	yearTime  = "Jan _2 2006 15:04:05"
)

// oldTime reads the time that begins a line and gives what follows.
func (h *header) oldTime(text []byte, last time.Time) ([]byte, bool) {
	if len(text) > 0 && isDigit(text[0]) {
		word, rest, _ := bytes.Cut(text, []byte{' '})
		if bytes.IndexByte(word, 'T') > 0 {
			if ms, ok := parseTime(string(word)); ok {
				h.ms, h.hasTime = ms, true
				return rest, true
			}
		}
		return nil, false
	}
	for _, layout := range []string{yearTime, shortTime} {
		if len(text) < len(layout) {
			continue
		}
		t, err := time.Parse(layout, string(text[:len(layout)]))
		if err != nil {
			continue
		}
		rest := text[len(layout):]
		if len(rest) > 0 && rest[0] != ' ' && rest[0] != ':' {
			continue
		}
		if layout == shortTime {
			if last.IsZero() {
				return bytes.TrimLeft(rest, " :"), true
			}
			// The latest such day that is not after the file, a day of difference between
			// clocks and zones allowed.
			limit := last.Add(24 * time.Hour)
			for y := limit.Year(); y > limit.Year()-9; y-- {
				d := time.Date(y, t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, time.UTC)
				if d.Day() == t.Day() && !d.After(limit) {
					t = d
					break
				}
			}
		}
		h.ms, h.hasTime = t.UnixMilli(), true
		return bytes.TrimLeft(rest, " :"), true
	}
	return nil, false
}
