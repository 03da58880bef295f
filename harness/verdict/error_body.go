package verdict

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// errorBody judges whether a rejection carries what the description's error block
// promises; without that block it judges the documented schema.
func errorBody(v View) Observation {
	promised := v.Operation.Conformance.Error
	if promised == nil {
		return schema(v)
	}
	if v.isHead() {
		return Observation{}
	}
	if v.Body.Truncated {
		return Observation{Unclear: &Obstacle{Kind: CutBody, Detail: v.Body.Fault}}
	}
	seen := Observation{Exercised: true}
	if v.Body.Fault != "" {
		finding := Finding{Rule: ErrorBody, Deviation: v.Body.deviation(), Status: v.Answer.Status, Wanted: promised.Required, Got: v.Body.Fault}
		if m := mediaTypeOf(v.Answer); m != "" {
			finding.Given = []Fact{{"media type", m}}
		}
		seen.Findings = []Finding{finding}
		return seen
	}
	for _, pointer := range promised.Required {
		if _, deviation := textAt(v.Body.Value, pointer); deviation != 0 {
			seen.Findings = append(seen.Findings, Finding{Rule: ErrorText, Deviation: deviation, Status: v.Answer.Status, Pointer: pointer, Got: valueAt(v.Body.Value, pointer)})
		}
	}
	for _, pointer := range slices.Sorted(maps.Keys(promised.Fixed)) {
		word := promised.Fixed[pointer]
		got, deviation := textAt(v.Body.Value, pointer)
		if deviation != 0 && slices.Contains(promised.Required, pointer) || deviation == 0 && strings.EqualFold(got, word) {
			continue // found above, or right
		}
		seen.Findings = append(seen.Findings, Finding{
			Rule: ErrorConstant, Deviation: cmp.Or(deviation, Value), Status: v.Answer.Status,
			Pointer: pointer, Wanted: []string{strconv.Quote(word)}, Got: valueAt(v.Body.Value, pointer),
		})
	}
	return seen
}
