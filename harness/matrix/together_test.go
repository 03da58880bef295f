package matrix

import (
	"context"
	"slices"
	"strings"
	"testing"

	"qorcheck/harness/exchange"
	"qorcheck/harness/plan"
	"qorcheck/harness/run"
	"qorcheck/harness/sandbox"
	"qorcheck/harness/settings"
	"qorcheck/spec"
)

// certifyWith certifies a sandbox with several defects.
func certifyWith(t *testing.T, p *plan.Plan, runID string, defects ...string) *run.Document {
	t.Helper()
	target := defective(t, defects)
	return certify(t, p, runID, target.Origin)
}

// certifyRecorded does the same, and records the requests.
func certifyRecorded(t *testing.T, p *plan.Plan, runID string, defects ...string) (*run.Document, *recorder) {
	t.Helper()
	r := newRecorder(t, defective(t, defects).Origin)
	return certify(t, p, runID, r.origin), r
}

// defective starts a sandbox with defects.
func defective(t *testing.T, defects []string) *sandbox.Listening {
	t.Helper()
	target, err := sandbox.Listen(sandbox.Options{Defects: defects})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := target.Stop(); err != nil {
			t.Error(err)
		}
	})
	return target
}

// certify certifies the target at an origin.
func certify(t *testing.T, p *plan.Plan, runID, origin string) *run.Document {
	t.Helper()
	t.Helper()
	fixtures, err := settings.ParseFixtures(sandbox.Fixtures(""), "the sandbox's fixtures", nil)
	if err != nil {
		t.Fatal(err)
	}
	address, err := settings.ParseTarget(origin + p.Description.BasePath)
	if err != nil {
		t.Fatal(err)
	}
	s := settings.Settings{
		Target: address, Fixtures: fixtures, Concurrency: concurrency, Timeout: settings.DefaultTimeout,
		BodyLimit: settings.DefaultBodyLimit, MessageWait: messageWait, QuietWindow: quietWindow, RunID: runID, Seed: p.Seed,
	}
	client := exchange.New(s, p.Description)
	defer client.Close()
	d, err := run.Start(context.Background(), p, client, run.Options{Settings: s, Tool: "matrix", Strict: true}).Wait()
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Check(); err != nil {
		t.Fatal(err)
	}
	return d
}

// TestCauses_OfSevenDefects: seven faults at once are seven causes and a few more, each
// has its own, and those that move money come first. A second run of the same server
// shows the same causes.
func TestCauses_OfSevenDefects(t *testing.T) {
	p, err := builtIn()
	if err != nil {
		t.Fatal(err)
	}
	on := []string{"payment-sale-manual", "payment-capture", "webhooks_list", "utilities-validate-aba"}
	p = p.Only(func(o *plan.Obligation) bool { return slices.Contains(on, o.Operation.ID) })
	defects := []string{"keyless-200", "charge-despite-500", "over-capture-by-a-cent", "hold-kept-after-400", "text-after-json", "reason-absent", "wrong-field-type"}
	d := certifyWith(t, p, "first", defects...)
	failed := d.Failed()
	var titles []string
	for _, c := range failed {
		titles = append(titles, c.Gravity.Words()+": "+c.Title)
	}
	if len(failed) < 7 || len(failed) > 12 {
		t.Errorf("%d causes:\n%s", len(failed), strings.Join(titles, "\n"))
	}
	for i, requirement := range []string{"RH-NIL-3", "FL-CAP-2", "RH-NIL-4", "RH-401-1", "RH-200-5", "RH-ALL-2", "RH-200-2"} {
		own := slices.IndexFunc(failed, func(c run.Cause) bool { return d.Obligation(c.Shown[0].Obligation).Requirement == requirement })
		if own < 0 || i < 3 && (own > 2 || failed[own].Gravity != spec.OfMoney) {
			t.Errorf("%s has the cause %d of\n%s", requirement, own, strings.Join(titles, "\n"))
		}
	}
	again := run.Compare(d, certifyWith(t, p, "second", defects...))
	if len(again.NewCauses) > 0 || len(again.NewlyFailing)+len(again.Fixed) > 0 {
		t.Errorf("a second run: new causes %v, newly failing %v, fixed %v", again.NewCauses, again.NewlyFailing, again.Fixed)
	}
}

// TestCauses_OfPairs: faults of different themes are not merged.
func TestCauses_OfPairs(t *testing.T) {
	p, err := builtIn()
	if err != nil {
		t.Fatal(err)
	}
	for _, pair := range [][3]string{
		{"payment-sale-manual", "keyless-200", "reason-absent"},
		{"payment-capture", "over-capture-by-a-cent", "second-capture-refused"},
		{"webhooks_list", "wrong-field-type", "error-as-text"},
		{"utilities-validate-aba", "text-after-json", "keyless-200"},
	} {
		small := p.Only(func(o *plan.Obligation) bool { return o.Operation.ID == pair[0] })
		if d := certifyWith(t, small, strings.Join(pair[1:], "-"), pair[1], pair[2]); len(d.Failed()) < 2 {
			t.Errorf("%s and %s: %d causes", pair[1], pair[2], len(d.Failed()))
		}
	}
}
