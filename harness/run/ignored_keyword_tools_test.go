//go:build tools

package run_test

import (
	"context"
	"fmt"
	"maps"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"qorcheck/harness/exchange"
	"qorcheck/harness/plan"
	"qorcheck/harness/planner"
	"qorcheck/harness/run"
	"qorcheck/harness/sandbox"
	"qorcheck/harness/settings"
	"qorcheck/spec"
)

// TestEveryIgnoredKeywordIsCaught serves, for each keyword of each field of each
// request, a sandbox that ignores just that keyword there, and demands a failure
// of the requirement that the cases which break it belong to. The list is made
// from the plan's coverage, not by hand.
func TestEveryIgnoredKeywordIsCaught(t *testing.T) {
	d, err := spec.Parse(spec.BuiltInDescription(), "qorcommerce.yaml")
	if err != nil {
		t.Fatal(err)
	}
	r, err := spec.ParseRequirements(spec.BuiltInRequirements(), "requirements.yaml")
	if err != nil {
		t.Fatal(err)
	}
	f, err := settings.ParseFixtures(sandbox.Fixtures(""), "fixtures.yaml", os.LookupEnv)
	if err != nil {
		t.Fatal(err)
	}
	p, err := planner.New(d, r, f, 1)
	if err != nil {
		t.Fatal(err)
	}
	tried := map[string]int{}
	for _, row := range planner.Coverage(p) {
		mediaType, pointer := "application/json", row.Pointer
		if field, form := strings.CutPrefix(row.Pointer, "form:"); form {
			mediaType, pointer = "application/x-www-form-urlencoded", field
		}
		if row.Malformed == 0 || !strings.HasPrefix(pointer, "/") {
			continue
		}
		text, ok := without(t, row, mediaType, pointer)
		if !ok || masked(p, row, pointer) {
			continue
		}
		tried[mediaType]++
		t.Run(fmt.Sprintf("%s ignores %s at %s", row.Operation, row.Keyword, row.Pointer), func(t *testing.T) {
			t.Parallel()
			target, err := sandbox.New(sandbox.Options{Description: text})
			if err != nil {
				t.Fatal(err)
			}
			server := httptest.NewServer(target)
			defer server.Close()
			defer target.Close()
			document := certify(t, small(p, row), f, server.URL+"/v3")
			if document.ExitCode != run.ExitFail {
				t.Errorf("exit code %d: %s", document.ExitCode, document.Verdict)
			}
		})
	}
	if tried["application/json"] < 300 || tried["application/x-www-form-urlencoded"] < 20 {
		t.Errorf("only these keywords were ignored in turn: %v", tried)
	}
}

// masked tells whether something else still refuses what the keyword would: an
// enumeration a wrong type, the merchant check a wrong merchant, and the rule that
// a blank mandatory field counts as missing a blank one.
func masked(p *plan.Plan, row plan.Coverage, pointer string) bool {
	merchant := p.Description.Operation(row.Operation).Conformance.Merchant
	if merchant != nil && merchant.Field == pointer {
		return true
	}
	blankOnly := true
	for _, c := range small(p, row).Cases {
		blankOnly = blankOnly && c.Fault.Keyword == "blank"
	}
	listed := slices.ContainsFunc(planner.Coverage(p), func(other plan.Coverage) bool {
		return other.Operation == row.Operation && other.Pointer == row.Pointer && other.Keyword == "enum"
	})
	return blankOnly || listed && row.Keyword == "type"
}

// small keeps the cases that break one keyword at one place.
func small(p *plan.Plan, row plan.Coverage) *plan.Plan {
	few := *p
	pointer, form := strings.CutPrefix(row.Pointer, "form:")
	few.Cases = slices.DeleteFunc(slices.Clone(p.Cases), func(c *plan.Case) bool {
		return c.Operation != row.Operation || c.Fault == nil || c.Fault.Pointer != pointer || c.Act.Request.Form() != form ||
			c.Fault.Keyword != row.Keyword && c.Fault.Keyword != "blank"
	})
	return few.Only(func(o *plan.Obligation) bool {
		return o.Operation.ID == row.Operation && o.Requirement.Check == "status" && slices.Contains([]string{"RH-400-2", "RH-400-3"}, o.Requirement.ID)
	})
}

func certify(t *testing.T, p *plan.Plan, f *settings.Fixtures, target string) *run.Document {
	t.Helper()
	u, err := url.Parse(target)
	if err != nil {
		t.Fatal(err)
	}
	s := settings.Settings{Target: u, Fixtures: f, Concurrency: 4, Timeout: 10 * time.Second, BodyLimit: 1 << 20, RunID: "ignored"}
	client := exchange.New(s, p.Description)
	defer client.Close()
	document, err := run.Start(context.Background(), p, client, run.Options{Settings: s, AllowUnexercised: true}).Wait()
	if err != nil {
		t.Fatal(err)
	}
	return document
}

// without returns the description with one keyword taken out at one place of one
// operation's body of a media type; references on the way are replaced by copies, so that nothing else changes.
func without(t *testing.T, row plan.Coverage, mediaType, pointer string) ([]byte, bool) {
	t.Helper()
	var root map[string]any
	if err := yaml.Unmarshal(spec.BuiltInDescription(), &root); err != nil {
		t.Fatal(err)
	}
	for _, item := range root["paths"].(map[string]any) {
		for _, operation := range item.(map[string]any) {
			o, ok := operation.(map[string]any)
			if !ok || o["operationId"] != row.Operation {
				continue
			}
			body := inline(root, o, "requestBody")
			content := body["content"].(map[string]any)
			if !cut(root, inline(root, content, mediaType), "schema", spec.Tokens(pointer), row.Keyword) {
				return nil, false
			}
		}
	}
	text, err := yaml.Marshal(root)
	if err != nil {
		t.Fatal(err)
	}
	return text, true
}

// inline replaces a reference in an object's field by a copy of its target, and returns the field.
func inline(root, parent map[string]any, field string) map[string]any {
	value, _ := parent[field].(map[string]any)
	if ref, ok := value["$ref"].(string); ok {
		target, _ := spec.Lookup(root, strings.TrimPrefix(ref, "#"))
		value, _ = target.(map[string]any)
	}
	copied := maps.Clone(value)
	parent[field] = copied
	return copied
}

// cut takes a keyword out of the schema at a place below a field.
func cut(root, parent map[string]any, field string, tokens []string, keyword string) bool {
	s := inline(root, parent, field)
	if s == nil {
		return false
	}
	done := false
	for _, list := range []string{"allOf"} {
		parts, _ := s[list].([]any)
		copied := slices.Clone(parts)
		for i := range copied {
			holder := map[string]any{"part": copied[i]}
			if cut(root, holder, "part", tokens, keyword) {
				done = true
			}
			copied[i] = holder["part"]
		}
		if parts != nil {
			s[list] = copied
		}
	}
	if len(tokens) == 0 {
		if _, there := s[keyword]; there && keyword != "required" {
			delete(s, keyword)
			done = true
		}
		return done
	}
	if keyword == "required" && len(tokens) == 1 {
		names, _ := s["required"].([]any)
		if slices.Contains(names, any(tokens[0])) {
			s["required"] = slices.DeleteFunc(slices.Clone(names), func(n any) bool { return n == tokens[0] })
			done = true
		}
		return done
	}
	if properties, ok := s["properties"].(map[string]any); ok && properties[tokens[0]] != nil {
		properties = maps.Clone(properties)
		s["properties"] = properties
		done = cut(root, properties, tokens[0], tokens[1:], keyword) || done
	}
	return done
}
