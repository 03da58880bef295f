package matrix

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"qorcheck/harness/group"
	"qorcheck/harness/plan"
	"qorcheck/harness/run"
	"qorcheck/harness/sandbox"
	"qorcheck/harness/settings"
	"qorcheck/harness/verdict"
	"qorcheck/spec"
)

// Options say what is run.
type Options struct {
	Plan   func(seed uint64) (*plan.Plan, error)
	Seeds  []uint64 // with which each mutant is run
	Clean  []uint64 // with which the sound sandbox is run, everything
	Smoke  bool     // the plans are of smoke runs, of which each mutant gets all cases
	All    bool     // every obligation; else those of the operations that a mutant touches
	Causes bool     // what counts the causes of a mutant: it is certified twice, and in whole where it shows or touches several
	AtOnce int      // sandboxes that are under way at once
	Done   func(Row)
}

// Run runs the mutants with each seed, then the sound sandbox. When the context ends it,
// the rows that came to their end are there beside the error. Any other error is a
// fault of our own; what is wrong with a single row stands in the row.
func Run(ctx context.Context, defects []sandbox.Defect, o Options) (*Matrix, error) {
	started := time.Now()
	planOf, err := planned(o)
	if err != nil {
		return nil, err
	}
	jobs, err := newJobs(defects, o)
	if err != nil {
		return nil, err
	}
	m := &Matrix{All: o.All, Started: started.UTC(), Planned: len(jobs)}
	if m.Rows, err = runAll(ctx, jobs, planOf, o); err != nil {
		return nil, err
	}
	if o.Causes && ctx.Err() == nil {
		if m.Pairs, err = pairsWith(ctx, defects, planOf, o); err != nil {
			return nil, err
		}
	}
	m.Seconds = time.Since(started).Seconds()
	m.Checks = byCheck(m.Rows, verdict.Checks())
	return m, ctx.Err()
}

// pairsWith certifies pairs of defects with the plan of the first seed.
func pairsWith(ctx context.Context, defects []sandbox.Defect, planOf func(seed uint64) (*plan.Plan, error), o Options) ([]Pair, error) {
	p, err := planOf(o.Seeds[0])
	if err != nil {
		return nil, err
	}
	return runPairs(ctx, pairsOf(defects, p.Requirements, maxPairs), p, o)
}

// planned returns what gives the plan of a seed. Those that serve all mutants are made
// at once; one for the sound sandbox alone is made in its turn, and not kept.
func planned(o Options) (func(seed uint64) (*plan.Plan, error), error) {
	plans := map[uint64]*plan.Plan{}
	for _, seed := range o.Seeds {
		p, err := o.Plan(seed)
		if err != nil {
			return nil, err
		}
		plans[seed] = p
	}
	return func(seed uint64) (*plan.Plan, error) {
		if p := plans[seed]; p != nil {
			return p, nil
		}
		return o.Plan(seed)
	}, nil
}

// newJobs lists the rows to be: each mutant with each seed, then the sound sandbox.
func newJobs(defects []sandbox.Defect, o Options) ([]job, error) {
	fixtures, err := settings.ParseFixtures(sandbox.Fixtures(""), "the sandbox's fixtures", nil)
	if err != nil {
		return nil, err
	}
	var jobs []job
	times := 1
	if o.Causes {
		times = 2
	}
	for _, defect := range defects {
		for _, seed := range o.Seeds {
			jobs = append(jobs, job{defect: &defect, seed: seed, fixtures: fixtures, times: times})
		}
	}
	for _, seed := range o.Clean {
		jobs = append(jobs, job{seed: seed, fixtures: fixtures, times: 1})
	}
	return jobs, nil
}

