package reltime

import (
	"strings"
	"testing"
	"time"
	_ "time/tzdata"
)

func TestParseDuration(t *testing.T) {
	const h = time.Hour
	for _, c := range []struct {
		in   string
		want time.Duration
	}{
		{"5m", 5 * time.Minute}, {"1 hour", h}, {"24h", 24 * h}, {"250ms", 250 * time.Millisecond},
		{"3 weeks", 21 * 24 * h}, {"2mon", 60 * 24 * h}, {"1q", 90 * 24 * h}, {"1yr", 365 * 24 * h},
		{"90sec", 90 * time.Second}, {"300000", 5 * time.Minute}, {" 1d ", 24 * h}, {"0s", 0}, {"292y", 292 * 365 * 24 * h},
	} {
		if got, err := ParseDuration(c.in); err != nil || got != c.want {
			t.Errorf("%q: %v, %v; want %v", c.in, got, err, c.want)
		}
	}
	for in, word := range map[string]string{
		"": "missing", "m": "whole number", "5M": "no unit", "-5m": "whole number", "1.5h": ".5h", "1d 2h": "2h",
		"5  m": "follows", "5m@m": "@m", "99999999999999999999": "too large", "300y": "292", "5 lightyears": "lightyears",
		"calendar: 2mon": "whole number",
	} {
		if got, err := ParseDuration(in); err == nil || !strings.Contains(err.Error(), word) {
			t.Errorf("%q: %v, %v; want an error with %q", in, got, err, word)
		}
	}
}

