// Package generate makes Falcon-like sensor events for measurements and tests.
//
// The events are invented, but shaped like what sensors send: flat JSON objects
// of about thirty string fields and one kilobyte, twenty types with a heavy
// skew, a week of days and nights in time order, a few sensors and programs that
// are seen all the time and thousands that are rare. The same Config always
// gives the same bytes, with any number of workers.
//
// Public addresses come from the blocks kept for documentation and for
// benchmarks (RFC 5737, RFC 2544, RFC 3849), names from the reserved domains of
// RFC 2606; hosts, users and programs that are not part of an operating system
// are made up.
package generate

import (
	"io"
	"math/rand/v2"
	"runtime"
	"sort"
	"time"
)

// Events is the usual number of events, about 2 GB of NDJSON.
const Events = 2_000_000

// Needles is the number of events that contain [Needle], however many events
// there are, provided they are as many.
const Needles = 24

// Needle is the rare text to look for.
const Needle = "Invoke-Mimikatz"

// Hours is how long the time of all events is.
const Hours = 7 * 24

// Start is when the first event may happen, a Monday.
var Start = time.Date(2026, time.March, 2, 0, 0, 0, 0, time.UTC)

// blockEvents is the number of events that are made together, from a random
// stream of their own. Changing it changes the data.
const blockEvents = 4096

// Config says what to make. The zero Seed is a seed like any other.
type Config struct {
	Events int
	Seed   uint64
}

// Write writes c.Events events as NDJSON to w.
func Write(w io.Writer, c Config) error {
	type block struct {
		n    int
		data chan []byte
	}
	var (
		g       = newGenerator(c)
		workers = runtime.GOMAXPROCS(0)
		todo    = make(chan block)
		ordered = make(chan block, 2*workers)
		stop    = make(chan struct{})
		free    = make(chan []byte, 4*workers)
	)
	defer close(stop)
	go func() {
		defer close(todo)
		defer close(ordered)
		for n := range (c.Events + blockEvents - 1) / blockEvents {
			b := block{n, make(chan []byte, 1)}
			select {
			case ordered <- b:
			case <-stop:
				return
			}
			select {
			case todo <- b:
			case <-stop:
				return
			}
		}
	}()
	for range workers {
		go func() {
			for b := range todo {
				var buf []byte
				select {
				case buf = <-free:
				default:
				}
				b.data <- g.block(buf[:0], b.n)
			}
		}()
	}
	for b := range ordered {
		data := <-b.data
		if _, err := w.Write(data); err != nil {
			return err
		}
		select {
		case free <- data:
		default:
		}
	}
	return nil
}

// Append appends all events of c to b, for tests.
func Append(b []byte, c Config) []byte {
	g := newGenerator(c)
	for n := range (c.Events + blockEvents - 1) / blockEvents {
		b = g.block(b, n)
	}
	return b
}

type generator struct {
	Config
	world *world
	// hours[i] is the share of all events that happen before hour i.
	hours [Hours + 1]float64
}

func newGenerator(c Config) *generator {
	g := &generator{Config: c, world: newWorld(c.Seed)}
	// Work hours are three times as busy as nights, and weekends half as busy.
	for h := range Hours {
		weight := 1.0
		if hour := h % 24; hour >= 7 && hour < 19 {
			weight = 3
		}
		if h/24 >= 5 {
			weight /= 2
		}
		g.hours[h+1] = g.hours[h] + weight
	}
	total := g.hours[Hours]
	for h := range g.hours {
		g.hours[h] /= total
	}
	return g
}

// time is the moment of the event that stands at a share of all events, in
// milliseconds.
func (g *generator) time(share float64) int64 {
	h := min(sort.Search(Hours, func(h int) bool { return g.hours[h+1] > share }), Hours-1)
	within := (share - g.hours[h]) / (g.hours[h+1] - g.hours[h])
	ms := int64((float64(h) + within) * 3_600_000)
	return Start.UnixMilli() + min(ms, Hours*3_600_000-1)
}

// needle tells whether event i is one of the few that hold the needle. They are
// spread evenly over the events.
func (g *generator) needle(i int) bool {
	near := i * Needles / g.Events
	for k := near - 1; k <= near+1; k++ {
		if k >= 0 && k < Needles && i == (2*k+1)*g.Events/(2*Needles) {
			return true
		}
	}
	return false
}

func (g *generator) block(b []byte, n int) []byte {
	e := emitter{
		world: g.world,
		rand:  rand.New(rand.NewPCG(g.Seed, uint64(n)+1)),
		buf:   b,
	}
	for i := n * blockEvents; i < min((n+1)*blockEvents, g.Events); i++ {
		share := (float64(i) + e.rand.Float64()) / float64(g.Events)
		e.event(i, g.time(share), g.needle(i))
	}
	return e.buf
}
