package rundir

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"qorcheck/harness/run"
)

// OpenJournal opens the journal of a run for reading.
func OpenJournal(dir string) (*os.File, error) {
	if err := refuseOther(filepath.Join(dir, JournalFile)); err != nil {
		return nil, err
	}
	f, err := os.Open(filepath.Join(dir, JournalFile))
	if errors.Is(err, fs.ErrNotExist) {
		err = fmt.Errorf("no run found: %s is missing: %w", JournalFile, err)
	}
	return f, err
}

// Replay reads the journal of a run.
func Replay(dir string) (*run.Replayed, error) {
	f, err := OpenJournal(dir)
	if err != nil {
		return nil, err
	}
	r, err := run.Replay(f)
	return r, errors.Join(err, f.Close())
}

// Finished is a run as its folder has it after its end.
type Finished struct {
	Document    *run.Document
	FromJournal bool // the document was missing, or older than the end of the journal
	Torn        bool // the journal's last line was not whole and is left out
}

// ReadFinished reads a run from its document or, where that is missing or older
// than the end of the journal beside it, from the journal.
func ReadFinished(document string) (*Finished, error) {
	d, err := readDocument(document)
	dir := filepath.Dir(document)
	if err == nil && !older(d, dir) {
		return &Finished{Document: d}, nil
	}
	replayed, unread := Replay(dir)
	switch {
	case errors.Is(unread, fs.ErrNotExist) && errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("no run found: %s and %s are both missing: %w", DocumentFile, JournalFile, err)
	case errors.Is(unread, fs.ErrNotExist):
		return nil, err
	case unread != nil:
		return nil, unread
	}
	d, err = replayed.Document()
	return &Finished{Document: d, FromJournal: true, Torn: replayed.Torn}, err
}

func readDocument(name string) (*run.Document, error) {
	if err := refuseOther(name); err != nil {
		return nil, err
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	d, err := run.Read(f)
	return d, errors.Join(err, f.Close())
}

// older reports whether a document was written before the end that the journal
// beside it records: the run was resumed since, and then killed.
func older(d *run.Document, dir string) bool {
	f, err := OpenJournal(dir)
	if err != nil {
		return false // there is nothing newer
	}
	defer f.Close()
	end := run.EndOf(f)
	return end == nil || !end.Finished.Equal(d.Finished)
}

// Same reports whether two names are those of one folder.
func Same(a, b string) bool {
	one, first := os.Stat(a)
	two, second := os.Stat(b)
	return first == nil && second == nil && os.SameFile(one, two) || filepath.Clean(a) == filepath.Clean(b)
}
