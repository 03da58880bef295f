//go:build unix

package rundir

import (
	"errors"
	"os"
	"syscall"
)

// lock keeps a journal for this process, as long as the file is open.
func lock(journal *os.File) error {
	err := syscall.Flock(int(journal.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	switch {
	case errors.Is(err, syscall.EWOULDBLOCK):
		return errBusy
	case errors.Is(err, syscall.ENOTSUP), errors.Is(err, syscall.ENOLCK), errors.Is(err, syscall.ENOSYS):
		return nil // some shared folders know no locks
	}
	return err
}
