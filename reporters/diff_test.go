package reporters

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"qorcheck/harness/redact/redacttest"
	"qorcheck/harness/run"
	"qorcheck/harness/verdict"
	"qorcheck/reporters/internal/sample"
	"qorcheck/spec"
)

// twoRuns are runs between which everything changed that can.
func twoRuns() (old, new *run.Document) {
	exercised := func(o run.Obligation, n int) run.Obligation {
		o.Exercised = n
		return o
	}
	const must = spec.Must
	old = sample.Document(1, sample.Obligation("R-fails", must, verdict.Pass), sample.Obligation("R-fixed", must, verdict.Fail), exercised(sample.Obligation("R-fewer", must, verdict.Pass), 5),
		sample.Obligation("R-gone", must, verdict.Pass), sample.Obligation("R-unclear", must, verdict.Inconclusive))
	new = sample.Document(1, sample.Obligation("R-fails", must, verdict.Fail), sample.Obligation("R-fixed", must, verdict.Pass), exercised(sample.Obligation("R-fewer", must, verdict.Pass), 2),
		sample.Obligation("R-unclear", must, verdict.Pass), sample.Obligation("R-waived", spec.Should, verdict.Waived))
	new.Obligations[1].Notes = []run.Note{{Text: redacttest.Text("422 is tolerated: usual"), Count: 1}}
	new.RunID, new.Target, new.Digests.Description = "run2", "http://127.0.0.1/v4", "sha256:1"
	old.Latency = []run.Latency{{Operation: "pay", Count: 20, P50MS: 2, P90MS: 10}}
	new.Latency = []run.Latency{{Operation: "pay", Count: 20, P50MS: 20, P90MS: 100}}
	return old, new
}

func TestDiff(t *testing.T) {
	d := run.Compare(twoRuns())
	for _, format := range DiffFormats() {
		t.Run(format, func(t *testing.T) {
			var b, passing bytes.Buffer
			if err := errors.Join(Diff(&b, d, format, d.Gate("new-failures"), false), Diff(&passing, d, format, "", false)); err != nil {
				t.Fatal(err)
			}
			golden(t, "diff."+format, b.Bytes())
			for room := 0; room < passing.Len(); room += 7 {
				if err := Diff(&sample.Full{Room: room}, d, format, "", false); !errors.Is(err, sample.ErrFull) {
					t.Fatalf("after %d bytes: %v", room, err)
				}
			}
			if format == "json" && !json.Valid(b.Bytes()) {
				t.Error("it is no JSON")
			}
			if text := strings.ToLower(passing.String()); strings.Contains(text, "stopped: 1") {
				t.Errorf("without a gate it is stopped:\n%s", text)
			}
		})
	}
}

func TestDiff_CountsWhatIsNotListed(t *testing.T) {
	var before, after []run.Obligation
	for i := range 50 {
		before = append(before, sample.Obligation(fmt.Sprintf("R-%d", i), spec.Must, verdict.Pass))
		after = append(after, sample.Obligation(fmt.Sprintf("R-%d", i), spec.Must, verdict.Fail))
	}
	for _, format := range []string{"console", "markdown"} {
		var b bytes.Buffer
		if err := Diff(&b, run.Compare(sample.Document(0, before...), sample.Document(1, after...)), format, "", false); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(b.String(), "and 30 more") || strings.Count(b.String(), "\n") > 70 {
			t.Errorf("%s", b.String())
		}
	}
}
