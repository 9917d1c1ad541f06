package decode

import (
	"bytes"
	"context"
	"encoding/xml"
	"fmt"
	"io"
	"strconv"
	"strings"

	"harrier/event"
	"harrier/internal/evtx"
)

var winxmlFormat = &Format{
	Name: "winxml",
	Summary: "Windows events as XML, as wevtutil and the Event Viewer export them: Channel, EventID, Provider, Computer ..., and the data under their " +
		"own names.",
	Sniff: func(name string, head []byte) int {
		text := bytes.TrimSpace(head)
		if len(text) == 0 || text[0] != '<' {
			return 0
		}
		if bytes.Contains(text, []byte("schemas.microsoft.com/win/2004/08/events")) {
			return 90
		}
		if i := nextEvent(text, 0); i >= 0 && bytes.Contains(text[i:], []byte("<System>")) {
			return 80
		}
		return 0
	},
	NewStream: func(req *event.Request, _ string) StreamReader {
		return &winxmlReader{v: newValues(req, winxmlTimes), max: 16 << 20}
	},
}

var winxmlTimes = []string{"TimeCreated"}

// winxmlReader finds the events in the text, wherever they stand in it, and reads
// each by itself: a broken one costs no other.
type winxmlReader struct {
	v   *values
	max int
}

// limit implements limited.
func (x *winxmlReader) limit(bytes int) { x.max = bytes }

var (
	eventOpen  = []byte("<Event")
	eventClose = []byte("</Event>")
)

// nextEvent finds the next "<Event>" or "<Event ...>".
func nextEvent(text []byte, from int) int {
	for from < len(text) {
		i := bytes.Index(text[from:], eventOpen)
		if i < 0 || from+i+len(eventOpen) >= len(text) {
			return -1
		}
		if c := text[from+i+len(eventOpen)]; c == '>' || c == ' ' || c == '\n' || c == '\r' || c == '\t' {
			return from + i
		}
		from += i + len(eventOpen)
	}
	return -1
}

// ReadAll implements StreamReader.
func (x *winxmlReader) ReadAll(_ context.Context, in io.Reader, w *event.Builder, ended func() error, report func(line, offset int64, err error)) error {
	var buf []byte
	here := spot{1, 0} // of buf
	skip := func(n int) {
		here.line += int64(bytes.Count(buf[:n], []byte{'\n'}))
		here.at += int64(n)
		buf = buf[n:]
	}
	chunk := make([]byte, 256<<10)
	var failed error
	for {
		for {
			start := nextEvent(buf, 0)
			if start < 0 {
				// All but what may be the beginning of an event.
				skip(max(0, len(buf)-len(eventOpen)))
				break
			}
			skip(start)
			end := bytes.Index(buf, eventClose)
			next := nextEvent(buf, 1)
			if next >= 0 && (end < 0 || next < end) {
				report(here.line, here.at, fmt.Errorf("the event is not closed where the next one begins"))
				skip(next)
				continue
			}
			if end < 0 {
				if len(buf) > x.max {
					report(here.line, here.at, fmt.Errorf("the event is longer than %s and was left out", byteCount(x.max)))
					skip(len(eventOpen))
					continue
				}
				break
			}
			end += len(eventClose)
			if end > x.max {
				report(here.line, here.at, fmt.Errorf("the event is longer than %s and was left out", byteCount(x.max)))
			} else if err := x.event(buf[:end], w); err != nil {
				w.Abandon()
				report(here.line, here.at, fmt.Errorf("the event is not valid XML: %w", err))
			} else {
				w.EndRow()
				if err := ended(); err != nil {
					return err
				}
			}
			skip(end)
		}
		if failed != nil {
			break
		}
		n, err := in.Read(chunk)
		buf, failed = append(buf, chunk[:n]...), err
	}
	if nextEvent(buf, 0) >= 0 {
		report(here.line, here.at, fmt.Errorf("the text ends inside an event"))
	}
	if failed != io.EOF {
		return &inputError{"unreadable", here.line, here.at, failed}
	}
	return nil
}

// event reads one event. Elements of System are called by their names, except
// that attributes which have a name of their own keep it; data are called by their
// names, those without one Data[n].
func (x *winxmlReader) event(text []byte, w *event.Builder) error {
	x.v.begin(w)
	d := xml.NewDecoder(bytes.NewReader(text))
	d.Strict = false
	var path []string
	var value strings.Builder
	name, unnamed := "", 0
	for {
		t, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
		switch t := t.(type) {
		case xml.StartElement:
			if len(path) > 64 {
				return fmt.Errorf("it is nested too deeply")
			}
			path = append(path, t.Name.Local)
			value.Reset()
			name = t.Name.Local
			if len(path) == 3 && path[1] == "System" {
				x.system(t)
			}
			if path[len(path)-1] == "Data" {
				if name = attribute(t, "Name"); name == "" {
					name = "Data[" + strconv.Itoa(unnamed) + "]"
					unnamed++
				}
			}
		case xml.CharData:
			value.Write(t)
		case xml.EndElement:
			if n := len(path); n > 0 {
				// Only elements without others inside have a value.
				if name != "" && (n == 3 && path[1] == "System" && value.Len() > 0 || n >= 3 && path[1] != "System") && path[1] != "RenderingInfo" {
					if path[1] != "System" {
						name = evtx.FieldName(strings.Join(path[1:n-1], ".") + "." + name)
					}
					x.v.addText(name, strings.TrimSpace(value.String()))
				} else if n == 3 && path[1] == "RenderingInfo" && path[2] == "Message" {
					x.v.addText("Message", strings.TrimSpace(value.String()))
				}
				path, name = path[:n-1], ""
				value.Reset()
			}
		}
	}
	x.v.end(text)
	return nil
}

// system reads the attributes of an element of System.
func (x *winxmlReader) system(t xml.StartElement) {
	for _, a := range t.Attr {
		switch name := t.Name.Local + " " + a.Name.Local; name {
		case "Provider Name":
			x.v.addText("Provider", a.Value)
		case "Provider Guid":
			x.v.addText("ProviderGuid", a.Value)
		case "Provider EventSourceName":
			x.v.addText("EventSourceName", a.Value)
		case "EventID Qualifiers":
			x.v.addText("Qualifiers", a.Value)
		case "TimeCreated SystemTime":
			x.v.addText("TimeCreated", a.Value)
		case "Correlation ActivityID", "Correlation RelatedActivityID":
			x.v.addText(a.Name.Local, a.Value)
		case "Execution ProcessID", "Execution ThreadID":
			x.v.addText("Execution"+a.Name.Local, a.Value)
		case "Security UserID":
			x.v.addText("UserID", a.Value)
		}
	}
}

func attribute(t xml.StartElement, name string) string {
	for _, a := range t.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}
