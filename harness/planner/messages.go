package planner

import (
	"fmt"
	"slices"
	"strings"

	"qorcheck/harness/generate"
	"qorcheck/harness/plan"
	"qorcheck/spec"
)

// kindMessage is what the kinds of cases begin with that await a message.
const kindMessage = "message"

// messageStep awaits the message about an id.
func messageStep(o *spec.Operation, about plan.Template, place string, times int) plan.Step {
	return plan.Step{Name: "message", Await: &plan.Await{About: about, Times: times, Place: place, Source: o}}
}

// messageCases makes correct requests whose outcome is told in a message, and a
// rejected one, which nothing may be told of.
func (b *builder) messageCases(o *spec.Operation, base draft, prepared []plan.Step) {
	m := o.Conformance.Messages
	if m == nil || len(o.Callbacks) == 0 {
		for _, kind := range Kinds {
			if strings.HasPrefix(kind, kindMessage+".") {
				b.skip(o, kind, "the description promises no message about the operation")
			}
		}
		return
	}
	b.awaiting(o, "message.success", "", "a correct request", base, prepared, plan.Address, 1)
	b.failingCases(o, "message.refused", "refused", "refused[0]")
	b.failingCases(o, "message.error", "error", "error")
	b.laterCase(o)
	b.refusingCase(o, base, prepared)
	if faulty, broken, ok := b.firstFault(o, base); ok {
		b.add(o, "message.none", "", "a request that is rejected: "+broken.Pointer+" breaks "+broken.Keyword, faulty, prepared, broken)
	}
}

// awaiting adds a case that awaits a message about its act.
func (b *builder) awaiting(o *spec.Operation, kind, what, why string, d draft, prepared []plan.Step, place string, times int) {
	known := len(b.cases)
	b.add(o, kind, what, why+", and the message about it", d, prepared, nil)
	if len(b.cases) == known {
		return
	}
	c := b.cases[known]
	about := capture(&c.Act, o.Conformance.Messages.Answer, len(c.Prepare)+1)
	step := messageStep(o, about, place, times)
	if place == plan.Refusing && o.Conformance.Messages.Repeats > 0 {
		step.Await.Most = 1 + o.Conformance.Messages.Repeats
	}
	c.Observe = append(c.Observe, step)
}

// failingCases await the messages about requests that are refused, or end in an
// error, one for each kind of payment. Line is where the fixtures have their test data.
func (b *builder) failingCases(o *spec.Operation, kind, line, trigger string) {
	groups := b.groups(o)
	if len(groups) == 0 {
		b.skip(o, kind, "no test data of the fixtures make the operation fail")
	}
	for _, group := range groups {
		data := b.fixtures.Trigger(group, trigger)
		if data == nil {
			b.lack(o, kind, fmt.Sprintf("add to %s: triggers.%s.%s", b.fixtures.File, group, line))
			continue
		}
		test := group + "/" + trigger
		steps, bound, err := b.provoke(o, data, test)
		if err != nil {
			b.lack(o, kind, err.Error())
			continue
		}
		why := fmt.Sprintf("a correct request with the test data triggers.%s.%s", group, trigger)
		b.awaiting(o, kind, group, why, b.draft(o, generate.OnlyRequired, test, "", bound), steps, plan.Address, 1)
	}
}

// laterCase awaits the message about a request that is accepted and fails
// afterwards. The test data for that go into what prepares it.
func (b *builder) laterCase(o *spec.Operation) {
	const kind = "message.later"
	trigger, link := o.Conformance.Later, b.ways[o.ID].link
	if trigger == "" || link.From == nil {
		b.skip(o, kind, "the description names no test data by which the operation fails afterwards")
		return
	}
	for _, group := range b.groups(link.From) {
		if b.fixtures.Trigger(group, trigger) == nil {
			b.lack(o, kind, fmt.Sprintf("add to %s: triggers.%s.%s", b.fixtures.File, group, trigger))
			continue
		}
		steps, bound, err := b.follow(link, group+"/"+trigger)
		if err != nil {
			b.lack(o, kind, err.Error())
			continue
		}
		why := fmt.Sprintf("a correct request with the test data triggers.%s.%s", group, trigger)
		b.awaiting(o, kind, group, why, b.draft(o, generate.OnlyRequired, "", "", bound), steps, plan.Address, 1)
	}
}

