package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
)

func (s *Server) profiles() map[string]service {
	return map[string]service{"transactions-fetch-profile": {handle: listProfile}}
}

// profileRow is a transaction in the list of a profile.
type profileRow struct {
	ID            string          `json:"trxn_id"`
	Status        string          `json:"trxn_status"`
	Date          string          `json:"trxn_date"`
	Type          Kind            `json:"trxn_type"`
	CardType      *string         `json:"card_type"`
	Holder        *string         `json:"cardholder_name"`
	Amount        string          `json:"amount"`
	OrderID       string          `json:"order_id"`
	AuthCode      *string         `json:"authcode"`
	AVSCode       *string         `json:"avs_code"`
	CVCode        *string         `json:"cv_code"`
	Last4         *string         `json:"last_4"`
	Settled       string          `json:"settled"`
	SettledAmount *string         `json:"settled_amount"`
	SettledDate   *string         `json:"settled_date"`
	Metadata      json.RawMessage `json:"metadata"`
}

// listProfile lists what was paid by the tokens of a customer. A customer is
// known by having been given a token once.
func listProfile(w *Work, rq *Request) Response {
	profile := rq.Path["profile_id"]
	known := false
	for _, t := range w.State.Tokens {
		known = known || t.Owner == rq.Client.Name && t.Profile == profile
	}
	if !known {
		return notFound("profile")
	}
	rows := []profileRow{}
	for _, id := range slices.Backward(w.order) {
		t := w.State.Transactions[id]
		if t.Profile != profile || !rq.Client.owns(t.Merchant) {
			continue
		}
		r := newRow(w.State, t)
		metadata := t.Metadata
		if metadata == nil {
			metadata = json.RawMessage("null")
		}
		rows = append(rows, profileRow{
			r.ID, r.Status, r.Date, r.Type, r.CardType, optional(t.Holder), r.Amount, r.OrderID, r.AuthCode,
			r.AVSCode, r.CVCode, r.Last4, r.Settled, r.SettledAmount, r.SettledDate, metadata,
		})
	}
	return Response{http.StatusOK, struct {
		StatusBody
		Profile string       `json:"profile_id"`
		Count   int          `json:"count"`
		Data    []profileRow `json:"data"`
	}{StatusBody{"ok", CodeApproved, fmt.Sprintf("%d found", len(rows))}, profile, len(rows), rows}}
}
