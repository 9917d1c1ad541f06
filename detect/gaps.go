package detect

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"harrier/decode"
	"harrier/schema"
)

// Input is a file and what is known of the sources of its events.
type Input struct {
	Name    string
	Sources []string        // titles, sorted; none when no event is of a known source
	Unknown int             // events of no known source
	gives   map[string]bool // the event types that the sources have
	has     map[string]bool // those that were seen
	falcon  bool            // Falcon's own records were not looked at
}

// Inputs looks at what telemetry consists of.
func Inputs(ctx context.Context, files *decode.Files) ([]Input, error) {
	list, err := files.Inventory(ctx)
	if err != nil {
		return nil, fmt.Errorf("look at the telemetry: %w", err)
	}
	var out []Input
	for _, v := range list {
		names, unknown := v.Sources()
		in := Input{Name: v.File.Path, Unknown: unknown, gives: map[string]bool{}, has: map[string]bool{}, falcon: slices.Contains(names, "falcon")}
		for seen := range v.Seen {
			in.has[seen.Event] = true
		}
		for _, n := range names {
			s := schema.Get(n)
			in.Sources = append(in.Sources, s.Title)
			for _, t := range s.Gives() {
				in.gives[t] = true
			}
		}
		slices.Sort(in.Sources)
		out = append(out, in)
	}
	return out, nil
}

// Gap is detections that could not run on some inputs, all for the same reason.
type Gap struct {
	None       bool     // the sources could give what is needed, and none of it is there
	Sources    []string // of the inputs
	Needs      string   // the event types, one of which the sources would have to give
	Inputs     []string
	Detections []*Detection
}

// Reason says why in a sentence.
func (g *Gap) Reason() string {
	if g.None {
		return fmt.Sprintf("%s could give %s, and none is there", strings.Join(g.Sources, " and "), g.Needs)
	}
	verb := "gives"
	if len(g.Sources) > 1 {
		verb = "give"
	}
	return fmt.Sprintf("%s %s no %s", strings.Join(g.Sources, " and "), verb, g.Needs)
}

// Gaps tells which detections cannot run on which inputs, because no source of
// the events there gives the event types that they need, or because none of the
// inputs together has any. Inputs of no known source are left out: nothing can be
// said about them.
func (p *Pack) Gaps(inputs []Input) []Gap {
	var out []Gap
	whole := map[string]bool{}
	unseen := false
	for _, in := range inputs {
		maps.Copy(whole, in.has)
		unseen = unseen || in.falcon
	}
	for _, d := range p.Detections {
		var own []Gap
		none := !unseen && !d.enough(whole)
		for _, in := range inputs {
			could := d.enough(in.gives)
			if len(in.Sources) == 0 || could && !none {
				continue
			}
			i := slices.IndexFunc(own, func(g Gap) bool { return g.None == could && slices.Equal(g.Sources, in.Sources) })
			if i < 0 {
				i = len(own)
				own = append(own, Gap{None: could, Sources: in.Sources, Needs: d.needs()})
			}
			own[i].Inputs = append(own[i].Inputs, in.Name)
		}
		for _, g := range own {
			i := slices.IndexFunc(out, func(o Gap) bool {
				return o.Needs == g.Needs && o.None == g.None && slices.Equal(o.Sources, g.Sources) && slices.Equal(o.Inputs, g.Inputs)
			})
			if i < 0 {
				i = len(out)
				out = append(out, g)
			}
			out[i].Detections = append(out[i].Detections, d)
		}
	}
	return out
}

// sufficient are the sets of event types each of which is enough to run.
func (d *Detection) sufficient() [][]string {
	if len(d.SufficientTypes) > 0 {
		return d.SufficientTypes
	}
	var out [][]string
	for _, t := range d.EventTypes {
		out = append(out, []string{t})
	}
	return out
}

// enough tells whether the detection can find something in events of these types.
func (d *Detection) enough(types map[string]bool) bool {
	sets := d.sufficient()
	return len(sets) == 0 || slices.ContainsFunc(sets, func(set []string) bool {
		return !slices.ContainsFunc(set, func(t string) bool { return !types[t] })
	})
}

// needs writes the sets down: "A, or B with C".
func (d *Detection) needs() string {
	var out []string
	for _, set := range d.sufficient() {
		out = append(out, strings.Join(set, " with "))
	}
	if n := len(out); n > 1 {
		return strings.Join(out[:n-1], ", ") + " or " + out[n-1]
	}
	return strings.Join(out, "")
}
