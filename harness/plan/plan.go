// Package plan turns a description, a requirement list and fixtures into the
// ordered, complete list of obligations and cases of a run. It is pure: the same
// input gives the same plan, byte for byte, and nothing is sent.
package plan

import (
	"fmt"
	"math/big"
	"slices"
	"strings"

	"qorcheck/harness/settings"
	"qorcheck/spec"
)

// Plan is what a run will do.
type Plan struct {
	Description  *spec.Description
	Requirements *spec.Requirements
	Fixtures     *settings.Fixtures
	Seed         uint64
	Digest       string // sha256 of obligations and cases, "sha256:…"

	Obligations []*Obligation
	Cases       []*Case
	Dropped     []Dropped
	Preflight   *Case // a harmless valid call, nil when the description has none

	// Subscription is made before the cases when one of them has to do with
	// messages, and undone after them; nil when the description promises none.
	Subscription *Case
	Finder       *Step // reads what a message is about, whose id is MessageID; nil when nothing does

	at map[string]int // obligation → its place in the list
}

// Obligation is one requirement on one operation: the unit that people see.
type Obligation struct {
	ID          string            `json:"id"` // lasting: operation.requirement
	Operation   *spec.Operation   `json:"-"`
	Requirement *spec.Requirement `json:"-"`
	Sentence    string            `json:"sentence"` // "payment-capture answers 401 when a key is missing"
	Cases       []string          `json:"cases"`
	Unsupported string            `json:"unsupported,omitempty"` // why the environment cannot exercise it
	Lacks       string            `json:"lacks,omitempty"`       // what to add so that it can be exercised
}

// Case is one planned request under judgement with what surrounds it.
type Case struct {
	ID          string   `json:"id"` // lasting: operation.kind.what
	Operation   string   `json:"operation"`
	Kind        string   `json:"kind"`
	Why         string   `json:"why"`         // what is right or wrong with the request
	Obligations []string `json:"obligations"` // the one that states the expected status comes first
	Expect      Expect   `json:"expect"`
	Fault       *Fault   `json:"fault,omitempty"`
	Prepare     []Step   `json:"prepare,omitempty"`
	Act         Step     `json:"act"`
	Observe     []Step   `json:"observe,omitempty"`
	Cleanup     []Step   `json:"cleanup,omitempty"`

	flow string // the requirement whose flow it is, "" for none
}

// Expect is the exact answer that Act must get.
type Expect struct {
	Statuses  []int            `json:"statuses"`
	Ending    spec.Ending      `json:"ending,omitempty"`
	Tolerated []spec.Tolerance `json:"tolerated,omitempty"`
	Body      map[string]any   `json:"body,omitempty"` // pointer → JSON Schema of what is there
	Same      string           `json:"same,omitempty"` // label of the step whose answer is repeated
	Order     *spec.Order      `json:"order,omitempty"`
}

// Accepted tells whether the target is expected to carry the request out.
func (e Expect) Accepted() bool {
	return len(e.Statuses) > 0 && e.Statuses[0]/100 == 2 && (e.Ending == "" || e.Ending == spec.Succeeded)
}

// Rejected tells whether the target is expected to reject the request.
func (e Expect) Rejected() bool { return len(e.Statuses) > 0 && e.Statuses[0] >= 400 }

// Fault is what a malformed request breaks.
type Fault struct {
	Pointer string `json:"pointer"` // into the body, or "query:name"; "" for the body as a whole
	Keyword string `json:"keyword"` // schema keyword, or syntax
	Sent    string `json:"sent"`    // the broken value, as JSON or text
	Allowed string `json:"allowed,omitempty"`

	lax     bool                  // nothing is promised of such a request
	certify func(value any) error // proves on the value sent that it breaks this and nothing else
}

