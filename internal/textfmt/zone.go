// Package textfmt writes and reads values as text: the printf-like formats of format(), the strftime-like layouts of
// formatTime(), the date patterns of parseTimestamp(), and the compact durations of formatDuration(). Each is compiled
// once and then used by any number of goroutines.
package textfmt

import (
	"fmt"
	"strings"
	"sync"
	"time"
	_ "time/tzdata" // results must not depend on what the machine has installed
)

// abbreviations are the zone abbreviations that are understood where the time zone database has none of the name. One
// of a region with summer time stands for the region when it names the standard time, as PST usually does, and for
// the offset when it names the summer time.
var abbreviations = map[string]string{
	"UT": "UTC", "AST": "America/Halifax", "ADT": "-03:00", "CST": "America/Chicago", "CDT": "-05:00", "EDT": "-04:00",
	"MDT": "-06:00", "PST": "America/Los_Angeles", "PDT": "-07:00", "AKST": "America/Anchorage", "AKDT": "-08:00",
	"BST": "+01:00", "WEST": "+01:00", "CEST": "+02:00", "EEST": "+03:00", "MSK": "Europe/Moscow", "IST": "Asia/Kolkata",
	"JST": "Asia/Tokyo", "KST": "Asia/Seoul", "HKT": "Asia/Hong_Kong", "SGT": "Asia/Singapore", "AWST": "Australia/Perth",
	"ACST": "Australia/Adelaide", "ACDT": "+10:30", "AEST": "Australia/Sydney", "AEDT": "+11:00", "NZST": "Pacific/Auckland",
	"NZDT": "+13:00", "SAST": "Africa/Johannesburg", "BRT": "-03:00", "ART": "-03:00",
}

// ParseZone finds a time zone by its name in the time zone database ("Europe/Copenhagen"), its abbreviation ("PST"),
// or its offset ("Z", "+02:00", "+0200", "+2", "UTC+2", "GMT-03:30"). An offset is named "+02:00", and "Z" when zero.
func ParseZone(name string) (*time.Location, error) {
	switch {
	case name == "Z" || name == "z":
		return zulu, nil
	case name == "" || name == "Local":
		return nil, fmt.Errorf("%q is not a time zone", name)
	}
	offset := name
	for _, p := range []string{"UTC", "GMT", "UT"} {
		if rest, ok := strings.CutPrefix(name, p); ok && rest != "" && (rest[0] == '+' || rest[0] == '-') {
			offset = rest
			break
		}
	}
	if s, n, ok := cutOffset(offset); ok && n == len(offset) {
		return offsetZone(s), nil
	}
	if loc := zones.load(name); loc != nil {
		return loc, nil
	}
	return nil, fmt.Errorf("%q is not a time zone: give a name such as Europe/Copenhagen, an abbreviation or an offset such as +02:00", name)
}

var zulu = time.FixedZone("Z", 0)

// offsetZone is the zone so many seconds east of UTC.
func offsetZone(s int) *time.Location {
	if s == 0 {
		return zulu
	}
	sign, abs := '+', s
	if s < 0 {
		sign, abs = '-', -s
	}
	name := fmt.Sprintf("%c%02d:%02d", sign, abs/3600, abs/60%60)
	if abs%60 != 0 {
		name += fmt.Sprintf(":%02d", abs%60)
	}
	return time.FixedZone(name, s)
}

// cutOffset reads an offset at the start of s: a sign, one or two digits of hours, and minutes and seconds of two
// digits each, with or without colons. It gives seconds and how many bytes it read.
func cutOffset(s string) (seconds, n int, ok bool) {
	if len(s) < 2 || s[0] != '+' && s[0] != '-' || !isDigit(s[1]) {
		return 0, 0, false
	}
	hours, i := int(s[1]-'0'), 2
	if i < len(s) && isDigit(s[i]) {
		hours = hours*10 + int(s[i]-'0')
		i++
	}
	seconds = hours * 3600
	bare := i == 3 // one digit of hours needs a colon behind it
	for unit := 60; unit > 0; unit /= 60 {
		at := i
		if at < len(s) && s[at] == ':' {
			at++
		} else if !bare {
			break
		}
		if at+2 > len(s) || s[at] < '0' || s[at] > '5' || !isDigit(s[at+1]) {
			break
		}
		seconds += (int(s[at]-'0')*10 + int(s[at+1]-'0')) * unit
		i = at + 2
	}
	if seconds > maxOffset {
		return 0, 0, false
	}
	if s[0] == '-' {
		seconds = -seconds
	}
	return seconds, i, true
}

// maxOffset bounds offsets, in seconds.
const maxOffset = 18 * 3600

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// zones keeps the zones that were looked for, since a text to be parsed may name one in every event. Names that are no
// zone are kept too; their number is bounded.
var zones = zoneCache{known: map[string]*time.Location{}}

type zoneCache struct {
	mu    sync.RWMutex
	known map[string]*time.Location // nil: no such zone
}

const maxZones = 4096

func (z *zoneCache) load(name string) *time.Location {
	z.mu.RLock()
	loc, ok := z.known[name]
	z.mu.RUnlock()
	if ok {
		return loc
	}
	loc, err := time.LoadLocation(name)
	if err != nil {
		loc = nil
		if other := abbreviations[strings.ToUpper(name)]; other != "" {
			if loc, err = ParseZone(other); err != nil {
				loc = nil
			}
		}
	}
	z.mu.Lock()
	if len(z.known) >= maxZones {
		clear(z.known)
	}
	z.known[strings.Clone(name)] = loc
	z.mu.Unlock()
	return loc
}

// localTime is the time at which clocks in loc show a date and a time. Where they show it twice it is the first time,
// and where they skip it the time is as much later as they are put forward. time.Date leaves both cases open.
func localTime(y, m, d, hour, minute, second, nano int, loc *time.Location) time.Time {
	shown := time.Date(y, time.Month(m), d, hour, minute, second, nano, time.UTC)
	offset := func(t time.Time) time.Duration {
		_, s := t.In(loc).Zone()
		return time.Duration(s) * time.Second
	}
	before := offset(shown.Add(-24 * time.Hour))
	t := shown.Add(-before)
	if offset(t) != before {
		after := offset(shown.Add(24 * time.Hour))
		if u := shown.Add(-after); offset(u) == after {
			t = u
		}
	}
	return t.In(loc)
}
