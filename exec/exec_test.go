package exec_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"harrier/event"
	"harrier/exec"
	"harrier/plan"
)

// split is a piece of input made by a function.
type split func(ctx context.Context, yield func(*event.Batch) error) error

func (s split) Scan(ctx context.Context, yield func(*event.Batch) error) error { return s(ctx, yield) }

// source is input in memory.
type source []split

func (s source) Splits(context.Context, *event.Request) ([]event.Split, error) {
	out := make([]event.Split, len(s))
	for i, x := range s {
		out[i] = x
	}
	return out, nil
}

// noEvents is input without any.
var noEvents = source{}

// numbered is input of events n=0, n=1, ... with a time of n seconds and a name
// from a dictionary that grows as the split is read.
func numbered(events, splits, rows int) source {
	var out source
	for s := range splits {
		from, to := events*s/splits, events*(s+1)/splits
		out = append(out, func(_ context.Context, yield func(*event.Batch) error) error {
			names := event.NewDict()
			for at := from; at < to; at += rows {
				n := min(rows, to-at)
				nums, times, codes := make([]int64, n), make([]int64, n), make([]uint32, n)
				for i := range n {
					nums[i], times[i] = int64(at+i), int64(at+i)*1000
					codes[i] = names.Code("host" + strconv.Itoa((at+i)/2))
				}
				b := event.NewBatch(n)
				b.Set("n", event.NewInteger(nums, nil))
				b.Set("@timestamp", event.NewInteger(times, nil))
				b.Set("name", event.NewCoded(names, codes))
				if err := yield(b); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return out
}

// mapper is a stage made of a function.
func mapper(f func(b *event.Batch) error) *plan.Map {
	return &plan.Map{Name: "test", New: func(*plan.Runtime) plan.Mapper { return plan.MapperFunc(f) }}
}

// keepOdd is a filter.
var keepOdd = mapper(func(b *event.Batch) error {
	c := b.Field("n")
	b.Narrow(func(r int) bool { f, _ := c.Number(r); return int(f)%2 == 1 })
	return nil
})

// total is an aggregate that adds up n, and tells the interval it is about.
func total(bytes int) *plan.Aggregate {
	return &plan.Aggregate{
		Name: "total", Columns: []string{"sum"}, Effects: plan.Effect{Reads: []string{"n"}, Writes: []string{"sum"}, Only: true},
		New: func(rt *plan.Runtime) plan.Aggregator { return &sum{rt: rt, bytes: bytes} },
	}
}

type sum struct {
	rt    *plan.Runtime
	bytes int // claimed for each batch
	used  int
	sums  []float64
}

func (a *sum) Grow(groups int) { a.sums = append(a.sums, make([]float64, groups-len(a.sums))...) }
func (a *sum) Bytes() int      { return a.used }

func (a *sum) Add(b *event.Batch, group []uint32) error {
	a.used += a.bytes
	c := b.Field("n")
	for _, r := range b.Selected() {
		f, _ := c.Number(int(r))
		a.sums[group[r]] += f
	}
	return nil
}

func (a *sum) Merge(other plan.Aggregator, group []uint32) error {
	for g, f := range other.(*sum).sums {
		a.sums[group[g]] += f
	}
	return nil
}

func (a *sum) Result(group uint32, w *event.Builder) error {
	w.AddNumber("sum", a.sums[group])
	if !a.rt.Start.IsZero() {
		w.AddInteger("from", a.rt.Start.Unix())
		w.AddInteger("to", a.rt.End.Unix())
	}
	return nil
}

// rows runs a plan and writes its rows as text.
func rows(t *testing.T, p *plan.Plan, src event.Source, o exec.Options) []string {
	t.Helper()
	out, _, err := try(p, src, o)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func try(p *plan.Plan, src event.Source, o exec.Options) (out []string, sum *exec.Summary, err error) {
	sum, err = exec.Run(context.Background(), p, src, o, func(b *event.Batch) error {
		for _, r := range b.Selected() {
			var parts []string
			for i, name := range b.Names() {
				if s, ok := b.Columns()[i].Text(int(r)); ok && !event.Hidden(name) {
					parts = append(parts, name+"="+s)
				}
			}
			out = append(out, strings.Join(parts, " "))
		}
		return nil
	})
	return out, sum, err
}

func same(t *testing.T, what string, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s:\ngot  %q\nwant %q", what, got, want)
	}
}

func TestWorkersAndBatchesAgree(t *testing.T) {
	plans := map[string]*plan.Plan{
		"events": {Stages: []plan.Stage{keepOdd}},
		"sum":    {Stages: []plan.Stage{keepOdd, total(1)}},
	}
	for name, p := range plans {
		want := rows(t, p, numbered(1000, 1, 1000), exec.Options{Workers: 1})
		if name == "events" && len(want) != 500 || name == "sum" && !slices.Equal(want, []string{"sum=250000"}) {
			t.Fatalf("%s: got %d rows, first %q", name, len(want), want[0])
		}
		for _, workers := range []int{1, 2, 8} {
			for _, size := range []int{1, 3, 256} {
				for _, splits := range []int{1, 7, 40} {
					o := exec.Options{Workers: workers}
					same(t, fmt.Sprint(name, workers, size, splits), rows(t, p, numbered(1000, splits, size), o), want)
				}
			}
		}
	}
	same(t, "no events", rows(t, plans["sum"], noEvents, exec.Options{}), []string{"sum=0"})
	same(t, "no events", rows(t, plans["events"], noEvents, exec.Options{}), nil)
}

func TestBounds(t *testing.T) {
	p := &plan.Plan{}
	o := exec.Options{Start: time.Unix(3, 0), End: time.Unix(5, 0)}
	want := []string{"n=3 @timestamp=3000 name=host1", "n=4 @timestamp=4000 name=host2"}
	same(t, "bounds of the run", rows(t, p, numbered(10, 3, 2), o), want)
	p = &plan.Plan{Interval: func(time.Time) (time.Time, time.Time) { return o.Start, o.End }}
	same(t, "bounds of the plan", rows(t, p, numbered(10, 3, 2), exec.Options{}), want)
}

// TestWaitingBatchesShareNothing reads a batch that had to wait while the worker
// that made it goes on with its split. The race detector sees what is shared.
func TestWaitingBatchesShareNothing(t *testing.T) {
	waits, read := make(chan bool), make(chan bool)
	dict := event.NewDict()
	batch := func(text string) *event.Batch {
		b := event.NewBatch(1)
		b.Set("v", event.NewCoded(dict, []uint32{dict.Code(text)}))
		return b
	}
	src := source{
		func(_ context.Context, yield func(*event.Batch) error) error {
			<-waits
			b := event.NewBatch(1)
			b.Set("v", event.NewConstant(1, "first"))
			return yield(b)
		},
		func(_ context.Context, yield func(*event.Batch) error) error {
			if err := yield(batch("7")); err != nil {
				return err
			}
			close(waits)
			// The other worker now gives the batch, while this one reads on.
			for i := 0; ; i++ {
				dict.Code(strconv.Itoa(i))
				select {
				case <-read:
					return yield(batch("8"))
				default:
				}
			}
		},
	}
	var got []string
	_, err := exec.Run(context.Background(), &plan.Plan{}, src, exec.Options{Workers: 2}, func(b *event.Batch) error {
		s, _ := b.Text("v", 0)
		if got = append(got, s); s == "7" {
			for range 20000 {
				b.Text("v", 0)
				b.Field("v").Number(0)
			}
			close(read)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	same(t, "order", got, []string{"first", "7", "8"})
}

// TestFarAhead lets seven of eight workers run far ahead of the first split: they
// wait instead of using up the memory.
func TestFarAhead(t *testing.T) {
	src := numbered(20000, 20, 100)
	first := src[0]
	src[0] = func(ctx context.Context, yield func(*event.Batch) error) error {
		time.Sleep(20 * time.Millisecond)
		return first(ctx, yield)
	}
	got, sum, err := try(&plan.Plan{}, src, exec.Options{Workers: 8, Memory: 100_000})
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 20000 || got[0][:4] != "n=0 " || got[19999][:8] != "n=19999 " {
		t.Errorf("got %d rows", len(got))
	}
	if sum.Memory == 0 || sum.Memory > 100_000 {
		t.Errorf("%d bytes were used", sum.Memory)
	}
}

func TestWindows(t *testing.T) {
	for _, timed := range []bool{false, true} {
		for _, workers := range []int{1, 8} {
			// The query does away with the time, which does not change the window of an event.
			drop := mapper(func(b *event.Batch) error { b.Drop("@timestamp"); return nil })
			later := &plan.Map{Name: "start", New: func(rt *plan.Runtime) plan.Mapper {
				return plan.MapperFunc(func(b *event.Batch) error {
					b.Set("later", event.NewConstant(b.Len(), fmt.Sprint(rt.Start.Unix())))
					return nil
				})
			}}
			p := &plan.Plan{Stages: []plan.Stage{drop, keepOdd, total(1), later}, Timed: timed}
			p.Subs = []*plan.Sub{{ID: 0, Name: "sub", Plan: &plan.Plan{Stages: []plan.Stage{total(1)}}}}
			var told []int64
			o := exec.Options{Workers: workers, Window: 4 * time.Second, OnWindow: func(start time.Time) { told = append(told, start.Unix()) }}
			got := rows(t, p, numbered(11, 5, 3), o)
			same(t, fmt.Sprint("windows ", timed, workers), got, []string{
				"sum=4 from=0 to=4 later=0", "sum=12 from=4 to=8 later=4", "sum=9 from=8 to=12 later=8",
			})
			if !slices.Equal(told, []int64{0, 4, 8}) {
				t.Errorf("windows told: %v", told)
			}
		}
	}
}

// TestTimedStages gives each window its own stages in front of the aggregate,
// where what they do hangs on the interval.
func TestTimedStages(t *testing.T) {
	sinceStart := &plan.Map{Name: "since", New: func(rt *plan.Runtime) plan.Mapper {
		return plan.MapperFunc(func(b *event.Batch) error {
			nums := make([]int64, b.Len())
			c := b.Field("@timestamp")
			for _, r := range b.Selected() {
				f, _ := c.Number(int(r))
				nums[r] = int64(f) - rt.Start.UnixMilli()
			}
			b.Set("n", event.NewInteger(nums, nil))
			return nil
		})
	}}
	p := &plan.Plan{Stages: []plan.Stage{sinceStart, total(1)}, Timed: true}
	for _, size := range []int{1, 5, 100} {
		got := rows(t, p, numbered(9, 2, size), exec.Options{Workers: 2, Window: 4 * time.Second})
		same(t, fmt.Sprint("batches of ", size), got, []string{"sum=6000 from=0 to=4", "sum=6000 from=4 to=8", "sum=0 from=8 to=12"})
	}
}

func TestEventsWithoutATimeHaveAWindow(t *testing.T) {
	src := source{func(_ context.Context, yield func(*event.Batch) error) error {
		b := event.NewBatch(2)
		b.Set("n", event.NewConstant(2, "5"))
		b.Set("@timestamp", event.NewText([]string{"", "2000"}, event.Bits{2}))
		return yield(b)
	}}
	var told []bool
	o := exec.Options{Window: time.Second, OnWindow: func(start time.Time) { told = append(told, start.IsZero()) }}
	same(t, "rows", rows(t, &plan.Plan{Stages: []plan.Stage{total(1)}}, src, o), []string{"sum=5", "sum=5 from=2 to=3"})
	if !slices.Equal(told, []bool{true, false}) {
		t.Errorf("told %v", told)
	}
}

func TestMemoryLimit(t *testing.T) {
	p := &plan.Plan{Stages: []plan.Stage{total(1000)}}
	for _, workers := range []int{1, 8} {
		// The states of all workers together hold 1000 bytes for each of 20 batches.
		_, sum, err := try(p, numbered(200, 20, 10), exec.Options{Workers: workers, Memory: 19_000})
		if !errors.Is(err, plan.ErrMemory) {
			t.Errorf("%d workers: got error %v", workers, err)
		}
		if sum == nil || sum.Memory < 19_000 {
			t.Errorf("%d workers: summary %v", workers, sum)
		}
		if _, _, err := try(p, numbered(200, 20, 10), exec.Options{Workers: workers, Memory: 20_000}); err != nil {
			t.Errorf("%d workers: %v", workers, err)
		}
	}
	// What a subplan gave is held while the plan runs.
	p = &plan.Plan{Subs: []*plan.Sub{{Name: "table", Plan: &plan.Plan{}}}, Stages: []plan.Stage{total(0)}}
	if _, _, err := try(p, numbered(200, 20, 10), exec.Options{Memory: 10_000}); !errors.Is(err, plan.ErrMemory) || !strings.Contains(err.Error(), "table") {
		t.Errorf("subplan: got error %v", err)
	}
}

// endless is input that goes on until it is told to stop, and counts who reads it.
func endless(splits int, reading *atomic.Int64, started chan<- bool) source {
	one := func(ctx context.Context, yield func(*event.Batch) error) error {
		reading.Add(1)
		defer reading.Add(-1)
		for {
			b := event.NewBatch(1)
			b.Set("n", event.NewConstant(1, "1"))
			if err := yield(b); err != nil {
				return err
			}
			select {
			case started <- true:
			default:
			}
		}
	}
	return source(slices.Repeat([]split{one}, splits))
}

// places are where a run can be when it is cancelled.
var places = map[string]*plan.Plan{
	"events":    {},
	"aggregate": {Stages: []plan.Stage{total(0)}},
	"subplan":   {Subs: []*plan.Sub{{Name: "sub", Plan: &plan.Plan{Stages: []plan.Stage{total(0)}}}}},
	"subplan of a subplan": {Subs: []*plan.Sub{{Name: "sub", Plan: &plan.Plan{
		Subs: []*plan.Sub{{Name: "inner", Plan: &plan.Plan{Stages: []plan.Stage{keepOdd, keepOdd, total(0)}}}},
	}}}},
}

func TestCancel(t *testing.T) {
	for name, p := range places {
		t.Run(name, func(t *testing.T) {
			leaks := watchGoroutines(t)
			var reading atomic.Int64
			started := make(chan bool)
			ctx, cancel := context.WithCancel(context.Background())
			go func() {
				<-started
				cancel()
			}()
			_, err := exec.Run(ctx, p, endless(3, &reading, started), exec.Options{Workers: 3}, func(*event.Batch) error { return nil })
			if !errors.Is(err, context.Canceled) {
				t.Errorf("got error %v", err)
			}
			if n := reading.Load(); n != 0 {
				t.Errorf("%d splits are still being read", n)
			}
			leaks()
		})
	}
}

func TestCancelBehindTheAggregate(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	// The rest of the plan does not look at the context by itself.
	stop := mapper(func(*event.Batch) error { cancel(); return nil })
	rest := mapper(func(*event.Batch) error { t.Error("the run went on"); return nil })
	_, err := exec.Run(ctx, &plan.Plan{Stages: []plan.Stage{total(0), stop, rest}}, numbered(9, 3, 1), exec.Options{}, func(*event.Batch) error { return nil })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got error %v", err)
	}
}

func TestErrorOfTheConsumer(t *testing.T) {
	enough := errors.New("enough")
	for name, p := range map[string]*plan.Plan{"events": {}, "aggregate": {Stages: []plan.Stage{total(0)}}} {
		leaks := watchGoroutines(t)
		calls := 0
		_, err := exec.Run(context.Background(), p, numbered(1000, 20, 5), exec.Options{Workers: 8}, func(*event.Batch) error {
			calls++
			return enough
		})
		if !errors.Is(err, enough) || calls != 1 {
			t.Errorf("%s: error %v after %d calls", name, err, calls)
		}
		leaks()
	}
}

func TestErrorOfTheSource(t *testing.T) {
	gone := errors.New("the file is gone")
	for name, p := range places {
		src := numbered(1000, 20, 5)
		src[13] = func(context.Context, func(*event.Batch) error) error { return gone }
		if _, _, err := try(p, src, exec.Options{Workers: 8}); !errors.Is(err, gone) {
			t.Errorf("%s: got error %v", name, err)
		}
	}
}

func TestPanicOfAStage(t *testing.T) {
	bad := mapper(func(b *event.Batch) error {
		if c := b.Field("n"); c.Len() > 0 {
			if f, _ := c.Number(0); f >= 500 {
				panic("a mistake of ours")
			}
		}
		return nil
	})
	plans := map[string]*plan.Plan{
		"events":               {Stages: []plan.Stage{bad}},
		"aggregate":            {Stages: []plan.Stage{bad, total(0)}},
		"behind the aggregate": {Stages: []plan.Stage{total(0), mapper(func(*event.Batch) error { panic("a mistake of ours") })}},
		"subplan":              {Subs: []*plan.Sub{{Plan: &plan.Plan{Stages: []plan.Stage{bad}}}}},
	}
	for name, p := range plans {
		for _, workers := range []int{1, 8} {
			leaks := watchGoroutines(t)
			_, _, err := try(p, numbered(1000, 20, 5), exec.Options{Workers: workers})
			var internal *exec.InternalError
			if !errors.As(err, &internal) || internal.Value != "a mistake of ours" || !strings.Contains(string(internal.Stack), "exec_test") {
				t.Errorf("%s, %d workers: got error %v", name, workers, err)
			}
			leaks()
		}
	}
}

// TestPanicOfTheConsumer is not a mistake of ours: it goes to whoever made it.
func TestPanicOfTheConsumer(t *testing.T) {
	for name, p := range map[string]*plan.Plan{"events": {}, "aggregate": {Stages: []plan.Stage{total(0)}}} {
		leaks := watchGoroutines(t)
		func() {
			defer func() {
				if v := recover(); v != "theirs" {
					t.Errorf("%s: recovered %v", name, v)
				}
			}()
			_, err := exec.Run(context.Background(), p, numbered(1000, 20, 5), exec.Options{Workers: 8}, func(*event.Batch) error { panic("theirs") })
			t.Errorf("%s: the run ended with error %v", name, err)
		}()
		leaks()
	}
}

// watchGoroutines gives a check that none was left behind.
func watchGoroutines(t *testing.T) func() {
	t.Helper()
	before := runtime.NumGoroutine()
	return func() {
		t.Helper()
		for range 100 {
			if runtime.NumGoroutine() <= before {
				return
			}
			time.Sleep(5 * time.Millisecond) // one that has done its work may not have ended yet
		}
		t.Errorf("%d goroutines before, %d now", before, runtime.NumGoroutine())
	}
}
