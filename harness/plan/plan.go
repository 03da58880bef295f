// Package plan is what a run will do, as a value: the ordered, complete list of
// its obligations and cases, how they are selected and how they are shared out.
// It makes no plan; the planner does.
package plan

import (
	"slices"

	"qorcheck/spec"
)

// Plan is what a run will do.
type Plan struct {
	Description  *spec.Description
	Requirements *spec.Requirements
	Seed         uint64
	Digest       string // sha256 of obligations and cases, "sha256:…"

	Obligations []*Obligation
	Cases       []*Case
	Spares      []*Case // sent one by one where no case exercised an obligation that they serve
	Whole       int     // cases that the cases of a smoke run are chosen from; 0 for any other
	Budget      *Budget // that it was reduced to; nil for none
	Dropped     []Dropped
	Sampled     int   // cases left out, of schemas that many operations share; 0 for a plan that is whole
	Preflight   *Case // a harmless valid call, nil when the description has none

	// Probes are further harmless calls, of other operations: they show whether what the
	// preflight was answered is about its operation or about the settings. The requests of
	// MerchantProbes must be rejected whoever sends them: 403 is about the merchant that
	// they name; the last one names none. They are sent where there is doubt.
	Probes, MerchantProbes []*Case

	// Subscription is sent before the cases when one of them awaits messages, and
	// undone after them; nil when the description promises none.
	Subscription *Case
	Effects      map[string]spec.Effect // what each operation does, by its id
	Finder       *Step                  // reads what a message is about, whose id is MessageID; nil for none

	Listings []Listing // read before the first request and after the last one

	index map[string]int // by obligation id; nil before Seal
}

// Listing is a list of what requests leave behind, and the request that reads a page of it.
type Listing struct {
	spec.Listing
	Step Step
}

// ListOffset is the variable that holds how many entries of a list come before a page.
const ListOffset = "LIST_OFFSET"

// Obligation is one requirement on one operation: the unit that people see.
type Obligation struct {
	ID          string            `json:"id"` // lasting: operation.requirement
	Operation   *spec.Operation   `json:"-"`
	Requirement *spec.Requirement `json:"-"`
	Sentence    string            `json:"sentence"` // "payment-capture answers 401 when a key is missing"
	Cases       []string          `json:"cases"`
	Unsupported string            `json:"unsupported,omitempty"` // why the environment cannot exercise it
	// Inapplicable is why the description leaves the requirement nothing to ask of the
	// operation, "" where it does ask something. A response that breaks it all the same fails.
	Inapplicable string    `json:"inapplicable,omitempty"`
	Outside      bool      `json:"outside,omitempty"`  // of the profiles of the run, which makes it unsupported
	Lacks        string    `json:"lacks,omitempty"`    // what to add so that it can be exercised
	Missing      []Missing `json:"missing,omitempty"`  // the lines among it, and those without which it may apply to no response
	Branches     []Branch  `json:"branches,omitempty"` // in each of which it must be exercised; none: its sentence has but one
}

// Missing is a line that the fixtures do not have.
type Missing struct {
	Line string `json:"line"` // its place: credentials.revoked
	Add  string `json:"add"`  // what to do: add to fixtures.yaml: credentials.revoked: { … }
}

// Branch is a branch of a requirement on one operation.
type Branch struct {
	Name  string   `json:"name"`
	Cases []string `json:"cases,omitempty"` // those that are to show it
	Lacks string   `json:"lacks,omitempty"` // what to add so that one can
	None  string   `json:"none,omitempty"`  // why the description calls for none, so that the branch does not apply
}

// Case is one planned request under judgement with what surrounds it.
type Case struct {
	ID          string   `json:"id"` // lasting: operation.kind.what
	Operation   string   `json:"operation"`
	Kind        string   `json:"kind"`
	Variant     string   `json:"variant,omitempty"` // distinguishes some cases of a kind, as those with null, from others
	Why         string   `json:"why"`               // what is right or wrong with the request
	Obligations []string `json:"obligations"`       // the one that states the expected status comes first
	Expect      Expect   `json:"expect"`
	Fault       *Fault   `json:"fault,omitempty"`
	Invented    []string `json:"invented,omitempty"` // parameters whose value names something, and nobody knows whether it exists
	Guess       *Guess   `json:"guess,omitempty"`    // what Prepare rests on where no link leads to the operation
	AboutID     bool     `json:"aboutId,omitempty"`  // it tries the id itself: that nothing has it is tolerated
	StandIn     bool     `json:"standIn,omitempty"`  // an unknown id stands in for what the request is about
	Spare       bool     `json:"-"`                  // it is sent in place of one that did not exercise what it was chosen for
	Explored    bool     `json:"-"`                  // it is drawn by an exploration
	Simpler     *Simpler `json:"-"`                  // how a drawn one is made simpler, nil for any other
	Options     []Option `json:"-"`                  // that a correct act has beside what is mandatory
	LeftOut     string   `json:"-"`                  // which of them it is sent without, and why
	Prepare     []Step   `json:"prepare,omitempty"`
	Act         Step     `json:"act"`
	Observe     []Step   `json:"observe,omitempty"`
	Cleanup     []Step   `json:"cleanup,omitempty"`
}

