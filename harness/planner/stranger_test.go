package planner

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"qorcheck/harness/plan"
)

func TestOtherID(t *testing.T) {
	p := ourPlan(t, 1)
	for _, tt := range []struct{ id, made string }{
		{"payment-void.not-found.other.sent.transaction-data-transaction-id", "payment-auth"},
		{"payment-void.not-found.other.kind.transaction-data-transaction-id", "token-create"},
		{"webhooks-remove.not-found.other.kind.path-hook-id", "token-create"},
	} {
		i := slices.IndexFunc(p.Cases, func(c *plan.Case) bool { return c.ID == tt.id })
		if i < 0 {
			t.Errorf("no case %s", tt.id)
			continue
		}
		c := p.Cases[i]
		last := c.Prepare[len(c.Prepare)-1]
		if last.Name != tt.made && last.Operation != tt.made {
			t.Errorf("%s: prepared by %s last, want %s", tt.id, last.Name, tt.made)
		}
		if c.Expect.Statuses[0] != 404 {
			t.Errorf("%s: expects %v", tt.id, c.Expect.Statuses)
		}
	}
	for _, c := range p.Cases {
		if c.Kind == otherKind && strings.Contains(c.ID, ".kind.") {
			last := c.Prepare[len(c.Prepare)-1]
			if strings.Contains(string(last.Request.Body), `"amount"`) {
				t.Errorf("%s moves money for an id of another kind", c.ID)
			}
		}
	}
}

func TestRewritten(t *testing.T) {
	r := plan.Request{HasBody: true, Body: `{"a":{"b":"1 2","c":[1,2]}}`, Header: []plan.Field{{Name: "Accept", Value: "application/json"}, {Name: "Key", Value: "k"}}}
	got := rewritten(r)
	var before, after any
	if json.Unmarshal([]byte(r.Body), &before) != nil || json.Unmarshal([]byte(got.Body), &after) != nil || !reflect.DeepEqual(before, after) {
		t.Errorf("%s is another value than %s", got.Body, r.Body)
	}
	if got.Body == r.Body || reflect.DeepEqual(got.Header, r.Header) {
		t.Errorf("it is written as before: %+v", got)
	}
	if len(r.Header) != 2 || r.Header[0].Value != "application/json" {
		t.Errorf("the request itself is changed: %+v", r.Header)
	}
}
