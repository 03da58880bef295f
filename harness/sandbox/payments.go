package sandbox

import (
	"cmp"
	"crypto/rand"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// What the answers to payments call their outcome.
const (
	authorised = "Authorised"
	received   = "Received"
	refused    = "Refused"
	failed     = "Error"
)

// paymentBody is the answer to a payment and to what modifies one.
type paymentBody struct {
	plainBody
	ResultCode      string `json:"resultCode"`
	RefusalReason   string `json:"refusalReason,omitempty"`
	TransactionID   string `json:"transaction_id,omitempty"`
	TransactionDate string `json:"transaction_date,omitempty"`
	AmountApproved  string `json:"amount_approved,omitempty"`
	AmountRecorded  string `json:"amount_recorded,omitempty"`
	AuthCode        string `json:"authcode,omitempty"`
	Token           string `json:"token,omitempty"`
	ReferenceID     string `json:"reference_id,omitempty"`
}

func (s *Server) cardPayments() map[string]service {
	return map[string]service{
		"payment-sale":        {handle: s.payByCard(sale, true), repeated: declineRepeated},
		"payment-sale-manual": {handle: s.payByCard(sale, true), repeated: declineRepeated},
		"payment-sale-token":  {handle: s.payByCard(sale, false), repeated: declineRepeated},
		"payment-auth":        {handle: s.payByCard(authorization, true), repeated: declineRepeated},
		"payment-auth-token":  {handle: s.payByCard(authorization, false), repeated: declineRepeated},
	}
}

// payByCard opens a payment: a sale, or an authorization to be captured. Only
// where it may, a payment keeps the card that it is made with.
func (s *Server) payByCard(k kind, keeps bool) func(*work, *request) answer {
	return func(w *work, rq *request) answer {
		number := rq.text("creditcard")
		f := s.cardFunds(number)
		var by *token
		if isToken(number) {
			if by = w.token(rq.client, number); by == nil || by.Funds.Bank != "" {
				return notFound("token")
			}
			f = by.Funds
		}
		if month, year := rq.text("month"), rq.text("year"); by == nil || keeps && month != "" && year != "" {
			f.Month, f.Year = month, year
		}
		order := rq.orderID()
		if w.orderUsed(rq.merchant, order) {
			return declineUnstored(rq, codeDuplicateOrder)
		}
		if f.Code == internalFault {
			return internalError()
		}
		t := w.open(rq, k, "cc", order)
		t.Card, t.IPAddress = f.Card, rq.text("ipaddress")
		if keeps {
			t.Holder = rq.text("cardfullname")
		}
		if by != nil {
			t.Profile, t.Holder = by.Profile, cmp.Or(t.Holder, by.Holder)
			w.use(by)
		}
		code := judgeCard(t, f, rq, w.now)
		kept := ""
		if code == codeApproved {
			t.AuthCode = authCode(t.ID)
			if k == authorization {
				t.Fails = f.Later
			}
			if store, _ := rq.data["store_card"].(bool); keeps && store {
				kept = w.keepPaying(rq, by, f, number)
			}
		}
		a := w.conclude(rq, t, code)
		if body, ok := a.body.(paymentBody); ok {
			body.Token = kept
			a.body = body
		}
		return a
	}
}

// keepPaying returns a lasting token for the card of a payment: the one that it
// was made with, or a new one.
func (w *work) keepPaying(rq *request, by *token, f funds, number string) string {
	t := &token{
		Owner:   rq.client.name,
		Funds:   f,
		Holder:  rq.text("cardfullname"),
		Phone:   rq.text("cphone"),
		Email:   rq.text("cemail"),
		Created: w.now,
	}
	var six string
	switch {
	case by == nil:
		six, t.Last = tokenDigits(number)
	case !by.Once:
		return by.Value
	default:
		*t = *by
		t.Once, t.Created = false, w.now
		six, _, _ = strings.Cut(by.Value, "$")
	}
	t.Value = w.newToken(six)
	w.keep(t)
	return t.Value
}

// open begins a payment.
func (w *work) open(rq *request, k kind, by, order string) *transaction {
	amount, _ := parseAmount(rq.text("amount"))
	t := &transaction{
		ID:          w.newID(),
		Merchant:    rq.merchant,
		Kind:        k,
		PaymentType: by,
		Amount:      amount,
		OrderID:     order,
		Created:     w.now,
	}
	if metadata, ok := rq.data["metadata"].(map[string]any); ok {
		t.Metadata = encodeJSON(metadata)
	}
	return t
}

// payable tells whether a sum can be paid at all.
func payable(amount cents) bool { return amount != 0 && amount != tooMuch }

// cardFunds returns what payments may draw on with a card number. Only the cards
// among the triggers are treated in a way of their own; every other card that
// can exist is good.
func (s *Server) cardFunds(number string) funds {
	f := funds{Card: newCard(number), Code: codeApproved}
	if !plausible(number, f.Card.Brand) {
		f.Code = codeNumber
		return f
	}
	triggers := s.fixtures.Triggers.Card
	for _, trigger := range triggers.Refused {
		if number == trigger.Number {
			f.Code = triggerCode(number)
		}
	}
	switch number {
	case triggers.Error.Number:
		f.Code = codeSystem
	case triggers.Internal.Number:
		f.Code = internalFault
	case triggers.CaptureFailsLater.Number:
		f.Later = triggerCode(number)
	}
	return f
}

// authCode is made of the last six digits of a transaction's id.
func authCode(id string) string {
	padded := "000000" + id
	return padded[len(padded)-6:]
}

// judgeCard returns the code of a payment's outcome.
func judgeCard(t *transaction, f funds, rq *request, now time.Time) string {
	switch {
	case !payable(t.Amount):
		return codeAmount
	case f.Code == codeNumber:
		return codeNumber
	case len(rq.text("cvv")) != cvvLength(f.Card.Brand):
		return codeCVV
	case expired(f.Month, f.Year, now):
		return codeExpired
	}
	return f.Code
}

// conclude stores a transaction with its outcome, tells it, and answers.
func (w *work) conclude(rq *request, t *transaction, code string) answer {
	t.Code, t.Status = code, declined
	body := paymentBody{
		TransactionID:   t.ID,
		TransactionDate: t.Created.UTC().Format("2006-01-02 15:04:05"),
		AmountApproved:  cents(0).String(),
		ReferenceID:     rq.text("reference_id"),
	}
	switch code {
	case codeApproved:
		t.Status = approved
		body.plainBody = plainBody{approved, code, fmt.Sprintf("the %s was approved", t.Kind)}
		body.ResultCode = received
		if t.opens() {
			body.ResultCode = authorised
		}
		body.AmountApproved = t.Amount.String()
		body.AuthCode = t.AuthCode
	case codeSystem:
		body.plainBody = plainBody{"error", code, reason(code)}
		body.ResultCode, body.RefusalReason = failed, reason(code)
	default:
		body.plainBody = plainBody{declined, code, reason(code)}
		body.ResultCode, body.RefusalReason = refused, reason(code)
	}
	w.put(t)
	if t.Kind != capture || t.Fails == "" {
		w.tell(t)
	}
	status := http.StatusOK
	if t.PaymentType == "cash" && t.opens() {
		body.AmountApproved, body.AmountRecorded = "", body.AmountApproved
		if code == codeApproved { // a resource was added
			status = http.StatusCreated
		}
	}
	return answer{status, body}
}

// declineUnstored declines a payment of which nothing is kept.
func declineUnstored(rq *request, code string) answer {
	return answer{http.StatusOK, paymentBody{
		plainBody:     plainBody{declined, code, reason(code)},
		ResultCode:    refused,
		RefusalReason: reason(code),
		ReferenceID:   rq.text("reference_id"),
	}}
}

func declineRepeated(rq *request) answer { return declineUnstored(rq, codeRepeatedKey) }

// newOrderID returns an order id of 36 characters, written like a random UUID.
func newOrderID() string {
	var b [16]byte
	// Never fails; the runtime ends the program if there is no randomness.
	_, _ = rand.Read(b[:])
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
