package api

import (
	"cmp"
	"crypto/rand"
	"fmt"
	"net/http"
	"strings"
	"time"

	"qorcheck/harness/sandbox/internal/strict"
)

// The values of resultCode.
const (
	Authorised = "Authorised"
	Received   = "Received"
	Refused    = "Refused"
	Failed     = "Error"
)

// paymentBody is the response to a payment and to what modifies one.
type paymentBody struct {
	StatusBody
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
		"payment-sale":        {handle: s.payByCard(Sale, true), repeated: declineRepeated},
		"payment-sale-manual": {handle: s.payByCard(Sale, true), repeated: declineRepeated},
		"payment-sale-token":  {handle: s.payByCard(Sale, false), repeated: declineRepeated},
		"payment-auth":        {handle: s.payByCard(Authorization, true), repeated: declineRepeated},
		"payment-auth-token":  {handle: s.payByCard(Authorization, false), repeated: declineRepeated},
	}
}

// payByCard opens a payment: a sale, or an authorization to be captured. Only
// where it may, a payment keeps the card that it is made with.
func (s *Server) payByCard(k Kind, keeps bool) func(*Work, *Request) Response {
	return func(w *Work, rq *Request) Response {
		number := rq.Text("creditcard")
		f := s.cardFunds(number)
		var by *Token
		if isToken(number) {
			if by = w.Token(rq.Client, number); by == nil || by.Funds.Bank != "" {
				return notFound("token")
			}
			f = by.Funds
		}
		if month, year := rq.Text("month"), rq.Text("year"); by == nil || keeps && month != "" && year != "" {
			f.Month, f.Year = month, year
		}
		order, ended := w.takeOrder(rq, f.Code)
		if ended != nil {
			return *ended
		}
		t := w.Open(rq, k, "cc", order)
		t.Card, t.IPAddress = f.Card, rq.Text("ipaddress")
		if keeps {
			t.Holder = rq.Text("cardfullname")
		}
		if by != nil {
			t.Profile, t.Holder = by.Profile, cmp.Or(t.Holder, by.Holder)
			w.spend(by)
		}
		code := judgeCard(t, f, rq, w.Now)
		kept := ""
		if code == CodeApproved {
			t.Ends = f.Ends
			t.AuthCode = authCode(t.ID)
			if k == Authorization {
				t.Fails = f.Later
			}
			if store, _ := rq.Data["store_card"].(bool); keeps && store {
				kept = w.tokenAfterPayment(rq, by, f, number)
			}
		}
		a := w.Conclude(rq, t, code)
		if body, ok := a.Body.(paymentBody); ok {
			body.Token = kept
			a.Body = body
		}
		return a
	}
}

// tokenAfterPayment returns a lasting token for the card of a payment: the one that it
// was made with, or a new one.
func (w *Work) tokenAfterPayment(rq *Request, by *Token, f funds, number string) string {
	t := &Token{
		Owner:   rq.Client.Name,
		Funds:   f,
		Holder:  rq.Text("cardfullname"),
		Phone:   rq.Text("cphone"),
		Email:   rq.Text("cemail"),
		Created: w.Now,
	}
	var six string
	switch {
	case by == nil:
		six, t.Last = tokenDigits(number)
	case !by.Once:
		return by.Value
	default:
		*t = *by
		t.Once, t.Created = false, w.Now
		six, _, _ = strings.Cut(by.Value, "$")
	}
	t.Value = w.newToken(six)
	w.putToken(t)
	return t.Value
}

// takeOrder returns the order id of a payment that is to end with a code. Ended is the
// response where the payment ends before it begins: the id was used before, or the code
// is an internal fault.
func (w *Work) takeOrder(rq *Request, code string) (order string, ended *Response) {
	order = rq.orderID()
	if w.OrderUsed(rq.Merchant, order) {
		r := DeclineUnstored(rq, CodeDuplicateOrder)
		return "", &r
	}
	if code == internalFault {
		r := internalError()
		return "", &r
	}
	return order, nil
}

