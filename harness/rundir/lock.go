package rundir

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"syscall"

	"github.com/gofrs/flock"
)

// errBusy is returned where two runs would write into one folder.
var errBusy = errors.New("another run is writing there")

// lock locks a journal for this process until the lock is closed. File systems without
// locks, such as some network shares, are written without one.
func lock(journal string) (*flock.Flock, error) {
	l := flock.New(journal, flock.SetFlag(os.O_RDONLY))
	if runtime.GOOS == "windows" {
		return l, nil // an open file cannot be removed there, and a lock forbids writing through another handle
	}
	held, err := l.TryLock()
	switch {
	case errors.Is(err, errors.ErrUnsupported), errors.Is(err, syscall.ENOLCK):
		return l, nil
	case err != nil:
		return nil, fmt.Errorf("lock the journal: %w", err)
	case !held:
		return nil, errBusy
	}
	locked, err := l.Stat()
	if err == nil {
		if named, missing := os.Stat(journal); missing != nil || !os.SameFile(locked, named) {
			err = errBusy // another run has replaced it since it was opened
		}
	}
	if err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return l, nil
}

// Journal is the journal of a run under way. While it is open no other run writes
// into its folder.
type Journal struct {
	*os.File
	lock *flock.Flock
}

// openJournal opens a journal for writing and locks it.
func openJournal(name string, flag int) (*Journal, error) {
	f, err := os.OpenFile(name, flag, 0o600)
	if err != nil {
		return nil, err
	}
	l, err := lock(name)
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return &Journal{f, l}, nil
}

// Close closes the journal and lets other runs write into its folder.
func (j *Journal) Close() error { return errors.Join(j.File.Close(), j.lock.Close()) }
