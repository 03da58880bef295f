package html

import (
	"html/template"
	"slices"
	"strings"

	"qorcheck/harness/run"
	"qorcheck/harness/verdict"
	"qorcheck/reporters/outline"
)

// Limits of what the page shows of causes. The document holds more, the journal all.
const (
	maxOpen      = 3         // causes that are open from the start
	maxCases     = 3000      // listed by id, over all causes
	maxExchanges = 768 << 10 // bytes, over all causes
	maxCurl      = 6 << 10
	maxWhere     = 60 // operations and situations of a cause
)

// failures are the requirements that failed.
type failures struct {
	Causes       int
	Requirements []*failure
}

// failure is a requirement that failed on some operation, with the causes.
type failure struct {
	*requirement
	look
	Causes []*cause
}

// cause is what cases that did not pass have in common.
type cause struct {
	run.Cause
	look
	Anchor, CaseAnchor string
	Number             int
	Others             []string // further requirements that it breaks
	Operations         int
	Open               bool // from the start
	First              run.Case
	Explained          bool // the exchanges of the first case fit the page
	Act                *exchangePane
	Before, After      []exchangePane
	Curl               string // "" when it is too long for the page
	Affected           []affected
	More               int // cases that are not listed
}

// affected is an obligation that a cause made not pass, with the cases.
type affected struct {
	ID, Operation, Requirement string
	Cases                      []link
}

// link is a text with the id of its element, if it has one.
type link struct{ Text, Anchor string }

// unjudged is a group of obligations that were not judged.
type unjudged struct {
	outline.Group
	look
	Cause *cause // nil without a case that shows it
}

// causes lays out causes, in the order in which the page shows them. It keeps count
// of the space left for them, so that the page stays light however much fails.
type causes struct {
	matrix       *matrix
	ids          anchors
	number       int
	cases, bytes int // left
}

// failures lays out what failed.
func (c *causes) failures(list []outline.Failure) failures {
	f := failures{len(list), c.byRequirement(list, func(one outline.Failure) look { return lookOfFailure(one.Fails) })}
	for _, r := range f.Requirements {
		for _, one := range r.Causes {
			one.Open = f.Causes <= maxOpen
		}
	}
	return f
}

// accepted lays out failures that are waived.
func (c *causes) accepted(list []outline.Failure) []*failure {
	return c.byRequirement(list, func(outline.Failure) look { return lookOf(verdict.Waived) })
}

// byRequirement groups failures of one requirement and look, in the order in which
// the first of each is to be read.
func (c *causes) byRequirement(list []outline.Failure, of func(outline.Failure) look) []*failure {
	var groups []*failure
	at := map[string]*failure{}
	for _, f := range list {
		l := of(f)
		key := l.Class + f.Obligation.Requirement
		if at[key] == nil {
			at[key] = &failure{requirement: c.matrix.requirements[f.Obligation.Requirement], look: l}
			groups = append(groups, at[key])
		}
		at[key].Causes = append(at[key].Causes, c.cause(f.Cause, l))
	}
	return groups
}

// unjudged lays out what was not judged, each group with the cause of its first
// obligation that has one. The waived are shown with their waivers.
func (c *causes) unjudged(d *run.Document, groups []outline.Group) []unjudged {
	var list []unjudged
	for _, g := range groups {
		if g.Outcome == verdict.Waived {
			continue
		}
		u := unjudged{Group: g, look: lookOf(g.Outcome)}
		for _, o := range g.Obligations {
			if len(o.Causes) == 0 {
				continue
			}
			if shared := d.Cause(o.Causes[0]); shared != nil && shared.Outcome == g.Outcome && !c.ids[shared.ID] {
				u.Cause = c.cause(*shared, u.look)
				break
			}
		}
		list = append(list, u)
	}
	return list
}

// Listed lists where the cause shows, as far as the page has room.
func (v *cause) Listed() []run.Where { return v.Where[:min(len(v.Where), maxWhere)] }

// Unlisted is how many lines of that are left out.
func (v *cause) Unlisted() int { return len(v.Where) - len(v.Listed()) }

// cause lays out a cause, which takes the next number.
func (c *causes) cause(of run.Cause, l look) *cause {
	c.number++
	v := &cause{Cause: of, look: l, Anchor: c.ids.take(of.ID), Number: c.number, First: of.Shown[0]}
	v.CaseAnchor = c.ids.take(v.First.ID)
	own := c.matrix.of(of).Requirement
	operations := map[string]bool{}
	for _, w := range of.Where {
		operations[w.Operation] = true
	}
	for _, b := range of.Behind {
		o := c.matrix.obligations[b.Obligation]
		o.Causes = append(o.Causes, v)
		if o.Requirement != own && !slices.Contains(v.Others, o.Requirement) {
			v.Others = append(v.Others, o.Requirement)
		}
		listed := b.Cases[:min(len(b.Cases), c.cases)]
		c.cases -= len(listed)
		v.More += len(b.Cases) - len(listed)
		s := affected{ID: b.Obligation, Operation: o.Operation, Requirement: o.Requirement}
		for _, id := range listed {
			s.Cases = append(s.Cases, link{id, c.ids.take(id)})
		}
		v.Affected = append(v.Affected, s)
	}
	v.Operations = len(operations)
	c.bytes -= v.explain(c.bytes)
	return v
}

// explain lays out the exchanges of the first case if they fit, and returns how
// many bytes of the page they take.
func (v *cause) explain(room int) (size int) {
	var list []exchangePane
	for i := range v.First.Evidence {
		one := newExchange(v.First, i)
		list, size = append(list, one), size+one.size()
	}
	curl := strings.Join(v.First.Curl(), "\n")
	if len(curl) > maxCurl {
		curl = ""
	}
	size += len(template.HTMLEscapeString(curl))
	if size > room {
		return 0
	}
	v.Explained, v.Curl = true, curl
	act := v.First.Act
	if act < 0 || act >= len(list) {
		v.Before = list
		return size
	}
	v.Before, v.Act, v.After = list[:act], &list[act], list[act+1:]
	return size
}
