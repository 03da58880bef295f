package defects

import (
	"fmt"
	"math/rand/v2"
)

// Targets that are wrong throughout.
var grossDefects = []Defect{
	{"accept-everything", "approves whatever comes", "RH-401-1", everything, on{"payment-sale-manual"},
		before(is("payment-sale-manual"), func(x *exchange) {
			answers(200, fmt.Sprintf(`{"status":"approved","code":"GW00","message":"done","resultCode":"Authorised","transaction_id":"%d"}`, 100_000_000_000_000+rand.Int64N(900_000_000_000_000)))(x)
		})},
	{"reject-everything", "answers 400 to whatever comes", "RH-200-1", everything, on{"payment-sale-manual", "webhooks_list"},
		before(always, refuses(400, "GW03", "no"))},
	{"always-500", "answers 500 to whatever comes", "RH-200-1", everything, on{"payment-sale-manual", "webhooks_list"},
		before(always, answers(500, systemFailure))},
	{"418-for-4xx", "answers 418 and an empty object where 4xx is due", "RH-401-1", everything, on{"payment-sale-manual", "webhooks_list"},
		after(func(x *exchange) bool { return x.status/100 == 4 }, answers(418, "{}"))},
	{"random-status", "answers with any status", "RH-ALL-1", everything, on{"payment-sale-manual", "webhooks_list"},
		after(always, func(x *exchange) {
			statuses := []int{200, 201, 202, 400, 404, 409, 418, 500, 502} // 401 and 403 to good keys end a run
			x.status = statuses[rand.IntN(len(statuses))]
		})},
	{"success-of-another-kind", "answers every correct request by the same body", "RH-200-2", everything, on{"webhooks_list", "transactions-fetch-all"},
		after(answered(200, 201), func(x *exchange) { x.body = []byte(approvedBody) })},
}
