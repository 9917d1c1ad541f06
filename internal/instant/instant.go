// Package instant reads points in time as telemetry writes them.
package instant

import (
	"strconv"
	"strings"
	"time"
)

// Parse reads a point in time as telemetry writes it: epoch seconds (with or
// without a fraction), milliseconds, microseconds or nanoseconds, told apart by
// their size, or ISO 8601 with or without a zone (UTC when there is none).
func Parse(s string) (ms int64, ok bool) {
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
			// Of a zone that is only an abbreviation the distance from UTC is not known.
			if name, _ := t.Zone(); strings.HasSuffix(layout, "MST") && name != "UTC" && name != "GMT" {
				return 0, false
			}
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

const (
	fileTimeEpoch = 11_644_473_600_000 // milliseconds from 1601 to 1970
	fileTime1968  = 116e15
	fileTime2108  = 160e15
)

// parseEpoch tells the unit by the number of digits before the point: up to 10
// (or 11, until the year 5138) seconds, up to 14 milliseconds, up to 17
// microseconds, and nanoseconds - but what would be nanoseconds of 1973 to 1975 is
// taken as a Windows FILETIME, tenths of microseconds since 1601.
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
	case whole >= fileTime1968 && whole < fileTime2108:
		return whole/1e4 - fileTimeEpoch, true
	default:
		return whole / 1e6, true
	}
}

// Milliseconds reads what has been told to be milliseconds already.
func Milliseconds(s string) (int64, bool) {
	ms, err := strconv.ParseInt(s, 10, 64)
	return ms, err == nil
}
