package function

import (
	"strings"
	"testing"
	"time"

	"harrier/event"
	"harrier/plan"
)

// textCall makes a call of f with defaults and some texts, as the compiler would.
func textCall(f *Function, texts map[string]string) *Call {
	c := &Call{Function: f, Env: &Env{}, Args: map[string]*Arg{}}
	for _, p := range f.Params {
		text, given := texts[p.Name]
		if !given {
			if text = p.Default; text == "" {
				continue
			}
		}
		a := &Arg{Name: p.Name, Text: text, Texts: strings.Split(text, ","), Given: given, Bool: text == "true"}
		for _, d := range text {
			if p.Kind == Int {
				a.Number = a.Number*10 + float64(d-'0')
			}
		}
		c.Args[p.Name] = a
	}
	return c
}

// textMapped runs f on events of one field each, and gives the fields afterwards as name=value texts.
func textMapped(t *testing.T, f *Function, texts map[string]string, values ...string) []string {
	t.Helper()
	c := textCall(f, texts)
	factory, problems := f.NewMapper(c)
	if len(problems) > 0 {
		t.Fatalf("%s%v: %v", f.Name, texts, problems)
	}
	b := event.NewBatch(len(values) + 1)
	valid := event.NewBits(len(values) + 1)
	for i := range values {
		valid.Set(i)
	}
	b.Set("x", event.NewText(append(values, ""), valid))
	m := factory(&plan.Runtime{Now: time.Date(2024, 3, 10, 12, 0, 0, 0, time.UTC)})
	if err := m.Map(b); err != nil {
		t.Fatal(err)
	}
	var out []string
	for row := range b.Len() {
		var fields []string
		for _, n := range b.Names() {
			if s, ok := b.Text(n, row); ok && n != "x" {
				fields = append(fields, n+"="+s)
			}
		}
		out = append(out, strings.Join(fields, " "))
	}
	return out
}

func TestTextFunctions(t *testing.T) {
	type args = map[string]string
	for _, c := range []struct {
		f      *Function
		args   args
		values []string
		want   string // of the values and of an event without the field, joined by |
	}{
		{lengthFunc, args{"field": "x"}, []string{"aé", "😀", "\xff"}, "_length=2|_length=2|_length=1|"},
		{formatDurationFunc, args{"field": "x", "as": "d"}, []string{"60000", "1.5", "a"}, "d=1m|||"},
		{formatDurationFunc, args{"field": "x", "as": "d", "from": "s", "precision": "1"}, []string{"3661"}, "d=1h|"},
		{formatFunc, args{"format": "%s-%<5d", "field": "x"}, []string{"7", "7", "a"}, "_format=7-    7|_format=7-    7|_format=a- null|_format=null- null"},
		{formatFunc, args{"format": "%2$s", "field": "x,y", "as": "o"}, []string{"7"}, "o=null|o=null"},
		{formatFunc, args{"format": "-", "field": "x"}, []string{"7"}, "_format=-|_format=-"},
		{formatFunc, args{"format": "%tR", "field": "x", "timezone": "+01:00"}, []string{"0"}, "_format=01:00|_format=null"},
		{formatTimeFunc, args{"format": "%F %T", "field": "x", "as": "o"}, []string{"1674304923", "1674304923001", "1.5", "100000000000", "100000000001"},
			"o=2023-01-21 12:42:03|o=2023-01-21 12:42:03||o=5138-11-16 09:46:40|o=1973-03-03 09:46:40|"},
		{formatTimeFunc, args{"format": "%F", "field": "x", "as": "o", "unit": "milliseconds"}, []string{"1674304923", "-1", "9223372036854775807"},
			"o=1970-01-20|o=1969-12-31||"},
		{formatTimeFunc, args{"format": "%s", "field": "x", "as": "o", "unit": "seconds"}, []string{"1674304923001", "9223372036854775807"}, "o=1674304923001||"},
		{parseTimestampFunc, args{"field": "x"}, []string{"2018-09-08T17:51:04.777123Z", "2018-09-08T17:51:04Z"},
			"@timestamp=1536429064777 @timezone=Z @timestamp.nanos=123000|@timestamp=1536429064000 @timezone=Z|"},
		{parseTimestampFunc, args{"field": "x", "format": "yyyy-MM-dd", "as": "o", "addErrors": "false"}, []string{"2018-09-08"}, "|"},
		{parseTimestampFunc, args{"field": "x", "format": "MMM d HH:mm", "as": "o", "timezone": "UTC", "caseSensitive": "false"}, []string{"MAR 1 00:30", "soon"},
			"o=1709253000000 @timezone=UTC|@error=true @error_msg=parseTimestamp: \"s\" stands where the name of a month is expected in \"soon\"|"},
	} {
		got := strings.Join(textMapped(t, c.f, c.args, c.values...), "|")
		if !sameFields(got, c.want) {
			t.Errorf("%s%v of %q:\n got %s\nwant %s", c.f.Name, c.args, c.values, got, c.want)
		}
	}
}

// sameFields compares rows of fields, whatever the order of the fields.
func sameFields(a, b string) bool {
	x, y := strings.Split(a, "|"), strings.Split(b, "|")
	if len(x) != len(y) {
		return false
	}
	for i := range x {
		if len(x[i]) != len(y[i]) {
			return false
		}
		for _, f := range strings.Fields(x[i]) {
			if !strings.Contains(y[i], f) {
				return false
			}
		}
	}
	return true
}

func TestTextFunctionErrors(t *testing.T) {
	type args = map[string]string
	for _, c := range []struct {
		f    *Function
		args args
		word string
	}{
		{formatFunc, args{"format": "%s %s", "field": "x"}, "2 fields"},
		{formatFunc, args{"format": "%q", "field": "x"}, "conversion"},
		{formatFunc, args{"format": "%s", "field": "x", "timezone": "Nowhere"}, "time zone"},
		{formatTimeFunc, args{"format": "%q", "as": "o"}, "escape"},
		{formatTimeFunc, args{"format": "%F", "as": "o", "locale": "English"}, "locale"},
		{parseTimestampFunc, args{"format": "HH:mm", "field": "x"}, "no date"},
	} {
		_, problems := c.f.NewMapper(textCall(c.f, c.args))
		if len(problems) != 1 || !strings.Contains(problems[0].Message, c.word) {
			t.Errorf("%s%v: %v; want a problem with %q", c.f.Name, c.args, problems, c.word)
		}
	}
}

// TestZoneFallback reads the zone from a field of the event.
func TestZoneFallback(t *testing.T) {
	f, _ := parseTimestampFunc.NewMapper(textCall(parseTimestampFunc, map[string]string{"format": "yyyy-MM-dd", "field": "x"}))
	b := event.NewBatch(3)
	b.Set("x", event.NewConstant(3, "2024-01-02"))
	b.Set("@timestamp", event.NewConstant(3, "5"))
	b.Set("@timestamp.nanos", event.NewConstant(3, "7"))
	b.Set("@timezone", event.NewText([]string{"+01:00", "Asia/Tokyo", "nowhere"}, nil))
	if err := f(&plan.Runtime{}).Map(b); err != nil {
		t.Fatal(err)
	}
	for row, want := range []string{"1704150000000 0 +01:00 ", "1704121200000 0 Asia/Tokyo ", "5 7 nowhere true"} {
		var got []string
		for _, n := range []string{"@timestamp", "@timestamp.nanos", "@timezone", "@error"} {
			s, _ := b.Text(n, row)
			got = append(got, s)
		}
		if s := strings.Join(got, " "); s != want {
			t.Errorf("row %d: %q; want %q", row, s, want)
		}
	}
}
