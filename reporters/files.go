// Package reporters renders a finished run. Each report is a function of the
// document; nothing is decided here.
package reporters

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"qorcheck/harness/run"
)

// Names of the files of a run.
const (
	JournalFile  = "cases.ndjson"
	DocumentFile = "run.json"
	JUnitFile    = "TEST-conformance.xml"
)

// Prepare makes the folder for a run's files and removes those of an earlier
// run, so that no old report can be taken for the new one.
func Prepare(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for _, name := range []string{JournalFile, DocumentFile, JUnitFile} {
		if err := os.Remove(filepath.Join(dir, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// Write renders all reports into a folder. Each file appears whole or not at all.
func Write(dir string, d *run.Document) error {
	for _, report := range []struct {
		name   string
		render func(io.Writer, *run.Document) error
	}{
		{DocumentFile, JSON},
		{JUnitFile, JUnit},
	} {
		if err := writeFile(filepath.Join(dir, report.name), func(w io.Writer) error { return report.render(w, d) }); err != nil {
			return fmt.Errorf("report %s: %w", report.name, err)
		}
	}
	return nil
}

// writeFile renders into a temporary file beside the named one and renames it.
func writeFile(name string, render func(io.Writer) error) (err error) {
	f, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+"-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, ignoreClosed(f.Close()), os.Remove(f.Name()))
		}
	}()
	if err := f.Chmod(0o644); err != nil {
		return err
	}
	buffered := bufio.NewWriter(f)
	if err := render(buffered); err != nil {
		return err
	}
	if err := buffered.Flush(); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), name)
}

func ignoreClosed(err error) error {
	if errors.Is(err, os.ErrClosed) {
		return nil
	}
	return err
}