// Guess says of a preparation that no link of the description stands behind it. Where it
// makes nothing, the act names what it would name without it.
type Guess struct {
	Of   string   `json:"of"`             // what the name was guessed from: "id of createThing"
	Path Template `json:"path,omitempty"` // of the act where nothing was made, "" for an act that is not sent then
}

// Handling is what a target is expected to make of a request.
type Handling string

// The ways of handling a request. It is neither where a documented outcome says
// that the request was understood and not carried out.
const (
	Accepted Handling = "accepted" // it is carried out
	Rejected Handling = "rejected" // it is answered with an error
)

// Expect is the exact answer that Act must get.
type Expect struct {
	Statuses  []int            `json:"statuses"`
	Handling  Handling         `json:"handling,omitempty"`
	Ending    spec.Ending      `json:"ending,omitempty"`
	Tolerated []spec.Tolerance `json:"tolerated,omitempty"`
	Body      map[string]any   `json:"body,omitempty"` // pointer → JSON Schema of what is there
	Same      string           `json:"same,omitempty"` // label of the step whose answer is repeated
	Order     *spec.Order      `json:"order,omitempty"`
}

// NewExpect expects one of some statuses, the first of which says how the request
// is handled, and an ending, "" for any.
func NewExpect(ending spec.Ending, statuses ...int) Expect {
	e := Expect{Statuses: statuses, Ending: ending}
	switch {
	case len(statuses) == 0:
	case statuses[0] >= 400:
		e.Handling = Rejected
	case statuses[0]/100 == 2 && (ending == "" || ending == spec.Succeeded):
		e.Handling = Accepted
	}
	return e
}

// Fault is what a malformed request breaks.
type Fault struct {
	Pointer string `json:"pointer"` // into the body, or "query:name"; "" for the body as a whole
	Keyword string `json:"keyword"` // schema keyword, or syntax
	Sent    string `json:"sent"`    // the broken value, as JSON or text
	Allowed string `json:"allowed,omitempty"`
}

// Step is one request of a case.
type Step struct {
	Name      string    `json:"name"`                // operation id, or settle
	Operation string    `json:"operation,omitempty"` // "" for settle
	URL       string    `json:"url,omitempty"`       // absolute, or a path at the target's origin; "" for the target's own paths
	Request   Request   `json:"request"`
	Capture   []Capture `json:"capture,omitempty"`
	ReadBack  *ReadBack `json:"readBack,omitempty"`

	Label    string      `json:"label,omitempty"`    // by which expectations of other steps refer to it
	Check    string      `json:"check,omitempty"`    // the check that judges it as an observation
	Expect   *Expect     `json:"expect,omitempty"`   // what that check expects; nil: that it succeeds
	Ends     spec.Ending `json:"ends,omitempty"`     // how it must end as a preparation; "": with success
	Times    int         `json:"times,omitempty"`    // how often it is sent, all at once; 0 is once
	HangUp   bool        `json:"hangUp,omitempty"`   // the connection is dropped when the answer begins
	AfterAct bool        `json:"afterAct,omitempty"` // it removes what the act makes, and is sent where that was carried out
	// Guessed marks a step that makes or removes something for a guess.
	Guessed bool `json:"guessed,omitempty"`
	// Certifies is a captured id that is guessed: unless the response shows a value that the
	// case made up for this run, what the id names was there before, and is left alone.
	Certifies string `json:"certifies,omitempty"`
	Fresh     bool   `json:"fresh,omitempty"` // on a connection of its own, so that each sending is counted
	Await     *Await `json:"await,omitempty"` // a message is awaited, nothing is sent
}

// Await says which message is awaited.
type Await struct {
	About    Template        `json:"about"`           // the id that it names
	Times    int             `json:"times"`           // how often it comes
	MaxTimes int             `json:"most,omitempty"`  // how often it may come at most; 0: not judged
	Never    bool            `json:"never,omitempty"` // it must not come
	Place    string          `json:"place"`           // address that it comes to: that of the run, or one of the case alone
	Source   *spec.Operation `json:"-"`               // the operation that promises it
}

// Checks that judge what is observed after the act.
const (
	CheckNoTrace = "no-trace"
	CheckRepeat  = "repeat"
	CheckRetry   = "retry"
	CheckAlike   = "alike"
)

// Checks of what the lists show at the end of a run.
const (
	CheckReconciled = "reconciled" // nothing of a rejected request
	CheckAccounted  = "accounted"  // nothing that no request made
)

// Kinds of cases that other stages know of.
const (
	KindFlow          = "flow"                 // described step by step by a requirement
	KindNoMessage     = "message.none"         // malformed: no message may come about it
	KindForeignAccept = "valid.accept-unknown" // accepts no media type that is documented
	KindSubscription  = "subscription"         // registers before all others for the messages that they await
	KindSharedRead    = "shared"               // a read-back that serves many cases
	KindLookup        = "lookup"               // finds what a message is about
	KindListing       = "listing"              // reads a list at the beginning and at the end of a run
)

