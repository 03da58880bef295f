package rundir

import (
	"errors"
	"os"
	"path/filepath"

	"qorcheck/harness/run"
)

// Replay reads the journal in a run's folder.
func Replay(dir string) (*run.Replayed, error) {
	f, err := os.Open(filepath.Join(dir, JournalFile))
	if err != nil {
		return nil, err
	}
	r, err := run.Replay(f)
	return r, errors.Join(err, f.Close())
}

// Older tells whether a document is not of the end that the journal beside it
// tells of: the run was resumed since, and then killed.
func Older(d *run.Document, dir string) bool {
	f, err := os.Open(filepath.Join(dir, JournalFile))
	if err != nil {
		return false // there is nothing newer
	}
	defer f.Close()
	end := run.EndOf(f)
	return end == nil || !end.Finished.Equal(d.Finished)
}
