package planner

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"qorcheck/harness/plan"
	"qorcheck/spec"
)

// flowCases makes the wanted cases of those that requirements describe step by step. An
// error names what a flow asks for and the description does not have.
func (d *drafter) flowCases(wanted func(*spec.Operation, *spec.Requirement, spec.Flow) bool) ([]*proposal, error) {
	var list []*proposal
	for _, q := range d.requirements.List {
		if !q.Tested() {
			continue
		}
		for _, o := range d.description.Operations {
			if !q.Operations.Has(o.ID) || d.unsupported(o, q) != "" {
				continue
			}
			for _, f := range q.Flows {
				if !f.For(o.ID) || !wanted(o, q, f) {
					continue
				}
				d.forgetExamples()
				p, err := d.flowCase(o, q, f)
				if err != nil {
					return nil, fmt.Errorf("%s: requirement %s: flow %s: %w", d.requirements.File, q.ID, f.ID, err)
				}
				list = append(list, p)
			}
		}
	}
	return list, nil
}

// flowKind is the kind under which a requirement's flows are missing.
func flowKind(q *spec.Requirement) string { return plan.KindFlow + "." + q.ID }

// missingError says what the fixtures lack for a request.
type missingError struct{ error }

// flowMaker makes the steps of a flow, one after the other.
type flowMaker struct {
	*drafter
	own    *spec.Operation
	flow   spec.Flow
	before []plan.Step // what prepares the first step
	made   []flowStep
	start  *knownStart // stands for the first steps, which are left out then; nil for none
}

// flowStep is a made step of a flow, with the draft that it was made from.
type flowStep struct {
	step      plan.Step
	draft     draft
	operation *spec.Operation // nil for settle and messages
	left      bool            // it is left out: a known resource stands for what it makes
}

// flowCase makes the case of a flow of one operation.
func (d *drafter) flowCase(o *spec.Operation, q *spec.Requirement, f spec.Flow) (*proposal, error) {
	m := flowMaker{drafter: d, own: o, flow: f}
	m.startKnown()
	for i := len(m.made); i < len(f.Steps); i++ {
		made, err := m.step(i)
		if missing, ok := errors.AsType[missingError](err); ok {
			return subject{Operation: o}.missing(flowKind(q), missing.Error()), nil
		}
		if err != nil {
			return nil, fmt.Errorf("step %d: %w", i+1, err)
		}
		m.made = append(m.made, made)
	}
	c := &plan.Case{ID: plan.CaseID(o.Slug(), plan.KindFlow, f.ID), Operation: o.ID, Kind: plan.KindFlow, Why: f.Why, Prepare: slices.Clone(m.before)}
	act := f.Act()
	for i, made := range m.made {
		switch {
		case made.left:
		case i < act:
			c.Prepare = append(c.Prepare, made.step)
		case i == act:
			c.Act = made.step
			c.Expect = *made.step.Expect
		default:
			c.Observe = append(c.Observe, made.step)
		}
	}
	return &proposal{operation: o, kind: plan.KindFlow, flow: &flowCase{Case: c, requirement: q.ID}}, nil
}

// number of a step among all that the case sends, from 1.
func (m *flowMaker) number(i int) int { return len(m.before) + i + 1 }

// step makes a step of the flow.
func (m *flowMaker) step(i int) (made flowStep, err error) {
	wanted := m.flow.Steps[i]
	switch {
	case wanted.Again != "":
		made = m.again(i)
	case wanted.Await != "":
		made, err = m.await(i)
	case wanted.Do == spec.Settle:
		made, err = m.settlement(i)
	default:
		made, err = m.request(i)
	}
	if err != nil {
		return flowStep{}, err
	}
	step := &made.step
	step.Label, step.Check, step.Ends = wanted.Name, plan.KindFlow, wanted.Ends
	if i == m.flow.Act() && step.Label == "" {
		step.Label = "act"
	}
	step.Times, step.HangUp = wanted.Times, wanted.HangUp
	step.Fresh = wanted.Times > 1 || wanted.HangUp || wanted.Again != ""
	step.Expect = expectOf(wanted, made.operation)
	return made, nil
}

