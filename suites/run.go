package suites

import (
	"fmt"
	"io"

	"github.com/onsi/ginkgo/v2"
	"github.com/onsi/ginkgo/v2/formatter"
	"github.com/onsi/ginkgo/v2/types"
	"github.com/onsi/gomega"

	"qorcheck/harness/plan"
	"qorcheck/harness/run"
	"qorcheck/harness/verdict"
)

// Run declares the tree, runs it in this process and returns Ginkgo's report, which
// Disagreements compares with the document of the run. Ginkgo's console output goes to
// console. Run can be called once in a process.
func Run(p *plan.Plan, await Await, console io.Writer) types.Report {
	var report types.Report
	gomega.RegisterFailHandler(ginkgo.Fail)
	ginkgo.ReportAfterSuite("keep the report", func(r ginkgo.Report) { report = r })
	Declare(p, await)
	suite, reporter := Config(p.Seed)
	formatter.ColorableStdOut, formatter.ColorableStdErr = console, console
	ginkgo.RunSpecs(quiet{}, p.Requirements.Name, suite, reporter)
	return report
}

// Config returns the configuration of Ginkgo: no time limit of its own, no empty suite.
func Config(seed uint64) (types.SuiteConfig, types.ReporterConfig) {
	suite, reporter := ginkgo.GinkgoConfiguration()
	suite.Timeout = 0
	suite.FailOnEmpty = true
	suite.RandomSeed = int64(seed >> 1)
	return suite, reporter
}

// quiet takes the place of a *testing.T.
type quiet struct{}

func (quiet) Fail() {}

// Disagreements compares what Ginkgo counted, spec by spec, with what the document of
// the run says of the obligations of the plan, and lists the differences. What Ginkgo
// left out, after an interruption or at its first failure, is no difference.
func Disagreements(p *plan.Plan, report types.Report, d *run.Document) (list []string) {
	seen := map[string]types.SpecState{}
	all := byName(p)
	for _, s := range report.SpecReports {
		if id := all[nameOf(s)]; id != "" {
			seen[id] = s.State
		}
	}
	cut := report.SpecialSuiteFailureReasons != nil || report.SuiteConfig.FailFast && !report.SuiteSucceeded
	for _, o := range p.Obligations {
		state, ran := seen[o.ID]
		ended := d.Obligation(o.ID)
		switch {
		case !ran && !cut:
			list = append(list, fmt.Sprintf("%s: Ginkgo has no spec for it", o.ID))
		case ended == nil:
			list = append(list, fmt.Sprintf("%s: the document does not have it", o.ID))
		case !ran || cut && (state == types.SpecStateSkipped || state == types.SpecStateInterrupted):
		case ended.Outcome == verdict.NotRun && d.Interrupted:
		default:
			if want := Counted(d.Result(*ended)); state != want {
				list = append(list, fmt.Sprintf("%s: Ginkgo counted it as %s, the document says %s", o.ID, state, ended.Outcome))
			}
		}
	}
	return list
}
