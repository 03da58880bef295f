package cli

import (
	"encoding/json"
	"math/big"
	"net/http"
	"strings"
	"testing"
)

// numberIn finds a number of a JSON body by the name of its field, nil where there is none.
func numberIn(body, field string) *big.Rat {
	decoder := json.NewDecoder(strings.NewReader(body))
	decoder.UseNumber()
	var object map[string]any
	if decoder.Decode(&object) != nil {
		return nil
	}
	n, _ := object[field].(json.Number)
	exact, _ := new(big.Rat).SetString(n.String())
	return exact
}

// between objects to a field that is no number between two, both allowed.
func between(field, least, greatest string) func(*http.Request, string) string {
	low, _ := new(big.Rat).SetString(least)
	high, _ := new(big.Rat).SetString(greatest)
	return func(_ *http.Request, body string) string {
		n := numberIn(body, field)
		if n == nil || n.Cmp(low) < 0 || n.Cmp(high) > 0 {
			return field + " is not in its bounds"
		}
		return ""
	}
}

// whole objects to what another reader objects to, and to a number with a fraction.
func whole(field string, also func(*http.Request, string) string) func(*http.Request, string) string {
	return func(r *http.Request, body string) string {
		if n := numberIn(body, field); n == nil || !n.IsInt() {
			return field + " is no integer"
		}
		return also(r, body)
	}
}

