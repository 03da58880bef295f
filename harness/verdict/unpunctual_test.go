package verdict

import (
	"net/http"
	"strings"
	"testing"

	"qorcheck/harness/exchange"
	"qorcheck/harness/plan"
	"qorcheck/spec"
)

func TestBusy_IsNoted(t *testing.T) {
	answered := func(status, waits int) *exchange.Record {
		return &exchange.Record{Waits: waits, Answer: &exchange.Answer{Status: status, Header: http.Header{}, Body: []byte("{}")}}
	}
	for _, tt := range []struct {
		claim, operation, check string
		act                     *exchange.Record
		want                    Outcome
		noted                   bool
	}{
		{"an answer at once needs no note", "pay", "documented-status", answered(200, 0), Pass, false},
		{"one that was waited for is noted", "pay", "documented-status", answered(200, 1), Pass, true},
		{"one that never came is noted", "pay", "documented-status", answered(429, 3), Inconclusive, true},
		{"one that was not worth waiting is noted", "pay", "documented-status", answered(503, 0), Inconclusive, true},
		{"a gateway's is noted", "pay", "documented-status", answered(502, 0), Inconclusive, true},
		{"other requirements say nothing of it", "pay", "status", answered(200, 1), Pass, false},
		{"silence is not noted", "pay", "documented-status", &exchange.Record{Failure: &exchange.Failure{Kind: exchange.Timeout}}, Inconclusive, false},
		{"a request that was not sent is not noted", "pay", "documented-status", nil, NotRun, false},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			d := toyDescription(t)
			q := &spec.Requirement{ID: "R-1", Level: spec.Must, Check: tt.check}
			o := &plan.Obligation{ID: "o", Operation: d.Operation(tt.operation), Requirement: q}
			c := &plan.Case{ID: "c", Operation: tt.operation, Obligations: []string{"o"}, Expect: plan.NewExpect("", 200)}
			v := Judge(&plan.Plan{Description: d, Obligations: []*plan.Obligation{o}}, &exchange.Transcript{Case: c, Act: tt.act})[0]
			if v.Outcome != tt.want || strings.HasPrefix(v.Note, "should: ") != tt.noted {
				t.Errorf("%s, note %q, %s", v.Outcome, v.Note, v.Why)
			}
		})
	}
}
