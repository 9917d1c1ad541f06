package function

import "testing"

func TestSubnets(t *testing.T) {
	for _, x := range []struct {
		nets, in, out []string
	}{
		{[]string{"0.0.0.0/0", "::/0"}, []string{"0.0.0.0", "255.255.255.255", "::", "fe80::1%eth0", "::ffff:1.2.3.4"},
			[]string{"", "1", "1.2.3", "1.2.3.4.5", "010.0.0.1", " 1.2.3.4", "1.2.3.4/32", "[::1]", "host"}},
		{[]string{"10.0.0.0/9", "10.64.0.0/10", "10.128.0.0/16"}, []string{"10.0.0.0", "10.127.255.255", "10.128.255.255"},
			[]string{"9.255.255.255", "10.129.0.0", "::ffff:9.0.0.1", "::10.0.0.1"}},
		{[]string{"192.0.2.77/24"}, []string{"192.0.2.0", "192.0.2.255"}, []string{"192.0.1.255", "192.0.3.0"}},
		{[]string{"192.0.2.7"}, []string{"192.0.2.7", "::ffff:192.0.2.7"}, []string{"192.0.2.8"}},
		{[]string{"::ffff:10.0.0.0/104"}, []string{"10.1.2.3", "::ffff:10.1.2.3"}, []string{"11.0.0.0"}},
		{[]string{"2001:db8::/33"}, []string{"2001:db8::", "2001:db8:7fff:ffff::"}, []string{"2001:db8:8000::", "2001:db7::", "32.1.13.184"}},
		{nil, nil, []string{"1.2.3.4", "::"}},
	} {
		var n subnets
		for _, s := range x.nets {
			if err := n.add(s); err != nil {
				t.Fatal(err)
			}
		}
		n.prepare()
		for _, s := range x.in {
			if !n.hasText(s) {
				t.Errorf("%v lacks %s", x.nets, s)
			}
		}
		for _, s := range x.out {
			if n.hasText(s) {
				t.Errorf("%v has %s", x.nets, s)
			}
		}
	}
	for _, s := range []string{"", "/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/", "::/129", "host/8"} {
		if new(subnets).add(s) == nil {
			t.Errorf("%q is taken as a subnet", s)
		}
	}
}
