package suites_test

import (
	"os"
	"testing"

	"github.com/onsi/ginkgo/v2"
	"github.com/onsi/gomega"

	"qorcheck/harness/cli"
	"qorcheck/suites"
)

var arguments []string // those of qorcheck run

func TestMain(m *testing.M) {
	arguments, os.Args = cli.SplitArguments(os.Args)
	os.Exit(m.Run())
}

// TestConformance certifies the embedded sandbox, or the target that the flags of
// qorcheck run or its variables name.
func TestConformance(t *testing.T) {
	gomega.RegisterFailHandler(ginkgo.Fail)
	conformance, err := cli.Configure(cli.CallersFolder(), arguments, os.Environ())
	must(t, err)
	suites.Declare(conformance.Plan(), conformance.Await)
	suite, reporter := ginkgo.GinkgoConfiguration()
	plan, err := suites.Selected(conformance.Plan(), suite, reporter)
	must(t, err)

	ginkgo.SynchronizedBeforeSuite(func(ctx ginkgo.SpecContext) (document []byte) {
		gomega.Expect(conformance.Start(plan)).To(gomega.Succeed())
		if suite.ParallelTotal > 1 { // the other processes read what this one was answered
			document, err = conformance.Finish(ctx)
			gomega.Expect(err).NotTo(gomega.HaveOccurred())
		}
		return document
	}, func(document []byte) { gomega.Expect(conformance.Follow(document)).To(gomega.Succeed()) })
	ginkgo.SynchronizedAfterSuite(func() {}, func() { gomega.Expect(conformance.Stop()).To(gomega.Succeed()) })
	var report ginkgo.Report
	ginkgo.ReportAfterSuite("keep the report", func(r ginkgo.Report) { report = r })

	ginkgo.RunSpecs(t, plan.Requirements.Name, suite, reporter)
	must(t, conformance.Stop()) // after a second Ctrl-C Ginkgo did not
	if document := conformance.Document(); document != nil && suite.ParallelTotal == 1 {
		for _, difference := range suites.Disagreements(plan, report, document) {
			t.Error(difference)
		}
		if document.ExitCode != 0 {
			t.Error(document.Verdict)
		}
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
