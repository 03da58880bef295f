package verdict

import (
	"net/http"
	"strings"
	"testing"

	"qorcheck/harness/exchange"
	"qorcheck/harness/plan"
	"qorcheck/spec"
)

// Responses of several media types are judged by the one that came, in every version.
const typed = `
info: { title: Typed, version: "1" }
paths:
  /x:
    get:
      operationId: x
      responses:
        "200":
          description: several
          content:
            application/json: { schema: { type: object, required: [rows] } }
            application/vnd.a.v2+json: { schema: { type: object, required: [items], properties: { items: { type: array, items: { type: string } } } } }
            application/vnd.b+json; version=1: { schema: { type: object, required: [one] } }
            application/vnd.b+json; version=2: { schema: { type: object, required: [two] } }
            text/csv: { schema: { type: string, pattern: "^a,b" } }
            text/plain: { schema: { type: integer, minimum: 3 } }
            text/*: { schema: { type: string, minLength: 2 } }
            application/octet-stream: { schema: { type: string, format: binary, maxLength: 3 } }
            application/xml: { schema: { type: object, required: [x] } }
            image/*: {}
        "201": { description: a range, content: { "application/*": { schema: { type: object, required: [x] } } } }
        "202": { description: any, content: { "*/*": { schema: { type: object, required: [x] } } } }
        "203": { description: a suffix, content: { "application/*+json": { schema: { type: object, required: [x] } }, application/json: { schema: { type: object, required: [y] } } } }
        4XX:
          description: problems
          content:
            application/json: { schema: { type: object, required: [error] } }
            application/problem+json: { schema: { type: object, required: [title], properties: { status: { type: integer } } } }
        "500": { description: one alone, content: { application/json: { schema: { type: object, required: [error] } } } }
        "206":
          description: headers
          headers:
            Content-Type: { required: true, schema: { type: string, enum: [never] } }
            X-Count: { schema: { type: integer, minimum: 1 } }
            X-Id: { schema: { type: string, format: uuid } }
            X-On: { schema: { type: boolean } }
            X-Day: { schema: { type: string, format: date } }
            X-List: { schema: { type: array, maxItems: 3, items: { type: integer } } }
            X-Pairs: { schema: { type: object, properties: { a: { type: integer } } } }
            X-Flags: { explode: true, schema: { type: object, properties: { a: { type: integer } } } }
            X-Either: { schema: { oneOf: [ { type: integer }, { type: string, enum: [none] } ] } }
            X-Json: { content: { application/json: { schema: { type: object, required: [k] } } } }
            Set-Cookie: { schema: { type: string, pattern: "^[a-z]+=" } }
`

