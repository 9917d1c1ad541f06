package detect

import (
	"fmt"
	"strings"
	"testing"

	"harrier/decode"
)

func TestGaps(t *testing.T) {
	const (
		squid  = "1767225600.120    230 192.0.2.15 TCP_TUNNEL/200 5120 CONNECT api.example.com:443 rkaur HIER_DIRECT/198.51.100.7 -\n"
		start  = `{"Channel":"Security","EventID":"4688","Computer":"T-WS-01","NewProcessName":"C:\\a.exe"}` + "\n"
		falcon = `{"event_simpleName":"ProcessRollup2","aid":"a1"}` + "\n"
		other  = `{"a":"b"}` + "\n"
	)
	connections := &Detection{Title: "connections", EventTypes: []string{"NetworkConnectIP4", "NetworkConnectIP6"}}
	both := &Detection{
		Title: "both", EventTypes: []string{"ProcessRollup2", "NetworkConnectIP4", "HttpRequest"},
		SufficientTypes: [][]string{{"ProcessRollup2", "NetworkConnectIP4"}, {"HttpRequest"}},
	}
	any := &Detection{Title: "any"}
	pack := &Pack{Detections: []*Detection{connections, both, any}}
	for _, c := range []struct {
		name, files string // name=text, separated by blanks
		want        []string
	}{
		{"falcon gives all", falcon, nil},
		{"nothing is known of what is not known", other, nil},
		{"a proxy has no connections", squid, []string{"[f0] Squid proxy gives no NetworkConnectIP4 or NetworkConnectIP6: connections"}},
		{"starts of processes only", start, []string{
			"[f0] Windows event log could give NetworkConnectIP4 or NetworkConnectIP6, and none is there: connections",
			"[f0] Windows event log could give ProcessRollup2 with NetworkConnectIP4 or HttpRequest, and none is there: both",
		}},
		{"beside Falcon", falcon + "\x00" + squid, []string{"[f1] Squid proxy gives no NetworkConnectIP4 or NetworkConnectIP6: connections"}},
		{"two of a kind", squid + "\x00" + squid, []string{"[f0 f1] Squid proxy gives no NetworkConnectIP4 or NetworkConnectIP6: connections"}},
	} {
		files, err := decode.Open(nil, decode.Options{})
		if err != nil {
			t.Fatal(err)
		}
		for i, text := range strings.Split(c.files, "\x00") {
			if err := files.AddBytes(fmt.Sprintf("f%d", i), []byte(text)); err != nil {
				t.Fatal(err)
			}
		}
		inputs, err := Inputs(t.Context(), files)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, g := range pack.Gaps(inputs) {
			var titles []string
			for _, d := range g.Detections {
				titles = append(titles, d.Title)
			}
			got = append(got, fmt.Sprintf("%v %s: %s", g.Inputs, g.Reason(), strings.Join(titles, " ")))
		}
		if fmt.Sprint(got) != fmt.Sprint(c.want) {
			t.Errorf("%s:\n%q\nwant\n%q", c.name, got, c.want)
		}
	}
}
