package sandbox

import "strconv"

// What lists show.
var listMutants = []Mutant{
	{"second-page-overlaps", "begins the second page with the last row of the first", "LST-1", nil, on{"transactions-fetch-all"},
		replacing(func(w *work, rq *request, next handler) answer {
			if offset, _ := strconv.Atoi(rq.query["offset"]); offset > 0 {
				rq.query["offset"] = strconv.Itoa(offset - 1)
			}
			return next(w, rq)
		}, "transactions-fetch-all")},
	{"second-page-skips", "leaves out a row between the first page and the second", "LST-1", nil, on{"transactions-fetch-all"},
		replacing(func(w *work, rq *request, next handler) answer {
			if offset, _ := strconv.Atoi(rq.query["offset"]); offset > 0 {
				rq.query["offset"] = strconv.Itoa(offset + 1)
			}
			return next(w, rq)
		}, "transactions-fetch-all")},
	{"second-page-lacks-field", "leaves a field out on the second page of a list", "RH-200-2", nil, on{"transactions-fetch-all"},
		after(all(is("transactions-fetch-all"), answered(200), func(x *exchange) bool { return x.URL.Query().Get("offset") > "0" }),
			editsRows(func(row map[string]any) { delete(row, "trxn_type") }))},
	{"limit-ignored", "ignores the limit of a list", "LST-1", nil, on{"transactions-fetch-all"},
		forgets("limit")},
	{"count-of-page", "counts the rows of the page alone", "LST-1", nil, on{"transactions-fetch-all"},
		after(all(is("transactions-fetch-all"), answered(200)), edits(func(m map[string]any) {
			if data, ok := m["data"].(map[string]any); ok {
				data["count"] = len(rowsOf(m))
			}
		}))},
	{"order-filter-ignored", "ignores which order ids are asked for", "LST-4", nil, on{"transactions-fetch-all"},
		forgets("order_id")},
	{"amount-filter-ignored", "ignores the amounts that are asked for", "LST-2", nil, on{"transactions-fetch-all"},
		forgets("amount", "amount_from", "amount_to")},
	{"amount-bound-excluded", "leaves out what lies on the bound of amounts", "LST-2", nil, on{"transactions-fetch-all"},
		replacing(func(w *work, rq *request, next handler) answer {
			if from, ok := parseAmount(rq.query["amount_from"]); ok {
				rq.query["amount_from"] = (from + 1).String()
			}
			return next(w, rq)
		}, "transactions-fetch-all")},
	{"status-filter-ignored", "ignores which status is asked for", "LST-3", nil, on{"transactions-fetch-all"},
		forgets("trxn_status")},
	{"all-payment-types", "lists bank transfers where none were asked for", "LST-3", nil, on{"transactions-fetch-all"},
		replacing(func(w *work, rq *request, next handler) answer {
			if rq.query["payment_type"] == "" {
				rq.query["payment_type"] = "cc, ach"
			}
			return next(w, rq)
		}, "transactions-fetch-all")},
	{"oldest-first", "lists the oldest first", "LST-1", nil, on{"transactions-fetch-all"},
		after(all(is("transactions-fetch-all"), answered(200)), edits(func(m map[string]any) {
			rows := rowsOf(m)
			for i := range len(rows) / 2 {
				rows[i], rows[len(rows)-1-i] = rows[len(rows)-1-i], rows[i]
			}
		}))},
	{"verification-hidden", "shows no verification results of a payment", "LST-5", nil, on{"transactions-fetch-one"},
		after(all(is("transactions-fetch-one"), answered(200)), editsRows(func(row map[string]any) { row["avs_code"], row["cv_code"] = nil, nil }))},
}

// forgets lets a list ignore query parameters.
func forgets(names ...string) defect {
	return replacing(func(w *work, rq *request, next handler) answer {
		for _, name := range names {
			delete(rq.query, name)
		}
		return next(w, rq)
	}, "transactions-fetch-all")
}
