package cli

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"qorcheck/harness/group"
	"qorcheck/harness/plan"
	"qorcheck/harness/planner"
	"qorcheck/harness/settings"
	"qorcheck/harness/verdict"
	"qorcheck/spec"
	"qorcheck/suites"
)

// inputs are the flags that run and plan share: what is certified, and against which target.
type inputs struct {
	*process
	target, fixtures, spec, requirements, profile, filter, oneCase, allowWrites string
	refs, depth                                                                 string
	promise                                                                     string // digest of the description, once it is read
	sendsNothing                                                                bool   // so no credential is needed
	overlays                                                                    fileList
	seed                                                                        uint64
	explore                                                                     int
	given                                                                       *pflag.FlagSet
	drawnCase                                                                   *drawnCase // that oneCase is the file of, nil for none
	smoke                                                                       bool
	budget                                                                      settings.Budget
	rate                                                                        settings.Rate
	quietWindow                                                                 time.Duration
}

// How deep a large plan goes.
const (
	depthSample = "sample"
	depthFull   = "full"
)

func (in *inputs) flags(c *cobra.Command) {
	in.given = c.Flags()
	c.Flags().StringVar(&in.target, "target", "", "base URL of the environment, such as https://sandbox.example.test/v3 (default: the embedded sandbox)")
	c.Flags().StringVar(&in.fixtures, "fixtures", "", "file with hosts, keys and test data of the environment (default, for loopback targets: with --spec none, else those of the sandbox)")
	c.Flags().StringVar(&in.spec, "spec", "", "OpenAPI description: a file, an http or https URL, or - for standard input (default: the built-in one of QorCommerce)")
	c.Flags().StringVar(&in.requirements, "requirements", "", "requirement list (default: with --spec the built-in one for any API, else that of QorCommerce)")
	c.Flags().StringVar(&in.profile, "profile", "", "comma-separated profiles of the requirement list that the target claims; the others are unsupported (default: all)")
	c.Flags().StringVar(&in.filter, "filter", "", "which obligations, in Ginkgo's label syntax, such as 'operation:payment-capture && !kind:malformed'")
	c.Flags().StringVar(&in.oneCase, "case", "", "id of the only case to run, as listed by qorcheck plan --cases and in every report, or a file that --explore wrote")
	c.Flags().StringVar(&in.allowWrites, "allow-writes", "", "comma-separated ids of operations that are sent although they may change many things, * in one for any letters (default: none)")
	c.Flags().BoolVar(&in.smoke, "smoke", false, "send few cases, which exercise every obligation, instead of all")
	c.Flags().StringVar(&in.depth, "depth", depthSample, "sample or full: of a plan of more than 10000 cases, whether a schema that many operations share is broken in all ways in one of them, and by a sample in the others")
	c.Flags().Var(&in.budget, "budget", "send no more than this many requests, such as 500, or end within a time, such as 60s at --rate (20/s without one); obligations that do not fit are left out (default: no limit)")
	c.Flags().Var(&in.rate, "rate", "maximum rate of requests, such as 20/s or 30/m (default: as many as --concurrency allows)")
	c.Flags().DurationVar(&in.quietWindow, "quiet-window", settings.DefaultQuietWindow, "time after a request in which a message that must not come would come")
	in.amendmentFlags(c)
	c.MarkFlagsMutuallyExclusive("smoke", "budget")
	c.Flags().IntVar(&in.explore, "explore", 0, "how many further requests to draw for each operation, beyond the systematic ones; the same for the same --seed")
	c.Flags().Uint64Var(&in.seed, "seed", 1, "seed for the plan's random choices")
}