// Open begins a payment.
func (w *Work) Open(rq *Request, k Kind, by, order string) *Transaction {
	amount, _ := ParseAmount(rq.Text("amount"))
	t := &Transaction{
		ID:          w.NewID(),
		Merchant:    rq.Merchant,
		Kind:        k,
		PaymentType: by,
		Amount:      amount,
		OrderID:     order,
		Created:     w.Now,
	}
	if metadata, ok := rq.Data["metadata"].(map[string]any); ok {
		t.Metadata = EncodeJSON(metadata)
	}
	return t
}

// payable reports whether a sum can be paid at all.
func payable(amount Cents) bool { return amount != 0 && amount != overLimit }

// cardFunds returns the funds behind a card number. Only the cards among the
// triggers are treated specially; every other card that can exist is good.
func (s *Server) cardFunds(number string) funds {
	f := funds{Card: NewCard(number)}
	if !strict.Plausible(number, f.Card.Brand) {
		f.Code = codeNumber
		return f
	}
	triggers := s.Fixtures.Triggers.Card
	f.Code = triggers.code(number, TriggerCode)
	f.Ends = s.Fixtures.ends(number)
	if number == triggers.CaptureFailsLater.Card {
		f.Later = TriggerCode(number)
	}
	return f
}

// authCode is made of the last six digits of a transaction's id.
func authCode(id string) string {
	padded := "000000" + id
	return padded[len(padded)-6:]
}

// judgeCard returns the code of a payment's outcome.
func judgeCard(t *Transaction, f funds, rq *Request, now time.Time) string {
	switch {
	case !payable(t.Amount):
		return CodeAmount
	case f.Code == codeNumber:
		return codeNumber
	case len(rq.Text("cvv")) != strict.CVVLength(f.Card.Brand):
		return CodeCVV
	case expired(f.Month, f.Year, now):
		return codeExpired
	}
	return f.Code
}

// Conclude stores a transaction with its outcome, sends its messages, and answers.
func (w *Work) Conclude(rq *Request, t *Transaction, code string) Response {
	t.Code, t.Status = code, Declined
	body := paymentBody{
		TransactionID:   t.ID,
		TransactionDate: t.Created.UTC().Format("2006-01-02 15:04:05"),
		AmountApproved:  Cents(0).String(),
		ReferenceID:     rq.Text("reference_id"),
	}
	switch code {
	case CodeApproved:
		t.Status = Approved
		body.StatusBody = StatusBody{Approved, code, fmt.Sprintf("the %s was approved", t.Kind)}
		body.ResultCode = Received
		if t.Opens() {
			body.ResultCode = Authorised
		}
		body.AmountApproved = t.Amount.String()
		body.AuthCode = t.AuthCode
	case CodeSystem:
		body.StatusBody = StatusBody{"error", code, Reason(code)}
		body.ResultCode, body.RefusalReason = Failed, Reason(code)
	default:
		body.StatusBody = StatusBody{Declined, code, Reason(code)}
		body.ResultCode, body.RefusalReason = Refused, Reason(code)
	}
	w.Put(t)
	if t.Kind != Capture || t.Fails == "" {
		w.notify(t)
	}
	status := http.StatusOK
	if t.PaymentType == "cash" && t.Opens() {
		body.AmountApproved, body.AmountRecorded = "", body.AmountApproved
		if code == CodeApproved { // a resource was added
			status = http.StatusCreated
		}
	}
	return Response{status, body}
}

// DeclineUnstored declines a payment and stores nothing of it.
func DeclineUnstored(rq *Request, code string) Response {
	return Response{http.StatusOK, paymentBody{
		StatusBody:    StatusBody{Declined, code, Reason(code)},
		ResultCode:    Refused,
		RefusalReason: Reason(code),
		ReferenceID:   rq.Text("reference_id"),
	}}
}

func declineRepeated(rq *Request) Response { return DeclineUnstored(rq, CodeRepeatedKey) }

// NewOrderID returns an order id of 36 characters, written like a random UUID.
func NewOrderID() string {
	var b [16]byte
	// Never fails; the runtime ends the program if there is no randomness.
	_, _ = rand.Read(b[:])
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
