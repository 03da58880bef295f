package planner

import (
	"fmt"

	"qorcheck/harness/generate"
	"qorcheck/harness/plan"
	"qorcheck/spec"
)

// registration is the request that subscribes to an event.
func (d *drafter) registration(m *spec.Messaging, event, place, suffix string) (plan.Step, error) {
	o := d.description.Operation(m.Register.Operation)
	made := d.draft(o, recipe{suffix: suffix, needs: []string{m.Register.HeaderName, m.Register.HeaderValue}})
	for pointer, value := range map[string]any{
		m.Register.Address:     string(plan.TemplateOf(plan.FromReceiver, place)),
		m.Register.Event:       event,
		m.Register.HeaderName:  string(plan.TemplateOf(plan.FromReceiver, "header")),
		m.Register.HeaderValue: string(plan.TemplateOf(plan.FromReceiver, "secret")),
	} {
		made.body = generate.Set(made.body, pointer, value)
	}
	request, err := made.request()
	if err == nil {
		err = d.certify(made, request, nil)
	}
	return requestStep(o, request), err
}

// subscription registers, before any case, for every event that awaited messages
// may bring; nil when no case awaits one.
func (d *drafter) subscription(cases []*plan.Case) *plan.Case {
	setup := &plan.Case{ID: plan.KindSubscription, Kind: plan.KindSubscription, Why: "the messages that the cases await are subscribed to"}
	awaited := awaitedOperations(cases)
	subscribed := map[string]bool{}
	for _, o := range d.description.Operations {
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
				if step, err := d.registration(m, event, plan.Address, fmt.Sprintf("_H%d", len(setup.Prepare)+1)); err == nil {
					setup.Prepare = append(setup.Prepare, step)
				}
			}
		}
	}
	if len(setup.Prepare) == 0 {
		return nil
	}
	d.cleanup(setup)
	return setup
}

// awaitedOperations are those about which some case awaits a message.
func awaitedOperations(cases []*plan.Case) map[string]bool {
	awaited := map[string]bool{}
	for _, c := range cases {
		awaited[c.Operation] = awaited[c.Operation] || c.Awaits()
		for _, s := range c.Observe {
			if s.Await != nil {
				awaited[s.Await.Source.ID] = true
			}
		}
	}
	return awaited
}

// finder is the request that looks up what a message is about, nil when none does.
func (d *drafter) finder(m *spec.Messaging) *plan.Step {
	if m == nil || m.Lookup == nil {
		return nil
	}
	o := d.description.Operation(m.Lookup.Operation)
	bound := map[string]any{}
	for _, p := range o.Parameters {
		if p.Name == m.Lookup.Parameter {
			bound[p.In+":"+p.Name] = string(plan.TemplateOf(plan.FromAnswer, plan.MessageID))
		}
	}
	request, err := d.draft(o, recipe{bound: bound}).request()
	if err != nil {
		return nil
	}
	step := requestStep(o, request)
	return &step
}