// expectOf turns an expectation into exact statuses; one that names none, and none at all, is success.
func expectOf(wanted spec.FlowStep, o *spec.Operation) *plan.Expect {
	if wanted.Expect == nil {
		return nil
	}
	var statuses []int
	if o != nil {
		statuses = wanted.Expect.For(o)
	}
	e := plan.NewExpect(wanted.Expect.Ending, statuses...)
	e.Tolerated, e.Body, e.Same, e.Order = wanted.Expect.Tolerated, wanted.Expect.Body, wanted.Expect.Same, wanted.Expect.Order
	return &e
}

// again sends the request of an earlier step once more.
func (m *flowMaker) again(i int) flowStep {
	made := m.made[m.named(m.flow.Steps[i].Again)]
	made.step.Capture = nil
	if m.flow.Steps[i].Rewritten {
		made.step.Request = rewritten(made.step.Request)
	}
	return made
}

// rewritten writes a request otherwise, without changing what it asks for: its JSON
// with other blanks, and another Accept header.
func rewritten(r plan.Request) plan.Request {
	var body bytes.Buffer
	if json.Indent(&body, []byte(r.Body), "", "\t") == nil && r.HasBody {
		r.Body = plan.Template(body.String())
	}
	const accept = "Accept"
	r.Header = slices.DeleteFunc(slices.Clone(r.Header), func(f plan.Field) bool { return strings.EqualFold(f.Name, accept) })
	r.Header = append(r.Header, plan.Field{Name: accept, Value: "application/json, */*;q=0.1"})
	return r
}

// named finds an earlier step by its name.
func (m *flowMaker) named(name string) int {
	for i := range m.made {
		if m.flow.Steps[i].Name == name || name == "act" && i == m.flow.Act() {
			return i
		}
	}
	return -1
}

// captured keeps a value of an earlier step's answer.
func (m *flowMaker) captured(of int, pointer string) plan.Template {
	if m.made[of].left {
		return m.knownOf()
	}
	return capture(&m.made[of].step, pointer, m.number(of))
}

// await waits for the message about what an earlier step did.
func (m *flowMaker) await(i int) (flowStep, error) {
	wanted := m.flow.Steps[i]
	of := m.named(wanted.Await)
	o := m.made[of].operation
	if o == nil || o.Conformance.Messages == nil || len(o.Callbacks) == 0 && !wanted.Never {
		return flowStep{}, fmt.Errorf("await: the description promises no message about %s", m.flow.Steps[of].Do)
	}
	about := m.captured(of, o.Conformance.Messages.Answer)
	made := flowStep{step: messageStep(o, about, cmp.Or(wanted.At, plan.Address), 1)}
	made.step.Await.Never, made.step.Await.MaxTimes = wanted.Never, wanted.Most
	return made, nil
}

var namedInBody = regexp.MustCompile(`\{([A-Za-z0-9_-]+)\}`)

// settlement makes the environment settle what an earlier step made: the named one,
// or the latest that the settling request can be about.
func (m *flowMaker) settlement(i int) (flowStep, error) {
	of := len(m.made) - 1
	if name := m.flow.Steps[i].Of; name != "" {
		of = m.named(name)
	}
	if of < 0 {
		return flowStep{}, errors.New("settle: no step before it makes anything")
	}
	if fixture := m.fixtures.Settle; fixture != nil {
		body, err := json.Marshal(fixture.Body)
		if err != nil {
			return flowStep{}, err
		}
		for _, name := range namedInBody.FindAllStringSubmatch(string(body), -1) {
			m.captured(of, spec.Pointer(name[1]))
		}
	}
	step, err := m.settle(m.made[of].step)
	if err != nil {
		return flowStep{}, missingError{err}
	}
	return flowStep{step: step}, nil
}

// operationOf finds the operation of a step.
func (m *flowMaker) operationOf(wanted spec.FlowStep) (*spec.Operation, error) {
	if wanted.Do == spec.Own {
		return m.own, nil
	}
	if o := m.description.Operation(wanted.Do); o != nil {
		return o, nil
	}
	return nil, fmt.Errorf("do: no operation of %s has the id %q; allowed: %s, settle, %s", m.description.File, wanted.Do, spec.Own, strings.Join(m.description.IDs(), ", "))
}

