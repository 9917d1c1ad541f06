package detect

import (
	"fmt"
	"slices"
	"strings"

	"harrier/attack"
	"harrier/diag"
)

// attack checks the technique ids of the detection. One that ATT&CK does not have
// is an error: it would be counted as covered where nobody looks.
func (c *checker) attack() {
	for i, id := range c.d.Attack {
		at := fmt.Sprintf("$.attack[%d]", i)
		t, ok := attack.Find(id)
		switch {
		case !ok:
			c.noTechnique(at, id)
		case slices.Contains(c.d.Attack[:i], id):
			c.report(diag.Warningf("duplicate-technique", c.d.place(at), "%s stands here twice", id))
		case t.Status == attack.Revoked:
			// A revoked id was merged or moved, so another means the same.
			w := diag.Warningf("revoked-technique", c.d.place(at), "%s was revoked; ATT&CK %s has %s in its place", id, attack.Version(), called(t.Instead))
			if len(t.Instead) == 1 {
				w = c.rewrite(w, at, id, t.Instead[0])
			}
			c.report(w)
		case t.Status == attack.Deprecated:
			w := diag.Warningf("deprecated-technique", c.d.place(at), "%s (%s) is deprecated in ATT&CK", id, t.Name)
			if len(t.Instead) > 0 {
				w = w.WithHelp("see whether %s fits", called(t.Instead))
			}
			c.report(w)
		}
	}
}

// noTechnique says that there is no technique of this id, and which one may have
// been meant.
func (c *checker) noTechnique(at, id string) {
	span := c.d.place(at)
	upper := strings.ToUpper(strings.TrimSpace(id))
	named := attack.Named(strings.TrimSpace(id))
	if !techniqueID(id) {
		e := diag.Errorf("bad-technique", span, "%q is no ATT&CK technique id such as T1596 or T1596.005", id)
		var meant []string
		if spelt, ok := respell(upper); ok {
			meant = []string{spelt}
		}
		for _, t := range named {
			meant = append(meant, t.ID)
		}
		for _, t := range attack.Tactics() {
			if t.ID == upper || strings.EqualFold(t.Name, upper) || strings.EqualFold(t.Short, upper) {
				e = e.WithHelp("%s is a tactic (%s); tactics follow from the techniques", t.ID, t.Name)
			}
		}
		if len(meant) == 1 {
			e = c.rewrite(e, at, id, meant[0])
		}
		// A guess by spelling is one among many, and no fix.
		if s := diag.Suggest(upper, techniqueIDs()); len(meant) == 0 && e.Help == "" && s != "" && strings.HasPrefix(upper, "T") {
			meant = []string{s}
		}
		if len(meant) > 0 {
			e.Message += "; did you mean " + called(meant) + "?"
		}
		c.report(e)
		return
	}
	e := diag.Errorf("unknown-technique", span, "ATT&CK Enterprise %s has no technique %s", attack.Version(), id)
	parent, _, sub := strings.Cut(id, ".")
	p, known := attack.Find(parent)
	switch subs := attack.Subs(parent); {
	case sub && known && len(subs) > 0:
		e = e.WithHelp("%s (%s) has the sub-techniques %s to %s", parent, p.Name, subs[0].ID, subs[len(subs)-1].ID)
	case sub && known:
		e = e.WithHelp("%s has no sub-techniques", called([]string{parent}))
	default:
		if s := diag.Suggest(id, techniqueIDs()); s != "" {
			e.Message += "; did you mean " + called([]string{s}) + "?"
		}
	}
	c.report(e)
}

// respell writes an id as ATT&CK does, where there is a technique of that number:
// 1059.1 is T1059.001.
func respell(id string) (string, bool) {
	number, sub, dotted := strings.Cut(strings.TrimPrefix(id, "T"), ".")
	id = "T" + number
	if dotted {
		id += "." + strings.Repeat("0", max(3-len(sub), 0)) + sub
	}
	_, ok := attack.Find(id)
	return id, ok
}

// rewrite offers an id in the place of the one that the file has.
func (c *checker) rewrite(d diag.Diagnostic, at, from, to string) diag.Diagnostic {
	span := c.d.place(at)
	i := strings.Index(c.d.source.Text[span.Start:span.End], from)
	if i < 0 {
		return d // written with escapes
	}
	span = diag.Span{Start: span.Start + i, End: span.Start + i + len(from)}
	return d.WithFix(false, "write "+to, diag.Edit{Span: span, Text: to})
}

// called names techniques: "T1059.001 (PowerShell) or T1059.004 (Unix Shell)".
func called(ids []string) string {
	var out []string
	for _, id := range ids {
		if t, ok := attack.Find(id); ok && t.Name != "" {
			id += " (" + t.Name + ")"
		}
		out = append(out, id)
	}
	if n := len(out); n > 1 {
		return strings.Join(out[:n-1], ", ") + " or " + out[n-1]
	}
	return strings.Join(out, "")
}

func techniqueIDs() []string {
	var out []string
	for _, t := range attack.Techniques() {
		out = append(out, t.ID)
	}
	return out
}
