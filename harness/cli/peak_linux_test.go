package cli

import (
	"os/exec"
	"strings"
	"testing"
	"time"

	. "github.com/onsi/gomega"
)

// TestPeakMemory measures a process while this one is much larger: what the system reports
// of a process that has ended is never less than the size of the one that started it.
func TestPeakMemory(t *testing.T) {
	g := NewWithT(t)
	large := make([]byte, 100<<20)
	for i := range large {
		large[i] = 1
	}
	command := exec.Command("cat")
	end, err := command.StdinPipe()
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(command.Start()).To(Succeed())
	time.AfterFunc(50*time.Millisecond, func() { _ = end.Close() })
	peak, err := waitForPeak(command)
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(peak).To(And(BeNumerically(">", 0), BeNumerically("<", len(large)/2)))
	g.Expect(large[len(large)-1]).To(BeEquivalentTo(1)) // it is there until now

	_, err = peakMemory(strings.NewReader("Name:\tcat\nVmRSS:\t 10 kB\n"))
	g.Expect(err).To(MatchError(ContainSubstring("VmHWM")))
}
