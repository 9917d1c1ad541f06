package decode

import (
	"fmt"
	"math/rand"
	"strings"
	"testing"
	"unicode/utf16"

	"harrier/event"
)

// words are pieces of values that are easy to get wrong: letters with a second
// form beyond ASCII, characters with several spellings in JSON, words of the
// engine's own, numbers.
var words = []string{
	"crane", "Crane", "CRANE", "k", "K", "\u212a", "s", "S", "\u017f", "task", "TASK", "\\", "\"", "/", "<&>", "'", "+=", "é", "É", "🚢",
	"\t", "\n", "\u0000", "\u007f", "true", "the line", "not a JSON", "C:\\Pier\\", "192.0.2.7", "1773705601975", "-1.5e3", "1.50", "\\u0041", "%", " ",
}

func someValue(rnd *rand.Rand) string {
	var b strings.Builder
	for range 1 + rnd.Intn(4) {
		b.WriteString(words[rnd.Intn(len(words))])
	}
	return b.String()
}

// spell writes a JSON string, each character in one of the ways JSON has.
func spell(rnd *rand.Rand, s string) string {
	var b strings.Builder
	b.WriteByte('"')
	escapes := rnd.Intn(3)
	for _, r := range s {
		short := strings.IndexRune("\b\f\n\r\t\"\\/", r)
		switch {
		case short >= 0 && rnd.Intn(2) == 0:
			b.WriteString([]string{`\b`, `\f`, `\n`, `\r`, `\t`, `\"`, `\\`, `\/`}[short])
		case r < ' ' || r == '"' || r == '\\' || escapes == 2 && rnd.Intn(3) == 0:
			form := `\u%04x`
			if rnd.Intn(2) == 0 {
				form = `\u%04X`
			}
			for _, u := range utf16.Encode([]rune{r}) {
				fmt.Fprintf(&b, form, u)
			}
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// someLine writes an event as a line: flat or nested, or broken.
func someLine(rnd *rand.Rand) string {
	names := []string{"a", "b", "event_simpleName", "cid", "timestamp", "@timestamp", "@rawstring", "@error_msg", "#tag", "list", "o.p"}
	var members []string
	for range 1 + rnd.Intn(5) {
		value := spell(rnd, someValue(rnd))
		switch rnd.Intn(8) {
		case 0:
			value = []string{"1773705601975", "-1.5e3", "1.50", "true", "null", "12345"}[rnd.Intn(6)]
		case 1:
			value = `"2026-03-17T00:00:01Z"`
		case 2:
			value = "[" + value + `,{"k":` + value + "}]"
		case 3:
			value = `{"x":` + value + "}"
		}
		members = append(members, spell(rnd, names[rnd.Intn(len(names))])+":"+value)
	}
	line := "{" + strings.Join(members, ",") + "}"
	if rnd.Intn(8) == 0 {
		line = line[:rnd.Intn(len(line))]
	}
	return line
}

// No line may be rejected whose event satisfies the predicate.
func TestRejectsOnlyWhatCannotMatch(t *testing.T) {
	rounds := 80
	if testing.Short() {
		rounds = 25
	}
	rejected := int64(0)
	for seed := range int64(rounds) {
		rnd := rand.New(rand.NewSource(seed))
		var lines []string
		for range 12 {
			lines = append(lines, someLine(rnd))
		}
		data := []byte(strings.Join(lines, "\n"))
		for _, format := range []string{"ndjson", "fdr", "text"} {
			checkWhere(t, format, data, seed)
			if t.Failed() {
				t.Fatalf("seed %d", seed)
			}
		}
		req := everything()
		req.Where = event.Predicate{Clauses: []event.Clause{{Any: []event.Needle{{Field: "a", Text: "crane", Fold: true}}}}}
		rejected += read(t, open(t, "x", data, Options{Format: "ndjson"}), req).stats.Rejected.Load()
	}
	if rejected == 0 {
		t.Error("nothing was ever rejected")
	}
}

// What a predicate rejects, where that can be told beforehand.
func TestRejects(t *testing.T) {
	const line = `{"event_simpleName":"DnsRequest","DomainName":"pier.example","path":"C:\\Tasks\\Kiosk","timestamp":"1773705601975"}`
	for _, c := range []struct {
		format string
		needle event.Needle
		want   bool
	}{
		{"ndjson", event.Needle{Field: "DomainName", Text: "pier"}, false},
		{"ndjson", event.Needle{Field: "DomainName", Text: "quay"}, true},
		{"ndjson", event.Needle{Field: "DomainName", Text: "qu"}, false}, // too short to look for
		{"ndjson", event.Needle{Field: "DomainName", Text: "PIER"}, true},
		{"ndjson", event.Needle{Field: "DomainName", Text: "PIER", Fold: true}, false},
		{"ndjson", event.Needle{Field: "path", Text: "tasks", Fold: true}, false},
		{"ndjson", event.Needle{Field: "path", Text: "desks", Fold: true}, true},
		{"ndjson", event.Needle{Field: "path", Text: `C:\Tasks\Kiosk`, Whole: true}, false},
		{"ndjson", event.Needle{Field: "path", Text: `C:\Tasks\Pier`, Whole: true}, false}, // only the longest part is looked for
		{"ndjson", event.Needle{Field: "#event_simpleName", Text: "quay"}, false},          // may be computed by somebody
		{"fdr", event.Needle{Field: "#event_simpleName", Text: "DnsRequest", Whole: true}, false},
		{"fdr", event.Needle{Field: "#event_simpleName", Text: "ProcessRollup2", Whole: true}, true},
		{"fdr", event.Needle{Field: "@timestamp", Text: "1773705601975"}, false},
		{"fdr", event.Needle{Field: "@timestamp", Text: "999999"}, false}, // computed
		{"ndjson", event.Needle{Text: "quay"}, true},
		{"ndjson", event.Needle{Text: "JSON object"}, false}, // broken lines have it
		{"ndjson", event.Needle{Text: "TRUE", Fold: true}, false},
		{"ndjson", event.Needle{Field: "@error", Text: "true"}, false},
		{"text", event.Needle{Field: "@rawstring", Text: "quay"}, true},
		{"text", event.Needle{Field: "other", Text: "quay"}, false},
		{"text", event.Needle{Text: "JSON object"}, true}, // no line of text is broken
	} {
		req := everything()
		req.Where = event.Predicate{Clauses: []event.Clause{{Any: []event.Needle{c.needle}}}}
		r := read(t, open(t, "x", []byte(line), Options{Format: c.format}), req)
		if got := r.stats.Rejected.Load() == 1; got != c.want {
			t.Errorf("%s %+v: rejected is %v, want %v", c.format, c.needle, got, c.want)
		}
	}
}

// An escape that could hide a literal is seen also in the lines that follow one
// that was too long, and in the line that ends in another chunk.
func TestRejectsAfterLongLine(t *testing.T) {
	long := strings.Repeat("x", 3<<20)
	data := []byte("{\"a\":\"1\"}\n{\"b\":\"" + long + "\"}\n{\"a\":\"\\u0063rane\"}\n{\"a\":\"quay\"}\n{\"a\":\"\\u0063rane\"}")
	req := everything()
	req.Where = event.Predicate{Clauses: []event.Clause{{Any: []event.Needle{{Field: "a", Text: "crane"}}}}}
	for _, chunk := range []int{0, 40, 1 << 20} {
		f := onDisk(t, "x", data, Options{Format: "ndjson", MaxLine: 1 << 20, ChunkBytes: chunk})
		if chunk == 0 {
			f = open(t, "x.gz", packed(data), Options{Format: "ndjson", MaxLine: 1 << 20})
		}
		r := read(t, f, req)
		if len(r.rows) != 2 || r.rows[0]["a"] != "crane" || r.rows[1]["a"] != "crane" || r.stats.Rejected.Load() != 2 {
			t.Errorf("chunks of %d: %v, %d rejected", chunk, r.rows, r.stats.Rejected.Load())
		}
	}
}
