// Package markdown finds the queries in Markdown files.
package markdown

import (
	"bytes"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/text"
)

// Block is a query in a fenced code block.
type Block struct {
	Text   string
	Origin int // how many lines of the file stand before the first line of Text
}

// languages are the words behind a fence that announce a query.
var languages = map[string]bool{"cql": true, "logscale": true, "humio": true, "crowdstrike": true}

// CQL gives the fenced code blocks that are marked as queries, in order: those whose info string starts with one of
// cql, logscale, humio and crowdstrike, whatever its case. Blocks within lists and quotations come without the
// indentation and the marks of these. Blocks without a line are left out.
func CQL(source string) []Block {
	src := []byte(source)
	var blocks []Block
	line, counted := 0, 0
	ast.Walk(goldmark.DefaultParser().Parse(text.NewReader(src)), func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		code, ok := n.(*ast.FencedCodeBlock)
		if !ok || !entering {
			return ast.WalkContinue, nil
		}
		if !isQuery(code, src) || code.Lines().Len() == 0 {
			return ast.WalkSkipChildren, nil
		}
		start := code.Lines().At(0).Start
		// Blocks come in the order of the file, so that no line is counted twice.
		line += bytes.Count(src[counted:start], []byte("\n"))
		counted = start
		blocks = append(blocks, Block{Text: string(code.Lines().Value(src)), Origin: line})
		return ast.WalkSkipChildren, nil
	})
	return blocks
}

func isQuery(code *ast.FencedCodeBlock, src []byte) bool {
	if code.Info == nil {
		return false
	}
	word := string(code.Info.Segment.Value(src))
	if i := strings.IndexAny(word, " \t,{"); i >= 0 {
		word = word[:i]
	}
	return languages[strings.ToLower(word)]
}
