package decode

import (
	"context"
	"io"
	"math"
	"strings"

	"harrier/event"
	"harrier/internal/evtx"
)

var evtxFormat = &Format{
	Name: "evtx",
	Summary: "Event logs of Windows (.evtx): a field for each value of System and EventData under its own name, " +
		"UserData with dots, TimeCreated as @timestamp.",
	Sniff: func(_ string, head []byte) int {
		if evtx.IsFile(head) {
			return 100
		}
		return 0
	},
	NewStream: func(req *event.Request, _ string) StreamReader { return newEVTX(req) },
	NewRange:  func(req *event.Request, _ string) RangeReader { return newEVTX(req) },

	Unreadable: "the event could not be read to its end",
}

// evtxReader makes rows of the records of an event log.
type evtxReader struct {
	want    wanted
	blind   bool                // nothing of an event is asked for but that it is there
	aliases map[string][]string // plain name -> what the query calls it
	w       *event.Builder
	life    int // of the builder for which slots are

	fields []evtxField
	places map[string]int // path -> place in fields, -1 when it is not wanted
	text   []byte         // of the value at hand
	ms     int64          // the time of the event, when timed
	timed  bool
}

// evtxField is a wanted field of the log and the names that it has in the query.
type evtxField struct {
	names []string
	slots []int
	time  bool // it is the time of the event
}

func newEVTX(req *event.Request) *evtxReader {
	r := &evtxReader{want: want(req), aliases: map[string][]string{}, places: map[string]int{}}
	r.blind = !r.want.all && !r.want.raw && len(r.want.names) == 0
	for _, n := range req.Fields.Names {
		if plain := evtxPlainName(n); plain != n && !r.want.names[plain] {
			r.aliases[plain] = append(r.aliases[plain], n)
		}
	}
	return r
}

// ReadAll implements StreamReader.
func (r *evtxReader) ReadAll(ctx context.Context, in io.Reader, w *event.Builder, ended func() error, report func(line, offset int64, err error)) error {
	return r.read(in, 0, math.MaxInt64, w, ended, report)
}

// ReadRange implements RangeReader.
func (r *evtxReader) ReadRange(ctx context.Context, in io.ReaderAt, start, end int64, w *event.Builder, ended func() error, report func(line, offset int64, err error)) error {
	from := max(start-evtx.LookBack, 0)
	return r.read(io.NewSectionReader(in, from, end+evtx.LookAhead-from), start, end, w, ended, report)
}

func (r *evtxReader) read(in io.Reader, start, end int64, w *event.Builder, ended func() error, report func(line, offset int64, err error)) error {
	problem := func(p evtx.Problem) { report(0, p.Offset, coded{p.Code, p.Err}) }
	r.w, r.life = w, w.Life()
	chunks := evtx.NewScanner(in, start, end, problem)
	records := evtx.NewReader(r, problem)
	for {
		chunk, offset, ok := chunks.Next()
		if !ok {
			break
		}
		if len(r.places) > maxFields {
			r.fields, r.places = nil, map[string]int{}
		}
		records.Chunk(chunk, offset)
		for {
			rec, ok := records.Next()
			if !ok {
				break
			}
			if !r.blind {
				r.row(records, rec, problem)
			}
			w.EndRow()
			if err := ended(); err != nil {
				return err
			}
		}
	}
	if err := chunks.Err(); err != nil {
		return &inputError{"unreadable", 0, -1, err}
	}
	return nil
}

