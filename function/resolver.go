package function

import (
	"context"
	"errors"
	"net/netip"
	"sync"
	"time"

	"harrier/diag"
	"harrier/event"
	"harrier/plan"
)

// Resolver finds the host name of an address; "" when it has none. server is the DNS server to ask, "" for the one of
// the system. It is called from several goroutines, and gives up when ctx is done.
type Resolver func(ctx context.Context, server string, addr netip.Addr) (string, error)

// ErrNotAsked is what a Resolver gives for an address that it refuses to ask for.
var ErrNotAsked = errors.New("such addresses are not asked for")

const (
	maxResolved = 20_000 // the reference names no number
	// resolveTime is how long a query waits for DNS in all, and resolveAtOnce how many addresses are asked for at a time.
	resolveTime   = 5 * time.Second
	resolveAtOnce = 10
)

// resolverDoc is what there is to say of both functions.
const resolverDoc = "The names come from DNS. To ask for a name tells the operators of its servers what is looked into, so Harrier does it only when it is allowed to: with `--allow-dns` on the command line, or " +
	"`Options.Resolver`. Otherwise a query can be checked but not run. Private, local, reserved and documentation addresses are not asked for.\n\n" +
	"Each address is asked for once, ten at a time, and the query waits 5 seconds in all. Where there is no name, or no address, nothing is written and the row stays as it is. A warning tells how many addresses " +
	"could not be asked for."

// resolve appends the step that writes names.
func (c *Call) resolve(p *Pipeline, limit int) diag.List {
	switch {
	case p.Nested || p.Subquery:
		return c.Errorf("not-allowed-here", "", "%s() must stand in a step of the query itself", c.Function.Name)
	case c.Env.Resolver == nil && !c.Env.Check:
		return diag.List{diag.Errorf("dns-not-allowed", c.At, "%s() asks DNS for names, which tells others what is looked into, and is not allowed to", c.Function.Name).
			WithHelp("allow it with --allow-dns")}
	}
	n := &names{at: c.At, function: c.Function.Name, field: c.Field("field"), as: c.Field("as"), server: c.Text("server"), limit: limit, ask: c.Env.Resolver}
	p.Add(&plan.Map{
		Name: c.Function.Name, Span: c.At, Ordered: true, // behind an aggregate, on one goroutine
		Effects: plan.Effect{Reads: []string{n.field}, MayWrite: []string{n.as}},
		New: func(rt *plan.Runtime) plan.Mapper {
			return &resolving{names: n, rt: rt, known: map[netip.Addr]string{}}
		},
	})
	return nil
}

// names is a call that finds names, as it was compiled.
type names struct {
	at                          diag.Span
	function, field, as, server string
	limit                       int
	ask                         Resolver
}

// resolving is its state in a run.
type resolving struct {
	*names
	rt       *plan.Runtime
	known    map[netip.Addr]string // "" for none
	deadline time.Time
	limited  bool
}

func (m *resolving) Map(b *event.Batch) error {
	c := b.Field(m.field)
	addrs := make([]netip.Addr, b.Len())
	var fresh []netip.Addr
	for _, r := range b.Selected() {
		a, ok := address(c, int(r))
		if !ok {
			continue
		}
		addrs[r] = a
		if _, seen := m.known[a]; seen {
			continue
		}
		if len(m.known) == m.limit {
			m.limited = true
			continue
		}
		m.known[a] = ""
		fresh = append(fresh, a)
	}
	m.find(fresh)
	if err := m.rt.Err(); err != nil {
		return err
	}
	if m.limited {
		m.rt.Warn(diag.Warningf("rdns-limit", m.at, "%s() met more than %d addresses, and only the first were asked for", m.function, m.limit))
	}
	setWhere(b, m.as, func(r int) (string, bool) {
		name := m.known[addrs[r]]
		return name, name != ""
	})
	return nil
}

// find asks for addresses. What could not be asked for is only warned of.
func (m *resolving) find(addrs []netip.Addr) {
	if len(addrs) == 0 || m.ask == nil {
		return
	}
	if m.deadline.IsZero() {
		m.deadline = time.Now().Add(resolveTime)
	}
	ctx := m.rt.Context
	if ctx == nil {
		ctx = context.Background()
	}
	ctx, cancel := context.WithDeadline(ctx, m.deadline)
	defer cancel()
	found, failed := make([]string, len(addrs)), make([]error, len(addrs))
	work := make(chan int)
	var done sync.WaitGroup
	for range min(resolveAtOnce, len(addrs)) {
		done.Add(1)
		go func() {
			defer done.Done()
			for i := range work {
				if failed[i] = ctx.Err(); failed[i] == nil {
					found[i], failed[i] = m.ask(ctx, m.server, addrs[i])
				}
			}
		}()
	}
	for i := range addrs {
		work <- i
	}
	close(work)
	done.Wait()
	refused, lost := 0, 0
	var why error
	for i, a := range addrs {
		switch {
		case failed[i] == nil:
			m.known[a] = found[i]
		case errors.Is(failed[i], ErrNotAsked):
			refused++
		default:
			if lost++; why == nil {
				why = failed[i]
			}
		}
	}
	if refused > 0 {
		m.rt.Warn(diag.Warningf("dns-refused", m.at, "%d addresses are private or have some other special purpose, and were not asked for", refused))
	}
	if lost > 0 {
		m.rt.Warn(diag.Warningf("dns-failed", m.at, "the names of %d addresses could not be found: %s", lost, why))
	}
}
