package verdict

import (
	"slices"
	"strconv"

	"qorcheck/spec"
)

// reason judges that each word of refusal or error comes with its reason. A
// response that states neither exercises nothing.
func reason(v View) Observation {
	seen := Observation{}
	for _, t := range v.Operation.OutcomeValues(v.Body.Value) {
		if t.Ending != spec.Refused && t.Ending != spec.Errored || !v.concerns(t.Ending) {
			continue
		}
		seen.Exercised = true
		if _, deviation := textAt(v.Body.Value, t.Outcome.Reason); deviation != 0 && v.reasonElsewhere(t.Outcome) == "" {
			seen.Findings = append(seen.Findings, v.reasonFinding(ReasonGiven, deviation, t))
		}
	}
	return seen
}

// reasonElsewhere returns the other name under which a reason stands, "" for none.
func (v View) reasonElsewhere(o spec.Outcome) string {
	for _, pointer := range o.OtherReasons {
		if _, deviation := textAt(v.Body.Value, pointer); deviation == 0 {
			return pointer
		}
	}
	return ""
}

// reasonName judges that a reason stands under the preferred name where there are
// others.
func reasonName(v View) Observation {
	seen := Observation{}
	for _, t := range v.Operation.OutcomeValues(v.Body.Value) {
		if t.Ending != spec.Refused && t.Ending != spec.Errored || len(t.Outcome.OtherReasons) == 0 {
			continue
		}
		_, deviation := textAt(v.Body.Value, t.Outcome.Reason)
		other := v.reasonElsewhere(t.Outcome)
		seen.Exercised = seen.Exercised || deviation == 0 || other != ""
		if deviation != 0 && other != "" {
			seen.Findings = append(seen.Findings, Finding{Rule: ReasonName, Deviation: deviation, Status: v.Answer.Status, Pointer: t.Outcome.Reason, Got: other})
		}
	}
	return seen
}

// outcomeField judges that a response states its outcome in each of the fields
// that the description names.
func outcomeField(v View) Observation {
	if _, object := v.Body.Value.(map[string]any); !object {
		return Observation{}
	}
	if _, ok := v.tolerable(); ok && !slices.Contains(v.Expect.Statuses, v.Answer.Status) {
		return Observation{} // a response of another kind
	}
	seen := Observation{}
	for _, o := range v.Operation.Conformance.Outcome {
		seen.Exercised = true
		if _, there := spec.Lookup(v.Body.Value, o.Field); !there {
			seen.Findings = append(seen.Findings, Finding{Rule: OutcomeUnsaid, Deviation: Missing, Status: v.Answer.Status, Pointer: o.Field})
		}
	}
	return seen
}

// noReason judges that a success gives no reason for a refusal.
func noReason(v View) Observation {
	return onSuccess(v, func(value any, there bool) (applies, wrong bool) { return true, there && isReason(value) })
}

// noReasonField judges that a success omits the field for the reason. A field
// with a reason in it is judged by noReason.
func noReasonField(v View) Observation {
	return onSuccess(v, func(value any, there bool) (applies, wrong bool) { return !isReason(value), there })
}

// reasonFinding is a finding on the reason that goes with an outcome.
func (v View) reasonFinding(rule Rule, deviation Deviation, t spec.OutcomeValue) Finding {
	return Finding{
		Rule: rule, Deviation: deviation, Status: v.Answer.Status, Pointer: t.Outcome.Reason,
		Got: valueAt(v.Body.Value, t.Outcome.Reason), Given: []Fact{{t.Outcome.Field, strconv.Quote(t.Word)}},
	}
}

func isReason(value any) bool {
	s, isText := value.(string)
	return value != nil && (!isText || !spec.Blank(s))
}

func onSuccess(v View, judge func(value any, there bool) (applies, wrong bool)) Observation {
	seen := Observation{}
	for _, t := range v.Operation.OutcomeValues(v.Body.Value) {
		if t.Ending != spec.Succeeded || t.Outcome.Otherwise != "absent" {
			continue
		}
		applies, wrong := judge(spec.Lookup(v.Body.Value, t.Outcome.Reason))
		seen.Exercised = seen.Exercised || applies
		if applies && wrong {
			seen.Findings = append(seen.Findings, v.reasonFinding(ReasonAbsent, Surplus, t))
		}
	}
	return seen
}
