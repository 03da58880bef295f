package cli

import (
	"bytes"
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"qorcheck/harness/plan"
	"qorcheck/harness/run"
	"qorcheck/harness/sandbox"
	"qorcheck/harness/verdict"
	"qorcheck/reporters"
)

// reconciled is the part of the plan that makes payments in one way, and lists them, or few cases
// of each of its obligations. That
// messages come soon is another matter, where several runs share a machine.
func reconciled(t *testing.T, target, runID string, smoke bool, options run.Options) *run.Document {
	t.Helper()
	p := planOf(t, "payment-sale-manual", "transactions-fetch-all").Only(func(o *plan.Obligation) bool { return o.Requirement.ID != "RH-MSG-13" })
	if smoke {
		p = p.Smoke()
	}
	if options.Shard != nil {
		options.Whole, p = p, p.Shard(options.Shard.Number, options.Shard.Of)
	}
	return certify(t, certification{plan: p, target: target, runID: runID, concurrency: 16, options: options})
}

// failedOf lists the failed obligations of a run.
func failedOf(d *run.Document) (ids []string) {
	for _, o := range d.Obligations {
		if o.Outcome == verdict.Fail {
			ids = append(ids, o.ID)
		}
	}
	return ids
}

// unreconciled joins what a run says that it did not reconcile.
func unreconciled(d *run.Document) string {
	var list []string
	for _, text := range d.Unreconciled {
		list = append(list, text.String())
	}
	return strings.Join(list, "\n")
}

// TestReconciliation: a charge for a rejected request is found where it bears the mark of
// the run; where it bears none, only if nobody else can have made it.
func TestReconciliation(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		claim, defect string
		options       run.Options
		fails         string
		says          string
	}{
		{"with a mark", "charge-suffixed-400", run.Options{}, "payment-sale-manual.RH-NIL-5", ""},
		{"with a mark, in a shard", "charge-suffixed-400", run.Options{Shard: &run.Shard{Number: 1, Of: 2}}, "payment-sale-manual.RH-NIL-5", ""},
		{"without one, where nobody else is", "charge-elsewhere-401", run.Options{Exclusive: true}, "transactions-fetch-all.RH-NIL-6", "without a mark of this run: nobody else uses the environment"},
		{"without one, where others may be", "charge-elsewhere-401", run.Options{}, "", "without a mark of this run: others may have made them"},
		{"without one, in a shard", "charge-elsewhere-401", run.Options{Exclusive: true, Shard: &run.Shard{Number: 2, Of: 2}}, "", "without a mark of this run: others may have made them"},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			t.Parallel()
			var journal bytes.Buffer
			tt.options.Journal = &journal
			d := reconciled(t, broken(t, tt.defect), "first", true, tt.options)
			if got := strings.Join(failedOf(d), " "); got != tt.fails || !d.Reconciled || !strings.Contains(unreconciled(d), tt.says) {
				t.Fatalf("failed: %s; not reconciled: %s", got, unreconciled(d))
			}
			replayed, err := run.Replay(bytes.NewReader(journal.Bytes()))
			if err != nil {
				t.Fatal(err)
			}
			again, err := replayed.Document()
			if err != nil {
				t.Fatal(err)
			}
			if one, two := encoded(d), encoded(again); !bytes.Equal(one, two) {
				t.Error("the journal tells of another run")
			}
			cases, err := reporters.TestCases(bytes.NewReader(journal.Bytes()), d)
			if err != nil {
				t.Fatal(err)
			}
			failed := 0
			for _, c := range cases {
				if c.Failure != nil {
					failed++
				}
			}
			if failed != d.CaseCounts.Fail || (failed > 0) != (tt.fails != "") {
				t.Errorf("%d cases failed in JUnit, %d in the run", failed, d.CaseCounts.Fail)
			}
			for _, c := range d.Causes {
				for _, shown := range c.Shown {
					if text := shown.Explain(); !strings.Contains(text, "/amount 1.00") || !strings.Contains(text, "/trxn_status approved") {
						t.Errorf("it does not say what is there:\n%s", text)
					}
				}
			}
		})
	}
}

// payer makes payments under order ids of its own at a target until it is stopped.
func payer(t *testing.T, target string, order func(n int) string) (stop func()) {
	t.Helper()
	f := fixturesOf(t)
	over := make(chan struct{})
	var paying sync.WaitGroup
	paying.Go(func() {
		for n := 0; ; n++ {
			select {
			case <-over:
				return
			case <-time.After(5 * time.Millisecond): // more than some thousand messages of others would be another matter
			}
			card := f.Triggers["card"].Approved
			body := map[string]any{"transaction_data": map[string]string{
				"mid": f.Merchants["main"], "amount": "1.00", "orderid": order(n), "bzip": "12345",
				"creditcard": card["creditcard"], "cvv": card["cvv"], "month": card["month"], "year": card["year"],
			}}
			r, err := http.NewRequest("POST", target+"/payment/sale/manual/", bytes.NewReader(encoded(body)))
			if err != nil {
				t.Error(err)
				return
			}
			r.Header.Set("Content-Type", "application/json")
			r.Header.Set(appKey, f.Credential("valid", "AppKey"))
			r.Header.Set(clientKey, f.Credential("valid", "ClientKey"))
			answered, err := http.DefaultClient.Do(r)
			if err != nil {
				t.Error(err)
				return
			}
			if answered.Body.Close(); answered.StatusCode != http.StatusOK {
				t.Errorf("a payment of others was answered %d", answered.StatusCode)
				return
			}
		}
	})
	return func() { close(over); paying.Wait() }
}

