package cli

import (
	"net/http"
	"strings"
	"testing"
)

// answersInTwo is an operation whose success has one of two media types. A 406 is not documented.
const answersInTwo = `
paths:
  /x:
    get:
      operationId: it
      responses:
        "200": { description: ok, content: { application/json: { schema: { type: object } }, text/csv: { schema: { type: string } } } }
        "400": { $ref: "#/components/responses/E" }
` + smallErrors

// negotiates answers as Accept asks, in JSON where it asks for nothing; others are answered by foreign.
func negotiates(foreign small) small {
	return func(r *http.Request, body string) smallAnswer {
		accept := strings.Join(r.Header.Values("Accept"), ",")
		switch {
		case accept == "" || strings.Contains(accept, "application/json") || strings.Contains(accept, "*/*"):
			return smallAnswer{200, "application/json", `{}`, nil}
		case strings.Contains(accept, "text/csv"):
			return smallAnswer{200, "text/csv", "a,b\n", nil}
		}
		return foreign(r, body)
	}
}

func TestSmallAPIs_Accept(t *testing.T) {
	as := func(a smallAnswer) small { return func(*http.Request, string) smallAnswer { return a } }
	sound := negotiates(as(smallAnswer{406, "text/html", "<p>JSON or CSV</p>", nil}))
	changed := func(when func(accept []string) bool, a smallAnswer) small {
		return func(r *http.Request, body string) smallAnswer {
			if when(r.Header.Values("Accept")) {
				return a
			}
			return sound(r, body)
		}
	}
	failure := smallAnswer{500, "application/json", `{"message": "we failed"}`, nil}
	checkSmall(t, []smallAPI{{
		claim: "406 to a media type that is not documented is right, whatever its body; a 500 is not", document: answersInTwo,
		right: sound, wrong: negotiates(as(failure)), fails: []string{"it.ACCEPT"}, words: "500",
	}, {
		claim: "Accept may be disregarded; a response may not repeat it as its own type", document: answersInTwo,
		right: as(smallAnswer{200, "application/json", `{}`, nil}), notes: "a target may disregard that",
		wrong: negotiates(as(smallAnswer{200, "application/x-qorcheck-unknown", `{}`, nil})), fails: []string{"it.TYPE"}, words: "application/x-qorcheck-unknown",
	}, {
		claim: "each documented media type is asked for alone", document: answersInTwo,
		right: sound, wrong: changed(func(accept []string) bool { return len(accept) == 1 && accept[0] == "text/csv" }, failure), fails: []string{"it.VALID"},
	}, {
		claim: "Accept may be left out", document: answersInTwo,
		right: sound, wrong: changed(func(accept []string) bool { return len(accept) == 0 }, failure), fails: []string{"it.VALID"},
	}, {
		claim: "where one media type is documented, it is asked for as ever, and none", document: answersAt(`{ type: object }`),
		right: sound, wrong: changed(func(accept []string) bool { return len(accept) == 0 }, smallAnswer{400, "application/json", `{"message": "Accept is missing"}`, nil}), fails: []string{"it.VALID"},
	}})
}
