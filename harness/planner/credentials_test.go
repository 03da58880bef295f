package planner

import (
	"slices"
	"strings"
	"testing"

	"qorcheck/harness/plan"
)

// sentKeys shows the credentials of an operation's cases of some kinds.
func sentKeys(p *plan.Plan, operation string, kinds ...string) map[string]string {
	sent := map[string]string{}
	for _, c := range p.Cases {
		if c.Operation != operation || !slices.ContainsFunc(kinds, func(k string) bool { return strings.HasPrefix(c.Kind, k) }) {
			continue
		}
		var keys []string
		for _, f := range slices.Concat(c.Act.Request.Header, c.Act.Request.Query) {
			if f.Name != "Content-Type" && f.Name != "Qor-Idempotent-Key" {
				keys = append(keys, f.Name+"="+f.Value.Show())
			}
		}
		sent[strings.TrimPrefix(c.ID, operation+".")] = strings.Join(keys, " ")
	}
	return sent
}

func same(t *testing.T, got, want map[string]string) {
	t.Helper()
	for id, keys := range want {
		if g, there := got[id]; !there || g != keys {
			t.Errorf("%s sends %q (%v), want %q", id, g, there, keys)
		}
		delete(got, id)
	}
	if len(got) > 0 {
		t.Errorf("also planned: %v", got)
	}
}

func TestCredentials_WrongInEachWay(t *testing.T) {
	const app, client = "Qor-App-Key=$", "Qor-Client-Key=$"
	same(t, sentKeys(ourPlan(t, 1), "payment-capture", "unauthenticated", "forbidden"), map[string]string{
		"forbidden.malformed.no-rights":                app + "NO_RIGHTS_APP_KEY " + client + "NO_RIGHTS_CLIENT_KEY",
		"forbidden.malformed.revoked":                  app + "REVOKED_APP_KEY " + client + "REVOKED_CLIENT_KEY",
		"forbidden.unknown-id-of-other":                app + "APP_KEY " + client + "CLIENT_KEY",
		"forbidden.unknown-id.no-rights":               app + "NO_RIGHTS_APP_KEY " + client + "NO_RIGHTS_CLIENT_KEY",
		"forbidden.unknown-id.revoked":                 app + "REVOKED_APP_KEY " + client + "REVOKED_CLIENT_KEY",
		"unauthenticated.malformed.without-ClientKey":  app + "APP_KEY",
		"unauthenticated.unknown-id.without-ClientKey": app + "APP_KEY",
		"forbidden.near-merchant.padded":               app + "APP_KEY " + client + "CLIENT_KEY",
		"forbidden.near-merchant.truncated":            app + "APP_KEY " + client + "CLIENT_KEY",
		"unauthenticated.missing.AppKey":               client + "CLIENT_KEY",
		"unauthenticated.missing.ClientKey":            app + "APP_KEY",
		"unauthenticated.missing.all":                  "",
		"unauthenticated.unknown-path":                 "",
		"unauthenticated.empty.AppKey":                 "Qor-App-Key= " + client + "CLIENT_KEY",
		"unauthenticated.empty.ClientKey":              app + "APP_KEY Qor-Client-Key=",
		"unauthenticated.empty.all":                    "Qor-App-Key= Qor-Client-Key=",
		"unauthenticated.misplaced.query":              app + "APP_KEY " + client + "CLIENT_KEY", // there in the query
		"unauthenticated.misplaced.body":               "",
		"unauthenticated.malformed":                    "",

		"unauthenticated.malformed.truncated": "",
		"unauthenticated.malformed.text":      "",
		"unauthenticated.unknown-id":          "",

		"forbidden.altered.AppKey.truncated":     app + "TRUNCATED_APP_KEY " + client + "CLIENT_KEY",
		"forbidden.altered.AppKey.other-case":    app + "OTHER_CASE_APP_KEY " + client + "CLIENT_KEY",
		"forbidden.altered.AppKey.longer":        app + "LONGER_APP_KEY " + client + "CLIENT_KEY",
		"forbidden.altered.ClientKey.longer":     app + "APP_KEY " + client + "LONGER_CLIENT_KEY",
		"forbidden.altered.ClientKey.truncated":  app + "APP_KEY " + client + "TRUNCATED_CLIENT_KEY",
		"forbidden.altered.ClientKey.other-case": app + "APP_KEY " + client + "OTHER_CASE_CLIENT_KEY",
		"forbidden.altered.swapped":              app + "CLIENT_KEY " + client + "APP_KEY",

		"forbidden.unknown":           app + "UNKNOWN_APP_KEY " + client + "UNKNOWN_CLIENT_KEY",
		"forbidden.unknown.AppKey":    app + "UNKNOWN_APP_KEY " + client + "CLIENT_KEY",
		"forbidden.unknown.ClientKey": app + "APP_KEY " + client + "UNKNOWN_CLIENT_KEY",
		"forbidden.revoked":           app + "REVOKED_APP_KEY " + client + "REVOKED_CLIENT_KEY",
		"forbidden.pair.AppKey":       app + "OTHER_MERCHANT_APP_KEY " + client + "CLIENT_KEY",
		"forbidden.pair.ClientKey":    app + "APP_KEY " + client + "OTHER_MERCHANT_CLIENT_KEY",
		"forbidden.rights":            app + "NO_RIGHTS_APP_KEY " + client + "NO_RIGHTS_CLIENT_KEY",
		"forbidden.merchant.other":    app + "APP_KEY " + client + "CLIENT_KEY",

		"forbidden.malformed.truncated": app + "UNKNOWN_APP_KEY " + client + "UNKNOWN_CLIENT_KEY",
		"forbidden.malformed.text":      app + "UNKNOWN_APP_KEY " + client + "UNKNOWN_CLIENT_KEY",
		"forbidden.unknown-id":          app + "UNKNOWN_APP_KEY " + client + "UNKNOWN_CLIENT_KEY",

		"forbidden.malformed":          app + "UNKNOWN_APP_KEY " + client + "UNKNOWN_CLIENT_KEY",
		"forbidden.malformed-of-other": app + "APP_KEY " + client + "CLIENT_KEY",
	})
}

