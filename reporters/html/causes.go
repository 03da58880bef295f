package html

import (
	"html/template"
	"slices"
	"strings"

	"qorcheck/harness/run"
	"qorcheck/harness/verdict"
)

// failure is a requirement that failed somewhere, with the causes.
type failure struct {
	*row
	look
	Causes []*cause
}

// cause is what cases have in common that did not pass, as the page shows it.
type cause struct {
	run.Cause
	look
	Anchor, CaseAnchor string
	Number             int
	Others             []string // requirements that it breaks too
	Operations         int
	Open               bool // from the start
	First              run.Case
	Explained          bool // with the exchanges of the first case
	Act                *exchangeView
	Before, After      []exchangeView
	Curl               string // "" when it is too long for the page
	Spread             []spread
	More               int // cases that are not listed here
}

// spread is what a cause did to one obligation.
type spread struct {
	ID, Operation, Requirement string
	Cases                      []link
}

// link is a text with the id that its element has, if any.
type link struct{ Text, Anchor string }

// room is what the page has left for what did not pass, so that it stays light
// however much fails: cases by id, and bytes of exchanges.
type room struct{ cases, bytes int }

// Bounds of what the page shows of causes. The document has more, the journal all.
const (
	causesOpen  = 3         // as many need no overview first
	casesListed = 3000      // over all causes
	exchanges   = 768 << 10 // bytes over all causes
	longestCurl = 6 << 10
)

// causes lists the requirements that failed and those whose failure is waived, in
// the order in which their first causes are to be read.
func (p *page) causes() {
	at := map[string]*failure{}
	for _, c := range p.Document.Causes {
		if c.Outcome != verdict.Fail {
			continue
		}
		v := p.cause(c)
		list := &p.Failed
		if v.look == looks[verdict.Waived] {
			list = &p.Accepted
		} else {
			p.CauseCount++
		}
		requirement := p.Matrix.of(c).Requirement
		key := v.Class + requirement
		if at[key] == nil {
			at[key] = &failure{row: p.Matrix.rows[requirement], look: v.look}
			*list = append(*list, at[key])
		}
		at[key].Causes = append(at[key].Causes, v)
	}
	for _, f := range p.Failed {
		for _, c := range f.Causes {
			c.Open = p.CauseCount <= causesOpen
		}
	}
}

// cause shows a cause. It takes the next number.
func (p *page) cause(c run.Cause) *cause {
	p.numbered++
	v := &cause{Cause: c, look: lookOf(p.Document, c.Outcome, c.Level), Anchor: p.ids.take(c.ID), Number: p.numbered, First: c.Shown[0]}
	v.CaseAnchor = p.ids.take(v.First.ID)
	waived := true
	own := p.Matrix.of(c).Requirement
	operations := map[string]bool{}
	for _, b := range c.Behind {
		o := p.Matrix.details[b.Obligation]
		o.Causes = append(o.Causes, v)
		operations[o.Operation] = true
		waived = waived && o.Outcome == verdict.Waived
		if o.Requirement != own && !slices.Contains(v.Others, o.Requirement) {
			v.Others = append(v.Others, o.Requirement)
		}
		listed := b.Cases[:min(len(b.Cases), p.room.cases)]
		p.room.cases -= len(listed)
		v.More += len(b.Cases) - len(listed)
		s := spread{ID: b.Obligation, Operation: o.Operation, Requirement: o.Requirement}
		for _, id := range listed {
			s.Cases = append(s.Cases, link{id, p.ids.take(id)})
		}
		v.Spread = append(v.Spread, s)
	}
	v.Operations = len(operations)
	if waived {
		v.look = looks[verdict.Waived]
	}
	v.explain(&p.room)
	return v
}

// explain lays out the exchanges of the first case while there is room.
func (c *cause) explain(r *room) {
	var list []exchangeView
	size := 0
	for i := range c.First.Evidence {
		v := exchangeOf(c.First, i)
		list, size = append(list, v), size+v.size()
	}
	curl := strings.Join(c.First.Curl(), "\n")
	if len(curl) <= longestCurl {
		c.Curl, size = curl, size+len(template.HTMLEscapeString(curl))
	}
	if size > r.bytes {
		c.Curl = ""
		return
	}
	r.bytes -= size
	c.Explained = true
	act := c.First.Act
	if act < 0 || act >= len(list) {
		c.Before = list
		return
	}
	c.Before, c.Act, c.After = list[:act], &list[act], list[act+1:]
}
