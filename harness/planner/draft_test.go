package planner

import (
	"fmt"
	"testing"

	"qorcheck/spec"
)

func TestBody_Encoding(t *testing.T) {
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
	if r, err := d.request(); err != nil || fmt.Sprint(r.Query, r.Header, r.HasBody) != "[{a x false} {b 1 false}] [{H h false} {Cookie c=v; d=w false}] false" {
		t.Errorf("%v %v", r, err)
	}
}
