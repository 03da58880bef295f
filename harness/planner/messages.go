package planner

import (
	"fmt"
	"slices"
	"strings"

	"qorcheck/harness/plan"
	"qorcheck/spec"
)

// kindMessage is what the kinds of cases begin with that await a message.
const kindMessage = "message"

// messageStep awaits the message about an id.
func messageStep(o *spec.Operation, about plan.Template, place string, times int) plan.Step {
	return plan.Step{Name: kindMessage, Await: &plan.Await{About: about, Times: times, Place: place, Source: o}}
}

// messageCases makes correct requests that a message is about, and a rejected one,
// about which no message may come.
func (d *drafter) messageCases(s subject) []*proposal {
	m := s.Conformance.Messages
	if m == nil || len(s.Callbacks) == 0 {
		var list []*proposal
		for _, kind := range Kinds {
			if strings.HasPrefix(kind, kindMessage+".") {
				list = append(list, s.none(kind, "the description promises no message about the operation"))
			}
		}
		return list
	}
	list := []*proposal{s.propose("message.success", "", "a correct request, and the message about it", s.correct).completedBy(awaitOne(s.Operation))}
	list = append(list, d.failingMessages(s, "message.refused", "refused", "refused[0]")...)
	list = append(list, d.failingMessages(s, "message.error", "error", "error")...)
	list = append(list, d.laterMessages(s)...)
	list = append(list, d.refusedMessages(s)...)
	if made, broken, ok := d.firstFault(s); ok {
		list = append(list, s.propose(plan.KindNoMessage, "", "a request that is rejected: "+broken.Pointer+" breaks "+broken.Keyword, made).breaking(broken))
	}
	return append(list, d.unannounced(s)...)
}

// unannounced makes correct requests that are rejected for who sends them, or by an
// internal error: no message may come about them.
func (d *drafter) unannounced(s subject) []*proposal {
	var list []*proposal
	if schemes := d.schemes(s.Operation); len(schemes) > 0 && !anonymous(s.Operation) {
		for _, by := range d.byNobody(s, schemes) {
			kind := map[string]string{"unauthenticated": plan.KindNoMessageKeyless, "forbidden": plan.KindNoMessageForbidden}[by.kind]
			if by.lacking == "" { // else the requirements of the status say so
				list = append(list, s.propose(kind, "", by.why+": no message may come", by.credentialed(s.correct)))
			}
		}
	}
	for _, group := range d.groupsOf(s.Operation) {
		t := testData{group, "internal"}
		if d.dataOf(t) == nil {
			continue // as above
		}
		if steps, bound, err := d.provoke(s.Operation, t); err == nil {
			made := d.draft(s.Operation, recipe{trigger: t, bound: bound})
			list = append(list, s.propose(plan.KindNoMessageInternal, group, withTestData(t)+": no message may come", made).preparedBy(steps))
		}
	}
	return list
}

// awaitOne makes a case await the message about its act.
func awaitOne(o *spec.Operation) func(c *plan.Case) {
	return func(c *plan.Case) {
		about := capture(&c.Act, o.Conformance.Messages.Answer, len(c.Prepare)+1)
		c.Observe = append(c.Observe, messageStep(o, about, plan.Address, 1))
	}
}

// awaitAgain makes a case await the message about its act twice, where each is
// refused, and how often it comes again after that.
func awaitAgain(o *spec.Operation) func(c *plan.Case) {
	return func(c *plan.Case) {
		m := o.Conformance.Messages
		step := messageStep(o, capture(&c.Act, m.Answer, len(c.Prepare)+1), plan.Refusing, 2)
		if m.Repeats > 0 {
			step.Await.MaxTimes = 2 * (1 + m.Repeats) // one more is tolerated beside each
		}
		c.Observe = append(c.Observe, step)
	}
}

// failingMessages await the messages about requests that are refused, or end in an
// error, one for each kind of payment. Line is where the fixtures have their test data.
func (d *drafter) failingMessages(s subject, kind, line, name string) []*proposal {
	groups := d.groupsOf(s.Operation)
	if len(groups) == 0 {
		return []*proposal{s.unmade(kind, "no test data of the fixtures make the operation fail")}
	}
	var list []*proposal
	for _, group := range groups {
		t := testData{group, name}
		if d.dataOf(t) == nil {
			list = append(list, s.missing(kind, d.missingTrigger(group, line)))
			continue
		}
		steps, bound, err := d.provoke(s.Operation, t)
		if err != nil {
			list = append(list, s.missing(kind, err.Error()))
			continue
		}
		made := d.draft(s.Operation, recipe{trigger: t, bound: bound})
		list = append(list, s.propose(kind, group, withTestData(t)+", and the message about it", made).preparedBy(steps).completedBy(awaitOne(s.Operation)))
	}
	return list
}

// laterMessages await the messages about requests that are accepted and fail
// afterwards. The test data for that go into what prepares them.
func (d *drafter) laterMessages(s subject) []*proposal {
	const kind = "message.later"
	name, link := s.Conformance.Later, d.preparations[s.ID].link
	if name == "" || link.From == nil {
		return []*proposal{s.none(kind, "the description names no test data by which the operation fails afterwards")}
	}
	var list []*proposal
	for _, group := range d.groupsOf(link.From) {
		t := testData{group, name}
		if d.dataOf(t) == nil {
			list = append(list, s.missing(kind, d.missingTrigger(group, name)))
			continue
		}
		steps, bound, err := d.follow(link, t)
		if err != nil {
			list = append(list, s.missing(kind, err.Error()))
			continue
		}
		made := d.draft(s.Operation, recipe{bound: bound})
		list = append(list, s.propose(kind, group, withTestData(t)+", and the message about it", made).preparedBy(steps).completedBy(awaitOne(s.Operation)))
	}
	return list
}

// refusedMessages registers an address that refuses each message, and awaits there the
// message about a request that is approved, and about one that is declined.
func (d *drafter) refusedMessages(s subject) []*proposal {
	list := d.refusedMessage(s, "message.again", "", s.correct, s.prepare)
	for _, group := range d.groupsOf(s.Operation) {
		t := refusal(group, 0)
		if d.dataOf(t) == nil {
			continue // message.refused says what is missing
		}
		if steps, bound, err := d.provoke(s.Operation, t); err == nil {
			list = append(list, d.refusedMessage(s, "message.again-refused", group, d.draft(s.Operation, recipe{trigger: t, bound: bound}), steps)...)
		}
	}
	return list
}

// refusedMessage registers the address for each event of a request, and awaits the
// message about the request there.
func (d *drafter) refusedMessage(s subject, kind, what string, made draft, prepare []plan.Step) []*proposal {
	if d.rules(s.Operation, kind).expect() == nil || !d.rules(s.Operation, kind).has("message-again") {
		return nil
	}
	m := s.Conformance.Messages
	events := s.Callbacks[0].Events(m.Event)
	if len(events) == 0 {
		return []*proposal{s.none(kind, "the description lists no events")}
	}
	steps := slices.Clone(prepare)
	for _, event := range events {
		if step, err := d.registration(m, event, plan.Refusing, fmt.Sprintf("_H%d", len(steps)+1)); err == nil {
			steps = append(steps, step)
		}
	}
	p := s.propose(kind, what, "a correct request whose message is refused, and the message about it", made)
	return []*proposal{p.preparedBy(steps).completedBy(awaitAgain(s.Operation))}
}