// Where messages are received.
const (
	Address  = "address"  // of the whole run
	Refusing = "refusing" // of one case, as all others; each message is refused
)

// Kinds of other requests that are rejected, so that no message may come about them.
const (
	KindNoMessageKeyless   = "message.unauthenticated"
	KindNoMessageForbidden = "message.forbidden"
	KindNoMessageInternal  = "message.internal"
)

var unannounced = []string{KindNoMessage, KindNoMessageKeyless, KindNoMessageForbidden, KindNoMessageInternal}

// Awaits reports whether messages about a case are awaited, or must not come.
func (c *Case) Awaits() bool {
	awaits := func(s Step) bool { return s.Await != nil }
	return slices.Contains(unannounced, c.Kind) || slices.ContainsFunc(c.Prepare, awaits) || slices.ContainsFunc(c.Observe, awaits)
}

// MessageID is the variable that holds the id of a message whose cause is looked up.
const MessageID = "MESSAGE_ID"

// Messaging is how the description delivers messages, nil when it promises none.
func (p *Plan) Messaging() *spec.Messaging {
	for _, o := range p.Description.Operations {
		if o.Conformance.Messages != nil {
			return o.Conformance.Messages
		}
	}
	return nil
}

// Event is what must have become of the act before a step is sent.
type Event string

// Rejection of the act comes before a repeat and a corrected request.
const Rejection Event = "rejection"

// After is the event that a step is sent after, "" for none.
func (s Step) After() Event {
	if s.Check == CheckRepeat || s.Check == CheckRetry {
		return Rejection
	}
	return ""
}

// Capture takes a value out of a step's answer for later steps.
type Capture struct {
	Name     string `json:"name"`
	Pointer  string `json:"pointer"`            // into the answer's body
	Optional bool   `json:"optional,omitempty"` // only clean-up needs it
	// Guessed is the type of an id that is guessed to name what was made, "" for one that is
	// not: it is taken from a 201 alone, and only where it has the type.
	Guessed string `json:"guessed,omitempty"`
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

	Operation string `json:"-"` // of the case
	Pointer   string `json:"-"` // that it was to break, as in Coverage; "" where it breaks nothing
	Keyword   string `json:"-"`
}

// Obligation finds an obligation by its id, nil when there is none.
func (p *Plan) Obligation(id string) *Obligation {
	if i, ok := p.index[id]; ok && i < len(p.Obligations) && p.Obligations[i].ID == id {
		return p.Obligations[i]
	}
	for _, o := range p.Obligations { // not sealed, or changed since
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
	small.Cases, small.Spares = serving(p.Cases, kept), serving(p.Spares, kept)
	small.Dropped = nil
	for _, d := range p.Dropped {
		if slices.ContainsFunc(small.Obligations, func(o *Obligation) bool { return o.Operation.ID == d.Operation }) {
			small.Dropped = append(small.Dropped, d)
		}
	}
	small.Seal()
	return &small
}

// Case returns the plan reduced to one case and the obligations that it serves, without
// what was dropped; nil when there is no such case.
func (p *Plan) Case(id string) *Plan {
	small := *p
	small.Cases, small.Spares, small.Obligations, small.Dropped = nil, nil, nil, nil
	for _, c := range p.Cases {
		if c.ID != id {
			continue
		}
		small.Cases = []*Case{c}
		for _, o := range p.Obligations {
			if slices.Contains(c.Obligations, o.ID) {
				reduced := *o
				reduced.Cases, reduced.Lacks, reduced.Missing, reduced.Branches = []string{id}, "", nil, nil
				small.Obligations = append(small.Obligations, &reduced)
			}
		}
	}
	if small.Cases == nil {
		return nil
	}
	small.Seal()
	return &small
}

// Steps lists the steps of a case in the order in which they are sent.
func (c *Case) Steps() []Step {
	return slices.Concat(c.Prepare, []Step{c.Act}, c.Observe, c.Cleanup)
}

// HasStep reports whether a step of the case has a property.
func (c *Case) HasStep(has func(*Step) bool) bool {
	for _, list := range [...][]Step{c.Prepare, c.Observe, c.Cleanup} {
		for i := range list {
			if has(&list[i]) {
				return true
			}
		}
	}
	return has(&c.Act)
}

// ObligationID is the lasting id of a requirement on an operation.
func ObligationID(operation, requirement string) string {
	return IDPart(operation) + "." + requirement
}

// CaseID is the lasting id of a case: what distinguishes it from others of its kind
// comes last, and is "" for the only one.
func CaseID(operation, kind, what string) string {
	id := IDPart(operation) + "." + IDPart(kind)
	if what != "" {
		id += "." + IDPart(what)
	}
	return id
}

// IDPart makes part of an id of a text: letters, digits, dots and hyphens.
func IDPart(text string) string { return spec.Slug(text) }

// Coverage says how one keyword of the description is exercised.
type Coverage struct {
	Operation string `json:"operation"`
	Pointer   string `json:"pointer"` // into the body, form: and into the form, or in:name of a parameter
	Keyword   string `json:"keyword"`
	Malformed int    `json:"malformed"`        // cases that break it
	Reason    string `json:"reason,omitempty"` // why there is none
}
