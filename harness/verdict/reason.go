package verdict

import (
	"fmt"
	"strings"

	"qorcheck/spec"
)

// reason judges that each word of refusal or error comes with its reason. An
// answer that tells of neither exercises nothing.
func reason(v View) Observation {
	seen := Observation{}
	for _, t := range v.Operation.OutcomeValues(v.Body.Value) {
		if t.Ending != spec.Refused && t.Ending != spec.Errored {
			continue
		}
		seen.Exercised = true
		if _, problem := text(v.Body.Value, t.Outcome.Reason); problem != "" {
			seen.Findings = append(seen.Findings, Finding{
				Pointer: t.Outcome.Reason, Keyword: "reason",
				Expected: fmt.Sprintf("%s, a string that is not blank, because %s is %q", t.Outcome.Reason, t.Outcome.Field, t.Word),
				Received: problem,
			})
		}
	}
	return seen
}

// noReason judges that a success tells of no refusal: its reason has no text.
func noReason(v View) Observation {
	return onSuccess(v, func(value any, there bool) (speaks, wrong bool) { return true, there && tellsReason(value) })
}

// noReasonField judges that a success leaves the field for the reason out. Of a
// field with a reason in it noReason tells.
func noReasonField(v View) Observation {
	return onSuccess(v, func(value any, there bool) (speaks, wrong bool) { return !tellsReason(value), there })
}

func tellsReason(value any) bool {
	s, isText := value.(string)
	return value != nil && (!isText || strings.TrimSpace(s) != "")
}

func onSuccess(v View, judge func(value any, there bool) (speaks, wrong bool)) Observation {
	seen := Observation{}
	for _, t := range v.Operation.OutcomeValues(v.Body.Value) {
		if t.Ending != spec.Succeeded || t.Outcome.Otherwise != "absent" {
			continue
		}
		speaks, wrong := judge(spec.Lookup(v.Body.Value, t.Outcome.Reason))
		seen.Exercised = seen.Exercised || speaks
		if speaks && wrong {
			seen.Findings = append(seen.Findings, Finding{
				Pointer: t.Outcome.Reason, Keyword: "reason",
				Expected: fmt.Sprintf("no %s, because %s is %q", t.Outcome.Reason, t.Outcome.Field, t.Word),
				Received: received(v.Body.Value, t.Outcome.Reason),
			})
		}
	}
	return seen
}
