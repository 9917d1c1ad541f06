package rx

import "sync/atomic"

var (
	counting atomic.Bool
	calls    atomic.Int64
)

// CountCalls runs f and tells how often patterns were applied to a text
// meanwhile, by whomever. It is how tests notice that work once saved is done
// again.
func CountCalls(f func()) int64 {
	calls.Store(0)
	counting.Store(true)
	defer counting.Store(false)
	f()
	return calls.Load()
}
