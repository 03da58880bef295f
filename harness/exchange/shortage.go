package exchange

import (
	"errors"
	"slices"
	"syscall"
)

// shortages are the errors of an operating system that has no more of something.
var shortages = map[string][]error{
	"file descriptors": {syscall.EMFILE, syscall.ENFILE},
	"ports":            {syscall.EADDRNOTAVAIL},
	"memory":           {syscall.ENOMEM, syscall.ENOBUFS},
	"disk space":       {syscall.ENOSPC},
}

// Shortage returns what this machine ran out of, by an error, "" for nothing. It says
// nothing about a target.
func Shortage(err error) string {
	for what, list := range shortages {
		if slices.ContainsFunc(list, func(one error) bool { return errors.Is(err, one) }) {
			return what
		}
	}
	return ""
}

// Short returns what this machine ran out of in a case, "" for nothing.
func (t *Transcript) Short() string {
	for r := range t.Records() {
		if r.Short != "" {
			return r.Short
		}
	}
	return ""
}
