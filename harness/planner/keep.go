package planner

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"

	"qorcheck/harness/plan"
	"qorcheck/spec"
)

// keeper turns proposals into cases: it is the one place that names, certifies,
// keeps or drops them, and adds what observes them and cleans up after them. It
// is for one goroutine.
type keeper struct {
	*drafter
	proposers []proposer         // of what is kept
	ids       map[string]bool    // of the cases kept
	requests  map[string]bool    // of the valid cases kept
	repeated  map[situation]bool // a case of it is sent twice
	result
}

// result is what became of proposals.
type result struct {
	cases   []*plan.Case
	flows   map[*plan.Case]string    // the requirement whose flow a case is
	broken  map[*plan.Case]shareable // the place that a malformed case breaks
	dropped []plan.Dropped
	absent  []*proposal // those that are no case
}

// situation is a kind of cases of an operation.
type situation struct {
	operation *spec.Operation
	kind      string
}

func newKeeper(g *ground) *keeper {
	return &keeper{
		drafter: newDrafter(g), ids: map[string]bool{}, requests: map[string]bool{}, repeated: map[situation]bool{},
		result: result{flows: map[*plan.Case]string{}, broken: map[*plan.Case]shareable{}},
	}
}

// keepAll keeps what can be kept of some proposals.
func (k *keeper) keepAll(proposals []*proposal) {
	for _, p := range proposals {
		k.keep(p)
	}
}

// keep certifies a case and keeps it, or drops it with the reason. What no
// requirement states an expected status for is neither.
func (k *keeper) keep(p *proposal) {
	switch {
	case p.absent.missing != "", p.absent.none != "":
		k.absent = append(k.absent, p)
		return
	case p.flow != nil && k.heldStep(p.flow.Case) != "":
		k.absent = append(k.absent, &proposal{operation: p.operation, kind: flowKindOf(p.flow), absent: absence{missing: k.heldStep(p.flow.Case)}})
		return
	case p.flow != nil:
		k.flows[p.flow.Case] = p.flow.requirement
		k.finish(p.flow.Case)
		return
	}
	asked := k.rules(p.operation, p.kind)
	expect := asked.expect()
	if expect == nil {
		return
	}
	id := plan.CaseID(p.operation.Slug(), p.kind, p.what)
	if p.absent.gap != "" {
		k.drop(p, id, p.absent.gap)
		return
	}
	statuses := expect.For(p.operation)
	if len(statuses) == 0 {
		k.absent = append(k.absent, &proposal{operation: p.operation, kind: p.kind, absent: noStatus(expect)})
		return
	}
	e := k.expectation(p, expect, statuses)
	corrected := k.corrected(p, asked, e)
	p.draft.anyBody = refusedEarly(p.kind)
	request, err := k.certified(p)
	id = k.distinct(id, p)
	if err != nil {
		k.drop(p, id, err.Error())
		return
	}
	c := k.caseOf(p, id, e, request)
	if p.walk == nil && k.duplicate(c) {
		return
	}
	if p.explored {
		c.Simpler = k.simpler(p, c)
	}
	k.observe(c, p.operation, asked, corrected)
	k.removeInvented(c, p.draft)
	k.finish(c)
	if p.after != nil {
		p.after(c)
	}
}

// certified is the request of a proposal, or says why it is not sent.
func (k *keeper) certified(p *proposal) (plan.Request, error) {
	request, err := p.draft.request()
	if err == nil {
		err = k.certify(p.draft, request, p.fault)
	}
	if err == nil && p.safe != nil {
		p.draft = *p.safe
		request, err = p.draft.request()
	}
	if err == nil {
		err = k.harmless(p.draft)
	}
	if number := k.unlistedCard(string(request.Body)); err == nil && number != "" {
		err = fmt.Errorf("it would send %s, a card number that test_cards does not list", number)
	}
	return request, err
}