func TestSmallAPIs_Numbers(t *testing.T) {
	integer := func(keywords string) string {
		return `{ type: object, required: [a], properties: { a: { type: integer` + keywords + ` } } }`
	}
	checkSmall(t, []smallAPI{{
		claim:    "an answered bound beyond 2^53 is judged by its last digit",
		document: answersAt(integer(", maximum: 9007199254740993")),
		right:    says(`{"a": 9007199254740993}`), wrong: says(`{"a": 9007199254740994}`),
		fails: []string{"it.SCHEMA"}, words: "must be at most 9007199254740993",
	}, {
		claim:    "a lower bound beyond 2^53",
		document: answersAt(integer(", minimum: 9007199254740993")),
		right:    says(`{"a": 9007199254740993}`), wrong: says(`{"a": 9007199254740992}`),
		fails: []string{"it.SCHEMA"}, words: "must be at least 9007199254740993",
	}, {
		claim:    "an enumeration of great numbers",
		document: answersAt(integer(", enum: [9223372036854775807, 9007199254740993]")),
		right:    says(`{"a": 9223372036854775807}`), wrong: says(`{"a": 9223372036854775806}`),
		fails: []string{"it.SCHEMA"}, words: "9223372036854775807",
	}, {
		claim:    "one beyond int64",
		document: answersAt(integer(", format: int64")),
		right:    says(`{"a": -9223372036854775808}`), wrong: says(`{"a": 9223372036854775808}`),
		fails: []string{"it.SCHEMA"}, words: "int64",
	}, {
		claim:    "one beyond int32, of a number too",
		document: answersAt(`{ type: object, properties: { a: { type: number, format: int32 } } }`),
		right:    says(`{"a": 2147483647}`), wrong: says(`{"a": 2147483648}`),
		fails: []string{"it.SCHEMA"}, words: "int32",
	}, {
		claim:    "a number that no float holds",
		document: answersAt(`{ type: object, properties: { a: { type: number, format: float } } }`),
		right:    says(`{"a": 3.4e38}`), wrong: says(`{"a": 3.5e38}`),
		fails: []string{"it.SCHEMA"}, words: "float",
	}, {
		claim:    "a number that no double holds is JSON all the same",
		document: answersAt(`{ type: object, properties: { a: { type: number }, b: { type: number, format: double } } }`),
		right:    says(`{"a": 1e400, "b": 1e308}`), wrong: says(`{"a": 1e400, "b": 1e309}`),
		fails: []string{"it.SCHEMA"}, words: "/b",
	}, {
		claim:    "multiples in decimals",
		document: answersAt(`{ type: object, properties: { a: { type: number, multipleOf: 0.01 } } }`),
		right:    says(`{"a": 19.99}`), wrong: says(`{"a": 19.990000000000002}`),
		fails: []string{"it.SCHEMA"}, words: "0.01",
	}, {
		claim:    "multiples of a great number",
		document: answersAt(integer(", multipleOf: 3")),
		right:    says(`{"a": 9007199254740993}`), wrong: says(`{"a": 9007199254740994}`),
		fails: []string{"it.SCHEMA"}, words: "3",
	}, {
		claim:    "a header beyond 2^53",
		document: "\npaths:\n  /x:\n    get:\n      operationId: it\n      responses:\n        \"200\": { description: ok, headers: { X-Id: { required: true, schema: { type: integer, maximum: 9007199254740993 } } } }\n        4XX: { $ref: \"#/components/responses/E\" }\n" + smallErrors,
		right: func(*http.Request, string) smallAnswer {
			return smallAnswer{status: 200, header: map[string]string{"X-Id": "9007199254740993"}}
		},
		wrong: func(*http.Request, string) smallAnswer {
			return smallAnswer{status: 200, header: map[string]string{"X-Id": "9007199254740994"}}
		},
		fails: []string{"it.SCHEMA"}, words: "9007199254740993",
	}, {
		claim:    "a greatest number beyond 2^53 is sent, and one more is not allowed",
		document: takesAt(integer(", minimum: 1, maximum: 9007199254740993")),
		right:    takes(whole("a", between("a", "1", "9007199254740993"))),
		wrong:    takes(whole("a", between("a", "1", "9007199254740992"))),
		fails:    []string{"it.VALID"},
	}, {
		claim:    "and a target that rounds is found",
		document: takesAt(integer(", minimum: 1, maximum: 9007199254740993")),
		right:    takes(whole("a", between("a", "1", "9007199254740993"))),
		wrong:    takes(whole("a", between("a", "1", "9007199254740994"))),
		fails:    []string{"it.MALFORMED"},
	}, {
		claim:    "an int32 ends at its bound",
		document: takesAt(integer(", format: int32")),
		right:    takes(whole("a", between("a", "-2147483648", "2147483647"))),
		wrong:    takes(whole("a", between("a", "-2147483648", "2147483648"))),
		fails:    []string{"it.MALFORMED"},
	}, {
		claim:    "an int64 ends at its bound",
		document: takesAt(integer(", format: int64")),
		right:    takes(whole("a", between("a", "-9223372036854775808", "9223372036854775807"))),
		wrong:    takes(whole("a", between("a", "-9223372036854775809", "9223372036854775807"))),
		fails:    []string{"it.MALFORMED"},
	}, {
		claim:    "narrower bounds than those of the format are no failure, but falling over is",
		document: takesAt(integer(", format: int64")),
		right:    takes(whole("a", between("a", "0", "1000"))),
		wrong: func(r *http.Request, body string) smallAnswer {
			if n := numberIn(body, "a"); n != nil && n.IsInt() && !n.Num().IsInt64() {
				return refuses(400, "too great")
			} else if n != nil && n.IsInt() && n.Num().BitLen() > 53 {
				return refuses(500, "overflow")
			}
			return takes(whole("a", between("a", "-9223372036854775808", "9223372036854775807")))(r, body)
		},
		fails: []string{"it.VALID"},
	}, {
		claim:    "without any bound one beyond int64 is sent",
		document: takesAt(integer("")),
		right:    takes(whole("a", between("a", "-9223372036854775808", "9223372036854775807"))),
		wrong: func(r *http.Request, body string) smallAnswer {
			if n := numberIn(body, "a"); n != nil && n.IsInt() && !n.Num().IsInt64() {
				return refuses(500, "overflow")
			}
			return takes(whole("a", between("a", "-9223372036854775808", "9223372036854775807")))(r, body)
		},
		fails: []string{"it.VALID"},
	}, {
		claim:    "multiples of 0.01 are sent, and what lies between them is not",
		document: takesAt(`{ type: object, required: [a], properties: { a: { type: number, minimum: 0.07, maximum: 19.99, multipleOf: 0.01 } } }`),
		right: takes(func(r *http.Request, body string) string {
			if n := numberIn(body, "a"); n == nil || !new(big.Rat).Mul(n, big.NewRat(100, 1)).IsInt() {
				return "no multiple"
			}
			return between("a", "0.07", "19.99")(r, body)
		}),
		wrong: takes(between("a", "0.07", "19.99")),
		fails: []string{"it.MALFORMED"},
	}, {
		claim:    "a query beyond 2^53",
		document: "\npaths:\n  /x:\n    get:\n      operationId: it\n      parameters: [ { in: query, name: a, required: true, schema: { type: integer, minimum: 5, maximum: 9007199254740993 } } ]\n      responses:\n        \"200\": { description: ok }\n        4XX: { $ref: \"#/components/responses/E\" }\n" + smallErrors,
		right: takes(func(r *http.Request, _ string) string {
			return whole("a", between("a", "5", "9007199254740993"))(r, `{"a": `+r.URL.Query().Get("a")+`}`)
		}),
		wrong: takes(func(r *http.Request, _ string) string {
			return whole("a", between("a", "5", "9007199254740992"))(r, `{"a": `+r.URL.Query().Get("a")+`}`)
		}),
		fails: []string{"it.VALID"},
	}})
}

