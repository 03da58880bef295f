package cli

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"qorcheck/harness/run"
	"qorcheck/harness/verdict"
)

// alteration changes a response of the sandbox on its way.
type alteration func(a *answer)

// rewriting serves a sandbox with defects behind a proxy that alters its responses.
func rewriting(t *testing.T, alter alteration, defects ...string) string {
	t.Helper()
	inner := newSandbox(t, defects...)
	return serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		sent, err := readAll(r)
		if err != nil {
			t.Error(err)
		}
		a := answerOf(inner, r, sent)
		if strings.HasPrefix(r.URL.Path, "/v3/") {
			alter(a)
		}
		a.send(w)
	})) + "/v3"
}

// The answers that the page allows, each of them in several disguises.
func serverErrorsForIncorrectRequests(a *answer) {
	if a.status == http.StatusBadRequest {
		a.status = http.StatusInternalServerError
	}
}

func errorsWithin(a *answer) {
	if a.status >= 400 {
		a.edit(func(m map[string]any) {
			inner := map[string]any{"code": m["code"], "message": m["message"]}
			clear(m)
			m["error"] = inner
		})
	}
}

func errorsByOtherNames(a *answer) {
	if a.status >= 400 {
		a.edit(func(m map[string]any) {
			code, message := m["code"], m["message"]
			clear(m)
			m["errorCode"], m["description"] = code, message
		})
	}
}

func configurationAs400(a *answer) {
	if a.status == http.StatusForbidden && strings.Contains(string(a.body), "refunds") {
		a.status = http.StatusBadRequest
	}
}

func withoutResultCode(a *answer) {
	if a.status < 400 {
		a.edit(func(m map[string]any) { delete(m, "resultCode") })
	}
}

// TestRewriting: what the page allows ends in exit code 0 with warnings, and what it
// does not allow in 1, whatever it is disguised as.
func TestRewriting(t *testing.T) {
	t.Parallel()
	blank := func(names ...string) alteration {
		return func(a *answer) {
			if a.status < 400 {
				return
			}
			a.edit(func(m map[string]any) {
				for _, name := range names {
					if inner, ok := m["error"].(map[string]any); ok {
						m = inner
					}
					m[name] = "  "
				}
			})
		}
	}
	both := func(list ...alteration) alteration {
		return func(a *answer) {
			for _, alter := range list {
				alter(a)
			}
		}
	}
	for _, tt := range []struct {
		claim    string
		alter    alteration
		exit     int
		findings []string // requirements that have to fail
	}{
		{"500 for an incorrect request", serverErrorsForIncorrectRequests, run.ExitPass, []string{"RH-400-7"}},
		{"errors within error", errorsWithin, run.ExitPass, []string{"RH-ERR-3"}},
		{"errors by other names", errorsByOtherNames, run.ExitPass, []string{"RH-ERR-3"}},
		{"what the configuration forbids as 400", configurationAs400, run.ExitPass, []string{"RH-403-10"}},
		{"no resultCode", withoutResultCode, run.ExitPass, []string{"RH-200-17"}},
		{"500 with a blank description", both(serverErrorsForIncorrectRequests, blank("message")), run.ExitFail, []string{"RH-ERR-1"}},
		{"errors within error with a blank description", both(errorsWithin, blank("message")), run.ExitFail, []string{"RH-ERR-1"}},
		{"errors within error without a code", both(errorsWithin, blank("code")), run.ExitFail, []string{"RH-ERR-1"}},
		{"errors by other names with a blank description", both(errorsByOtherNames, blank("description")), run.ExitFail, []string{"RH-ERR-1"}},
		{"errors by other names without a code", both(errorsByOtherNames, blank("errorCode")), run.ExitFail, []string{"RH-ERR-1"}},
		{"what the configuration forbids as 400 with a blank description", both(configurationAs400, blank("message")), run.ExitFail, []string{"RH-ERR-1"}},
		{"no resultCode and no reason", both(withoutResultCode, func(a *answer) {
			if a.status < 400 {
				a.edit(func(m map[string]any) {
					if m["status"] == "declined" || m["status"] == "error" {
						m["message"], m["refusalReason"] = " ", " "
					}
				})
			}
		}), run.ExitFail, []string{"RH-200-5"}},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			t.Parallel()
			d := certify(t, certification{plan: planOf(t, "payment-sale-token", "payment-refund").Smoke(), target: rewriting(t, tt.alter), runID: "rewritten", concurrency: 8})
			checkRewritten(t, d, tt.exit, tt.findings)
		})
	}
}

func checkRewritten(t *testing.T, d *run.Document, exit int, findings []string) {
	t.Helper()
	if d.ExitCode != exit {
		t.Errorf("exit code %d, want %d: %s", d.ExitCode, exit, d.Verdict)
	}
	failed := map[string]bool{}
	for _, o := range d.Obligations {
		if o.Outcome != verdict.Fail {
			continue
		}
		failed[o.Requirement] = true
		if exit == run.ExitPass && !slices.Contains(findings, o.Requirement) {
			t.Error(d.Result(o).Explain())
		}
	}
	for _, id := range findings {
		if !failed[id] {
			t.Errorf("%s did not fail", id)
		}
	}
}

// TestRewriting_MovedMoney: a request that is carried out fails under each disguise.
func TestRewriting_MovedMoney(t *testing.T) {
	t.Parallel()
	for claim, alter := range map[string]alteration{
		"500 for an incorrect request": serverErrorsForIncorrectRequests, "errors within error": errorsWithin,
		"errors by other names": errorsByOtherNames, "no resultCode": withoutResultCode,
	} {
		t.Run(claim, func(t *testing.T) {
			t.Parallel()
			target := rewriting(t, alter, "charge-despite-400-by-token")
			checkRewritten(t, certify(t, certification{plan: planOf(t, "payment-sale-token"), target: target, runID: "moved", concurrency: 8}), run.ExitFail, []string{"RH-NIL-1"})
		})
	}
}

// TestRewriting_WithoutIDs: that a modification is answered with an id of its own is
// our reading, so that no must fails where it is not.
func TestRewriting_WithoutIDs(t *testing.T) {
	t.Parallel()
	target := rewriting(t, func(a *answer) {
		if a.status == http.StatusOK {
			a.edit(func(m map[string]any) {
				if m["resultCode"] == "Received" {
					delete(m, "transaction_id")
				}
			})
		}
	})
	d := certify(t, certification{plan: planOf(t, "payment-refund", "payment-void"), target: target, runID: "nameless", concurrency: 8})
	for _, o := range d.Obligations {
		if o.Outcome == verdict.Fail && d.Fails(&o) {
			t.Error(d.Result(o).Explain())
		}
	}
}