// caseOf is the case of a proposal that is certified.
func (k *keeper) caseOf(p *proposal, id string, e plan.Expect, request plan.Request) *plan.Case {
	c := &plan.Case{ID: id, Operation: p.operation.ID, Kind: p.kind, Variant: p.variant, Why: p.why, Expect: e, Prepare: p.prepare, Act: requestStep(p.operation, request), StandIn: p.standIn, Explored: p.explored, AboutID: p.aboutID, Invented: k.inventedIn(p.draft)}
	if e.Handling == plan.Accepted {
		c.Options = k.optionsIn(p)
	}
	if p.fault != nil {
		c.Fault, k.broken[c] = &p.fault.Fault, p.fault.of
	}
	if p.guess != nil {
		c.Guess, c.Invented = p.guess, append(c.Invented, p.draft.guessed()...)
	}
	return c
}

// expectation is what a case may be answered: what the requirement expects, and what is
// tolerated for what the request is made of.
func (k *keeper) expectation(p *proposal, expect *spec.Expect, statuses []int) plan.Expect {
	e := plan.NewExpect(expect.Ending, statuses...)
	e.Tolerated = expect.Tolerated
	if p.fault != nil && withinMerchant(p.operation, p.fault.Pointer) {
		e.Statuses = append(e.Statuses, k.otherMerchantStatuses(p.operation)...)
	}
	if p.standIn {
		tolerateUnknown(&e, p.operation, p.kind)
	}
	tolerateDependent(&e, p)
	if p.extreme {
		tolerateBounds(&e)
	}
	if p.aboutID {
		tolerateAbsence(&e, p.operation)
	}
	if _, declared := k.effect(p.operation); !declared && p.kind == "malformed.media-type" && p.what == "none" {
		tolerateUnlabelled(&e, p.operation)
	}
	return e
}

// tolerateUnlabelled lets a body without a media type be carried out: who gets one may look
// at it to find what it is.
func tolerateUnlabelled(e *plan.Expect, o *spec.Operation) {
	e.Tolerated = slices.Clone(e.Tolerated)
	for _, status := range o.Success() {
		e.Tolerated = append(e.Tolerated, spec.Tolerance{Status: status, Why: "a body without Content-Type may be examined to find its type (RFC 9110, section 8.3)"})
	}
}

// noStatus says that an operation documents none of the expected statuses. Without a
// status of success nothing can be said of it; any other it does not promise.
func noStatus(expect *spec.Expect) absence {
	if len(expect.Statuses) == 0 || slices.ContainsFunc(expect.Statuses, func(s string) bool { return s == "success" || s == "documented-success" }) {
		return absence{none: "the description documents no status of success", ours: true}
	}
	return absence{none: "the description documents none of the statuses " + strings.Join(expect.Statuses, ", ")}
}

// tolerateDependent lets a correct request be refused whose success depends on what
// happened before.
func tolerateDependent(e *plan.Expect, p *proposal) {
	if !strings.HasPrefix(p.kind, "valid.") {
		return
	}
	for _, d := range p.operation.Conformance.Dependent {
		if value, _ := spec.Lookup(p.draft.body, d.Field); value == d.Value {
			e.Tolerated = append(slices.Clone(e.Tolerated), d.Tolerances()...)
		}
	}
}

// refusedEarly reports whether a request of a kind is refused before its body is looked at.
func refusedEarly(kind string) bool {
	group, _, _ := strings.Cut(kind, ".")
	return group == "unauthenticated" || group == "forbidden" || group == "not-found" || kind == plan.KindNoMessageKeyless || kind == plan.KindNoMessageForbidden
}

// requestStep is the step that sends a request of an operation.
func requestStep(o *spec.Operation, r plan.Request) plan.Step {
	return plan.Step{Name: o.ID, Operation: o.ID, Request: r}
}

// finish adds the clean-up to a case and keeps it.
func (k *keeper) finish(c *plan.Case) {
	k.cleanup(c)
	k.ids[c.ID] = true
	k.cases = append(k.cases, c)
}

