package cli

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"qorcheck/harness/redact"
	"qorcheck/harness/rundir"
	"qorcheck/harness/sandbox"
	"qorcheck/harness/settings"
	"qorcheck/harness/verdict"
)

// settledSales makes sales that have settled, and returns their ids.
func settledSales(t *testing.T, target http.Handler, count int) (ids []string) {
	t.Helper()
	f := fixturesOf(t)
	post := func(path, body string) (id string) {
		r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Qor-App-Key", f.Credential(settings.Valid, "AppKey"))
		r.Header.Set("Qor-Client-Key", f.Credential(settings.Valid, "ClientKey"))
		w := httptest.NewRecorder()
		target.ServeHTTP(w, r)
		var answer struct {
			ID string `json:"transaction_id"`
		}
		if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil || w.Code != http.StatusOK {
			t.Fatalf("%s: %d %s", path, w.Code, w.Body)
		}
		return answer.ID
	}
	for len(ids) < count {
		id := post("/v3/payment/sale/manual/", fmt.Sprintf(`{"transaction_data": {"mid": %q, "amount": "7.00", "creditcard": "4571000000000001", "cvv": "321", "month": "09", "year": "39", "bzip": "12345"}}`, f.Merchants["main"]))
		post(f.Settle.URL, fmt.Sprintf(`{"transaction_id": %q}`, id))
		if !redact.IsCard(id) { // the fixtures would refuse it
			ids = append(ids, id)
		}
	}
	return ids
}

// TestKnown: where nothing can be settled, the sales that have settled are used, each
// by one case; a fault of the target shows on them, and what may not be changed is left alone.
func TestKnown(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		claim, defect, may string
		outcome            verdict.Outcome // of payment-refund.RH-200-1
		lasts              verdict.Outcome // of ach-void.RH-400-1, which needs none
		says               string
	}{
		{"a sound target", "", "payment-refund, payment-void", verdict.Pass, verdict.Pass, "PASSED: "},
		{"refunds without an amount are declined", "refund-needs-amount", "payment-refund, payment-void", verdict.Fail, verdict.Pass, "FAILED: "},
		{"nothing may be changed", "", "", verdict.Inconclusive, verdict.Pass, "INCONCLUSIVE: "},
		{"they may be voided alone", "", "payment-void", verdict.Inconclusive, verdict.Pass, "INCONCLUSIVE: "},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			t.Parallel()
			var defects []string
			if tt.defect != "" {
				defects = []string{tt.defect}
			}
			target := newSandbox(t, defects...)
			ids := settledSales(t, target, 3)
			known := "known:\n  settled_sale:\n"
			for _, id := range ids {
				known += fmt.Sprintf("    - { id: %q, may: [%s] }\n", id, tt.may)
			}
			dir := t.TempDir()
			text := regexp.MustCompile(`(?m)^settle: .*$`).ReplaceAllString(string(sandbox.Fixtures("")), known)
			writeFiles(t, dir, map[string]string{"f.yaml": text})
			stdout, stderr, _ := commandIn(t, dir, nil, "run", "--target", serve(t, target)+"/v3", "--fixtures", "f.yaml",
				"--filter", "(operation:payment-refund && requirement:RH-200-1) || (operation:ach-void && requirement:RH-400-1)", "--evidence", "all", "--quiet", "--out", "out")
			if !strings.HasPrefix(lastLine(stdout), tt.says) {
				t.Errorf("%s%s", stdout, stderr)
			}
			d := readDocument(t, filepath.Join(dir, "out"))
			for id, want := range map[string]verdict.Outcome{"payment-refund.RH-200-1": tt.outcome, "ach-void.RH-400-1": tt.lasts} {
				o := d.Obligation(id)
				if o == nil || o.Outcome != want {
					t.Errorf("%s: %+v", id, o)
				}
				if want == verdict.Inconclusive && !strings.Contains(o.Why, "add to f.yaml: settle") {
					t.Errorf("%s: %s", id, o.Why)
				}
			}
			journal := readFile(t, filepath.Join(dir, "out", rundir.JournalFile))
			sent := 0
			for _, id := range ids {
				if uses := strings.Count(journal, `\"transaction_id\":\"`+id+`\"`); uses > 1 || uses > 0 && tt.may != "payment-refund, payment-void" {
					t.Errorf("%s is sent %d times", id, uses)
				} else {
					sent += uses
				}
			}
			if want := tt.outcome == verdict.Pass; want != (sent > 0) && tt.defect == "" {
				t.Errorf("%d known sales are used", sent)
			}
		})
	}
}
