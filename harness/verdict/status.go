package verdict

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"qorcheck/harness/plan"
	"qorcheck/spec"
)

// status judges whether the response is exactly the one that the case must get:
// its status, and how it says that the request ended.
func status(v View) Observation { return v.status(v.Case.Fault) }

// status judges a response to a request that has a fault, nil for a correct one.
func (v View) status(fault *plan.Fault) Observation {
	got := v.Answer.Status
	if slices.Contains(v.Expect.Statuses, got) {
		seen := Observation{Exercised: true, Findings: ending(v)}
		if v.isAct() && v.Case != nil {
			seen.Note = v.Case.LeftOut
		}
		return seen
	}
	if note, ok := v.tolerable(); ok && v.Case != nil && v.Case.AboutID {
		return Observation{Exercised: true, Note: note}
	}
	if unclear := v.invented(); unclear != nil {
		return Observation{Unclear: unclear}
	}
	if note, ok := v.tolerable(); ok {
		return Observation{Exercised: true, Note: note}
	}
	finding := Finding{Rule: WrongStatus, Deviation: Status, Status: got, Wanted: statuses(v.Expect.Statuses), Correct: v.Expect.Handling == plan.Accepted}
	if v.Operation.Response(got) == nil {
		finding.Rule = UndocumentedStatus
	}
	if got/100 == 2 {
		finding.Words = outcomeWords(v)
	}
	if fault != nil {
		finding.Fault = &Fault{fault.Pointer, fault.Keyword, fault.Sent, fault.Allowed}
	}
	return Observation{Exercised: true, Findings: []Finding{finding}}
}

// ending judges how a response that carried the request out says that it ended.
func ending(v View) []Finding {
	want := v.Expect.Ending
	if want == "" || len(v.Operation.Conformance.Outcome) == 0 {
		return nil
	}
	var findings []Finding
	said := false
	for _, t := range v.Operation.OutcomeValues(v.Body.Value) {
		if t.Ending == want {
			said = true
			continue
		}
		findings = append(findings, Finding{
			Rule: OutcomeWord, Deviation: Value, Status: v.Answer.Status, Pointer: t.Outcome.Field,
			Wanted: wordsOf(t.Outcome, want), Got: strconv.Quote(t.Word),
			Given: []Fact{{"wanted outcome", string(want)}, {"outcome", string(t.Ending)}}, Correct: v.Expect.Handling == plan.Accepted,
		})
	}
	if want != spec.Succeeded && !said && len(findings) == 0 {
		findings = append(findings, Finding{
			Rule: OutcomeAbsent, Deviation: Missing, Status: v.Answer.Status,
			Pointer: v.Operation.Conformance.Outcome[0].Field, Given: []Fact{{"wanted outcome", string(want)}},
		})
	}
	return findings
}

func wordsOf(o spec.Outcome, ending spec.Ending) []string {
	return map[spec.Ending][]string{spec.Succeeded: o.Success, spec.Refused: o.Refused, spec.Errored: o.Error}[ending]
}

// outcomeWords lists what a body says of how its request ended.
func outcomeWords(v View) []Fact {
	var list []Fact
	for _, t := range v.Operation.OutcomeValues(v.Body.Value) {
		list = append(list, Fact{t.Outcome.Field, strconv.Quote(t.Word)})
	}
	return list
}

// tolerable reports whether the response is a tolerated one, and why.
func (v View) tolerable() (note string, ok bool) {
	return tolerated(v.Expect.Tolerated, v.Answer.Status, v.Body.Value)
}

// tolerated reports whether a response is a tolerated one, and why. One that breaks
// another requirement has no note: that requirement has a finding.
func tolerated(list []spec.Tolerance, got int, body any) (note string, ok bool) {
	t, ok := toleranceOf(list, got, body)
	if !ok || len(t.Breaks) > 0 {
		return "", ok
	}
	return fmt.Sprintf("%d is tolerated%s: %s", got, byName(t.Name), t.Why), true
}

// byName is the name of a tolerance as notes give it, "" without one.
func byName(name string) string {
	if name == "" {
		return ""
	}
	return " (" + name + ")"
}

// toleranceOf returns the tolerance that a response falls under.
func toleranceOf(list []spec.Tolerance, got int, body any) (spec.Tolerance, bool) {
	for _, t := range list {
		if t.Status != got {
			continue
		}
		matches := true
		for pointer, word := range t.Where {
			value, _ := spec.Lookup(body, pointer)
			s, _ := value.(string)
			matches = matches && strings.EqualFold(s, word)
		}
		if matches {
			return t, true
		}
	}
	return spec.Tolerance{}, false
}

// preferred judges whether the response is an expected one where another is
// tolerated that breaks the requirement.
func preferred(v View) Observation {
	breaks := func(t spec.Tolerance) bool {
		return v.Requirement != nil && slices.Contains(t.Breaks, v.Requirement.ID)
	}
	if !slices.ContainsFunc(v.Expect.Tolerated, breaks) {
		return Observation{}
	}
	got := v.Answer.Status
	t, ok := toleranceOf(v.Expect.Tolerated, got, v.Body.Value)
	switch {
	case ok && breaks(t):
		return Observation{Exercised: true, Findings: []Finding{{
			Rule: PreferredStatus, Deviation: Status, Status: got, Wanted: statuses(v.Expect.Statuses), Given: append([]Fact{{"reason", t.Why}}, marksOf(t)...),
		}}}
	case ok && len(t.Breaks) == 0:
		note, _ := v.tolerable()
		return Observation{Exercised: true, Note: note}
	case !ok && slices.Contains(v.Expect.Statuses, got):
		return Observation{Exercised: true}
	}
	return Observation{} // another requirement judges it
}

// marksOf are the values of the body by which a tolerance is known beside its status, by
// their pointers.
func marksOf(t spec.Tolerance) []Fact {
	var list []Fact
	for _, pointer := range slices.Sorted(maps.Keys(t.Where)) {
		list = append(list, Fact{pointer, t.Where[pointer]})
	}
	return list
}

func statuses(list []int) []string {
	texts := make([]string, len(list))
	for i, s := range list {
		texts[i] = strconv.Itoa(s)
	}
	return texts
}

// documentedStatus judges whether the description documents the status at all. One that
// the case tolerates passes, and an expected one where the request is none of the
// operation, or accepts nothing that it has: elsewhere an expectation of the list does not document it.
func documentedStatus(v View) Observation {
	got := v.Answer.Status
	if len(v.Operation.Responses) == 0 {
		return Observation{Unclear: &Obstacle{Kind: NoStatuses}}
	}
	elsewhere := v.Case != nil && slices.Contains([]string{"not-found.path", "not-found.method", "unauthenticated.unknown-path", plan.KindForeignAccept}, v.Case.Kind)
	if v.Operation.Response(got) != nil || elsewhere && slices.Contains(v.Expect.Statuses, got) {
		return Observation{Exercised: true}
	}
	if note, ok := v.tolerable(); ok {
		return Observation{Exercised: true, Note: note}
	}
	if v.absent() {
		return Observation{Exercised: true, Note: fmt.Sprintf("%d is not documented: the request names something that nothing shows to exist", got)}
	}
	var keys []string
	for _, r := range v.Operation.Responses {
		keys = append(keys, r.Key)
	}
	return Observation{Exercised: true, Findings: []Finding{{Rule: DocumentedStatus, Deviation: Status, Status: got, Wanted: keys}}}
}
