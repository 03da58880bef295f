package defects

import (
	"time"

	"qorcheck/harness/sandbox/internal/api"
)

// What a rejected request leaves behind where nobody looks for it: under another order id,
// or when the case is over.
var reconciliationDefects = []Defect{
	{"charge-elsewhere-400", "charges for a request that it answers with 400, under an order id of its own", "RH-NIL-6", nil, on{"payment-sale-manual"},
		after(all(is("payment-sale-manual"), answered(400)), chargeAs(renamed))},
	{"charge-elsewhere-401", "charges for a request that it answers with 401, under an order id of its own", "RH-NIL-6", nil, on{"payment-sale-manual"},
		after(all(is("payment-sale-manual"), answered(401)), chargeAs(renamed))},
	{"charge-elsewhere-403", "charges for a request that it answers with 403, under an order id of its own", "RH-NIL-6", nil, on{"payment-auth"},
		after(all(is("payment-auth"), answered(403)), chargeAs(renamed))},
	{"charge-elsewhere-404", "charges for a payment by an unknown token, under an order id of its own", "RH-NIL-6", nil, on{"payment-sale-token"},
		after(all(is("payment-sale-token"), answered(404)), chargeAs(renamed))},
	{"charge-elsewhere-500", "charges for a request that it answers with 500, under an order id of its own", "RH-NIL-6", nil, on{"payment-sale"},
		after(all(is("payment-sale"), answered(500)), chargeAs(renamed))},
	{"charge-elsewhere-ach", "charges for a bank transfer that it answers with 400, under an order id of its own", "RH-NIL-6", nil, on{"ach-sale"},
		after(all(is("ach-sale"), answered(400)), chargeAs(renamed))},
	{"announced-elsewhere", "charges for a request that it answers with 400, under an order id of its own, and sends a message about it", "RH-MSG-11", also{"RH-NIL-6"}, on{"payment-auth"},
		after(all(is("payment-auth"), answered(400)), announce(api.Authorization, renamed))},
	{"announced-suffixed", "charges for a request that it answers with 400, under its order id and a suffix, and sends a message about it", "RH-MSG-11", also{"RH-NIL-5"}, on{"ach-sale"},
		after(all(is("ach-sale"), answered(400)), announce(api.Sale, suffixed))},
	{"charge-suffixed-400", "charges for a request that it answers with 400, under its order id and a suffix", "RH-NIL-5", nil, on{"payment-sale-manual"},
		after(all(is("payment-sale-manual"), answered(400)), chargeAs(suffixed))},
	{"charge-suffixed-401", "charges for a request that it answers with 401, under its order id and a suffix", "RH-NIL-5", nil, on{"payment-auth-token"},
		after(all(is("payment-auth-token"), answered(401)), chargeAs(suffixed))},
	{"charge-suffixed-403", "charges for a request that it answers with 403, under its order id and a suffix", "RH-NIL-5", nil, on{"payment-sale"},
		after(all(is("payment-sale"), answered(403)), chargeAs(suffixed))},
	{"charge-suffixed-404", "charges for a payment by an unknown token, under its order id and a suffix", "RH-NIL-5", nil, on{"payment-sale-token"},
		after(all(is("payment-sale-token"), answered(404)), chargeAs(suffixed))},
	{"charge-suffixed-500", "charges for a request that it answers with 500, under its order id and a suffix", "RH-NIL-7", nil, on{"payment-auth"},
		after(all(is("payment-auth"), answered(500)), chargeAs(suffixed))},
	{"charge-soon-after-400", "charges for a request that it answered with 400 when a moment has passed, under its order id and a suffix", "RH-NIL-5", nil, on{"payment-sale-manual"},
		after(all(is("payment-sale-manual"), answered(400)), chargeLater(200*time.Millisecond, suffixed))},
	{"charge-long-after-400", "charges for a request that it answered with 400 five seconds later, under an order id of its own", "RH-NIL-6", nil, on{"ach-credit"},
		after(all(is("ach-credit"), answered(400)), chargeLater(5*time.Second, renamed))},
}

// waits says how long a run must wait at its end for a defect to show, where that is
// longer than for others.
var waits = map[string]time.Duration{"charge-long-after-400": 6 * time.Second}

// Wait is how long a run must wait at its end for the defect to show; 0 for as long as for
// any other. One that has it takes that long in every run.
func (d Defect) Wait() time.Duration { return waits[d.Name] }

func renamed(string) string     { return api.NewOrderID() }
func suffixed(id string) string { return id + "-2" }

// chargeAs makes a sale of a rejected request, under an order id that is made of its own.
func chargeAs(under func(id string) string) func(*exchange) {
	return func(x *exchange) { x.pay(api.Sale, under, false) }
}

// chargeLater makes it when some time has passed.
func chargeLater(wait time.Duration, under func(id string) string) func(*exchange) {
	return func(x *exchange) { time.AfterFunc(wait, func() { x.pay(api.Sale, under, false) }) }
}

// announce makes a payment of a rejected request and sends a message about it.
func announce(k api.Kind, under func(id string) string) func(*exchange) {
	return func(x *exchange) { x.pay(k, under, true) }
}

func (x *exchange) pay(k api.Kind, under func(id string) string, announced bool) {
	id := order(x)
	if id == "" {
		return
	}
	x.server.Do(func(w *api.Work) {
		rq := &api.Request{Merchant: x.server.Fixtures.Merchants["main"], Data: map[string]any{"amount": "1.00"}}
		if id = under(id); w.OrderUsed(rq.Merchant, id) {
			return
		}
		t := w.Open(rq, k, "cc", id)
		t.Card, t.AuthCode = api.NewCard(x.server.Fixtures.Triggers.Card.Approved.Card), "123456"
		if announced {
			w.Conclude(rq, t, api.CodeApproved)
			return
		}
		t.Status, t.Code = api.Approved, api.CodeApproved
		w.Put(t)
	})
}
