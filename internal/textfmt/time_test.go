package textfmt

import (
	"strings"
	"testing"
	"time"
)

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	if name == "" {
		return nil
	}
	loc, err := ParseZone(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

func TestTimeFormat(t *testing.T) {
	const ms = 1707347045006 // 2024-02-07 23:04:05.006 UTC
	for _, c := range []struct {
		layout string
		ms     int64
		zone   string
		locale string
		want   string
	}{
		{"%Y %y %C %m %d %e %j", ms, "PST", "en", "2024 24 20 02 07 7 038"},
		{"%B %b %h %A %a", ms, "PST", "en", "February Feb Feb Wednesday Wed"},
		{"%H %I %k %l %M %S %L %N %p", ms, "PST", "en", "15 03 15 3 04 05 006 006000000 pm"},
		{"%z %Z %s %Q", ms, "PST", "en", "-0800 PST 1707347045 1707347045006"},
		{"%R|%T|%r|%D|%F", ms, "UTC", "en", "23:04|23:04:05|11:04:05 PM|02/07/24|2024-02-07"},
		{"%c", ms, "America/Los_Angeles", "en", "Wed Feb 07 15:04:05 PST 2024"},
		{"%F %T %z %Z", 1719792000000, "Europe/Copenhagen", "en", "2024-07-01 02:00:00 +0200 CEST"},
		{"%I %l %k %p", 0, "UTC", "en", "12 12 0 am"},
		{"%z %Z|%H", 0, "+05:30", "en", "+0530 +05:30|05"},
		{"%z %Z", 0, "Z", "en", "+0000 Z"},
		{"%A %d. %B %Y, %a %b", ms, "UTC", "de_AT", "Mittwoch 07. Februar 2024, Mi. Feb."},
		{"%A %d %B", ms, "UTC", "fr", "mercredi 07 février"},
		{"%A", ms, "UTC", "US", "Wednesday"},
		{"%A", ms, "UTC", "xx_YY", "Wednesday"},
		{"%A", ms, "UTC", "de_AUT", "Mittwoch"}, // not the two letters of ISO 3166, but clear
		{"100%% «%Y» done", ms, "UTC", "en", "100% «2024» done"},
		{"%Y-%F", -62198755200000, "UTC", "en", "0002-0002-01-01"}, // 2 BC
		{"%Y", 8640000000000000, "UTC", "en", "275760"},
		{"", ms, "UTC", "en", ""},
	} {
		f, err := CompileTime(c.layout)
		if err != nil {
			t.Errorf("%q: %v", c.layout, err)
			continue
		}
		l, err := ParseLocale(c.locale)
		if err != nil {
			t.Error(err)
			continue
		}
		if got := string(f.Append(nil, time.UnixMilli(c.ms).In(zone(t, c.zone)), l)); got != c.want {
			t.Errorf("%q: %q; want %q", c.layout, got, c.want)
		}
	}
	for layout, word := range map[string]string{"%": "ends", "%q": "%q", "%é": "é", "%-d": "%-"} {
		if _, err := CompileTime(layout); err == nil || !strings.Contains(err.Error(), word) {
			t.Errorf("%q: %v; want an error with %q", layout, err, word)
		}
	}
}

func TestLocales(t *testing.T) {
	for name, l := range locales {
		for _, list := range [][]string{l.Months[:], l.ShortMonths[:], l.Days[:], l.ShortDays[:], {l.AM, l.PM}} {
			for i, s := range list {
				if s == "" {
					t.Errorf("%s: name %d of %q is missing", name, i, list)
				}
			}
		}
	}
	for _, name := range []string{"", "e", "en_", "english", "en GB", "en_G!", "en_Oman", "12"} {
		if _, err := ParseLocale(name); err == nil {
			t.Errorf("%q is taken for a locale", name)
		}
	}
}

func TestZones(t *testing.T) {
	at := time.Date(2024, 1, 15, 12, 0, 0, 0, time.UTC)
	for _, c := range []struct{ in, name, clock string }{
		{"UTC", "UTC", "12:00"}, {"Z", "Z", "12:00"}, {"+00:00", "Z", "12:00"}, {"Europe/Copenhagen", "Europe/Copenhagen", "13:00"},
		{"PST", "America/Los_Angeles", "04:00"}, {"PDT", "-07:00", "05:00"}, {"EST", "EST", "07:00"}, {"CEST", "+02:00", "14:00"},
		{"+02:00", "+02:00", "14:00"}, {"+0230", "+02:30", "14:30"}, {"-5", "-05:00", "07:00"}, {"+5:30", "+05:30", "17:30"},
		{"UTC+2", "+02:00", "14:00"}, {"GMT-03:30", "-03:30", "08:30"}, {"+01:02:03", "+01:02:03", "13:02"}, {"Etc/GMT+5", "Etc/GMT+5", "07:00"},
		{"GMT", "GMT", "12:00"},
	} {
		loc := zone(t, c.in)
		if got := at.In(loc).Format("15:04"); got != c.clock || loc.String() != c.name {
			t.Errorf("%s: %s in %s; want %s in %s", c.in, got, loc, c.clock, c.name)
		}
	}
	for _, name := range []string{"", "Local", "Nowhere/City", "+", "+25:00", "+2:5", "++2", "../etc/passwd", "2", "UTC+", "+02:60"} {
		if loc, err := ParseZone(name); err == nil {
			t.Errorf("%q is taken for the zone %s", name, loc)
		}
	}
}

func TestDuration(t *testing.T) {
	for _, c := range []struct {
		n    int64
		unit string
		prec int
		want string
	}{
		{23452553, "ms", 0, "6h30m52s553ms"}, {23452553, "ms", 3, "6h30m52s"}, {23452553, "ms", 1, "6h"}, {23452553, "ms", 99, "6h30m52s553ms"},
		{0, "ms", 0, "0ms"}, {0, "d", 2, "0d"}, {3605, "s", 0, "1h5s"}, {3605, "s", 2, "1h"}, {49, "h", 0, "2d1h"}, {400, "d", 0, "400d"},
		{-90, "m", 0, "-1h30m"}, {1001, "us", 0, "1ms1us"}, {1, "ns", 0, "1ns"}, {-1 << 63, "ns", 1, "-106751d"}, {-1 << 63, "d", 0, "-9223372036854775808d"},
		{9223372036854775807, "ns", 0, "106751d23h47m16s854ms775us807ns"},
	} {
		if got := string(AppendDuration(nil, c.n, c.unit, c.prec)); got != c.want {
			t.Errorf("%d %s: %s; want %s", c.n, c.unit, got, c.want)
		}
	}
	if got := strings.Join(DurationUnits(), " "); got != "ns us ms s m h d" {
		t.Error(got)
	}
}

// DefaultPattern is what parseTimestamp() uses when it is given no format.
const defaultPattern = "yyyy-MM-dd'T'HH:mm:ss[.SSSSSSSSS]XXXXX"

func TestParse(t *testing.T) {
	now := time.Date(2024, 3, 10, 12, 0, 0, 0, time.UTC)
	for _, c := range []struct{ pattern, text, zone, fallback, want string }{
		{defaultPattern, "2018-09-08T17:51:04.777Z", "", "", "2018-09-08T17:51:04.777Z Z"},
		{defaultPattern, "2018-09-08T19:51:04.999+02:00", "", "", "2018-09-08T17:51:04.999Z +02:00"},
		{defaultPattern, "2018-09-08T12:51:04-05:00", "", "", "2018-09-08T17:51:04Z -05:00"},
		{defaultPattern, "2018-09-08T12:51:04.123456789Z", "", "", "2018-09-08T12:51:04.123456789Z Z"},
		{defaultPattern, "2018-09-08T17:51:04Z", "America/New_York", "", "2018-09-08T21:51:04Z America/New_York"},
		{"dd/MMM/yyyy:HH:mm:ss Z", "02/Apr/2014:16:29:32 +0200", "", "", "2014-04-02T14:29:32Z +02:00"},
		{"yyyy-MM-dd'T'HH:mm:ss", "2023-05-02T10:30:00", "America/New_York", "", "2023-05-02T14:30:00Z America/New_York"},
		{"yyyy-MM-dd'T'HH:mm:ss", "2023-05-02T10:30:00", "", "Asia/Tokyo", "2023-05-02T01:30:00Z Asia/Tokyo"},
		{"yyyy-MM-dd HH:mm:ssX", "2023-05-02 10:30:00+02", "", "Asia/Tokyo", "2023-05-02T08:30:00Z +02:00"},
		{"MMM [ ]d HH:mm:ss", "Feb 9 12:22:44", "Europe/London", "", "2024-02-09T12:22:44Z Europe/London"},
		{"MMM [ ]d HH:mm:ss", "Feb  9 12:22:44", "Europe/London", "", "2024-02-09T12:22:44Z Europe/London"},
		{"MMM d", "Mar 18", "UTC", "", "2024-03-18T00:00:00Z UTC"},
		{"MMM d", "Mar 19", "UTC", "", "2023-03-19T00:00:00Z UTC"},
		{"MMM d", "Feb 29", "UTC", "", "2024-02-29T00:00:00Z UTC"},
		{"yyyyMMddHHmmssSSS", "20240102030405678", "UTC", "", "2024-01-02T03:04:05.678Z UTC"},
		{"yMMdd", "20240102", "UTC", "", "2024-01-02T00:00:00Z UTC"},
		{"yy-M-d", "24-1-2", "UTC", "", "2024-01-02T00:00:00Z UTC"},
		{"yyyy-DDD", "2024-060", "UTC", "", "2024-02-29T00:00:00Z UTC"},
		{"M/d/yyyy h:mm:ss a", "1/2/2024 12:04:05 AM", "UTC", "", "2024-01-02T00:04:05Z UTC"},
		{"M/d/yyyy h:mm:ss a", "1/2/2024 12:04:05 PM", "UTC", "", "2024-01-02T12:04:05Z UTC"},
		{"EEE, dd MMM yyyy HH:mm:ss zzz", "Tue, 02 Jan 2024 03:04:05 GMT", "", "", "2024-01-02T03:04:05Z GMT"},
		{"EEEE d MMMM yyyy", "Tuesday 2 January 2024", "UTC", "", "2024-01-02T00:00:00Z UTC"},
		{"yyyy-MM-dd HH:mm VV", "2024-07-02 03:04 Europe/Berlin", "", "", "2024-07-02T01:04:00Z Europe/Berlin"},
		{"yyyy-MM-dd HH:mm z']'", "2024-07-02 03:04 PST]", "", "", "2024-07-02T10:04:00Z America/Los_Angeles"},
		{"yyyy-MM-dd HH:mm O", "2024-07-02 03:04 GMT+2", "", "", "2024-07-02T01:04:00Z +02:00"},
		{"yyyy-MM-dd HH:mm ZZZZZ", "2024-07-02 03:04 -01:30", "", "", "2024-07-02T04:34:00Z -01:30"},
		{"yyyy-MM-dd HH:mmxx", "2024-07-02 03:04+0130", "", "", "2024-07-02T01:34:00Z +01:30"},
		{"yyyy-MM-dd HH:mmXXXX", "2024-07-02 03:04+013000", "", "", "2024-07-02T01:34:00Z +01:30"},
		{"yyyy-MM-dd'T'HH", "2024-01-02T24", "UTC", "", "2024-01-03T00:00:00Z UTC"},
		{"yyyy-MM-dd", "2023-02-30", "UTC", "", "2023-02-28T00:00:00Z UTC"},
		{"yyyy-MM", "2023-02", "UTC", "", "2023-02-01T00:00:00Z UTC"},
		{"yyyy'''y' ''MM", "2023'y '02", "UTC", "", "2023-02-01T00:00:00Z UTC"},
		{"yyyy-MM-dd N", "2023-02-01 1000000001", "UTC", "", "2023-02-01T00:00:01.000000001Z UTC"},
		{"yyyy-MM-dd[ HH[:mm[:ss]]]", "2023-02-01 05:06", "UTC", "", "2023-02-01T05:06:00Z UTC"},
		{"yyyy-MM-dd HH:mm", "2024-03-31 02:30", "Europe/Berlin", "", "2024-03-31T01:30:00Z Europe/Berlin"}, // skipped
		{"yyyy-MM-dd HH:mm", "2024-10-27 02:30", "Europe/Berlin", "", "2024-10-27T00:30:00Z Europe/Berlin"}, // twice
		{"yyyy-MM-dd HH:mm", "2024-03-10 02:30", "America/New_York", "", "2024-03-10T07:30:00Z America/New_York"},
		{"yyyy-MM-dd HH:mm", "2024-11-03 01:30", "America/New_York", "", "2024-11-03T05:30:00Z America/New_York"},
		// Weeks, quarters, eras and parts of the day: as Java 17 has them in English, but for F.
		{"YYYY-'W'ww-e", "2024-W01-1", "UTC", "", "2023-12-31T00:00:00Z UTC"},
		{"YYYY-'W'ww-e", "2022-W53-7", "UTC", "", "2022-12-31T00:00:00Z UTC"},
		{"YYYY-'W'ww-e", "2024-W53-1", "UTC", "", "2024-12-22T00:00:00Z UTC"},
		{"YY w EEE", "23 1 Mon", "UTC", "", "2023-01-02T00:00:00Z UTC"},
		{"YYYY ww", "2023 02", "UTC", "", "2023-01-08T00:00:00Z UTC"},
		{"yyyy-MM-dd YYYY ww", "2024-12-31 2025 01", "UTC", "", "2024-12-31T00:00:00Z UTC"},
		{"yyyy-DDD ww", "2024-366 01", "UTC", "", "2024-12-31T00:00:00Z UTC"},
		{"yyyy MM W e", "2024 02 1 1", "UTC", "", "2024-01-28T00:00:00Z UTC"},
		{"yyyy MM W eee", "2024 02 2 Mon", "UTC", "", "2024-02-05T00:00:00Z UTC"},
		{"yyyy MM W c", "2024 02 5 7", "UTC", "", "2024-03-02T00:00:00Z UTC"},
		{"yyyy MM F cccc", "2024 02 2 Monday", "UTC", "", "2024-02-12T00:00:00Z UTC"},
		{"yyyy MM F EEE", "2024 02 5 Thu", "UTC", "", "2024-02-29T00:00:00Z UTC"},
		{"yyyy-MM-dd F", "2024-02-15 3", "UTC", "", "2024-02-15T00:00:00Z UTC"},
		{"yyyy QQQ", "2024 Q2", "UTC", "", "2024-04-01T00:00:00Z UTC"},
		{"yyyy-MM-dd qqqq", "2024-05-02 2nd quarter", "UTC", "", "2024-05-02T00:00:00Z UTC"},
		{"yyyyQQMMdd QQQQQ", "2024020502 2", "UTC", "", "2024-05-02T00:00:00Z UTC"},
		{"y-MM-dd G", "44-03-15 BC", "UTC", "", "-0043-03-15T00:00:00Z UTC"},
		{"y-MM-dd GGGG", "44-03-15 Anno Domini", "UTC", "", "0044-03-15T00:00:00Z UTC"},
		{"y-MM-dd GGGGG", "44-03-15 B", "UTC", "", "-0043-03-15T00:00:00Z UTC"},
		{"u-MM-dd G", "44-03-15 AD", "UTC", "", "0044-03-15T00:00:00Z UTC"},
		{"yyyy-MM-dd h:mm B", "2024-02-05 12:00 midnight", "UTC", "", "2024-02-05T00:00:00Z UTC"},
		{"yyyy-MM-dd h:mm B", "2024-02-05 12:00 noon", "UTC", "", "2024-02-05T12:00:00Z UTC"},
		{"yyyy-MM-dd h:mm B", "2024-02-05 8:30 in the evening", "UTC", "", "2024-02-05T20:30:00Z UTC"},
		{"yyyy-MM-dd h:mm B", "2024-02-05 8:30 in the morning", "UTC", "", "2024-02-05T08:30:00Z UTC"},
		{"yyyy-MM-dd K B", "2024-02-05 0 in the afternoon", "UTC", "", "2024-02-05T12:00:00Z UTC"},
		{"yyyy-MM-dd B", "2024-02-05 at night", "UTC", "", "2024-02-05T01:30:00Z UTC"},
		{"yyyy-MM-dd h:mm BBBBB", "2024-02-05 12:00 n", "UTC", "", "2024-02-05T12:00:00Z UTC"},
		{"yyyy-MM-dd HH:mm B", "2024-02-05 20:30 in the evening", "UTC", "", "2024-02-05T20:30:00Z UTC"},
		{"yyyy-MM-dd ppH:mm", "2024-02-05  9:05", "UTC", "", "2024-02-05T09:05:00Z UTC"},
		{"yyyy-MM-dd ppH:mm", "2024-02-05 12:05", "UTC", "", "2024-02-05T12:05:00Z UTC"},
		{"MMM ppd HH:mm", "Feb  9 12:22", "UTC", "", "2024-02-09T12:22:00Z UTC"},
		{"yyyy-MM-ddpppHppm", "2024-02-05  9 5", "UTC", "", "2024-02-05T09:05:00Z UTC"},

		{"seconds", "1690480444.589", "", "", "2023-07-27T17:54:04.589Z Z"},
		{"UnixTime", "-1.5", "", "", "1969-12-31T23:59:58.5Z Z"},
		{"unixTimeSeconds", "0", "Europe/Paris", "", "1970-01-01T00:00:00Z Europe/Paris"},
		{"millis", "1690480444589", "", "Asia/Tokyo", "2023-07-27T17:54:04.589Z Z"},
		{"nanos", "1690480444589000001", "", "", "2023-07-27T17:54:04.589000001Z Z"},
	} {
		p, err := CompileParse(c.pattern, true)
		if err != nil {
			t.Errorf("%s: %v", c.pattern, err)
			continue
		}
		got, err := p.Parse(c.text, zone(t, c.zone), zone(t, c.fallback), now)
		if s := got.UTC().Format(time.RFC3339Nano) + " " + got.Location().String(); err != nil || s != c.want {
			t.Errorf("%s: %q: %s, %v; want %s", c.pattern, c.text, s, err, c.want)
		}
	}
}

func TestParseFold(t *testing.T) {
	for _, fold := range []bool{false, true} {
		p, err := CompileParse("dd MMM yyyy'T'hh a", !fold)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range []string{"02 JAN 2024T03 AM", "02 Jan 2024t03 AM", "02 Jan 2024T03 am"} {
			if _, err := p.Parse(s, time.UTC, nil, time.Time{}); (err == nil) != fold {
				t.Errorf("fold %v: %q: %v", fold, s, err)
			}
		}
	}
}

func TestParseFailures(t *testing.T) {
	for _, c := range []struct{ pattern, text, word string }{
		{defaultPattern, "2018-09-08T17:51:04", "time zone"},
		{defaultPattern, "2018-9-08T17:51:04Z", "2 digits"},
		{defaultPattern, "2018-09-08T17:51:04.777Z ", "follows"},
		{defaultPattern, "2018-13-08T17:51:04Z", "13"},
		{defaultPattern, "2018-09-08T25:51:04Z", "25"},
		{defaultPattern, "2018-09-08T24:51:04Z", "above 23"},
		{defaultPattern, "2018-09-08T17:51:60Z", "60"},
		{defaultPattern, "2018-09-08T17:51:04+0200", "time zone"},
		{defaultPattern, "", "ends"},
		{"yyyy-MM-dd", "2024-01-02", "zone of"},
		{"EEE yyyy-MM-dd z", "Mon 2024-01-02 UTC", "Monday"},
		{"yyyy MMM z", "2024 Foo UTC", "month"},
		{"yyyy D z", "2023 366 UTC", "366"},
		{"yyyy M MM z", "2023 1 02 UTC", "two values"},
		{"yyyy VV", "2023 Nowhere/City", "zone"},
		{"y z", "999999 UTC", "within"},
		{"MMM d z", "Feb 30 UTC", "not a date"},
		{"YYYY-ww-e z", "2024-54-1 UTC", "53"}, {"YYYY-ww-e MM z", "2024-05-1 03 UTC", "month 3"}, {"yyyy-MM-dd w z", "2024-12-31 2 UTC", "week 2"},
		{"YYYY-MM-dd yyyy z", "2024-12-31 2024 UTC", "2024"}, {"yyyy-MM-dd F z", "2024-02-15 2 UTC", "2"}, {"e yyyy-MM-dd z", "3 2024-02-05 UTC", "Tuesday"},
		{"e eee yyyy z", "3 Mon 2024 UTC", "two values"}, {"yyyy-MM-dd q z", "2024-05-02 1 UTC", "quarter 1"}, {"y G z", "0 BC UTC", "0"},
		{"u G z", "44 BC UTC", "era"}, {"y HH B z", "2024 20 noon UTC", "noon"}, {"y h a B z", "2024 9 PM in the morning UTC", "morning"},
		{"y ppH z", "2024 9 UTC", "2 characters"}, {"y ppH z", "2024 \t9 UTC", "digit"}, {"y z pppH", "2024 UTC  9", "ends"},
		{"seconds", "1e9", "number"}, {"seconds", "1.", "number"}, {"seconds", ".5", "number"}, {"millis", "1.5", "number"},
		{"seconds", "9223372036854775807", "far"}, {"nanos", "x", "number"}, {"millis", "9223372036854775807", "far"},
	} {
		p, err := CompileParse(c.pattern, true)
		if err != nil {
			t.Errorf("%s: %v", c.pattern, err)
			continue
		}
		if got, err := p.Parse(c.text, nil, nil, time.Unix(1.7e9, 0)); err == nil || !strings.Contains(err.Error(), c.word) {
			t.Errorf("%s: %q: %v, %v; want an error with %q", c.pattern, c.text, got, err, c.word)
		}
	}
	for pattern, word := range map[string]string{
		"": "no date", "HH:mm": "no date", "yyyy dd": "no month", "yyyy-MM-dd hh": "which half", "YYYY-MM-dd": "week", "yyyy ww": "YYYY", "yyyy W": "no month",
		"cc": "ccc", "BB": "BBBB", "ppp": "another", "pp-": "another", "WW": "too long", "www": "too long", "QQQQQQ": "too long",
		strings.Repeat("p", 200) + "H": "at most", "yyyy[": "not closed",
		"yyyy]": "before it", "yyyy'T": "quote", "yyyy T": "quotes", "yyyyyyyyyyy": "too long", "yyyy{": "kept", "MMMMM": "too long",
		strings.Repeat("[", 40) + "y": "nested",
	} {
		if _, err := CompileParse(pattern, true); err == nil || !strings.Contains(err.Error(), word) {
			t.Errorf("%q: %v; want an error with %q", pattern, err, word)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range [][2]string{
		{defaultPattern, "2018-09-08T17:51:04.777Z"}, {"MMM [ ]d HH:mm:ss", "Feb  9 12:22:44"}, {"seconds", "1690480444.589"},
		{"EEE, dd MMM yyyy hh:mm a zzz", "Tue, 02 Jan 2024 03:04 AM GMT+2"}, {"yMMdd'T'N O", "20240102T5 GMT"},
	} {
		f.Add(s[0], s[1])
	}
	now := time.Unix(1.7e9, 0)
	f.Fuzz(func(t *testing.T, pattern, text string) {
		p, err := CompileParse(pattern, len(text)%2 == 0)
		if err != nil {
			return
		}
		if got, err := p.Parse(text, nil, time.UTC, now); err == nil && (!InRange(got.UnixMilli()) || got.Location() == nil) {
			t.Fatalf("%q: %q: %v", pattern, text, got)
		}
	})
}

func FuzzTimeFormat(f *testing.F) {
	f.Add("%Y-%m-%d %H:%M:%S.%L %z", int64(1707347045006), "de", "PST")
	f.Add("%c%%%r%N%j", int64(-1), "US", "+05:30")
	const ref = "%F %T.%L %z"
	round, _ := CompileTime(ref)
	f.Fuzz(func(t *testing.T, layout string, ms int64, locale, zone string) {
		loc, err := ParseZone(zone)
		if err != nil || !InRange(ms) {
			return
		}
		at := time.UnixMilli(ms).In(loc)
		if l, err := ParseLocale(locale); err == nil {
			if c, err := CompileTime(layout); err == nil {
				c.Append(nil, at, l)
			}
		}
		if y := at.Year(); y < 1 || y > 9999 {
			return
		}
		if _, s := at.Zone(); s%60 != 0 {
			return
		}
		text := string(round.Append(nil, at, English))
		p, err := CompileParse("yyyy-MM-dd HH:mm:ss.SSS Z", true)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := p.Parse(text, nil, nil, at); err != nil || !got.Equal(at) {
			t.Fatalf("%v is read as %v, %v", at, got, err)
		}
	})
}