// TestReconciliation_Others: what other people do is a note, and never a failure.
func TestReconciliation_Others(t *testing.T) {
	sound := func(t *testing.T, d *run.Document, note bool) {
		t.Helper()
		if failed := failedOf(d); len(failed) > 0 || d.CaseCounts.Inconclusive > 0 || note != strings.Contains(unreconciled(d), "of transactions-fetch-all") {
			t.Errorf("failed: %v; %s; not reconciled: %s", failed, d.Verdict, unreconciled(d))
			for _, o := range d.Obligations {
				if o.Outcome == verdict.Inconclusive {
					t.Errorf("%s: %s", o.ID, o.Why)
				}
			}
		}
	}
	t.Run("another client pays all the time", func(t *testing.T) {
		t.Parallel()
		target := broken(t)
		stop := payer(t, target, func(n int) string { return fmt.Sprintf("other-%06d", n) })
		d := reconciled(t, target, "first", false, run.Options{})
		stop()
		sound(t, d, true)
	})
	t.Run("two runs at once", func(t *testing.T) {
		t.Parallel()
		target := broken(t)
		var both sync.WaitGroup
		for _, id := range []string{"first", "second"} {
			both.Go(func() { sound(t, reconciled(t, target, id, false, run.Options{}), true) })
		}
		both.Wait()
	})
	t.Run("four shards at once", func(t *testing.T) {
		t.Parallel()
		target := broken(t)
		var all sync.WaitGroup
		for number := 1; number <= 4; number++ {
			all.Go(func() {
				d := reconciled(t, target, fmt.Sprint("shard", number), false, run.Options{Exclusive: true, Shard: &run.Shard{Number: number, Of: 4}})
				sound(t, d, true)
			})
		}
		all.Wait()
	})
	t.Run("what an earlier run comes to late", func(t *testing.T) {
		t.Parallel()
		target := broken(t)
		stop := payer(t, target, func(n int) string { return plan.UniqueValue("earlier", fmt.Sprint(n), "ORDER_ID", 36) })
		d := reconciled(t, target, "first", false, run.Options{Exclusive: true})
		stop()
		sound(t, d, true)
	})
}

// TestReconciliation_Exclusive: the fixtures say that nobody else uses the environment.
func TestReconciliation_Exclusive(t *testing.T) {
	t.Parallel()
	dir, target := t.TempDir(), broken(t, "charge-elsewhere-401")
	shared := string(sandbox.Fixtures(""))
	writeFiles(t, dir, map[string]string{"shared.yaml": shared, "own.yaml": shared + "\nexclusive: true\n"})
	for file, want := range map[string]int{"shared.yaml": run.ExitPass, "own.yaml": run.ExitFail} {
		out := strings.TrimSuffix(file, ".yaml")
		stdout, stderr, code := commandIn(t, dir, nil, "run", "--target", target, "--fixtures", file, "--out", out, "--filter", "operation:payment-sale-manual && requirement:RH-401-1 || requirement:RH-NIL-6 || operation:payment-sale-manual && requirement:RH-NIL-5")
		if code != want {
			t.Errorf("%s: exit code %d:\n%s%s", file, code, stdout, stderr)
		}
		failed := failedOf(readDocument(t, filepath.Join(dir, out)))
		if slices.Contains(failed, "transactions-fetch-all.RH-NIL-6") != (want == run.ExitFail) {
			t.Errorf("%s: failed %v", file, failed)
		}
	}
}

// TestReconciliation_OfShards: what one shard found stays found when all are merged.
func TestReconciliation_OfShards(t *testing.T) {
	t.Parallel()
	dir, target := t.TempDir(), broken(t, "charge-suffixed-401")
	filter := "operation:payment-auth-token && (requirement:RH-401-1 || requirement:RH-NIL-5)"
	var both sync.WaitGroup
	for _, number := range []string{"1", "2"} {
		both.Go(func() {
			commandIn(t, dir, nil, "run", "--target", target, "--filter", filter, "--shard", number+"/2", "--out", "shard"+number)
		})
	}
	both.Wait()
	if stdout, stderr, code := commandIn(t, dir, nil, "merge", "shard1", "shard2"); code != run.ExitFail {
		t.Fatalf("exit code %d:\n%s%s", code, stdout, stderr)
	}
	d := readDocument(t, filepath.Join(dir, "out"))
	if failed := failedOf(d); !slices.Equal(failed, []string{"payment-auth-token.RH-NIL-5"}) || !d.Reconciled {
		t.Errorf("failed: %v", failed)
	}
}