func TestSchema_OfTheAnsweredType(t *testing.T) {
	for _, tt := range []struct {
		claim, media, body string
		status             int
		want               Outcome
		exercised          bool
		says               string
	}{
		{"the schema of the label", "application/vnd.a.v2+json", `{"items":["a"]}`, 200, Pass, true, ""},
		{"and its faults", "application/vnd.a.v2+json", `{"items":[1]}`, 200, Fail, true, "/items/0 must be of type string"},
		{"labels are the same in any case", "Application/VND.A.v2+JSON", `{"rows":1}`, 200, Fail, true, "/items, which is required"},
		{"parameters tell versions apart", "application/vnd.b+json; version=2", `{"two":1}`, 200, Pass, true, ""},
		{"and their faults", `application/vnd.b+json;VERSION="2"`, `{"one":1}`, 200, Fail, true, "/two, which is required"},
		{"a version that is not said is none", "application/vnd.b+json", `{}`, 200, Pass, false, ""},
		{"problems by their own schema", "application/problem+json", `{"title":"x","status":400}`, 400, Pass, true, ""},
		{"with their faults", "application/problem+json", `{"title":"x","status":"x"}`, 404, Fail, true, "/status must be of type integer"},
		{"errors by theirs", "application/json", `{"title":"x"}`, 404, Fail, true, "/error, which is required"},
		{"problems where none is documented are not errors", "application/problem+json", `{"title":"x"}`, 500, Pass, false, ""},
		{"a page where JSON alone is documented", "text/html", `<html>`, 500, Fail, true, "a JSON body"},
		{"a page where several are documented is no JSON", "application/pdf", `%PDF`, 200, Pass, false, ""},
		{"a range", "application/json; charset=UTF-8", `{"x":1}`, 201, Pass, true, ""},
		{"with its faults", "application/hal+json", `{}`, 201, Fail, true, "/x, which is required"},
		{"a range covers no other", "text/plain", `{}`, 201, Pass, false, ""},
		{"any type", "application/json", `{}`, 202, Fail, true, "/x, which is required"},
		{"of any type what is no JSON is not judged as such", "text/plain", `hello`, 202, Pass, false, ""},
		{"a suffix", "application/hal+json", `{}`, 203, Fail, true, "/x, which is required"},
		{"the type before the range", "application/json", `{"y":1}`, 203, Pass, true, ""},
		{"CSV is a text", "text/csv; charset=utf-8", "a,b\n1,2\n", 200, Pass, true, ""},
		{"with its faults", "text/csv", "1,2\n", 200, Fail, true, "must match ^a,b"},
		{"the narrower range", "text/html", "x", 200, Fail, true, "minLength"},
		{"a number as a text", "text/plain", "5\n", 200, Pass, true, ""},
		{"that is too small", "text/plain", "1", 200, Fail, true, "minimum"},
		{"that is none", "text/plain", "five", 200, Fail, true, "must be of type integer"},
		{"binary data by its length", "application/octet-stream", "\x00\xff", 200, Pass, true, ""},
		{"that is too long", "application/octet-stream", "\x00\xff12", 200, Fail, true, "maxLength"},
		{"XML is not judged as JSON", "application/xml", "<x/>", 200, Pass, false, ""},
		{"JSON by its label alone", "application/vnd.a.v2+json", "a,b", 200, Fail, true, "a JSON body"},
	} {
		for _, version := range []string{"3.0.3", "3.1.0"} {
			t.Run(tt.claim+" "+version, func(t *testing.T) {
				v := judgeTyped(t, version, tt.status, http.Header{"Content-Type": {tt.media}}, tt.body)
				if v.Outcome != tt.want || v.Exercised != tt.exercised {
					t.Errorf("got %s, exercised %t: %+v", v.Outcome, v.Exercised, v.Findings)
				}
				if tt.says != "" && (len(v.Findings) == 0 || !strings.Contains(v.Findings[0].Expected+" "+v.Findings[0].Keyword, tt.says)) {
					t.Errorf("%+v do not say %q", v.Findings, tt.says)
				}
			})
		}
	}
}

func TestSchema_OfHeaders(t *testing.T) {
	for _, tt := range []struct {
		claim, name string
		lines       []string
		want        Outcome
		says        string
	}{
		{"an integer", "x-count", []string{"10"}, Pass, ""},
		{"that is a word", "X-Count", []string{"many"}, Fail, "header X-Count, which must be of type integer, is string"},
		{"that is too small", "X-Count", []string{"0"}, Fail, "which must be at least 1"},
		{"twice", "X-Count", []string{"1", "2"}, Fail, "must be of type integer"},
		{"empty", "X-Count", []string{""}, Fail, "must be of type integer"},
		{"a UUID", "X-Id", []string{"6f1c2a34-8d0b-4e1f-9a57-3b2c1d0e4f56"}, Pass, ""},
		{"that is none", "X-Id", []string{"nope"}, Fail, "format uuid"},
		{"a boolean", "X-On", []string{"true"}, Pass, ""},
		{"that is none", "X-On", []string{"yes"}, Fail, "must be of type boolean"},
		{"a date", "X-Day", []string{"2024-02-29"}, Pass, ""},
		{"that is none", "X-Day", []string{"2023-02-29"}, Fail, "format date"},
		{"a list", "X-List", []string{"1,2, 3"}, Pass, ""},
		{"over several lines", "X-List", []string{"1", "2, 3"}, Pass, ""},
		{"with a wrong item", "X-List", []string{"1,b"}, Fail, "must be of type integer"},
		{"that is too long", "X-List", []string{"1,2", "3,4"}, Fail, "maxItems"},
		{"pairs", "X-Pairs", []string{"a,1,b,x"}, Pass, ""},
		{"with a wrong one", "X-Pairs", []string{"a,x"}, Fail, "must be of type integer"},
		{"exploded pairs", "X-Flags", []string{"a=1,b=x"}, Pass, ""},
		{"with a wrong one", "X-Flags", []string{"a=x"}, Fail, "must be of type integer"},
		{"either", "X-Either", []string{"none"}, Pass, ""},
		{"the other", "X-Either", []string{"7"}, Pass, ""},
		{"neither", "X-Either", []string{"some"}, Fail, "oneOf"},
		{"JSON", "X-Json", []string{`{"k":1}`}, Pass, ""},
		{"JSON that lacks something", "X-Json", []string{`{}`}, Fail, "is required"},
		{"cookies one by one", "Set-Cookie", []string{"a=1", "b=2; Path=/"}, Pass, ""},
		{"each of them", "Set-Cookie", []string{"a=1", "2=b"}, Fail, "must match"},
	} {
		for _, version := range []string{"3.0.3", "3.1.0"} {
			t.Run(tt.name+" "+tt.claim+" "+version, func(t *testing.T) {
				h := http.Header{}
				for _, line := range tt.lines {
					h.Add(tt.name, line)
				}
				v := judgeTyped(t, version, 206, h, "")
				if v.Outcome != tt.want || !v.Exercised {
					t.Errorf("got %s, exercised %t: %+v", v.Outcome, v.Exercised, v.Findings)
				}
				if tt.says != "" && (len(v.Findings) == 0 || !strings.Contains(v.Findings[0].Expected+" "+v.Findings[0].Keyword, tt.says)) {
					t.Errorf("%+v do not say %q", v.Findings, tt.says)
				}
			})
		}
	}
	if v := judgeTyped(t, "3.0.3", 206, http.Header{}, ""); v.Outcome != Pass || v.Exercised {
		t.Errorf("no header was there to look at: %+v", v)
	}
}

