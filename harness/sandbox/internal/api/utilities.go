package api

import (
	"net/http"
	"slices"
	"strings"

	"qorcheck/harness/sandbox/internal/strict"
)

func (s *Server) utilities() map[string]service {
	return map[string]service{
		"utilities-validate-cc":  {handle: checkCard},
		"utilities-validate-aba": {handle: findBank},
	}
}

// brandFacts are what the brands of cards have in common.
var brandFacts = map[string]struct {
	name    string
	gaps    []int
	lengths []int
	code    string
}{
	"visa":       {"Visa", []int{4, 8, 12}, []int{13, 16}, "CVV"},
	"mastercard": {"Mastercard", []int{4, 8, 12}, []int{16}, "CVC"},
	"amex":       {"American Express", []int{4, 10}, []int{15}, "CID"},
	"discover":   {"Discover", []int{4, 8, 12}, []int{16}, "CID"},
	"jcb":        {"JCB", []int{4, 8, 12}, []int{16}, "CVV"},
	"diners":     {"Diners Club", []int{4, 10}, []int{14, 16}, "CVV"},
	"":           {"", []int{4, 8, 12}, []int{}, "CVV"},
}

// checkCard describes a card number by its digits alone.
func checkCard(_ *Work, rq *Request) Response {
	number := rq.Path["card_number"]
	b := strict.Brand(number)
	facts := brandFacts[b]
	var pretty strings.Builder
	for i := range len(number) {
		if slices.Contains(facts.gaps, i) {
			pretty.WriteByte(' ')
		}
		pretty.WriteByte(number[i])
	}
	type code struct {
		Name string `json:"name"`
		Size int    `json:"size"`
	}
	type data struct {
		Valid   bool    `json:"is_valid"`
		Pretty  string  `json:"pretty_number"`
		Brand   *string `json:"formatted_type"`
		Type    *string `json:"card_type"`
		Gaps    []int   `json:"card_gaps"`
		Lengths []int   `json:"card_lengths"`
		Code    code    `json:"card_code"`
	}
	message := "the number is valid"
	valid := strict.Luhn(number)
	if !valid {
		message = "the number is not valid"
	}
	return Response{http.StatusOK, struct {
		StatusBody
		Data data `json:"data"`
	}{
		StatusBody{"ok", CodeApproved, message},
		data{
			valid, pretty.String(), optional(facts.name), optional(b), facts.gaps, facts.lengths,
			code{facts.code, strict.CVVLength(b)},
		},
	}}
}

// bank is what is known of a bank. All but the routing numbers is invented.
type bank struct {
	Route   string `json:"route"`
	Name    string `json:"name"`
	Address string `json:"address"`
	City    string `json:"city"`
	State   string `json:"state"`
	Zip     string `json:"zip"`
	Zip4    string `json:"zip4"`
	Phone   string `json:"phone"`
}

var banks = []bank{
	{"122000247", "Bank of Tests", "9 Ledger Street", "Portland", "OR", "97201", "0001", "5035550100"},
	{"122242597", "Second Bank of Tests", "11 Ledger Street", "Salem", "OR", "97301", "0002", "5035550101"},
	{"063013924", "Server Savings", "3 Palm Road", "Tampa", "FL", "33601", "0003", "8135550102"},
	{"021000021", "Reference Trust", "1 Quay Lane", "New York", "NY", "10001", "0004", "2125550103"},
}

func findBank(_ *Work, rq *Request) Response {
	number := rq.Path["routing_number"]
	for _, b := range banks {
		if b.Route == number {
			return Response{http.StatusOK, struct {
				StatusBody
				Data bank `json:"data"`
			}{StatusBody{"ok", CodeApproved, "the bank was found"}, b}}
		}
	}
	return notFound("bank")
}
