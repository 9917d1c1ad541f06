package function

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/oschwald/maxminddb-golang/v2"

	"harrier/diag"
	"harrier/event"
	"harrier/plan"
)

// addressInfo is a function that adds what a MaxMind database knows of an address.
type addressInfo struct {
	what   string   // the kind of database: "city"
	flag   string   // of the command that names the file
	types  []string // of which one stands in the type of a fitting database
	suffix []string // of the fields that are written
	// read gives the values for the fields; a nil text is absent.
	read func(r maxminddb.Result) ([]*string, error)
}

// effect is that of the mapper: an address that is not known leaves the fields alone.
func (a *addressInfo) effect(c *Call) plan.Effect {
	e := c.DefaultEffect()
	e.MayWrite = append(e.MayWrite, a.fields(c)...)
	return e
}

func (a *addressInfo) fields(c *Call) []string {
	prefix := c.Text("as")
	if prefix == "" {
		prefix = c.Field("field")
	}
	out := make([]string, len(a.suffix))
	for i, s := range a.suffix {
		out[i] = prefix + "." + s
	}
	return out
}

// mapper opens the database. A query that is only checked needs none.
func (a *addressInfo) mapper(c *Call, file string) (MapperFactory, diag.List) {
	if file == "" {
		if c.Env.Check {
			return func(*plan.Runtime) plan.Mapper { return plan.MapperFunc(func(*event.Batch) error { return nil }) }, nil
		}
		d := diag.Errorf("missing-database", c.At, "%s() needs a MaxMind %s database, and none is given", c.Function.Name, a.what).
			WithHelp("give the .mmdb file with --%s FILE", a.flag)
		return nil, diag.List{d}
	}
	db, err := maxminddb.Open(file) // closed by the package when it is not used any more
	if err != nil {
		return nil, c.Errorf("bad-database", "", "the MaxMind %s database cannot be used: %s: %s", a.what, file, shortError(err))
	}
	var problems diag.List
	kind := db.Metadata.DatabaseType
	if !slices.ContainsFunc(a.types, func(t string) bool { return strings.Contains(strings.ToLower(kind), t) }) {
		problems = diag.List{diag.Warningf("bad-database", c.At, "%s is a database of the type %q, which may not have what %s() looks for", file, kind, c.Function.Name)}
	}
	field, out := c.Field("field"), a.fields(c)
	return func(*plan.Runtime) plan.Mapper {
		return &addressMapper{info: a, db: db, file: file, field: field, out: out, known: map[string][]*string{}}
	}, problems
}

// shortError leaves out what an error of the file system says of the file, which stands before it anyway.
func shortError(err error) string {
	s := err.Error()
	if i := strings.LastIndex(s, ": "); i >= 0 && strings.HasPrefix(s, "open ") {
		return s[i+2:]
	}
	return s
}

// addressMapper is an addressInfo at work.
type addressMapper struct {
	info  *addressInfo
	db    *maxminddb.Reader
	file  string
	field string
	out   []string
	known map[string][]*string // what was found for texts, nil when there was nothing
}

var _ plan.Mapper = (*addressMapper)(nil)

// Map implements plan.Mapper.
func (m *addressMapper) Map(b *event.Batch) error {
	c := b.Column(m.field)
	if c == nil {
		return nil
	}
	found := make([][]*string, b.Len())
	any := make([]bool, len(m.out))
	for _, r := range b.Selected() {
		text, ok := c.Text(int(r))
		if !ok {
			continue
		}
		values, err := m.look(text)
		if err != nil {
			return err
		}
		found[r] = values
		for i, v := range values {
			any[i] = any[i] || v != nil
		}
	}
	for i, name := range m.out {
		if !any[i] {
			continue
		}
		setWhere(b, name, func(row int) (string, bool) {
			if found[row] == nil || found[row][i] == nil {
				return "", false
			}
			return *found[row][i], true
		})
	}
	return nil
}

// look finds what the database knows; a text that is no address is not known.
func (m *addressMapper) look(text string) ([]*string, error) {
	if values, ok := m.known[text]; ok {
		return values, nil
	}
	if len(m.known) >= maxMemo {
		clear(m.known)
	}
	values, err := m.ask(text)
	if err != nil {
		return nil, fmt.Errorf("read %s: address %s: %w", m.file, text, err)
	}
	m.known[text] = values
	return values, nil
}

func (m *addressMapper) ask(text string) ([]*string, error) {
	addr, ok := readAddress(text)
	if !ok || addr.Is6() && m.db.Metadata.IPVersion == 4 {
		return nil, nil
	}
	return m.askAddress(addr)
}

func (m *addressMapper) askAddress(addr netip.Addr) ([]*string, error) {
	r := m.db.Lookup(addr)
	if err := r.Err(); err != nil || !r.Found() {
		return nil, err
	}
	return m.info.read(r)
}
