package run

import (
	"cmp"
	"slices"
	"strings"

	"qorcheck/harness/exchange"
	"qorcheck/harness/verdict"
	"qorcheck/spec"
)

// Cause is what cases that did not pass have in common: the same check, the same
// kind of fault in the request, the same kind of response. One defect of a target
// is one cause, in however many operations it shows.
type Cause struct {
	ID      string          `json:"id"` // lasting: check.kind.hash of the rest
	Outcome verdict.Outcome `json:"outcome"`
	Level   spec.Level      `json:"level"`
	Basis   spec.Basis      `json:"basis"`
	Check   string          `json:"check"`
	Kind    string          `json:"kind,omitempty"`    // of the requests, "" when it does not matter
	Title   string          `json:"title"`             // in one line, of the representative case, Shown[0]
	Promise string          `json:"promise,omitempty"` // the part of the title before what was received
	Cases   int             `json:"cases"`             // different cases
	Behind  []Behind        `json:"behind"`            // by obligation
	Shown   []Case          `json:"shown"`             // at most MaxShown, spread over the obligations
}

// Behind lists the cases of one obligation that share a cause.
type Behind struct {
	Obligation string   `json:"obligation"`
	Cases      []string `json:"cases"`
}

// Bounds on what a document holds, however much goes wrong.
const (
	MaxShown  = 20       // cases of a cause that are kept with their evidence
	MaxCauses = 200      // what is beyond is gathered by its check
	MaxBody   = 16 << 10 // bytes of a message's body in kept evidence; the journal has the whole
)

// gathering is a cause to which cases are still added.
type gathering struct {
	Cause
	last string // the case that was added last
}

type causes map[string]*gathering

// add adds a verdict other than pass to its cause, and returns the cause's id.
func (all causes) add(o *Obligation, e Entry, v Verdict) string {
	cause := all.find(o, e.Kind, v)
	if cause.last != e.Case {
		cause.last = e.Case
		cause.Cases++
		cause.show(Case{
			ID: e.Case, Operation: e.Operation, Obligation: o.ID, Kind: e.Kind, What: e.What, Fault: e.Fault, Outcome: v.Outcome, Why: v.Why, Obstacle: v.Obstacle,
			Findings: append([]Finding{}, v.Findings...), Evidence: cutBodies(e.Evidence), Act: exchangeOf(v, e.Act),
		})
	}
	i, found := slices.BinarySearchFunc(cause.Behind, o.ID, func(b Behind, id string) int { return strings.Compare(b.Obligation, id) })
	if !found {
		cause.Behind = slices.Insert(cause.Behind, i, Behind{Obligation: o.ID})
	}
	behind := &cause.Behind[i]
	at, _ := slices.BinarySearch(behind.Cases, e.Case)
	behind.Cases = slices.Insert(behind.Cases, at, e.Case)
	return cause.ID
}

// exchangeOf is the index of the exchange that shows what was found: the act, or the one that a finding names.
func exchangeOf(v Verdict, act int) int {
	if len(v.Findings) > 0 && v.Findings[0].Exchange > 0 {
		return v.Findings[0].Exchange - 1
	}
	return act
}

func (all causes) find(o *Obligation, kind string, v Verdict) *gathering {
	key := keyOf(o, kind, v)
	if all[key.id()] == nil && len(all) >= MaxCauses {
		key = key.ofMany()
	}
	id := key.id()
	if all[id] == nil {
		all[id] = &gathering{Cause: Cause{ID: id, Outcome: v.Outcome, Level: o.Level, Basis: o.Clause.Basis, Check: o.Check, Kind: key.kind, Behind: []Behind{}, Shown: []Case{}}}
	}
	return all[id]
}

// show keeps a case with its evidence if it is among the first: the first case of
// each obligation, then the second of each. What is kept does not depend on the
// order in which cases arrive.
func (g *gathering) show(c Case) {
	g.Shown = append(g.Shown, c)
	slices.SortFunc(g.Shown, simpler)
	ofObligation, rank := map[string]int{}, map[string]int{}
	for _, kept := range g.Shown {
		rank[kept.ID] = ofObligation[kept.Obligation]
		ofObligation[kept.Obligation]++
	}
	slices.SortStableFunc(g.Shown, func(a, b Case) int { return cmp.Compare(rank[a.ID], rank[b.ID]) })
	if len(g.Shown) > MaxShown {
		g.Shown = slices.Delete(g.Shown, MaxShown, len(g.Shown))
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
