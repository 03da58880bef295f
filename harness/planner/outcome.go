package planner

import (
	"fmt"
	"reflect"

	"qorcheck/harness/plan"
	"qorcheck/spec"
)

// outcomeCases makes correct requests with the test data that provoke a refusal,
// an error or a failure of the platform.
func (d *drafter) outcomeCases(s subject) []*proposal {
	groups := d.groupsOf(s.Operation)
	var list []*proposal
	if len(groups) == 0 {
		for _, kind := range []string{"outcome.refused", "outcome.error", "outcome.internal", "outcome.reasons"} {
			list = append(list, s.missing(kind, d.missingTriggers(s.Operation)))
		}
	}
	for _, group := range groups {
		refused := d.fixtures.Triggers[group].Refused
		for i := range refused {
			list = append(list, d.outcomeCase(s, "outcome.refused", fmt.Sprintf("%s-%d", group, i+1), refusal(group, i)))
		}
		list = append(list, d.reasonsCase(s, group))
		if len(refused) == 0 {
			list = append(list, s.missing("outcome.refused", d.missingTrigger(group, "refused")))
		}
		for _, name := range []string{"error", "internal"} {
			kind, data := "outcome."+name, testData{group, name}
			if d.dataOf(data) == nil {
				list = append(list, s.missing(kind, d.missingTrigger(group, name)))
				continue
			}
			list = append(list, d.outcomeCase(s, kind, group, data))
		}
	}
	return list
}

// refusal names the test data of a group that are refused, by number.
func refusal(group string, i int) testData { return testData{group, fmt.Sprintf("refused[%d]", i)} }

// withTestData describes a correct request that provokes an outcome.
func withTestData(t testData) string {
	return fmt.Sprintf("a correct request with the test data triggers.%s.%s", t.group, t.name)
}

// outcomeCase makes a correct request with test data that provoke an outcome.
func (d *drafter) outcomeCase(s subject, kind, what string, t testData) *proposal {
	steps, bound, err := d.provoke(s.Operation, t)
	if err != nil {
		return s.missing(kind, err.Error())
	}
	p := s.propose(kind, what, withTestData(t), d.draft(s.Operation, recipe{trigger: t, bound: bound, needs: echoed(s.Operation)})).preparedBy(steps)
	if !reflect.DeepEqual(s.correct.bound, bound) {
		p.correct = nil // it would need a preparation of its own
	}
	return p
}

// echoed lists the fields of a request whose values every response repeats.
func echoed(o *spec.Operation) []string {
	var list []string
	for _, e := range o.Conformance.Echo {
		list = append(list, e.Request)
	}
	return list
}

// reasonsCase provokes all refusals and errors of a kind of payment in one case, so
// that their reasons can be compared.
func (d *drafter) reasonsCase(s subject, group string) *proposal {
	const kind = "outcome.reasons"
	triggers := d.failing(group)
	if len(triggers) < 2 || len(d.fixtures.Triggers[group].Refused) == 0 {
		return s.missing(kind, d.missingTrigger(group, "refused, at least two that are refused for different causes"))
	}
	steps, bound, err := d.provoke(s.Operation, triggers[0])
	if err != nil {
		return s.missing(kind, err.Error())
	}
	first := d.draft(s.Operation, recipe{trigger: triggers[0], bound: bound})
	p := s.propose(kind, group, "correct requests with all test data of triggers."+group+" that are refused", first)
	return p.preparedBy(steps).completedBy(func(c *plan.Case) {
		for i, t := range triggers[1:] {
			request, err := d.draft(s.Operation, recipe{trigger: t, suffix: fmt.Sprintf("_R%d", i+2), bound: bound}).request()
			if err == nil {
				step := requestStep(s.Operation, request)
				step.Check = checkReasons
				c.Observe = append(c.Observe, step)
			}
		}
	})
}

// failing lists the test data of a group that are refused or end in an error.
func (d *drafter) failing(group string) []testData {
	var list []testData
	for i := range d.fixtures.Triggers[group].Refused {
		list = append(list, refusal(group, i))
	}
	if d.fixtures.Triggers[group].Error != nil {
		list = append(list, testData{group, "error"})
	}
	return list
}
