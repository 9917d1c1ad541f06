package function

import "harrier/plan"

// mayWrite is the default effect of a mapper that writes only where it has something to write, so that an earlier field
// of the same name lives on in the other events.
func mayWrite(c *Call) plan.Effect {
	e := c.DefaultEffect()
	e.Writes, e.MayWrite = nil, append(e.MayWrite, e.Writes...)
	return e
}
