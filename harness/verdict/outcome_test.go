package verdict

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"qorcheck/harness/plan"
	"qorcheck/spec"
)

func endingIn(ending spec.Ending, statuses ...int) plan.Expect {
	return plan.NewExpect(ending, statuses...)
}

var every = []Outcome{NotRun, Pass, Fail, Unsupported, Inconclusive, Broken, Waived, NotApplicable}

func TestOutcome_WordsAreReadAgain(t *testing.T) {
	for _, o := range every {
		t.Run(o.String(), func(t *testing.T) {
			data, err := json.Marshal(o)
			if err != nil {
				t.Fatal(err)
			}
			back := Outcome(-1)
			if err := json.Unmarshal(data, &back); err != nil || back != o {
				t.Errorf("%s is read as %v, %v", data, back, err)
			}
			if !slices.Contains(Outcomes, o) {
				t.Error("Outcomes lacks it")
			}
		})
	}
	if len(Outcomes) != len(every) {
		t.Errorf("%d outcomes, %d ranked", len(every), len(Outcomes))
	}
	if new(Outcome).String() != "not run" {
		t.Error("the zero value can be taken for something that was run")
	}
}

func TestOutcome_UnknownIsRefused(t *testing.T) {
	for _, word := range []string{"", "PASS", "passed", "skip", "notRun", "0", "waive"} {
		o := Fail
		err := o.UnmarshalText([]byte(word))
		if err == nil || o != Fail {
			t.Errorf("%q is read as %s", word, o)
		} else if !strings.Contains(err.Error(), "must be broken, fail, inconclusive, not applicable, not run, pass, unsupported, waived") {
			t.Error(err)
		}
	}
	for _, o := range []Outcome{-1, 8} {
		if text, err := o.MarshalText(); err == nil {
			t.Errorf("%d is written as %s", int(o), text)
		}
		if !strings.Contains(o.String(), "Outcome(") {
			t.Error(o.String())
		}
	}
}

func TestOutcome_Worse(t *testing.T) {
	ranked := []Outcome{Fail, Broken, Inconclusive, NotRun, Unsupported, Pass}
	for i, a := range ranked {
		for j, b := range ranked {
			if a.Worse(b) != (i < j) {
				t.Errorf("%s worse than %s: %v", a, b, a.Worse(b))
			}
		}
	}
}

// Each kind of answer under each expectation: no cell may pass by default.
func TestOutcomeByExpectation(t *testing.T) {
	answers := []row{
		{claim: "approved", status: 200, body: `{"status":"approved"}`},
		{claim: "declined", status: 200, body: `{"status":"declined","message":"m"}`},
		{claim: "errored", status: 200, body: `{"status":"error","message":"m"}`},
		{claim: "silent", status: 200, body: `{}`},
		{claim: "empty", status: 200, body: ``},
		{claim: "rejected", status: 400, body: `{}`},
		{claim: "unauthorised", status: 401, body: `{}`},
		{claim: "redirected", status: 302},
		{claim: "failed", status: 500, body: `{}`},
		{claim: "busy", status: 503, body: `{}`},
	}
	const P, F, I = Pass, Fail, Inconclusive
	for _, tt := range []struct {
		expectation string
		row         row
		want        []Outcome
	}{
		{"success", row{expect: want(200)}, []Outcome{P, P, P, P, P, F, F, F, F, I}},
		{"success, ended well", row{expect: endingIn("success", 200)}, []Outcome{P, F, F, P, P, F, F, F, F, I}},
		{"success, refused", row{expect: endingIn("refused", 200)}, []Outcome{F, P, F, F, F, F, F, F, F, I}},
		{"success, error", row{expect: endingIn("error", 200)}, []Outcome{F, F, P, F, F, F, F, F, F, I}},
		{"400", row{expect: want(400)}, []Outcome{F, F, F, F, F, P, F, F, F, I}},
		{"401", row{expect: want(401)}, []Outcome{F, F, F, F, F, F, P, F, F, I}},
		{"500", row{expect: want(500)}, []Outcome{F, F, F, F, F, F, F, F, P, I}},
		{"503", row{expect: want(503)}, []Outcome{F, F, F, F, F, F, F, F, F, P}},
		{"nothing", row{}, []Outcome{F, F, F, F, F, F, F, F, F, I}},
	} {
		for i, a := range answers {
			t.Run(tt.expectation+"/"+a.claim, func(t *testing.T) {
				a.expect = tt.row.expect
				if v := judgeRow(t, "status", a); v.Outcome != tt.want[i] {
					t.Errorf("got %s, want %s: %+v", v.Outcome, tt.want[i], v)
				}
			})
		}
	}
}
