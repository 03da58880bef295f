package defects

import (
	"slices"
	"strconv"
	"strings"

	"qorcheck/harness/sandbox/internal/api"
)

// What lists show.
var listDefects = []Defect{
	{"second-page-overlaps", "begins the second page with the last row of the first", "LST-1", also{"FL-GET-2"}, on{"transactions-fetch-all"},
		movesPages(-1)},
	{"second-page-skips", "leaves out a row between the first page and the second", "LST-1", also{"FL-GET-2"}, on{"transactions-fetch-all"},
		movesPages(+1)},
	{"second-page-lacks-field", "leaves a field out on the second page of a list", "RH-200-2", nil, on{"transactions-fetch-all"},
		after(all(is("transactions-fetch-all"), answered(200), func(x *exchange) bool { return x.URL.Query().Get("offset") > "0" }),
			hides("trxn_type"))},
	{"limit-ignored", "ignores the limit of a list", "LST-1", nil, on{"transactions-fetch-all"},
		forgets("limit")},
	{"count-of-page", "counts the rows of the page alone", "LST-9", nil, on{"transactions-fetch-all"},
		after(succeeded("transactions-fetch-all"), editsData(func(data map[string]any) {
			rows, _ := data["transactions"].([]any)
			data["count"] = len(rows)
		}))},
	{"order-filter-ignored", "ignores which order ids are asked for", "LST-4", also{"LST-3", "LST-13", "FL-ORD-*", "IDEM-*", "FL-CAP-2", "FL-GET-2"}, on{"transactions-fetch-all"},
		forgets("order_id")},
	{"amount-filter-ignored", "ignores the amounts that are asked for", "LST-2", nil, on{"transactions-fetch-all"},
		forgets("amount", "amount_from", "amount_to")},
	{"amount-bound-excluded", "leaves out what lies on the bound of amounts", "LST-2", nil, on{"transactions-fetch-all"},
		misreading(func(w *api.Work, rq *api.Request) {
			if from, ok := api.ParseAmount(rq.Query["amount_from"]); ok {
				rq.Query["amount_from"] = (from + 1).String()
			}
		}, "transactions-fetch-all")},
	{"status-filter-ignored", "ignores which status is asked for", "LST-3", also{"LST-2"}, on{"transactions-fetch-all"},
		forgets("trxn_status")},
	{"all-payment-types", "lists bank transfers where none were asked for", "LST-3", nil, on{"transactions-fetch-all"},
		assumes("payment_type", "cc, ach")},
	{"oldest-first", "lists the oldest first", "LST-9", nil, on{"transactions-fetch-all"},
		after(succeeded("transactions-fetch-all"), edits(func(m map[string]any) {
			rows := rowsOf(m)
			for i := range len(rows) / 2 {
				rows[i], rows[len(rows)-1-i] = rows[len(rows)-1-i], rows[i]
			}
		}))},
	{"oldest-registration-first", "lists the oldest registration first", "FL-HOOK-4", nil, on{"webhooks_list"},
		after(succeeded("webhooks_list"), editsData(func(data map[string]any) {
			hooks, _ := data["webhooks"].([]any)
			slices.Reverse(hooks)
		}))},
	{"event-filter-ignored", "lists the registrations for every event, whatever is asked for", "FL-HOOK-7", nil, on{"webhooks_list"},
		misreading(func(_ *api.Work, rq *api.Request) { delete(rq.Query, "type") }, "webhooks_list")},
	{"first-event-alone", "lists the registrations for the first of several events alone", "FL-HOOK-7", nil, on{"webhooks_list"},
		misreading(func(_ *api.Work, rq *api.Request) {
			if first, _, several := strings.Cut(rq.Query["type"], ","); several {
				rq.Query["type"] = first
			}
		}, "webhooks_list")},
	{"greatest-amount-ignored", "ignores up to which amount payments are asked for", "LST-2", nil, on{"transactions-fetch-all"},
		forgets("amount_to")},
	{"amount-beside-least", "narrows a list from an amount on by a single amount, too", "LST-2", nil, on{"transactions-fetch-all"},
		misreading(func(_ *api.Work, rq *api.Request) {
			if one := rq.Query["amount"]; one != "" && rq.Query["amount_from"] != "" && rq.Query["amount_to"] == "" {
				rq.Query["amount_from"], rq.Query["amount_to"] = one, one
			}
		}, "transactions-fetch-all")},
	{"amount-beside-greatest", "narrows a list up to an amount by a single amount, too", "LST-2", nil, on{"transactions-fetch-all"},
		misreading(func(_ *api.Work, rq *api.Request) {
			if one := rq.Query["amount"]; one != "" && rq.Query["amount_from"] == "" && rq.Query["amount_to"] != "" {
				rq.Query["amount_from"], rq.Query["amount_to"] = one, one
			}
		}, "transactions-fetch-all")},
	{"status-beside-amounts-ignored", "ignores which status is asked for beside amounts", "LST-2", nil, on{"transactions-fetch-all"},
		misreading(func(_ *api.Work, rq *api.Request) {
			if rq.Query["amount_from"] != "" {
				delete(rq.Query, "trxn_status")
			}
		}, "transactions-fetch-all")},
	{"approved-lists-all", "lists declined payments where the approved ones are asked for", "LST-3", nil, on{"transactions-fetch-all"},
		misreading(func(_ *api.Work, rq *api.Request) {
			if rq.Query["trxn_status"] == "approved" {
				delete(rq.Query, "trxn_status")
			}
		}, "transactions-fetch-all")},
	{"first-id-alone", "finds the first of several ids alone", "LST-4", nil, on{"transactions-fetch-all"},
		misreading(func(_ *api.Work, rq *api.Request) {
			if first, _, several := strings.Cut(rq.Query["transaction_id"], ","); several {
				rq.Query["transaction_id"] = first
			}
		}, "transactions-fetch-all")},
	{"last-digits-filter-ignored", "ignores which last digits are asked for", "LST-6", nil, on{"transactions-fetch-all"},
		forgets("last_4")},
	{"end-date-ignored", "ignores until when payments are asked for", "LST-6", nil, on{"transactions-fetch-all"},
		forgets("end_date")},
	{"ids-filter-ignored", "ignores which ids are asked for", "LST-4", also{"FL-GET-2", "LST-13"}, on{"transactions-fetch-all"},
		forgets("transaction_id")},
	{"first-order-id-alone", "finds the first of several order ids alone", "LST-4", also{"LST-3", "FL-GET-1", "RH-NIL-*"}, on{"transactions-fetch-all"},
		misreading(func(_ *api.Work, rq *api.Request) {
			if first, _, several := strings.Cut(rq.Query["order_id"], ","); several {
				rq.Query["order_id"] = first
			}
		}, "transactions-fetch-all")},
	{"first-digits-find-none", "finds nothing by the first digits of a card", "LST-6", nil, on{"transactions-fetch-all"},
		misreading(func(_ *api.Work, rq *api.Request) {
			if rq.Query["first_6"] != "" {
				rq.Query["first_6"] = "none"
			}
		}, "transactions-fetch-all")},
	{"other-merchant-by-id", "lists by id what is another merchant's", "FL-GET-2", nil, on{"transactions-fetch-all"},
		before(all(is("transactions-fetch-all"), keysOf("other_merchant"), func(x *exchange) bool { return x.URL.Query().Get("transaction_id") != "" }), withKeys("valid"))},
	{"other-merchant-counted", "counts what is another merchant's by the name of its holder", "LST-13", nil, on{"transactions-fetch-all"},
		after(all(succeeded("transactions-fetch-all"), keysOf("other_merchant"), func(x *exchange) bool { return x.URL.Query().Get("cardholder_name") != "" }),
			editsData(func(data map[string]any) { data["count"] = 1 }))},
	{"other-merchant-counted-by-amount", "counts what is another merchant's by its amount", "LST-13", nil, on{"transactions-fetch-all"},
		after(all(succeeded("transactions-fetch-all"), keysOf("other_merchant"), asksFor("amount")), editsData(func(data map[string]any) { data["count"] = 1 }))},
	{"other-merchant-by-last-digits", "lists by the last digits of a card what is another merchant's", "FL-GET-2", nil, on{"transactions-fetch-all"},
		before(all(is("transactions-fetch-all"), keysOf("other_merchant"), asksFor("last_4")), withKeys("valid"))},
	{"other-merchant-on-second-page", "lists another merchant's payments from the second page on", "FL-GET-2", nil, on{"transactions-fetch-all"},
		after(all(succeeded("transactions-fetch-all"), keysOf("valid"), asksFor("cardholder_name"), asksFor("offset")), func(x *exchange) {
			if offset := x.URL.Query().Get("offset"); offset != "0" {
				x.listsAnother(x.URL.Query().Get("cardholder_name"))
			}
		})},
	{"page-of-twenty", "lists twenty payments where no limit is given", "LST-1", nil, on{"transactions-fetch-all"},
		assumes("limit", "20")},
	{"order-case-ignored", "finds an order id in another case", "LST-4", nil, on{"transactions-fetch-all"},
		misreading(func(w *api.Work, rq *api.Request) {
			for order := range strings.SplitSeq(rq.Query["order_id"], ",") {
				for _, t := range w.Transactions {
					if t.OrderID != order && strings.EqualFold(t.OrderID, order) {
						rq.Query["order_id"] = t.OrderID
					}
				}
			}
		}, "transactions-fetch-all")},
	{"authorization-shown-as-sale", "shows an authorization as a sale", "LST-7", nil, on{"transactions-fetch-one"},
		after(succeeded("transactions-fetch-one"), editsRows(func(row map[string]any) {
			if row["trxn_type"] == string(api.Authorization) {
				row["trxn_type"] = string(api.Sale)
			}
		}))},
	{"credit-shown-as-sale", "shows a credit as a sale", "LST-10", nil, on{"transactions-fetch-one"},
		after(succeeded("transactions-fetch-one"), editsRows(func(row map[string]any) {
			if row["payment_type"] == "ach" && row["trxn_type"] == string(api.Refund) {
				row["trxn_type"] = string(api.Sale)
			}
		}))},
	{"profile-hides-sales", "leaves sales out of the transactions of a profile", "LST-8", also{"FL-TOK-9"}, on{"transactions-fetch-profile"},
		after(succeeded("transactions-fetch-profile"), edits(func(m map[string]any) {
			rows := slices.DeleteFunc(rowsOf(m), func(row any) bool {
				members, _ := row.(map[string]any)
				return members["trxn_type"] == string(api.Sale)
			})
			m["data"], m["count"] = rows, len(rows)
		}))},
	{"profile-hides-voids", "leaves voids out of the transactions of a profile", "LST-11", nil, on{"transactions-fetch-profile"},
		after(succeeded("transactions-fetch-profile"), edits(func(m map[string]any) {
			rows := slices.DeleteFunc(rowsOf(m), func(row any) bool {
				members, _ := row.(map[string]any)
				return members["trxn_type"] == string(api.Void)
			})
			m["data"], m["count"] = rows, len(rows)
		}))},
	{"second-page-oldest-first", "lists the oldest first from the second page on", "LST-9", nil, on{"transactions-fetch-all"},
		after(all(succeeded("transactions-fetch-all"), func(x *exchange) bool { return x.URL.Query().Get("offset") > "0" }), edits(func(m map[string]any) {
			slices.Reverse(rowsOf(m))
		}))},
	{"first-kind-alone", "lists the first of two kinds of payment alone where a blank stands between them", "LST-3", everything, on{"transactions-fetch-all"},
		misreading(func(_ *api.Work, rq *api.Request) {
			if first, _, several := strings.Cut(rq.Query["payment_type"], ", "); several {
				rq.Query["payment_type"] = first
			}
		}, "transactions-fetch-all")},
	{"voids-not-found", "finds no void by its id", "LST-4", nil, on{"transactions-fetch-all"},
		misreading(func(w *api.Work, rq *api.Request) {
			if t := w.Transactions[rq.Query["transaction_id"]]; t != nil && t.Kind == api.Void {
				rq.Query["transaction_id"] = "none"
			}
		}, "transactions-fetch-all")},
	{"profile-of-another-listed", "lists the payments of a profile to another merchant", "FL-GET-2", everything, on{"transactions-fetch-profile"},
		before(all(is("transactions-fetch-profile"), keysOf("other_merchant")), withKeys("valid"))},
	{"declined-cash-reads-approved", "shows a declined cash sale as an approved one", "FL-GET-1", nil, on{"cash-sale"},
		after(succeeded("transactions-fetch-one"), editsRows(func(row map[string]any) {
			if row["payment_type"] == "cash" {
				row["trxn_status"] = string(api.Approved)
			}
		}))},
	{"unknown-bank-empty", "answers 200 and no bank to a routing number that no bank has", "UTL-1", nil, on{"utilities-validate-aba"},
		after(all(is("utilities-validate-aba"), answered(404)), answers(200, `{"status":"ok","code":"GW00","message":"none","data":{}}`))},
	{"every-digit-right", "calls every check digit right", "UTL-2", nil, on{"utilities-validate-cc"},
		after(succeeded("utilities-validate-cc"), editsData(func(data map[string]any) {
			data["is_valid"] = true
		}))},
	{"verification-hidden", "shows no verification results of a payment", "LST-5", nil, on{"transactions-fetch-one"},
		after(succeeded("transactions-fetch-one"), editsRows(func(row map[string]any) { row["avs_code"], row["cv_code"] = nil, nil }))},
}

