// Package matrix runs plans against sandboxes with a planted defect, many at
// once, and says of each mutant whether the requirement that it names caught it
// and whether anything else was held against it that does not follow.
package matrix

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"qorcheck/harness/exchange"
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
	All    bool     // every obligation; else those of the operations that a mutant touches
	AtOnce int      // sandboxes that are under way at once
	Done   func(Row)
}

// Matrix is what came of it. Nothing is sent again to read it otherwise.
type Matrix struct {
	Tool    string    `json:"tool"`
	Filter  string    `json:"filter,omitempty"` // of the mutants, as given
	All     bool      `json:"all"`              // every obligation was asked of every mutant
	Planned int       `json:"planned"`          // rows; fewer are there where it was interrupted
	Started time.Time `json:"started"`
	Seconds float64   `json:"seconds"`
	Rows    []Row     `json:"rows"` // mutants in the order of their table, by seed; then the sound sandbox
	Checks  []Check   `json:"checks"`
}

// Outcome is how a row ended.
type Outcome string

// The outcomes. A mutant is untested as long as its requirement is: nothing is asked of it.
const (
	Killed   Outcome = "killed"   // the requirement that it names failed
	Survived Outcome = "survived" // it did not
	Untested Outcome = "untested"
	Harmless Outcome = "tolerated" // what it does is left open: nothing may fail
	Sound    Outcome = "sound"     // the sandbox without a defect
)

// Row is one mutant, run with one seed.
type Row struct {
	Mutant      string    `json:"mutant"` // "" for the sound sandbox
	Breaks      string    `json:"breaks,omitempty"`
	Requirement string    `json:"requirement,omitempty"`
	Seed        uint64    `json:"seed"`
	Outcome     Outcome   `json:"outcome"`
	Failures    []Failure `json:"failures"`          // the requirement that it names first
	Fault       string    `json:"fault,omitempty"`   // of our own
	Verdict     string    `json:"verdict,omitempty"` // the sentence that sums the run up
	Asked       int       `json:"asked"`             // obligations
	Requests    int       `json:"requests"`
	Seconds     float64   `json:"seconds"`
}

// Failure is one requirement that failed.
type Failure struct {
	Requirement string   `json:"requirement"`
	Check       string   `json:"check"`
	Operations  []string `json:"operations"`
	Cases       int      `json:"cases"`   // that failed under it
	Case        string   `json:"case"`    // one of them
	Follows     bool     `json:"follows"` // from the defect; else it is a false alarm
}

// Check is what the matrix shows of one check.
type Check struct {
	Name  string   `json:"name"`
	Kills []string `json:"kills"` // mutants that it kills under the requirement that they name
	Alone []string `json:"alone"` // those among them that no other check kills
}

// Alarms are the failures that do not follow from the defect.
func (r Row) Alarms() []Failure {
	return slices.DeleteFunc(slices.Clone(r.Failures), func(f Failure) bool { return f.Follows })
}

// Bad tells whether a row shows that something is wrong with the checks.
func (r Row) Bad() bool { return r.Outcome == Survived || len(r.Alarms()) > 0 || r.Fault != "" }

// Bad lists the rows that are bad.
func (m *Matrix) Bad() []Row {
	return slices.DeleteFunc(slices.Clone(m.Rows), func(r Row) bool { return !r.Bad() })
}

// Idle lists the checks that kill no mutant alone: they prove nothing that others
// do not. A matrix of some mutants says nothing of that, nor does one that was interrupted.
func (m *Matrix) Idle() []string {
	var names []string
	for _, c := range m.Checks {
		if len(c.Alone) == 0 && m.Filter == "" && len(m.Rows) == m.Planned {
			names = append(names, c.Name)
		}
	}
	return names
}

