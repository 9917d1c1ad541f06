package harrier_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"harrier"
	"harrier/decode"
)

// TestWindows runs queries as if they were run anew for every five minutes: the
// piece of time is the interval that functions see.
func TestWindows(t *testing.T) {
	noon := time.Date(2026, 3, 17, 12, 0, 0, 0, time.UTC)
	var in strings.Builder
	for _, minute := range []int{1, 3, 3, 11} {
		fmt.Fprintf(&in, "{\"@timestamp\":\"%d\",\"door\":\"d%d\"}\n", noon.Add(time.Duration(minute)*time.Minute).UnixMilli(), minute)
	}
	for query, want := range map[string][]string{
		`count()`: {"12:00 _count=3", "12:10 _count=1"},
		// Every window has all its buckets, and no others.
		`timeChart(span=1m) | min := (_bucket - start()) / 60000 | select([min, _count])`: {
			"12:00 min=0 _count=0", "12:00 min=1 _count=1", "12:00 min=2 _count=0", "12:00 min=3 _count=2", "12:00 min=4 _count=0",
			"12:10 min=0 _count=0", "12:10 min=1 _count=1", "12:10 min=2 _count=0", "12:10 min=3 _count=0", "12:10 min=4 _count=0",
		},
		`test(end() - @timestamp <= 120000) | groupBy(door)`:         {"12:00 door=d3 _count=2"},
		`drop(@timestamp) | groupBy(door) | sort(door, type=string)`: {"12:00 door=d3 _count=2", "12:00 door=d1 _count=1", "12:10 door=d11 _count=1"},
		`join({door=d1 | groupBy(door)}, field=door) | count()`:      {"12:00 _count=1"},
		`count() | door := "d1" | join({groupBy(door, function=count(as=n))}, field=door, include=n) | select([_count, n])`: {
			"12:00 _count=3 n=1", "12:10 _count=1 n=1",
		},
	} {
		q, problems := harrier.Compile(query, nil)
		if q == nil {
			t.Fatalf("%s: %v", query, problems)
		}
		for _, workers := range []int{1, 4} {
			for _, rows := range []int{1, 100} {
				src, err := decode.Open(nil, decode.Options{Format: "ndjson", Rows: rows})
				if err != nil {
					t.Fatal(err)
				}
				if err := src.AddBytes("doors.ndjson", []byte(in.String())); err != nil {
					t.Fatal(err)
				}
				var got []string
				window := ""
				o := harrier.RunOptions{Workers: workers, Window: 5 * time.Minute, OnWindow: func(start time.Time) { window = start.Format("15:04") }}
				for b, err := range q.Run(context.Background(), src, o) {
					if err != nil {
						t.Fatalf("%s: %v", query, err)
					}
					for _, r := range b.Selected() {
						row := window
						for i, name := range b.Names() {
							if s, ok := b.Columns()[i].Text(int(r)); ok && name[0] != 0 {
								row += " " + name + "=" + s
							}
						}
						got = append(got, row)
					}
				}
				if !slices.Equal(got, want) {
					t.Errorf("%s, %d workers, batches of %d:\ngot  %q\nwant %q", query, workers, rows, got, want)
				}
			}
		}
	}
}