// movesPages begins every page but the first some rows later, or earlier.
func movesPages(by int) plant {
	return misreading(func(_ *api.Work, rq *api.Request) {
		if offset, _ := strconv.Atoi(rq.Query["offset"]); offset > 0 {
			rq.Query["offset"] = strconv.Itoa(offset + by)
		}
	}, "transactions-fetch-all")
}

// assumes lets a list take a query parameter for given where it is not.
func assumes(name, value string) plant {
	return misreading(func(_ *api.Work, rq *api.Request) {
		if rq.Query[name] == "" {
			rq.Query[name] = value
		}
	}, "transactions-fetch-all")
}

// forgets lets a list ignore query parameters.
func forgets(names ...string) plant {
	return misreading(func(_ *api.Work, rq *api.Request) {
		for _, name := range names {
			delete(rq.Query, name)
		}
	}, "transactions-fetch-all")
}

// asksFor holds for requests with a query parameter.
func asksFor(name string) condition {
	return func(x *exchange) bool { return x.URL.Query().Get(name) != "" }
}

// listsAnother puts another merchant's payment for a holder in the place of the first row.
func (x *exchange) listsAnother(holder string) {
	var id string
	x.server.View(func(s *api.State) {
		for _, t := range s.Transactions {
			if t.Holder == holder && t.Merchant == x.server.Fixtures.Merchants["other"] {
				id = t.ID
			}
		}
	})
	if id == "" {
		return
	}
	edits(func(m map[string]any) {
		if rows := rowsOf(m); len(rows) > 0 {
			rows[0].(map[string]any)["trxn_id"] = id
		}
	})(x)
}
