package defects

import "qorcheck/harness/sandbox/internal/api"

// What is said of something that does not exist.
var lookupMutants = []Mutant{
	{"unknown-id-200", "voids a transaction that does not exist", "RH-404-3", also{"RH-200-2"}, on{"payment-void"},
		after(all(is("payment-void"), unknown), answers(200, approvedBody))},
	{"unknown-id-403", "answers 403 to an unknown id", "RH-404-3", nil, on{"transactions-fetch-one"},
		after(all(is("transactions-fetch-one"), unknown), status(403))},
	{"unknown-card-token-403", "answers 403 to a payment by an unknown token", "RH-404-4", nil, on{"payment-sale-token"},
		after(all(is("payment-sale-token"), unknown), status(403))},
	{"unknown-token-403", "answers 403 to the removal of an unknown token", "RH-404-5", nil, on{"token-remove"},
		after(all(is("token-remove"), unknown), status(403))},
}

var unknown = all(answered(404), told("code", api.CodeNotFound))
