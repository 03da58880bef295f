package spec

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
)

// TestAnswerViolations: equal bodies are judged once, each by its own schema.
func TestAnswerViolations(t *testing.T) {
	d := parse(t, `paths:
  /a:
    get:
      operationId: a
      responses:
        "200": { description: ok, content: { application/json: { schema: { type: object, required: [n], properties: { n: { type: integer } } } } } }
        "201": { description: ok, content: { application/json: { schema: { type: object, required: [m] } } } }
`)
	o := d.Operation("a")
	for _, body := range []string{`{"n":1}`, `{"n":"x"}`, `{}`, `{"m":1,"n":1.5}`, `{"long":"` + strings.Repeat("x", maxJudgedBody) + `"}`} {
		value, err := DecodeJSON([]byte(body))
		if err != nil {
			t.Fatal(err)
		}
		for _, status := range []int{200, 201, 200} {
			s := o.Response(status).JSON().Schema
			want := s.Violations(value, Answered)
			for range 2 {
				got := s.AnswerViolations([]byte(body), value)
				if len(got) != len(want) || len(want) > 0 && !reflect.DeepEqual(got, want) {
					t.Errorf("%d %.20s: got %+v, want %+v", status, body, got, want)
				}
				for i := range got {
					got[i] = Violation{Keyword: "altered by the caller"}
				}
			}
		}
	}
	j := &o.Response(200).JSON().Schema.dialect.judged
	for i := range maxJudged + 10 {
		o.Response(200).JSON().Schema.AnswerViolations(fmt.Append(nil, i), nil)
	}
	if len(j.found) > maxJudged {
		t.Errorf("%d bodies are remembered", len(j.found))
	}
}
