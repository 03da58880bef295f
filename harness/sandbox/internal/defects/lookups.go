package defects

// What is said of something that does not exist.
var lookupDefects = []Defect{
	{"unknown-id-200", "voids a transaction that does not exist", "RH-404-3", also{"RH-200-2"}, on{"payment-void"},
		after(all(is("payment-void"), notFound), answers(200, approvedBody))},
	{"unknown-id-403", "answers 403 to an unknown id", "RH-404-3", nil, on{"transactions-fetch-one"},
		after(all(is("transactions-fetch-one"), notFound), status(403))},
	{"unknown-id-400", "answers 400 to an unknown id in the URL", "RH-404-10", nil, on{"transactions-fetch-one"},
		after(all(is("transactions-fetch-one"), notFound), status(400))},
	{"unknown-id-in-body-400", "answers 400 to an unknown id in the body", "RH-404-11", nil, on{"payment-capture"},
		after(all(is("payment-capture"), notFound), status(400))},
	{"unknown-card-token-approved", "approves a sale by an unknown token", "RH-404-4", nil, on{"payment-sale-token"},
		after(all(is("payment-sale-token"), notFound), answers(200, approvedBody))},
	{"unknown-card-token-403", "answers 403 to a payment by an unknown token", "RH-404-9", nil, on{"payment-sale-token"},
		after(all(is("payment-sale-token"), notFound), status(403))},
	{"unknown-token-403", "answers 403 to the removal of an unknown token", "RH-404-5", nil, on{"token-remove"},
		after(all(is("token-remove"), notFound), status(403))},
}