// Run runs mutants by each seed, then the sound sandbox. When the context ends it,
// the rows that came to their end are there beside the error. Any other error is a
// fault of our own; what is wrong with a single row is told in the row.
func Run(ctx context.Context, mutants []sandbox.Defect, o Options) (*Matrix, error) {
	m := &Matrix{All: o.All, Started: time.Now().UTC(), Rows: []Row{}}
	fixtures, err := settings.ParseFixtures(sandbox.Fixtures(""), "the sandbox's fixtures", nil)
	if err != nil {
		return nil, err
	}
	jobs := make([]job, 0, len(mutants)*len(o.Seeds)+len(o.Clean))
	for _, mutant := range mutants {
		for _, seed := range o.Seeds {
			jobs = append(jobs, job{&mutant, seed, fixtures})
		}
	}
	for _, seed := range o.Clean {
		jobs = append(jobs, job{nil, seed, fixtures})
	}
	// The plan of a seed serves all mutants; one for the sound sandbox alone is made
	// when it is its turn, and not kept.
	plans := map[uint64]*plan.Plan{}
	for _, seed := range o.Seeds {
		p, err := o.Plan(seed)
		if err != nil {
			return nil, err
		}
		plans[seed] = p
	}
	planOf := func(seed uint64) (*plan.Plan, error) {
		if p := plans[seed]; p != nil {
			return p, nil
		}
		return o.Plan(seed)
	}
	m.Planned = len(jobs)
	rows := make([]*Row, len(jobs))
	var pool sync.WaitGroup
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
				row = j.run(ctx, p, o.All)
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
	if failed != nil {
		return nil, failed
	}
	for _, row := range rows {
		if row != nil {
			m.Rows = append(m.Rows, *row)
		}
	}
	m.Seconds = time.Since(m.Started).Seconds()
	m.Checks = byCheck(m.Rows, verdict.Checks())
	return m, ctx.Err()
}

// job is one row to be.
type job struct {
	mutant   *sandbox.Defect // nil for the sound sandbox
	seed     uint64
	fixtures *settings.Fixtures
}

func (j job) run(ctx context.Context, p *plan.Plan, all bool) Row {
	row := Row{Seed: j.seed, Outcome: Sound, Failures: []Failure{}}
	name := "sound"
	if j.mutant != nil {
		name = j.mutant.Name
		named := func(q *spec.Requirement) bool { return q.ID == j.mutant.Requirement }
		row.Mutant, row.Breaks, row.Requirement = j.mutant.Name, j.mutant.Breaks, j.mutant.Requirement
		switch {
		case j.mutant.Requirement == sandbox.Tolerated:
			row.Outcome = Harmless
		case j.mutant.Requirement != "" && !slices.ContainsFunc(p.Requirements.List, named):
			row.Outcome, row.Fault = Untested, "no requirement has the id "+j.mutant.Requirement
			return row
		case !tested(p.Requirements, j.mutant.Requirement):
			row.Outcome = Untested
			return row
		default:
			row.Outcome = Survived
		}
		if !all {
			p = j.small(p)
		}
	}
	started := time.Now()
	document, err := j.certify(ctx, p, name)
	row.Seconds = time.Since(started).Seconds()
	switch {
	case err != nil:
		row.Fault = err.Error()
		return row
	case document.Counts.Broken > 0:
		row.Fault = document.Verdict
	case j.mutant == nil && document.ExitCode == run.ExitUnclear, row.Outcome == Harmless && slices.ContainsFunc(document.Obligations, unexercised):
		row.Fault = document.Verdict
	}
	row.Verdict = document.Verdict
	row.Asked, row.Requests = document.Planned, document.Requests
	row.Failures = failures(document, j.mutant)
	if j.mutant != nil && slices.ContainsFunc(row.Failures, func(f Failure) bool { return f.Requirement == j.mutant.Requirement }) {
		row.Outcome = Killed
	}
	return row
}

// unexercised tells whether all cases of an obligation ended well and none showed anything.
func unexercised(o run.Obligation) bool {
	return o.Outcome == verdict.Inconclusive && o.Counts.Pass == o.Planned
}

func tested(r *spec.Requirements, id string) bool {
	return slices.ContainsFunc(r.List, func(q *spec.Requirement) bool { return q.ID == id && q.Tested() })
}

