package plan

import (
	"fmt"
	"testing"

	"qorcheck/spec"
)

func TestParameterText(t *testing.T) {
	for want, value := range map[string]any{
		"a b": "a b", "12": 12.0, "1.5": 1.5, "true": true, "1,x": []any{1.0, "x"}, `{"a":1}`: map[string]any{"a": 1.0}, "t": Template("t"), "7": 7,
	} {
		if got := string(parameterText(value)); got != want {
			t.Errorf("%v: %q, want %q", value, got, want)
		}
	}
}

func TestPathsAreEscaped(t *testing.T) {
	d := draft{path: "/a/{id}/{other}", parameters: map[string]any{"path:id": "x/y ?", "path:other": string(Placeholder{FromAnswer, []string{"ID"}}.template()), "query:id": "no"}}
	if got := d.fillPath().Show(); got != "/a/x%2Fy%20%3F/$ID" {
		t.Errorf("path %s", got)
	}
}

func TestBodiesAreWrittenPlainly(t *testing.T) {
	if got, err := encode(map[string]any{"b": "<&>", "a": "é"}); err != nil || string(got) != `{"a":"é","b":"<&>"}` {
		t.Errorf("%s %v", got, err)
	}
	if _, err := encode(func() {}); err == nil {
		t.Error("what JSON cannot hold is written")
	}
	d := draft{operation: &spec.Operation{Description: &spec.Description{}}, method: "POST", path: "/a", hasBody: true, body: func() {}}
	if _, err := d.request(); err == nil {
		t.Error("a request with such a body is made")
	}
	d = draft{operation: d.operation, method: "GET", path: "/a", parameters: map[string]any{"query:b": 1.0, "query:a": "x", "header:H": "h", "cookie:c": "v", "cookie:d": "w"}}
	if r, err := d.request(); err != nil || fmt.Sprint(r.Query, r.Header, r.HasBody) != "[{a x} {b 1}] [{H h} {Cookie c=v; d=w}] false" {
		t.Errorf("%v %v", r, err)
	}
}
