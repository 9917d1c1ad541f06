package function

import (
	"runtime"
	"sync"
	"weak"

	"harrier/plan"
)

// perRun keeps what the workers of one run share, such as an index of the rows of a subplan: the first to ask makes
// it. A compiled query may run many times at once, so there is one for each run; it goes when its run does. What is kept
// must not lead back to the Runtime.
type perRun[T any] struct {
	mu   sync.Mutex
	kept map[weak.Pointer[plan.Runtime]]*shared[T]
}

type shared[T any] struct {
	once  sync.Once
	value T
}

// get gives the value of a run.
func (p *perRun[T]) get(rt *plan.Runtime, make func() T) T {
	s := p.of(rt)
	s.once.Do(func() { s.value = make() })
	return s.value
}

func (p *perRun[T]) of(rt *plan.Runtime) *shared[T] {
	rt = rt.Run()
	key := weak.Make(rt)
	p.mu.Lock()
	defer p.mu.Unlock()
	s := p.kept[key]
	if s == nil {
		if p.kept == nil {
			p.kept = map[weak.Pointer[plan.Runtime]]*shared[T]{}
		}
		s = &shared[T]{}
		p.kept[key] = s
		runtime.AddCleanup(rt, p.forget, key)
	}
	return s
}

func (p *perRun[T]) forget(run weak.Pointer[plan.Runtime]) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.kept, run)
}
