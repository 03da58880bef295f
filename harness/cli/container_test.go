package cli

import (
	"math"
	"testing"
	"testing/fstest"
)

func TestContainerMemory(t *testing.T) {
	for _, tt := range []struct {
		claim string
		files map[string]string
		want  int64
	}{
		{"another system has no limit", nil, math.MaxInt64},
		{"a container", map[string]string{"proc/self/cgroup": "0::/\n", "sys/fs/cgroup/memory.max": "268435456\n"}, 268435456},
		{"a container without a limit", map[string]string{"proc/self/cgroup": "0::/\n", "sys/fs/cgroup/memory.max": "max\n"}, math.MaxInt64},
		{"the least of nested groups", map[string]string{"proc/self/cgroup": "0::/jobs/one\n", "sys/fs/cgroup/jobs/one/memory.max": "max\n", "sys/fs/cgroup/jobs/memory.max": "1000\n", "sys/fs/cgroup/memory.max": "2000\n"}, 1000},
		{"another group's does not count", map[string]string{"proc/self/cgroup": "0::/jobs/one\n", "sys/fs/cgroup/jobs/two/memory.max": "1\n"}, math.MaxInt64},
		{"a group outside of what is mounted", map[string]string{"proc/self/cgroup": "0::/../../other\n", "other/memory.max": "1\n"}, math.MaxInt64},
		{"version 1", map[string]string{"proc/self/cgroup": "5:memory:/docker/x\n", "sys/fs/cgroup/memory/memory.limit_in_bytes": "1000\n"}, 1000},
		{"garbage", map[string]string{"proc/self/cgroup": ":\n\n0", "sys/fs/cgroup/memory.max": "-5\n"}, math.MaxInt64},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			root := fstest.MapFS{}
			for name, text := range tt.files {
				root[name] = &fstest.MapFile{Data: []byte(text)}
			}
			if got := containerMemory(root); got != tt.want {
				t.Errorf("got %d, want %d", got, tt.want)
			}
		})
	}
}