// runAll runs jobs, several at once, and returns the rows of those that were not cut
// short, in order.
func runAll(ctx context.Context, jobs []job, planOf func(seed uint64) (*plan.Plan, error), o Options) ([]Row, error) {
	rows := make([]*Row, len(jobs))
	var pool group.Group
	var mu sync.Mutex
	var failed error
	slots := make(chan struct{}, max(o.AtOnce, 1))
	for i, j := range jobs {
		slots <- struct{}{}
		if ctx.Err() != nil {
			break
		}
		pool.Go(func() {
			defer func() { <-slots }()
			p, err := planOf(j.seed)
			row := Row{}
			if err == nil {
				row = j.run(ctx, p, o)
			}
			mu.Lock()
			defer mu.Unlock()
			failed = cmp.Or(failed, err)
			if err != nil || ctx.Err() != nil {
				return // there is no plan, or it was cut short
			}
			rows[i] = &row
			if o.Done != nil {
				o.Done(row)
			}
		})
	}
	pool.Wait()
	finished := []Row{}
	for _, row := range rows {
		if row != nil {
			finished = append(finished, *row)
		}
	}
	return finished, failed
}

// job is one row to be.
type job struct {
	defect   *sandbox.Defect // nil for the sound sandbox
	with     *sandbox.Defect // planted beside it, nil for none
	seed     uint64
	fixtures *settings.Fixtures
	times    int // that the sandbox is certified, one after the other
}

func (j job) run(ctx context.Context, p *plan.Plan, o Options) Row {
	row := Row{Seed: j.seed, Outcome: Sound, Failures: []Failure{}, Causes: []Cause{}}
	name := "sound"
	if j.defect != nil {
		name = j.defect.Name
		named := func(q *spec.Requirement) bool { return q.ID == j.defect.Requirement }
		row.Mutant, row.Breaks, row.Requirement = j.defect.Name, j.defect.Breaks, j.defect.Requirement
		switch {
		case j.defect.Harmless():
			row.Outcome = Harmless
		case j.defect.Requirement != "" && !slices.ContainsFunc(p.Requirements.List, named):
			row.Outcome, row.Fault = Untested, "no requirement has the id "+j.defect.Requirement
			return row
		case !tested(p.Requirements, j.defect.Requirement):
			row.Outcome = Untested
			return row
		default:
			row.Outcome = Survived
		}
	}
	if j.defect == nil || o.All {
		row.Whole = true
		j.judge(ctx, p, name, &row)
		return row
	}
	j.judge(ctx, j.small(p, o.Smoke), name, &row)
	if o.Causes && row.Fault == "" && (max(len(row.Causes), len(j.defect.On)) > 1 || sampled(j.defect.Name)) {
		j.countInWhole(ctx, p, name, &row)
	}
	if o.Smoke && row.Outcome == Survived && row.Fault == "" { // the cases that would find it may be on other operations
		requests, seconds := row.Requests, row.Seconds
		j.judge(ctx, p, name, &row)
		row.Requests, row.Seconds = row.Requests+requests, row.Seconds+seconds
	}
	return row
}

// judge certifies the sandbox with a plan and fills the row.
func (j job) judge(ctx context.Context, p *plan.Plan, name string, row *Row) {
	started := time.Now()
	documents, err := j.certify(ctx, p, name, j.times)
	row.Seconds = time.Since(started).Seconds()
	var document *run.Document
	if err == nil {
		document = documents[0]
	}
	switch {
	case err != nil:
		row.Fault = err.Error()
		return
	case document.Counts.Broken > 0:
		row.Fault = document.Verdict
	case j.defect == nil && document.ExitCode == run.ExitUnclear, row.Outcome == Harmless && slices.ContainsFunc(document.Obligations, unexercised):
		row.Fault = document.Verdict
	case j.defect != nil && j.defect.Requirement == sandbox.Tolerated && !noted(document, j.defect.Name):
		row.Fault = "no note names the tolerance " + j.defect.Name
	}
	row.Verdict = document.Verdict
	row.Asked, row.Requests = document.Planned, document.Requests
	row.Failures, row.Causes = failures(document, j.defect), causesOf(document)
	row.compare(documents)
	if j.defect != nil && slices.ContainsFunc(row.Failures, func(f Failure) bool { return f.Requirement == j.defect.Requirement }) {
		row.Outcome = Killed
	}
}

