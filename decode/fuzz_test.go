package decode

import (
	"bytes"
	"testing"

	"harrier/event"
)

// Each target reads a text in all ways that must agree, and with predicates made
// of its own values against without.

func FuzzNDJSON(f *testing.F) {
	seeds(f, "ndjson")
	f.Fuzz(func(t *testing.T, data []byte, seed int64) {
		fuzzWays(t, "ndjson", data, seed)
		fuzzPaths(t, data)
	})
}

func FuzzFDR(f *testing.F) {
	seeds(f, "fdr")
	f.Fuzz(func(t *testing.T, data []byte, seed int64) { fuzzWays(t, "fdr", data, seed) })
}

func FuzzJSON(f *testing.F) {
	seeds(f, "json", "ndjson")
	f.Fuzz(func(t *testing.T, data []byte, seed int64) { fuzzWays(t, "json", data, seed) })
}

func FuzzCSV(f *testing.F) {
	seeds(f, "csv", "tsv")
	f.Fuzz(func(t *testing.T, data []byte, seed int64) {
		fuzzWays(t, "csv", data, seed)
		fuzzWays(t, "tsv", data, seed)
	})
}

func FuzzText(f *testing.F) {
	seeds(f, "text", "csv")
	f.Fuzz(func(t *testing.T, data []byte, seed int64) {
		fuzzWays(t, "text", data, seed)
		fuzzWays(t, "", data, seed)
	})
}

func FuzzSyslog(f *testing.F) {
	seeds(f, "syslog", "cef", "leef")
	f.Fuzz(func(t *testing.T, data []byte, seed int64) {
		fuzzWays(t, "syslog", data, seed)
		fuzzWays(t, "cef", data, seed)
		fuzzWays(t, "leef", data, seed)
	})
}

func FuzzSquid(f *testing.F) {
	seeds(f, "squid")
	f.Fuzz(func(t *testing.T, data []byte, seed int64) { fuzzWays(t, "squid", data, seed) })
}

func FuzzZeek(f *testing.F) {
	seeds(f, "zeek")
	f.Fuzz(func(t *testing.T, data []byte, seed int64) { fuzzWays(t, "zeek", data, seed) })
}

func FuzzAuditd(f *testing.F) {
	seeds(f, "auditd")
	f.Fuzz(func(t *testing.T, data []byte, seed int64) { fuzzWays(t, "auditd", data, seed) })
}

func FuzzWinXML(f *testing.F) {
	seeds(f, "winxml")
	f.Fuzz(func(t *testing.T, data []byte, seed int64) { fuzzWays(t, "winxml", data, seed) })
}

func fuzzWays(t *testing.T, format string, data []byte, seed int64) {
	// A text that looks compressed is read as what it unpacks to, or is a problem.
	if len(data) > 2000 || packing(data) != "" {
		t.Skip()
	}
	max := 0
	if seed&1 == 1 {
		max = 20
	}
	if format != "" {
		checkWays(t, format, "x", data, max)
	}
	checkWhere(t, format, data, seed)
}

// fuzzPaths compares the fast path of JSON lines with the slow one, line after
// line, so that what was learnt from one is used for the next.
func fuzzPaths(t *testing.T, data []byte) {
	for _, fields := range []event.FieldSet{{All: true}, {Names: []string{"a", "timestamp"}}} {
		req := &event.Request{Fields: fields}
		fast, slow := newJSONLines(req, genericTime, fdrRename), newJSONLines(req, genericTime, fdrRename)
		var a, b event.Builder
		for range 2 { // the second time the layout is known
			for line := range bytes.Lines(data) {
				if line = bytes.TrimSpace(line); len(line) == 0 || line[0] != '{' {
					continue
				}
				fast.begin()
				if !fast.fast(line, &a) {
					a.Abandon()
					continue
				}
				fast.end(line, &a)
				a.EndRow()
				if err := slow.flatten(line, &b); err != nil {
					t.Fatalf("the fast path takes %q, but %v", line, err)
				}
				slow.end(line, &b)
				b.EndRow()
			}
		}
		if a.Rows() == 0 {
			continue
		}
		x, y := batchRows(a.Flush()), batchRows(b.Flush())
		for i := range x {
			sameRow(t, "fast path", x[i], y[i], func(string) bool { return true })
		}
	}
}

func batchRows(b *event.Batch) []map[string]string {
	out := make([]map[string]string, b.Len())
	for r := range out {
		out[r] = map[string]string{}
		for i, name := range b.Names() {
			if v, ok := b.Columns()[i].Text(r); ok {
				out[r][name] = v
			}
		}
	}
	return out
}
