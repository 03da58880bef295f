package verdict

import (
	"fmt"
	"net/http"

	"qorcheck/harness/exchange"
	"qorcheck/harness/plan"
)

// unpunctual adds to the verdict on documented statuses that a request could not be
// served, with a status that the description does not document. That is no failure:
// the request was made again, or nothing is concluded from it.
func unpunctual(o *plan.Obligation, t *exchange.Transcript, v Verdict) Verdict {
	if o.Requirement.Check != "documented-status" || t.Act == nil || v.Outcome == Fail {
		return v
	}
	last := t.Act.Answer
	if last != nil && t.Act.Unavailable() && (last.Status == http.StatusBadGateway || last.Status == http.StatusGatewayTimeout) {
		v.Note = fmt.Sprintf("should: a gateway answered %d, which is not documented", last.Status)
		return v
	}
	busy := t.Act.Waits > 0 || last != nil && t.Act.Unavailable()
	if busy && (o.Operation.Response(http.StatusTooManyRequests) == nil || o.Operation.Response(http.StatusServiceUnavailable) == nil) {
		v.Note = "should: a status that is not documented, of 429, 502, 503 and 504, asked to send the request again"
	}
	return v
}
