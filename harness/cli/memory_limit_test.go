package cli

import (
	"testing"

	. "github.com/onsi/gomega"
)

func TestMemoryLimit(t *testing.T) {
	const endless = 1 << 40
	for _, tt := range []struct {
		claim                     string
		inUse, least, most, limit int64 // MiB, but for most
	}{
		{"a small run has the least limit", 20, 240, endless, 240},
		{"the limit grows with what is in use", 60, 240, endless, 360},
		{"six times as much is bounded", 130, 240, endless, 420},
		{"what keeps more has room for as much garbage", 300, 240, endless, 600},
		{"a larger least limit is kept", 130, 2048, endless, 2048},
		{"the container of the process has less", 300, 240, 460, 460},
		{"the container has less than the least limit", 10, 240, 115, 115},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			NewWithT(t).Expect(memoryLimit(tt.inUse<<20, tt.least<<20, tt.most<<20) >> 20).To(Equal(tt.limit))
		})
	}
}
