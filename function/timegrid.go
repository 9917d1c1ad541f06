package function

import (
	"math"
	"time"
)

// timeGrid cuts time into pieces of one length. Pieces start at multiples of the length on the clock of a zone, so that
// hours start at full hours and days at midnight there; where the clock is changed, a piece is shorter or longer by the
// change. Times are in milliseconds since the epoch.
type timeGrid struct {
	span int64
	zone *time.Location
	// The zone's offset from UTC, for times from since up to until.
	offset, since, until int64
}

func newTimeGrid(span int64, zone *time.Location) timeGrid {
	if zone == nil {
		zone = time.UTC
	}
	return timeGrid{span: span, zone: zone, since: 1, until: 0}
}

// offsetAt gives the milliseconds that the clock of the zone is ahead of UTC.
func (g *timeGrid) offsetAt(ms int64) int64 {
	if g.since <= ms && ms < g.until {
		return g.offset
	}
	t := time.UnixMilli(ms).In(g.zone)
	_, seconds := t.Zone()
	g.offset, g.since, g.until = int64(seconds)*1000, math.MinInt64, math.MaxInt64
	start, end := t.ZoneBounds()
	if !start.IsZero() {
		g.since = start.UnixMilli()
	}
	if !end.IsZero() {
		g.until = end.UnixMilli()
	}
	return g.offset
}

// piece gives the start of the piece that a time is in, and times from low up to high that are in the same piece.
func (g *timeGrid) piece(ms int64) (start, low, high int64) {
	offset := g.offsetAt(ms)
	local := floorTo(ms+offset, g.span)
	start = local - offset
	low, high = max(start, g.since), min(start+g.span, g.until)
	if g.since <= start {
		return start, low, high
	}
	// The clock was changed since the piece began, so its start is told by the earlier clock. When that clock never
	// showed this time, the piece begins where the clock was changed.
	return min(local-g.offsetAt(start), low), low, high
}

// floor gives the start of the piece that a time is in.
func (g *timeGrid) floor(ms int64) int64 {
	start, _, _ := g.piece(ms)
	return start
}

// next gives the start of the piece behind the one that starts at a time.
func (g *timeGrid) next(start int64) int64 {
	for probe := start + g.span; ; probe += min(g.span, int64(15*time.Minute/time.Millisecond)) {
		if n := g.floor(probe); n > start {
			return n
		}
	}
}

// floorTo rounds down to a multiple, also below zero.
func floorTo(n, multiple int64) int64 {
	rest := n % multiple
	if rest < 0 {
		rest += multiple
	}
	return n - rest
}

// spanLadder are the lengths that a grid is given when the query does not say. Each divides the next, so that pieces of
// one length are whole parts of those of a later one.
var spanLadder = []int64{
	1, 5, 10, 50, 100, 500, 1000, 5000, 15_000, 30_000,
	60_000, 5 * 60_000, 15 * 60_000, 30 * 60_000,
	3600_000, 3 * 3600_000, 6 * 3600_000, 12 * 3600_000, 24 * 3600_000, 7 * 24 * 3600_000,
}

// longerSpan gives the shortest length of the ladder that pieces of a given length fill, or else, where there is none
// nearby, twice that length.
func longerSpan(span int64) int64 {
	for _, s := range spanLadder {
		if s > span && s <= 10*span && s%span == 0 {
			return s
		}
	}
	return 2 * span
}