func judgeTyped(t *testing.T, version string, status int, h http.Header, body string) Verdict {
	t.Helper()
	d, err := spec.Parse([]byte("openapi: "+version+typed), "typed.yaml")
	if err != nil {
		t.Fatal(err)
	}
	o := d.Operation("x")
	p := &plan.Plan{Description: d, Obligations: []*plan.Obligation{{ID: "o", Operation: o, Requirement: &spec.Requirement{Check: "schema", Level: spec.Must}}}}
	c := &plan.Case{Operation: "x", Obligations: []string{"o"}, Expect: plan.NewExpect("", status)}
	return Judge(p, &exchange.Transcript{Case: c, Act: &exchange.Record{Answer: &exchange.Answer{Status: status, Header: h, Body: []byte(body)}}})[0]
}

// What a router answers to a path that the description does not have is nobody's
// promise, unless an error block makes it one.
func TestShape_OfAnUnknownPath(t *testing.T) {
	for _, tt := range []struct {
		claim, kind, block string
		want               Outcome
	}{
		{"the page of a router", "not-found.path", "", Pass},
		{"and that of a method", "not-found.method", "", Pass},
		{"an unknown id is one of the description", "not-found.id", "", Fail},
		{"an error block speaks of every rejection", "not-found.path", "x-conformance: { error: { required: [/error] } }", Fail},
	} {
		for _, check := range []string{"media-type", "schema"} {
			t.Run(tt.claim+" "+check, func(t *testing.T) {
				d, err := spec.Parse([]byte("openapi: 3.0.3\n"+tt.block+typed), "typed.yaml")
				if err != nil {
					t.Fatal(err)
				}
				p := &plan.Plan{Description: d, Obligations: []*plan.Obligation{{ID: "o", Operation: d.Operation("x"), Requirement: &spec.Requirement{Check: check, Level: spec.Must}}}}
				c := &plan.Case{Operation: "x", Kind: tt.kind, Obligations: []string{"o"}, Expect: plan.NewExpect("", 404)}
				media, body := "text/html", "<html>"
				if check == "schema" {
					media, body = "application/json", "{}"
				}
				answer := &exchange.Answer{Status: 404, Header: http.Header{"Content-Type": {media}}, Body: []byte(body)}
				if v := Judge(p, &exchange.Transcript{Case: c, Act: &exchange.Record{Answer: answer}})[0]; v.Outcome != tt.want || v.Exercised != (tt.want == Fail) {
					t.Errorf("got %+v", v)
				}
			})
		}
	}
}
