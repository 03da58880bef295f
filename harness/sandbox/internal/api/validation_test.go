package api

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"qorcheck/harness/sandbox/internal/strict"
)

// written is an operation that takes a body, with its mandatory fields.
type written struct {
	method, path string
	beside       fields // beside transaction_data
	data         fields
}

// body returns the body with some fields of transaction_data replaced.
func (o written) body(more fields) map[string]any { return o.around(o.data.with(more)) }

func (o written) around(data fields) map[string]any {
	body := data.wrapped()
	maps.Copy(body, o.beside)
	return body
}

// writes are the operations that take a body, each with a body that is
// accepted once the transaction, token or registration exists.
func writes() []written {
	original := fields{"mid": main, "transaction_id": "1"}
	named := fields{"token": "111141$Zq81LmPa", "last4": "1111"}
	return []written{
		{"POST", "/payment/sale/", nil, payment()},
		{"POST", "/payment/sale/manual/", nil, payment()},
		{"POST", "/payment/sale/token", nil, tokenPayment("111141$Zq81LmPa").with(fields{"orderid": "o-1"})},
		{"POST", "/payment/authorize", nil, payment()},
		{"POST", "/payment/authorize/token", nil, tokenPayment("111141$Zq81LmPa")},
		{"POST", "/payment/capture", nil, original.with(fields{"amount": "1.00"})},
		{"POST", "/payment/refund", nil, original},
		{"POST", "/payment/void", nil, original},
		{"POST", "/payment/cash", fields{"type": "sale", "mid": main}, fields{"orderid": "o-1", "amount": "1.00"}},
		{"POST", "/payment/ach/debit", nil, transfer()},
		{"POST", "/payment/ach/credit", nil, transfer().with(fields{"seccode": "PPD"})},
		{"POST", "/payment/ach/void", nil, original},
		{"POST", "/payment/ach/refund", nil, original.with(fields{"orderid": "l-1"})},
		{"POST", "/payment/token", nil, cardToKeep()},
		{"PATCH", "/payment/token", nil, named.with(fields{"expdate": "1039"})},
		{"PUT", "/payment/token", nil, named},
		{"POST", "/payment/ach/token", nil, accountToKeep()},
		{"POST", "/webhook", nil, hookFields()},
		{"PATCH", "/webhook", nil, fields{"hook_id": "hook_1"}},
	}
}

func TestMandatoryFields(t *testing.T) {
	s := newTarget(t)
	for _, o := range writes() {
		wants400 := func(claim string, body any) {
			t.Run(o.method+" "+o.path+": "+claim, func(t *testing.T) {
				s := &target{t, s.Server, s.origin}
				s.wantStatus(s.send(call{method: o.method, path: o.path, body: body}), 400)
			})
		}
		for claim, v := range map[string]any{"absent": nil, "empty": "", "blank": " \t", "null": jsonNull{}} {
			for name := range o.data {
				wants400(name+" "+claim, o.body(fields{name: v}))
			}
			for name := range o.beside {
				beside := o
				beside.beside = o.beside.with(fields{name: v})
				wants400(name+" "+claim, beside.body(nil))
			}
		}
		for claim, body := range map[string]string{
			"no wrapper": `{}`, "a null wrapper": `{"transaction_data":null}`, "an empty wrapper": `{"transaction_data":{}}`,
			"a wrapper that is text": `{"transaction_data":"x"}`, "a wrapper that is a list": `{"transaction_data":[]}`,
			"a list": `[]`, "null": `null`, "a text": `"x"`, "a number": `1`, "an empty body": ``,
		} {
			wants400(claim, body)
		}
	}
	s.wantNothing()
}

