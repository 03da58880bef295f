package run

import (
	"cmp"
	"slices"
	"strings"

	"qorcheck/harness/exchange"
	"qorcheck/harness/verdict"
	"qorcheck/spec"
)

// Cause is what cases that did not pass have in common: the same rule of one theme is
// broken in the same way at the same place. One defect of a target is one cause, in
// however many operations and situations it shows.
type Cause struct {
	ID      string          `json:"id"` // lasting: theme.rule.hash of the values that it is made of
	Outcome verdict.Outcome `json:"outcome"`
	Level   spec.Level      `json:"level"` // the weightiest of what is behind it
	Basis   spec.Basis      `json:"basis"`
	Gravity spec.Gravity    `json:"gravity"` // the gravest
	Theme   string          `json:"theme"`
	Check   string          `json:"check"`             // of the representative case
	Title   string          `json:"title"`             // in one line, of the representative case, Shown[0]
	Cases   int             `json:"cases"`             // different cases
	Where   []Where         `json:"where"`             // by operation, then by situation
	Behind  []Behind        `json:"behind"`            // by obligation
	Follows []Behind        `json:"follows,omitempty"` // what cannot be judged because of it, by obligation
	Shown   []Case          `json:"shown"`             // at most MaxShown, spread over the obligations
}

// Where counts the cases of a cause in one operation and situation.
type Where struct {
	Operation string `json:"operation"` // whose response or message shows it
	Situation string `json:"situation"` // kind of the request under judgement, of two parts at most
	Cases     int    `json:"cases"`
}

// Behind lists the cases of one obligation that share a cause.
type Behind struct {
	Obligation string   `json:"obligation"`
	Cases      []string `json:"cases"`
}

// Bounds on what a document holds, however much goes wrong.
const (
	MaxShown  = 20       // cases of a cause that are kept with their evidence
	MaxCauses = 200      // what is beyond is gathered by its theme
	MaxBody   = 16 << 10 // bytes of a message's body in kept evidence; the journal has the whole

	maxGatherings = 1000 // of one cause, operation and expectation, while a run lasts
	shownOfOne    = 4    // cases that each of them keeps
)

// gathering is what one operation shows of a cause, to which cases are still added.
type gathering struct {
	Cause
	key       causeKey
	operation string
	first     Finding // of the first case that was added
	where     map[Where]map[string]bool
	last      string // the case that was added last
}

type causes map[string]*gathering

// add adds a verdict other than pass to its cause, and returns the gathering's id.
func (all causes) add(o *Obligation, e Entry, v Verdict) string {
	id, g := all.find(o, e, v)
	place := Where{Operation: g.operation, Situation: situation(e.Kind)}
	if g.where[place] == nil {
		g.where[place] = map[string]bool{}
	}
	g.where[place][e.Case] = true
	if g.last != e.Case {
		g.last = e.Case
		g.show(shownOfOne, Case{
			ID: e.Case, Operation: e.Operation, Obligation: o.ID, Kind: e.Kind, What: e.What, Fault: e.Fault, Shrunk: e.Shrunk, Outcome: v.Outcome, Why: v.Why, Obstacle: v.Obstacle,
			Findings: append([]Finding{}, v.Findings...), Evidence: cutBodies(e.Evidence), Act: exchangeOf(v, e.Act),
		})
	}
	g.Behind = enter(g.Behind, o.ID, e.Case)
	return id
}

// follow enters a case of an obligation that cannot be judged because of a failure.
func (all causes) follow(id, obligation, of string) {
	all[id].Follows = enter(all[id].Follows, obligation, of)
}

// enter adds cases of an obligation to a list that is sorted by obligation and case.
func enter(list []Behind, obligation string, cases ...string) []Behind {
	i, found := slices.BinarySearchFunc(list, obligation, func(b Behind, id string) int { return strings.Compare(b.Obligation, id) })
	if !found {
		list = slices.Insert(list, i, Behind{Obligation: obligation})
	}
	for _, id := range cases {
		if at, there := slices.BinarySearch(list[i].Cases, id); !there {
			list[i].Cases = slices.Insert(list[i].Cases, at, id)
		}
	}
	return list
}

