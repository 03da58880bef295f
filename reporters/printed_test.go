package reporters

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"qorcheck/harness/exchange"
	"qorcheck/harness/redact"
	"qorcheck/harness/redact/redacttest"
	"qorcheck/harness/run"
	"qorcheck/harness/verdict"
	"qorcheck/reporters/internal/sample"
	"qorcheck/spec"
)

// pieces are what was written, one for each call.
type pieces []string

func (p *pieces) Write(text []byte) (int, error) {
	*p = append(*p, string(text))
	return len(text), nil
}

func TestPrinted(t *testing.T) {
	var written pieces
	g := &redact.Guard{W: &written, Redactor: redact.New(redact.Secrets{Values: []string{"hunter2"}})}
	inTwo := func(first, second string) func(io.Writer) error {
		return func(w io.Writer) error {
			_, err := io.WriteString(w, first)
			_, further := io.WriteString(w, second)
			return errors.Join(err, further)
		}
	}
	if err := Printed(g, inTwo("hun", "ter2")); err == nil || len(written) > 0 {
		t.Errorf("a secret in two pieces is printed: %q, %v", written, err)
	}
	if err := Printed(g, inTwo("one ", "two")); err != nil || len(written) != 1 || written[0] != "one two" {
		t.Errorf("%q, %v", written, err)
	}
}

// TestPrinted_InOnePiece: what is shown while a run goes on is written as a whole,
// however long it is, since it is searched for secrets: a number that is cut may be that
// of a card by chance.
func TestPrinted_InOnePiece(t *testing.T) {
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
		var written pieces
		if err := show(&written); err != nil || len(written) != 1 || len(written[0]) <= 4096 {
			t.Errorf("%s: %v, in %d pieces", what, err, len(written))
		}
	}
}