// refusingCase registers an address that refuses each message, and awaits the
// message there twice, and how often it comes again after that.
func (b *builder) refusingCase(o *spec.Operation, base draft, prepared []plan.Step) {
	const kind = "message.again"
	if b.speak(o, kind).expect() == nil {
		return
	}
	m := o.Conformance.Messages
	events := o.Callbacks[0].Events(m.Event)
	if len(events) == 0 {
		b.skip(o, kind, "the description lists no events")
		return
	}
	steps := slices.Clone(prepared)
	for _, event := range events {
		if step, err := b.registration(m, event, plan.Refusing, fmt.Sprintf("_H%d", len(steps)+1)); err == nil {
			steps = append(steps, step)
		}
	}
	b.awaiting(o, kind, "", "a correct request whose message is refused", base, steps, plan.Refusing, 2)
}

// registration is the request that subscribes to an event.
func (b *builder) registration(m *spec.Messaging, event, place, suffix string) (plan.Step, error) {
	o := b.description.Operation(m.Register.Operation)
	d := b.draft(o, generate.OnlyRequired, "", suffix, nil, m.Register.HeaderName, m.Register.HeaderValue)
	for pointer, value := range map[string]any{
		m.Register.Address:     string(plan.TemplateOf(plan.FromReceiver, place)),
		m.Register.Event:       event,
		m.Register.HeaderName:  string(plan.TemplateOf(plan.FromReceiver, "header")),
		m.Register.HeaderValue: string(plan.TemplateOf(plan.FromReceiver, "secret")),
	} {
		d.body = generate.Set(d.body, pointer, value)
	}
	request, err := d.request()
	if err == nil {
		err = b.certify(d, request, nil)
	}
	return plan.Step{Name: o.ID, Operation: o.ID, Request: request}, err
}

// subscription registers, before any case, for every event that awaited messages
// may bring; nil when no case awaits one.
func (b *builder) subscription(cases []*plan.Case) *plan.Case {
	setup := &plan.Case{ID: "subscription", Kind: kindMessage, Why: "the messages that the cases await are subscribed to"}
	awaited := map[string]bool{} // by operation
	for _, c := range cases {
		awaited[c.Operation] = awaited[c.Operation] || c.Awaits()
		for _, s := range c.Observe {
			if s.Await != nil {
				awaited[s.Await.Source.ID] = true
			}
		}
	}
	subscribed := map[string]bool{}
	for _, o := range b.description.Operations {
		m := o.Conformance.Messages
		if m == nil || len(o.Callbacks) == 0 || !awaited[o.ID] {
			continue
		}
		for _, callback := range o.Callbacks {
			for _, event := range callback.Events(m.Event) {
				if subscribed[event] {
					continue
				}
				subscribed[event] = true
				if step, err := b.registration(m, event, plan.Address, fmt.Sprintf("_H%d", len(setup.Prepare)+1)); err == nil {
					setup.Prepare = append(setup.Prepare, step)
				}
			}
		}
	}
	if len(setup.Prepare) == 0 {
		return nil
	}
	b.cleanup(setup)
	return setup
}

// firstFault breaks a request in the first way that makes the target reject it. A
// missing field is the last resort: a target may answer that in more than one way.
func (b *builder) firstFault(o *spec.Operation, base draft) (draft, *fault, bool) {
	content := o.Body.JSON()
	if content == nil || !content.HasSchema {
		return draft{}, nil, false
	}
	m := values{b: b, o: o, bound: base.bound}.maker(content)
	for _, keyword := range []string{"pattern", "type", "required"} {
		for _, f := range b.faultsOf(o, m) {
			if f.Gap != "" || f.Keyword != keyword || f.Class == "null" || f.Pointer == "" || merchantWithin(o, f.Pointer) {
				continue
			}
			d := base.clone()
			d.body = f.Value
			return d, &fault{Fault: plan.Fault{Pointer: f.Pointer, Keyword: f.Keyword, Sent: sentText(f), Allowed: f.Allowed}, certify: func(value any) error { return m.Certify(f, value) }}, true
		}
	}
	return draft{}, nil, false
}

// merchantWithin tells whether a place holds the merchant: a fault there has more than one answer.
func merchantWithin(o *spec.Operation, pointer string) bool {
	m := o.Conformance.Merchant
	return m != nil && pointer != "" && strings.HasPrefix(m.Field+"/", pointer+"/")
}

// finder is the request that looks up what a message is about.
func (b *builder) finder(m *spec.Messaging) *plan.Step {
	if m == nil || m.Lookup == nil {
		return nil
	}
	o := b.description.Operation(m.Lookup.Operation)
	bound := map[string]any{}
	for _, p := range o.Parameters {
		if p.Name == m.Lookup.Parameter {
			bound[p.In+":"+p.Name] = string(plan.TemplateOf(plan.FromAnswer, plan.MessageID))
		}
	}
	request, err := b.draft(o, generate.OnlyRequired, "", "", bound).request()
	if err != nil {
		return nil
	}
	return &plan.Step{Name: o.ID, Operation: o.ID, Request: request}
}
