package function

import "harrier/plan"

// mayWrite is the default effect of a mapper that writes only where it has something to write, so that an earlier field
// of the same name lives on in the other events.
func mayWrite(c *Call) plan.Effect {
	e := c.DefaultEffect()
	e.Writes, e.MayWrite = nil, append(e.MayWrite, e.Writes...)
	return e
}

// inPlace is the effect of a mapper that writes the field it reads, unless it is given another one, where it has
// something to write.
func inPlace(c *Call) plan.Effect {
	return plan.Effect{Reads: []string{c.Field("field")}, MayWrite: []string{c.inPlaceTarget()}}
}

// inPlaceTarget is the field that such a mapper writes.
func (c *Call) inPlaceTarget() string {
	if as := c.Field("as"); as != "" {
		return as
	}
	return c.Field("field")
}
