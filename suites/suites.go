// Package suites declares a plan as a tree of Ginkgo specs. One spec awaits one
// obligation and asserts its finished verdict; nothing is decided here.
package suites

import (
	"errors"
	"io"

	"github.com/onsi/ginkgo/v2"
	"github.com/onsi/ginkgo/v2/formatter"
	"github.com/onsi/ginkgo/v2/types"
	"github.com/onsi/gomega"

	"qorcheck/harness/plan"
	"qorcheck/harness/run"
	"qorcheck/harness/verdict"
	"qorcheck/spec"
)

// Declare builds the tree of specs for a run of the plan: a container for each
// chapter of the requirement list.
func Declare(p *plan.Plan, r *run.Run) {
	for _, c := range p.Requirements.Chapters() {
		declareChapter(p, r, c)
	}
}

// Run declares the tree and runs it in this process, with Ginkgo's own console
// silenced. The verdicts are those of the run; Ginkgo's own result is ignored. Run
// can be called once in a process.
func Run(p *plan.Plan, r *run.Run) error {
	gomega.RegisterFailHandler(ginkgo.Fail)
	Declare(p, r)
	suite, reporter := Config(p.Seed)
	if suite.ParallelTotal > 1 {
		return errors.New("suites run in one process; the run itself is concurrent")
	}
	formatter.ColorableStdOut, formatter.ColorableStdErr = io.Discard, io.Discard
	ginkgo.RunSpecs(quiet{}, p.Requirements.Name, suite, reporter)
	return nil
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

// maxSiblings limits the children of a container: building a tree takes time quadratic
// in them.
const maxSiblings = 1000

// declareChapter declares the obligations of one chapter, with a container for each
// operation.
func declareChapter(p *plan.Plan, r *run.Run, c spec.Chapter) {
	byOperation := map[string][]*plan.Obligation{}
	var order []string
	for _, o := range p.Obligations {
		if o.Requirement.Chapter != c.Name {
			continue
		}
		if byOperation[o.Operation.ID] == nil {
			order = append(order, o.Operation.ID)
		}
		byOperation[o.Operation.ID] = append(byOperation[o.Operation.ID], o)
	}
	if len(order) == 0 {
		return
	}
	ginkgo.Describe(c.Title, func() {
		for start := 0; start < len(order); start += maxSiblings {
			some := order[start:min(start+maxSiblings, len(order))]
			ginkgo.Context("", func() {
				for _, id := range some {
					ginkgo.Context(id, func() {
						for _, o := range byOperation[id] {
							ginkgo.It(o.Requirement.Sentence, ginkgo.Label(labels(o)...), func(ctx ginkgo.SpecContext) { conforms(ctx, r, o.ID) })
						}
					})
				}
			})
		}
	})
}

// conforms is the body of every spec.
func conforms(ctx ginkgo.SpecContext, r *run.Run, id string) {
	ended, err := r.Await(ctx, id)
	gomega.Expect(err).NotTo(gomega.HaveOccurred())
	if o := ended.Obligation; o.Outcome == verdict.Unsupported || o.Outcome == verdict.NotApplicable || o.Outcome == verdict.Waived {
		ginkgo.Skip(o.Why)
	}
	gomega.Expect(ended).To(Conform())
}
