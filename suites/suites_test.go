package suites

import (
	"context"
	"errors"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/onsi/ginkgo/v2"
	"github.com/onsi/ginkgo/v2/types"
	"github.com/onsi/gomega"

	"qorcheck/harness/exchange"
	"qorcheck/harness/plan"
	"qorcheck/harness/planner"
	"qorcheck/harness/run"
	"qorcheck/harness/sandbox"
	"qorcheck/harness/settings"
	"qorcheck/spec"
)

// promise plans the whole promise with the fixtures of the sandbox.
func promise(t *testing.T) *plan.Plan {
	t.Helper()
	d, err := spec.Parse(spec.BuiltInDescription(), "spec/qorcommerce.yaml")
	r, err2 := spec.ParseRequirements(spec.BuiltInRequirements(), "spec/requirements.yaml")
	if err := errors.Join(err, err2); err != nil {
		t.Fatal(err)
	}
	p, err := planner.New(d, r, fixtures(t), 1)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func fixtures(t *testing.T) *settings.Fixtures {
	t.Helper()
	f, err := settings.ParseFixtures(sandbox.Fixtures(""), "the sandbox's fixtures", nil)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// start runs a plan against a sandbox of its own.
func start(t *testing.T, p *plan.Plan) *run.Run {
	t.Helper()
	target, err := sandbox.New(sandbox.Options{})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(target)
	u, err := url.Parse(server.URL + p.Description.BasePath)
	if err != nil {
		t.Fatal(err)
	}
	s := settings.Settings{
		Target: u, Fixtures: fixtures(t), Concurrency: 8, Timeout: time.Minute, BodyLimit: settings.DefaultBodyLimit, HeaderLimit: settings.DefaultHeaderLimit, RunID: "suites", Seed: p.Seed,
	}
	client := exchange.New(s, p.Description)
	t.Cleanup(func() {
		client.Close()
		server.Close()
		if err := target.Close(); err != nil {
			t.Error(err)
		}
	})
	return run.Start(context.WithoutCancel(t.Context()), p, client, run.Options{Settings: s, Tool: "suites test"})
}

// TestConformance is the real tree, run by Ginkgo against the sandbox. Ginkgo
// runs once in a process, so it is the package's one test of that kind.
func TestConformance(t *testing.T) {
	p := promise(t)
	r := start(t, p)
	gomega.RegisterFailHandler(ginkgo.Fail)
	var report ginkgo.Report
	ginkgo.ReportAfterSuite("keep the report", func(r ginkgo.Report) { report = r })
	Declare(p, r)
	suite, reporter := Config(p.Seed)
	reporter.Succinct = true
	ginkgo.RunSpecs(t, p.Requirements.Name, suite, reporter)

	d, err := r.Wait()
	if err != nil {
		t.Fatal(err)
	}
	if d.ExitCode != run.ExitPass || d.Counts.Pass == 0 {
		t.Errorf("exit code %d: %s", d.ExitCode, d.Verdict)
		for _, o := range d.Failures() {
			t.Error(d.Result(o).Explain())
		}
	}
	states, names := map[types.SpecState]int{}, map[string]bool{}
	for _, s := range report.SpecReports {
		if s.LeafNodeType != types.NodeTypeIt {
			continue
		}
		states[s.State]++
		if name := s.FullText(); names[name] {
			t.Errorf("two specs are named %s", name)
		} else {
			names[name] = true
		}
		if len(s.ContainerHierarchyTexts) != 3 || s.LeafNodeText == "" || len(s.Labels()) < 5 {
			t.Errorf("a spec that does not say chapter, operation and expectation: %q, %v", s.FullText(), s.Labels())
		}
	}
	if states[types.SpecStatePassed] != d.Counts.Pass || states[types.SpecStateSkipped] != d.Counts.Unsupported || len(names) != d.Planned {
		t.Errorf("Ginkgo saw %v, the document has %d obligations: %+v", states, d.Planned, d.Counts)
	}
}

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
