package schema

import (
	"slices"
	"testing"
)

func TestFalcon(t *testing.T) {
	s := Falcon()
	for event, fields := range map[string][]string{
		"ProcessRollup2":    {"TargetProcessId", "ImageFileName", "CommandLine", "ParentBaseFileName"},
		"DnsRequest":        {"DomainName", "ContextProcessId"},
		"NetworkConnectIP4": {"RemoteAddressIP4", "RemotePort"},
		"NetworkConnectIP6": {"RemoteAddressIP6"},
	} {
		e := s.Events[event]
		if e == nil {
			t.Fatalf("%s is not known", event)
		}
		for _, f := range fields {
			if !e.Has(f) {
				t.Errorf("%s is not known to have %s", event, f)
			}
			if !slices.Contains(s.With(f), event) {
				t.Errorf("With(%s) lacks %s", f, event)
			}
		}
	}
	if !s.Everywhere("aid") || !s.Everywhere("@timestamp") || s.Everywhere("DomainName") {
		t.Error("common fields are mixed up")
	}
	if got := s.Type("RemoteAddressIP4"); got != "ip" {
		t.Errorf("RemoteAddressIP4 is of type %s", got)
	}
	if got := s.Type("CommandLine"); got != "string" {
		t.Errorf("CommandLine is of type %s", got)
	}
	if n := len(s.EventTypes()); n < 200 {
		t.Errorf("only %d event types", n)
	}
	if s.Knows("NoSuchField") {
		t.Error("NoSuchField is known")
	}
}
