package verdict

import (
	"slices"
	"strconv"
	"strings"

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
	if response == nil || v.outside() {
		return Observation{} // documented-status judges that
	}
	if _, ok := v.tolerable(); ok && !slices.Contains(v.Expect.Statuses, v.Answer.Status) {
		return Observation{} // a response of another kind than the description's
	}
	seen := Observation{}
	if !reading {
		seen = v.headers(response)
	}
	content, label := v.content(response)
	if content == nil || v.isHead() {
		return seen
	}
	if !spec.JSON(label) {
		return seen.merge(v.text(content, label, reading))
	}
	if !content.HasSchema && (v.Body.Fault == "" || v.Body.Empty || v.Body.Truncated) {
		return seen // nothing is promised of it beyond its label
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
	if list := content.Schema.Unchecked(); len(list) > 0 && !reading {
		seen.Note = "not judged: " + shorten(strings.Join(list, "; "))
	}
	violations := slices.DeleteFunc(content.Schema.AnswerViolations(v.Answer.Body, v.Body.Value), func(found spec.Violation) bool { return found.Reading != reading })
	for _, found := range violations[:min(len(violations), maxFindings)] {
		f := violation(SchemaBody, found, v.Body.Value)
		f.Status = v.Answer.Status
		seen.Findings = append(seen.Findings, f)
	}
	return seen
}

// headers judges the documented headers of a response: that those are there which
// must be, and the values of all that are.
func (v View) headers(response *spec.Response) Observation {
	seen := Observation{}
	for _, h := range response.Headers {
		lines := v.Answer.Header.Values(h.Name)
		if len(lines) == 0 {
			seen.Exercised = seen.Exercised || h.Required
			if h.Required {
				seen.Findings = append(seen.Findings, Finding{Rule: SchemaHeader, Deviation: Missing, Status: v.Answer.Status, Header: h.Name, Keyword: "required"})
			}
			continue
		}
		seen.Exercised = true
		for _, found := range h.Violations(lines) {
			seen.Findings = append(seen.Findings, Finding{
				Rule: SchemaHeader, Deviation: deviationOf(found.Keyword), Status: v.Answer.Status, Header: h.Name, Keyword: found.Keyword,
				Wanted: []string{found.Reason}, Got: strconv.Quote(shorten(strings.Join(lines, ", "))),
			})
		}
	}
	return seen
}

// content returns what documents the body of a response, and the media type that it is
// judged as. A body under another label than a documented one is judged as JSON where
// JSON alone is documented: the label is the matter of media-type.
func (v View) content(response *spec.Response) (content *spec.Content, label string) {
	label = v.Answer.Header.Get("Content-Type")
	if slices.ContainsFunc(response.Content, func(c spec.Content) bool { return spec.Covers(c.MediaType, label) }) {
		return response.Match(label), label
	}
	if len(response.Content) == 1 && spec.JSON(response.Content[0].MediaType) && !spec.JSON(label) {
		return &response.Content[0], response.Content[0].MediaType
	}
	return nil, label
}

// text judges a body that is not JSON by the schema of a string, and one of
// text/plain also by that of a number or boolean. No other schema speaks of its bytes.
func (v View) text(content *spec.Content, label string, reading bool) Observation {
	if reading || !content.HasSchema || v.Answer.Truncated || v.Body.Truncated {
		return Observation{}
	}
	if !content.Schema.JudgesText() {
		return Observation{Note: "not judged: the content of a body of " + spec.BaseType(label) + ", whose schema speaks of no text"}
	}
	found, ok := content.Schema.BodyViolations(v.Answer.Body, label)
	if !ok {
		if note := unreadableText(v.Answer.Body, label); note != "" && content.Schema.Format != "binary" {
			return Observation{Note: note}
		}
		return Observation{}
	}
	seen := Observation{Exercised: true}
	for _, one := range found {
		seen.Findings = append(seen.Findings, Finding{
			Rule: SchemaBody, Deviation: deviationOf(one.Keyword), Status: v.Answer.Status, Keyword: one.Keyword, Wanted: []string{one.Reason},
			Got: strconv.Quote(shorten(string(v.Answer.Body))),
		})
	}
	return seen
}

// unreadableText says why a text cannot be judged: it names a charset that is not known here
// or that its bytes are not in, or names none and is not UTF-8. It is "" where it can be read.
func unreadableText(body []byte, label string) string {
	if !strings.HasPrefix(spec.BaseType(label), "text/") {
		return ""
	}
	if _, ok := spec.DecodeText(body, label); ok {
		return ""
	}
	if charset := spec.Charset(label); charset != "" {
		return "not judged: a text that cannot be read in the charset of its label, " + strconv.Quote(shorten(charset))
	}
	return "not judged: a text that names no charset and is not UTF-8"
}