// Step is one request of a case.
type Step struct {
	Name      string    `json:"name"`                // operation id, or settle
	Operation string    `json:"operation,omitempty"` // "" for settle
	URL       string    `json:"url,omitempty"`       // absolute, or a path at the target's origin; "" for the target's own paths
	Request   Request   `json:"request"`
	Capture   []Capture `json:"capture,omitempty"`
	ReadBack  *ReadBack `json:"readBack,omitempty"`

	Label  string      `json:"label,omitempty"`  // how expectations of other steps speak of it
	Check  string      `json:"check,omitempty"`  // the check that judges it as an observation
	Expect *Expect     `json:"expect,omitempty"` // what that check expects; nil: that it succeeds
	Ends   spec.Ending `json:"ends,omitempty"`   // how it must end as a preparation; "": with success
	Times  int         `json:"times,omitempty"`  // sent so often, all at once; 0 is once
	HangUp bool        `json:"hangUp,omitempty"` // the connection is dropped when the answer begins
	Fresh  bool        `json:"fresh,omitempty"`  // on a connection of its own, so that each sending is counted
	Await  *Await      `json:"await,omitempty"`  // a message is awaited, nothing is sent
}

// Await says which message is awaited.
type Await struct {
	About  Template        `json:"about"`           // the id that it names
	Times  int             `json:"times"`           // how often it comes
	Most   int             `json:"most,omitempty"`  // more than so often it must not come; 0: nobody waits for that
	Never  bool            `json:"never,omitempty"` // it must not come
	Place  string          `json:"place"`           // address that it comes to: that of the run, or one of the case alone
	Source *spec.Operation `json:"-"`               // the operation that promises it
}

// Event is what an observation waits for before it is made.
type Event string

// Rejection of the act is what a repeat and a corrected request come after.
const Rejection Event = "rejection"

// After tells what must have become of the act before a step is sent, "" for nothing.
func (s Step) After() Event {
	if s.Check == checkRepeat || s.Check == checkRetry {
		return Rejection
	}
	return ""
}

// Request is what is sent.
type Request struct {
	Method string   `json:"method"`
	Path   Template `json:"path"` // below the target's base, escaped
	Query  []Field  `json:"query,omitempty"`
	Header []Field  `json:"header,omitempty"`
	Body   Template `json:"body,omitempty"`
	// HasBody tells an empty body from none.
	HasBody bool `json:"hasBody,omitempty"`
}

// Form tells whether the body is sent as a form.
func (r Request) Form() bool {
	return slices.ContainsFunc(r.Header, func(f Field) bool { return f.Name == "Content-Type" && spec.Form(string(f.Value)) })
}

// Field is a query parameter or header.
type Field struct {
	Name  string   `json:"name"`
	Value Template `json:"value"`
}

// Capture takes a value out of a step's answer for later steps.
type Capture struct {
	Name     string `json:"name"`
	Pointer  string `json:"pointer"`            // into the answer's body
	Optional bool   `json:"optional,omitempty"` // only clean-up needs it
}

// ReadBack says which rows of an answer are traces of the case.
type ReadBack struct {
	Rows  string   `json:"rows"`  // pointer to the rows
	Field string   `json:"field"` // pointer within a row
	Value Template `json:"value"` // what a trace has there

	Parameter string `json:"parameter,omitempty"` // query parameter that takes the value
	Separator string `json:"separator,omitempty"` // between several values there, "" when it takes one
}

// Dropped is a case that was made and not kept, with the reason.
type Dropped struct {
	ID     string `json:"id"`
	Reason string `json:"reason"`

	operation, pointer, keyword string
}

// Obligation finds an obligation by its id, nil when there is none.
func (p *Plan) Obligation(id string) *Obligation {
	i, ok := p.at[id]
	if p.at == nil { // a plan that nobody signed
		i = slices.IndexFunc(p.Obligations, func(o *Obligation) bool { return o.ID == id })
		ok = i >= 0
	}
	if ok && i < len(p.Obligations) && p.Obligations[i].ID == id {
		return p.Obligations[i]
	}
	for _, o := range p.Obligations { // of a plan that was put together by hand
		if o.ID == id {
			return o
		}
	}
	return nil
}

