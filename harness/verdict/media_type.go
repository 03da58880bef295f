package verdict

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"qorcheck/spec"
)

// mediaType judges whether the response has a documented media type and is what
// its media type says. A response that must have no body must have none, and
// nothing may follow a response: the next one on its connection would begin with that.
func mediaType(v View) Observation {
	seen := Observation{Exercised: true}
	if v.Answer.Trailing {
		seen.Findings = []Finding{{Rule: TrailingBytes, Deviation: Transport, Status: v.Answer.Status}}
		return seen
	}
	body := v.Answer.Body
	if v.Answer.Status == http.StatusNoContent || v.Answer.Status == http.StatusNotModified {
		// net/http reads no such body: the announced length shows it.
		length := v.Answer.Header.Get("Content-Length")
		if v.Answer.Status != http.StatusNoContent {
			length = ""
		}
		if len(body) > 0 {
			length = strconv.Itoa(len(body))
		}
		if length != "" && length != "0" {
			seen.Findings = []Finding{{Rule: NoBody, Deviation: Surplus, Status: v.Answer.Status, Got: length}}
		}
		return seen
	}
	allowed := documentedMediaTypes(v)
	if len(allowed) == 0 {
		return Observation{} // no body is documented, and nothing promised of one
	}
	got := mediaTypeOf(v.Answer)
	if v.isHead() && got == "" {
		return Observation{} // the header may be omitted
	}
	if !slices.ContainsFunc(allowed, func(m string) bool { return covers(m, got) }) {
		return Observation{Exercised: true, Findings: []Finding{{Rule: WrongType, Deviation: MediaType, Status: v.Answer.Status, Wanted: allowed, Got: got}}}
	}
	if spec.JSON(got) && v.Body.Fault != "" && !v.isHead() {
		if v.Body.Truncated {
			return Observation{Unclear: &Obstacle{Kind: CutBody, Detail: v.Body.Fault}}
		}
		seen.Findings = []Finding{{Rule: JSONBody, Deviation: v.Body.deviation(), Status: v.Answer.Status, Got: v.Body.Fault}}
	}
	return seen
}

// documentedMediaTypes lists the media types of the documented response; where the
// status is not documented, or tolerated, those of the operation's other responses.
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

// covers reports whether a documented media type or range (text/*, */*) includes one.
func covers(documented, got string) bool {
	prefix, ranged := strings.CutSuffix(documented, "*")
	if documented == "*/*" {
		prefix = ""
	}
	return documented == got || ranged && got != "" && strings.HasPrefix(got, prefix)
}
