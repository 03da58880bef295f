package cli

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// waitForPeak waits for a process that was started, and returns the most memory that it
// had in use, in bytes. It looks every few milliseconds: the figure of rusage would be that
// of the parent process where that one is larger, since exec keeps it.
func waitForPeak(command *exec.Cmd) (peak int64, err error) {
	status := filepath.Join("/proc", strconv.Itoa(command.Process.Pid), "status")
	ended := make(chan error, 1)
	go func() { ended <- command.Wait() }()
	for tick := time.NewTicker(3 * time.Millisecond); ; {
		if file, err := os.Open(status); err == nil {
			now, err := peakMemory(file)
			if err == nil { // one that has just ended has no memory
				peak = max(peak, now)
			}
			_ = file.Close()
		}
		select {
		case err := <-ended:
			tick.Stop()
			if peak == 0 && err == nil {
				err = fmt.Errorf("%s does not show how much memory a process used", status)
			}
			return peak, err
		case <-tick.C:
		}
	}
}

// peakMemory reads the peak of memory from the status that Linux shows of a process.
func peakMemory(status io.Reader) (int64, error) {
	text, err := io.ReadAll(status)
	if err != nil {
		return 0, err
	}
	_, rest, ok := strings.Cut(string(text), "\nVmHWM:")
	if !ok {
		return 0, fmt.Errorf("no VmHWM in the status of the process")
	}
	line, _, _ := strings.Cut(rest, "\n")
	kilobytes, err := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(line, "kB")), 10, 64)
	return kilobytes << 10, err
}
