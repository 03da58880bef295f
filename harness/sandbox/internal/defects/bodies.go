package defects

import (
	"fmt"
	"strings"
)

// What the body of an answer holds.
var bodyDefects = []Defect{
	{"wrong-field-type", "writes a number as a text", "RH-200-2", nil, on{"webhooks_list"},
		after(succeeded("webhooks_list"), editsData(func(data map[string]any) {
			data["count"] = fmt.Sprint(data["count"])
		}))},
	{"field-missing", "leaves a field out of a transaction", "RH-200-2", nil, on{"transactions-fetch-one"},
		after(succeeded("transactions-fetch-one"), hides("trxn_type"))},
	{"field-renamed", "gives a field of an answer another name", "RH-200-2", also{"UTL-2"}, on{"utilities-validate-cc"},
		after(succeeded("utilities-validate-cc"), editsData(func(data map[string]any) {
			data["valid"] = data["is_valid"]
			delete(data, "is_valid")
		}))},
	{"body-of-another", "answers with the right status and the body of another operation", "RH-200-2", nil, on{"webhooks_list"},
		after(succeeded("webhooks_list"), answers(200, approvedBody))},
	{"code-without-prefix", "writes the code without GW", "RH-200-2", also{"RH-200-10"}, on{"payment-sale-manual"},
		after(succeeded("payment-sale-manual"), edits(func(m map[string]any) { m["code"] = strings.TrimPrefix(fmt.Sprint(m["code"]), "GW") }))},
	{"message-blank", "gives an approved sale a blank message", "RH-200-20", nil, on{"payment-sale-manual"},
		after(all(is("payment-sale-manual"), saying("status", "approved")), says("message", " "))},
	{"name-twice", "writes a name twice", "RH-ALL-2", nil, on{"webhooks_list"},
		after(succeeded("webhooks_list"), inserts(`"status":"ok",`))},
	{"text-after-json", "writes text after the JSON value", "RH-ALL-2", nil, on{"utilities-validate-aba"},
		after(succeeded("utilities-validate-aba"), appends("</html>"))},
	{"empty-200", "answers 200 without a body", "RH-ALL-2", nil, on{"webhooks_list"},
		after(succeeded("webhooks_list"), answers(200, ""))},
	{"no-media-type", "answers without a media type", "RH-ALL-2", nil, on{"webhooks_list"},
		after(succeeded("webhooks_list"), labels(""))},
	{"error-as-text", "labels errors as plain text", "RH-ALL-2", nil, on{"payment-sale-manual", "webhooks_list"},
		after(rejected, labels("text/plain"))},
	{"not-http", "answers with something that is not HTTP", "RH-ALL-2", nil, on{"webhooks-create"},
		before(func(x *exchange) bool { return x.URL.Path == "/v3/webhook-unknown" }, func(x *exchange) { x.raw = "so sorry\r\n\r\n" })},
}