func TestConstraints(t *testing.T) {
	s := newTarget(t)
	for _, tt := range []struct {
		claim string
		more  fields
		ok    bool
	}{
		{"an amount as a number is refused", fields{"amount": 20}, false},
		{"an amount with three decimals is refused", fields{"amount": "12.345"}, false},
		{"a negative amount is refused", fields{"amount": "-1"}, false},
		{"an amount in words is refused", fields{"amount": "abc"}, false},
		{"an amount with a final line break is refused", fields{"amount": "12\n"}, false},
		{"a card number with separators is refused", fields{"creditcard": "4111-1111-1111-1111"}, false},
		{"a card number of 17 digits is refused", fields{"creditcard": "41111111111111111"}, false},
		{"a CVV of two digits is refused", fields{"cvv": "32"}, false},
		{"a CVV of five digits is refused", fields{"cvv": "32100"}, false},
		{"month 13 is refused", fields{"month": "13"}, false},
		{"month 0 is refused", fields{"month": "00"}, false},
		{"a month of one digit is refused", fields{"month": "9"}, false},
		{"a year of four digits is refused", fields{"year": "2039"}, false},
		{"a postal code of four digits is refused", fields{"bzip": "9720"}, false},
		{"a postal code of six letters and digits is accepted", fields{"bzip": "K1A0B1"}, true},
		{"a currency in small letters is refused", fields{"currency": "usd"}, false},
		{"a state of three letters is refused", fields{"bstate": "ORE"}, false},
		{"a null in an optional field is refused", fields{"orderid": jsonNull{}}, false},
		{"a number in an optional text is refused", fields{"orderid": 7}, false},
		{"a text in a boolean is refused", fields{"store_card": "true"}, false},
		{"a boolean is accepted", fields{"store_card": true, "cardfullname": "Ada Marlow"}, true},
		{"a fraction in an integer is refused", fields{"risk_score": 1.5}, false},
		{"an empty optional field with a pattern is refused", fields{"currency": ""}, false},
		{"an empty optional field with a length is accepted", fields{"cphone": ""}, true},
		{"maxLength counts code points: 60 are accepted", fields{"cfirstname": strings.Repeat("😀", 60)}, true},
		{"maxLength counts code points: 61 are refused", fields{"cfirstname": strings.Repeat("😀", 61)}, false},
		{"metadata that is no object is refused", fields{"metadata": "x"}, false},
		{"metadata with any content is accepted", fields{"metadata": map[string]any{"a": []any{1, nil}}}, true},
		{"an unknown field is ignored", fields{"colour": 1e300}, true},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			s := &target{t, s.Server, s.origin}
			got := s.sell(tt.more)
			if tt.ok {
				s.want(got, "GW00")
			} else {
				s.wantStatus(got, 400)
			}
		})
	}
}

// jsonNull is a null that fields.with does not take for "absent".
type jsonNull struct{}

func (jsonNull) MarshalJSON() ([]byte, error) { return []byte("null"), nil }

