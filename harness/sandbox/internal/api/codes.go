package api

// Codes that the sandbox answers with. Every answer carries one, errors too.
const (
	CodeApproved       = "GW00"
	CodeMalformed      = "GW03"
	CodeRepeatedKey    = "GW06"
	codeNotAllowed     = "GW12"
	CodeAmount         = "GW13"
	codeNumber         = "GW14"
	codeBank           = "GW15"
	CodeDuplicateOrder = "GW19"
	codeTooLateToVoid  = "GW20"
	codeVoidInstead    = "GW21"
	CodeUnsupported    = "GW40"
	codeExpired        = "GW54"
	CodeSecurity       = "GW63"
	CodeCaptured       = "GW73"
	CodeUndone         = "GW74"
	CodeNotFound       = "GW76"
	CodeCVV            = "GW82"
	CodeMerchant       = "GW89"
	CodeSystem         = "GW96"
)

// Reason says in words why a payment is declined with a code.
func Reason(code string) string {
	switch code {
	case "GW05":
		return "do not honor"
	case CodeRepeatedKey:
		return "the idempotency key was used for another request"
	case codeNotAllowed:
		return "the transaction does not allow this"
	case CodeAmount:
		return "the amount is invalid"
	case codeNumber:
		return "the account number or its length is wrong"
	case codeBank:
		return "no bank has the routing number"
	case CodeDuplicateOrder:
		return "the order id was used before"
	case codeTooLateToVoid:
		return "too late to void, refund instead"
	case codeVoidInstead:
		return "not settled yet, void instead"
	case CodeUnsupported:
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
	case CodeCaptured:
		return "captured in full already"
	case CodeUndone:
		return "refunded or voided already"
	case CodeCVV:
		return "the CVV is wrong"
	case CodeSystem:
		return "a system error"
	}
	return "declined with code " + code
}