func TestMerchants_NamedInTheirField(t *testing.T) {
	p := ourPlan(t, 1)
	for id, want := range map[string]string{"payment-auth.forbidden.merchant.other": `"mid":"700100300"`, "payment-refund.forbidden.merchant.refunds_off": `"mid":"700100400"`, "webhooks-create.forbidden.merchant.other": `"mid":"700100300"`, "payment-auth.valid.required": `"mid":"700100200"`} {
		if body := find(t, p, strings.ReplaceAll(id, "_", "-")).Act.Request.Body.Show(); !strings.Contains(body, want) {
			t.Errorf("%s sends %s", id, body)
		}
	}
}

func TestCredentials_OtherSchemes(t *testing.T) {
	const schemes = "components: {securitySchemes: {B: {type: http, scheme: basic}, T: {type: http, scheme: bearer}, Q: {type: apiKey, in: query, name: key}, C: {type: apiKey, in: cookie, name: sid}}}"
	const all = "credentials: {valid: {B: 'u:p', T: t1, Q: q1, C: c1}}"
	for _, tt := range []struct {
		claim, security string
		want            map[string]string
	}{
		{"basic", "[{B: []}]", map[string]string{"valid.required": "Authorization=Basic $B_BASE64", "unauthenticated.missing.B": "", "unauthenticated.empty.B": "Authorization=", "unauthenticated.misplaced.query": "Authorization=Basic $B_BASE64"}},
		{"bearer", "[{T: []}]", map[string]string{"valid.required": "Authorization=Bearer $T", "unauthenticated.missing.T": "", "unauthenticated.empty.T": "Authorization=", "unauthenticated.misplaced.query": "Authorization=Bearer $T"}},
		{"in the query", "[{Q: []}]", map[string]string{"valid.required": "key=$Q", "unauthenticated.missing.Q": "", "unauthenticated.empty.Q": "key=", "unauthenticated.blank.Q": "key=   "}},
		{"in a cookie", "[{C: []}]", map[string]string{"valid.required": "Cookie=sid=$C", "unauthenticated.missing.C": "", "unauthenticated.empty.C": "Cookie=sid=", "unauthenticated.blank.C": "Cookie=sid=   "}},
		{"none needed", "[]", map[string]string{"valid.required": ""}},
		{"none needed, some taken", "[{}, {T: []}]", map[string]string{"valid.required": "Authorization=Bearer $T"}},
		{"a second one that the first can do without", "[{Q: [], T: []}, {T: []}]", map[string]string{"valid.required": "Authorization=Bearer $T key=$Q", "unauthenticated.missing.T": "key=$Q", "unauthenticated.empty.T": "Authorization= key=$Q", "unauthenticated.missing.all": "", "unauthenticated.empty.all": "Authorization= key="}},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			d := described(t, "paths: {/a: {get: {operationId: a, security: "+tt.security+", responses: {'200': {description: d}}}}}\n"+schemes)
			got := sentKeys(planned(t, d, every(t), fixtures(t, all)), "a", "valid", "unauthenticated")
			same(t, got, tt.want)
		})
	}
}

func TestCredentials_NoneNeeded(t *testing.T) {
	p := planned(t, described(t, "paths: {/a: {get: {operationId: a, responses: {'200': {description: d}}}}}"), every(t), fixtures(t, ""))
	if got := p.Obligation("a.R-401").Inapplicable; got != "the operation needs no credentials" {
		t.Errorf("not applicable because %q", got)
	}
}
