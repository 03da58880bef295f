package exchange

import (
	"fmt"
	"testing"

	"qorcheck/harness/plan"
	"qorcheck/harness/settings"
)

// TestVariables_OfTokens: a valid token that the fixtures do not hold is not said to be there.
func TestVariables_OfTokens(t *testing.T) {
	c := toyClient(t, "http://127.0.0.1:1")
	c.settings.Fixtures.OAuth2 = map[string]*settings.ClientCredentials{"Login": {}}
	step := plan.Step{Request: plan.Request{Header: []plan.Field{
		{Name: "A", Value: hole(plan.FromCredential, "valid", "Login")}, {Name: "B", Value: hole(plan.FromCredential, "revoked", "Login")}, {Name: "C", Value: hole(plan.FromCredential, "valid", "AppKey")},
	}}}
	got := Record{Step: step, filler: filler{client: c}}.Variables()
	want := []Variable{{"LOGIN", "from the token endpoint that the fixtures name"}, {"REVOKED_LOGIN", "from the fixtures"}, {"APP_KEY", "from the fixtures"}}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%v", got)
	}
	if (Record{}).Variables() != nil {
		t.Error("what was not sent has variables")
	}
}
