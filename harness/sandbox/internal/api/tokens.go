package api

import (
	"crypto/rand"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"qorcheck/harness/sandbox/internal/strict"
)

// temporary is how long a token that is not stored can be used, once.
const temporary = time.Hour

// funds are the card or bank account that a payment draws on: the part of it that
// may be stored.
type funds struct {
	Bank  string `json:"bank,omitempty"` // kind of the account, empty for a card
	Card  card   `json:"card"`
	Month string `json:"month,omitempty"`
	Year  string `json:"year,omitempty"`
	Code  string `json:"code"`            // how payments end, as far as that depends on the funds
	Later string `json:"later,omitempty"` // with what captures turn out declined
	// Ends are the codes with which captures, refunds and voids of a payment end, by
	// kind; those of a kind that is not there end as they should.
	Ends map[Kind]string `json:"ends,omitempty"`
}

// internalFault stands where a code does and means an internal error.
const internalFault = "500"

// Token is a name for funds.
type Token struct {
	Value    string    `json:"token"`
	Owner    string    `json:"owner"` // name of the client
	Funds    funds     `json:"funds"`
	Last     string    `json:"last"` // four digits
	Profile  string    `json:"profile,omitempty"`
	Holder   string    `json:"holder,omitempty"`
	Nickname string    `json:"nickname,omitempty"`
	Phone    string    `json:"phone,omitempty"`
	Email    string    `json:"email,omitempty"`
	Once     bool      `json:"once,omitempty"`
	Created  time.Time `json:"created"`
	Replaced string    `json:"replaced,omitempty"` // the token that it took the place of
	Dead     bool      `json:"dead,omitempty"`     // rotated, rolled back, removed or used up
}

// TokenBody is the response to what makes or changes a token.
type TokenBody struct {
	StatusBody
	Token string `json:"token,omitempty"`
}

func (s *Server) tokens() map[string]service {
	return map[string]service{
		"token-create": {handle: s.tokenizeCard, repeated: refuseToken},
		"token-ach":    {handle: s.tokenizeAccount, repeated: refuseToken},
		"token-fetch":  {handle: fetchToken},
		"token-update": {handle: withToken(updateToken)},
		"token-rotate": {handle: withToken(rotateToken)},
		"token-remove": {handle: withToken(removeToken)},
	}
}

func tokenDeclined(code string) Response {
	return Response{http.StatusOK, TokenBody{StatusBody: StatusBody{Declined, code, Reason(code)}}}
}

func refuseToken(*Request) Response { return tokenDeclined(CodeRepeatedKey) }

// isToken reports whether a text has the form of a token; others are numbers.
func isToken(text string) bool {
	digits, rest, ok := strings.Cut(text, "$")
	if !ok || len(digits) != 6 || len(rest) != 8 {
		return false
	}
	for _, c := range []byte(digits) {
		if !strict.IsDigit(c) {
			return false
		}
	}
	for _, c := range []byte(rest) {
		if letter := c | 0x20; !strict.IsDigit(c) && (letter < 'a' || letter > 'z') {
			return false
		}
	}
	return true
}

// Token finds a client's token that can still be used, nil for any other.
func (w *Work) Token(c *client, value string) *Token {
	t := w.State.Tokens[value]
	if t == nil || t.Owner != c.Name || t.Dead || t.Once && w.Now.Sub(t.Created) >= temporary {
		return nil
	}
	return t
}

// spend spends a token that serves one payment.
func (w *Work) spend(t *Token) {
	if t != nil && t.Once {
		spent := *t
		spent.Dead = true
		w.putToken(&spent)
	}
}

// putToken stores a token, new or altered.
func (w *Work) putToken(t *Token) { w.Change.Tokens = append(w.Change.Tokens, t) }

// newToken returns a value that no token has: six digits that a receipt could
// show, a dollar sign, and eight letters and digits.
func (s *State) newToken(digits string) string {
	const signs = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	for {
		var b [8]byte
		_, _ = rand.Read(b[:]) // never fails
		for i := range b {
			b[i] = signs[int(b[i])%len(signs)]
		}
		if value := digits + "$" + string(b[:]); s.Tokens[value] == nil {
			return value
		}
	}
}

// tokenDigits returns the last four and the first two digits of a number, with
// zeros where it has none.
func tokenDigits(number string) (six, last string) {
	var digits []byte
	for _, c := range []byte(number) {
		if strict.IsDigit(c) {
			digits = append(digits, c)
		}
	}
	for len(digits) < 4 {
		digits = append([]byte{'0'}, digits...)
	}
	last = string(digits[len(digits)-4:])
	return last + string(digits[:2]), last
}

// wantsTemporary reports whether the token is to serve one payment only.
func wantsTemporary(rq *Request) bool {
	store, ok := rq.Data["store"].(json.Number)
	if !ok {
		return false
	}
	n, err := store.Float64()
	return err == nil && n == 0
}

