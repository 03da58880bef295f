package reporters

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"qorcheck/harness/exchange"
	"qorcheck/harness/redact/redacttest"
	"qorcheck/harness/run"
	"qorcheck/harness/verdict"
	"qorcheck/reporters/internal/sample"
	"qorcheck/spec"
)

// secretive finds fault with one word.
func secretive(text string) string {
	if strings.Contains(text, "hunter2") {
		return "a credential"
	}
	return ""
}

func TestSelfCheckDeletesWhatLeaks(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"clean.txt": "a\nb\n", "empty.txt": "", "first.txt": "hunter2\n" + strings.Repeat("x\n", 10), "last.txt": strings.Repeat("x", 3<<20) + "\nno line end hunter2", "other.txt": "hunter2",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := SelfCheck(dir, []string{"clean.txt", "empty.txt"}, secretive); err != nil {
		t.Error(err)
	}
	err := SelfCheck(dir, []string{"clean.txt", "first.txt", "last.txt", "empty.txt", "lost.txt"}, secretive)
	for _, want := range []string{"first.txt held a credential and was deleted", "last.txt held a credential and was deleted", "self-check of lost.txt: "} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("it does not say %q: %v", want, err)
		}
	}
	if strings.Contains(err.Error(), "hunter2") {
		t.Errorf("it tells the secret: %v", err)
	}
	if got := files(t, dir); !slices.Equal(got, []string{"clean.txt", "empty.txt", "other.txt"}) {
		t.Errorf("left are %v", got)
	}
}

func TestGuard(t *testing.T) {
	var b bytes.Buffer
	g := &Guard{W: &b, Leaks: secretive}
	for _, text := range []string{"one ", "no hunter2", "two"} {
		if n, err := io.WriteString(g, text); (err != nil) != strings.Contains(text, "hunter2") || err == nil && n != len(text) {
			t.Errorf("%s: %d, %v", text, n, err)
		}
	}
	if b.String() != "one two" || g.Err == nil || strings.Contains(g.Err.Error(), "hunter2") {
		t.Errorf("%q, %v", b.String(), g.Err)
	}
	if err := Printed(g, func(w io.Writer) error {
		_, err := io.WriteString(w, "hun")
		return errors.Join(err, func() error { _, err := io.WriteString(w, "ter2"); return err }())
	}); err == nil || b.String() != "one two" {
		t.Errorf("in two pieces it is printed: %q, %v", b.String(), err)
	}
}

// TestGuardedInOnePiece: what is shown while a run goes on is looked at as a whole,
// however long it is. A number that is cut may be that of a card by chance.
func TestGuardedInOnePiece(t *testing.T) {
	long := strings.Repeat("1234567 ", 4096)
	var failed []run.Obligation
	for i := range 10 {
		failed = append(failed, sample.Obligation(fmt.Sprintf("R-%d", i), spec.Must, verdict.Fail))
	}
	d := sample.Document(0, failed...)
	for i := range d.Causes {
		d.Causes[i].Title = long[:1000]
	}
	for what, show := range map[string]func(io.Writer) error{
		"the annotations": func(w io.Writer) error { return Annotations(w, d) },
		"an exchange": func(w io.Writer) error {
			Verbose(w)(run.Progress{Case: "a case", Evidence: []exchange.Evidence{{Request: exchange.Message{Line: redacttest.Text("POST /"), Body: redacttest.Text(long)}}}})
			return nil
		},
	} {
		var pieces []string
		g := &Guard{W: io.Discard, Leaks: func(text string) string { pieces = append(pieces, text); return "" }}
		if err := show(g); err != nil || len(pieces) != 1 || len(pieces[0]) <= 4096 {
			t.Errorf("%s: %v, in %d pieces, the first of %d bytes", what, err, len(pieces), len(pieces[0]))
		}
	}
}
