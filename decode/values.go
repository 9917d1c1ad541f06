package decode

import (
	"harrier/event"
)

// values adds the fields of one event to the open row: those that are wanted, and
// the time that is found in them. Formats that know the names of their fields only
// from the text use it.
type values struct {
	want   wanted
	times  []string // names of the fields that may hold the time, best first
	known  map[string]valueUse
	w      *event.Builder
	clock  clock
	hasRaw bool
}

type valueUse struct {
	keep bool
	time int // place in times, -1
}

func newValues(req *event.Request, times []string) *values {
	return &values{want: want(req), times: times, known: map[string]valueUse{}}
}

// begin starts an event.
func (v *values) begin(w *event.Builder) { v.w, v.clock, v.hasRaw = w, newClock(v.times), false }

func (v *values) use(name string) valueUse {
	u, ok := v.known[name]
	if ok {
		return u
	}
	// A text must not reach the engine's own fields; @timestamp is written in
	// milliseconds when all is read.
	u = valueUse{keep: name != "" && !event.Hidden(name) && name != "@timestamp" && v.want.field(name), time: placeOf(v.times, name)}
	if !v.want.field("@timestamp") {
		u.time = -1
	}
	if len(v.known) >= maxNodes {
		clear(v.known)
	}
	v.known[name] = u
	return u
}

// add gives the event a field.
func (v *values) add(name string, value []byte) {
	u := v.use(name)
	if u.keep {
		v.w.AddBytes(name, value)
		v.hasRaw = v.hasRaw || name == "@rawstring"
	}
	if u.time >= 0 {
		v.clock.see(u.time, name, value, v.w)
	}
}

// addText is add for a text that was made.
func (v *values) addText(name, value string) { v.add(name, []byte(value)) }

// time gives the event a time that was read from its text.
func (v *values) time(ms int64) { v.clock.best, v.clock.ms = 0, ms }

// wantsTime tells whether the time is worth reading.
func (v *values) wantsTime() bool { return v.want.field("@timestamp") }

// end adds what is known when all fields are.
func (v *values) end(text []byte) {
	if v.clock.found() && v.wantsTime() {
		addTime(v.w, v.clock.ms)
	}
	if !v.hasRaw {
		v.want.addRaw(v.w, text)
	}
}
