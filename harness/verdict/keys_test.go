package verdict

import (
	"net/http"
	"testing"
	"time"

	"qorcheck/harness/exchange"
	"qorcheck/harness/plan"
	"qorcheck/spec"
)

func TestKeysNotShown(t *testing.T) {
	d, err := spec.Parse([]byte(`
openapi: 3.0.3
info: { title: Toy, version: "1" }
security: [{ App: [], Client: [] }]
components: { securitySchemes: { App: { type: apiKey, in: header, name: App-Key }, Client: { type: http, scheme: bearer } } }
paths: { /pay: { get: { operationId: pay, responses: { "200": { description: paid, content: { application/json: { schema: { type: object } } } } } } } }
`), "toy.yaml")
	if err != nil {
		t.Fatal(err)
	}
	const app, client, long = "app-key-0815", "client-key-4711", "c9a6877e0bc2cfb31b34009a9074f2e9"
	for _, tt := range []struct {
		claim, app, body, header string
		want                     Outcome
		exercised                bool
	}{
		{"no key in the response", app, `{"name":"App-Key"}`, "", Pass, true},
		{"a key in the body", app, `{"message":"no right for app-key-0815"}`, "", Fail, true},
		{"a key as a name", app, `{"app-key-0815":1}`, "", Fail, true},
		{"a key in a header", app, `{}`, "caller=client-key-4711", Fail, true},
		{"the beginning of a key", app, `{"message":"app-key-08…"}`, "", Pass, true},
		{"a key in groups", long, `{"message":"C9A6 877e-0bc2:cfb3/1b34.009a_9074 f2e9"}`, "", Fail, true},
		{"a key backwards", long, `{"message":"9e2f4709a90043b13bfc2cb0e7786a9c"}`, "", Fail, true},
		{"a key in two halves", long, `{"a":"c9a6877e0bc2cfb3","b":"1b34009a9074f2e9"}`, "", Fail, true},
		{"a key in base64", long, `{"a":"YzlhNjg3N2UwYmMyY2ZiMzFiMzQwMDlhOTA3NGYyZTk="}`, "", Fail, true},
		{"a key without its last letters", long, `{"message":"key c9a6877e0bc2cfb31b34009a90"}`, "", Fail, true},
		{"a key with its middle masked", long, `{"message":"c9a6877e********9074f2e9"}`, "", Pass, true},
		{"a short key may stand there by chance", "app", `{"message":"app"}`, "", Pass, true},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			o := d.Operation("pay")
			p := &plan.Plan{Description: d, Obligations: []*plan.Obligation{{ID: "o", Operation: o, Requirement: &spec.Requirement{ID: "R-1", Level: spec.Should, Check: "keys-not-shown"}}}}
			step := plan.Step{Name: "pay", Operation: "pay", Request: plan.Request{Method: o.Method}}
			c := &plan.Case{ID: "c", Operation: "pay", Obligations: []string{"o"}, Act: step}
			answer := row{status: 200, body: tt.body, header: map[string]string{"X-Caller": tt.header}}.answer()
			act := &exchange.Record{Step: step, Header: http.Header{"App-Key": {tt.app}, "Authorization": {"Bearer " + client}}, Answer: answer, Started: time.Unix(0, 0)}
			got := Judge(p, &exchange.Transcript{Case: c, Act: act})[0]
			if got.Outcome != tt.want || got.Exercised != tt.exercised {
				t.Errorf("got %s, exercised %v: %+v", got.Outcome, got.Exercised, got)
			}
		})
	}
}
