package suites_test

import (
	"context"

	"github.com/onsi/ginkgo/v2"
	"github.com/onsi/gomega"

	"qorcheck/harness/exchange"
	"qorcheck/harness/planner"
	"qorcheck/harness/run"
	"qorcheck/harness/settings"
	"qorcheck/spec"
	"qorcheck/suites"
)

// The tree of a plan, inside a container of a suite of one's own. The run is begun before
// the first spec and has ended after the last one.
func ExampleDeclare() {
	certify := func(d *spec.Description, q *spec.Requirements, s settings.Settings) error {
		plan, err := planner.New(d, q, s.Fixtures, s.Seed)
		if err != nil {
			return err
		}
		var certified *run.Run
		await := func(ctx context.Context, id string) (run.Result, error) { return certified.Await(ctx, id) }
		ginkgo.Describe("conformance", func() { suites.Declare(plan, await) })
		ginkgo.BeforeSuite(func() {
			client := exchange.New(s, d)
			ginkgo.DeferCleanup(client.Close)
			certified = run.Start(context.Background(), plan, client, run.Options{Settings: s, Tool: "our suite"})
		})
		ginkgo.AfterSuite(func() {
			document, err := certified.Wait()
			gomega.Expect(err).NotTo(gomega.HaveOccurred())
			ginkgo.GinkgoWriter.Println(document.Verdict)
		})
		return nil
	}
	_ = certify // called before RunSpecs, with settings.Default(target, fixtures)
}
