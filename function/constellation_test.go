package function

import (
	"fmt"
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"

	"harrier/event"
	"harrier/internal/num"
	"harrier/plan"
)

// roleOf lets the events through that may stand for a role: those whose field `for` has its letter.
func roleOf(name string, member ...roleField) *role {
	keep := &plan.Filter{Pred: &plan.Test{Field: "for", Match: func(s string) (bool, error) {
		for _, c := range s {
			if string(c) == name {
				return true, nil
			}
		}
		return false, nil
	}}}
	return &role{name: name, stages: []plan.Stage{keep}, member: member}
}

// linkShapes are ways in which roles may be linked, by the classes of their fields.
var linkShapes = map[string]func() []*role{
	"pair": func() []*role { return []*role{roleOf("A", roleField{"k", 0}), roleOf("B", roleField{"k", 0})} },
	"star": func() []*role {
		return []*role{roleOf("A", roleField{"k", 0}), roleOf("B", roleField{"k", 0}), roleOf("C", roleField{"k", 0}), roleOf("D", roleField{"k", 0})}
	},
	"chain": func() []*role {
		return []*role{roleOf("A", roleField{"k", 0}), roleOf("B", roleField{"k", 0}, roleField{"j", 1}), roleOf("C", roleField{"j", 1})}
	},
	"triangle": func() []*role {
		return []*role{
			roleOf("A", roleField{"k", 0}, roleField{"j", 2}), roleOf("B", roleField{"k", 0}, roleField{"j", 1}), roleOf("C", roleField{"j", 1}, roleField{"k", 2}),
		}
	},
	"global and link": func() []*role {
		return []*role{roleOf("A", roleField{"k", 0}), roleOf("B", roleField{"k", 0}, roleField{"j", 1}), roleOf("C", roleField{"k", 0}, roleField{"j", 1})}
	},
	"two fields in a class": func() []*role {
		return []*role{roleOf("A", roleField{"k", 0}), roleOf("B", roleField{"k", 0}, roleField{"j", 0})}
	},
	"no links": func() []*role { return []*role{roleOf("A"), roleOf("B"), roleOf("C")} },
}

// tryAll finds constellations as the documentation tells, by trying all combinations.
func tryAll(s *correlation, rows []map[string]string) [][]int {
	times := make([]float64, len(rows))
	for i, r := range rows {
		times[i], _ = num.Parse(r["@timestamp"])
	}
	// later tells whether event j may follow event i.
	later := func(i, j int) bool {
		return times[j] > times[i] || times[j] == times[i] && j > i || s.jitter > 0 && times[j] >= times[i]-float64(s.jitter.Milliseconds())
	}
	fits := func(chosen []int) bool {
		values := map[int]string{}
		for a, i := range chosen {
			if i < 0 {
				continue
			}
			for _, m := range s.roles[a].member {
				v, ok := rows[i][m.name]
				if old, set := values[m.class]; !ok || set && old != v {
					return false
				}
				values[m.class] = v
			}
			for b, j := range chosen[:a] {
				if j >= 0 && (i == j || s.bounded && (times[i]-times[j] > float64(s.within.Milliseconds()) || times[j]-times[i] > float64(s.within.Milliseconds())) ||
					s.sequence && b < a && !later(j, i)) {
					return false
				}
			}
		}
		return true
	}
	order := make([]int, 0, len(rows)) // by time
	for i := range rows {
		at := len(order)
		for at > 0 && times[order[at-1]] > times[i] {
			at--
		}
		order = append(order[:at], append([]int{i}, order[at:]...)...)
	}
	var out [][]int
	used := map[int]bool{}
	chosen := make([]int, len(s.roles))
	for i := range chosen {
		chosen[i] = -1
	}
	left := 0
	var visit func(n int)
	visit = func(n int) {
		if n == len(s.visits) {
			out = append(out, append([]int{}, chosen...))
			left--
			if s.once {
				left = 0
				for _, i := range chosen {
					used[i] = true
				}
			}
			return
		}
		role := s.visits[n]
		for _, i := range order {
			if n == 0 {
				left = s.most
			}
			if ok, _ := s.roles[role].stages[0].(*plan.Filter).Pred.(*plan.Test).Match(rows[i]["for"]); ok && left > 0 && !used[i] {
				chosen[role] = i
				if fits(chosen) {
					visit(n + 1)
				}
				chosen[role] = -1
			}
		}
	}
	visit(0)
	return out
}

// correlationBatch puts rows into a batch.
func correlationBatch(rows []map[string]string, from int) *event.Batch {
	var w event.Builder
	for i, r := range rows {
		for _, f := range []string{"@timestamp", "for", "k", "j"} {
			if v, ok := r[f]; ok {
				w.AddText(f, v)
			}
		}
		w.AddText("n", strconv.Itoa(from+i))
		w.EndRow()
	}
	b := w.Flush()
	b.SetPosition(uint64(from))
	return b
}

