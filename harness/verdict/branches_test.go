package verdict

import (
	"fmt"
	"testing"

	"qorcheck/harness/exchange"
	"qorcheck/harness/plan"
	"qorcheck/spec"
)

// TestBranches_OfResponses: a branch is shown by a response that is about it, and a
// tolerated response in its place shows nothing.
func TestBranches_OfResponses(t *testing.T) {
	refused, failed := spec.Branch{Name: "a refusal", Ending: spec.Refused}, spec.Branch{Name: "an error", Ending: spec.Errored}
	null := spec.Branch{Name: "null", Cases: []string{"malformed.missing.null"}}
	absent := spec.Branch{Name: "absent", Cases: []string{"malformed.missing.absent"}}
	over := plan.Expect{Statuses: []int{200}, Ending: spec.Refused, Tolerated: []spec.Tolerance{{Status: 400, Why: "it may"}}}
	bad := plan.Expect{Statuses: []int{400}, Tolerated: []spec.Tolerance{{Status: 500, Why: "it may"}}}
	for _, tt := range []struct {
		claim    string
		check    string
		branches []spec.Branch
		answers  []string
		expect   plan.Expect
		status   int
		body     string
		want     []Branch
		outcome  Outcome
	}{
		{"a refusal with its reason", "reason", []spec.Branch{refused}, nil, over, 200, `{"result":"Refused","why":"no money"}`, []Branch{{"a refusal", false}}, Pass},
		{"a refusal without one", "reason", []spec.Branch{refused}, nil, over, 200, `{"result":"Refused"}`, []Branch{{"a refusal", false}}, Fail},
		{"an error is no refusal", "reason", []spec.Branch{refused}, nil, over, 200, `{"result":"Error"}`, nil, Pass},
		{"and a refusal no error", "reason", []spec.Branch{failed}, nil, over, 200, `{"result":"Refused"}`, nil, Pass},
		{"400 in the place of a refusal", "reason", []spec.Branch{refused, failed}, []string{"success"}, over, 400, `{}`, []Branch{{"a refusal", true}}, Pass},
		{"a success", "reason", []spec.Branch{refused}, nil, over, 200, `{"result":"Authorised"}`, nil, Pass},
		{"the branch of the case", "status", []spec.Branch{null, absent}, nil, bad, 400, `{}`, []Branch{{"null", false}}, Pass},
		{"a tolerated status", "status", []spec.Branch{null, absent}, nil, bad, 500, `{}`, []Branch{{"null", true}}, Pass},
		{"a tolerated status is an error all the same", "media-type", []spec.Branch{null}, nil, bad, 500, `{}`, []Branch{{"null", false}}, Pass},
		{"one that is not tolerated", "status", []spec.Branch{null, absent}, nil, bad, 200, `{}`, []Branch{{"null", false}}, Fail},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			d := toyDescription(t)
			o := d.Operation("pay")
			q := &spec.Requirement{ID: "R", Level: spec.Must, Check: tt.check, Answers: tt.answers, Branches: tt.branches}
			p := &plan.Plan{Description: d, Obligations: []*plan.Obligation{{ID: "o", Operation: o, Requirement: q}}}
			act := plan.Step{Name: "pay", Operation: "pay", Request: plan.Request{Method: o.Method}}
			c := &plan.Case{ID: "c", Kind: "malformed.missing", Variant: "null", Operation: "pay", Obligations: []string{"o"}, Expect: tt.expect, Act: act}
			v := Judge(p, &exchange.Transcript{Case: c, Act: &exchange.Record{Step: act, Answer: row{status: tt.status, body: tt.body}.answer()}})[0]
			if fmt.Sprint(v.Branches) != fmt.Sprint(tt.want) || v.Outcome != tt.outcome {
				t.Errorf("%s with %v, want %s with %v", v.Outcome, v.Branches, tt.outcome, tt.want)
			}
		})
	}
}

func TestJoinBranches_OnesThatWereShownAreNotTolerated(t *testing.T) {
	got := joinBranches([]Branch{{"a", true}}, []Branch{{"a", false}, {"b", true}, {"b", true}})
	if fmt.Sprint(got) != "[{a false} {b true}]" {
		t.Error(got)
	}
}