func (s *Server) tokenizeCard(w *Work, rq *Request) Response {
	number := rq.Text("creditcard")
	f := s.cardFunds(number)
	f.Month, f.Year = rq.Text("month"), rq.Text("year")
	cvv := rq.Text("cvv")
	switch {
	case f.Code == codeNumber:
		return tokenDeclined(codeNumber)
	case cvv != "" && len(cvv) != strict.CVVLength(f.Card.Brand):
		return tokenDeclined(CodeCVV)
	case expired(f.Month, f.Year, w.Now):
		return tokenDeclined(codeExpired)
	}
	six, last := tokenDigits(number)
	t := &Token{
		Value:    w.newToken(six),
		Owner:    rq.Client.Name,
		Funds:    f,
		Last:     last,
		Profile:  rq.Text("profile_id"),
		Holder:   rq.Text("cardfullname"),
		Nickname: rq.Text("cnickname"),
		Phone:    rq.Text("cphone"),
		Email:    rq.Text("cemail"),
		Once:     wantsTemporary(rq),
		Created:  w.Now,
	}
	w.putToken(t)
	return Response{http.StatusOK, TokenBody{StatusBody{Approved, CodeApproved, "the token was made"}, t.Value}}
}

func (s *Server) tokenizeAccount(w *Work, rq *Request) Response {
	number := rq.Text("account_number")
	six, last := tokenDigits(number)
	t := &Token{
		Value:   w.newToken(six),
		Owner:   rq.Client.Name,
		Funds:   s.bankFunds(number, rq.Text("account_type")),
		Last:    last,
		Profile: rq.Text("profile_id"),
		Holder:  rq.Text("name_on_account"),
		Once:    wantsTemporary(rq),
		Created: w.Now,
	}
	w.putToken(t)
	return Response{http.StatusCreated, TokenBody{StatusBody{Approved, CodeApproved, "the token was made"}, t.Value}}
}

func fetchToken(w *Work, rq *Request) Response {
	t := w.Token(rq.Client, rq.Path["token"])
	if t == nil {
		return notFound("token")
	}
	type entry struct {
		Holder   *string `json:"cardholder_name"`
		Nickname *string `json:"nickname"`
		Type     *string `json:"type"`
		Phone    *string `json:"phone"`
		Email    *string `json:"email"`
		Last4    string  `json:"last_4"`
	}
	kind := t.Funds.Bank
	if kind == "" {
		kind = t.Funds.Card.Brand
	}
	return Response{http.StatusOK, struct {
		StatusBody
		Token []entry `json:"token"`
	}{
		StatusBody{"ok", CodeApproved, "the token was found"},
		[]entry{{optional(t.Holder), optional(t.Nickname), optional(kind), optional(t.Phone), optional(t.Email), t.Last}},
	}}
}

// withToken looks up the token that a request names by its value and the last
// four digits of what it stands for. Both have to be right.
func withToken(act func(*Work, *Request, *Token) Response) func(*Work, *Request) Response {
	return func(w *Work, rq *Request) Response {
		value, last := rq.Text("token"), rq.Text("last4")
		if rq.body == nil {
			value, last = rq.Query["token"], rq.Query["last4"]
		}
		t := w.Token(rq.Client, value)
		if t == nil || t.Last != last {
			return notFound("token")
		}
		return act(w, rq, t)
	}
}

// updateToken replaces the date of expiry, which a bank account does not have.
func updateToken(w *Work, rq *Request, t *Token) Response {
	if t.Funds.Bank != "" {
		return notFound("token")
	}
	fresh, date := *t, rq.Text("expdate")
	if len(date) == 4 { // the description sees to that, unless a fault is planted there
		fresh.Funds.Month, fresh.Funds.Year = date[:2], date[2:]
	}
	w.putToken(&fresh)
	return Response{http.StatusOK, TokenBody{StatusBody{"ok", CodeApproved, "the token was updated"}, t.Value}}
}

// rotateToken puts a new token in the place of one, or brings back the one that
// was replaced. What came back replaced nothing: it is there for good.
func rotateToken(w *Work, rq *Request, t *Token) Response {
	gone, good := *t, *t
	gone.Dead = true
	message := "the token was rotated"
	if rq.Text("intent") != "rollback" {
		digits, _, _ := strings.Cut(t.Value, "$")
		good.Value, good.Replaced = w.newToken(digits), t.Value
	} else {
		if t.Replaced == "" {
			a := StatusBody{Declined, CodeUnsupported, "the token replaced no other"}
			return Response{http.StatusOK, a}
		}
		good.Value, good.Replaced = t.Replaced, ""
		message = "the token was rolled back"
	}
	w.putToken(&gone)
	w.putToken(&good)
	return Response{http.StatusOK, TokenBody{StatusBody{"ok", CodeApproved, message}, good.Value}}
}

func removeToken(w *Work, _ *Request, t *Token) Response {
	gone := *t
	gone.Dead = true
	w.putToken(&gone)
	return Response{http.StatusOK, StatusBody{"ok", CodeApproved, "the token was removed"}}
}
