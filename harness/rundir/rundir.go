// Package rundir owns the folder of a run: which files it holds, that one run at a
// time writes there, and that each file appears whole or not at all.
package rundir

import (
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

	"github.com/gofrs/flock"
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

// DrawnFolder is the folder, in that of a run, of what its exploration found.
const DrawnFolder = "explore"

// DrawnFile names the file of a case that was drawn.
func DrawnFile(name string) string { return filepath.Join(DrawnFolder, name+".json") }

// furtherJUnit matches what FurtherJUnitFile names.
var furtherJUnit = regexp.MustCompile(`^TEST-conformance-[0-9]+\.xml$`)

// FurtherJUnitFile names a file of JUnit after the first: the second, the third, and so on.
func FurtherJUnitFile(number int) string { return fmt.Sprintf("TEST-conformance-%d.xml", number) }

// Begin makes the journal of a new run, in a folder that it prepares. While the
// journal is open no other run writes there.
func Begin(dir string) (journal *Journal, err error) {
	earlier, err := prepare(dir)
	if err != nil {
		return nil, err
	}
	journal, err = openJournal(filepath.Join(dir, JournalFile), os.O_WRONLY|os.O_CREATE|os.O_EXCL)
	if errors.Is(err, fs.ErrExist) {
		err = errBusy // it was faster
	}
	if earlier != nil {
		err = errors.Join(err, earlier.Close())
	}
	return journal, err
}

// Continue opens the journal of a run that is resumed, cut after the lines that
// are whole, and removes its reports. While it is open no other run writes there.
func Continue(dir string, whole int64) (*Journal, error) {
	if err := refuseOther(filepath.Join(dir, JournalFile)); err != nil {
		return nil, err
	}
	journal, err := openJournal(filepath.Join(dir, JournalFile), os.O_RDWR|os.O_APPEND)
	if err != nil {
		return nil, err
	}
	torn, err := io.ReadAll(io.NewSectionReader(journal, whole, math.MaxInt64-whole))
	if err == nil && bytes.ContainsRune(torn, '\n') {
		err = errors.New("another run has continued it meanwhile")
	}
	if err == nil {
		err = errors.Join(removeFiles(dir, JournalFile), journal.Truncate(whole))
	}
	if err != nil {
		return nil, errors.Join(err, journal.Close())
	}
	return journal, nil
}

// Prepare makes the folder for a run's files, checks that it is writable,
// and removes the files of an earlier run, so that no old report can be taken for
// the new one. A folder into which a run is writing is an error.
func Prepare(dir string) error {
	earlier, err := prepare(dir)
	if err == nil && earlier != nil {
		err = earlier.Close()
	}
	return err
}

// prepare does the work of Prepare and returns the lock of the earlier run's journal,
// nil without one. The journal is removed; the lock stops those who opened it before.
func prepare(dir string) (earlier *flock.Flock, err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil { // requests and answers are nobody else's business
		return nil, err
	}
	f, err := os.CreateTemp(dir, ".qorcheck-*")
	if err != nil {
		return nil, err
	}
	if err := errors.Join(f.Close(), os.Remove(f.Name())); err != nil {
		return nil, err
	}
	if err := replaceOther(filepath.Join(dir, JournalFile)); err != nil {
		return nil, err
	}
	earlier, err = lock(filepath.Join(dir, JournalFile))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	if err := removeFiles(dir, ""); err != nil {
		if earlier != nil {
			err = errors.Join(err, earlier.Close())
		}
		return nil, err
	}
	return earlier, nil
}

// replaceOther removes what stands in the place of a file and is none: a pipe or a device,
// which opening would wait for, or a link, which leads elsewhere.
func replaceOther(name string) error {
	info, err := os.Lstat(name)
	if errors.Is(err, fs.ErrNotExist) || err == nil && info.Mode().IsRegular() {
		return nil
	}
	return errors.Join(err, os.Remove(name))
}

// refuseOther refuses what is no file and is to be read, such as a pipe, which would be
// waited for. A file that is missing is for the reader to find.
func refuseOther(name string) error {
	info, err := os.Stat(name)
	if err == nil && !info.Mode().IsRegular() {
		return fmt.Errorf("%s: must be a file, not a %s", filepath.Base(name), kindOf(info.Mode()))
	}
	return nil
}

func kindOf(mode fs.FileMode) string {
	switch {
	case mode.IsDir():
		return "folder"
	case mode&fs.ModeNamedPipe != 0:
		return "pipe"
	}
	return "device or socket"
}

// removeFiles removes the files of a run except the one to keep.
func removeFiles(dir, keep string) error {
	names, err := filesIn(dir)
	if err != nil {
		return err
	}
	for _, name := range names {
		if name == keep {
			continue
		}
		if err := os.Remove(filepath.Join(dir, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// filesIn lists the files of a run in a folder.
func filesIn(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	own := []string{JournalFile, DocumentFile, JUnitFile, HTMLFile, StyleFile, ScriptFile, SummaryFile}
	var names []string
	for _, e := range entries {
		if name := e.Name(); slices.Contains(own, name) || furtherJUnit.MatchString(name) {
			names = append(names, name)
		}
	}
	return names, nil
}

// RemoveDrawn removes what the exploration of an earlier run found, so that it is not taken
// for what a new one finds. Files of other names stay.
func RemoveDrawn(dir string) error {
	entries, err := os.ReadDir(filepath.Join(dir, DrawnFolder))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, e := range entries {
		if e.Type().IsRegular() && drawnName.MatchString(e.Name()) {
			if err := os.Remove(filepath.Join(dir, DrawnFolder, e.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return err
			}
		}
	}
	return nil
}

// drawnName matches what the file of a drawn case is called: each has this in its id, but
// for those whose id is cut.
var drawnName = regexp.MustCompile(`[.]explored-[0-9]+(-[0-9a-f]+)?[.]json$|^.{200}-[0-9a-f]{8}[.]json$`)
