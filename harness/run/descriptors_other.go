//go:build !unix

package run

// maxDescriptors returns how many files and connections this process may have open, 0
// when that is unknown.
func maxDescriptors() uint64 { return 0 }
