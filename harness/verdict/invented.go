package verdict

import (
	"net/http"
	"slices"
	"strings"

	"qorcheck/harness/plan"
)

// invented says of a response why it condemns nobody: the request names something of
// which nobody knows whether it exists, and the response may be about that; or it makes
// something that may exist. Nil where the response counts. A 5xx always does.
func (v View) invented() *Obstacle {
	got := v.Answer.Status
	absent := got == http.StatusNotFound || got == http.StatusConflict || got == http.StatusGone
	switch {
	case v.Case == nil || got/100 != 4:
	case len(v.Case.Invented) > 0 && (absent || v.Case.Expect.Handling == plan.Accepted):
		return &Obstacle{Kind: InventedName, Status: got, Detail: strings.Join(v.Case.Invented, " and ")}
	case got == http.StatusConflict && v.Case.Expect.Handling == plan.Accepted && v.Operation.DocumentsStatus(got) && slices.Contains(v.Operation.Success(), http.StatusCreated):
		return &Obstacle{Kind: TakenName, Status: got}
	}
	return nil
}
