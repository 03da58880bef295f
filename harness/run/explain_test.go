package run

import (
	"fmt"
	"strings"
	"testing"

	"qorcheck/harness/exchange"
	"qorcheck/harness/plan"
	"qorcheck/harness/redact/redacttest"
	"qorcheck/harness/verdict"
	"qorcheck/spec"
)

func TestExplain_NeedsNoSecondRun(t *testing.T) {
	p := plot(t, ask{id: "a", paths: []string{"/404", "/404/x", "/500"}, alter: func(_ *plan.Obligation, c *plan.Case) {
		c.Prepare = []plan.Step{{Name: "make", Request: plan.Request{Method: "POST", Path: "/201", Body: `{"size":1}`, HasBody: true}}}
		c.Act.Request.Header = []plan.Field{{Name: "X-Key", Value: "\uE000credential\uE002valid\uE002Key\uE001"}}
	}})
	target := serve(t, statuses)
	d := whole(t, t.Context(), p, target, Options{})
	got := d.Result(d.Obligations[0]).Explain()
	for _, want := range []string{
		"FAIL: list does a  [list.R-a, must]",
		"the description says: All is well.", "https://docs.example.test/page#ok",
		"3 of 3 cases failed",
		"list.a.00: a correct request", "expected: status 200", "received: status 404, which the description does not document", "the same: list.a.01",
		"list.a.02: a correct request", "received: status 500",
		"request:  GET " + target + "/404\n", "X-Key: $KEY",
		"answer:   HTTP/1.1 404 Not Found", "Content-Type: application/json", `{"n":1}`,
		"curl:     curl -sS -i -X POST '" + target + "/201' -H 'Accept: application/json'",
		"curl:     curl -sS -i '" + target + `/404' -H 'X-Key: '"$KEY" -H 'Accept: application/json'`,
		"set:      $KEY: from the fixtures\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("it lacks %q:\n%s", want, got)
		}
	}
	if strings.Contains(got, "k-1234567890") {
		t.Errorf("it shows the key:\n%s", got)
	}
	if strings.Index(got, "404") > strings.Index(got, "status 500") {
		t.Errorf("the commoner cause does not come first:\n%s", got)
	}
}

func TestExplain_OfOtherOutcomes(t *testing.T) {
	for _, outcome := range []verdict.Outcome{verdict.Inconclusive, verdict.Broken, verdict.NotRun, verdict.Unsupported} {
		o := Obligation{ID: "op.R-1", Level: spec.Must, Sentence: "op does", Outcome: outcome, Why: "of a reason", Clause: Clause{Text: "All is well."}}
		want := fmt.Sprintf("%s: op does  [op.R-1, must]\n  the description says: All is well.\n  why: of a reason\n", strings.ToUpper(outcome.String()))
		if got := (Result{Obligation: o}).Explain(); got != want {
			t.Errorf("got\n%swant\n%s", got, want)
		}
	}
}

// TestOrigins: each variable stands once, with those from the same place, up to the act.
func TestOrigins(t *testing.T) {
	variables := func(list ...exchange.Variable) exchange.Evidence { return exchange.Evidence{Variables: list} }
	key, order, id := exchange.Variable{Name: "KEY", From: "from the fixtures"}, exchange.Variable{Name: "ORDER", From: "made by the run"}, exchange.Variable{Name: "CARD", From: "from the fixtures"}
	c := Case{Act: 1, Evidence: []exchange.Evidence{variables(key, order), variables(key, id), variables(exchange.Variable{Name: "LATER", From: "x"})}}
	if got := fmt.Sprint(c.Origins()); got != "[$KEY, $CARD: from the fixtures $ORDER: made by the run]" {
		t.Error(got)
	}
}

// TestBeyondCurl: what no curl line shows is said, and of a failure that one shows nothing.
func TestBeyondCurl(t *testing.T) {
	sent := exchange.Evidence{Curl: redacttest.Text("curl")}
	atOnce, dropped, batched := sent, sent, sent
	atOnce.AtOnce, dropped.Failure, batched.Batched = 4, &exchange.Failure{Kind: exchange.HungUp}, true
	by := func(rule verdict.Rule) []Finding { return []Finding{{Rule: rule}} }
	for _, tt := range []struct {
		claim string
		c     Case
		want  string
	}{
		{"a curl line shows a status", Case{Findings: by(verdict.WrongStatus), Evidence: []exchange.Evidence{sent}}, ""},
		{"a message", Case{Findings: by(verdict.MessageNone), Evidence: []exchange.Evidence{sent}}, "messages"},
		{"what was awaited", Case{Findings: by(verdict.ValueFits), Act: 1, Evidence: []exchange.Evidence{sent, {}}}, "messages"},
		{"a list", Case{Findings: by(verdict.EntryLeft), Act: 1, Evidence: []exchange.Evidence{sent, sent}}, "before the first request"},
		{"several at once", Case{Act: 0, Evidence: []exchange.Evidence{atOnce}}, "at once"},
		{"several at once, later", Case{Act: 0, Evidence: []exchange.Evidence{sent, atOnce}}, ""},
		{"a dropped connection", Case{Act: 1, Evidence: []exchange.Evidence{dropped, sent}}, "dropped the connection"},
		{"a shared read-back", Case{Act: 1, Evidence: []exchange.Evidence{sent, batched}}, "of several cases"},
		{"nothing that was sent", Case{Act: -1}, "no curl line"},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			tt.c.Outcome = verdict.Fail
			got := strings.Join(tt.c.BeyondCurl(), "; ")
			if tt.want == "" && got != "" || !strings.Contains(got, tt.want) {
				t.Errorf("got %q", got)
			}
			if got != "" && !strings.Contains(tt.c.Explain(), "note:") {
				t.Error("the explanation does not say so")
			}
		})
	}
}

func TestExplain_IsBounded(t *testing.T) {
	c := Case{ID: "c", What: "w", Act: 0, Evidence: []exchange.Evidence{{Request: exchange.Message{Line: redacttest.Text("GET /")}, Answer: &exchange.Message{Line: redacttest.Text("HTTP/1.1 200 OK"), Body: redacttest.Text(strings.Repeat("é", 5000))}}}}
	if got := c.Explain(); len(got) > 2500 || !strings.Contains(got, "é… (8000 bytes more)") {
		t.Errorf("%d bytes: %s", len(got), got[len(got)-100:])
	}
	t.Run("and holds without evidence", func(t *testing.T) {
		for _, c := range []Case{{ID: "c", What: "w", Act: -1, Evidence: []exchange.Evidence{{Curl: redacttest.Text("curl")}}}, {ID: "c", What: "w", Act: 0}} {
			if got := c.Explain(); got != "c: w\n" {
				t.Errorf("got %q", got)
			}
		}
	})
}
