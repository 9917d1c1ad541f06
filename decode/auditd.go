package decode

import (
	"bytes"
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"net/netip"
	"strconv"
	"strings"

	"harrier/event"
)

var auditdFormat = &Format{
	Name: "auditd",
	Summary: "The log of the Linux audit daemon: the records of one event are one event; path[n].name and so on for each path, argv for the " +
		"command line, encoded values decoded.",
	Sniff: func(name string, head []byte) int {
		line := firstLine(head)
		if bytes.HasPrefix(line, []byte("node=")) {
			_, line, _ = bytes.Cut(line, []byte{' '})
		}
		if bytes.HasPrefix(line, []byte("type=")) && bytes.Contains(line, []byte("msg=audit(")) {
			return 90
		}
		return 0
	},
	NewStream: func(req *event.Request, _ string) StreamReader {
		return &auditReader{v: newValues(req, []string{""}), max: 16 << 20}
	},
}

// auditReader puts records together that have the same node, time and serial
// number. They stand behind each other or nearly: an event is complete when a
// record says so, when it has only one, or when as many others have begun since.
type auditReader struct {
	v    *values
	max  int
	w    *event.Builder
	open []*auditEvent // in the order in which they began
}

// auditOpen is the number of events that are kept open for records that follow,
// auditRecords the number of records an event may have.
const (
	auditOpen    = 32
	auditRecords = 1 << 12
)

type auditEvent struct {
	id      string
	node    string
	ms      int64
	serial  string
	records []auditRecord
}

type auditRecord struct {
	kind string
	text []byte // the fields
	line []byte
}

// limit implements limited.
func (a *auditReader) limit(bytes int) { a.max = bytes }

// ReadAll implements StreamReader.
func (a *auditReader) ReadAll(_ context.Context, in io.Reader, w *event.Builder, ended func() error, report func(line, offset int64, err error)) error {
	a.w = w
	r := newLineCutter(in, a.max)
	for r.next() {
		if r.long {
			report(r.line, r.at, fmt.Errorf("the line is longer than %s and was left out", byteCount(a.max)))
			continue
		}
		if line := bytes.TrimSpace(r.text); len(line) > 0 && string(line) != "----" {
			if err := a.record(line); err != nil {
				report(r.line, r.at, err)
			}
		}
		for len(a.open) > auditOpen {
			if err := a.close(0, ended); err != nil {
				return err
			}
		}
	}
	for len(a.open) > 0 {
		if err := a.close(0, ended); err != nil {
			return err
		}
	}
	if r.err != io.EOF {
		return &inputError{"unreadable", r.line, r.at, r.err}
	}
	return nil
}

// record adds a line to its event.
func (a *auditReader) record(line []byte) error {
	rest := line
	node := ""
	if v, ok := bytes.CutPrefix(rest, []byte("node=")); ok {
		n, after, _ := bytes.Cut(v, []byte{' '})
		node, rest = string(n), after
	}
	kind, rest, ok := bytes.Cut(rest, []byte{' '})
	kind, typed := bytes.CutPrefix(kind, []byte("type="))
	rest, stamped := bytes.CutPrefix(rest, []byte("msg=audit("))
	stamp, rest, closed := bytes.Cut(rest, []byte("):"))
	seconds, serial, split := bytes.Cut(stamp, []byte{':'})
	ms, timed := parseTime(string(seconds))
	if !ok || !typed || !stamped || !closed || !split || !timed {
		return fmt.Errorf("the line is no audit record")
	}
	id := node + " " + string(stamp)
	var e *auditEvent
	for _, o := range a.open {
		if o.id == id {
			e = o
		}
	}
	if e == nil {
		e = &auditEvent{id: id, node: node, ms: ms, serial: string(serial)}
		a.open = append(a.open, e)
	}
	if len(e.records) == auditRecords {
		return fmt.Errorf("the event has more than %d records: this one is left out", auditRecords)
	}
	line = bytes.Clone(line)
	e.records = append(e.records, auditRecord{kind: string(kind), text: line[len(line)-len(rest):], line: line})
	return nil
}

