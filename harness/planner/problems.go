package planner

import (
	"slices"

	"qorcheck/harness/plan"
)

// problemCases sends a body that is no JSON, one that lacks a field and one with a
// wrong value in one case, so that the descriptions of the three problems can be
// compared.
func (d *drafter) problemCases(s subject) []*proposal {
	encoded, err := encode(s.correct.body)
	if err != nil || len(encoded) < 2 {
		return nil
	}
	p := brokenText(s, "malformed.problems", "", "the JSON body ends before its last bracket, and then other problems", string(encoded[:len(encoded)-1]))
	return []*proposal{p.completedBy(func(c *plan.Case) {
		var steps []plan.Step
		for _, keywords := range [][]string{{"required"}, {"pattern", "enum", "type"}} {
			if step, ok := d.problem(s, keywords); ok {
				steps = append(steps, step)
			}
		}
		c.Observe = append(steps, c.Observe...)
	})}
}

// problem is a request with the first provable fault of some keywords.
func (d *drafter) problem(s subject, keywords []string) (plan.Step, bool) {
	m := d.bodyMaker(s.Operation, s.Body.JSON(), s.correct.bound)
	for _, f := range d.faultsOf(s.Operation, m) {
		if f.Gap != "" || f.Reading || f.Class == "null" || f.Pointer == "" || withinMerchant(s.Operation, f.Pointer) || !slices.Contains(keywords, f.Keyword) {
			continue
		}
		made := s.correct.clone()
		made.body = f.Value
		request, err := made.request()
		if err != nil || d.certify(made, request, bodyFault(m, f)) != nil {
			continue
		}
		step := requestStep(s.Operation, request)
		step.Check = checkProblems
		return step, true
	}
	return plan.Step{}, false
}
