package rx

import (
	"fmt"
	"sort"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/dlclark/regexp2"
)

// backtracker runs a pattern on the backtracking engine, which works on characters where everyone else counts bytes.
type backtracker struct {
	source      string
	match, find *regexp2.Regexp
	timeout     time.Duration
}

func newBacktracker(source, find, match string) (b *backtracker, err error) {
	defer func() {
		// The engine is not ours, and its compiler has been seen to index out of range on odd patterns.
		if e := recover(); e != nil {
			b, err = nil, &Error{Message: "the pattern is beyond the backtracking engine"}
		}
	}()
	b = &backtracker{source: source}
	if b.find, err = regexp2.Compile(find, regexp2.None); err != nil {
		text, _, _ := strings.Cut(err.Error(), " in `")
		return nil, &Error{Message: "the pattern is beyond the backtracking engine: " + strings.TrimPrefix(text, "error parsing regexp: ")}
	}
	b.match = b.find
	if match != find {
		if m, err := regexp2.Compile(match, regexp2.None); err == nil {
			b.match = m
		}
	}
	b.setTimeout(DefaultTimeout)
	return b, nil
}

func (b *backtracker) setTimeout(d time.Duration) {
	b.timeout = d
	b.find.MatchTimeout = d
	b.match.MatchTimeout = d
}

// failure turns an error or a panic of the engine into an error of ours.
func (b *backtracker) failure(cause any) error {
	if err, ok := cause.(error); !ok || !strings.HasPrefix(err.Error(), "match timeout") {
		return fmt.Errorf("the backtracking engine failed on /%s/; write the pattern without lookaround and back-references", b.source)
	}
	return fmt.Errorf("%w: /%s/ took more than %v on one value; avoid repetitions inside repetitions, or do without lookaround and back-references",
		ErrTimeout, b.source, b.timeout)
}

func (b *backtracker) matches(s string) (ok bool, err error) {
	defer b.rescue(&ok, &err)
	t := load(s)
	defer t.release()
	ok, err = b.match.MatchRunes(t.runes)
	if err != nil {
		return false, b.failure(err)
	}
	return ok, nil
}

// rescue keeps a panic of the engine, which is not ours, from ending the query of someone whose pattern it was.
func (b *backtracker) rescue(ok *bool, err *error) {
	if e := recover(); e != nil {
		*ok, *err = false, b.failure(e)
	}
}

func (b *backtracker) search(s string, from int, caps []Span) (ok bool, err error) {
	defer b.rescue(&ok, &err)
	t := load(s)
	defer t.release()
	m, err := b.find.FindRunesMatchStartingAt(t.runes, t.index(from))
	if err != nil {
		return false, b.failure(err)
	}
	if m == nil {
		return false, nil
	}
	for i := range caps {
		if g := m.GroupByNumber(i); g != nil && len(g.Captures) > 0 {
			caps[i] = Span{t.offset(g.Index), t.offset(g.Index + g.Length)}
		}
	}
	return true, nil
}

// chars is a text as characters, with the byte offset of each unless the text is ASCII.
type chars struct {
	runes   []rune
	offsets []int
	size    int
}

var pool = sync.Pool{New: func() any { return new(chars) }}

func load(s string) *chars {
	t := pool.Get().(*chars)
	t.runes, t.offsets, t.size = t.runes[:0], t.offsets[:0], len(s)
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			t.runes = t.runes[:0]
			for i, r := range s {
				t.runes = append(t.runes, r)
				t.offsets = append(t.offsets, i)
			}
			t.offsets = append(t.offsets, len(s))
			return t
		}
		t.runes = append(t.runes, rune(s[i]))
	}
	return t
}

func (t *chars) release() {
	if cap(t.runes) <= 1<<16 {
		pool.Put(t)
	}
}

// offset returns where character i starts, in bytes.
func (t *chars) offset(i int) int {
	if len(t.offsets) == 0 {
		return i
	}
	return t.offsets[i]
}

// index returns the number of the first character that starts at the byte or later.
func (t *chars) index(offset int) int {
	if len(t.offsets) == 0 {
		return offset
	}
	return sort.SearchInts(t.offsets, offset)
}