// TestConstellations compares with trying all combinations, and splits the events over several states.
func TestConstellations(t *testing.T) {
	for name, roles := range linkShapes {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				s := &correlation{roles: roles(), sequence: rapid.Bool().Draw(t, "sequence"), once: rapid.Bool().Draw(t, "once"), most: rapid.IntRange(1, 4).Draw(t, "most")}
				for _, r := range s.roles {
					r.include = []string{"n"}
					s.outputs(r)
					for _, m := range r.member {
						s.classes = max(s.classes, m.class+1)
					}
				}
				if s.bounded = rapid.Bool().Draw(t, "bounded"); s.bounded {
					s.within = time.Duration(rapid.IntRange(0, 12).Draw(t, "within")) * time.Millisecond
				}
				if s.sequence && rapid.Bool().Draw(t, "jittered") {
					s.jitter = time.Duration(rapid.IntRange(1, 4).Draw(t, "jitter")) * time.Millisecond
				}
				s.root = rapid.IntRange(0, len(s.roles)-1).Draw(t, "root")
				s.visits = s.order()
				var rows []map[string]string
				for range rapid.IntRange(0, 14).Draw(t, "rows") {
					r := map[string]string{
						"@timestamp": fmt.Sprint(rapid.IntRange(0, 20).Draw(t, "time")),
						"for":        rapid.SampledFrom([]string{"A", "B", "C", "D", "AB", "BC", "ABCD", "BD"}).Draw(t, "for"),
					}
					for _, f := range []string{"k", "j"} {
						if v := rapid.SampledFrom([]string{"x", "x", "y", ""}).Draw(t, f); v != "" {
							r[f] = v
						}
					}
					rows = append(rows, r)
				}
				rt := &plan.Runtime{}
				a := newCorrelator(rt, s)
				cut := rapid.IntRange(0, len(rows)).Draw(t, "cut")
				for _, part := range [][2]int{{cut, len(rows)}, {0, cut}} {
					o := newCorrelator(rt, s)
					if part[0] < part[1] {
						if err := o.Add(correlationBatch(rows[part[0]:part[1]], part[0]), nil); err != nil {
							t.Fatal(err)
						}
					}
					if err := a.Merge(o, nil); err != nil {
						t.Fatal(err)
					}
				}
				var w event.Builder
				if err := a.Result(0, &w); err != nil {
					t.Fatal(err)
				}
				var got [][]int
				if b := w.Flush(); b != nil {
					for _, r := range b.Selected() {
						var one []int
						for _, role := range s.roles {
							text, _ := b.Text(role.name+".n", int(r))
							n, _ := strconv.Atoi(text)
							one = append(one, n)
						}
						got = append(got, one)
					}
				}
				if want := tryAll(s, rows); fmt.Sprint(got) != fmt.Sprint(want) {
					t.Fatalf("got %v, want %v\n%v", got, want, rows)
				}
			})
		})
	}
}

// TestConstellationSteps counts what is tried for many events with the same value, most of which fit nowhere: it must
// grow with the events and not with their combinations.
func TestConstellationSteps(t *testing.T) {
	const n = 3000
	for name, s := range map[string]*correlation{
		"no sequence": {bounded: true, within: 100 * time.Millisecond},
		"sequence":    {sequence: true, bounded: true, within: 100 * time.Millisecond},
		"last root":   {sequence: true, bounded: true, within: 100 * time.Millisecond, root: 3},
		"once":        {sequence: true, once: true},
		"unbounded":   {},
	} {
		t.Run(name, func(t *testing.T) {
			s.roles, s.classes, s.most = linkShapes["star"](), 1, 1
			s.visits = s.order()
			var rows []map[string]string
			for i := range n {
				// A, B and C are everywhere, but few of them have a D in reach.
				kind := string("ABC"[i%3])
				if i%1000 == 500 {
					kind = "D"
				}
				rows = append(rows, map[string]string{"@timestamp": fmt.Sprint(i), "for": kind, "k": "x"})
			}
			a := newCorrelator(&plan.Runtime{}, s)
			if err := a.Add(correlationBatch(rows, 0), nil); err != nil {
				t.Fatal(err)
			}
			m := newConstellations(a)
			found := 0
			if err := m.each(func([]int32) bool { found++; return true }); err != nil {
				t.Fatal(err)
			}
			if found == 0 || m.steps > 8*n {
				t.Errorf("%d tries for %d events and %d constellations", m.steps, n, found)
			}
		})
	}
}
