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
	if v.outside() || v.absent() {
		return Observation{}
	}
	got := mediaTypeOf(v.Answer)
	allowed := documentedMediaTypes(v)
	switch {
	case len(allowed) == 0 && spec.JSON(got) && v.Body.Fault != "" && !v.Body.Empty && !v.isHead():
	case len(allowed) == 0, v.Body.Empty && v.undocumented() && v.Answer.Status >= http.StatusOK:
		return Observation{} // no body is documented, and nothing promised of one
	case v.isHead() && got == "":
		return Observation{} // the header may be omitted
	case !slices.ContainsFunc(allowed, func(m string) bool { return spec.Covers(m, got) }):
		return Observation{Exercised: true, Findings: []Finding{{Rule: WrongType, Deviation: MediaType, Status: v.Answer.Status, Wanted: allowed, Got: got}}}
	}
	if f := mislabelled(v.Answer.Header, v.Answer.Body); f != nil {
		f.Status = v.Answer.Status
		seen.Findings = []Finding{*f}
		return seen
	}
	if spec.JSON(got) && v.Body.Fault != "" && !v.isHead() {
		if v.Body.Truncated {
			return Observation{Unclear: &Obstacle{Kind: CutBody, Detail: v.Body.Fault}}
		}
		seen.Findings = []Finding{{Rule: JSONBody, Deviation: v.Body.deviation(), Status: v.Answer.Status, Got: v.Body.Fault}}
	}
	if asked := v.disregarded(got); asked != "" {
		seen.Note = "the request accepts " + asked + " alone: a target may disregard that, and answer with " + shorten(got) + ", which is documented as well (RFC 9110, section 12.5.1)"
	}
	if v.Answer.Decoded {
		seen.Note = "the content coding " + strconv.Quote(shorten(v.Answer.Header.Get("Content-Encoding"))) + " is tolerated (content-coding), though the request accepts identity alone"
	}
	return seen
}

// mislabelled finds a label that contradicts itself or the body, nil for none.
func mislabelled(h http.Header, body []byte) *Finding {
	if labels := h.Values("Content-Type"); len(labels) > 1 {
		return &Finding{Rule: OneType, Deviation: MediaType, Header: "Content-Type", Got: shorten(strings.Join(labels, ", "))}
	}
	if charset := mischarset(h, body); charset != "" {
		return &Finding{Rule: TextCharset, Deviation: MediaType, Header: "Content-Type", Got: charset}
	}
	return nil
}

// outside reports whether the response is one to a path or method that the description
// does not have, so that it documents no body of it, or a rejection of a request that accepts
// none of what it documents. What its error block promises is promised of every rejection.
func (v View) outside() bool {
	if v.refusedAccept() {
		return true
	}
	if v.Case == nil || v.Case.Kind != "not-found.path" && v.Case.Kind != "not-found.method" || v.Operation.Conformance.Error != nil {
		return false
	}
	return v.isAct()
}

// undocumented reports whether the description has no response of the status.
func (v View) undocumented() bool { return v.Operation.Response(v.Answer.Status) == nil }

// documentedMediaTypes lists the media types of the documented response; where the
// status is not documented, or tolerated, those of the operation's other responses.
func documentedMediaTypes(v View) []string {
	var list []string
	if r := v.Operation.Response(v.Answer.Status); r != nil {
		for _, c := range r.Content {
			list = append(list, spec.BaseType(c.MediaType))
		}
		return list
	}
	for _, r := range v.Operation.Responses {
		for _, c := range r.Content {
			if m := spec.BaseType(c.MediaType); !slices.Contains(list, m) {
				list = append(list, m)
			}
		}
	}
	return list
}
