package function

import (
	"hash/fnv"
	"slices"
	"strconv"
	"strings"

	"harrier/diag"
	"harrier/event"
	"harrier/plan"
)

var eventInternalsFunc = &Function{
	Name:     "eventInternals",
	Category: "event",
	Summary:  "Adds a field that tells which data source the event belongs to.",
	Doc: "Events whose tags - the fields whose names start with `#` - have the same values belong to the same data source, and get the same text of 16 " +
		"hexadecimal digits in `@datasourceId`. It is worked out from the tags alone, so that it is the same in other files and other runs. It differs from " +
		"the identifiers that LogScale gives out, and says as little as those do. Of what else LogScale may add nothing is documented.\n\n" +
		"Tags are those that the event was read with, whatever the query does to them. Behind an aggregate there are no events any more, and nothing is written.",
	Params: []Param{
		{Name: "prefix", Kind: Text, Default: "@", Doc: "A text to put in front of the names of the new fields."},
	},
	Stored: true,
	Effect: func(c *Call) plan.Effect { return plan.Effect{MayWrite: []string{datasourceField(c)}} },
	Examples: []Example{{
		Query: `eventInternals() | groupBy(@datasourceId, function=collect(host)) | drop(@datasourceId)`,
		In: "{\"#kind\":\"dns\",\"host\":\"a\"}\n{\"#kind\":\"dns\",\"host\":\"b\"}\n{\"#kind\":\"logon\",\"host\":\"c\"}\n" +
			"{\"#kind\":\"dns\",\"#repo\":\"x\",\"host\":\"d\"}",
		Out:       "{\"host\":\"a\\nb\"}\n{\"host\":\"c\"}\n{\"host\":\"d\"}",
		Unordered: true,
	}, {
		Query: `eventInternals(prefix=_)`,
		In:    `{"#kind":"dns","host":"a"}`,
		Out:   `{"#kind":"dns","host":"a","_datasourceId":"48bb1e344b8ed0af"}`,
	}},
	NewMapper: func(c *Call) (MapperFactory, diag.List) {
		if c.Rows {
			return noMapper, nil
		}
		as := datasourceField(c)
		if as == "" || event.Hidden(as) {
			return nil, c.Errorf("bad-value", "prefix", "%q cannot start the name of a field", c.Text("prefix"))
		}
		return func(*plan.Runtime) plan.Mapper {
			known := map[string]uint32{} // codes of the results, by the tags
			dict := event.NewDict()
			return plan.MapperFunc(func(b *event.Batch) error {
				tags := tagColumns(b)
				codes := make([]uint32, b.Len())
				var key []byte
				for i := range codes {
					codes[i] = event.NoCode
				}
				for _, r := range b.Selected() {
					key = key[:0]
					for _, t := range tags {
						if v, ok := t.column.Text(int(r)); ok {
							key = appendSized(appendSized(key, t.name), v)
						}
					}
					code, ok := known[string(key)]
					if !ok {
						if len(known) > maxDatasources {
							clear(known)
						}
						h := fnv.New64a()
						h.Write(key)
						id := strconv.FormatUint(h.Sum64(), 16)
						code = dict.Code(strings.Repeat("0", 16-len(id)) + id)
						known[string(key)] = code
					}
					codes[r] = code
				}
				b.Set(as, event.NewCoded(dict, codes))
				return nil
			})
		}, nil
	},
}

// maxDatasources bounds what is remembered of tags; there are few data sources unless a tag is misused.
const maxDatasources = 1 << 16

func datasourceField(c *Call) string { return c.Text("prefix") + "datasourceId" }

// appendSized adds a text with its length in front, which keeps texts apart whatever they contain.
func appendSized(dst []byte, s string) []byte {
	return append(append(strconv.AppendInt(dst, int64(len(s)), 10), ':'), s...)
}

type tagColumn struct {
	name   string
	column *event.Column
}

// tagColumns are the tags that the events of a batch were read with, by name.
func tagColumns(b *event.Batch) []tagColumn {
	var out []tagColumn
	names, cols := b.Original()
	for i, name := range names {
		if strings.HasPrefix(name, "#") {
			out = append(out, tagColumn{name, cols[i]})
		}
	}
	slices.SortFunc(out, func(a, b tagColumn) int { return strings.Compare(a.name, b.name) })
	return out
}
