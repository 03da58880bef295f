package cli

import (
	"io/fs"
	"math"
	"path"
	"strconv"
	"strings"
)

// containerMemory returns how many bytes the control groups of this process allow it, such
// as those of its container; MaxInt64 where none sets a limit. Root is that of the file system.
func containerMemory(root fs.FS) int64 {
	least := int64(math.MaxInt64)
	read := func(name string) {
		text, err := fs.ReadFile(root, name)
		if err != nil {
			return // no such group, or none that can be read
		}
		if limit, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64); err == nil && limit > 0 {
			least = min(least, limit) // "max" is no number
		}
	}
	groups, _ := fs.ReadFile(root, "proc/self/cgroup") // another system has none
	for line := range strings.Lines(string(groups)) {
		_, rest, _ := strings.Cut(strings.TrimSpace(line), ":")
		controllers, group, _ := strings.Cut(rest, ":")
		if controllers != "" {
			continue // version 1, see below
		}
		for at := path.Join("sys/fs/cgroup", group); strings.HasPrefix(at, "sys/fs/cgroup"); at = path.Dir(at) {
			read(path.Join(at, "memory.max"))
		}
	}
	read("sys/fs/cgroup/memory/memory.limit_in_bytes")
	return least
}
