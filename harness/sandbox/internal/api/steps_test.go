package api

import "strings"

// step is one request in the life of a payment. It answers a code; ids of what
// was approved are kept under the step's name.
type step struct {
	does   string // authorize, sell, capture, refund, void, settle
	name   string // of what it creates
	of     string // what it modifies
	amount string
	code   string
}

// run does steps one after the other. Acts say how each is done: to the transaction with
// an id, by an amount; sell and settle are the same everywhere.
func (t *target) run(steps []step, acts map[string]func(id, amount string) reply) {
	t.Helper()
	ids := map[string]string{}
	acts["sell"] = func(_, amount string) reply { return t.sell(fields{"amount": amount}) }
	for i, p := range steps {
		if p.does == "settle" {
			t.settled(ids[p.of])
			continue
		}
		got := acts[p.does](ids[p.of], p.amount)
		if got.status/100 != 2 || got.code() != p.code || got.id() == "" {
			t.Fatalf("step %d, %s: got %d %s, want %s", i+1, p.does, got.status, got.raw, p.code)
		}
		if p.of != "" {
			want := map[bool]string{true: "Received", false: "Refused"}[p.code == CodeApproved]
			if got.text("resultCode") != want || got.id() == ids[p.of] {
				t.Fatalf("step %d, %s: %s", i+1, p.does, got.raw)
			}
			words := strings.Fields(p.does)
			if kind := t.row(got.id())["trxn_type"]; kind != words[len(words)-1] {
				t.Fatalf("step %d, %s is stored as %v", i+1, p.does, kind)
			}
		}
		ids[p.name] = got.id()
	}
}
