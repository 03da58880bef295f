package verdict

import (
	"net/http"

	"qorcheck/harness/exchange"
	"qorcheck/harness/plan"
)

// unpunctual adds to the verdict on documented statuses that the target asked for
// time with a status that the description does not document. That is no failure:
// the request was made again, or nothing is concluded from it.
func unpunctual(o *plan.Obligation, t *exchange.Transcript, v Verdict) Verdict {
	if o.Requirement.Check != "documented-status" || t.Act == nil {
		return v
	}
	busy := t.Act.Waits > 0 || t.Act.Answer != nil && t.Act.Silence() != ""
	if busy && (o.Operation.Response(http.StatusTooManyRequests) == nil || o.Operation.Response(http.StatusServiceUnavailable) == nil) {
		v.Note = "should: 429 or 503, which is not documented, asked for time"
	}
	return v
}
