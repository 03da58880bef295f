package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"qorcheck/harness/plan"
	"qorcheck/harness/run"
	"qorcheck/harness/settings"
)

// hostileTarget is a sandbox behind a proxy that wishes the run ill.
type hostileTarget struct {
	t        *testing.T
	sandbox  http.Handler
	fixtures *settings.Fixtures
	once     sync.Once
	over     chan struct{} // closed when the run has ended
}

// charge makes a payment that no request of the run asked for.
func (h *hostileTarget) charge(order, holder string) {
	card := h.fixtures.Triggers["card"].Approved
	body := encoded(map[string]any{"transaction_data": map[string]string{
		"mid": h.fixtures.Merchants["main"], "amount": "1.00", "orderid": order, "cardfullname": holder, "bzip": "12345",
		"creditcard": card["creditcard"], "cvv": card["cvv"], "month": card["month"], "year": card["year"],
	}})
	r, err := http.NewRequest("POST", "http://target/v3/payment/sale/manual/", bytes.NewReader(body))
	if err != nil {
		h.t.Error(err)
		return
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set(appKey, h.fixtures.Credential("valid", "AppKey"))
	r.Header.Set(clientKey, h.fixtures.Credential("valid", "ClientKey"))
	if a := answerOf(h.sandbox, r, body); a.status != http.StatusOK {
		h.t.Errorf("the charge was answered %d", a.status)
	}
}

// sentText is a field of the body of a payment, "" where it is no text.
func sentText(body []byte, field string) string {
	var sent struct {
		Data map[string]any `json:"transaction_data"`
	}
	_ = json.Unmarshal(body, &sent) // a malformed request has none
	text, _ := sent.Data[field].(string)
	return text
}

// trick alters a response, or does what nobody asked for.
type trick func(h *hostileTarget, r *http.Request, sent []byte, a *answer)

// chargesRejected charges for each rejected payment under an order id made of its own.
func chargesRejected(name func(order string) (order2, holder string)) trick {
	return func(h *hostileTarget, r *http.Request, sent []byte, a *answer) {
		order := sentText(sent, "orderid")
		if a.status >= 400 && r.Method == "POST" && len(order) > 20 {
			h.charge(name(order))
		}
	}
}

// chargesAndDrops charges for the first rejected payment, and drops its connection.
func chargesAndDrops(h *hostileTarget, r *http.Request, sent []byte, a *answer) {
	order := sentText(sent, "orderid")
	if a.status < 400 || r.Method != "POST" || len(order) < 20 {
		return
	}
	drops := false
	h.once.Do(func() {
		h.charge(order, "")
		drops = true
	})
	if drops {
		panic(http.ErrAbortHandler)
	}
}

// shows writes a text made of a secret of the request into the response.
func shows(secret func(r *http.Request, sent []byte) string, write func(a *answer, secret string)) trick {
	return func(_ *hostileTarget, r *http.Request, sent []byte, a *answer) {
		if text := secret(r, sent); len(text) > 12 {
			write(a, text)
		}
	}
}

func cardSent(_ *http.Request, sent []byte) string { return sentText(sent, "creditcard") }
func keySent(r *http.Request, _ []byte) string     { return r.Header.Get(clientKey) }

// inMember writes a value into a member of a body.
func inMember(value func(secret string) any) func(*answer, string) {
	return func(a *answer, secret string) { a.edit(func(m map[string]any) { m["note"] = value(secret) }) }
}

func characterCodes(text string) any {
	var list []any
	for _, c := range text {
		list = append(list, int(c))
	}
	return list
}

func inFours(text string) any {
	var groups []string
	for part := range slices.Chunk([]byte(text), 4) {
		groups = append(groups, string(part))
	}
	return strings.Join(groups, "-")
}

func backwardsText(text string) any {
	letters := []byte(text)
	slices.Reverse(letters)
	return string(letters)
}

// fromTheReceiver learns the address of the run's receiver, and shoots at it once.
func fromTheReceiver(shoot func(h *hostileTarget, u *url.URL)) trick {
	return func(h *hostileTarget, r *http.Request, sent []byte, _ *answer) {
		var hook struct {
			Data struct {
				URI string `json:"uri"`
			} `json:"transaction_data"`
			URI string `json:"uri"`
		}
		if r.Method != "POST" || json.Unmarshal(sent, &hook) != nil {
			return
		}
		if u, err := url.Parse(hook.Data.URI + hook.URI); err == nil && u.Hostname() == "127.0.0.1" {
			h.once.Do(func() { shoot(h, u) })
		}
	}
}

// slowSenders open many connections, begin a message on each, and never end it.
func slowSenders(h *hostileTarget, u *url.URL) {
	for range 100 {
		conn, err := net.Dial("tcp", u.Host)
		if err != nil {
			return // the receiver has a right to refuse
		}
		_, _ = fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{", u.Path)
		go func() { <-h.over; _ = conn.Close() }()
	}
}

// forgedMessages are about transactions that nobody made.
func forgedMessages(h *hostileTarget, u *url.URL) {
	for i := range 200 {
		body := fmt.Sprintf(`{"event":"sale.success","transaction_id":"forged-%d","success":true,"x":"\u001b[31m"}`, i)
		response, err := http.Post(u.String(), "application/json", strings.NewReader(body))
		if err != nil {
			return // the receiver has a right to refuse
		}
		_ = response.Body.Close()
	}
}

const (
	oneSale  = "payment-sale-manual.valid.everything" // a case
	nothing  = "payment-sale-manual.RH-NIL-5"         // obligations
	ofSales  = "payment-sale-manual.RH-MSG-5"
	approved = "payment-sale-manual.RH-200-1"
)

// TestHostile: whatever a target does, the verdict names what it did, blames nobody else,
// and the report shows no secret. The other attacks stand in knownAttacks.
func TestHostile(t *testing.T) {
	capitals := func(order string) (string, string) { return strings.ToUpper(order), "" }
	for _, tt := range []struct {
		attack string
		plan   string // a case, or an obligation
		trick  trick
		exit   int
		fails  string // a requirement
		says   string // in the verdict
	}{
		{"charges under the order id in capitals", nothing, chargesRejected(capitals), run.ExitFail, "RH-NIL-5", ""},
		{"charges under the beginning of the order id", nothing, chargesRejected(func(order string) (string, string) { return order[:14], "" }), run.ExitFail, "RH-NIL-5", ""},
		{"charges under the end of the order id", nothing, chargesRejected(func(order string) (string, string) { return "0" + order[6:], "" }), run.ExitFail, "RH-NIL-5", ""},
		{"charges under an order id within a word", nothing, chargesRejected(func(order string) (string, string) { return "a" + order + "b", "" }), run.ExitFail, "RH-NIL-5", ""},
		{"charges in the name of the order", nothing, chargesRejected(func(order string) (string, string) { return "z" + order[20:], order }), run.ExitFail, "RH-NIL-5", ""},
		{"charges for a rejected request, and drops its connection", nothing, chargesAndDrops, run.ExitPass, "", ""},
		{"shows the card number as codes of characters", oneSale, shows(cardSent, inMember(characterCodes)), run.ExitFail, "RH-ALL-3", ""},
		{"shows the card number backwards", oneSale, shows(cardSent, inMember(backwardsText)), run.ExitFail, "RH-ALL-3", ""},
		{"shows the card number in two cookies", oneSale, shows(cardSent, func(a *answer, card string) { a.header["Set-Cookie"] = []string{"a=" + card[:8], "b=" + card[8:]} }), run.ExitFail, "RH-ALL-3", ""},
		{"shows the card number in a page", oneSale, shows(cardSent, inMember(func(card string) any { return "<td id='1'>" + card[:8] + "</td><td id='2'>" + card[8:] + "</td>" })), run.ExitFail, "RH-ALL-3", ""},
		{"shows a key in groups", oneSale, shows(keySent, inMember(inFours)), run.ExitPass, "RH-ALL-4", ""},
		{"shows a key backwards", oneSale, shows(keySent, inMember(backwardsText)), run.ExitPass, "RH-ALL-4", ""},
		{"shows most of a key", oneSale, shows(keySent, func(a *answer, key string) { a.header.Set("X-Key", key[:len(key)-4]+"…") }), run.ExitPass, "RH-ALL-4", ""},
		{"sends everybody elsewhere", approved, func(_ *hostileTarget, _ *http.Request, _ []byte, a *answer) {
			a.status = http.StatusFound
			a.header.Set("Location", "https://key:secret@login.example.test/?card=4571000000000001")
		}, run.ExitUnclear, "", "and led to https://login.example.test: "},
		{"has a clock that is a day ahead, then a day behind", approved, func(h *hostileTarget, _ *http.Request, _ []byte, a *answer) {
			day := 24 * time.Hour
			h.once.Do(func() { day = -day })
			a.header.Set("Date", time.Now().Add(day).UTC().Format(http.TimeFormat))
		}, run.ExitPass, "", ""},
		{"sends escape sequences and commands in each text", approved, func(_ *hostileTarget, _ *http.Request, _ []byte, a *answer) {
			a.header.Set("X-Note", "\u202e::error::x")
			a.edit(func(m map[string]any) {
				m["note\x1b[2J"] = "\x1b]8;;https://x\a\u202e\n::error file=x::y\n##vso[task.complete]"
			})
		}, run.ExitPass, "", ""},
		{"keeps the receiver busy with slow senders", ofSales, fromTheReceiver(slowSenders), run.ExitPass, "", ""},
		{"forges messages", ofSales, fromTheReceiver(forgedMessages), run.ExitPass, "", ""},
	} {
		t.Run(tt.attack, func(t *testing.T) {
			t.Parallel()
			h := &hostileTarget{t: t, sandbox: newSandbox(t), fixtures: fixturesOf(t), over: make(chan struct{})}
			defer close(h.over)
			target := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				sent, err := io.ReadAll(r.Body)
				if err != nil {
					return // the client has gone
				}
				a := answerOf(h.sandbox, r, sent)
				tt.trick(h, r, sent, a)
				a.send(w)
			})) + "/v3"
			p := must(planWithout(1))(t).Case(tt.plan)
			if p != nil {
				p = p.Only(func(o *plan.Obligation) bool { return o.Requirement.ID == tt.fails })
			} else {
				p = must(planWithout(1))(t).Only(func(o *plan.Obligation) bool { return o.ID == tt.plan }).Smoke()
			}
			if len(p.Cases) == 0 {
				t.Fatalf("there is no %s", tt.plan)
			}
			checkHostile(t, certify(t, certification{plan: p, target: target, runID: "hostile", concurrency: 8}), tt.exit, tt.fails, tt.says)
		})
	}
}

// checkHostile checks an exit code, which requirement failed, and what no report may hold.
func checkHostile(t *testing.T, d *run.Document, exit int, fails, says string) {
	t.Helper()
	failed := failedOf(d)
	if d.ExitCode != exit || !strings.Contains(d.Verdict, says) || (fails == "") != (len(failed) == 0) || fails != "" && !slices.Contains(failed, "payment-sale-manual."+fails) {
		t.Errorf("exit code %d, failed %v: %s", d.ExitCode, failed, d.Verdict)
	}
	f := fixturesOf(t)
	card, key := f.Triggers["card"].Approved["creditcard"], f.Credential("valid", "ClientKey")
	shown := string(encoded(d))
	codes := strings.Trim(string(encoded(characterCodes(card))), "[]")
	for _, secret := range []string{
		card, key, codes, backwardsText(card).(string), backwardsText(key).(string), inFours(key).(string), key[:len(key)-4], card[:8] + "</td>",
		"key:secret", "\x1b", `\u001b`, "\u202e", `\u202e`, "\a", `\n::error`, `\n##`,
	} {
		if strings.Contains(shown, secret) {
			t.Errorf("the run document holds %q", secret)
		}
	}
}
