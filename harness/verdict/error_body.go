package verdict

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// errorBody judges whether a rejection carries what the description's error block
// promises; without that block it judges the documented schema.
func errorBody(v View) Saw {
	promised := v.Operation.Conformance.Error
	if promised == nil {
		return schema(v)
	}
	if v.head() {
		return Saw{}
	}
	if v.Body.Truncated {
		return Saw{Unclear: "the body is " + v.Body.Fault}
	}
	saw := Saw{Exercised: true}
	if v.Body.Fault != "" {
		received := v.Body.Fault
		if m := mediaTypeOf(v.Answer); m != "" {
			received += " (media type " + m + ")"
		}
		saw.Findings = append(saw.Findings, Finding{Expected: "a JSON error message with " + strings.Join(promised.Required, ", "), Received: received})
		return saw
	}
	for _, pointer := range promised.Required {
		if _, problem := text(v.Body.Value, pointer); problem != "" {
			saw.Findings = append(saw.Findings, Finding{Pointer: pointer, Keyword: "required", Expected: pointer + ", a string that is not blank", Received: problem})
		}
	}
	for _, pointer := range slices.Sorted(maps.Keys(promised.Fixed)) {
		word := promised.Fixed[pointer]
		got, problem := text(v.Body.Value, pointer)
		switch {
		case problem != "" && !slices.Contains(promised.Required, pointer): // else it is told already
			saw.Findings = append(saw.Findings, Finding{Pointer: pointer, Keyword: "required", Expected: fmt.Sprintf("%s %q", pointer, word), Received: problem})
		case problem == "" && !strings.EqualFold(got, word):
			saw.Findings = append(saw.Findings, Finding{Pointer: pointer, Keyword: "enum", Expected: fmt.Sprintf("%s %q", pointer, word), Received: fmt.Sprintf("%q", got)})
		}
	}
	return saw
}
