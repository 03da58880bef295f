//go:build unix

package run

import "syscall"

// maxDescriptors returns how many files and connections this process may have open, 0
// when that is unknown.
func maxDescriptors() uint64 {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return 0
	}
	return uint64(limit.Cur)
}
