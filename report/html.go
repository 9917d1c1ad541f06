package report

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"harrier"
	"harrier/attack"
	"harrier/detect"
)

//go:embed report.html
var pageText string

var page = template.Must(template.New("report").Funcs(template.FuncMap{
	"show": show, "time": moment, "plural": plural,
}).Parse(pageText))

// maxShown bounds the page: nobody reads more alerts, and a browser must open it.
const maxShown = 2000

// The parts of the page, ready to be written.
type (
	pageView struct {
		Inputs, Version, Attack string
		Made                    time.Time
		Detections, Total, Left int
		First, Last             time.Time
		Counts                  []countView
		Tactics                 []tacticView
		Groups                  []groupView
		Alerts                  []alertView
		Guides                  []guideView
	}
	countView struct {
		Severity string
		Count    int
	}
	tacticView struct {
		Name, URL  string
		Techniques []techniqueView
	}
	techniqueView struct {
		ID, Name, URL string
		Count         int
		Worst         string // severity
	}
	groupView struct {
		Name    string
		Moments []momentView
	}
	momentView struct {
		alertView
		Left string // of the bar, in per cent
		When string
	}
	alertView struct {
		detect.Alert
		Anchor, Guide string
		Techniques    []techniqueView
		Entity        []detect.Field
	}
	guideView struct {
		*detect.Detection
		Anchor string
	}
)

// HTML writes a page that stands by itself: it loads nothing, runs no script, and
// can be mailed, printed and read in the dark.
func HTML(w io.Writer, h *Hunt) error {
	v := pageView{
		Inputs: strings.Join(h.Inputs, " "), Version: harrier.Version, Attack: attack.Version(), Made: h.Now.UTC(),
		Detections: len(h.Detections), Total: len(h.Alerts),
	}
	n := map[string]int{}
	for _, a := range h.Alerts {
		n[a.Severity]++
		v.stretch(a.FirstSeen)
		v.stretch(a.LastSeen)
	}
	for _, l := range slices.Backward(detect.Levels()) {
		v.Counts = append(v.Counts, countView{l, n[l]})
	}
	v.Tactics = tactics(h.Alerts)
	shown := h.Alerts[:min(len(h.Alerts), maxShown)]
	v.Left = len(h.Alerts) - len(shown)
	views := map[string][]alertView{} // two may have one id, when a query gives a row twice
	guides := map[string]string{}
	for i, a := range shown {
		view := alertView{Alert: a, Anchor: fmt.Sprintf("alert-%d", i+1)}
		if d := h.detection(a); d != nil {
			if guides[d.ID] == "" {
				guides[d.ID] = fmt.Sprintf("detection-%d", len(guides)+1)
				v.Guides = append(v.Guides, guideView{d, guides[d.ID]})
			}
			view.Guide = guides[d.ID]
		}
		for _, id := range a.Attack {
			t := techniqueView{ID: id}
			if known, ok := attack.Find(id); ok {
				t.Name, t.URL = known.FullName(), known.URL()
			}
			view.Techniques = append(view.Techniques, t)
		}
		for _, kind := range sortedKinds(a.Entities) {
			view.Entity = append(view.Entity, detect.Field{Name: kind, Value: a.Entities[kind]})
		}
		v.Alerts = append(v.Alerts, view)
		views[a.ID] = append(views[a.ID], view)
	}
	for _, g := range Timeline(shown) {
		group := groupView{Name: g.Name()}
		for _, a := range g.Alerts {
			view := views[a.ID][0]
			views[a.ID] = views[a.ID][1:]
			group.Moments = append(group.Moments, momentView{alertView: view, Left: v.place(a.FirstSeen), When: moment(a.FirstSeen)})
		}
		v.Groups = append(v.Groups, group)
	}
	return page.Execute(w, v)
}

// stretch makes the time that the page is about include t.
func (v *pageView) stretch(t time.Time) {
	if t.IsZero() {
		return
	}
	if v.First.IsZero() || t.Before(v.First) {
		v.First = t
	}
	if t.After(v.Last) {
		v.Last = t
	}
}

// place is where a time stands between the first and the last, in per cent.
func (v *pageView) place(t time.Time) string {
	whole := v.Last.Sub(v.First)
	if t.IsZero() || whole <= 0 {
		return "0"
	}
	return strconv.FormatFloat(100*float64(t.Sub(v.First))/float64(whole), 'f', 2, 64)
}

// tactics are the columns of the matrix with the techniques that fired.
func tactics(alerts []detect.Alert) []tacticView {
	found := hits(alerts)
	var out []tacticView
	for _, tactic := range attack.Tactics() {
		t := tacticView{Name: tactic.Name, URL: tactic.URL()}
		for _, technique := range attack.Techniques() {
			list := found[technique.ID]
			if len(list) == 0 || !slices.Contains(technique.Tactics, tactic.Short) {
				continue
			}
			worst := Group{Alerts: list}.worst()
			t.Techniques = append(t.Techniques, techniqueView{
				ID: technique.ID, Name: technique.FullName(), URL: technique.URL(), Count: len(list), Worst: detect.Levels()[max(worst, 0)],
			})
		}
		out = append(out, t)
	}
	return out
}

// sortedKinds has the kinds of entities in the order in which one asks for them.
func sortedKinds(entities map[string]string) []string {
	order := []string{"host", "user", "process", "ip", "domain"}
	var out []string
	for k := range entities {
		out = append(out, k)
	}
	rank := func(k string) int {
		if i := slices.Index(order, k); i >= 0 {
			return i
		}
		return len(order)
	}
	slices.SortFunc(out, func(a, b string) int {
		if d := rank(a) - rank(b); d != 0 {
			return d
		}
		return strings.Compare(a, b)
	})
	return out
}

// show writes characters that cannot be seen, or that make others appear where
// they are not, as their numbers. Line breaks and tabs stay.
func show(s string) string {
	var b strings.Builder
	for _, r := range s {
		if r != '\n' && r != '\t' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r)) {
			fmt.Fprintf(&b, `\u{%x}`, r)
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

// moment writes a time for people.
func moment(t time.Time) string {
	if t.IsZero() {
		return "no time"
	}
	return t.UTC().Format("2006-01-02 15:04:05")
}

func plural(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return fmt.Sprintf("%d %s", n, noun)
}