func TestSmallAPIs_Null(t *testing.T) {
	old := []string{"3.0.3", "3.0.0"}
	object := func(a string) string { return `{ type: object, properties: { a: ` + a + ` } }` }
	checkSmall(t, []smallAPI{{
		claim: "a schema without a type takes null", versions: []string{"3.0.3", "3.1.0"},
		document: answersAt(object(`{}`)),
		right:    says(`{"a": null}`), wrong: says(`[null]`), fails: []string{"it.SCHEMA"},
	}, {
		claim:    "so does one with properties alone",
		document: answersAt(object(`{ properties: { b: { type: string } } }`)),
		right:    says(`{"a": null}`), wrong: says(`{"a": {"b": null}}`), fails: []string{"it.SCHEMA"}, words: "/a/b",
	}, {
		claim: "nullable beside allOf has no type to alter", versions: old,
		document: answersAt(object(`{ nullable: true, allOf: [ { type: object } ] }`)),
		right:    says(`{"a": {}}`), wrong: says(`{"a": null}`), fails: []string{"it.SCHEMA"}, words: "/a",
	}, {
		claim: "nullable within allOf takes null", versions: old,
		document: answersAt(object(`{ allOf: [ { type: object, nullable: true } ] }`)),
		right:    says(`{"a": null}`), wrong: says(`{"a": 1}`), fails: []string{"it.SCHEMA"}, words: "/a",
	}, {
		claim: "a type beside allOf limits it", versions: old,
		document: answersAt(object(`{ type: object, allOf: [ { type: object, nullable: true } ] }`)),
		right:    says(`{"a": {}}`), wrong: says(`{"a": null}`), fails: []string{"it.SCHEMA"}, words: "/a",
	}, {
		claim: "an enumeration takes null where it lists it", versions: old,
		document: answersAt(object(`{ type: string, nullable: true, enum: [b, null] }`)),
		right:    says(`{"a": null}`), wrong: says(`{"a": "c"}`), fails: []string{"it.SCHEMA"}, words: "/a",
	}, {
		claim: "and not where it does not", versions: old,
		document: answersAt(object(`{ type: string, nullable: true, enum: [b] }`)),
		right:    says(`{"a": "b"}`), wrong: says(`{"a": null}`), fails: []string{"it.SCHEMA"}, words: "/a",
	}, {
		claim: "an enumeration without a type too", versions: []string{"3.0.3", "3.1.0"},
		document: answersAt(object(`{ enum: [b, null] }`)),
		right:    says(`{"a": null}`), wrong: says(`{"a": "c"}`), fails: []string{"it.SCHEMA"}, words: "/a",
	}, {
		claim: "nullable beside a reference is ignored", versions: old,
		document: answersAt(object(`{ $ref: "#/components/schemas/B", nullable: true }`)) + "  schemas: { B: { type: string } }\n",
		right:    says(`{"a": "b"}`), wrong: says(`{"a": null}`), fails: []string{"it.SCHEMA"}, words: "/a",
	}, {
		claim: "one of several may be null", versions: old,
		document: answersAt(object(`{ oneOf: [ { type: string, nullable: true }, { type: integer } ] }`)),
		right:    says(`{"a": null}`), wrong: says(`{"a": true}`), fails: []string{"it.SCHEMA"}, words: "/a",
	}, {
		claim: "null is sent where it may be, and nowhere else", versions: old,
		document: takesAt(`{ type: object, required: [a, b], properties: { a: { type: string, nullable: true }, b: { type: string } } }`),
		right: takes(func(_ *http.Request, body string) string {
			var object map[string]any
			if err := json.Unmarshal([]byte(body), &object); err != nil {
				return err.Error()
			}
			a, there := object["a"]
			_, isText := a.(string)
			if _, ok := object["b"].(string); !ok || !there || a != nil && !isText {
				return "no"
			}
			return ""
		}),
		wrong: takes(func(_ *http.Request, body string) string {
			var object map[string]any
			if err := json.Unmarshal([]byte(body), &object); err != nil {
				return err.Error()
			}
			_, isA := object["a"].(string)
			if _, ok := object["b"].(string); !ok || !isA {
				return "no"
			}
			return ""
		}),
		fails: []string{"it.VALID"},
	}})
}
