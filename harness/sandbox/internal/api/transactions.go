package api

import (
	"fmt"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	pageSize = 40 // entries of a list that names no limit

	// timeFormat is how lists write a time.
	timeFormat = "01-02-2006 03:04 PM"
)

func (s *Server) transactions() map[string]service {
	return map[string]service{
		"transactions-fetch-one": {handle: fetchTransaction},
		"transactions-fetch-all": {handle: listTransactions},
	}
}

// row is what both readings of a transaction show.
type row struct {
	ID            string  `json:"trxn_id"`
	Status        string  `json:"trxn_status"`
	Date          string  `json:"trxn_date"`
	Type          Kind    `json:"trxn_type"`
	CardType      *string `json:"card_type"`
	Amount        string  `json:"amount"`
	OrderID       string  `json:"order_id"`
	AuthCode      *string `json:"authcode"`
	AVSCode       *string `json:"avs_code"`
	CVCode        *string `json:"cv_code"`
	First6        *string `json:"first_6"`
	Last4         *string `json:"last_4"`
	Settled       string  `json:"settled"`
	DepositID     *string `json:"deposit_id"`
	SettledAmount *string `json:"settled_amount"`
	SettledDate   *string `json:"settled_date"`
}

// fetchedRow is a transaction read by its id.
type fetchedRow struct {
	row
	PaymentType string  `json:"payment_type"`
	IPAddress   *string `json:"ip_address"`
}

// listedRow is a transaction in a list.
type listedRow struct {
	row
	Holder *string `json:"cardholder_name"`
}

func newRow(s *State, t *Transaction) row {
	r := row{
		ID:       t.ID,
		Status:   t.Status,
		Date:     t.Created.UTC().Format(timeFormat),
		Type:     t.Kind,
		CardType: optional(t.Card.Brand),
		Amount:   t.Amount.String(),
		OrderID:  t.OrderID,
		AuthCode: optional(t.AuthCode),
		First6:   optional(t.Card.First),
		Last4:    optional(t.Card.Last),
		Settled:  "0",
	}
	if t.Opens() && t.PaymentType == "cc" {
		r.AVSCode, r.CVCode = optional("GOOD (Y)"), optional("GOOD (M)")
		if t.Code == CodeCVV {
			r.CVCode = optional("BAD (N)")
		}
	}
	if !t.Settled.IsZero() {
		amount := t.Amount
		if t.Kind == Authorization {
			amount, _ = s.Refundable(t)
		}
		r.Settled = "1"
		r.SettledAmount = optional(amount.String())
		r.SettledDate = optional(t.Settled.UTC().Format(timeFormat))
	}
	return r
}

