package verdict

import (
	"net/http"
	"slices"
	"strings"

	"qorcheck/harness/plan"
	"qorcheck/spec"
)

// isAct reports whether the response is the one to the request under judgement.
func (v View) isAct() bool {
	return v.Transcript != nil && v.Transcript.Act != nil && v.Transcript.Act.Answer == v.Answer
}

// refusedAccept reports whether the response rejects a request that accepts nothing that is
// documented: its body need not be what the client does not accept, unless a 406 is documented.
func (v View) refusedAccept() bool {
	return v.Case != nil && v.Case.Kind == plan.KindForeignAccept && v.Answer.Status/100 == 4 && v.isAct() &&
		!slices.ContainsFunc(v.Operation.Responses, func(r spec.Response) bool { return r.Key == "406" && v.Answer.Status == http.StatusNotAcceptable })
}

// disregarded is the documented media type that a request alone accepts, where its response
// has another one; "" for any other request or response.
func (v View) disregarded(got string) string {
	if v.Case == nil || v.Case.Kind != "valid.accept" || v.Answer.Status/100 != 2 || !v.isAct() {
		return ""
	}
	for _, f := range v.Case.Act.Request.Header {
		if strings.EqualFold(f.Name, "Accept") && !f.Absent() && !spec.Covers(string(f.Value), got) {
			return string(f.Value)
		}
	}
	return ""
}
