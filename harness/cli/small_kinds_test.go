package cli

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
)

// in decodes a JSON object, nil where there is none.
func in(body string) (object map[string]any) {
	if json.Unmarshal([]byte(body), &object) != nil {
		return nil
	}
	return object
}

const pets = `  schemas:
    Pet: { type: object, required: [kind], discriminator: { propertyName: kind }, properties: { kind: { type: string } } }
    Cat: { allOf: [ { $ref: "#/components/schemas/Pet" }, { type: object, required: [lives], properties: { lives: { type: integer } } } ] }
    Dog: { allOf: [ { $ref: "#/components/schemas/Pet" }, { type: object, required: [bark], properties: { bark: { type: string } } } ] }
    Any: { oneOf: [ { $ref: "#/components/schemas/Cat" }, { $ref: "#/components/schemas/Dog" } ], discriminator: { propertyName: kind, mapping: { tabby: "#/components/schemas/Cat" } } }
`

func TestSmallAPIs_Discriminators(t *testing.T) {
	pet := `{ $ref: "#/components/schemas/Pet" }`
	knows := func(words ...string) func(*http.Request, string) string {
		return func(_ *http.Request, body string) string {
			object := in(body)
			lives, isNumber := object["lives"].(float64)
			_, isText := object["bark"].(string)
			kind, _ := object["kind"].(string)
			switch {
			case !strings.Contains(" "+strings.Join(words, " ")+" ", " "+kind+" "), kind == "Dog" && !isText,
				kind == "Cat" && (!isNumber || lives != float64(int(lives))):
				return "no such pet"
			}
			return ""
		}
	}
	checkSmall(t, []smallAPI{{
		claim: "a kind that inherits is judged by its own schema", document: answersAt(pet) + pets,
		right: says(`{"kind":"Cat","lives":9}`), wrong: says(`{"kind":"Cat"}`), fails: []string{"it.SCHEMA"}, words: "/lives",
	}, {
		claim: "a kind that nothing has fails by its own words", document: answersAt(pet) + pets,
		right: says(`{"kind":"Dog","bark":"wow"}`), wrong: says(`{"kind":"Bird"}`), fails: []string{"it.SCHEMA"}, words: "documented kinds",
	}, {
		claim: "so does a missing one", document: answersAt(`{ $ref: "#/components/schemas/Any" }`) + pets,
		right: says(`{"kind":"tabby","lives":9}`), wrong: says(`{"lives":9}`), fails: []string{"it.SCHEMA"}, words: "kind",
	}, {
		claim: "a contradictory one is judged by what it names", document: answersAt(`{ $ref: "#/components/schemas/Any" }`) + pets,
		right: says(`{"kind":"Dog","bark":"wow"}`), wrong: says(`{"kind":"Dog","lives":9}`), fails: []string{"it.SCHEMA"}, words: "/bark",
	}, {
		claim: "each kind that inherits is sent without a mapping", document: takesAt(pet) + pets,
		right: takes(knows("Pet", "Cat", "Dog")), wrong: takes(knows("Pet", "Cat")), fails: []string{"it.VALID"},
	}})
}

func TestSmallAPIs_Formats(t *testing.T) {
	of := func(format string) string {
		return answersAt(`{ type: object, properties: { a: { type: string, format: ` + format + ` } } }`)
	}
	checkSmall(t, []smallAPI{
		{claim: "RFC 3339 in lower case", document: of("date-time"), right: says(`{"a":"2024-01-31t23:59:60z"}`), wrong: says(`{"a":"2024-01-31 23:59:00z"}`), fails: []string{"it.SCHEMA"}, words: "date-time"},
		{claim: "leap seconds at an offset", document: of("date-time"), right: says(`{"a":"2017-01-01T00:59:60+01:00"}`), wrong: says(`{"a":"2017-01-01T00:58:60+01:00"}`), fails: []string{"it.SCHEMA"}, words: "date-time"},
		{claim: "a day that the month has", document: of("date-time"), right: says(`{"a":"2024-02-29T10:00:00.5-23:59"}`), wrong: says(`{"a":"2023-02-29T10:00:00Z"}`), fails: []string{"it.SCHEMA"}, words: "date-time"},
		{claim: "byte is base64", document: of("byte"), right: says(`{"a":"aGk="}`), wrong: says(`{"a":"aGk"}`), fails: []string{"it.SCHEMA"}, words: "byte"},
		{claim: "byte is of one alphabet", document: of("byte"), right: says(`{"a":"+/+/"}`), wrong: says(`{"a":"-_-_"}`), fails: []string{"it.SCHEMA"}, words: "byte"},
		{claim: "byte may be empty", document: of("byte"), right: says(`{"a":""}`), wrong: says(`{"a":"="}`), fails: []string{"it.SCHEMA"}, words: "byte"},
	})
}

