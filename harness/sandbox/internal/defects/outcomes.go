package defects

import "qorcheck/harness/sandbox/internal/api"
import "strings"

// How a 200 says that a payment ended, and why.
var outcomeDefects = []Defect{
	{"refused-402", "answers a decline with 402", "RH-200-3", also{"RH-ALL-1", "RH-ERR-1", "IDEM-1"}, on{"payment-sale-manual"},
		after(wasRefused, status(402))},
	{"refused-400", "answers a decline with 400", "RH-200-3", also{"RH-ERR-1", "IDEM-1"}, on{"payment-sale-manual"},
		after(wasRefused, status(400))},
	{"wrong-cvv-400", "answers 400 to a CVV whose length is not that of the card's brand", "RH-200-3", also{"RH-ERR-1"}, on{"payment-sale-manual"},
		after(saying("code", api.CodeCVV), status(400))},
	{"wrong-cvv-taken", "does not count the digits of a CVV", "RH-200-3", nil, on{"payment-sale-manual"},
		reads("cvv", "4321", "321", "payment-sale-manual")},
	{"refused-told-approved", "reports a refused sale as approved", "RH-200-3", also{"RH-200-2", "RH-200-12", "IDEM-1"}, on{"payment-sale-manual"},
		after(wasRefused, says("status", api.Approved), says("code", api.CodeApproved), says("resultCode", api.Authorised), omits("refusalReason"))},
	{"words-disagree", "says refused with one word and approved with another", "RH-200-3", also{"RH-200-2", "IDEM-1"}, on{"payment-sale-manual"},
		after(wasRefused, says("status", api.Approved))},
	{"error-402", "answers a payment that ended in an error by 402", "RH-200-4", also{"RH-ALL-1", "RH-NIL-3"}, on{"payment-sale-manual"},
		after(wasFailed, status(402))},
	{"error-500-kept", "answers a payment that ended in an error by 500, and keeps it", "RH-NIL-3", nil, on{"payment-sale-manual"},
		after(wasFailed, answers(500, systemFailure))},
	{"result-code-absent", "does not say by resultCode how a capture ended", "RH-200-17", nil, on{"payment-capture"},
		after(succeeded("payment-capture"), omits("resultCode"))},
	{"reason-absent", "leaves the reason of a refusal out", "RH-200-5", nil, on{"payment-sale-manual"},
		after(wasRefused, omits("refusalReason"))},
	{"error-reason-absent", "leaves the reason of an error out", "RH-200-5", nil, on{"payment-sale-manual"},
		after(wasFailed, omits("refusalReason"))},
	{"reason-absent-once", "leaves the reason out for one of the codes", "RH-200-5", nil, on{"payment-sale-manual"},
		after(all(wasRefused, saying("code", "GW61")), omits("refusalReason"))},
	{"reason-absent-ach", "leaves the reason out for bank transfers alone", "RH-200-5", nil, on{"ach-sale"},
		after(all(is("ach-sale", "ach-credit"), wasRefused), omits("refusalReason"))},
	{"reason-absent-by-token", "leaves the reason out for sales by token alone", "RH-200-5", nil, on{"payment-sale-token"},
		after(all(is("payment-sale-token"), wasRefused), omits("refusalReason"))},
	{"reason-blank", "gives a reason of blanks", "RH-200-5", also{"RH-200-2"}, on{"payment-sale-manual"},
		after(wasRefused, says("refusalReason", " \t "))},
	{"reason-null", "gives null as a reason", "RH-200-5", also{"RH-200-2"}, on{"payment-sale-manual"},
		after(wasRefused, says("refusalReason", nil))},
	{"reason-number", "gives a number as a reason", "RH-200-5", also{"RH-200-2"}, on{"payment-sale-manual"},
		after(wasRefused, says("refusalReason", 51))},
	{"reason-renamed", "gives the reason under another name", "RH-200-18", nil, on{"payment-sale-manual"},
		after(wasRefused, renames("refusalReason", "refusal_reason"))},
	{"declined-without-message", "gives a declined payment a blank message", "RH-200-5", also{"RH-200-2"}, on{"payment-sale-manual"},
		after(saying("status", api.Declined), says("message", " "))},
	{"reason-on-success", "gives a reason of refusal with a success", "RH-200-6", also{"RH-200-7"}, on{"payment-sale-manual"},
		after(wasApproved, says("refusalReason", "none"))},
	{"empty-reason-on-success", "leaves the field for the reason in, empty, with a success", "RH-200-7", also{"RH-200-2"}, on{"payment-sale-manual"},
		after(wasApproved, says("refusalReason", ""))},
	{"one-reason-for-all", "gives the same reason whatever the cause", "RH-200-8", nil, on{"payment-sale-manual"},
		after(wasRefused, says("refusalReason", "declined"), says("message", "declined"))},
	{"success-code-on-refusal", "gives a refusal the code of a success", "RH-200-10", nil, on{"payment-sale-manual"},
		after(wasRefused, says("code", api.CodeApproved))},
	{"refusal-code-on-success", "gives a success the code of a refusal", "RH-200-10", nil, on{"payment-sale-manual"},
		after(wasApproved, says("code", "GW05"))},
	{"reference-lost", "does not repeat the reference id", "RH-200-11", nil, on{"payment-sale-manual"},
		after(is("payment-sale-manual"), omits("reference_id"))},
	{"reference-upper-case", "repeats the reference id in upper case", "RH-200-11", nil, on{"payment-sale-manual"},
		after(is("payment-sale-manual"), edits(func(m map[string]any) {
			if text, ok := m["reference_id"].(string); ok {
				m["reference_id"] = strings.ToUpper(text)
			}
		}))},
}