// row gives the open row the fields of a record.
func (r *evtxReader) row(records *evtx.Reader, rec evtx.Record, problem func(evtx.Problem)) {
	if r.life != r.w.Life() {
		r.life = r.w.Life()
		for i := range r.fields {
			r.fields[i].slots = r.slots(r.fields[i].names)
		}
	}
	r.timed = false
	if err := records.Fields(rec); err != nil {
		// What could be read stays, marked as LogScale marks events that its parsers
		// could not read.
		problem(evtx.Problem{Code: evtx.BadRecord, Offset: rec.Offset, Err: err})
		if r.want.field("@error") {
			r.w.AddText("@error", "true")
		}
		if r.want.field("@error_msg") {
			r.w.AddText("@error_msg", evtxFormat.Unreadable)
		}
	}
	if r.want.field("@timestamp") {
		if !r.timed {
			r.ms = rec.Written()
		}
		addTime(r.w, r.ms)
	}
	if r.want.names["@rawstring"] {
		r.text = records.AppendXML(r.text[:0], rec)
		r.w.AddBytes("@rawstring", r.text)
	}
}

// Field implements evtx.Sink.
func (r *evtxReader) Field(path string) int {
	i, ok := r.places[path]
	if !ok {
		i = -1
		name := evtx.FieldName(path)
		f := evtxField{names: r.aliases[name], time: path == evtx.TimePath && r.want.field("@timestamp")}
		if r.want.field(name) {
			f.names = append([]string{name}, f.names...)
		}
		if f.time || len(f.names) > 0 {
			f.slots = r.slots(f.names)
			i = len(r.fields)
			r.fields = append(r.fields, f)
		}
		r.places[path] = i
	}
	return i
}

func (r *evtxReader) slots(names []string) []int {
	out := make([]int, len(names))
	for i, n := range names {
		out[i] = r.w.Slot(n)
	}
	return out
}

// Value implements evtx.Sink.
func (r *evtxReader) Value(field int, v evtx.Value) {
	f := &r.fields[field]
	if f.time {
		r.ms, r.timed = v.Time()
	}
	if len(f.slots) == 0 {
		return
	}
	r.text = v.AppendText(r.text[:0])
	for _, s := range f.slots {
		r.w.AddBytesAt(s, r.text)
	}
}

// evtxPlainName is the name that a field has here for one under which it is known
// elsewhere: with its path in the XML, with LogScale's prefix windows, and with the
// names of Winlogbeat and of Sigma's rules.
func evtxPlainName(name string) string {
	path := strings.TrimPrefix(name, "#")
	for _, p := range []string{"windows.", "winlog.", "Event."} {
		path = strings.TrimPrefix(path, p)
	}
	if plain, ok := evtxOtherNames[path]; ok {
		return plain
	}
	if rest, ok := strings.CutPrefix(path, "event_data."); ok {
		if i, ok := strings.CutPrefix(rest, "param"); ok && len(i) == 1 && '1' <= i[0] && i[0] <= '9' {
			rest = "Data[" + string(i[0]-1) + "]"
		}
		path = "EventData." + rest
	}
	if rest, ok := strings.CutPrefix(path, "user_data."); ok {
		path = "UserData.*." + rest
	}
	switch {
	case strings.HasPrefix(path, "System."), strings.HasPrefix(path, "EventData."), strings.HasPrefix(path, "UserData."):
		return evtx.FieldName(path)
	case path != name && evtx.IsSystemField(path):
		return path
	}
	return name
}

var evtxOtherNames = map[string]string{
	"Provider_Name":       "Provider",
	"ProviderName":        "Provider",
	"Provider.Name":       "Provider",
	"Provider.Guid":       "ProviderGuid",
	"ProcessID":           "ExecutionProcessID",
	"ThreadID":            "ExecutionThreadID",
	"provider_name":       "Provider",
	"provider_guid":       "ProviderGuid",
	"event_id":            "EventID",
	"version":             "Version",
	"record_id":           "EventRecordID",
	"channel":             "Channel",
	"computer_name":       "Computer",
	"task":                "Task",
	"opcode":              "Opcode",
	"keywords":            "Keywords",
	"activity_id":         "ActivityID",
	"related_activity_id": "RelatedActivityID",
	"process.pid":         "ExecutionProcessID",
	"process.thread.id":   "ExecutionThreadID",
	"user.identifier":     "UserID",
}
