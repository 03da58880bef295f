package verdict

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	"qorcheck/spec"
)

// errorBody judges whether a rejection carries what the description's error block
// promises: a code and a description, under any of the names that the block lists,
// or else the fields that it requires. Without that block it judges the documented
// schema.
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
	if !isLoose(promised) {
		seen.Findings = v.named(promised)
		return seen
	}
	if len(promised.Code) > 0 && promised.CodeIn(v.Body.Value) == "" {
		seen.Findings = append(seen.Findings, v.absentPart(promised.Code, "an error code"))
	}
	if text, _ := promised.DescriptionIn(v.Body.Value); len(promised.Description) > 0 && text == "" {
		seen.Findings = append(seen.Findings, v.absentPart(promised.Description, "a description of the problem"))
	}
	for _, t := range v.Operation.OutcomeValues(v.Body.Value) {
		if t.Ending == spec.Succeeded && len(t.Outcome.Success) > 0 {
			seen.Findings = append(seen.Findings, Finding{Rule: ErrorSuccess, Deviation: Value, Status: v.Answer.Status, Pointer: t.Outcome.Field, Got: strconv.Quote(t.Word)})
		}
	}
	return seen
}

// isLoose reports whether an error may use other names than the preferred ones.
func isLoose(e *spec.ErrorBody) bool { return len(e.Code)+len(e.Description) > 0 }

// absentPart is the finding that a part of an error stands under none of its names.
func (v View) absentPart(pointers []string, what string) Finding {
	f := Finding{Rule: ErrorPart, Deviation: Missing, Status: v.Answer.Status, Pointer: pointers[0], Wanted: pointers, Given: []Fact{{"part", what}}}
	for _, pointer := range pointers {
		if _, there := spec.Lookup(v.Body.Value, pointer); there {
			_, f.Deviation = textAt(v.Body.Value, pointer)
			f.Pointer, f.Got = pointer, valueAt(v.Body.Value, pointer)
			break
		}
	}
	return f
}

// errorNames judges whether an error uses the preferred names. One that lacks its
// code or its description is judged by errorBody.
func errorNames(v View) Observation {
	promised := v.Operation.Conformance.Error
	if promised == nil || !isLoose(promised) || v.isHead() || v.Body.Fault != "" {
		return Observation{}
	}
	if text, _ := promised.DescriptionIn(v.Body.Value); text == "" || promised.CodeIn(v.Body.Value) == "" {
		return Observation{}
	}
	return Observation{Exercised: true, Findings: v.named(promised)}
}

// named judges the fields of an error by their names.
func (v View) named(promised *spec.ErrorBody) (findings []Finding) {
	for _, pointer := range promised.Required {
		if _, deviation := textAt(v.Body.Value, pointer); deviation != 0 {
			findings = append(findings, Finding{Rule: ErrorText, Deviation: deviation, Status: v.Answer.Status, Pointer: pointer, Got: valueAt(v.Body.Value, pointer)})
		}
	}
	for _, pointer := range slices.Sorted(maps.Keys(promised.Fixed)) {
		word := promised.Fixed[pointer]
		got, deviation := textAt(v.Body.Value, pointer)
		if deviation != 0 && slices.Contains(promised.Required, pointer) || deviation == 0 && strings.EqualFold(got, word) {
			continue // found above, or right
		}
		findings = append(findings, Finding{
			Rule: ErrorConstant, Deviation: cmp.Or(deviation, Value), Status: v.Answer.Status,
			Pointer: pointer, Wanted: []string{strconv.Quote(word)}, Got: valueAt(v.Body.Value, pointer),
		})
	}
	return findings
}