// plan loads everything and plans. Nothing is sent. The target is nil for the embedded sandbox.
func (in *inputs) plan() (*plan.Plan, *settings.Fixtures, *url.URL, error) {
	if err := in.readExploration(); err != nil {
		return nil, nil, nil, err
	}
	var target *url.URL
	if in.target != "" {
		var err error
		if target, err = settings.ParseTarget(in.target); err != nil {
			return nil, nil, nil, err
		}
	}
	var requirements *spec.Requirements
	var unreadable error
	var reading group.Group
	reading.Go(func() { requirements, unreadable = in.requirementList() }) // while the description is read: both take long
	description, err := in.description()
	reading.Wait()
	if err != nil {
		return nil, nil, nil, fmt.Errorf("--spec: %w", err)
	}
	if unreadable != nil {
		return nil, nil, nil, fmt.Errorf("--requirements: %w", unreadable)
	}
	if err := verdict.Known(requirements); err != nil {
		return nil, nil, nil, fmt.Errorf("--requirements: %w", err)
	}
	fixtures, err := in.fixturesFor(target, description)
	if err != nil {
		return nil, nil, nil, err
	}
	in.process.fixtures, in.promise = fixtures, description.Digest
	if target != nil {
		target = fixtures.Below(target)
	}
	if err := completeTokens(description, fixtures); err != nil {
		return nil, nil, nil, err
	}
	if err := in.limitWrites(target, description, fixtures); err != nil {
		return nil, nil, nil, err
	}
	for _, name := range planner.UnusedKnown(description, fixtures) {
		takes := append(slices.Clone(description.KnownNames()), "the names of parameters, of fields, and OPERATION.NAME")
		fmt.Fprintf(in.stderr, "qorcheck: %s: known.%s: no case uses it; %s takes %s\n", fixtures.File, name, description.File, strings.Join(takes, ", "))
	}
	part, err := in.part()
	if err != nil {
		return nil, nil, nil, err
	}
	p, err := planner.NewPart(description, requirements, fixtures, in.seed, part)
	if err != nil {
		return nil, nil, nil, err
	}
	if len(p.Obligations) == 0 {
		return nil, nil, nil, nothingCertified(description, requirements)
	}
	if p, err = in.chosen(p); err != nil {
		return nil, nil, nil, err
	}
	return p, fixtures, target, nil
}

// part is what profile, filter, case and depth leave of a plan, as far as it need not be made.
func (in *inputs) part() (planner.Part, error) {
	if in.depth != depthSample && in.depth != depthFull {
		return planner.Part{}, fmt.Errorf("--depth %s: must be %s or %s", orNone(in.depth), depthSample, depthFull)
	}
	part := planner.Part{Case: in.caseID(), Profile: in.profile != "", Explore: in.explore, Sample: in.depth == depthSample}
	if strings.TrimSpace(in.filter) == "" {
		return part, nil
	}
	var err error
	part.Keep, err = suites.Keep(in.filter)
	return part, err
}

// chosen is what profile, filter, smoke, budget and case leave of a plan.
func (in *inputs) chosen(p *plan.Plan) (*plan.Plan, error) {
	var err error
	if in.profile != "" {
		if p, err = p.Profiles(strings.Split(in.profile, ",")...); err != nil {
			return nil, fmt.Errorf("--profile %w", err)
		}
	}
	if p, err = suites.Select(p, in.filter); err != nil {
		return nil, err
	}
	if in.smoke && in.oneCase != "" {
		return nil, fmt.Errorf("--smoke: --case %s chooses the only case already", in.oneCase)
	}
	if in.smoke {
		p = p.Smoke()
	}
	if p, err = in.withinBudget(p); err != nil {
		return nil, err
	}
	if in.oneCase != "" {
		if err = in.drawnFromThis(p.Description); err != nil {
			return nil, err
		}
		if p = p.Case(in.caseID()); p == nil {
			return nil, fmt.Errorf("--case %q: no selected case has this id; qorcheck plan --cases lists the ids", in.oneCase)
		}
		if in.drawnCase != nil {
			return in.drawnCase.of(p, in.oneCase)
		}
	}
	return p, nil
}

// selection says which part of the plan was asked for, "" for all of it.
func (in *inputs) selection() string {
	switch {
	case in.oneCase != "":
		return "case " + in.oneCase
	case in.filter != "":
		return "filter " + in.filter
	}
	return ""
}

// nothingCertified says that a plan is empty.
func nothingCertified(d *spec.Description, r *spec.Requirements) error {
	return fmt.Errorf("--spec %s: no requirement in %s applies to any of its %s: nothing would be certified", d.File, r.File, plural(len(d.Operations), "operation"))
}

// withinBudget reduces the plan to what the budget allows; without one it is the whole plan.
func (in *inputs) withinBudget(p *plan.Plan) (*plan.Plan, error) {
	switch {
	case in.budget == settings.Budget{}:
		return p, nil
	case in.oneCase != "":
		return nil, fmt.Errorf("--budget %s: --case %s chooses the only case already", &in.budget, in.oneCase)
	}
	small := p.Within(in.budget.Within(in.rate, in.quietWindow))
	if small == nil {
		return nil, fmt.Errorf("--budget %s: not one case fits; the whole plan sends at most %d requests", &in.budget, planner.Volume(p).Requests)
	}
	return small, nil
}
