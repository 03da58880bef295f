package suites

import (
	"context"
	"fmt"
	"strings"

	"github.com/onsi/ginkgo/v2"
	"github.com/onsi/ginkgo/v2/types"
	"github.com/onsi/gomega"

	"qorcheck/harness/plan"
	"qorcheck/harness/run"
	"qorcheck/harness/verdict"
	"qorcheck/spec"
)

// Await waits until an obligation of a run has ended, and returns how. Run.Await is one.
type Await func(ctx context.Context, obligation string) (run.Result, error)

// Declare builds the tree of specs for a plan, at the top or inside the container that
// is being built. It sends nothing: each spec calls await when it runs.
func Declare(p *plan.Plan, await Await) {
	for _, c := range p.Requirements.Chapters() {
		declareChapter(p, await, c)
	}
}

// maxSiblings limits the children of a container: building a tree takes time quadratic
// in them.
const maxSiblings = 1000

// declareChapter declares the obligations of one chapter, with a container for each
// operation.
func declareChapter(p *plan.Plan, await Await, c spec.Chapter) {
	byOperation, order := group(p.Obligations, func(o *plan.Obligation) (string, bool) { return o.Operation.ID, o.Requirement.Chapter == c.Name })
	if len(order) == 0 {
		return
	}
	ginkgo.Describe(c.Title, func() {
		for start := 0; start < len(order); start += maxSiblings {
			some := order[start:min(start+maxSiblings, len(order))]
			declare := func() {
				for _, id := range some {
					ginkgo.Describe(id, func() { declareOperation(p, byOperation[id], await) })
				}
			}
			if len(order) <= maxSiblings {
				declare()
				continue
			}
			ginkgo.Describe(fmt.Sprintf("operations %d to %d", start+1, start+len(some)), declare)
		}
	})
}

// declareOperation declares the obligations of one operation, with a container for each
// situation. A spec stands where its operation does in the description.
func declareOperation(p *plan.Plan, obligations []*plan.Obligation, await Await) {
	bySituation, order := group(obligations, func(o *plan.Obligation) (string, bool) { return situation(o.Requirement), true })
	for _, s := range order {
		ginkgo.When(s, func() {
			for _, o := range bySituation[s] {
				place := types.CodeLocation{FileName: p.Description.File, LineNumber: o.Operation.Line}
				ginkgo.It(o.Requirement.Sentence, place, ginkgo.Label(labels(o)...), func(ctx ginkgo.SpecContext) { conforms(ctx, await, o.ID) })
			}
		})
	}
}

// group sorts obligations by a name, and lists the names in the order in which they come.
func group(obligations []*plan.Obligation, name func(*plan.Obligation) (string, bool)) (map[string][]*plan.Obligation, []string) {
	by, order := map[string][]*plan.Obligation{}, []string(nil)
	for _, o := range obligations {
		n, ok := name(o)
		if !ok {
			continue
		}
		if by[n] == nil {
			order = append(order, n)
		}
		by[n] = append(by[n], o)
	}
	return by, order
}

// situations are what the kinds of cases show, read after "when".
var situations = []struct{ kind, words string }{
	{"valid", "valid"},
	{"malformed", "malformed"},
	{"unauthenticated", "unauthenticated"},
	{"forbidden", "forbidden"},
	{"not-found", "for something unknown"},
	{"outcome", "declined or ends in an error"},
	{"message", "followed by a message"},
}

// situation is where a requirement applies: what its list says, else what follows from
// the kinds of its cases.
func situation(q *spec.Requirement) string {
	switch {
	case q.Situation != "":
		return q.Situation
	case len(q.Flows) > 0:
		return "requests follow one another"
	}
	var words []string
	for _, s := range situations {
		for _, kind := range q.Cases {
			if root, _, _ := strings.Cut(kind, "."); root == s.kind {
				words = append(words, s.words)
				break
			}
		}
	}
	if len(words) == 0 {
		return "any request is answered"
	}
	return "the request is " + strings.Join(words, ", or ")
}

// conforms is the body of every spec.
func conforms(ctx ginkgo.SpecContext, await Await, id string) {
	ended, err := await(ctx, id)
	gomega.Expect(err).NotTo(gomega.HaveOccurred())
	remark(ended)
	if Counted(ended) == types.SpecStateSkipped {
		ginkgo.Skip(ended.Obligation.Why)
	}
	gomega.Expect(ended).To(Conform())
}

// Counted is how Ginkgo counts an obligation that ended so: failed when it keeps the run
// from exit code 0, passed when it was judged and does not, else skipped.
func Counted(ended run.Result) types.SpecState {
	switch {
	case ended.Breaks:
		return types.SpecStateFailed
	case ended.Obligation.Outcome == verdict.Pass, ended.Obligation.Outcome == verdict.Fail:
		return types.SpecStatePassed
	}
	return types.SpecStateSkipped
}

// remark adds to the report what a passed spec would hide, and the commands that show a
// failure again.
func remark(ended run.Result) {
	o := ended.Obligation
	if o.Outcome == verdict.Fail && !ended.Breaks || o.Outcome == verdict.Waived {
		ginkgo.AddReportEntry(fmt.Sprintf("%s: %s, and does not fail the run", o.ID, o.Outcome), ended.Explain(), ginkgo.ReportEntryVisibilityAlways)
	}
	for _, n := range o.Notes {
		ginkgo.AddReportEntry(fmt.Sprintf("%s: note", o.ID), fmt.Sprintf("%s (%d, first in %s)", n.Text, n.Count, n.Case), ginkgo.ReportEntryVisibilityAlways)
	}
	for _, share := range ended.Shares {
		if curl := share.First.Curl(); share.Outcome == verdict.Fail && len(curl) > 0 {
			ginkgo.AddReportEntry(fmt.Sprintf("%s: to see it again", share.First.ID), strings.Join(curl, "\n"), ginkgo.ReportEntryVisibilityFailureOrVerbose)
		}
	}
}
