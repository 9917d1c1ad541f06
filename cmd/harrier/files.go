package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/rogpeppe/go-internal/diff"
)

func hasSuffix(path, suffix string) bool { return strings.HasSuffix(strings.ToLower(path), suffix) }

// replaceFile writes a file so that it is either as before or wholly new.
func replaceFile(path, text string) error {
	return writeFile(path, func(w io.Writer) error {
		_, err := io.WriteString(w, text)
		return err
	})
}

// withOutput gives write the file of --output, or standard output when there is
// none. The file appears when all is written: a run that fails leaves what was
// there, and one of the files that are read may be named.
func withOutput(std io.Writer, path string, write func(io.Writer) error) error {
	if path == "" || path == "-" {
		return write(std)
	}
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		if info.IsDir() {
			return fmt.Errorf("write %s: it is a folder", path)
		}
		f, err := os.OpenFile(path, os.O_WRONLY, 0) // a pipe or a device
		if err != nil {
			return fmt.Errorf("write output: %w", err)
		}
		return errors.Join(write(f), f.Close())
	}
	return writeFile(path, write)
}

// writeFile writes a file beside path and puts it in its place when all went
// well.
func writeFile(path string, write func(io.Writer) error) error {
	mode := fs.FileMode(0o644)
	if info, err := os.Stat(path); err == nil {
		mode = info.Mode().Perm()
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), ".harrier-*")
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	defer os.Remove(tmp.Name())
	if err := write(tmp); err != nil {
		tmp.Close()
		return err
	}
	err = tmp.Chmod(mode)
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
