package report

import (
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"harrier"
	"harrier/attack"
	"harrier/detect"
	"harrier/internal/sarif"
)

// securitySeverity are the numbers by which code hosts rank results.
var securitySeverity = map[string]string{"critical": "9.5", "high": "8.0", "medium": "5.5", "low": "3.0", "informational": "0.0"}

// SARIF writes the alerts as a run of SARIF 2.1.0: a rule per detection that
// fired, a result per alert, and the techniques as a taxonomy.
func SARIF(w io.Writer, h *Hunt) error {
	driver := sarif.Component{Name: "Harrier", Version: harrier.Version, Rules: []sarif.Rule{}}
	taxonomy := sarif.Component{
		Name: "ATT&CK", Version: attack.Version(), Organization: "MITRE", InformationURI: "https://attack.mitre.org/",
		Short: &sarif.Message{Text: "MITRE ATT&CK Enterprise"},
	}
	found := hits(h.Alerts)
	taxon := map[string]*int{}
	for _, id := range slices.Sorted(maps.Keys(found)) {
		t, _ := attack.Find(id)
		n := len(taxonomy.Taxa)
		taxon[id] = &n
		taxonomy.Taxa = append(taxonomy.Taxa, sarif.Rule{ID: id, Name: t.FullName(), HelpURI: t.URL()})
	}
	zero := 0
	component := &sarif.Reference{Name: taxonomy.Name, Index: &zero}
	rules := map[string]*int{}
	run := sarif.Run{}
	for _, a := range h.Alerts {
		if rules[a.Detection] == nil {
			n := len(driver.Rules)
			rules[a.Detection] = &n
			driver.Rules = append(driver.Rules, h.rule(a))
		}
		r := sarif.Result{
			RuleID: a.Detection, RuleIndex: rules[a.Detection], Level: sarifLevel(a.Severity),
			Message:      sarif.Message{Text: a.String()},
			Locations:    []sarif.Location{h.location(a)},
			Fingerprints: map[string]string{"harrierAlert/v1": a.ID},
			Properties: map[string]any{
				"severity": a.Severity, "confidence": a.Confidence, "security-severity": securitySeverity[a.Severity],
				"entities": a.Entities, "count": a.Count, "attack": a.Attack, "evidence": a.Evidence,
			},
		}
		for name, t := range map[string]time.Time{"firstSeen": a.FirstSeen, "lastSeen": a.LastSeen} {
			if !t.IsZero() {
				r.Properties[name] = t.UTC().Format(time.RFC3339Nano)
			}
		}
		for _, id := range slices.Sorted(maps.Keys(hits([]detect.Alert{a}))) {
			r.Taxa = append(r.Taxa, sarif.Reference{ID: id, Index: taxon[id], Component: component})
		}
		run.Results = append(run.Results, r)
	}
	if len(taxonomy.Taxa) > 0 {
		run.Taxonomies = []sarif.Component{taxonomy}
		driver.Supported = []sarif.Reference{{Name: taxonomy.Name, Index: &zero}}
	}
	run.Tool = sarif.Tool{Driver: driver}
	return sarif.Write(w, run)
}

// rule is the detection of an alert as a rule.
func (h *Hunt) rule(a detect.Alert) sarif.Rule {
	r := sarif.Rule{
		ID: a.Detection, Short: &sarif.Message{Text: a.Title}, Default: &sarif.Configuration{Level: sarifLevel(a.Severity)},
		Properties: map[string]any{"tags": append([]string{"security"}, a.Attack...), "security-severity": securitySeverity[a.Severity]},
	}
	d := h.detection(a)
	if d == nil {
		return r
	}
	r.Default.Level = sarifLevel(d.Severity)
	r.Full = &sarif.Message{Text: strings.TrimSpace(d.Description)}
	r.Properties["tags"] = append([]string{"security"}, d.Attack...)
	r.Properties["security-severity"] = securitySeverity[d.Severity]
	r.Properties["precision"] = d.Confidence
	if len(d.References) > 0 {
		r.HelpURI = d.References[0]
	}
	var help []string
	for _, fp := range d.FalsePositives {
		help = append(help, "May be harmless: "+strings.TrimSpace(fp.Case)+" "+strings.TrimSpace(fp.Tuning))
	}
	for _, step := range d.Playbook {
		help = append(help, "Response: "+strings.TrimSpace(step))
	}
	if len(help) > 0 {
		r.Help = &sarif.Message{Text: strings.Join(help, "\n")}
	}
	return r
}

// location is where an alert comes from: the file, when the hunt read one path,
// and what the alert is about.
func (h *Hunt) location(a detect.Alert) sarif.Location {
	var l sarif.Location
	if len(h.Inputs) == 1 && h.Inputs[0] != "-" {
		l.Physical = &sarif.Physical{Artifact: sarif.Artifact{URI: sarif.URI(a.Source)}}
	}
	for _, kind := range slices.Sorted(maps.Keys(a.Entities)) {
		l.Logical = append(l.Logical, sarif.Logical{Name: a.Entities[kind], Kind: kind})
	}
	return l
}

// sarifLevel is the level of a severity.
func sarifLevel(severity string) string {
	switch severity {
	case "critical", "high":
		return "error"
	case "medium":
		return "warning"
	}
	return "note"
}
