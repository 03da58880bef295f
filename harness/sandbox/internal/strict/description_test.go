package strict

import (
	"bytes"
	"net/http"
	"os"
	"testing"

	"qorcheck/spec"
)

func TestUnreadableDescriptions(t *testing.T) {
	for _, tt := range []struct{ claim, old, new string }{
		{"no server", "servers:", "hosts:"},
		{"a reference that leads nowhere", `"#/components/schemas/Amount"`, `"#/components/schemas/Nothing"`},
		{"a reference to elsewhere", `"#/components/schemas/CaptureRequest"`, `"other.yaml#/CaptureRequest"`},
		{"a media type that nobody can read", "application/x-www-form-urlencoded:", "text/csv:"},
		{"no operationId", "operationId: webhooks_list", "summary2: x"},
		{"no YAML", "openapi: 3.0.3", "openapi: ["},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			text := bytes.Replace(spec.BuiltInDescription(), []byte(tt.old), []byte(tt.new), 1)
			if bytes.Equal(text, spec.BuiltInDescription()) {
				t.Fatalf("%q is not in the description", tt.old)
			}
			if _, err := ReadDescription(text); err == nil {
				t.Error("no error")
			}
		})
	}
}

func TestModern(t *testing.T) {
	text, err := os.ReadFile("testdata/modern.yaml")
	if err != nil {
		t.Fatal(err)
	}
	d, err := ReadDescription(text)
	if err != nil {
		t.Fatal(err)
	}
	op, path, ok := d.Route(http.MethodPost, "/base/things/a%2F")
	if !ok || path["id"] != "a/" || op.ID != "make" {
		t.Fatalf("routed to %v with %v", op, path)
	}
	if all, _, ok := d.Route(http.MethodPost, "/base/things/all"); !ok || all.ID != "makeAll" {
		t.Errorf("a fixed path is routed to %v", all)
	}
	for _, tt := range []struct {
		claim, id, body string
		ok              bool
	}{
		{"nullable allows null", "a", `{"name":"x","note":null}`, true},
		{"null elsewhere is refused", "a", `{"name":"x","n":null}`, false},
		{"an exclusive bound excludes itself", "a", `{"name":"x","n":1}`, false},
		{"an exclusive bound allows what is beyond", "a", `{"name":"x","n":1.001}`, true},
		{"a bound that is not exclusive includes itself", "a", `{"name":"x","m":3}`, true},
		{"a bound refuses what is beyond", "a", `{"name":"x","m":4}`, false},
		{"what stands beside a reference is ignored", "a", `null`, false},
		{"a mandatory field of an allOf may not be blank", "a", `{"name":" "}`, false},
		{"a path parameter keeps its rule", "abc", `{"name":"x"}`, false},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			body, err := ReadJSON([]byte(tt.body))
			if err != nil {
				t.Fatal(err)
			}
			_, err = op.Validate(Content{Path: map[string]string{"id": tt.id}, MediaType: JSONType, Body: body})
			if (err == nil) != tt.ok {
				t.Errorf("validated: %v", err)
			}
		})
	}
}
