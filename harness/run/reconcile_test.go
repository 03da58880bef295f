package run

import (
	"testing"

	"qorcheck/harness/exchange"
	"qorcheck/harness/plan"
	"qorcheck/harness/redact/redacttest"
	"qorcheck/harness/verdict"
	"qorcheck/spec"
)

// TestAlone_AfterDroppedConnections: what the request of a dropped connection made is named
// by its repeat, in a case that passed; otherwise the run does not know all that it made.
func TestAlone_AfterDroppedConnections(t *testing.T) {
	p := plot(t, ask{id: "a", paths: []string{"/200"}})
	d, err := spec.Parse([]byte(toyDescription), "toy.yaml") // of its own, to alter
	if err != nil {
		t.Fatal(err)
	}
	p.Description = d
	o := d.Operation("make")
	o.Conformance.Lists = []spec.Listing{{Operation: "list", Answer: "/id"}}
	answered := func(sent, body string) exchange.Record {
		return exchange.Record{
			Step: plan.Step{Operation: o.ID}, Method: "POST", URL: "/things", Body: []byte(sent),
			Answer: &exchange.Answer{Status: 200, Body: []byte(body)},
		}
	}
	dropped := answered(`{"n":1}`, "")
	dropped.Answer, dropped.Failure = nil, &exchange.Failure{Kind: exchange.HungUp, Text: redacttest.Text("dropped")}
	read := dropped
	read.Method = "GET"
	named := answered(`{"n":1}`, `{"id":"1"}`)
	for _, tt := range []struct {
		claim   string
		records []exchange.Record
		outcome verdict.Outcome
		late    bool
		want    bool
	}{
		{"nothing was dropped", []exchange.Record{named}, verdict.Pass, false, true},
		{"the repeat names it", []exchange.Record{dropped, named}, verdict.Pass, false, true},
		{"the repeat may have made another", []exchange.Record{dropped, named}, verdict.Fail, false, false},
		{"it is not known whether it did", []exchange.Record{dropped, named}, verdict.Inconclusive, false, false},
		{"the case is not judged yet", []exchange.Record{dropped, named}, verdict.Pass, true, false},
		{"the repeat was declined", []exchange.Record{dropped, answered(`{"n":1}`, `{}`)}, verdict.Pass, false, false},
		{"another request names another", []exchange.Record{dropped, answered(`{"n":2}`, `{"id":"2"}`)}, verdict.Pass, false, false},
		{"it did not come again", []exchange.Record{dropped}, verdict.Pass, false, false},
		{"a dropped request that only reads", []exchange.Record{read}, verdict.Pass, false, true},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			s := toySettings(t, "http://127.0.0.1")
			r := &Run{plan: p, client: toyClient(t, p, s), options: Options{Settings: s, Exclusive: true}, ledger: newLedger(&Document{RunID: "run1"}), left: newReconciliation(p)}
			transcript := &exchange.Transcript{Case: p.Cases[0], Act: &tt.records[0], Observe: tt.records[1:]}
			if tt.late {
				r.inbox.late = append(r.inbox.late, transcript)
			} else {
				r.keepRejection(transcript, Entry{Case: p.Cases[0].ID, Act: -1, Outcome: tt.outcome})
			}
			if got := r.alone(); got != tt.want {
				t.Errorf("alone: %t", got)
			}
		})
	}
}
