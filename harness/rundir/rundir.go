// Package rundir owns the folder of a run: which files it holds, that one run at a
// time writes there, and that each file appears whole or not at all.
package rundir

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
)

// Names of the files of a run.
const (
	JournalFile  = "cases.ndjson"
	DocumentFile = "run.json"
	JUnitFile    = "TEST-conformance.xml"
	HTMLFile     = "report.html"
	StyleFile    = "report.css" // of HTML that is split
	ScriptFile   = "report.js"
	SummaryFile  = "summary.md"
)

// furtherJUnit matches the files of JUnit after the first.
var furtherJUnit = regexp.MustCompile(`^TEST-conformance-[0-9]+\.xml$`)

// FurtherJUnit names a file of JUnit after the first: the second, the third, and so on.
func FurtherJUnit(number int) string { return fmt.Sprintf("TEST-conformance-%d.xml", number) }

// File is one file of a report, or a text to print when it has no name.
type File struct {
	Name  string
	Write func(io.Writer) error
}

// errBusy is the error where two runs would write into one folder.
var errBusy = errors.New("another run is writing there")

// Prepare makes the folder for a run's files, finds out whether it takes any, and
// removes those of an earlier run, so that no old report can be taken for the new one.
func Prepare(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, ".qorcheck-*")
	if err != nil {
		return err
	}
	if err := errors.Join(f.Close(), os.Remove(f.Name())); err != nil {
		return err
	}
	if earlier, err := os.Open(filepath.Join(dir, JournalFile)); err == nil {
		if err := errors.Join(lock(earlier), earlier.Close()); err != nil {
			return err
		}
	}
	return removeReports(dir, "")
}

// Begin makes the journal of a new run, in a folder that is prepared. While it is
// open no other run writes there.
func Begin(dir string) (journal *os.File, err error) {
	journal, err = os.OpenFile(filepath.Join(dir, JournalFile), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, fs.ErrExist) {
		err = errBusy // it was faster
	}
	return locked(journal, err)
}

// Continue opens the journal of a run that is resumed, cut after the lines that
// are whole, and removes its reports. While it is open no other run writes there.
func Continue(dir string, whole int64) (journal *os.File, err error) {
	journal, err = locked(os.OpenFile(filepath.Join(dir, JournalFile), os.O_RDWR|os.O_APPEND, 0))
	if err != nil {
		return nil, err
	}
	torn, err := io.ReadAll(io.NewSectionReader(journal, whole, math.MaxInt64-whole))
	if err == nil && bytes.ContainsRune(torn, '\n') {
		err = errors.New("another run has gone on there meanwhile")
	}
	if err == nil {
		err = errors.Join(removeReports(dir, JournalFile), journal.Truncate(whole))
	}
	if err != nil {
		return nil, errors.Join(err, journal.Close())
	}
	return journal, nil
}

func locked(journal *os.File, err error) (*os.File, error) {
	if err != nil {
		return nil, err
	}
	if err := lock(journal); err != nil {
		return nil, errors.Join(err, journal.Close())
	}
	return journal, nil
}

// removeReports removes the files of a run, but the one to keep.
func removeReports(dir, keep string) error {
	names, err := reportsIn(dir)
	if err != nil {
		return err
	}
	for _, name := range names {
		if name == keep {
			continue
		}
		file := filepath.Join(dir, name)
		if err := os.Remove(file); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// reportsIn lists the files of a run in a folder.
func reportsIn(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		if name := e.Name(); slices.Contains([]string{JournalFile, DocumentFile, JUnitFile, HTMLFile, StyleFile, ScriptFile, SummaryFile}, name) || furtherJUnit.MatchString(name) {
			names = append(names, name)
		}
	}
	return names, nil
}

// Write writes files into a folder and returns the names of those that it has
// written. Those without a name are not for the folder.
func Write(dir string, files []File) ([]string, error) {
	var written []string
	for _, f := range files {
		if f.Name == "" {
			continue
		}
		if err := WriteFile(filepath.Join(dir, f.Name), f.Write); err != nil {
			return written, fmt.Errorf("report %s: %w", f.Name, err)
		}
		written = append(written, f.Name)
	}
	return written, nil
}

// WriteFile renders into a temporary file beside the named one and renames it.
func WriteFile(name string, render func(io.Writer) error) (err error) {
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
