package verdict

import (
	"net/http"

	"qorcheck/harness/exchange"
	"qorcheck/harness/plan"
)

// prepared judges that correct requests are carried out also where they prepare a case,
// or observe what became of it. That of the act is the matter of status.
func prepared(v View) Observation {
	if v.Answer.Status/100 == 2 && v.Expect.Handling == plan.Accepted {
		return Observation{Exercised: true}
	}
	if v.Transcript == nil || v.Expect.Handling != "" {
		return Observation{}
	}
	t := v.Transcript
	for i, r := range append(t.Prepare[:len(t.Prepare):len(t.Prepare)], t.Observe...) {
		if r.Answer != v.Answer || !correct(r, i < len(t.Prepare)) {
			continue
		}
		seen := Observation{Exercised: v.Answer.Status/100 == 2}
		if s := v.Answer.Status; s >= 400 && (s != http.StatusNotFound || i == 0) { // later ones may name what an earlier one gave wrong
			seen.Exercised = true
			seen.Findings = []Finding{{Rule: CorrectRefused, Deviation: Status, Status: s, Correct: true}}
		}
		return seen
	}
	return Observation{}
}

// correct reports whether a step other than the act is a correct request that nothing
// else is expected of.
func correct(r exchange.Record, preparing bool) bool {
	return !r.Step.Guessed && r.Step.Expect == nil && r.Step.Await == nil && r.Step.Ends == "" && (preparing || r.Step.Check == plan.KindFlow)
}
