package api

import (
	"net/http"
	"path/filepath"
	"strings"
	"testing"
)

// endings are how the card of a payment can demand that its captures, refunds and voids end.
var endings = map[string]struct {
	status int
	word   string // status of the body
	result string
}{
	"refused":  {http.StatusOK, "declined", "Refused"},
	"error":    {http.StatusOK, "error", "Error"},
	"internal": {http.StatusInternalServerError, "error", ""},
}

// modify does one thing to a payment.
func (t *target) modify(kind, id string) reply {
	switch kind {
	case "capture":
		return t.capture(id, "5")
	case "refund":
		return t.refund(id, "5")
	}
	return t.void(id)
}

// opened opens a payment with a card, so that a modification is possible.
func (t *target) opened(kind string, card fields) string {
	t.Helper()
	switch kind {
	case "capture":
		return t.want(t.authorize(card), "GW00").id()
	case "refund":
		return t.settled(t.want(t.sell(card), "GW00").id())
	}
	return t.want(t.sell(card), "GW00").id()
}

func TestModifications_EndAsTheCardDemands(t *testing.T) {
	later := newTarget(t).Fixtures.Triggers.Card.Later
	if len(later) != 9 {
		t.Fatalf("%d triggers, want three endings of three modifications", len(later))
	}
	for name, trigger := range later {
		t.Run(name, func(t *testing.T) {
			kind, ending, _ := strings.Cut(name, "_")
			want := endings[ending]
			s := newTarget(t)
			r := newReceiver(t)
			s.hear(r, kind+".approved", kind+".declined")
			card := fields{"creditcard": trigger.Card}
			id := s.opened(kind, card)
			before := len(s.State.order)
			got := s.wantStatus(s.modify(kind, id), want.status)
			if got.text("status") != want.word || got.text("resultCode") != want.result || (got.text("refusalReason") == "") != (ending == "internal") {
				t.Errorf("answered %s", got.raw)
			}
			if ending == "internal" {
				if len(s.State.order) != before {
					t.Error("something is stored")
				}
			} else {
				if status := s.row(got.id())["trxn_status"]; status != "declined" {
					t.Errorf("stored as %v", status)
				}
				r.wait(1)
			}
			for _, other := range []string{"capture", "refund", "void"} { // nothing is moved, and the others end as they should
				if other != kind {
					s.want(s.modify(other, s.opened(other, card)), "GW00")
				}
			}
			s.want(s.modify(kind, s.opened(kind, nil)), "GW00")
		})
	}
}

func TestModifications_ThatAreForcedToEndMoveNothing(t *testing.T) {
	s := newTarget(t)
	card := func(name string) fields { return fields{"creditcard": s.Fixtures.Triggers.Card.Later[name].Card} }
	auth := s.authorize(card("capture_refused")).id()
	s.want(s.capture(auth, "20"), "GW61")
	s.want(s.capture(auth, "20.01"), "GW13") // what is impossible anyway ends as it should
	s.want(s.void(auth), "GW00")
	sale := s.sell(card("void_error")).id()
	s.want(s.void(sale), "GW96")
	s.want(s.refund(s.settled(sale), ""), "GW00")
	paid := s.settled(s.sell(card("refund_internal")).id())
	s.wantStatus(s.refund(paid, ""), http.StatusInternalServerError)
	s.want(s.void(paid), "GW20")
}

// TestModifications_OfPaymentsByToken end as the card behind the token demands, also
// after a restart.
func TestModifications_OfPaymentsByToken(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.json")
	s := reopened(t, path)
	token := s.tokenise(fields{"creditcard": s.Fixtures.Triggers.Card.Later["capture_error"].Card})
	first := s.authorizeBy(token).id()
	s = reopened(t, copied(t, path, nil))
	s.want(s.capture(first, "5"), "GW96")
	s.want(s.capture(s.authorizeBy(token).id(), "5"), "GW96")
}

func TestCash_EndsAsTheAmountDemands(t *testing.T) {
	triggers := newTarget(t).Fixtures.Triggers.Cash
	for name, list := range map[string][]trigger{"refused": triggers.Refused, "error": {triggers.Error}, "internal": {triggers.Internal}} {
		want, seen := endings[name], map[string]bool{}
		for _, trigger := range list {
			s := newTarget(t)
			got := s.wantStatus(s.payCash(fields{"amount": trigger.Amount, "orderid": "o"}), want.status)
			if got.text("status") != want.word || got.text("resultCode") != want.result {
				t.Errorf("%s: answered %s", name, got.raw)
			}
			if name == "internal" {
				s.wantNothing()
				s.wantStatus(s.payCash(fields{"orderid": "o"}), http.StatusCreated) // the order id is still free
				continue
			}
			if why := got.text("refusalReason"); why == "" || seen[why] || s.row(got.id())["trxn_status"] != "declined" {
				t.Errorf("%s: the reason is %q", name, why)
			}
			seen[got.text("refusalReason")] = true
		}
		if len(list) == 0 || name == "refused" && len(list) < 2 {
			t.Errorf("%s: %d triggers", name, len(list))
		}
	}
}

func TestFixtures_UnknownTrigger(t *testing.T) {
	sound := fixturesFile
	defer func() { fixturesFile = sound }()
	fixturesFile = []byte(strings.Replace(string(sound), "void_error:", "void_eror:", 1))
	if _, err := New(Options{}); err == nil || !strings.Contains(err.Error(), `unknown trigger "void_eror"`) {
		t.Errorf("%v, want the name of the trigger", err)
	}
}
