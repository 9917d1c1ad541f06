package detect

import (
	"fmt"
	"slices"
	"strings"

	"harrier"
	"harrier/diag"
	"harrier/schema"
)

// eventTypes checks the required event types, and the fields that the query
// reads of them, against what is known of the Falcon sensor.
func (c *checker) eventTypes(q *harrier.Query, at string) {
	d, falcon := c.d, schema.Falcon()
	complete := len(d.EventTypes) > 0
	for i, t := range d.EventTypes {
		e := falcon.Events[t]
		if e != nil {
			complete = complete && !e.Incomplete
			continue
		}
		complete = false
		m := fmt.Sprintf("there is no event type %s", t)
		if s := diag.Suggest(t, falcon.EventTypes()); s != "" {
			m += fmt.Sprintf("; did you mean %s?", s)
		}
		c.errorf("unknown-event-type", fmt.Sprintf("$.required_event_types[%d]", i), "%s", m)
	}
	for i, set := range d.SufficientTypes {
		place := fmt.Sprintf("$.sufficient_event_types[%d]", i)
		if len(set) == 0 {
			c.errorf("bad-value", place, "an empty set of event types says nothing")
		}
		for _, t := range set {
			if !slices.Contains(d.EventTypes, t) {
				c.errorf("bad-value", place, "%s is not among the required event types", t)
			}
		}
	}
	if !complete || q == nil {
		return
	}
	// A field that some stage may write need not come with the events.
	made := map[string]bool{}
	for _, stage := range q.Plan().Stages {
		e := stage.Effect()
		for _, f := range slices.Concat(e.Writes, e.MayWrite) {
			made[f] = true
		}
	}
	for _, f := range q.Plan().Fields.Names {
		if strings.HasPrefix(f, "#") || strings.HasPrefix(f, "@") || made[f] || falcon.Everywhere(f) || c.anyHas(falcon, f) {
			continue
		}
		m := "none of the required event types is known to have the field " + f
		if with := falcon.With(f); len(with) > 0 {
			m += ", which is known on " + strings.Join(with[:min(3, len(with))], ", ")
		}
		c.report(diag.Warningf("unlikely-field", d.place(at), "%s", m))
	}
}

func (c *checker) anyHas(s *schema.Source, field string) bool {
	for _, t := range c.d.EventTypes {
		if s.Events[t].Has(field) || schema.Given(t, field) {
			return true
		}
	}
	return false
}
