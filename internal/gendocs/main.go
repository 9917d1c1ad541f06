// Gendocs writes the reference of the query functions: a page for each in
// docs/functions, and an index. Everything on a page comes from the value of the
// function in package function, as does what the functions command shows, so
// there is nothing to keep in step by hand; a test compares the pages that are
// committed with what would be written.
//
//	go generate ./function
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"harrier/function"
)

// corpus is the folder of the functions' cases, seen from that of the pages.
const corpus = "../../cqltest/testdata/function"

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: gendocs FOLDER")
		os.Exit(2)
	}
	if err := write(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "gendocs:", err)
		os.Exit(1)
	}
}

// write makes the folder hold the pages and no others.
func write(dir string) error {
	pages, err := pages(dir)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	old, err := filepath.Glob(filepath.Join(dir, "*.md"))
	if err != nil {
		return err
	}
	for _, path := range old {
		if _, ok := pages[filepath.Base(path)]; !ok {
			if err := os.Remove(path); err != nil {
				return err
			}
		}
	}
	for name, text := range pages {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// pages are the texts of all pages by file name. dir is where they are to lie.
func pages(dir string) (map[string]string, error) {
	cases, err := caseFiles(filepath.Join(dir, filepath.FromSlash(corpus)))
	if err != nil {
		return nil, err
	}
	out := map[string]string{"README.md": index()}
	for _, f := range function.All() {
		out[fileName(f)] = page(f, cases[f.Name])
	}
	return out, nil
}

// fileName is the name of a function's page; a colon is none that every file
// system takes.
func fileName(f *function.Function) string { return strings.ReplaceAll(f.Name, ":", "-") + ".md" }

// stem is the name of a function in the corpus.
func stem(f *function.Function) string { return strings.ReplaceAll(strings.ToLower(f.Name), ":", "") }

// caseFiles finds the files of the corpus by function. A file belongs to the
// function with the longest name that its own begins with: formaterrors.txtar to
// format(), formattime.txtar to formatTime().
func caseFiles(dir string) (map[string][]string, error) {
	paths, err := filepath.Glob(filepath.Join(dir, "*.txtar"))
	if err != nil {
		return nil, err
	}
	if len(paths) == 0 {
		return nil, fmt.Errorf("%s has no cases", dir)
	}
	slices.Sort(paths)
	out := map[string][]string{}
	for _, path := range paths {
		name := filepath.Base(path)
		var owner *function.Function
		for _, f := range function.All() {
			if strings.HasPrefix(name, stem(f)) && (owner == nil || len(stem(f)) > len(stem(owner))) {
				owner = f
			}
		}
		if owner != nil {
			out[owner.Name] = append(out[owner.Name], name)
		}
	}
	return out, nil
}
