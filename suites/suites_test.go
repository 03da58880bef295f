package suites

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/onsi/ginkgo/v2/types"

	"qorcheck/harness/plan"
	"qorcheck/harness/planner"
	"qorcheck/harness/run"
	"qorcheck/harness/sandbox"
	"qorcheck/harness/settings"
	"qorcheck/harness/verdict"
	"qorcheck/spec"
)

// promise is the plan of the whole promise with the fixtures of the sandbox, made once.
func promise(t *testing.T) *plan.Plan {
	t.Helper()
	p, err := built()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

var built = sync.OnceValues(func() (*plan.Plan, error) {
	d, err := spec.Parse(spec.BuiltInDescription(), "spec/qorcommerce.yaml")
	r, err2 := spec.ParseRequirements(spec.BuiltInRequirements(), "spec/requirements.yaml")
	f, err3 := settings.ParseFixtures(sandbox.Fixtures(""), "the sandbox's fixtures", nil)
	if err := errors.Join(err, err2, err3); err != nil {
		return nil, err
	}
	return planner.New(d, r, f, 1)
})

func TestConfig(t *testing.T) {
	suite, _ := Config(1 << 63)
	if suite.Timeout != 0 || !suite.FailOnEmpty || suite.RandomSeed != 1<<62 || suite.ParallelTotal != 1 {
		t.Errorf("got %+v", suite)
	}
}

func TestTree_HasEveryObligation(t *testing.T) {
	p := promise(t)
	chapters := p.Requirements.Chapters()
	for _, o := range p.Obligations {
		if !slices.ContainsFunc(chapters, func(c spec.Chapter) bool { return c.Name == o.Requirement.Chapter }) {
			t.Errorf("%s is of chapter %q, which Declare leaves out", o.ID, o.Requirement.Chapter)
		}
		if strings.TrimSpace(o.Requirement.Sentence) == "" {
			t.Errorf("%s has no sentence", o.ID)
		}
	}
}

func TestSituation(t *testing.T) {
	for _, tt := range []struct {
		q    spec.Requirement
		want string
	}{
		{spec.Requirement{Cases: []string{"malformed.syntax", "malformed.type"}}, "the request is malformed"},
		{spec.Requirement{Cases: []string{"valid", "forbidden.pair", "unauthenticated"}}, "the request is valid, or unauthenticated, or forbidden"},
		{spec.Requirement{Cases: []string{"not-found.id"}}, "the request is for something unknown"},
		{spec.Requirement{}, "any request is answered"},
		{spec.Requirement{Flows: []spec.Flow{{}}}, "requests follow one another"},
		{spec.Requirement{Flows: []spec.Flow{{}}, Situation: "the request is repeated"}, "the request is repeated"},
	} {
		if got := situation(&tt.q); got != tt.want {
			t.Errorf("got %q, want %q", got, tt.want)
		}
	}
	for _, o := range promise(t).Obligations {
		for _, kind := range o.Requirement.Cases {
			root, _, _ := strings.Cut(kind, ".")
			if !slices.ContainsFunc(situations, func(s struct{ kind, words string }) bool { return s.kind == root }) {
				t.Errorf("%s: no words for cases of kind %s", o.Requirement.ID, kind)
			}
		}
	}
}

// reported is Ginkgo's report of specs that ended so, by the obligations of a plan.
func reported(p *plan.Plan, state func(*plan.Obligation) types.SpecState) types.Report {
	var r types.Report
	for _, o := range p.Obligations {
		r.SpecReports = append(r.SpecReports, types.SpecReport{
			ContainerHierarchyTexts: []string{"a suite of one's own", "chapter", o.Operation.ID, situation(o.Requirement)},
			LeafNodeLabels:          labels(o), LeafNodeText: o.Requirement.Sentence, State: state(o),
		})
	}
	r.SpecReports = append(r.SpecReports, types.SpecReport{LeafNodeText: "a spec of one's own", State: types.SpecStatePassed})
	return r
}

func TestSelected_ByPreview(t *testing.T) {
	p := promise(t)
	whole := kept(p, reported(p, func(*plan.Obligation) types.SpecState { return types.SpecStatePassed }))
	if whole != p {
		t.Errorf("%d of %d obligations", len(whole.Obligations), len(p.Obligations))
	}
	some := kept(p, reported(p, func(o *plan.Obligation) types.SpecState {
		if o.Operation.ID == "payment-void" {
			return types.SpecStatePassed
		}
		return types.SpecStateSkipped
	}))
	if len(some.Obligations) == 0 || len(some.Cases) == 0 || slices.ContainsFunc(some.Obligations, func(o *plan.Obligation) bool { return o.Operation.ID != "payment-void" }) {
		t.Errorf("%d obligations", len(some.Obligations))
	}
	if none := kept(p, types.Report{}); len(none.Obligations) > 0 || len(none.Cases) > 0 {
		t.Errorf("%d obligations of none", len(none.Obligations))
	}
}

// TestDisagreements: each outcome of the document against each state of Ginkgo.
func TestDisagreements(t *testing.T) {
	p := promise(t)
	p = p.Only(func(o *plan.Obligation) bool { return o.ID == p.Obligations[0].ID })
	for _, tt := range []struct {
		outcome verdict.Outcome
		level   spec.Level
		want    types.SpecState
	}{
		{verdict.Pass, spec.Must, types.SpecStatePassed},
		{verdict.Fail, spec.Must, types.SpecStateFailed},
		{verdict.Fail, spec.Should, types.SpecStatePassed},
		{verdict.Waived, spec.Must, types.SpecStateSkipped},
		{verdict.Unsupported, spec.Must, types.SpecStateSkipped},
		{verdict.NotApplicable, spec.Must, types.SpecStateSkipped},
		{verdict.Inconclusive, spec.Must, types.SpecStateFailed},
		{verdict.Inconclusive, spec.Should, types.SpecStateSkipped},
		{verdict.NotRun, spec.Must, types.SpecStateFailed},
		{verdict.NotRun, spec.Should, types.SpecStateSkipped},
		{verdict.Broken, spec.May, types.SpecStateFailed},
	} {
		d := &run.Document{Obligations: []run.Obligation{{ID: p.Obligations[0].ID, Outcome: tt.outcome, Level: tt.level}}}
		for _, state := range []types.SpecState{types.SpecStatePassed, types.SpecStateFailed, types.SpecStateSkipped, types.SpecStatePanicked, types.SpecStateTimedout} {
			got := Disagreements(p, reported(p, func(*plan.Obligation) types.SpecState { return state }), d)
			if agree := state == tt.want; agree != (len(got) == 0) {
				t.Errorf("%s %s, %s by Ginkgo: %v", tt.level, tt.outcome, state, got)
			}
		}
	}
	passed := &run.Document{Obligations: []run.Obligation{{ID: p.Obligations[0].ID, Outcome: verdict.Pass}}}
	if got := Disagreements(p, types.Report{}, passed); len(got) != 1 {
		t.Errorf("a spec is missing: %v", got)
	}
	if got := Disagreements(p, types.Report{SpecialSuiteFailureReasons: []string{"Interrupted by User"}}, passed); len(got) != 0 {
		t.Errorf("interrupted: %v", got)
	}
	if got := Disagreements(p, reported(p, func(*plan.Obligation) types.SpecState { return types.SpecStatePassed }), &run.Document{}); len(got) != 1 {
		t.Errorf("the document lacks it: %v", got)
	}
}

func TestSelected_ReadsOnce(t *testing.T) {
	if err := readsOnce(types.SuiteConfig{}); err != nil {
		t.Error(err)
	}
	for want, suite := range map[string]types.SuiteConfig{"--flake-attempts 2": {FlakeAttempts: 2}, "--must-pass-repeatedly 3": {MustPassRepeatedly: 3}} {
		if err := readsOnce(suite); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
}