func TestSmallAPIs_2020(t *testing.T) {
	late := []string{"3.1.0", "3.2.0"}
	checkSmall(t, []smallAPI{
		{claim: "propertyNames", versions: late, document: answersAt(`{ type: object, propertyNames: { pattern: "^a" } }`), right: says(`{"ab":1}`), wrong: says(`{"b":1}`), fails: []string{"it.SCHEMA"}, words: `"b" must match ^a`},
		{claim: "dependentSchemas", versions: late, document: answersAt(`{ type: object, dependentSchemas: { a: { required: [b] } } }`), right: says(`{"a":1,"b":2}`), wrong: says(`{"a":1}`), fails: []string{"it.SCHEMA"}, words: "/b, which is required"},
		{claim: "dependentRequired", versions: late, document: answersAt(`{ type: object, dependentRequired: { a: [b] } }`), right: says(`{"c":1}`), wrong: says(`{"a":1}`), fails: []string{"it.SCHEMA"}, words: `must have "b"`},
		{claim: "if and then", versions: late, document: answersAt(`{ type: object, if: { required: [a] }, then: { required: [b] }, else: { required: [c] } }`), right: says(`{"c":1}`), wrong: says(`{"a":1}`), fails: []string{"it.SCHEMA"}, words: "/b"},
		{claim: "unevaluatedProperties", versions: late, document: answersAt(`{ allOf: [ { type: object, properties: { a: { type: integer } } } ], unevaluatedProperties: false }`), right: says(`{"a":1}`), wrong: says(`{"a":1,"b":2}`), fails: []string{"it.SCHEMA"}, words: "/b is not allowed"},
		{claim: "prefixItems", versions: late, document: answersAt(`{ type: array, prefixItems: [ { type: string } ], items: { type: integer } }`), right: says(`["a",1]`), wrong: says(`[1,1]`), fails: []string{"it.SCHEMA"}, words: "/0"},
		{claim: "contains", versions: late, document: answersAt(`{ type: array, contains: { const: 1 }, minContains: 2 }`), right: says(`[1,1]`), wrong: says(`[1,2]`), fails: []string{"it.SCHEMA"}, words: "contains"},
		{claim: "a multiple", versions: nil, document: answersAt(`{ type: integer, multipleOf: 5 }`), right: says(`10`), wrong: says(`11`), fails: []string{"it.SCHEMA"}, words: "must be a multiple of 5"},
		{claim: "items that differ", versions: nil, document: answersAt(`{ type: array, uniqueItems: true, items: { type: integer } }`), right: says(`[1,2]`), wrong: says(`[1,1]`), fails: []string{"it.SCHEMA"}, words: "no two equal items"},
		{claim: "the number of items", versions: nil, document: answersAt(`{ type: array, minItems: 2, items: { type: integer } }`), right: says(`[1,2]`), wrong: says(`[1]`), fails: []string{"it.SCHEMA"}, words: "at least 2 items"},
		{claim: "one of several", versions: nil, document: answersAt(`{ oneOf: [ { type: integer }, { type: number, minimum: 5 } ] }`), right: says(`1`), wrong: says(`7`), fails: []string{"it.SCHEMA"}, words: "matches several"},
	})
}

func TestSmallAPIs_OpenAPI32(t *testing.T) {
	methods := `
paths:
  /x:
    query:
      operationId: it
      requestBody: { required: true, content: { application/json: { schema: { type: object, required: [a], properties: { a: { type: string } } } } } }
      responses: { "200": { summary: fine }, 4XX: { $ref: "#/components/responses/E" } }
    additionalOperations:
      PURGE:
        operationId: purge
        responses: { "200": { summary: fine }, 4XX: { $ref: "#/components/responses/E" } }
` + smallErrors
	reads := takes(func(r *http.Request, body string) string {
		if _, ok := in(body)["a"].(string); !ok && r.Method == "QUERY" {
			return "no a"
		}
		return ""
	})
	checkSmall(t, []smallAPI{{
		claim: "QUERY and additional operations", versions: []string{"3.2.0"}, document: methods, right: reads,
		wrong: func(r *http.Request, body string) smallAnswer {
			if r.Method == "QUERY" {
				return refuses(400, "what is that")
			}
			return reads(r, body)
		},
		fails: []string{"it.VALID"},
	}, {
		claim: "a parameter that is the whole query is named and not sent", versions: []string{"3.2.0"},
		document: strings.ReplaceAll(answersAt(`{ type: object }`), "operationId: it", `operationId: it
      parameters: [ { in: querystring, name: q, content: { application/x-www-form-urlencoded: { schema: { type: object, properties: { a: { type: integer } } } } } } ]`),
		right: says(`{}`), wrong: says(`[]`), fails: []string{"it.SCHEMA"}, dropped: "querystring",
	}})
}
