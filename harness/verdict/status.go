package verdict

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"qorcheck/spec"
)

// status judges whether the answer is exactly the one that the case must get:
// its status, and how it says that the request ended.
func status(v View) Observation {
	got := v.Answer.Status
	expect := v.Expect
	if !slices.Contains(expect.Statuses, got) {
		if note, ok := tolerated(expect.Tolerated, got, v.Body.Value); ok {
			return Observation{Exercised: true, Note: note}
		}
		finding := Finding{Expected: "status " + listStatuses(expect.Statuses), Received: fmt.Sprintf("status %d", got)}
		if v.Operation.Response(got) == nil {
			finding.Received += ", which the description does not document"
		}
		if got/100 == 2 {
			finding.Received += told(v)
		}
		if f := v.Case.Fault; f != nil {
			finding.Expected += fmt.Sprintf(", because %s breaks %s (sent: %s; allowed: %s)", place(f.Pointer), f.Keyword, f.Sent, f.Allowed)
		}
		return Observation{Exercised: true, Findings: []Finding{finding}}
	}
	return Observation{Exercised: true, Findings: ending(v)}
}

// ending judges how an answer that carried the request out says that it ended.
func ending(v View) []Finding {
	want := v.Expect.Ending
	if want == "" || len(v.Operation.Conformance.Outcome) == 0 {
		return nil
	}
	heard := v.Operation.OutcomeValues(v.Body.Value)
	var findings []Finding
	said := false
	for _, t := range heard {
		if t.Ending == want {
			said = true
			continue
		}
		findings = append(findings, Finding{
			Pointer: t.Outcome.Field, Keyword: "outcome",
			Expected: fmt.Sprintf("%s that tells of %s%s", t.Outcome.Field, want, wordsOf(t.Outcome, want)),
			Received: fmt.Sprintf("%q, which tells of %s", t.Word, t.Ending),
		})
	}
	if want != spec.Succeeded && !said && len(findings) == 0 {
		findings = append(findings, Finding{
			Pointer: v.Operation.Conformance.Outcome[0].Field, Keyword: "outcome",
			Expected: "a body that tells of " + string(want), Received: "a body that tells of no outcome",
		})
	}
	return findings
}

func wordsOf(o spec.Outcome, ending spec.Ending) string {
	words := map[spec.Ending][]string{spec.Succeeded: o.Success, spec.Refused: o.Refused, spec.Errored: o.Error}[ending]
	if len(words) == 0 {
		return ""
	}
	return " (" + strings.Join(words, ", ") + ")"
}

// told sums up what a body says of the outcome, for a reader.
func told(v View) string {
	var parts []string
	for _, t := range v.Operation.OutcomeValues(v.Body.Value) {
		parts = append(parts, fmt.Sprintf("%s %q", t.Outcome.Field, t.Word))
	}
	if len(parts) == 0 {
		return ""
	}
	return " with " + strings.Join(parts, ", ")
}

func tolerated(list []spec.Tolerance, got int, body any) (string, bool) {
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
			return fmt.Sprintf("%d is tolerated: %s", got, t.Why), true
		}
	}
	return "", false
}

func listStatuses(list []int) string {
	parts := make([]string, len(list))
	for i, s := range list {
		parts[i] = strconv.Itoa(s)
	}
	return strings.Join(parts, " or ")
}

func place(pointer string) string {
	if pointer == "" {
		return "the body"
	}
	return pointer
}

// documentedStatus judges whether the description documents the status at all.
// A status that the case tolerates is let pass.
func documentedStatus(v View) Observation {
	got := v.Answer.Status
	if len(v.Operation.Responses) == 0 {
		return Observation{Unclear: "the description documents no status"}
	}
	if v.Operation.Response(got) != nil || slices.Contains(v.Expect.Statuses, got) {
		return Observation{Exercised: true}
	}
	if note, ok := tolerated(v.Expect.Tolerated, got, v.Body.Value); ok {
		return Observation{Exercised: true, Note: note}
	}
	var keys []string
	for _, r := range v.Operation.Responses {
		keys = append(keys, r.Key)
	}
	return Observation{Exercised: true, Findings: []Finding{{
		Expected: "a documented status: " + strings.Join(keys, ", "), Received: fmt.Sprintf("status %d", got),
	}}}
}
