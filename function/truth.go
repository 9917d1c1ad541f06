package function

import "harrier/event"

// truth tells for the rows of a condition whether it holds: as for test(), only where its value is the text `true`.
func truth(c *event.Column) func(row int) bool {
	switch c.Kind() {
	case event.Missing, event.Number, event.Integer:
		return func(int) bool { return false }
	case event.Constant:
		s, _ := c.ConstantText()
		return func(int) bool { return s == "true" }
	}
	return func(row int) bool {
		s, ok := c.Text(row)
		return ok && s == "true"
	}
}
