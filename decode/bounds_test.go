package decode_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"harrier"
	"harrier/decode"
)

// The bounds of a query hold for the times that the decoder found, in every
// format; an event without a time is in no interval.
func TestBounds(t *testing.T) {
	at := func(s string) time.Time {
		when, err := time.Parse(time.RFC3339Nano, s)
		if err != nil {
			t.Fatal(err)
		}
		return when
	}
	inputs := map[string]string{
		"ndjson": `{"n":"1","time":"2026-03-17T00:00:00Z"}
{"n":"2","time":"2026-03-17T01:00:00.999+01:00"}
{"n":"3","time":"1773709199.999"}
{"n":"4","time":"1773709200000"}
{"n":"5","@timestamp":"1773709200001"}
{"n":"6"}
{"n":"7","time":"soon"}`,
		"csv": "n,time\n1,2026-03-17T00:00:00Z\n2,2026-03-17T01:00:00.999+01:00\n3,1773709199.999\n4,1773709200000\n5,1773709200001\n6,\n7,soon\n",
	}
	for format, in := range inputs {
		for _, c := range []struct{ start, end, want string }{
			{"", "", "1234567"},
			{"2026-03-17T00:00:00Z", "", "12345"},
			{"2026-03-17T00:00:00.001Z", "", "2345"},
			{"", "2026-03-17T01:00:00Z", "123"},
			{"", "2026-03-17T01:00:00.001Z", "1234"},
			{"2026-03-17T00:00:00.999Z", "2026-03-17T01:00:00.002Z", "2345"},
			{"2027-01-01T00:00:00Z", "", ""},
		} {
			src, err := decode.Open(nil, decode.Options{Format: format})
			if err == nil {
				err = src.AddBytes("x", []byte(in))
			}
			if err != nil {
				t.Fatal(err)
			}
			var o harrier.RunOptions
			if c.start != "" {
				o.Start = at(c.start)
			}
			if c.end != "" {
				o.End = at(c.end)
			}
			q, problems := harrier.Compile("n=*", nil)
			if q == nil {
				t.Fatal(problems)
			}
			var rows []string // the newest first, which is not the matter here
			for b, err := range q.Run(context.Background(), src, o) {
				if err != nil {
					t.Fatal(err)
				}
				for _, r := range b.Selected() {
					n, _ := b.Text("n", int(r))
					rows = append(rows, n)
				}
			}
			slices.Sort(rows)
			if got := strings.Join(rows, ""); got != c.want {
				t.Errorf("%s from %q to %q gives %q, want %q", format, c.start, c.end, got, c.want)
			}
		}
	}
}
