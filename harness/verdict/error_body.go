package verdict

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// errorBody judges whether a rejection carries what the description's error block
// promises; without that block it judges the documented schema.
func errorBody(v View) Observation {
	promised := v.Operation.Conformance.Error
	if promised == nil {
		return schema(v)
	}
	if v.head() {
		return Observation{}
	}
	if v.Body.Truncated {
		return Observation{Unclear: "the body is " + v.Body.Fault}
	}
	seen := Observation{Exercised: true}
	if v.Body.Fault != "" {
		received := v.Body.Fault
		if m := mediaTypeOf(v.Answer); m != "" {
			received += " (media type " + m + ")"
		}
		seen.Findings = append(seen.Findings, Finding{Expected: "a JSON error message with " + strings.Join(promised.Required, ", "), Received: received})
		return seen
	}
	for _, pointer := range promised.Required {
		if _, problem := text(v.Body.Value, pointer); problem != "" {
			seen.Findings = append(seen.Findings, Finding{Pointer: pointer, Keyword: "required", Expected: pointer + ", a string that is not blank", Received: problem})
		}
	}
	for _, pointer := range slices.Sorted(maps.Keys(promised.Fixed)) {
		word := promised.Fixed[pointer]
		got, problem := text(v.Body.Value, pointer)
		switch {
		case problem != "" && !slices.Contains(promised.Required, pointer): // else it is told already
			seen.Findings = append(seen.Findings, Finding{Pointer: pointer, Keyword: "required", Expected: fmt.Sprintf("%s %q", pointer, word), Received: problem})
		case problem == "" && !strings.EqualFold(got, word):
			seen.Findings = append(seen.Findings, Finding{Pointer: pointer, Keyword: "enum", Expected: fmt.Sprintf("%s %q", pointer, word), Received: fmt.Sprintf("%q", got)})
		}
	}
	return seen
}
