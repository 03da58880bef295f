package suites

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/onsi/ginkgo/v2"
	"github.com/onsi/ginkgo/v2/types"

	"qorcheck/harness/plan"
)

// Select reduces a plan to the obligations whose labels match a filter in
// Ginkgo's label syntax; an empty filter keeps all. It is parsed here, before
// any tree exists, since Ginkgo itself exits the process at a bad one. A filter
// that matches nothing is an error.
func Select(p *plan.Plan, filter string) (*plan.Plan, error) {
	if strings.TrimSpace(filter) == "" {
		return p, nil
	}
	keep, err := Keep(filter)
	if err != nil {
		return nil, err
	}
	small := p.Only(keep)
	if len(small.Obligations) == 0 {
		return nil, fmt.Errorf("--filter %q: none of the %d obligations matches: their labels are operation:ID, requirement:ID, level:must or should, chapter:NAME and kind:NAME, as listed by qorcheck plan --cases", filter, len(p.Obligations))
	}
	return small, nil
}

// Keep parses a filter. The function that it returns reports whether the labels of an
// obligation match.
func Keep(filter string) (func(*plan.Obligation) bool, error) {
	if strings.TrimSpace(filter) == "" {
		return func(*plan.Obligation) bool { return true }, nil
	}
	matches, err := Filter(filter)
	if err != nil {
		return nil, err
	}
	return func(o *plan.Obligation) bool { return matches(labels(o)) }, nil
}

// Filter parses a filter in Ginkgo's label syntax. The function that it returns
// reports whether labels match.
func Filter(filter string) (func(labels []string) bool, error) {
	matches, err := types.ParseLabelFilter(filter)
	if err != nil {
		return nil, fmt.Errorf("--filter %q: %s: must be in Ginkgo's label syntax, as in 'operation:payment-capture && !kind:malformed'", filter, reason(err))
	}
	return matches, nil
}

// Selected reduces a plan to what Ginkgo's own filters keep of the tree that was declared
// for it: label filter, focus and skip, of the command line and in code. So nothing is
// sent that no spec asks for. A dry run keeps all, and runs none. Ginkgo's preview must be
// possible: Selected is called before RunSpecs.
func Selected(p *plan.Plan, suite types.SuiteConfig, reporter types.ReporterConfig) (*plan.Plan, error) {
	if err := readsOnce(suite); err != nil || suite.DryRun {
		return p, err
	}
	small := kept(p, ginkgo.PreviewSpecs(p.Requirements.Name, suite, reporter))
	if len(small.Obligations) == 0 {
		return nil, fmt.Errorf("the filters of Ginkgo keep none of %d obligations: nothing would be certified", len(p.Obligations))
	}
	return small, nil
}

// readsOnce refuses what would judge an answer more often than it was asked for.
func readsOnce(suite types.SuiteConfig) error {
	for _, f := range []struct {
		name  string
		value int
	}{{"--flake-attempts", suite.FlakeAttempts}, {"--must-pass-repeatedly", suite.MustPassRepeatedly}} {
		if f.value > 1 {
			return fmt.Errorf("%s %d: a spec reads a verdict, and would read the same one again; --repeat makes new runs", f.name, f.value)
		}
	}
	return nil
}

// kept reduces a plan to the obligations whose specs a preview would run.
func kept(p *plan.Plan, preview types.Report) *plan.Plan {
	all, runs := byName(p), map[string]bool{}
	for _, s := range preview.SpecReports {
		if s.State == types.SpecStatePassed {
			runs[all[nameOf(s)]] = true
		}
	}
	whole := !slices.ContainsFunc(p.Obligations, func(o *plan.Obligation) bool { return !runs[o.ID] })
	if whole {
		return p
	}
	return p.Only(func(o *plan.Obligation) bool { return runs[o.ID] })
}

// name is what finds the obligation of a spec, wherever in a tree it was declared.
type name struct{ operation, requirement string }

// byName lists the ids of a plan's obligations.
func byName(p *plan.Plan) map[name]string {
	ids := map[name]string{}
	for _, o := range p.Obligations {
		ids[name{o.Operation.ID, o.Requirement.ID}] = o.ID
	}
	return ids
}

// nameOf returns the name of a spec, the zero name for one that is not ours.
func nameOf(s types.SpecReport) (n name) {
	if len(s.ContainerHierarchyTexts) < 2 {
		return n
	}
	for _, l := range s.LeafNodeLabels {
		if id, ok := strings.CutPrefix(l, "requirement:"); ok {
			n = name{s.ContainerHierarchyTexts[len(s.ContainerHierarchyTexts)-2], id}
		}
	}
	return n
}

// reason returns the sentence of Ginkgo's error, which is a coloured page.
func reason(err error) string {
	text := err.Error()
	if page, ok := errors.AsType[types.GinkgoError](err); ok {
		text = page.Message[strings.LastIndex(page.Message, "\n")+1:]
	}
	return strings.TrimSuffix(strings.TrimSpace(text), ".")
}

// labels returns the labels of an obligation. Its kind is any when it is judged on
// cases of every kind.
func labels(o *plan.Obligation) []string {
	list := []string{
		"operation:" + label(o.Operation.ID),
		"requirement:" + o.Requirement.ID,
		"level:" + string(o.Requirement.Level),
		"chapter:" + string(o.Requirement.Chapter),
	}
	kinds := o.Requirement.Cases
	if len(kinds) == 0 {
		kinds = []string{"any"}
	}
	for _, kind := range kinds {
		for kind != "" {
			if l := "kind:" + label(kind); !slices.Contains(list, l) {
				list = append(list, l)
			}
			kind = kind[:max(strings.LastIndex(kind, "."), 0)]
		}
	}
	return list
}

// label replaces the characters that Ginkgo refuses in a label.
func label(text string) string {
	return strings.Map(func(c rune) rune {
		if strings.ContainsRune("&|!,()/: ", c) {
			return '-'
		}
		return c
	}, text)
}