// optional returns nil, which becomes null, for a text that is empty.
func optional(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

func fetchTransaction(w *Work, rq *Request) Response {
	t := w.State.Transactions[rq.Path["id"]]
	if t == nil || !rq.Client.owns(t.Merchant) {
		return notFound("transaction")
	}
	return Response{http.StatusOK, struct {
		StatusBody
		Data []fetchedRow `json:"data"`
	}{
		StatusBody{"ok", CodeApproved, "the transaction was found"},
		[]fetchedRow{{newRow(w.State, t), t.PaymentType, optional(t.IPAddress)}},
	}}
}

func listTransactions(w *Work, rq *Request) Response {
	wanted := newFilter(rq)
	limit, offset := page(rq)
	rows, count := []listedRow{}, 0
	for _, id := range w.candidates(rq) {
		t := w.State.Transactions[id]
		if !wanted(t) {
			continue
		}
		if count >= offset && len(rows) < limit {
			rows = append(rows, listedRow{newRow(w.State, t), optional(t.Holder)})
		}
		count++
	}
	type data struct {
		Count        int         `json:"count"`
		Limit        int         `json:"limit"`
		Offset       int         `json:"offset"`
		Transactions []listedRow `json:"transactions"`
	}
	return Response{http.StatusOK, struct {
		StatusBody
		Data data `json:"data"`
	}{
		StatusBody{"ok", CodeApproved, fmt.Sprintf("%d found", count)},
		data{count, limit, offset, rows},
	}}
}

// candidates returns the ids of transactions that may match, newest first:
// those with the order ids, where the query names some, else all.
func (w *Work) candidates(rq *Request) []string {
	var ids []string
	wanted, ok := rq.Query["order_id"]
	if !ok {
		ids = slices.Clone(w.order)
		slices.Reverse(ids)
		return ids
	}
	orders := append(splitList(wanted), wanted) // an order id that holds a comma is found too
	for _, mid := range rq.Client.mids {
		for _, order := range orders {
			ids = append(ids, w.Labels[Label{mid, order}]...)
		}
	}
	return w.newestFirst(ids)
}

// newFilter returns a function that reports whether a transaction matches the query.
func newFilter(rq *Request) func(*Transaction) bool {
	conditions := []func(*Transaction) bool{
		func(t *Transaction) bool { return rq.Client.owns(t.Merchant) },
	}
	oneOf := func(name string, field func(*Transaction) string) {
		if text, ok := rq.Query[name]; ok {
			wanted := splitList(text)
			conditions = append(conditions, func(t *Transaction) bool { return slices.Contains(wanted, field(t)) })
		}
	}
	amount := func(name string, holds func(have, want Cents) bool) {
		if text, ok := rq.Query[name]; ok {
			want, _ := ParseAmount(text)
			conditions = append(conditions, func(t *Transaction) bool { return holds(t.Amount, want) })
		}
	}
	date := func(name string, holds func(have, want time.Time) bool) {
		if text, ok := rq.Query[name]; ok {
			want := parseDay(text)
			conditions = append(conditions, func(t *Transaction) bool {
				return holds(t.Created.UTC().Truncate(24*time.Hour), want)
			})
		}
	}
	oneOf("transaction_id", func(t *Transaction) string { return t.ID })
	oneOf("trxn_status", func(t *Transaction) string { return t.Status })
	oneOf("card_brand", func(t *Transaction) string { return t.Card.Brand })
	oneOf("first_6", func(t *Transaction) string { return t.Card.First })
	oneOf("last_4", func(t *Transaction) string { return t.Card.Last })
	if _, ok := rq.Query["payment_type"]; ok {
		oneOf("payment_type", func(t *Transaction) string { return t.PaymentType })
	} else {
		conditions = append(conditions, func(t *Transaction) bool { return t.PaymentType == "cc" })
	}
	if name, ok := rq.Query["cardholder_name"]; ok {
		conditions = append(conditions, func(t *Transaction) bool { return strings.Contains(t.Holder, name) })
	}
	_, from := rq.Query["amount_from"]
	_, to := rq.Query["amount_to"]
	if from || to {
		amount("amount_from", func(have, want Cents) bool { return have >= want })
		amount("amount_to", func(have, want Cents) bool { return have <= want })
	} else {
		amount("amount", func(have, want Cents) bool { return have == want })
	}
	date("start_date", func(have, want time.Time) bool { return !have.Before(want) })
	date("end_date", func(have, want time.Time) bool { return !have.After(want) })
	return func(t *Transaction) bool {
		for _, holds := range conditions {
			if !holds(t) {
				return false
			}
		}
		return true
	}
}

// splitList returns the items of a comma list without the space around them.
func splitList(text string) []string {
	var items []string
	for item := range strings.SplitSeq(text, ",") {
		items = append(items, strings.TrimSpace(item))
	}
	return items
}

// parseDay reads mm/dd/yy, of this century as on cards. A day that its month
// does not have is one of the next month: the description lets it pass, so it
// is no fault.
func parseDay(text string) time.Time {
	var month, day, year int
	_, _ = fmt.Sscanf(text, "%d/%d/%d", &month, &day, &year) // validated before
	return time.Date(2000+year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
}

// page returns the limit and the offset of a list request. A number beyond what a
// machine word holds is beyond every list too.
func page(rq *Request) (limit, offset int) {
	number := func(name string, otherwise int) int {
		text, ok := rq.Query[name]
		if !ok {
			return otherwise
		}
		n, err := strconv.Atoi(text)
		if err != nil {
			return math.MaxInt
		}
		return n
	}
	return number("limit", pageSize), number("offset", 0)
}
