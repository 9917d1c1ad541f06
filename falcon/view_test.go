package falcon

import "testing"

func TestTables(t *testing.T) {
	for _, tab := range tables() {
		t.Log(tab.source.Name, len(tab.kinds))
	}
}
