package sandbox

// Codes that the sandbox answers with. Every answer carries one, errors too.
const (
	codeApproved       = "GW00"
	codeMalformed      = "GW03"
	codeRepeatedKey    = "GW06"
	codeNotAllowed     = "GW12"
	codeAmount         = "GW13"
	codeNumber         = "GW14"
	codeBank           = "GW15"
	codeDuplicateOrder = "GW19"
	codeTooLateToVoid  = "GW20"
	codeVoidInstead    = "GW21"
	codeUnsupported    = "GW40"
	codeExpired        = "GW54"
	codeSecurity       = "GW63"
	codeCaptured       = "GW73"
	codeUndone         = "GW74"
	codeNotFound       = "GW76"
	codeCVV            = "GW82"
	codeMerchant       = "GW89"
	codeSystem         = "GW96"
)

// reason tells in words why a payment is declined with a code.
func reason(code string) string {
	switch code {
	case "GW05":
		return "do not honor"
	case codeRepeatedKey:
		return "the idempotency key was used for another request"
	case codeNotAllowed:
		return "the transaction does not allow this"
	case codeAmount:
		return "the amount is invalid"
	case codeNumber:
		return "the account number or its length is wrong"
	case codeBank:
		return "no bank has the routing number"
	case codeDuplicateOrder:
		return "the order id was used before"
	case codeTooLateToVoid:
		return "too late to void, refund instead"
	case codeVoidInstead:
		return "not settled yet, void instead"
	case codeUnsupported:
		return "not possible for this kind of transaction"
	case "GW41":
		return "the card is reported lost"
	case "GW43":
		return "the card is reported stolen"
	case "GW51":
		return "insufficient funds"
	case codeExpired:
		return "the card is expired"
	case "GW61":
		return "over the withdrawal limit"
	case "GW72":
		return "the account is closed"
	case codeCaptured:
		return "captured in full already"
	case codeUndone:
		return "refunded or voided already"
	case codeCVV:
		return "the CVV is wrong"
	case codeSystem:
		return "a system error"
	}
	return "declined with code " + code
}
