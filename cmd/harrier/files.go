package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/rogpeppe/go-internal/diff"
)

func hasSuffix(path, suffix string) bool { return strings.HasSuffix(strings.ToLower(path), suffix) }

// replaceFile writes a file so that it is either as before or wholly new.
func replaceFile(path, text string) error {
	info, err := os.Stat(path)
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), ".harrier-*")
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	defer os.Remove(tmp.Name())
	if _, err = tmp.WriteString(text); err == nil {
		err = tmp.Chmod(info.Mode().Perm())
	}
	if cerr := tmp.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Rename(tmp.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}

// diffTexts is a unified diff from the text as it is to its canonical form.
func diffTexts(name, old, new string) []byte {
	return diff.Diff(name, []byte(old), name+" (formatted)", []byte(new))
}
