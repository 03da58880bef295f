// Package planner makes plans: it turns a description, a requirement list and
// fixtures into the ordered, complete list of obligations and cases of a run. It is
// pure: the same input gives the same plan, byte for byte, and nothing is sent.
//
// For each kind of cases a method of drafter proposes what it comes to for one
// operation; keeper certifies, names, completes and keeps the proposals; assigner
// gives obligations their cases.
package planner

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"

	"qorcheck/harness/group"
	"qorcheck/harness/plan"
	"qorcheck/harness/settings"
	"qorcheck/spec"
)

// New plans a run. An error names what in the description, the requirements or
// the fixtures does not fit together.
func New(d *spec.Description, r *spec.Requirements, f *settings.Fixtures, seed uint64) (*plan.Plan, error) {
	return NewPart(d, r, f, seed, Part{})
}

// plan makes what is in a scope.
func (g *ground) plan(s *scope, seed uint64) (*plan.Plan, error) {
	made, err := g.makeCases(s)
	if err != nil {
		return nil, err
	}
	sampled := g.sample(made, wholeUpTo)
	g.allotKnown(made)
	a, err := newAssigner(g, made)
	if err != nil {
		return nil, err
	}
	p := &plan.Plan{Description: g.description, Requirements: g.requirements, Seed: seed, Dropped: made.dropped, Sampled: sampled}
	if p.Obligations, err = a.obligations(s.concerned(a)); err != nil {
		return nil, err
	}
	for _, c := range made.cases {
		if len(c.Obligations) > 0 {
			p.Cases = append(p.Cases, c)
		}
	}
	shuffle(p.Cases, seed)
	newDrafter(g).addPreflight(p)
	around := s.operations // what the lists and effects of a plan are about
	awaiting := p.Cases
	if s.everyAnswer || s.oneCase != "" {
		around = g.description.Operations
	}
	if slices.ContainsFunc(p.Cases, s.awaits) {
		around = g.description.Operations
		beside, err := g.messagesBeside(s)
		if err != nil {
			return nil, err
		}
		awaiting = append(beside, made.cases...)
	}
	p.Effects = map[string]spec.Effect{}
	for _, o := range around {
		p.Effects[o.ID], _ = g.effect(o)
	}
	setup := newDrafter(g)
	p.Subscription = setup.subscription(awaiting)
	p.Finder = setup.finder(p.Messaging())
	p.Listings = setup.listings(around)
	p.Seal()
	return p, nil
}

// proposer proposes the cases of an operation that are of some kinds.
type proposer func(*drafter, subject) []*proposal

// proposers propose the cases of an operation, in the order in which they are planned.
var proposers = []proposer{
	(*drafter).validCases, (*drafter).outcomeCases, (*drafter).malformedCases, (*drafter).credentialCases,
	(*drafter).merchantCases, (*drafter).nearMerchantCases, (*drafter).notFoundCases, (*drafter).messageCases, (*drafter).drawnCases,
}

// keepOperation keeps what the proposers make of an operation.
func (k *keeper) keepOperation(o *spec.Operation) {
	s := subject{Operation: o}
	p := k.preparations[o.ID]
	switch {
	case p.err != nil:
		if len(k.proposers) == len(proposers) { // of the others none proposes what an unknown id can show
			k.keepStandIns(s, p, k.kinds, p.err.Error())
		}
		return
	case p.known != "":
		k.keepKnown(s, p)
		return
	}
	s.correct, s.prepare = k.draft(o, recipe{bound: p.bound}), p.steps
	if guess, ok := k.guesses[o.ID]; ok && k.keepGuessed(s, guess) {
		return
	}
	for _, propose := range k.proposers {
		k.keepAll(propose(k.drafter, s))
	}
}

// makeCases makes the cases of the operations in a scope, and then those of flows: side
// by side, and in the same order however many processors there are.
func (g *ground) makeCases(s *scope) (*result, error) {
	var failed error
	work := []func(*keeper){func(k *keeper) { // the longest one first
		var flows []*proposal
		flows, failed = k.flowCases(s.flow)
		k.keepAll(flows)
	}}
	for _, o := range g.description.Operations {
		if list := s.proposers[o]; len(list) > 0 {
			work = append(work, func(k *keeper) {
				k.proposers = list
				k.keepOperation(o)
			})
		}
	}
	keepers := make([]*keeper, len(work))
	var begun atomic.Int64
	var workers group.Group
	for range min(runtime.GOMAXPROCS(0), len(work)) {
		workers.Go(func() {
			for i := begun.Add(1) - 1; i < int64(len(work)); i = begun.Add(1) - 1 {
				keepers[i] = newKeeper(g)
				work[i](keepers[i])
			}
		})
	}
	workers.Wait()
	all := &result{flows: map[*plan.Case]string{}, broken: map[*plan.Case]shareable{}}
	for _, k := range append(keepers[1:], keepers[0]) {
		all.join(k.result)
	}
	return all, failed
}

// shuffle puts cases into the order in which they are sent: what depends on it shows.
// The place of each depends on the seed and on its own id, so that those which a
// filter leaves keep their order. Those that refuse messages come last: while their
// registrations last, the message about every other payment is sent there as well,
// and again as often as it is refused.
func shuffle(cases []*plan.Case, seed uint64) {
	type position struct {
		last int
		at   uint64
	}
	positions := make(map[*plan.Case]position, len(cases))
	for _, c := range cases {
		sum := sha256.Sum256(strconv.AppendUint([]byte(c.ID+"\x00"), seed, 10))
		p := position{at: binary.BigEndian.Uint64(sum[:])}
		if slices.ContainsFunc(c.Observe, func(s plan.Step) bool { return s.Await != nil && s.Await.Place == plan.Refusing }) {
			p.last = 1
		}
		positions[c] = p
	}
	slices.SortFunc(cases, func(a, b *plan.Case) int {
		return cmp.Or(cmp.Compare(positions[a].last, positions[b].last), cmp.Compare(positions[a].at, positions[b].at), strings.Compare(a.ID, b.ID))
	})
}

// streams reports whether the answer of an operation may have no end.
func streams(o *spec.Operation) bool {
	return slices.ContainsFunc(o.Responses, func(r spec.Response) bool {
		return slices.ContainsFunc(r.Content, func(c spec.Content) bool {
			base, _, _ := strings.Cut(strings.ToLower(c.MediaType), ";")
			return slices.Contains([]string{"text/event-stream", "multipart/x-mixed-replace", "application/x-ndjson", "application/stream+json"}, strings.TrimSpace(base))
		})
	})
}
