package cli

import (
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"qorcheck/harness/plan"
	"qorcheck/harness/verdict"
	"qorcheck/reporters"
)

func builtInCatalogue(t *testing.T) reporters.Catalogue {
	t.Helper()
	return reporters.NewCatalogue(must(builtInDescription())(t), must(builtInRequirements())(t), mutantsByRequirement())
}

// TestRequirements_Page: spec/REQUIREMENTS.md is what make requirements writes.
func TestRequirements_Page(t *testing.T) {
	var b strings.Builder
	if err := reporters.CatalogueMarkdown(&b, builtInCatalogue(t)); err != nil {
		t.Fatal(err)
	}
	if b.String() != readFile(t, filepath.Join(root, "spec", "REQUIREMENTS.md")) {
		t.Error("spec/REQUIREMENTS.md is stale: make requirements writes it anew")
	}
}

// TestRequirements_CatalogueIsComplete: each requirement has a check or says why not, each check
// a requirement, each operation a requirement of its own.
func TestRequirements_CatalogueIsComplete(t *testing.T) {
	c := builtInCatalogue(t)
	used := map[string]bool{}
	for _, q := range c.Requirements {
		used[q.Check] = true
		if (q.Check == "") != (q.Untested != "") {
			t.Errorf("%s: check %q, untested %q: one of the two is due", q.ID, q.Check, q.Untested)
		}
	}
	for _, name := range verdict.Checks() {
		if !used[name] {
			t.Errorf("no requirement is judged by the check %s", name)
		}
	}
	for _, o := range c.Operations {
		if !slices.ContainsFunc(c.Tested(), func(q reporters.Catalogued) bool { return slices.Contains(o.Requirements, q.ID) }) {
			t.Errorf("no requirement is tested on %s by name", o.Operation)
		}
	}
}

// TestRequirements_WarningsAreJustified: a requirement whose breach concerns money, access
// or an outcome is a must, or says why it is none.
func TestRequirements_WarningsAreJustified(t *testing.T) {
	list := builtInCatalogue(t).Warned()
	for _, q := range list {
		if q.Before == nil || q.Before.Why == "" {
			t.Errorf("%s concerns %s and ends in a warning: no reason is given", q.ID, q.Gravity.Words())
		}
	}
	if len(list) == 0 {
		t.Error("none is listed")
	}
}

// TestPlan_ShowsEveryStatement: each statement that the pages are read as has
// obligations in the plan of everything, or the reason why it has none.
func TestPlan_ShowsEveryStatement(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	if err := reporters.PlanText(&out, builtInPlan(t), plan.Volume{}, reporters.PlanOptions{Cases: true}); err != nil {
		t.Fatal(err)
	}
	for letter, last := range map[string]int{"S": 39, "G": 12, "P": 8, "R": 34} {
		for n := 1; n <= last; n++ {
			id := fmt.Sprintf("%s%02d", letter, n)
			if !regexp.MustCompile(`(?m)^    ` + id + `  ([1-9]\d*: [A-Z]|none: \w+ )`).MatchString(out.String()) {
				t.Errorf("%s has neither obligations nor a reason for none", id)
			}
		}
	}
	out.Reset()
	if err := reporters.PlanText(&out, planOf(t, "webhooks_list"), plan.Volume{}, reporters.PlanOptions{Cases: true, Filter: "filter operation:webhooks_list"}); err != nil || strings.Contains(out.String(), "  none: ") {
		t.Errorf("%v: the plan of one operation lists what it has nothing to do with:\n%s", err, &out)
	}
}
