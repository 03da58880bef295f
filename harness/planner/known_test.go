package planner

import (
	"slices"
	"strings"
	"testing"

	"qorcheck/harness/plan"
)

// knownPlan plans the refund of standin_test.go in an environment that settles nothing
// and has some settled sales.
func knownPlan(t *testing.T, fixture string) *plan.Plan {
	t.Helper()
	return planned(t, described(t, strings.Replace(settledRefund, "x-settled: true", "x-settled: true, x-known: settled", 1)), requirements(t,
		rule("R-OK", "all", "valid.required", "success")+rule("R-EXTRA", "all", "valid.extra", "success")+rule("R-BAD", "all", "malformed", `"400"`)+
			rule("R-NONE", "all", "not-found.id", `"404"`)+rule("R-TRACE", "all", "malformed", plan.CheckNoTrace)+
			`  - id: FL-TWICE
    level: must
    chapter: ch
    clause: {page: p, text: t}
    sentence: refunds once
    operations: [refund]
    check: flow
    flows:
      - {id: twice, why: twice, steps: [{name: sold, do: sale}, {do: settle}, {do: refund, of: sold}, {do: refund, of: sold, expect: {statuses: ["404"]}}]}
`), fixtures(t, fixture))
}

func TestKnown(t *testing.T) {
	const three = "known: {settled: [{id: '11111111', may: [refund]}, {id: '22222222'}, {id: '33333333', may: [refund, sale]}, {id: '44444444', may: [refund]}]}"
	for _, tt := range []struct {
		claim, fixture string
		lacks          map[string]string // by obligation; the others lack nothing
		used           string            // the numbers of those that are used
	}{
		{"none is known", "", map[string]string{"R-OK": "settle", "R-EXTRA": "settle", "R-TRACE": "settle", "FL-TWICE": "settle"}, ""},
		{"none may be changed", "known: {settled: '11111111'}", map[string]string{"R-OK": "settle", "R-EXTRA": "settle", "R-TRACE": "settle", "FL-TWICE": "known.settled"}, ""},
		{"another name", "known: {sold: [{id: '11111111', may: [refund]}]}", map[string]string{"R-OK": "settle", "R-EXTRA": "settle", "R-TRACE": "settle", "FL-TWICE": "settle"}, ""},
		{"one is enough for one case", "known: {settled: [{id: '11111111', may: [refund]}]}", map[string]string{"R-EXTRA": "known.settled", "R-TRACE": "settle", "R-OK": "known.settled"}, "1"},
		{"enough, each used once", three, map[string]string{"R-TRACE": "settle"}, "134"},
		{"where transactions can be settled none is used", three + "\nsettle: {method: POST, url: /settle}", nil, ""}, // without a read-back in the description R-TRACE is not applicable
	} {
		t.Run(tt.claim, func(t *testing.T) {
			p := knownPlan(t, tt.fixture)
			for _, id := range []string{"R-OK", "R-EXTRA", "R-BAD", "R-NONE", "R-TRACE", "FL-TWICE"} {
				o := p.Obligation("refund." + id)
				if want := tt.lacks[id]; !strings.Contains(o.Lacks, want) || (want == "") != (o.Lacks == "") {
					t.Errorf("%s: lacks %q, want %q", id, o.Lacks, want)
				}
				if strings.Contains(o.Lacks, "add to f.yaml") != (len(o.Missing) > 0) {
					t.Errorf("%s: lacks %q, lines %v", id, o.Lacks, o.Missing)
				}
			}
			var used []string
			for _, c := range p.Cases {
				for _, s := range c.Steps() {
					for _, h := range s.Request.Body.Placeholders() {
						if h.Source == plan.FromKnown && !slices.Contains(used, h.Args[1]+" "+c.ID) {
							used = append(used, h.Args[1]+" "+c.ID)
						}
					}
				}
			}
			slices.Sort(used)
			numbers := ""
			for _, one := range used {
				numbers += one[:1]
			}
			if numbers != tt.used {
				t.Errorf("used: %v", used)
			}
		})
	}
}
