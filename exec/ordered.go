package exec

import (
	"context"
	"sync"

	"harrier/event"
)

// maxAhead bounds the bytes of rows that wait for their turn: a worker that would
// add to them then waits itself.
const maxAhead = 64 << 20

// ordered runs the parallel part and gives its batches in input order. The split
// whose turn it is hands its batches straight to the caller; the batches of later
// splits are put aside until their turn comes.
func (s *scanner) ordered(ctx context.Context, workers int, emit func(*event.Batch) error) error {
	workers = max(1, min(workers, len(s.splits)))
	ctx, cancel := context.WithCancel(ctx)
	q := &queue{
		s: s, ahead: maxAhead, out: make(chan *event.Batch), taken: make(chan error, 1),
		waiting: make([][]*event.Batch, len(s.splits)), finished: make([]bool, len(s.splits)),
	}
	q.moved.L = &q.mu
	if limit := s.rt.Memory.Limit; limit > 0 {
		q.ahead = min(q.ahead, int(limit/2))
	}
	over := make(chan error, 1)
	go func() { over <- parallelDo(ctx, workers, q.work) }()
	ended := false
	defer func() {
		// Also when emit panics: nobody stays behind.
		cancel()
		if !ended {
			<-over
		}
	}()
	for {
		select {
		case b := <-q.out:
			q.taken <- emit(b)
		case err := <-over:
			ended = true
			return err
		}
	}
}

// queue puts the batches of several workers in order.
type queue struct {
	s     *scanner
	ahead int
	out   chan *event.Batch // to the caller, who answers on taken
	taken chan error        // with room, as the one who gave may have left

	mu       sync.Mutex
	moved    sync.Cond // it is another's turn, fewer batches wait, or the run is over
	turn     int       // the split that is given now
	waiting  [][]*event.Batch
	finished []bool
	bytes    int // of what is waiting
}

// work is one worker.
func (q *queue) work(ctx context.Context, _ int) error {
	stop := context.AfterFunc(ctx, func() {
		q.mu.Lock()
		defer q.mu.Unlock()
		q.moved.Broadcast()
	})
	defer stop()
	split := 0
	chain := q.s.chain(q.s.rt, func(b *event.Batch) error { return q.take(ctx, split, b) })
	return q.s.work(ctx, func(i int, b *event.Batch) error {
		split = i
		return chain.Push(b)
	}, func(i int) error { return q.finish(ctx, i) })
}

// take receives a batch of a split.
func (q *queue) take(ctx context.Context, split int, b *event.Batch) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	// The split whose turn it is never waits, so the others do not wait for ever.
	for split != q.turn && q.bytes+sizeOf(b) > q.ahead && ctx.Err() == nil {
		q.moved.Wait()
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if split == q.turn {
		return q.give(ctx, b) // what waited of it was given when its turn came
	}
	b = detached(b)
	q.waiting[split] = append(q.waiting[split], b)
	q.bytes += sizeOf(b)
	return q.s.rt.Memory.Use(q, q.bytes)
}

// finish marks a split as read, and gives what can be given now.
func (q *queue) finish(ctx context.Context, split int) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.finished[split] = true
	for q.turn < len(q.waiting) {
		if err := q.flush(ctx); err != nil {
			return err
		}
		if !q.finished[q.turn] {
			break
		}
		q.turn++
	}
	q.moved.Broadcast()
	return q.s.rt.Memory.Use(q, q.bytes)
}

// flush gives what is waiting of the split whose turn it is.
func (q *queue) flush(ctx context.Context) error {
	batches := q.waiting[q.turn]
	q.waiting[q.turn] = nil
	for _, b := range batches {
		q.bytes -= sizeOf(b)
		if err := q.give(ctx, b); err != nil {
			return err
		}
	}
	return nil
}

// give hands a batch to the caller and waits until the caller is done with it.
func (q *queue) give(ctx context.Context, b *event.Batch) error {
	select {
	case q.out <- b:
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case err := <-q.taken:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}