// situation is the kind of a case without what is finer than a developer of the target mends.
func situation(kind string) string {
	parts := strings.SplitN(kind, ".", 3)
	return strings.Join(parts[:min(len(parts), 2)], ".")
}

// follows is the obligation from whose failure a verdict follows, "" for none.
func (v Verdict) follows() string {
	if v.Obstacle == nil {
		return ""
	}
	return v.Obstacle.Of
}

// exchangeOf is the index of the exchange that shows what was found: the act, or the one that a finding names.
func exchangeOf(v Verdict, act int) int {
	if len(v.Findings) > 0 && v.Findings[0].Exchange > 0 {
		return v.Findings[0].Exchange - 1
	}
	return act
}

func (all causes) find(o *Obligation, e Entry, v Verdict) (string, *gathering) {
	key, first, operation := keyOf(o, v), Finding{}, o.Operation
	if len(v.Findings) > 0 {
		first = v.Findings[0]
		operation = cmp.Or(first.Operation, operation)
	}
	id := joined(key.id(), operation, o.Check, wanted(first), string(o.Level), string(o.Basis()))
	if all[id] == nil && len(all) >= maxGatherings {
		key = key.ofMany()
		id = joined(key.id(), operation)
	}
	if all[id] == nil {
		all[id] = &gathering{
			Cause: Cause{
				ID: key.id(), Outcome: v.Outcome, Level: o.Level, Basis: o.Clause.Basis, Gravity: gravityOf(o, first), Theme: o.Theme, Check: o.Check,
				Behind: []Behind{}, Shown: []Case{},
			},
			key: key, operation: operation, first: first, where: map[Where]map[string]bool{},
		}
	}
	return id, all[id]
}

// Basis is what the obligation's requirement rests on.
func (o *Obligation) Basis() spec.Basis { return o.Clause.Basis }

// gravityOf is how much harm a failure does. A request without rights that is rejected
// with another status was not carried out, a response to a correct request charges
// nobody by its status, and a list that shows too little gives nobody access.
func gravityOf(o *Obligation, f Finding) spec.Gravity {
	grave := o.Gravity.Rank() <= spec.OfAccess.Rank()
	switch {
	case f.Deviation == verdict.Status && f.Correct && grave:
		return spec.OfOutcome
	case f.Deviation == verdict.Status && f.Status >= 400 && !f.Correct && o.Gravity != spec.OfWording:
		return spec.OfProtocol
	case f.tooFew() && o.Gravity == spec.OfAccess:
		return spec.OfOutcome
	}
	return o.Gravity
}

// show keeps a case with its evidence if it is among the first: the first case of
// each obligation, then the second of each. What is kept does not depend on the
// order in which cases arrive.
func (c *Cause) show(limit int, more ...Case) {
	c.Shown = append(c.Shown, more...)
	slices.SortFunc(c.Shown, simpler)
	c.Shown = slices.CompactFunc(c.Shown, func(a, b Case) bool { return a.ID == b.ID })
	ofObligation, rank := map[string]int{}, map[string]int{}
	for _, kept := range c.Shown {
		rank[kept.ID] = ofObligation[kept.Obligation]
		ofObligation[kept.Obligation]++
	}
	slices.SortStableFunc(c.Shown, func(a, b Case) int { return cmp.Compare(rank[a.ID], rank[b.ID]) })
	if len(c.Shown) > limit {
		c.Shown = slices.Delete(c.Shown, limit, len(c.Shown))
	}
}

// cutBodies copies evidence with its bodies shortened.
func cutBodies(evidence []exchange.Evidence) []exchange.Evidence {
	list := make([]exchange.Evidence, len(evidence))
	for i, e := range evidence {
		e.Request.Body = e.Request.Body.Cut(MaxBody)
		if e.Answer != nil {
			answer := *e.Answer
			answer.Body = answer.Body.Cut(MaxBody)
			e.Answer = &answer
		}
		e.Messages = slices.Clone(e.Messages)
		for j := range e.Messages {
			e.Messages[j].Body = e.Messages[j].Body.Cut(MaxBody)
		}
		list[i] = e
	}
	return list
}