func TestMediaTypes(t *testing.T) {
	const form = "application/x-www-form-urlencoded"
	s := newTarget(t)
	for _, tt := range []struct {
		claim, path string
		header      map[string]string
		body        any
		status      int
	}{
		{"JSON with a charset", "/payment/authorize", map[string]string{"Content-Type": "application/json; charset=UTF-8"}, payment().wrapped(), 200},
		{"JSON in another case, with a parameter", "/payment/authorize", map[string]string{"Content-Type": "Application/JSON;version=1"}, payment().wrapped(), 200},
		{"any Accept", "/payment/authorize", map[string]string{"Accept": "text/html"}, payment().wrapped(), 200},
		{"none", "/payment/authorize", map[string]string{"Content-Type": ""}, payment().wrapped(), 400},
		{"text", "/payment/authorize", map[string]string{"Content-Type": "text/plain"}, payment().wrapped(), 400},
		{"something like JSON", "/payment/authorize", map[string]string{"Content-Type": "application/vnd.api+json"}, payment().wrapped(), 400},
		{"a broken one", "/payment/authorize", map[string]string{"Content-Type": "application/json; charset"}, payment().wrapped(), 400},
		{"a foreign charset", "/payment/authorize", map[string]string{"Content-Type": "application/json; charset=iso-8859-1"}, payment().wrapped(), 400},
		{"an encoding", "/payment/authorize", map[string]string{"Content-Encoding": "gzip"}, payment().wrapped(), 400},
		{"a form where only JSON is read", "/payment/authorize", map[string]string{"Content-Type": form}, "transaction_data[mid]=" + main, 400},
		{"a form where forms are read", "/payment/capture", map[string]string{"Content-Type": form},
			"transaction_data%5Bmid%5D=" + main + "&transaction_data[transaction_id]=1&transaction_data[amount]=1", 404},
		{"JSON called a form", "/payment/capture", map[string]string{"Content-Type": form}, fields{"mid": main, "transaction_id": "1", "amount": "1"}.wrapped(), 400},
		{"a form called JSON", "/payment/capture", nil, "transaction_data[mid]=" + main, 400},
		{"a form without brackets", "/payment/capture", map[string]string{"Content-Type": form}, "mid=" + main + "&transaction_id=1&amount=1", 400},
		{"a form with a field twice", "/payment/capture", map[string]string{"Content-Type": form},
			"transaction_data[mid]=" + main + "&transaction_data[transaction_id]=1&transaction_data[amount]=1&transaction_data[amount]=1", 400},
		{"a form with a field missing", "/payment/capture", map[string]string{"Content-Type": form},
			"transaction_data[mid]=" + main + "&transaction_data[transaction_id]=1", 400},
		{"a form with a broken escape", "/payment/capture", map[string]string{"Content-Type": form}, "transaction_data[mid]=%zz", 400},
		{"an empty form", "/payment/capture", map[string]string{"Content-Type": form}, "", 400},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			s := &target{t, s.Server, s.origin}
			s.wantStatus(s.send(call{path: tt.path, header: tt.header, body: tt.body}), tt.status)
		})
	}
	t.Run("two of them", func(t *testing.T) {
		s := &target{t, s.Server, s.origin}
		r := s.request(call{path: "/payment/authorize", body: payment().wrapped()})
		r.Header.Add("Content-Type", "application/json")
		got, err := s.do(r)
		if err != nil {
			t.Fatal(err)
		}
		s.wantStatus(got, 400)
	})
}

func TestBodySizes(t *testing.T) {
	s := newTarget(t)
	sized := func(size int) string {
		body := `{"transaction_data":{"mid":"700100200","amount":"1","creditcard":"4571000000000001","cvv":"321","month":"09","year":"39","bzip":"97201","x":"%s"}}`
		return fmt.Sprintf(body, strings.Repeat("x", size-len(body)+2))
	}
	for _, tt := range []struct {
		claim  string
		size   int
		status int
	}{
		{"one mebibyte is read", 1 << 20, 200},
		{"one byte more is refused", 1<<20 + 1, 400},
		{"four mebibytes are refused, and the answer arrives", 4 << 20, 400},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			s := &target{t, s.Server, s.origin}
			body := sized(tt.size)
			if len(body) != tt.size {
				t.Fatalf("%d bytes", len(body))
			}
			s.wantStatus(s.send(call{path: "/payment/authorize", body: body}), tt.status)
		})
	}
	t.Run("a large body without keys is answered 401", func(t *testing.T) {
		s := &target{t, s.Server, s.origin}
		s.wantStatus(s.send(call{path: "/payment/authorize", header: map[string]string{"Qor-App-Key": ""}, body: sized(4 << 20)}), 401)
	})
}

func TestMalformedJSONLeavesNothing(t *testing.T) {
	s := newTarget(t)
	good := `{"transaction_data":{"mid":"700100200","amount":"1","creditcard":"4571000000000001","cvv":"321","month":"09","year":"39","bzip":"97201"}}`
	for claim, body := range map[string]string{
		"truncated": good[:len(good)-1], "a trailing comma": strings.Replace(good, `"97201"`, `"97201",`, 1), "trailing garbage": good + "x",
		"a byte order mark": "\ufeff" + good, "a duplicate name": strings.Replace(good, `"mid"`, `"mid":"700100200","mid"`, 1),
		"invalid UTF-8": strings.Replace(good, "97201", "97201\xff", 1), "single quotes": strings.ReplaceAll(good, `"`, `'`),
		"too deep": strings.Replace(good, `"mid"`, `"x":`+strings.Repeat("[", 63)+strings.Repeat("]", 63)+`,"mid"`, 1),
	} {
		t.Run(claim, func(t *testing.T) {
			s := &target{t, s.Server, s.origin}
			s.wantStatus(s.send(call{path: "/payment/sale/manual/", body: body}), 400)
		})
	}
	s.wantNothing()
	s.want(s.send(call{path: "/payment/sale/manual/", body: good}), "GW00")
}

