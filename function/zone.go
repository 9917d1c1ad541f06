package function

import (
	"time"

	"harrier/diag"
	"harrier/internal/textfmt"
)

// Zone reads a Text argument that is a time zone; nil when it is not given and has no default. In a check the value of
// a parameter may be unknown, and then UTC stands in for it.
func (c *Call) Zone(name string) (*time.Location, diag.List) {
	text := c.Text(name)
	switch {
	case text == "" && !c.Has(name):
		return nil, nil
	case c.unknown(name):
		return time.UTC, nil
	}
	loc, err := textfmt.ParseZone(text)
	if err != nil {
		return nil, c.Errorf("bad-value", name, "%s", err)
	}
	return loc, nil
}

// unknown tells whether an argument is the stand-in for a parameter whose value is only known when the query is run.
func (c *Call) unknown(name string) bool { return c.Env.Check && c.Text(name) == "*" }
