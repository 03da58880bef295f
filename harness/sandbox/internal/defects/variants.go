package defects

import (
	"bytes"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"qorcheck/harness/sandbox/internal/api"
	"qorcheck/harness/sandbox/internal/strict"
)

// Allowed stands in the column of the requirement for what the promise leaves open:
// nothing may fail, and nothing need be said.
const Allowed = "allowed"

var variants = []Defect{
	{"ambiguity-accepted", "accepts what can be read in more than one way", Allowed, nil, on{"ach-credit", "token-remove"},
		before(always, readLeniently)},
	{"ids-counted", "counts its transactions, from 1", Allowed, nil, on{"payment-sale-manual", "payment-void", "transactions-fetch-one", "transactions-fetch-all"},
		func(p *planting) error {
			p.options.NewID = func(count int) string { return strconv.Itoa(count + 1) }
			return nil
		}},
	{"charset-named", "names the charset of its answers", Allowed, nil, on{"payment-sale-manual", "webhooks_list"},
		after(always, labels("application/json; charset=utf-8"))},
	{"errors-say-more", "adds a field to the body of an error", Allowed, nil, on{"payment-sale-manual"},
		after(rejected, says("request_id", "req_4711"))},
	{"status-capitalised", "writes the status with a capital letter", Allowed, nil, on{"payment-sale-manual"},
		after(saying("status", api.Approved), says("status", "Approved"))},
	{"another-word-of-success", "calls an accepted capture Captured", Allowed, nil, on{"payment-capture"},
		after(all(is("payment-capture"), saying("resultCode", api.Received)), says("resultCode", "Captured"))},
	{"other-code-of-refusal", "declines what is impossible with another declined code", Allowed, nil, on{"payment-capture", "payment-refund", "payment-void", "ach-void"},
		after(all(is(undoing...), answered(http.StatusOK), impossible), says("code", "GW57"))},
	{"400-for-broken-merchant", "answers 400 to a merchant id that is too long", Allowed, nil, on{"payment-sale-manual", "webhooks-create"},
		after(all(answered(http.StatusForbidden), sends("mid", longMerchant)), refuses(http.StatusBadRequest, "mid", "mid is too long"))},
	{"lists-limit-0", "says of a list of webhooks that its limit is 0, since it knows none", Allowed, nil, on{"webhooks_list"},
		after(is("webhooks_list"), editsData(func(data map[string]any) { data["limit"] = 0 }))},
	{"500-for-form-without-fields", "answers 500 to a form that names no field it knows", Allowed, nil, on{"payment-capture"},
		after(all(answered(400), func(x *exchange) bool { return string(x.sent) == "transaction_data=text" }), status(500))},
	{"account-digits-listed", "shows the last digits of bank accounts in a list, beside an empty brand", Allowed, nil, on{"transactions-fetch-all"},
		after(succeeded("transactions-fetch-all"), edits(func(m map[string]any) {
			for _, row := range rowsOf(m) {
				if r, ok := row.(map[string]any); ok && (r["card_type"] == nil || r["card_type"] == "") {
					r["card_type"], r["last_4"] = "", "2333"
				}
			}
		}))},
	{"account-token-elsewhere", "finds the tokens of cards alone where a token is read", Allowed, nil, on{"token-ach", "token-fetch"},
		after(succeeded("token-fetch"), func(x *exchange) {
			account, id := false, x.URL.Path[strings.LastIndex(x.URL.Path, "/")+1:]
			x.server.View(func(s *api.State) { t := s.Tokens[id]; account = t != nil && t.Funds.Bank != "" })
			if account {
				refuses(404, api.CodeNotFound, "there is no such token")(x)
			}
		})},
	{"account-holder-passed-over", "finds no bank transfer by who holds the account", Allowed, nil, on{"transactions-fetch-all"},
		misreading(func(_ *api.Work, rq *api.Request) {
			if rq.Query["cardholder_name"] != "" && rq.Query["payment_type"] == "ach" {
				rq.Query["transaction_id"] = "none"
			}
		}, "transactions-fetch-all")},
}

// longMerchant holds for a merchant that is longer than the description allows.
func longMerchant(value any, _ bool) bool {
	text, _ := value.(string)
	return len(text) > 24
}

var missesZIP = all(is("payment-sale-manual"), answered(400), sends("bzip", missing))

// readLeniently takes the last of several values of one name, passes over a byte
// order mark and a charset that is not that of the text.
func readLeniently(x *exchange) {
	x.URL.RawQuery = once(x.URL.RawQuery)
	if strings.HasPrefix(x.Header.Get("Content-Type"), strict.FormType) {
		x.sent = []byte(once(string(x.sent)))
		return
	}
	if x.Header.Get("Content-Type") == strict.JSONType+"; charset=utf-16" {
		x.Header.Set("Content-Type", strict.JSONType)
	}
	x.sent = bytes.TrimPrefix(x.sent, []byte("\ufeff"))
}

func once(encoded string) string {
	values, err := url.ParseQuery(encoded)
	if err != nil {
		return encoded
	}
	var pairs []string
	for pair := range strings.SplitSeq(encoded, "&") {
		name, _, _ := strings.Cut(pair, "=")
		plain, err := url.QueryUnescape(name)
		if err != nil || len(values[plain]) > 1 {
			values[plain] = values[plain][1:]
			continue
		}
		pairs = append(pairs, pair)
	}
	return strings.Join(pairs, "&")
}