// close writes the event that has the given place among those that are open.
func (a *auditReader) close(i int, ended func() error) error {
	e := a.open[i]
	a.open = append(a.open[:i], a.open[i+1:]...)
	a.v.begin(a.w)
	a.v.time(e.ms)
	if e.node != "" {
		a.v.addText("node", e.node)
	}
	a.v.addText("serial", e.serial)
	paths, lines := 0, []byte{}
	for n, r := range e.records {
		if n == 0 {
			a.v.addText("type", r.kind)
		} else {
			lines = append(lines, '\n')
		}
		a.v.addText("types["+strconv.Itoa(n)+"]", r.kind)
		lines = append(lines, r.line...)
		switch r.kind {
		case "PATH":
			prefix := "path[" + strconv.Itoa(paths) + "]."
			paths++
			auditFields(r.text, func(k string, v []byte) { a.v.add(prefix+k, v) })
		case "EXECVE":
			var argv []string
			auditPairs(r.text, func(k string, v []byte, quoted bool) {
				if auditArgument(k) {
					v = auditDecode(v, quoted)
					argv = append(argv, string(v))
				}
				a.v.add("execve."+k, v)
			})
			a.v.addText("argv", strings.Join(argv, " "))
		case "PROCTITLE":
			auditFields(r.text, func(k string, v []byte) { a.v.add(k, bytes.ReplaceAll(v, []byte{0}, []byte{' '})) })
		case "SOCKADDR":
			auditFields(r.text, func(k string, v []byte) {
				a.v.add(k, v)
				if k == "saddr" {
					a.sockaddr(v)
				}
			})
		case "EOE":
		default:
			auditFields(r.text, a.v.add)
		}
	}
	a.v.end(lines)
	a.w.EndRow()
	return ended()
}

// sockaddr reads a socket address as the kernel has it in memory: the family in
// the byte order of the machine, the port in that of the network.
func (a *auditReader) sockaddr(text []byte) {
	b, err := hex.DecodeString(string(text))
	if err != nil || len(b) < 8 {
		return
	}
	family := int(b[0]) | int(b[1])<<8
	port := strconv.Itoa(int(b[2])<<8 | int(b[3]))
	switch {
	case family == 2:
		a.v.addText("address", netip.AddrFrom4([4]byte(b[4:8])).String())
		a.v.addText("port", port)
	case family == 10 && len(b) >= 24:
		a.v.addText("address", netip.AddrFrom16([16]byte(b[8:24])).String())
		a.v.addText("port", port)
	}
}

// auditEncoded are the fields that the kernel writes in hexadecimal when they hold
// a blank, a quote or anything else that could be mistaken.
func auditEncoded(name string) bool {
	switch name {
	case "acct", "cmd", "comm", "cwd", "data", "dir", "exe", "file", "key", "name", "new", "ocomm", "old", "path", "proctitle", "root_dir", "terminal", "watch", "vm":
		return true
	}
	return false
}

// auditArgument tells whether a field of EXECVE is an argument: a0, a1, and of a
// long one a2[0], a2[1]. In other records these names hold numbers.
func auditArgument(name string) bool {
	return len(name) > 1 && name[0] == 'a' && isDigit(name[1]) && !strings.HasSuffix(name, "_len")
}

// auditDecode gives the value of an encoded field, which stands in quotes when it
// is not encoded.
func auditDecode(value []byte, quoted bool) []byte {
	if quoted || len(value) < 2 || len(value)%2 != 0 {
		return value
	}
	if decoded, err := hex.DecodeString(string(value)); err == nil {
		return decoded
	}
	return value
}

// auditFields reads key=value pairs and decodes what is encoded.
func auditFields(text []byte, add func(name string, value []byte)) {
	auditPairs(text, func(name string, value []byte, quoted bool) {
		if auditEncoded(name) {
			value = auditDecode(value, quoted)
		}
		add(name, value)
	})
}

// auditPairs reads key=value pairs. A value may stand in quotes; one in single
// quotes holds pairs of its own, as the messages of programs do.
func auditPairs(text []byte, add func(name string, value []byte, quoted bool)) {
	for {
		// What auditd has worked out stands behind this mark, in capitals.
		text = bytes.TrimLeft(text, " \x1d,")
		eq := bytes.IndexByte(text, '=')
		if eq < 0 {
			return
		}
		name := string(text[bytes.LastIndexByte(text[:eq], ' ')+1 : eq])
		text = text[eq+1:]
		if len(text) > 0 && (text[0] == '"' || text[0] == '\'') {
			if end := bytes.IndexByte(text[1:], text[0]); end >= 0 {
				value := text[1 : end+1]
				if text[0] == '\'' && bytes.IndexByte(value, '=') > 0 {
					auditPairs(value, add)
				} else {
					add(name, value, true)
				}
				text = text[end+2:]
				continue
			}
		}
		end := bytes.IndexAny(text, " \x1d")
		if end < 0 {
			end = len(text)
		}
		value := text[:end]
		text = text[end:]
		if s := string(value); s == "(null)" || s == "?" || s == "{" {
			continue
		}
		add(name, value, false)
	}
}
