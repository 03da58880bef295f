package verdict

import (
	"slices"

	"qorcheck/spec"
)

// maxFindings bounds the findings on one response.
const maxFindings = 10

// schema judges the body and the required headers of a response against the
// description, except for what it marks as a reading of ours.
func schema(v View) Observation { return v.fits(false) }

// schemaReading judges the body of a response against what the description marks
// as a reading of ours.
func schemaReading(v View) Observation { return v.fits(true) }

func (v View) fits(reading bool) Observation {
	response := v.Operation.Response(v.Answer.Status)
	if response == nil {
		return Observation{} // documented-status judges that
	}
	if _, ok := v.tolerable(); ok && !slices.Contains(v.Expect.Statuses, v.Answer.Status) {
		return Observation{} // a response of another kind than the description's
	}
	seen := Observation{}
	for _, h := range response.Headers {
		if reading {
			break
		}
		seen.Exercised = true
		if h.Required && v.Answer.Header.Get(h.Name) == "" {
			seen.Findings = append(seen.Findings, Finding{Rule: SchemaHeader, Deviation: Missing, Status: v.Answer.Status, Header: h.Name, Keyword: "required"})
		}
	}
	content := response.JSON()
	if content == nil || !content.HasSchema || v.isHead() {
		return seen
	}
	if v.Body.Fault != "" {
		if reading {
			return seen // schema has a finding
		}
		if v.Body.Truncated {
			seen.Unclear = &Obstacle{Kind: CutBody, Detail: v.Body.Fault}
			return seen
		}
		seen.Exercised = true
		seen.Findings = append(seen.Findings, Finding{Rule: JSONBody, Deviation: v.Body.deviation(), Status: v.Answer.Status, Got: v.Body.Fault})
		return seen
	}
	seen.Exercised = true
	violations := slices.DeleteFunc(content.Schema.Violations(v.Body.Value, spec.Answered), func(found spec.Violation) bool { return found.Reading != reading })
	for _, found := range violations[:min(len(violations), maxFindings)] {
		f := violation(SchemaBody, found, v.Body.Value)
		f.Status = v.Answer.Status
		seen.Findings = append(seen.Findings, f)
	}
	return seen
}
