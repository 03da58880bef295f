//go:build bench || peers

package cli

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// used is what a process took: by the clock, of the processors, and of memory at its peak.
type used struct {
	wall, cpu time.Duration
	peak      int64 // bytes
	exit      int
	output    string
}

// mib is the memory in whole MiB.
func (u used) mib() int64 { return u.peak >> 20 }

// least takes the least of each figure.
func (u used) least(other used) used {
	if u.wall == 0 {
		return other
	}
	u.wall, u.cpu, u.peak = min(u.wall, other.wall), min(u.cpu, other.cpu), min(u.peak, other.peak)
	return u
}

// measureProcess runs a program to its end. One that cannot be started, or that is killed, was not measured.
func measureProcess(t *testing.T, name string, args ...string) used {
	t.Helper()
	command := exec.Command(name, args...)
	command.Dir = t.TempDir() // whatever it leaves there
	var out bytes.Buffer
	command.Stdout, command.Stderr = &out, &out
	began := time.Now()
	var peak int64
	err := command.Start()
	if err == nil {
		peak, err = waitForPeak(command)
	}
	took := time.Since(began)
	if command.ProcessState == nil || !command.ProcessState.Exited() || peak == 0 {
		t.Fatalf("%s %s: %v: %s", name, strings.Join(args, " "), err, out.String())
	}
	return used{took, command.ProcessState.UserTime() + command.ProcessState.SystemTime(), peak, command.ProcessState.ExitCode(), out.String()}
}

// buildBinary builds qorcheck.
func buildBinary(t *testing.T) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "qorcheck")
	if out, err := exec.Command("go", "build", "-o", binary, module).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return binary
}

// servedSandbox serves the sandbox in a process of its own until stop is called, and returns
// its URL and its fixtures.
func servedSandbox(t *testing.T, args ...string) (target, fixtures string, stop func()) {
	t.Helper()
	printed, stop := sandboxProcess(t, nil, append([]string{"--addr", "127.0.0.1:0"}, args...)...)
	return printed["url"], printed["fixtures"], stop
}

// requestsOf is how many requests a run sent, by its document.
func requestsOf(t *testing.T, out string) int {
	t.Helper()
	var d struct{ Requests int }
	data, err := os.ReadFile(filepath.Join(out, "run.json"))
	if err == nil {
		err = json.Unmarshal(data, &d)
	}
	if err != nil || d.Requests == 0 {
		t.Fatalf("%d requests, %v", d.Requests, err)
	}
	return d.Requests
}
