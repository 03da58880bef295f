package spec

import (
	"bytes"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// conforming makes a description with one block at the root and one at its operation.
func conforming(root, own string) []byte {
	block := func(indent, text string) string {
		if text == "" {
			return ""
		}
		return indent + "x-conformance: " + text + "\n"
	}
	return fmt.Appendf(nil, `openapi: 3.0.3
info: {title: t, version: "1"}
%spaths:
  /a:
    get:
      operationId: read
%s      parameters: [{name: q, in: query, schema: {type: string}}]
      responses: {"200": {description: d}}
`, block("", root), block("      ", own))
}

func TestConformanceIsStrict(t *testing.T) {
	const outcome = `{field: /s, refused: [r], error: [e], reason: /m, otherwise: absent}`
	const back = `{by: ID, operation: read, parameter: q, rows: /r, field: /f}`
	for _, tt := range []struct {
		claim, block string
		want         []string // in the error; nil when it is accepted
	}{
		{"an empty block is fine", `{}`, nil},
		{"a full block is fine", `{outcome: [` + outcome + `], error: {required: [/m], fixed: {/s: error}}, unique: [{field: /o, name: ORDER}], idempotency: {header: Key, name: KEY}, readBack: [` + back + `], amounts: {fields: [/a], currency: USD}, neverShown: [/c], merchant: {field: /m}}`, nil},
		{"an unknown key names itself and the allowed ones", `{outcomes: []}`, []string{"line ", "x-conformance: unknown key outcomes (did you mean outcome?); valid keys: outcome, error, unique, idempotency, readBack, amounts, neverShown, merchant, codes, echo, present, messages, dependent, later"}},
		{"an unknown key of an outcome", `{outcome: [{field: /s, refused: [], error: [], reason: /m, otherwise: absent, ignorecase: true}]}`, []string{"x-conformance.outcome[0]: unknown key ignorecase (did you mean ignoreCase?); valid keys: field, ignoreCase, success, refused, error, reason, otherReasons, otherwise"}},
		{"a read-back of a response that is the list", `{readBack: [{by: ID, operation: read, parameter: q, rows: "", field: /f}]}`, nil},
		{"an unknown key of a read-back", `{readBack: [{by: ID, operation: read, parameter: q, rows: /r, field: /f, qery: {}}]}`, []string{"x-conformance.readBack[0]: unknown key qery (did you mean query?); valid keys: by, operation, parameter, separator, query, rows, field"}},
		{"an unknown key of the merchant", `{merchant: {field: /m, name: x}}`, []string{"x-conformance.merchant: unknown key name; valid keys: field"}},
		{"a missing key", `{merchant: {}}`, []string{"/merchant", "field"}},
		{"a missing key of an outcome", `{outcome: [{field: /s, refused: [], error: [], otherwise: absent}]}`, []string{"/outcome/0", "reason"}},
		{"a pointer without its slash", `{merchant: {field: mid}}`, []string{"/merchant/field", "pattern"}},
		{"a pointer with a bad escape", `{merchant: {field: /a~2}}`, []string{"/merchant/field"}},
		{"a variable in lower case", `{unique: [{field: /o, name: order}]}`, []string{"/unique/0/name"}},
		{"a word outside its list", `{outcome: [{field: /s, refused: [], error: [], reason: /m, otherwise: never}]}`, []string{"/outcome/0/otherwise", "absent", "allowed"}},
		{"a field that is there in answers of nothing", `{present: [{answer: /a, operations: [nothing]}]}`, []string{"present", `"nothing"`}},
		{"a field that is there with an ending that is none", `{present: [{answer: /a, endings: [ok]}]}`, []string{"/present/0/endings/0"}},
		{"lists are fine", `{lists: [{operation: read, query: {q: all}, rows: /r, id: /id, answer: /id, marks: [/o], shown: [/a], total: /n}]}`, nil},
		{"a list of no operation", `{lists: [{operation: raed, rows: /r, id: /id, answer: /id}]}`, []string{`lists: no operation has the id "raed"`}},
		{"a list by a parameter that is not there", `{lists: [{operation: read, query: {w: all}, rows: /r, id: /id, answer: /id}]}`, []string{`lists: operation read has no query parameter "w"`}},
		{"a list in pages by a parameter that is not there", `{lists: [{operation: read, rows: /r, id: /id, answer: /id, page: {limit: q, offset: from, size: 9}}]}`, []string{`lists: operation read has no query parameter "from"`}},
		{"a wrong type", `{amounts: {fields: /a, currency: USD}}`, []string{"x-conformance.amounts.fields: must be a list"}},
		{"no block at all but text", `text`, []string{"x-conformance"}},
		{"a read-back through nothing", `{readBack: [{by: ID, operation: nothing, parameter: q, rows: /r, field: /f}]}`, []string{"readBack", `"nothing"`}},
		{"a read-back by a parameter that is not there", `{readBack: [{by: ID, operation: read, parameter: z, rows: /r, field: /f}]}`, []string{"readBack", "read", `"z"`}},
	} {
		for _, where := range []string{"root", "operation"} {
			t.Run(tt.claim+" at the "+where, func(t *testing.T) {
				document := conforming(tt.block, "")
				if where == "operation" {
					document = conforming("", tt.block)
				}
				_, err := Parse(document, "dir/x.yaml")
				if tt.want == nil {
					if err != nil {
						t.Error(err)
					}
					return
				}
				if err == nil {
					t.Fatal("it is accepted")
				}
				for _, want := range append(tt.want, "dir/x.yaml") {
					if !strings.Contains(err.Error(), want) {
						t.Errorf("%q does not name %q", err, want)
					}
				}
			})
		}
	}
}

func TestOperationReplacesTheRootsKeys(t *testing.T) {
	root := `{outcome: [{field: /s, refused: [r], error: [e], reason: /m, otherwise: absent}], error: {required: [/m]}, unique: [{field: /o, name: ORDER}], idempotency: {header: Key, name: KEY}, readBack: [{by: ID, operation: read, parameter: q, rows: /r, field: /f}], amounts: {fields: [/a], currency: USD}, neverShown: [/c], merchant: {field: /m}}`
	for _, tt := range []struct{ claim, own, want string }{
		{"nothing of its own", ``, "/s /m 1 Key 1 USD /m /c"},
		{"outcome", `{outcome: []}`, " /m 1 Key 1 USD /m /c"},
		{"error", `{error: {required: [/z]}}`, "/s /z 1 Key 1 USD /m /c"},
		{"unique, to none", `{unique: []}`, "/s /m 0 Key 1 USD /m /c"},
		{"idempotency", `{idempotency: {header: Other, name: KEY}}`, "/s /m 1 Other 1 USD /m /c"},
		{"readBack, to none", `{readBack: []}`, "/s /m 1 Key 0 USD /m /c"},
		{"amounts", `{amounts: {fields: [/b], currency: EUR}}`, "/s /m 1 Key 1 EUR /m /c"},
		{"merchant", `{merchant: {field: /z}}`, "/s /m 1 Key 1 USD /z /c"},
		{"neverShown, to none", `{neverShown: []}`, "/s /m 1 Key 1 USD /m "},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			d, err := Parse(conforming(root, tt.own), "x.yaml")
			if err != nil {
				t.Fatal(err)
			}
			c, field := d.Operation("read").Conformance, ""
			if len(c.Outcome) > 0 {
				field = c.Outcome[0].Field
			}
			if got := fmt.Sprint(field, " ", c.Error.Required[0], " ", len(c.Unique), " ", c.Idempotency.Header, " ", len(c.ReadBack), " ", c.Amounts.Currency, " ", c.Merchant.Field, " ", strings.Join(c.NeverShown, ",")); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestPlacesMustExist(t *testing.T) {
	const document = `{openapi: 3.0.3, info: {title: t, version: "1"}, x-conformance: {BLOCK}, paths: {/a: {post: {operationId: a, requestBody: {content: {application/json: {schema: {allOf: [{type: object, properties: {td: {type: object, properties: {mid: {type: string}}}}}, {properties: {list: {type: array, items: {properties: {n: {type: string}}}}}}]}}}}, responses: {"200": {description: d}}}}}}`
	for block, wrong := range map[string]string{
		"merchant: {field: /td/mid}":                             "",
		"merchant: {field: /td/mdi}":                             "/td/mdi",
		"amounts: {currency: USD, fields: [/td/mid, /list/0/n]}": "",
		"amounts: {currency: USD, fields: [/td/mid, /list/n]}":   "/list/n",
		"unique: [{field: /list/m, name: M}]":                    "/list/m",
		"neverShown: [/list/0/m]":                                "/list/0/m",
		"unique: [{field: /td, name: TD}]":                       "",
	} {
		_, err := Parse([]byte(strings.Replace(document, "BLOCK", block, 1)), "x.yaml")
		if (err == nil) != (wrong == "") || err != nil && !strings.Contains(err.Error(), wrong+": no request of the description has such a field") {
			t.Errorf("%s: %v", block, err)
		}
	}
}

// TestListsNameWhatIsThere: a misspelt name of a list would leave it unread.
func TestListsNameWhatIsThere(t *testing.T) {
	text := string(BuiltInDescription())
	for was, misspelt := range map[string]string{
		"operation: transactions-fetch-all\n      query": "operation: transactions-fetch\n      query", "fetch-all\n      query: { payment_type: \"cc, ach\" }\n      rows: /data/transactions\n      id": "fetch-all\n      query: { payment: \"cc, ach\" }\n      rows: /data/transactions\n      id",
		"rows: /data/transactions\n      id": "rows: /data/transaction\n      id", "id: /trxn_id\n": "id: /trx_id\n", "marks: [/order_id, ": "marks: [/order, ", "shown: [/trxn_type, ": "shown: [/type, ",
		"total: /data/count\n": "total: /count\n", "limit: limit, offset: offset, size": "limit: limits, offset: offset, size",
	} {
		if !strings.Contains(text, was) {
			t.Errorf("the description does not say %q", was)
		}
		if _, err := Parse([]byte(strings.Replace(text, was, misspelt, 1)), "x.yaml"); err == nil || !strings.Contains(err.Error(), "lists: ") {
			t.Errorf("%q: %v", misspelt, err)
		}
	}
}

// TestConformanceSchemaHasTheKeysOfTheBlock: what the schema explains is what is read.
func TestConformanceSchemaHasTheKeysOfTheBlock(t *testing.T) {
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(conformanceSchema))
	if err != nil {
		t.Fatal(err)
	}
	var compare func(schema any, of reflect.Type, at string)
	compare = func(schema any, of reflect.Type, at string) {
		switch of.Kind() {
		case reflect.Pointer:
			compare(schema, of.Elem(), at)
		case reflect.Slice:
			items, _ := Lookup(schema, "/items")
			compare(items, of.Elem(), at+"[]")
		case reflect.Struct:
			found, _ := Lookup(schema, "/properties")
			properties, _ := found.(map[string]any)
			if got, want := slices.Sorted(maps.Keys(properties)), slices.Sorted(slices.Values(keysOf(of))); !slices.Equal(got, want) {
				t.Errorf("%s: the schema has %v, the block is read with %v", at, got, want)
			}
			for key, property := range properties {
				if field, ok := fieldOf(of, key); ok {
					compare(property, field, at+"."+key)
				}
			}
		}
	}
	compare(document, reflect.TypeFor[Conformance](), extension)
}
