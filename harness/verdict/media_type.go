package verdict

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"qorcheck/spec"
)

// mediaType judges whether the answer is labelled with a documented media type
// and is what the label says. An answer that must have no body must have none, and
// nothing may follow an answer: the next one on its connection would begin with that.
func mediaType(v View) Observation {
	seen := Observation{Exercised: true}
	if v.Answer.Trailing {
		seen.Findings = []Finding{{Expected: "an answer that ends where it says", Received: "bytes after its end"}}
		return seen
	}
	body := v.Answer.Body
	if v.Answer.Status == http.StatusNoContent || v.Answer.Status == http.StatusNotModified {
		// net/http reads no such body: the announced length tells of it.
		if length := v.Answer.Header.Get("Content-Length"); len(body) > 0 {
			seen.Findings = append(seen.Findings, Finding{Expected: "no body", Received: fmt.Sprintf("%d bytes", len(body))})
		} else if v.Answer.Status == http.StatusNoContent && length != "" && length != "0" {
			seen.Findings = append(seen.Findings, Finding{Expected: "no body", Received: "a body of " + length + " bytes by its header"})
		}
		return seen
	}
	allowed := documentedMediaTypes(v)
	if len(allowed) == 0 {
		return Observation{} // no body is documented; a body is nobody's promise
	}
	got := mediaTypeOf(v.Answer)
	if v.head() && got == "" {
		return Observation{} // the header may be left out
	}
	if !slices.ContainsFunc(allowed, func(m string) bool { return covers(m, got) }) {
		received := got
		if received == "" {
			received = "none"
		}
		return Observation{Exercised: true, Findings: []Finding{{
			Expected: "media type " + strings.Join(allowed, " or "), Received: "media type " + received,
		}}}
	}
	if spec.JSON(got) && v.Body.Fault != "" && !v.head() {
		if v.Body.Truncated {
			return Observation{Unclear: "the body is " + v.Body.Fault}
		}
		seen.Findings = append(seen.Findings, Finding{Expected: "a JSON body", Received: v.Body.Fault})
	}
	return seen
}

// documentedMediaTypes lists the media types of the documented answer; where the
// status is not documented, or tolerated, those of the operation's other answers.
func documentedMediaTypes(v View) []string {
	var list []string
	if r := v.Operation.Response(v.Answer.Status); r != nil {
		for _, c := range r.Content {
			list = append(list, bare(c.MediaType))
		}
		return list
	}
	for _, r := range v.Operation.Responses {
		for _, c := range r.Content {
			if m := bare(c.MediaType); !slices.Contains(list, m) {
				list = append(list, m)
			}
		}
	}
	return list
}

// bare drops the parameters of a documented media type.
func bare(documented string) string {
	base, _, _ := strings.Cut(strings.ToLower(documented), ";")
	return strings.TrimSpace(base)
}

// covers tells whether a documented media type or range (text/*, */*) includes one.
func covers(documented, got string) bool {
	prefix, ranged := strings.CutSuffix(documented, "*")
	if documented == "*/*" {
		prefix = ""
	}
	return documented == got || ranged && got != "" && strings.HasPrefix(got, prefix)
}
