package function

import (
	"slices"

	"harrier/diag"
	"harrier/event"
	"harrier/plan"
)

var renameFunc = &Function{
	Name:     "rename",
	Category: "data-manipulation",
	Summary:  "Gives one or several fields another name.",
	Doc: "`x := rename(y)` means `rename(y, as=x)`. A field that already has the new name is overwritten - in the events that have the old field; " +
		"in the others nothing happens. Several fields are renamed one after the other, in the order of the pairs. " +
		"Events whose `@timestamp` is renamed stay in order for `head()` and `tail()`.",
	Unnamed: "field",
	Params: []Param{
		{Name: "field", Kind: Pairs, Required: true, Doc: "The field to rename, or an array of pairs: `[[old, new], [old, new]]`."},
		{Name: "as", Kind: NewField, Doc: "The new name of a single field."},
	},
	Examples: []Example{{
		Query: `rename(src, as=source)`,
		In:    "{\"src\":\"10.0.0.1\",\"n\":\"1\"}\n{\"source\":\"kept\",\"n\":\"2\"}",
		Out:   "{\"source\":\"10.0.0.1\",\"n\":\"1\"}\n{\"source\":\"kept\",\"n\":\"2\"}",
	}, {
		Query: `user := rename(UserName)`,
		In:    `{"UserName":"kim","user":"old"}`,
		Out:   `{"user":"kim"}`,
	}, {
		Query: `rename([[src, source], [dst, target]])`,
		In:    `{"src":"a","dst":"b","via":"c"}`,
		Out:   `{"source":"a","target":"b","via":"c"}`,
	}},
	Effect: func(c *Call) plan.Effect {
		var e plan.Effect
		for _, p := range renames(c) {
			if p[0] != p[1] {
				// A later pair may read what an earlier one wrote, and reading it of the source as well does no harm.
				e.Reads, e.Drops, e.MayWrite = append(e.Reads, p[0]), append(e.Drops, p[0]), append(e.MayWrite, p[1])
				e.Moves = append(e.Moves, p)
			}
		}
		return e
	},
	NewMapper: func(c *Call) (MapperFactory, diag.List) {
		a := c.Arg("field")
		switch {
		case a.Pairs != nil && c.Has("as"):
			return nil, c.Errorf("bad-value", "as", "rename() takes new names from the pairs or from as, not from both")
		case a.Pairs == nil && !c.Has("as"):
			return nil, c.Errorf("missing-argument", "", "rename() needs the new name of the field: as=name, or name := rename(%s)", a.Text)
		}
		pairs := renames(c)
		if len(pairs) == 0 {
			return nil, c.Errorf("missing-argument", "field", "rename() needs at least one field to rename")
		}
		for _, p := range pairs {
			if p[0] == "" || p[1] == "" {
				return nil, c.Errorf("bad-value", "field", "rename() needs names that are not empty")
			}
		}
		return func(*plan.Runtime) plan.Mapper {
			return plan.MapperFunc(func(b *event.Batch) error {
				for _, p := range pairs {
					renameField(b, p[0], p[1])
				}
				return nil
			})
		}, nil
	},
}

// renames are the pairs of old and new names.
func renames(c *Call) [][2]string {
	if a := c.Arg("field"); a.Pairs == nil {
		return [][2]string{{a.Text, c.Field("as")}}
	}
	return c.Arg("field").Pairs
}

// renameField moves a column to another name, in its place. Rows that lack it keep what they have under the new name.
func renameField(b *event.Batch, from, to string) {
	c := b.Column(from)
	if c == nil || c.Kind() == event.Missing || from == to {
		return
	}
	keepTime(b, from)
	names := slices.DeleteFunc(slices.Clone(b.Names()), event.Hidden)
	at := slices.Index(names, from)
	if old := slices.Index(names, to); old < 0 {
		names[at] = to
	} else if at < old {
		names[at], names[old] = to, from
	}
	SetColumn(b, to, c)
	b.Drop(from)
	b.Project(names)
}
