package cli

import (
	"bytes"
	"strings"
	"testing"

	"qorcheck/harness/run"
)

// panicking is a stream that nothing can be written to.
type panicking struct{}

func (panicking) Write([]byte) (int, error) { panic("no stream") }

// A panic of ours is exit code 4, never that of wrong usage.
func TestExecute_Panics(t *testing.T) {
	var stderr bytes.Buffer
	code := execute(&process{stdout: panicking{}, stderr: &stderr}, []string{"version"})
	if text := stderr.String(); code != run.ExitBroken || !strings.HasPrefix(text, "qorcheck: panic: no stream; please report it") || !strings.Contains(text, "panic_test.go") {
		t.Errorf("exit code %d: %s", code, text)
	}
}
