package verdict

import (
	"fmt"
	"slices"
	"strings"

	"qorcheck/spec"
)

// mostFindings bounds what one answer may say.
const mostFindings = 10

// schema judges the body and the required headers of an answer against the description.
func schema(v View) Observation {
	response := v.Operation.Response(v.Answer.Status)
	if response == nil {
		return Observation{} // documented-status judges that
	}
	if _, ok := tolerated(v.Expect.Tolerated, v.Answer.Status, v.Body.Value); ok && !slices.Contains(v.Expect.Statuses, v.Answer.Status) {
		return Observation{} // an answer of another kind than the description's
	}
	seen := Observation{}
	for _, h := range response.Headers {
		seen.Exercised = true
		if h.Required && v.Answer.Header.Get(h.Name) == "" {
			seen.Findings = append(seen.Findings, Finding{Keyword: "required", Expected: "header " + h.Name, Received: "no such header"})
		}
	}
	content := response.JSON()
	if content == nil || !content.HasSchema || v.head() {
		return seen
	}
	if v.Body.Fault != "" {
		if v.Body.Truncated {
			seen.Unclear = "the body is " + v.Body.Fault
			return seen
		}
		seen.Exercised = true
		seen.Findings = append(seen.Findings, Finding{Expected: "the documented JSON body", Received: v.Body.Fault})
		return seen
	}
	seen.Exercised = true
	for i, violation := range content.Schema.Violations(v.Body.Value, spec.Answered) {
		if i == mostFindings {
			break
		}
		seen.Findings = append(seen.Findings, Finding{
			Pointer: violation.Pointer, Keyword: violation.Keyword,
			Expected: fmt.Sprintf("%s %s", place(violation.Pointer), violation.Reason),
			Received: received(v.Body.Value, violation.Pointer),
		})
	}
	return seen
}

// mostShown bounds the text of one value. It is far more than reports show: they
// cut after redaction, since the half of a secret is not known for one.
const mostShown = 4 << 10

func head(text string) string {
	if len(text) <= mostShown {
		return text
	}
	return strings.ToValidUTF8(text[:mostShown], "") + "…"
}

// received shows the value at a pointer, shortened.
func received(body any, pointer string) string {
	value, there := spec.Lookup(body, pointer)
	if !there {
		return "nothing there"
	}
	switch x := value.(type) {
	case map[string]any:
		return fmt.Sprintf("an object of %d fields", len(x))
	case []any:
		return fmt.Sprintf("an array of %d items", len(x))
	case string:
		return fmt.Sprintf("%q", head(x))
	}
	return fmt.Sprint(value)
}