func zone(t testing.TB, name string) *time.Location {
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

func TestParsePoint(t *testing.T) {
	now := time.Date(2024, 5, 31, 14, 45, 30, 5e8, time.UTC) // a Friday
	for _, c := range []struct{ in, zone, want string }{
		{"now", "UTC", "2024-05-31T14:45:30.5Z"},
		{"24h", "UTC", "2024-05-30T14:45:30.5Z"},
		{"1 day", "UTC", "2024-05-30T14:45:30.5Z"},
		{"1746054000000", "UTC", "2025-04-30T23:00:00Z"},
		{"0", "UTC", "1970-01-01T00:00:00Z"},
		{"-1000", "UTC", "1969-12-31T23:59:59Z"},
		{"1d@d+12h", "UTC", "2024-05-30T12:00:00Z"},
		{"now@s", "UTC", "2024-05-31T14:45:30Z"},
		{"now@m", "UTC", "2024-05-31T14:45:00Z"},
		{"6h@h+30min", "UTC", "2024-05-31T08:30:00Z"},
		{"now@h", "Asia/Kolkata", "2024-05-31T20:00:00+05:30"},
		{"now@d", "Asia/Kolkata", "2024-05-31T00:00:00+05:30"},
		{"now@w", "UTC", "2024-05-27T00:00:00Z"},
		{"now@w-7d+1h", "UTC", "2024-05-20T01:00:00Z"},
		{"now@mon", "UTC", "2024-05-01T00:00:00Z"},
		{"now@quarter", "UTC", "2024-04-01T00:00:00Z"},
		{"now@y", "UTC", "2024-01-01T00:00:00Z"},
		{"1y@y", "UTC", "2023-01-01T00:00:00Z"},
		{"1mon", "UTC", "2024-05-01T14:45:30.5Z"},
		{"calendar: 1month", "UTC", "2024-04-30T14:45:30.5Z"},
		{"calendar:2months", "UTC", "2024-03-31T14:45:30.5Z"},
		{"calendar: 3months", "UTC", "2024-02-29T14:45:30.5Z"},
		{"calendar: 1q", "UTC", "2024-02-29T14:45:30.5Z"},
		{"calendar: 5months", "UTC", "2023-12-31T14:45:30.5Z"},
		{"Calendar: 1y@y+1mon", "UTC", "2023-02-01T00:00:00Z"},
		{"calendar: 90d", "Europe/Berlin", "2024-03-02T16:45:30.5+01:00"},
		{"90d", "Europe/Berlin", "2024-03-02T15:45:30.5+01:00"},
		{"now@y+0d", "Europe/Berlin", "2024-01-01T00:00:00+01:00"},
		{"2024-01-02", "UTC", "2024-01-02T00:00:00Z"},
		{"2024-01-02", "America/New_York", "2024-01-02T00:00:00-05:00"},
		{"2024-01-02T03:04:05Z", "UTC", "2024-01-02T03:04:05Z"},
		{"2024-01-02 03:04", "UTC", "2024-01-02T03:04:00Z"},
		{"2024-01-02T03:04:05.25+01:00", "UTC", "2024-01-02T03:04:05.25+01:00"},
		{"2024-01-02t03:04:05z", "UTC", "2024-01-02T03:04:05Z"},
		{"2024-01-02T03:04:05+0530", "UTC", "2024-01-02T03:04:05+05:30"},
	} {
		want, err := time.Parse(time.RFC3339Nano, c.want)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := ParsePoint(c.in, now, zone(t, c.zone)); err != nil || !got.Equal(want) {
			t.Errorf("%q in %s: %v, %v; want %v", c.in, c.zone, got, err, want)
		}
	}
	for in, word := range map[string]string{
		"": "missing", "yesterday": "point in time", "5": "", "1d@": "behind @", "1d@x": "no unit", "1d@d12h": "offset",
		"1d@d+": "missing", "1d@d+5": "unit of the offset", "1d+5h": "@", "2024-13-01": "date", "2024-01-02T": "date",
		"99999999999999999": "years", "calendar: 5": "unit of 5", "calendar: 99999999y": "calendar", "calendar: 9000y": "years",
		"calendar: 2024-01-02": "", "now@d+300y": "292", "99999999999999999999": "too large",
	} {
		if in == "5" {
			continue // a very small time, and no error
		}
		if got, err := ParsePoint(in, now, nil); err == nil || !strings.Contains(err.Error(), word) {
			t.Errorf("%q: %v, %v; want an error with %q", in, got, err, word)
		}
	}
}

// TestDayStart looks at the days whose midnight is not there, or there twice.
func TestDayStart(t *testing.T) {
	for _, c := range []struct{ zone, noon, want string }{
		{"America/Sao_Paulo", "2018-11-04T12:00:00-02:00", "2018-11-04T01:00:00-02:00"}, // forward at midnight
		{"America/Havana", "2023-11-05T12:00:00-05:00", "2023-11-05T00:00:00-04:00"},    // back at one
		{"Europe/Berlin", "2024-03-31T12:00:00+02:00", "2024-03-31T00:00:00+01:00"},
		{"Asia/Beirut", "2024-03-31T12:00:00+03:00", "2024-03-31T01:00:00+03:00"},
	} {
		noon, _ := time.Parse(time.RFC3339, c.noon)
		got, err := ParsePoint("now@d", noon, zone(t, c.zone))
		if s := got.Format(time.RFC3339); err != nil || s != c.want {
			t.Errorf("%s: %s, %v; want %s", c.zone, s, err, c.want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"5m", "1 hour", "1d@d+12h", "calendar: 2months", "now@w", "2024-01-02T03:04:05Z", "1746054000000"} {
		f.Add(s)
	}
	now := time.Date(2024, 5, 31, 14, 45, 30, 0, time.UTC)
	berlin := zone(f, "Europe/Berlin")
	f.Fuzz(func(t *testing.T, s string) {
		if d, err := ParseDuration(s); err == nil && d < 0 {
			t.Fatalf("%q: %v", s, d)
		}
		p, err := ParsePoint(s, now, berlin)
		if err == nil && (p.Year() < 0 || p.Year() > 9999) {
			t.Fatalf("%q: %v", s, p)
		}
	})
}