// request makes a request that is correct but for what the flow changes in it.
func (m *flowMaker) request(i int) (flowStep, error) {
	wanted := m.flow.Steps[i]
	o, err := m.operationOf(wanted)
	if err != nil {
		return flowStep{}, err
	}
	r := recipe{needs: m.needs(i, o)}
	if r.trigger, err = m.testDataOf(o, wanted.Test); err != nil {
		return flowStep{}, err
	}
	if r.bound, err = m.bind(i, o, r.trigger); err != nil {
		return flowStep{}, err
	}
	if i != m.flow.Act() {
		r.suffix = fmt.Sprintf("_S%d", i+1)
	}
	made := m.draft(o, r)
	if err := m.change(&made, wanted, r.suffix); err != nil {
		return flowStep{}, err
	}
	if m.start != nil && saysWorth(made) {
		return flowStep{}, missingError{errors.New(m.missingSettle())}
	}
	request, err := made.request()
	if err != nil {
		return flowStep{}, err
	}
	if err := m.certifyStep(made, request, wanted); err != nil {
		return flowStep{}, err
	}
	return flowStep{step: requestStep(o, request), draft: made, operation: o}, nil
}

// certifyStep proves that a request is valid by the description, or invalid where
// that is what it is to be rejected for.
func (m *flowMaker) certifyStep(made draft, r plan.Request, wanted spec.FlowStep) error {
	err := m.certify(made, r, nil)
	if missing, ok := errors.AsType[missingError](err); ok {
		return missing
	}
	malformed := wanted.Expect != nil && wanted.As == "" && slices.Equal(wanted.Expect.For(made.operation), []int{400})
	switch {
	case malformed && err == nil:
		return errors.New("the description allows the request, so that it is not to be answered 400")
	case !malformed && err != nil:
		return fmt.Errorf("the request is not valid: %w", err)
	}
	return nil
}

// testDataOf names the test data of the fixtures that provoke an outcome on an operation.
func (m *flowMaker) testDataOf(o *spec.Operation, name string) (testData, error) {
	if name == "" {
		return testData{}, nil
	}
	groups := m.groupsOf(o)
	if name == "refused" {
		name = "refused[0]"
	}
	for _, group := range groups {
		if t := (testData{group, name}); m.dataOf(t) != nil {
			return t, nil
		}
	}
	if len(groups) == 0 {
		return testData{}, missingError{errors.New(m.missingTriggers(o))}
	}
	return testData{}, missingError{errors.New(m.missingTrigger(groups[0], strings.TrimSuffix(name, "[0]")))}
}

// bind finds what earlier steps give to a request: along a link from the named
// step, or from the latest that has one. The first step is prepared if it needs to be.
func (m *flowMaker) bind(i int, o *spec.Operation, t testData) (map[string]any, error) {
	for of := i - 1; of >= 0; of-- {
		from := m.made[of].operation
		if name := m.flow.Steps[i].Of; from == nil || name != "" && of != m.named(name) {
			continue
		}
		for _, link := range from.Links {
			if link.To == o.ID && !link.Optional && binds(o, link) {
				if m.made[of].left {
					return m.bindStart(link)
				}
				return m.carry(link, m.made[of].draft, &m.made[of].step, m.number(of))
			}
		}
	}
	if i > 0 {
		return nil, nil // with gives it
	}
	steps, bound, err := m.provoke(o, t)
	if err != nil {
		return nil, missingError{err}
	}
	m.before = steps
	return bound, nil
}

// needs lists the optional fields of a request that later steps refer to.
func (m *flowMaker) needs(i int, o *spec.Operation) []string {
	var list []string
	for _, later := range m.flow.Steps[i+1:] {
		for _, link := range o.Links {
			if link.To == later.Do || later.Do == spec.Own && link.To == m.own.ID {
				list = append(list, link.Needs()...)
			}
		}
	}
	return list
}
