package cli

import (
	"mime"
	"mime/multipart"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// bodyOf is an operation whose body is of a media type.
func bodyOf(mediaType, content string) string {
	return `
paths:
  /x:
    post:
      operationId: it
      requestBody: { required: true, content: { ` + mediaType + `: ` + content + ` } }
      responses:
        "200": { description: ok }
        4XX: { $ref: "#/components/responses/E" }
` + smallErrors
}

func TestSmallAPIs_Texts(t *testing.T) {
	judged := func(is func(string) bool) func(*http.Request, string) string {
		return func(_ *http.Request, body string) string {
			if !is(body) {
				return "another text"
			}
			return ""
		}
	}
	given := func(text string) bool { return text != "" }
	checkSmall(t, []smallAPI{{
		claim: "a text is one of those that are listed", document: bodyOf("text/plain", `{ schema: { type: string, enum: ["on", "off"] } }`),
		right: takes(judged(func(text string) bool { return text == "on" || text == "off" })), wrong: takes(judged(given)), fails: []string{"it.MALFORMED"},
	}, {
		claim: "a text has its length", document: bodyOf("text/plain", `{ schema: { type: string, minLength: 2, maxLength: 4 } }`),
		right: takes(judged(func(text string) bool { return len(text) >= 2 && len(text) <= 4 })), wrong: takes(judged(func(text string) bool { return len(text) >= 2 })), fails: []string{"it.MALFORMED"},
	}, {
		claim: "a text is a number within its bounds", document: bodyOf("text/plain", `{ schema: { type: integer, minimum: 5 } }`),
		right: takes(judged(func(text string) bool { n, err := strconv.Atoi(text); return err == nil && n >= 5 })), wrong: takes(judged(func(text string) bool { _, err := strconv.Atoi(text); return err == nil })), fails: []string{"it.MALFORMED"},
	}, {
		claim: "bytes have their number", document: bodyOf("application/octet-stream", `{ schema: { type: string, format: binary, maxLength: 8 } }`),
		right: takes(judged(func(text string) bool { return len(text) <= 8 && text != "" })), wrong: takes(judged(given)), fails: []string{"it.MALFORMED"},
	}, {
		claim: "a part has the headers that it must have", document: bodyOf("multipart/form-data", `{ schema: { type: object, required: [doc], properties: { doc: { type: string }, n: { type: integer } } }, encoding: { doc: { contentType: text/csv, headers: { X-Sum: { required: true, schema: { type: integer, minimum: 7 } } } } } }`),
		right: takes(func(r *http.Request, body string) string { return partProblem(r, body, "text/csv") }),
		wrong: takes(func(r *http.Request, body string) string {
			if _, n, _ := strings.Cut(body, `name="n"`); n != "" {
				return "no n is known"
			}
			return partProblem(r, body, "text/csv")
		}),
		fails: []string{"it.VALID"},
	}})
}

// partProblem objects to a body in parts whose part doc has another media type or no sum,
// or whose part n is no number.
func partProblem(r *http.Request, body, mediaType string) string {
	_, parameters, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil {
		return err.Error()
	}
	form, err := multipart.NewReader(strings.NewReader(body), parameters["boundary"]).ReadForm(1 << 20)
	if err != nil {
		return err.Error()
	}
	reader := multipart.NewReader(strings.NewReader(body), parameters["boundary"])
	for part, err := reader.NextPart(); err == nil; part, err = reader.NextPart() {
		if sum, _ := strconv.Atoi(part.Header.Get("X-Sum")); part.FormName() == "doc" && (sum < 7 || part.Header.Get("Content-Type") != mediaType) {
			return "another part doc"
		}
	}
	for _, n := range form.Value["n"] {
		if _, err := strconv.Atoi(n); err != nil {
			return "n is no number"
		}
	}
	if len(form.Value["doc"]) != 1 {
		return "no part doc"
	}
	return ""
}

// TestSmallAPIs_2020Requests: valid requests are made where JSON Schema 2020-12 asks for more.
func TestSmallAPIs_2020Requests(t *testing.T) {
	never := func(*http.Request, string) string { return "never" }
	of := func(is func(object map[string]any) bool) small {
		return takes(func(_ *http.Request, body string) string {
			if object := in(body); object == nil || !is(object) {
				return "no"
			}
			return ""
		})
	}
	whole := func(value any) bool { n, ok := value.(float64); return ok && n == float64(int64(n)) }
	one := func(claim, schema string, is func(map[string]any) bool) smallAPI {
		return smallAPI{
			claim: claim, versions: []string{"3.1.0"}, document: takesAt(`{ type: object, required: [a], properties: { a: ` + schema + ` } }`),
			right: of(is), wrong: takes(never), fails: []string{"it.VALID"},
		}
	}
	list := func(is func([]any) bool) func(map[string]any) bool {
		return func(object map[string]any) bool { items, ok := object["a"].([]any); return ok && is(items) }
	}
	inner := func(is func(map[string]any) bool) func(map[string]any) bool {
		return func(object map[string]any) bool { a, ok := object["a"].(map[string]any); return ok && is(a) }
	}
	checkSmall(t, []smallAPI{
		one("prefixItems", `{ type: array, prefixItems: [ { enum: [x, y] }, { type: integer } ], items: false, minItems: 2 }`, list(func(items []any) bool {
			return len(items) == 2 && (items[0] == "x" || items[0] == "y") && whole(items[1])
		})),
		one("contains", `{ type: array, items: { type: integer }, contains: { minimum: 100 }, minContains: 2 }`, list(func(items []any) bool {
			great := 0
			for _, item := range items {
				if n, ok := item.(float64); !ok || !whole(item) {
					return false
				} else if n >= 100 {
					great++
				}
			}
			return great >= 2
		})),
		one("propertyNames", `{ type: object, propertyNames: { pattern: "^[a-z]{2}$" }, additionalProperties: { type: integer }, minProperties: 2 }`, inner(func(a map[string]any) bool {
			for name, value := range a {
				if len(name) != 2 || strings.Trim(name, "abcdefghijklmnopqrstuvwxyz") != "" || !whole(value) {
					return false
				}
			}
			return len(a) >= 2
		})),
		one("patternProperties", `{ type: object, patternProperties: { "^x_[a-z]+$": { type: integer } }, additionalProperties: false, minProperties: 1 }`, inner(func(a map[string]any) bool {
			for name, value := range a {
				if !strings.HasPrefix(name, "x_") || strings.Trim(name[2:], "abcdefghijklmnopqrstuvwxyz") != "" || len(name) < 3 || !whole(value) {
					return false
				}
			}
			return len(a) >= 1
		})),
		one("dependentRequired", `{ type: object, required: [c], properties: { c: { type: integer }, d: { type: boolean } }, dependentRequired: { c: [d] } }`, inner(func(a map[string]any) bool {
			_, ok := a["d"].(bool)
			return ok && whole(a["c"])
		})),
		one("if and then", `{ type: object, required: [c], properties: { c: { enum: [US, DE] }, z: { type: string } }, if: { properties: { c: { const: US } } }, then: { required: [z], properties: { z: { pattern: "^[0-9]{5}$" } } } }`, inner(func(a map[string]any) bool {
			z, isText := a["z"].(string)
			digits := len(z) == 5 && strings.Trim(z, "0123456789") == ""
			return a["c"] == "US" && digits || a["c"] == "DE" && (isText || a["z"] == nil && !slices.Contains(keysOf(a), "z"))
		})),
		{
			claim: "a mapping names a schema by its name alone", document: takesAt(`{ oneOf: [ { $ref: "#/components/schemas/M1" }, { $ref: "#/components/schemas/M2" } ], discriminator: { propertyName: t, mapping: { one: M1, two: "#/components/schemas/M2" } } }`) +
				"  schemas:\n    M1: { type: object, required: [t, x], properties: { t: { type: string }, x: { type: integer } } }\n    M2: { type: object, required: [t, y], properties: { t: { type: string }, y: { type: integer } } }\n",
			right: of(func(o map[string]any) bool {
				return o["t"] == "one" && whole(o["x"]) || o["t"] == "two" && whole(o["y"])
			}),
			wrong: of(func(o map[string]any) bool { return o["t"] == "one" && whole(o["x"]) }), fails: []string{"it.VALID"},
		},
	})
}

func keysOf(object map[string]any) (names []string) {
	for name := range object {
		names = append(names, name)
	}
	return names
}

func TestSmallAPIs_Unjudged(t *testing.T) {
	checkSmall(t, []smallAPI{{
		claim: "a default alone documents successes", document: strings.Replace(answersAt(`{ type: object, properties: { a: { type: integer } } }`), `"200"`, "default", 1),
		right: says(`{"a": 1}`), wrong: says(`{"a": "x"}`), fails: []string{"it.SCHEMA"}, words: "/a",
	}, {
		claim: "a success without a documented body may have one", document: `
paths:
  /x: { get: { operationId: it, parameters: [ { in: query, name: n, schema: { type: integer, minimum: 1 } } ], responses: { "200": { description: ok }, 4XX: { $ref: "#/components/responses/E" } } } }
  /y: { get: { operationId: other, responses: { "200": { description: ok }, 4XX: { $ref: "#/components/responses/E" } } } }
` + smallErrors,
		right: takes(func(r *http.Request, _ string) string {
			if n, err := strconv.Atoi(r.URL.Query().Get("n")); r.URL.Query().Has("n") && (err != nil || n < 1) {
				return "no n"
			}
			return ""
		}),
		wrong: takes(func(*http.Request, string) string { return "" }), fails: []string{"it.MALFORMED"},
	}, {
		claim: "what is not judged is said", document: answersAt(`{ type: object, properties: { a: { type: string, format: made-up }, b: { type: string, pattern: "(?<=(" } } }`),
		right: says(`{"a": "1", "b": "2"}`), notes: "not judged: pattern (?<=(; the format made-up",
	}, {
		claim: "a coding that nobody knows shows nothing", document: answersAt(`{ type: object }`),
		right: func(*http.Request, string) smallAnswer {
			return smallAnswer{200, "application/json", "\x00\x01", map[string]string{"Content-Encoding": "dcb"}}
		},
	}})
}
