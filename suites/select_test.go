package suites

import (
	"slices"
	"strings"
	"testing"

	"github.com/onsi/ginkgo/v2/types"

	"qorcheck/harness/plan"
	"qorcheck/spec"
)

func TestSelect(t *testing.T) {
	p := promise(t)
	operation := func(id string) func(*plan.Obligation) bool {
		return func(o *plan.Obligation) bool { return o.Operation.ID == id }
	}
	for _, tt := range []struct {
		claim, filter string
		keeps         func(*plan.Obligation) bool // nil: an error
		says          string
	}{
		{"no filter keeps all", "", func(*plan.Obligation) bool { return true }, ""},
		{"white space keeps all", " \t", func(*plan.Obligation) bool { return true }, ""},
		{"an operation", "operation:payment-capture", operation("payment-capture"), ""},
		{"a requirement", "requirement:RH-401-1", func(o *plan.Obligation) bool { return o.Requirement.ID == "RH-401-1" }, ""},
		{"a level", "level:should", func(o *plan.Obligation) bool { return o.Requirement.Level == spec.Should }, ""},
		{"a chapter", "chapter:outcomes", func(o *plan.Obligation) bool { return o.Requirement.Chapter == "outcomes" }, ""},
		{"a kind", "kind:malformed.syntax", func(o *plan.Obligation) bool { return slices.Contains(o.Requirement.Cases, "malformed.syntax") }, ""},
		{"a kind by what it begins with", "kind:malformed", func(o *plan.Obligation) bool {
			return slices.ContainsFunc(o.Requirement.Cases, func(k string) bool { return strings.HasPrefix(k, "malformed") })
		}, ""},
		{"every kind", "kind:any", func(o *plan.Obligation) bool { return len(o.Requirement.Cases) == 0 }, ""},
		{"both of two", "operation:payment-capture && requirement:RH-401-1", func(o *plan.Obligation) bool { return o.ID == "payment-capture.RH-401-1" }, ""},
		{"either of two, and not a third", "(operation:payment-capture || operation:payment-void) && !kind:malformed", func(o *plan.Obligation) bool {
			return (o.Operation.ID == "payment-capture" || o.Operation.ID == "payment-void") && !slices.Contains(labels(o), "kind:malformed")
		}, ""},
		{"an expression", "/^operation:payment-(capture|void)$/", func(o *plan.Obligation) bool {
			return o.Operation.ID == "payment-capture" || o.Operation.ID == "payment-void"
		}, ""},
		{"a set", "operation: containsAny {payment-capture, payment-void}", func(o *plan.Obligation) bool {
			return o.Operation.ID == "payment-capture" || o.Operation.ID == "payment-void"
		}, ""},
		{"nothing matches", "operation:payment-captures", nil, `--filter "operation:payment-captures": none of the `},
		{"half a name matches nothing", "operation:payment", nil, "none of the"},
		{"what excludes itself matches nothing", "level:must && !level:must", nil, "none of the"},
		{"half an expression", "operation:payment-capture &&", nil, `--filter "operation:payment-capture &&": `},
		{"a bracket too few", "(level:must", nil, "must be in Ginkgo's label syntax"},
		{"a bad expression", "/(/", nil, "must be in Ginkgo's label syntax"},
		{"two operators", "a && || b", nil, "must be in Ginkgo's label syntax"},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			got, err := Select(p, tt.filter)
			if tt.keeps == nil {
				if err == nil || !strings.Contains(err.Error(), tt.says) || !strings.Contains(err.Error(), tt.filter) || got != nil {
					t.Fatalf("got %v", err)
				}
				if strings.ContainsAny(err.Error(), "\x1b\n") || strings.Contains(err.Error(), "Syntax Error Parsing") {
					t.Errorf("not a sentence: %q", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			var want, have []string
			for _, o := range p.Obligations {
				if tt.keeps(o) {
					want = append(want, o.ID)
				}
			}
			for _, o := range got.Obligations {
				have = append(have, o.ID)
			}
			if !slices.Equal(have, want) || len(have) == 0 {
				t.Errorf("kept %v, want %v", have, want)
			}
			for _, c := range got.Cases {
				if len(c.Obligations) == 0 || slices.ContainsFunc(c.Obligations, func(id string) bool { return !slices.Contains(want, id) }) {
					t.Errorf("case %s serves %v", c.ID, c.Obligations)
				}
			}
			if whole := strings.TrimSpace(tt.filter) == ""; (got.Digest == p.Digest) != whole {
				t.Errorf("digest %s, that of the whole plan is %s", got.Digest, p.Digest)
			}
		})
	}
	if n := len(promise(t).Obligations); n != len(p.Obligations) {
		t.Error("selecting changed the plan")
	}
}

func TestLabels_AreAcceptedByGinkgo(t *testing.T) {
	check := func(o *plan.Obligation) {
		t.Helper()
		seen := map[string]bool{}
		for _, l := range labels(o) {
			if clean, err := types.ValidateAndCleanupLabel(l, types.CodeLocation{}); err != nil || clean != l {
				t.Errorf("%s: label %q: %v", o.ID, l, err)
			}
			if seen[l] {
				t.Errorf("%s: label %q twice", o.ID, l)
			}
			seen[l] = true
		}
	}
	for _, o := range promise(t).Obligations {
		check(o)
	}
	q := &spec.Requirement{ID: "R-1", Level: spec.Must, Chapter: "statuses"}
	for _, id := range []string{"POST /pay", "a&b|c!d,e(f)g/h:i j", "pay(v2)", ":"} {
		o := &plan.Obligation{ID: "o", Operation: &spec.Operation{ID: id}, Requirement: q}
		check(o)
		p := &plan.Plan{Obligations: []*plan.Obligation{o}}
		if got, err := Select(p, "operation:"+label(id)); err != nil || len(got.Obligations) != 1 {
			t.Errorf("%s is not found by its label: %v", id, err)
		}
	}
	o := &plan.Obligation{Operation: &spec.Operation{ID: "pay"}, Requirement: &spec.Requirement{ID: "R-1", Level: spec.Must, Chapter: "statuses", Cases: []string{"forbidden.merchant.other", "forbidden.pair"}}}
	want := []string{"operation:pay", "requirement:R-1", "level:must", "chapter:statuses", "kind:forbidden.merchant.other", "kind:forbidden.merchant", "kind:forbidden", "kind:forbidden.pair"}
	if got := labels(o); !slices.Equal(got, want) {
		t.Errorf("got %v", got)
	}
}