// unexercised reports whether all cases of an obligation ended well and none showed anything.
func unexercised(o run.Obligation) bool {
	return o.Outcome == verdict.Inconclusive && o.Counts.Pass == o.Planned
}

// noted reports whether a note names a tolerance.
func noted(d *run.Document, tolerance string) bool {
	return slices.ContainsFunc(d.Obligations, func(o run.Obligation) bool {
		return slices.ContainsFunc(o.Notes, func(n run.Note) bool { return strings.Contains(n.Text.String(), "("+tolerance+")") })
	})
}

func tested(r *spec.Requirements, id string) bool {
	return slices.ContainsFunc(r.List, func(q *spec.Requirement) bool { return q.ID == id && q.Tested() })
}

// small returns the part of a plan that a mutant is run with by default: the
// obligations of the operations that it touches, and those of its requirement
// where they are on none of these. Of the many cases that differ in a field alone
// a few of each kind are kept, unless all are wanted, and all that its requirement names.
func (j job) small(p *plan.Plan, all bool) *plan.Plan {
	on := func(operation string) bool { return slices.Contains(j.defect.On, operation) }
	concerns := concerned(p, j.defect)
	serves := map[string]bool{} // obligations of which every case is kept
	for _, o := range p.Obligations {
		serves[o.ID] = o.Requirement.ID == j.defect.Requirement && concerns(o) && len(o.Requirement.Cases)+len(o.Requirement.Flows) > 0
	}
	few, kept := *p, map[string]int{}
	few.Cases = slices.DeleteFunc(slices.Clone(p.Cases), func(c *plan.Case) bool {
		if all || slices.ContainsFunc(c.Obligations, func(id string) bool { return serves[id] }) {
			return false
		}
		kept[c.Operation+c.Kind]++
		return !on(c.Operation) || kept[c.Operation+c.Kind] > maxOfAKind && !strings.HasPrefix(c.Kind, plan.KindFlow)
	})
	return few.Only(concerns)
}

// concerned returns what reports whether a defect concerns an obligation: one on an
// operation that it touches, and one of its requirement where that has none of these.
func concerned(p *plan.Plan, defect *sandbox.Defect) func(*plan.Obligation) bool {
	on := func(o *plan.Obligation) bool { return slices.Contains(defect.On, o.Operation.ID) }
	named := func(o *plan.Obligation) bool { return o.Requirement.ID == defect.Requirement }
	among := slices.ContainsFunc(p.Obligations, func(o *plan.Obligation) bool { return on(o) && named(o) })
	return func(o *plan.Obligation) bool { return on(o) || named(o) && !among }
}

// maxOfAKind limits the cases of a kind on an operation that most mutants are run with.
const maxOfAKind = 6

// failures sums the failed obligations up by requirement.
func failures(d *run.Document, defect *sandbox.Defect) []Failure {
	list := []Failure{}
	for _, o := range d.Obligations {
		if o.Outcome != verdict.Fail {
			continue
		}
		i := slices.IndexFunc(list, func(f Failure) bool { return f.Requirement == o.Requirement })
		if i < 0 {
			i = len(list)
			list = append(list, Failure{
				Requirement: o.Requirement, Check: o.Check, Operations: []string{}, Case: firstFailed(d, o),
				Follows: defect != nil && defect.Follows(o.Requirement),
			})
		}
		list[i].Operations = append(list[i].Operations, o.Operation)
		list[i].Cases += o.Counts.Fail
	}
	rank := func(f Failure) int {
		if defect != nil && f.Requirement == defect.Requirement {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(list, func(a, b Failure) int { return cmp.Compare(rank(a), rank(b)) })
	return list
}

// firstFailed names a failed case of an obligation.
func firstFailed(d *run.Document, o run.Obligation) string {
	for _, id := range o.Causes {
		cause := d.Cause(id)
		if cause == nil || cause.Outcome != verdict.Fail {
			continue
		}
		for _, behind := range cause.Behind {
			if behind.Obligation == o.ID && len(behind.Cases) > 0 {
				return behind.Cases[0]
			}
		}
	}
	return ""
}