// small returns the part of a plan that a mutant is asked by default: the
// obligations of the operations that it touches, and those of its requirement
// where they are on none of these. Of the many cases that differ in a field alone
// a few of each kind are kept, and all that its requirement asks for by name.
func (j job) small(p *plan.Plan) *plan.Plan {
	on := func(operation string) bool { return slices.Contains(j.mutant.On, operation) }
	named := func(o *plan.Obligation) bool { return o.Requirement.ID == j.mutant.Requirement }
	among := slices.ContainsFunc(p.Obligations, func(o *plan.Obligation) bool { return on(o.Operation.ID) && named(o) })
	serves := map[string]bool{} // obligations of which every case is kept
	for _, o := range p.Obligations {
		serves[o.ID] = named(o) && (on(o.Operation.ID) || !among) && len(o.Requirement.Cases)+len(o.Requirement.Flows) > 0
	}
	few, kept := *p, map[string]int{}
	few.Cases = slices.DeleteFunc(slices.Clone(p.Cases), func(c *plan.Case) bool {
		if slices.ContainsFunc(c.Obligations, func(id string) bool { return serves[id] }) {
			return false
		}
		kept[c.Operation+c.Kind]++
		return !on(c.Operation) || kept[c.Operation+c.Kind] > mostOfAKind && !strings.HasPrefix(c.Kind, plan.KindFlow)
	})
	return few.Only(func(o *plan.Obligation) bool { return on(o.Operation.ID) || named(o) && !among })
}

// mostOfAKind bounds the cases of a kind on an operation that most mutants are asked.
const mostOfAKind = 6

// certify runs a plan against a sandbox of its own.
func (j job) certify(ctx context.Context, p *plan.Plan, name string) (document *run.Document, err error) {
	var options sandbox.Options
	if j.mutant != nil {
		options.Defects = []string{j.mutant.Name}
	}
	target, err := sandbox.Listen(options)
	if err != nil {
		return nil, err
	}
	defer func() {
		if stopping := target.Stop(); err == nil {
			err = stopping
		}
	}()
	address, err := settings.ParseTarget(target.Origin + p.Description.BasePath)
	if err != nil {
		return nil, err
	}
	s := settings.Settings{
		Target: address, Fixtures: j.fixtures, Concurrency: concurrency, Timeout: settings.DefaultTimeout,
		BodyLimit: settings.DefaultBodyLimit, MessageWait: messageWait, QuietWindow: quietWindow, RunID: fmt.Sprintf("%s-%d", name, p.Seed), Seed: p.Seed,
	}
	if err := s.Check(); err != nil {
		return nil, err
	}
	client := exchange.New(s, p.Description)
	defer client.Close()
	document, err = run.Start(ctx, p, client, run.Options{Settings: s, Tool: "matrix", Strict: true}).Wait()
	if err == nil {
		err = document.Check()
	}
	return document, err
}

// The sandbox sends its messages at once: who waits long for those that do not
// come waits in vain.
const (
	messageWait = 3 * time.Second
	quietWindow = time.Second
)

// concurrency is how many cases of one sandbox are under way at once.
const concurrency = 8

// failures sums the failed obligations up by requirement.
func failures(d *run.Document, mutant *sandbox.Defect) []Failure {
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
				Follows: mutant != nil && mutant.Follows(o.Requirement),
			})
		}
		list[i].Operations = append(list[i].Operations, o.Operation)
		list[i].Cases += o.Counts.Fail
	}
	rank := func(f Failure) int {
		if mutant != nil && f.Requirement == mutant.Requirement {
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

// byCheck tells for each check which mutants it kills under the requirement that
// they name, and which of them it alone kills.
func byCheck(rows []Row, checks []string) []Check {
	list := make([]Check, len(checks))
	for i, name := range checks {
		list[i] = Check{Name: name, Kills: []string{}, Alone: []string{}}
		for _, r := range rows {
			if r.Outcome != Killed || r.Failures[0].Check != name || slices.Contains(list[i].Kills, r.Mutant) {
				continue
			}
			list[i].Kills = append(list[i].Kills, r.Mutant)
			if !slices.ContainsFunc(r.Failures, func(f Failure) bool { return f.Check != name }) {
				list[i].Alone = append(list[i].Alone, r.Mutant)
			}
		}
	}
	return list
}
