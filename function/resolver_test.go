package function

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"sync"
	"testing"

	"harrier/event"
	"harrier/plan"
)

// TestResolving looks at what no result shows: what is asked for, how often, and what is warned of.
func TestResolving(t *testing.T) {
	var mu sync.Mutex
	var asked []string
	ask := func(_ context.Context, server string, a netip.Addr) (string, error) {
		mu.Lock()
		defer mu.Unlock()
		asked = append(asked, a.String()+" of "+server)
		switch a.String() {
		case "203.0.113.1":
			return "", ErrNotAsked
		case "203.0.113.2":
			return "", errors.New("no answer")
		}
		return "host", nil
	}
	rt := &plan.Runtime{}
	m := &resolving{names: &names{function: "reverseDns", field: "ip", as: "name", server: "s", limit: 3, ask: ask}, rt: rt, known: map[netip.Addr]string{}}
	for range 2 {
		b := event.NewBatch(5)
		b.Set("ip", event.NewText([]string{"203.0.113.1", "203.0.113.2", "203.0.113.3", "::ffff:203.0.113.3", "203.0.113.4"}, nil))
		if err := m.Map(b); err != nil {
			t.Fatal(err)
		}
		for r, want := range []string{"", "", "host", "host", ""} {
			if got, _ := b.Text("name", r); got != want {
				t.Errorf("row %d: got %q, want %q", r, got, want)
			}
		}
	}
	slices.Sort(asked)
	if got := fmt.Sprint(asked); got != "[203.0.113.1 of s 203.0.113.2 of s 203.0.113.3 of s]" {
		t.Errorf("asked for %s", got)
	}
	var codes []string
	for _, d := range rt.Warnings() {
		codes = append(codes, d.Code)
	}
	slices.Sort(codes)
	if got := fmt.Sprint(codes); got != "[dns-failed dns-refused rdns-limit]" {
		t.Errorf("warned of %s", got)
	}
}

// TestResolvingStops gives up with its run.
func TestResolvingStops(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	m := &resolving{names: &names{field: "ip", as: "name", limit: 3, ask: func(context.Context, string, netip.Addr) (string, error) {
		t.Error("an address was asked for after the end")
		return "", nil
	}}, rt: &plan.Runtime{Context: ctx}, known: map[netip.Addr]string{}}
	b := event.NewBatch(1)
	b.Set("ip", event.NewConstant(1, "203.0.113.1"))
	if err := m.Map(b); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}
