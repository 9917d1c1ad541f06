package function

import (
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestTimeGridChangeOfClocks(t *testing.T) {
	load := func(name string) *time.Location {
		z, err := time.LoadLocation(name)
		if err != nil {
			t.Skip(err)
		}
		return z
	}
	paris, santiago := load("Europe/Paris"), load("America/Santiago")
	for _, c := range []struct {
		zone     *time.Location
		span     time.Duration
		at, want string // in UTC
	}{
		{nil, time.Hour, "2024-03-31T00:59:59Z", "2024-03-31T00:00:00Z"},
		{paris, 24 * time.Hour, "2024-03-31T00:30:00Z", "2024-03-30T23:00:00Z"}, // before the change
		{paris, 24 * time.Hour, "2024-03-31T21:59:59Z", "2024-03-30T23:00:00Z"}, // a day of 23 hours
		{paris, 24 * time.Hour, "2024-03-31T22:00:00Z", "2024-03-31T22:00:00Z"},
		{paris, 24 * time.Hour, "2024-10-27T22:59:59Z", "2024-10-26T22:00:00Z"}, // a day of 25 hours
		{paris, time.Hour, "2024-10-27T00:30:00Z", "2024-10-27T00:00:00Z"},      // the hour that comes twice
		{paris, time.Hour, "2024-10-27T01:30:00Z", "2024-10-27T01:00:00Z"},
		{paris, 6 * time.Hour, "2024-10-27T04:59:00Z", "2024-10-26T22:00:00Z"},
		{santiago, 24 * time.Hour, "2024-09-08T04:30:00Z", "2024-09-08T04:00:00Z"}, // its midnight is left out
		{santiago, 24 * time.Hour, "2024-09-08T03:59:00Z", "2024-09-07T04:00:00Z"},
		{nil, 24 * time.Hour, "1969-12-31T23:00:00Z", "1969-12-31T00:00:00Z"},
	} {
		g := newTimeGrid(c.span.Milliseconds(), c.zone)
		at, err := time.Parse(time.RFC3339, c.at)
		if err != nil {
			t.Fatal(err)
		}
		if got := time.UnixMilli(g.floor(at.UnixMilli())).UTC().Format(time.RFC3339); got != c.want {
			t.Errorf("%v %v: %s is in the piece of %s, want %s", c.zone, c.span, c.at, got, c.want)
		}
	}
}

func TestTimeGridPieces(t *testing.T) {
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Skip(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		span := rapid.SampledFrom([]time.Duration{time.Minute, 15 * time.Minute, time.Hour, 6 * time.Hour, 24 * time.Hour, 7 * 24 * time.Hour}).Draw(t, "span")
		g := newTimeGrid(span.Milliseconds(), rapid.SampledFrom([]*time.Location{nil, paris, time.FixedZone("", 19800)}).Draw(t, "zone"))
		ms := rapid.Int64Range(1711000000000, 1732000000000).Draw(t, "ms")
		start, low, high := g.piece(ms)
		if start > ms || low > ms || high <= ms || start > low {
			t.Fatalf("%d is in the piece from %d, sure from %d to %d", ms, start, low, high)
		}
		for _, other := range []int64{start, low, high - 1} {
			if got := g.floor(other); got != start {
				t.Fatalf("%d is in the piece from %d, but %d in that from %d", ms, start, other, got)
			}
		}
		next := g.next(start)
		if next <= ms || g.floor(next) != next || g.floor(next-1) != start {
			t.Fatalf("behind the piece from %d comes %d, and just before that is %d", start, next, g.floor(next-1))
		}
	})
}

func TestSpanLadder(t *testing.T) {
	for i, s := range spanLadder[1:] {
		if s%spanLadder[i] != 0 {
			t.Errorf("%d does not divide %d", spanLadder[i], s)
		}
	}
	if got := roundSpan(7*60_000, 8*60_000); got != 14*60_000 {
		t.Errorf("7 min are lengthened to %d ms", got)
	}
}

func TestUnitConversion(t *testing.T) {
	for _, c := range []struct {
		unit string
		span time.Duration
		want float64 // 0: an error
	}{
		{"bytes/span to bytes/day", time.Hour, 24},
		{"bytes/span to bytes/day", 24 * time.Hour, 1},
		{"bytes/span to Kbytes/day", time.Hour, 0.024},
		{"bytes/bucket to Mbytes/hour", 30 * time.Minute, 2e-6},
		{"events/sec to Ki/day", 5 * time.Minute, 86400.0 / 1024},
		{"bytes/sec to Mibytes/day", time.Minute, 86400.0 / (1 << 20)},
		{"/s to /h", time.Minute, 3600},
		{"/s to /m", time.Minute, 60},
		{"/s to /mi", time.Minute, 60},
		{"/s to /ms", time.Minute, 0.001},
		{"/s to /5min", time.Minute, 300},
		{"bytes to Kbytes", time.Minute, 0.001},
		{"bytes to bytes/hour", time.Minute, 60},
		{"8 bits/s to bits/s", time.Minute, 8},
		{"K items to items", time.Minute, 1000},
		{"/2span to /span", time.Minute, 0.5},
		{"bytes/s to bytes", time.Minute, 0},
		{"bytes/s to apples/s", time.Minute, 0},
		{"bytes/fortnight to bytes/s", time.Minute, 0},
		{"0bytes to bytes", time.Minute, 0},
		{"1.2.3bytes to bytes", time.Minute, 0},
		{"bytes", time.Minute, 0},
		{"bytes to", time.Minute, 0},
		{"a to b to c", time.Minute, 0},
		{"/ to /s", time.Minute, 0},
	} {
		u, err := parseUnitConversion(c.unit)
		if err != nil {
			if c.want != 0 {
				t.Errorf("%q: %v", c.unit, err)
			}
			continue
		}
		if got := u.factor(c.span); math.Abs(got-c.want) > 1e-12*c.want {
			t.Errorf("%q of %v: %v, want %v", c.unit, c.span, got, c.want)
		}
	}
}

func TestOutputConflict(t *testing.T) {
	a := lawAgg(t, sumFunc, lawArgs("field", lawText("x"), "as", lawText("n")))
	b := lawAgg(t, countFunc, lawArgs("as", lawText("n")))
	if name, _, bad := OutputConflict([]*Agg{a, b}); !bad || name != "n" {
		t.Errorf("two aggregates that write n: %q, %v", name, bad)
	}
	if _, _, bad := OutputConflict([]*Agg{a, {}, lawAgg(t, countFunc, nil)}); bad {
		t.Error("aggregates that write n, something unknown and _count are no conflict")
	}
}