// drop lists a case that is not kept.
func (k *keeper) drop(p *proposal, id, reason string) {
	dropped := plan.Dropped{ID: id, Reason: reason, Operation: p.operation.ID}
	if p.fault != nil {
		dropped.Pointer, dropped.Keyword = p.draft.place(p.fault.Pointer), p.fault.Keyword
	}
	k.dropped = append(k.dropped, dropped)
}

// distinct makes an id differ from an equal one by the place that its case is about, or
// by what it says where it is about none: a/b_c and a_b/c make one id, and so do a body
// that is left out and a field with the name body.
func (k *keeper) distinct(id string, p *proposal) string {
	if !k.ids[id] {
		return id
	}
	place := cmp.Or(p.draft.about, p.why)
	if p.fault != nil {
		place = cmp.Or(p.fault.Pointer, p.why)
	}
	sum := sha256.Sum256([]byte(place))
	return id + "-" + hex.EncodeToString(sum[:3])
}

// corrected is the correct request for one that is to be rejected, nil when there
// is none or no requirement asks for it. Both carry the same idempotency key: it must stay
// usable. Where nothing can have an effect there is none but at an unknown place.
func (k *keeper) corrected(p *proposal, asked rules, e plan.Expect) *plan.Request {
	reads := p.operation.Method == "GET" || p.operation.Method == "HEAD"
	if !asked.has(plan.CheckRetry) || e.Handling != plan.Rejected || p.correct == nil || reads && !strings.HasPrefix(p.kind, "not-found.") {
		return nil
	}
	setKey(&p.draft, "")
	return k.once(fmt.Sprint("correct ", p.operation.ID, " ", p.guess != nil), func() draft {
		correct := *p.correct
		setKey(&correct, "")
		return correct
	})
}

// duplicate reports whether an equal valid request is kept already, such as an
// example that carries exactly the mandatory fields.
func (k *keeper) duplicate(c *plan.Case) bool {
	if c.Fault != nil || !strings.HasPrefix(c.Kind, "valid.") {
		return false
	}
	r := c.Act.Request
	path, query := r.Location()
	key := fmt.Sprintf("%s %s%s %v %s", c.Operation, path, query, r.Header, r.Body)
	if k.requests[key] {
		return true
	}
	k.requests[key] = true
	return false
}

// observe adds the requests that show what a case left behind, as far as
// requirements ask for them: a rejected request once more, the read-backs of its
// unique values, and the corrected request under the same values.
func (k *keeper) observe(c *plan.Case, o *spec.Operation, asked rules, corrected *plan.Request) {
	if first := (situation{o, c.Kind}); c.Expect.Handling == plan.Rejected && asked.has(plan.CheckRepeat) && !k.repeated[first] {
		k.repeated[first] = true
		again := c.Act
		again.Capture = nil
		again.Check, again.Expect = plan.CheckRepeat, &c.Expect
		c.Observe = append(c.Observe, again)
	}
	if asked.has(plan.CheckNoTrace) && !c.StandIn {
		c.Observe = append(c.Observe, k.readBacks(o, c.Act.Request)...)
	}
	if corrected != nil {
		retry := requestStep(o, *corrected)
		retry.Check, retry.Expect = plan.CheckRetry, k.expectSuccess(o)
		c.Observe = append(c.Observe, retry)
	}
}

// expectSuccess is what a correct request of an operation is answered.
func (k *keeper) expectSuccess(o *spec.Operation) *plan.Expect {
	ending := spec.Ending("")
	if len(o.Conformance.Outcome) > 0 {
		ending = spec.Succeeded
	}
	e := plan.NewExpect(ending, o.Success()...)
	if stated := k.rules(o, "valid.required").expect(); stated != nil {
		e = plan.NewExpect(stated.Ending, stated.For(o)...)
		e.Tolerated = stated.Tolerated
	}
	return &e
}

// join adds what became of other proposals.
func (r *result) join(other result) {
	r.cases = append(r.cases, other.cases...)
	r.dropped = append(r.dropped, other.dropped...)
	r.absent = append(r.absent, other.absent...)
	maps.Copy(r.flows, other.flows)
	maps.Copy(r.broken, other.broken)
}
