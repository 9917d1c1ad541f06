package function

import (
	"errors"
	"fmt"
	"strings"

	"harrier/diag"
	"harrier/plan"
)

var cidrFunc = &Function{
	Name:     "cidr",
	Category: "network",
	Summary:  "Keeps events in which the IP address in a field lies in one of some subnets.",
	Doc: "Subnets are given in the array `subnet`, in a column of a lookup file, or both; subnets of IPv4 and of IPv6 may be mixed. An address without a " +
		"length (`192.0.2.9`) is a subnet of one, and bits behind the length are ignored. An IPv4 address written as IPv6 (`::ffff:192.0.2.9`) lies in the " +
		"IPv4 subnets of the address as well as in IPv6 subnets; a zone (`fe80::1%eth0`) is ignored.\n\n" +
		"A value that is no address, or an absent field, lies in no subnet: `cidr(ip, subnet=[\"0.0.0.0/0\", \"::/0\"])` tells whether there is an address " +
		"at all, and `!cidr(...)` keeps events without one. Leading zeros (`010.0.0.1`) make a value no address.\n\n" +
		"Empty cells of the lookup file are skipped. A file or column that is not there, or a cell that is no subnet, is an error; in a parser it is a " +
		"warning, and every event goes on. The number of subnets hardly matters.",
	Unnamed: "field",
	Params: []Param{
		{Name: "field", Kind: Field, Required: true, Doc: "The field with the address."},
		{Name: "subnet", Kind: Texts, Doc: "Subnets such as `10.0.0.0/8` or `2001:db8::/32`."},
		{Name: "file", Kind: Text, Doc: "A lookup file with subnets."},
		{Name: "column", Kind: Text, Doc: "The column of the file that has them; may be left out when there is only one."},
		{Name: "negate", Kind: Bool, Default: "false", Doc: "Keeps the other events instead.", Deprecated: "!cidr(...)"},
	},
	Examples: []Example{{
		Query: `cidr(ip, subnet=["203.0.113.0/25", "2001:db8:7::/48"])`,
		In: "{\"ip\":\"203.0.113.90\"}\n{\"ip\":\"203.0.113.190\"}\n{\"ip\":\"2001:db8:7:1::5\"}\n{\"ip\":\"::ffff:203.0.113.1\"}\n" +
			"{\"ip\":\"localhost\"}\n{\"host\":\"a\"}",
		Out: "{\"ip\":\"203.0.113.90\"}\n{\"ip\":\"2001:db8:7:1::5\"}\n{\"ip\":\"::ffff:203.0.113.1\"}",
	}, {
		Doc:   "Addresses of the outside world, and whatever is no address.",
		Query: `!cidr(ip, subnet=["10.0.0.0/8", "192.168.0.0/16"])`,
		In:    "{\"ip\":\"10.8.0.1\"}\n{\"ip\":\"198.51.100.3\"}\n{\"ip\":\"-\"}\n{\"host\":\"a\"}",
		Out:   "{\"ip\":\"198.51.100.3\"}\n{\"ip\":\"-\"}\n{\"host\":\"a\"}",
	}},
	NewPred: newCIDR,
}

func newCIDR(c *Call) (plan.Pred, diag.List) {
	if !c.Has("subnet") && !c.Has("file") {
		return nil, c.Errorf("missing-argument", "", "cidr() needs subnets: write subnet=[...], or file= and column=")
	}
	var nets subnets
	for i, s := range c.Texts("subnet") {
		if s == "*" && c.Env.Check {
			continue // a parameter whose value is not known yet
		}
		if err := nets.add(s); err != nil {
			return nil, diag.List{diag.Errorf("bad-value", c.Arg("subnet").Places[i], "%s", err)}
		}
	}
	if c.Has("file") {
		if err := nets.addFile(c); err != nil {
			if c.Env.Context == Parser {
				at := c.Place("file")
				return plan.Always(true), diag.List{diag.Warningf("bad-value", at, "%s; every event goes on", err)}
			}
			return nil, c.Errorf("bad-value", "file", "%s", err)
		}
	} else if c.Has("column") {
		return nil, c.Errorf("missing-argument", "column", "column is a column of a lookup file: give file too")
	}
	nets.prepare()
	var p plan.Pred = &plan.Test{Field: c.Field("field"), Match: noError(nets.hasText), Shown: "in subnets " + c.shownSubnets()}
	if c.Bool("negate") {
		p = &plan.Not{X: p}
	}
	return p, nil
}

func (c *Call) shownSubnets() string {
	var parts []string
	if c.Has("subnet") {
		parts = append(parts, shownValues(c.Texts("subnet")))
	}
	if c.Has("file") {
		parts = append(parts, "of "+c.Text("file"))
	}
	return strings.Join(parts, " and ")
}

// addFile adds the subnets of the lookup file. Without lookup files at hand,
// when a query is only checked, it adds nothing.
func (n *subnets) addFile(c *Call) error {
	file := c.Text("file")
	if c.Env.Lookups == nil || c.unknown("file") {
		return nil
	}
	t, err := c.Env.Lookups.Table(file)
	if err != nil {
		if c.Env.Check && errors.Is(err, ErrNoLookup) {
			return nil
		}
		return err
	}
	col := 0
	switch name := c.Text("column"); {
	case c.unknown("column"):
		return nil
	case name != "":
		if col = t.Column(name); col < 0 {
			return fmt.Errorf("the lookup file %s has no column %s; it has %s", file, name, strings.Join(t.Columns, ", "))
		}
	case len(t.Columns) != 1:
		return fmt.Errorf("the lookup file %s has %d columns: say with column= which one has the subnets", file, len(t.Columns))
	}
	for i, row := range t.Rows {
		s := strings.TrimSpace(row[col].Text)
		if s == "" {
			continue
		}
		if err := n.add(s); err != nil {
			return fmt.Errorf("row %d of the lookup file %s: %w", i+1, file, err)
		}
	}
	return nil
}