func TestRoutes(t *testing.T) {
	s := newTarget(t)
	for _, tt := range []struct {
		claim, method, path string
		status              int
	}{
		{"an unknown path", http.MethodGet, "/payment/unknown", 404},
		{"the root", http.MethodGet, "/", 404},
		{"a path that goes on", http.MethodGet, "/payment/transaction/1/more", 404},
		{"a path with a part missing", http.MethodGet, "/payment/transaction/", 404},
		{"a path in another case", http.MethodGet, "/Webhook", 404},
		{"a path with a double slash", http.MethodGet, "//webhook", 404},
		{"an escaped letter is that letter", http.MethodGet, "/%77ebhook", 200},
		{"an escaped slash is no slash", http.MethodGet, "/payment%2Ftransactions", 404},
		{"GET on a sale", http.MethodGet, "/payment/sale/manual/", 404},
		{"PUT on a sale", http.MethodPut, "/payment/sale/manual/", 404},
		{"DELETE on a sale", http.MethodDelete, "/payment/sale/manual/", 404},
		{"POST on a list", http.MethodPost, "/payment/transactions", 404},
		{"HEAD on a list", http.MethodHead, "/payment/transactions", 404},
		{"OPTIONS on a list", http.MethodOptions, "/payment/transactions", 404},
		{"GET on one webhook", http.MethodGet, "/webhook/hook_1", 404},
		{"a body on a reading is ignored", http.MethodGet, "/webhook", 200},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			s := &target{t, s.Server, s.origin}
			s.wantStatus(s.send(call{method: tt.method, path: tt.path, body: "{"}), tt.status)
		})
	}
	got, err := http.Get(s.origin + "/webhook")
	if err != nil {
		t.Fatal(err)
	}
	if err := got.Body.Close(); err != nil || got.StatusCode != 404 {
		t.Errorf("outside /v3: %d, %v", got.StatusCode, err)
	}
}

func TestEveryExampleIsAccepted(t *testing.T) {
	p := promised()
	paths, err := p.document.At("paths")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths.Names() {
		item, err := paths.Member(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, method := range item.Names() {
			n, err := item.Member(method)
			if err != nil || n.Value["requestBody"] == nil {
				continue
			}
			for _, name := range []string{"requestBody", "content", "application/json", "examples"} {
				if n, err = n.Member(name); err != nil {
					t.Fatalf("%s: %v", path, err)
				}
			}
			for _, name := range n.Names() {
				t.Run(method+" "+path+" "+name, func(t *testing.T) {
					example, err := n.Member(name)
					if err != nil {
						t.Fatal(err)
					}
					s := newTarget(t)
					got := s.send(call{method: strings.ToUpper(method), path: path, body: example.Value["value"]})
					if !slices.Contains([]int{200, 201, 404}, got.status) || got.status != 404 && got.code() != "GW00" {
						t.Errorf("answered %d %s", got.status, got.raw)
					}
				})
			}
		}
	}
}

func TestPromisedAndServedMustAgree(t *testing.T) {
	s := newTarget(t)
	d := *s.Description
	d.Operations = append(slices.Clone(d.Operations[1:]), &strict.Operation{ID: "gift-sale"})
	gone := s.Description.Operations[0].ID
	err := (&Server{Description: &d, services: s.services}).complete()
	for _, want := range []string{"gift-sale is described and not served", gone + " is served and not described"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q is missing in %v", want, err)
		}
	}
}

func TestFaultsNeverQuoteValues(t *testing.T) {
	s := newTarget(t)
	got := s.wantStatus(s.sell(fields{"creditcard": "4111-1111-1111-1111"}), 400)
	if message := got.text("message"); strings.Contains(got.raw, "1111") || !strings.Contains(message, "/transaction_data/creditcard") {
		t.Errorf("answered %s", got.raw)
	}
}
