package defects

import (
	"fmt"
	"strings"
	"sync"

	"qorcheck/harness/sandbox/internal/api"
)

// appKey and clientKey are the keys that a request carries.
func appKey(x *exchange) string { app, _ := x.keys(); return app }

func clientKey(x *exchange) string { _, client := x.keys(); return client }

// tells adds what a request carries to the message of the answer.
func tells(words string, secret func(*exchange) string) alteration {
	return func(x *exchange) {
		edits(func(m map[string]any) {
			message, _ := m["message"].(string)
			m["message"] = message + words + secret(x)
		})(x)
	}
}

// Keys, cards and verification values in answers, spread over operations; and what is
// answered to nobody before the keys are missed.
var secretDefects = []Defect{
	{"wrong-key-named", "names the app key that it does not know, where a token is to be removed", "RH-ALL-4", nil, on{"token-remove"},
		after(all(is("token-remove"), answered(403)), tells(": no such key ", appKey))},
	{"key-in-list", "names the client key in a list of webhooks", "RH-ALL-4", nil, on{"webhooks_list"},
		after(succeeded("webhooks_list"), editsClientKey)},
	{"header-value-listed", "shows the header value of each registration in the list", "FL-HOOK-8", nil, on{"webhooks_list"},
		after(succeeded("webhooks_list"), func(x *exchange) {
			values := map[string]string{}
			x.server.View(func(s *api.State) {
				for _, h := range s.Hooks {
					values[h.ID] = h.HeaderValue
				}
			})
			editsData(func(data map[string]any) {
				hooks, _ := data["webhooks"].([]any)
				for _, hook := range hooks {
					if h, ok := hook.(map[string]any); ok {
						h["header_value"] = values[fmt.Sprint(h["webhook_id"])]
					}
				}
			})(x)
		})},
	{"header-value-answered", "repeats the header value of a registration that is changed", "FL-HOOK-8", nil, on{"webhooks-update"},
		after(succeeded("webhooks-update"), func(x *exchange) {
			edits(func(m map[string]any) { m["header_value"] = x.text("header_value") })(x)
		})},
	{"key-in-header", "repeats the app key in a header of its answers to voids", "RH-ALL-4", nil, on{"payment-void"},
		after(is("payment-void"), func(x *exchange) { x.header.Set("X-Caller", "app/"+appKey(x)) })},
	{"key-in-404", "names the client key where a profile is not found", "RH-ALL-4", nil, on{"transactions-fetch-profile"},
		after(all(is("transactions-fetch-profile"), answered(404)), tells(" for the client ", clientKey))},
	{"key-in-400", "repeats the header of a debit that is malformed", "RH-ALL-4", nil, on{"ach-sale"},
		after(all(is("ach-sale"), answered(400)), tells(", received with ", appKey))},
	{"number-in-token-error", "repeats the number of a card that cannot be kept", "RH-ALL-3", nil, on{"token-create"},
		after(all(is("token-create"), answered(400), sends("creditcard", digitsOnly)), func(x *exchange) { tells(": ", func(*exchange) string { return x.text("creditcard") })(x) })},
	{"number-of-rotated-token", "answers a rotation with the number of the card", "RH-ALL-3", nil, on{"token-rotate"},
		repeatsCard("token-rotate", func(x *exchange, number string) { says("number", number)(x) })},
	{"number-in-profile", "shows the numbers of cards in the transactions of a profile", "RH-ALL-3", nil, on{"transactions-fetch-profile"},
		repeatsCard("transactions-fetch-profile", func(x *exchange, number string) {
			editsRows(func(row map[string]any) { row["pan"] = number })(x)
		})},
	{"number-in-read-back", "shows the number of a card where a payment is listed by its order id", "RH-ALL-3", nil, on{"transactions-fetch-all", "payment-sale-manual"},
		repeatsCard("transactions-fetch-all", func(x *exchange, number string) {
			editsRows(func(row map[string]any) { row["pan"] = number })(x)
		})},
	{"limit-before-keys", "answers a wrong limit of a list with 400 before it looks for keys", "RH-401-4", nil, on{"transactions-fetch-all"},
		after(all(is("transactions-fetch-all"), answered(401), malformed), refuses(400, "GW03", "a wrong parameter"))},
	{"number-before-keys", "checks a number that is none for nobody", "RH-401-3", also{"RH-401-4"}, on{"utilities-validate-cc"},
		after(all(is("utilities-validate-cc"), answered(401), malformed), answers(200, `{"status":"ok","code":"GW00","message":"checked","data":{"is_valid":false}}`))},
	{"bank-before-rights", "answers a routing number that is none with 400 before it looks whose the keys are", "RH-403-11", nil, on{"utilities-validate-aba"},
		after(all(is("utilities-validate-aba"), answered(403), malformed), refuses(400, "GW03", "nine digits"))},
	{"removal-before-rights", "removes nothing and says so by 200 where a token is not named, whosever the keys are", "RH-403-8", also{"RH-403-11"}, on{"token-remove"},
		after(all(is("token-remove"), answered(403), malformed), answers(200, `{"status":"ok","code":"GW00","message":"the token was removed"}`))},
	{"unknown-path-403-to-nobody", "answers 403 to nobody at a path that does not exist", "RH-401-7", nil, on{"payment-capture"},
		after(unknownTo("/payment/capture"), status(403))},
	{"unknown-path-200-to-nobody", "answers 200 to nobody at a path that does not exist", "RH-401-7", nil, on{"webhooks-remove"},
		after(unknownTo("/webhook"), answers(200, `{"status":"ok","code":"GW00","message":"welcome"}`))},
}

var editsClientKey = func(x *exchange) {
	editsData(func(data map[string]any) { data["client"] = clientKey(x) })(x)
}

// unknownTo holds for requests without keys to a path that begins so and is unknown.
func unknownTo(path string) condition {
	return all(keyless, answered(404), func(x *exchange) bool {
		return x.operation == "" && strings.HasPrefix(x.URL.Path, "/v3"+path+"-")
	})
}

func digitsOnly(value any, _ bool) bool {
	text, _ := value.(string)
	return len(text) > 12 && strings.Trim(text, "0123456789") == ""
}

// repeatsCard shows in the answers of an operation the card whose number was sent last.
func repeatsCard(operation string, show func(x *exchange, number string)) plant {
	return remembering(func() plant {
		var mu sync.Mutex
		numbers := map[string]bool{}
		return both(
			before(sends("creditcard", digitsOnly), func(x *exchange) {
				mu.Lock()
				defer mu.Unlock()
				numbers[x.text("creditcard")] = true
			}),
			after(all(is(operation), answered(200)), func(x *exchange) {
				approved := x.server.Fixtures.Triggers.Card.Approved.Card
				mu.Lock()
				known := numbers[approved]
				mu.Unlock()
				if known {
					show(x, approved)
				}
			}),
		)
	})
}
