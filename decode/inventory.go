package decode

import (
	"context"
	"runtime"
	"sync"

	"harrier/event"
	"harrier/falcon"
)

// Inventory is what a file holds, as far as the mapping tables know it.
type Inventory struct {
	File *File
	// Seen counts the events by what they were taken for. Of a file of Falcon's own
	// records nothing is counted: it is of the source "falcon".
	Seen map[falcon.Seen]int
}

// Sources gives the names of the sources of which there are events, and how many
// events are of no known source.
func (v *Inventory) Sources() (names []string, unknown int) {
	counted := map[string]bool{}
	for s, n := range v.Seen {
		if s.Source == "" {
			unknown += n
		} else if !counted[s.Source] {
			counted[s.Source] = true
			names = append(names, s.Source)
		}
	}
	return names, unknown
}

// Inventory reads all files that are not Falcon's own once, and tells what is in
// them. Problems are not reported: whoever reads the files will meet them again.
func (f *Files) Inventory(ctx context.Context) ([]Inventory, error) {
	out := make([]Inventory, len(f.list))
	var group sync.WaitGroup
	slots := make(chan struct{}, runtime.GOMAXPROCS(0))
	var mu sync.Mutex
	var failed error
	for i, file := range f.list {
		out[i] = Inventory{File: file, Seen: map[falcon.Seen]int{}}
		if file.Format == fdrFormat {
			out[i].Seen[falcon.Seen{Source: "falcon"}] = 0
			continue
		}
		// Only the fields by which events are told apart are asked for.
		asked := &event.Request{}
		one := &Files{list: []*File{file}, opts: f.opts}
		one.opts.Falcon = false
		splits, err := one.Splits(ctx, falcon.Widen(asked))
		if err != nil {
			return nil, err
		}
		for _, s := range splits {
			slots <- struct{}{}
			group.Add(1)
			go func() {
				defer func() { <-slots; group.Done() }()
				seen := map[falcon.Seen]int{}
				view := falcon.NewView(asked, func(s falcon.Seen) {
					n := s.Events
					s.Events = 0
					seen[s] += n
				})
				err := s.Scan(ctx, func(b *event.Batch) error {
					view.Map(b)
					return ctx.Err()
				})
				mu.Lock()
				defer mu.Unlock()
				for s, n := range seen {
					out[i].Seen[s] += n
				}
				if err != nil && failed == nil {
					failed = err
				}
			}()
		}
	}
	group.Wait()
	return out, failed
}
