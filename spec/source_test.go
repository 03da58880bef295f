package spec

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

// ours loads the built-in description.
func ours(t *testing.T) *Description {
	t.Helper()
	d, err := Parse(BuiltInDescription(), "spec/qorcommerce.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestQorCommerceIsValidWithItsExamples(t *testing.T) {
	doc, err := openapi3.NewLoader().LoadFromData(BuiltInDescription())
	if err != nil {
		t.Fatal(err)
	}
	if err := doc.Validate(context.Background(), openapi3.EnableExamplesValidation()); err != nil {
		t.Error(err)
	}
	if doc.OpenAPI != "3.0.3" {
		t.Errorf("openapi: %s, want 3.0.3", doc.OpenAPI)
	}
}

func TestQorCommerceBytesAreACopy(t *testing.T) {
	BuiltInDescription()[0] = '!'
	BuiltInRequirements()[0] = '!'
	if BuiltInDescription()[0] == '!' || BuiltInRequirements()[0] == '!' {
		t.Error("a caller's change reached the embedded bytes")
	}
}

func TestQorCommerceDocumentsTheStatusesOfTheContract(t *testing.T) {
	documented := map[string]string{
		"ach-credit":                 "200 400 401 403 404 500",
		"ach-refund":                 "200 400 401 403 404 500",
		"ach-sale":                   "200 400 401 403 404 500",
		"ach-void":                   "200 400 401 403 404 500",
		"cash-sale":                  "200 201 400 401 403 500",
		"payment-auth":               "200 400 401 403 404 500",
		"payment-auth-token":         "200 400 401 403 404 500",
		"payment-capture":            "200 400 401 403 404 500",
		"payment-refund":             "200 400 401 403 404 500",
		"payment-sale":               "200 400 401 403 404 500",
		"payment-sale-manual":        "200 400 401 403 404 500",
		"payment-sale-token":         "200 400 401 403 404 500",
		"payment-void":               "200 400 401 403 404 500",
		"token-ach":                  "200 201 400 401 403 500",
		"token-create":               "200 400 401 403 500",
		"token-fetch":                "200 400 401 403 404 500",
		"token-remove":               "200 400 401 403 404 500",
		"token-rotate":               "200 400 401 403 404 500",
		"token-update":               "200 400 401 403 404 500",
		"transactions-fetch-all":     "200 400 401 403 500",
		"transactions-fetch-one":     "200 400 401 403 404 500",
		"transactions-fetch-profile": "200 400 401 403 404 500",
		"utilities-validate-aba":     "200 400 401 403 404 500",
		"utilities-validate-cc":      "200 400 401 403 500",
		"webhooks-create":            "200 201 400 401 403 500",
		"webhooks-remove":            "200 400 401 403 404 500",
		"webhooks-update":            "200 400 401 403 404 500",
		"webhooks_list":              "200 400 401 403 500",
	}
	d := ours(t)
	if len(d.Operations) != len(documented) {
		t.Errorf("%d operations, want %d", len(d.Operations), len(documented))
	}
	for _, o := range d.Operations {
		var keys []string
		for _, r := range o.Responses {
			keys = append(keys, r.Key)
			if r.JSON() == nil || !r.JSON().HasSchema {
				t.Errorf("%s %s: no JSON schema", o.ID, r.Key)
			}
		}
		if got := strings.Join(keys, " "); got != documented[o.ID] {
			t.Errorf("%s documents %s, want %s", o.ID, got, documented[o.ID])
		}
		if !slices.EqualFunc(o.Security, [][]string{{"AppKey", "ClientKey"}}, slices.Equal) {
			t.Errorf("%s takes %v, want both keys", o.ID, o.Security)
		}
		if o.Line == 0 || o.Tag == "" || o.Summary == "" {
			t.Errorf("%s lacks its line, tag or summary", o.ID)
		}
	}
	if d.BasePath != "/v3" || d.Title == "" || d.Version == "" || !strings.HasPrefix(d.Digest, "sha256:") || d.File != "spec/qorcommerce.yaml" {
		t.Errorf("base %q, title %q, version %q, digest %q, file %q", d.BasePath, d.Title, d.Version, d.Digest, d.File)
	}
	for _, name := range []string{"account_number", "card_number", "creditcard", "cvv", "header_value", "token"} {
		if !slices.Contains(d.SecretFields, name) {
			t.Errorf("%s is not among the secret fields %v", name, d.SecretFields)
		}
	}
}

// property finds the schema at a pointer of property names and item numbers, nil when there is none.
func property(s *openapi3.Schema, pointer string) *openapi3.Schema {
	for _, name := range Tokens(pointer) {
		if s != nil && s.Items != nil {
			s = s.Items.Value
			continue
		}
		if s == nil || s.Properties[name] == nil {
			return nil
		}
		s = s.Properties[name].Value
	}
	return s
}

func TestQorCommerceLinksLeadSomewhere(t *testing.T) {
	d := ours(t)
	var found []string
	for _, o := range d.Operations {
		for _, link := range o.Links {
			name := fmt.Sprintf("%s→%s", o.ID, link.To)
			if link.Settled {
				name += " settled"
			}
			found = append(found, name)
			to := d.Operation(link.To)
			for parameter, expression := range link.Parameters {
				if !slices.ContainsFunc(to.Parameters, func(p Parameter) bool { return p.Name == parameter }) {
					t.Errorf("%s: %s has no parameter %s", name, link.To, parameter)
				}
				leads(t, name, link, expression)
			}
			for pointer, expression := range link.Body {
				if property(to.Body.JSON().Schema.Schema, pointer) == nil {
					t.Errorf("%s: the body of %s has no %s", name, link.To, pointer)
				}
				leads(t, name, link, expression)
			}
		}
	}
	want := []string{
		"ach-credit→ach-void",
		"ach-sale→ach-refund settled", "ach-sale→ach-void",
		"payment-auth→payment-capture", "payment-auth→token-fetch", "payment-auth→transactions-fetch-one", "payment-auth→payment-void",
		"payment-auth-token→payment-capture", "payment-auth-token→transactions-fetch-one", "payment-auth-token→payment-void",
		"payment-capture→payment-refund settled", "payment-capture→transactions-fetch-one", "payment-capture→payment-void",
		"payment-refund→transactions-fetch-one",
		"payment-sale→payment-refund settled", "payment-sale→token-fetch", "payment-sale→transactions-fetch-one", "payment-sale→payment-void",
		"payment-sale-manual→payment-refund settled", "payment-sale-manual→token-fetch", "payment-sale-manual→transactions-fetch-one", "payment-sale-manual→payment-void",
		"payment-sale-token→payment-refund settled", "payment-sale-token→transactions-fetch-one", "payment-sale-token→payment-void",
		"token-ach→token-fetch",
		"token-create→payment-auth-token", "token-create→token-fetch", "token-create→transactions-fetch-profile", "token-create→payment-sale-token",
		"token-fetch→token-remove", "token-fetch→token-rotate", "token-fetch→token-update",
		"token-rotate→token-fetch",
		"webhooks-create→webhooks-remove", "webhooks-create→webhooks-update",
	}
	if !slices.Equal(found, want) {
		t.Errorf("links\n%q, want\n%q", found, want)
	}
}

// leads checks that an expression names a field or parameter of the source's request, or a field of its answer.
func leads(t *testing.T, name string, link Link, expression string) {
	t.Helper()
	if place, ok := strings.CutPrefix(expression, "$request."); ok && !strings.Contains(place, "#") {
		if !slices.ContainsFunc(link.From.Parameters, func(p Parameter) bool { return p.In+"."+p.Name == place }) {
			t.Errorf("%s: %s names nothing", name, expression)
		}
		return
	}
	kind, pointer, _ := strings.Cut(expression, "#")
	var s *openapi3.Schema
	switch kind {
	case "$request.body":
		s = link.From.Body.JSON().Schema.Schema
	case "$response.body":
		for i, r := range link.From.Responses {
			if r.Key == link.Status {
				s = link.From.Responses[i].JSON().Schema.Schema
			}
		}
	}
	if property(s, pointer) == nil {
		t.Errorf("%s: %s names nothing", name, expression)
	}
}

func TestQorCommerceConformanceNamesFieldsThatAreThere(t *testing.T) {
	d := ours(t)
	for _, id := range []string{"payment-auth", "payment-sale-manual"} {
		o := d.Operation(id)
		c, body := o.Conformance, o.Body.JSON().Schema.Schema
		for _, pointer := range append(slices.Clone(c.Amounts.Fields), c.Merchant.Field, c.Unique[0].Field) {
			if property(body, pointer) == nil {
				t.Errorf("%s: the request has no %s", id, pointer)
			}
		}
		answer := o.Response(200).JSON().Schema.Schema
		for _, outcome := range c.Outcome {
			if property(answer, outcome.Field) == nil || property(answer, outcome.Reason) == nil {
				t.Errorf("%s: the answer lacks %s or %s", id, outcome.Field, outcome.Reason)
			}
		}
		for _, pointer := range c.Error.Required {
			if property(o.Response(400).JSON().Schema.Schema, pointer) == nil {
				t.Errorf("%s: the error lacks %s", id, pointer)
			}
		}
		back := c.ReadBack[0]
		rows := property(d.Operation(back.Operation).Response(200).JSON().Schema.Schema, back.Rows)
		if rows == nil || rows.Items == nil || property(rows.Items.Value, back.Field) == nil {
			t.Errorf("%s: %s has no rows at %s with %s", id, back.Operation, back.Rows, back.Field)
		}
	}
}