// Only returns the plan reduced to the obligations that keep accepts, to the cases
// that serve them, and to what was dropped of their operations.
func (p *Plan) Only(keep func(*Obligation) bool) *Plan {
	small := *p
	small.Obligations = nil
	kept := map[string]bool{}
	for _, o := range p.Obligations {
		if keep(o) {
			small.Obligations = append(small.Obligations, o)
			kept[o.ID] = true
		}
	}
	small.Cases = p.serving(kept)
	small.Dropped = nil
	for _, d := range p.Dropped {
		if slices.ContainsFunc(small.Obligations, func(o *Obligation) bool { return o.Operation.ID == d.operation }) {
			small.Dropped = append(small.Dropped, d)
		}
	}
	small.seal()
	return &small
}

// Case returns the plan reduced to one case and the obligations that it serves;
// nil when there is no such case.
func (p *Plan) Case(id string) *Plan {
	small := *p
	small.Cases, small.Obligations = nil, nil
	for _, c := range p.Cases {
		if c.ID != id {
			continue
		}
		small.Cases = []*Case{c}
		for _, o := range p.Obligations {
			if slices.Contains(c.Obligations, o.ID) {
				reduced := *o
				reduced.Cases, reduced.Lacks = []string{id}, ""
				small.Obligations = append(small.Obligations, &reduced)
			}
		}
	}
	if small.Cases == nil {
		return nil
	}
	small.seal()
	return &small
}

// Steps lists the steps of a case in the order in which they are sent.
func (c *Case) Steps() []Step {
	steps := slices.Clone(c.Prepare)
	steps = append(steps, c.Act)
	steps = append(steps, c.Observe...)
	return append(steps, c.Cleanup...)
}

// Volume is what a plan sends at most.
type Volume struct {
	Requests int
	Writes   int    // requests by a method other than GET and HEAD
	Money    string // sum of the amounts in requests that are expected to be accepted, "12.50"
	Currency string
	Payments int // how many requests make up Money
}

// Volume counts what the plan sends: every step of every case, and the preflight.
func (p *Plan) Volume() Volume {
	var v Volume
	sum := new(big.Rat)
	count := func(step Step, accepted bool) {
		if step.Await != nil {
			return
		}
		v.Requests += max(step.Times, 1)
		if step.Request.Method != "GET" && step.Request.Method != "HEAD" {
			v.Writes += max(step.Times, 1)
		}
		o := p.Description.Operation(step.Operation)
		if o == nil || o.Conformance.Amounts == nil || !accepted {
			return
		}
		v.Currency = o.Conformance.Amounts.Currency
		content := o.Body.Fields()
		if step.Request.Form() {
			content = o.Body.Form()
		}
		if content == nil {
			return
		}
		body, err := read(string(step.Request.Body), content)
		if err != nil {
			return
		}
		for _, pointer := range o.Conformance.Amounts.Fields {
			if value, ok := spec.Lookup(body, pointer); ok {
				if amount, ok := new(big.Rat).SetString(fmt.Sprint(value)); ok {
					sum.Add(sum, amount)
					v.Payments++
				}
			}
		}
	}
	for _, c := range p.Cases {
		for _, step := range c.Prepare {
			count(step, true)
		}
		count(c.Act, c.Expect.Accepted())
		for _, step := range c.Observe {
			count(step, step.Check == checkRetry)
		}
		for _, step := range c.Cleanup {
			count(step, false)
		}
	}
	if p.Preflight != nil {
		v.Requests++
	}
	v.Money = sum.FloatString(2)
	return v
}

// plain makes part of an id: letters, digits, dots and hyphens.
func plain(text string) string {
	text = strings.Map(func(c rune) rune {
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '.' || c == '-' {
			return c
		}
		return '-'
	}, text)
	return strings.Trim(text, "-.")
}
