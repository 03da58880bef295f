package planner

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"qorcheck/harness/generate"
	"qorcheck/harness/plan"
	"qorcheck/spec"
)

// flowCases makes the cases that requirements tell step by step. An error names
// what a flow asks for and the description does not have.
func (b *builder) flowCases() error {
	for _, q := range b.requirements.List {
		if !q.Tested() {
			continue
		}
		for _, o := range b.operations {
			if !q.Operations.Has(o.ID) || b.unsupported(o, q) != "" {
				continue
			}
			for _, f := range q.Flows {
				if !f.For(o.ID) {
					continue
				}
				if err := b.flowCase(o, q, f); err != nil {
					return fmt.Errorf("%s: requirement %s: flow %s: %w", b.requirements.File, q.ID, f.ID, err)
				}
			}
		}
	}
	return nil
}

// lackError says what the fixtures lack for a flow.
type lackError struct{ error }

// story is a flow in the making.
type story struct {
	b      *builder
	own    *spec.Operation
	flow   spec.Flow
	before []plan.Step // what prepares the first step
	made   []chapter
}

// chapter is one made step of a story, with the draft that it was made from.
type chapter struct {
	step      plan.Step
	draft     draft
	operation *spec.Operation // nil for settle and messages
}

func (b *builder) flowCase(o *spec.Operation, q *spec.Requirement, f spec.Flow) error {
	s := story{b: b, own: o, flow: f}
	id := plan.CaseID(o.ID, plan.KindFlow, f.ID)
	for i := range f.Steps {
		made, err := s.step(i)
		if lacking, ok := err.(lackError); ok {
			b.lack(o, plan.KindFlow+"."+q.ID, lacking.Error())
			return nil
		}
		if err != nil {
			return fmt.Errorf("step %d: %w", i+1, err)
		}
		s.made = append(s.made, made)
	}
	act := f.Act()
	c := &plan.Case{ID: id, Operation: o.ID, Kind: plan.KindFlow, Why: f.Why, Flow: q.ID, Prepare: slices.Clone(s.before)}
	for i, made := range s.made {
		switch {
		case i < act:
			c.Prepare = append(c.Prepare, made.step)
		case i == act:
			c.Act = made.step
			c.Expect = *made.step.Expect
		default:
			c.Observe = append(c.Observe, made.step)
		}
	}
	b.cleanup(c)
	b.ids[id] = true
	b.cases = append(b.cases, c)
	return nil
}

// number of a step among all that the case sends, from 1.
func (s *story) number(i int) int { return len(s.before) + i + 1 }

func (s *story) step(i int) (chapter, error) {
	told := s.flow.Steps[i]
	var made chapter
	var err error
	switch {
	case told.Again != "":
		made = s.again(i)
	case told.Await != "":
		made, err = s.await(i)
	case told.Do == spec.Settle:
		made, err = s.settle(i)
	default:
		made, err = s.request(i)
	}
	if err != nil {
		return chapter{}, err
	}
	step := &made.step
	step.Label, step.Check, step.Ends = told.Name, plan.KindFlow, told.Ends
	if i == s.flow.Act() && step.Label == "" {
		step.Label = "act"
	}
	step.Times, step.HangUp = told.Times, told.HangUp
	step.Fresh = told.Times > 1 || told.HangUp || told.Again != ""
	step.Expect = s.expect(told, made.operation)
	return made, nil
}

// expect turns an expectation into exact statuses; one that names none, and none at all, is success.
func (s *story) expect(told spec.FlowStep, o *spec.Operation) *plan.Expect {
	if told.Expect == nil {
		return nil
	}
	e := &plan.Expect{Ending: told.Expect.Ending, Tolerated: told.Expect.Tolerated, Body: told.Expect.Body, Same: told.Expect.Same, Order: told.Expect.Order}
	if o != nil {
		e.Statuses = told.Expect.For(o)
	}
	return e
}

// again sends the request of an earlier step once more.
func (s *story) again(i int) chapter {
	made := s.made[s.named(s.flow.Steps[i].Again)]
	made.step.Capture = nil
	return made
}

// named finds an earlier step by its name.
func (s *story) named(name string) int {
	for i := range s.made {
		if s.flow.Steps[i].Name == name || name == "act" && i == s.flow.Act() {
			return i
		}
	}
	return -1
}

// await waits for the message about what an earlier step did.
func (s *story) await(i int) (chapter, error) {
	of := s.named(s.flow.Steps[i].Await)
	o := s.made[of].operation
	if o == nil || o.Conformance.Messages == nil || len(o.Callbacks) == 0 && !s.flow.Steps[i].Never {
		return chapter{}, fmt.Errorf("await: the description promises no message about %s", s.flow.Steps[of].Do)
	}
	about := capture(&s.made[of].step, o.Conformance.Messages.Answer, s.number(of))
	made := chapter{step: messageStep(o, about, cmp.Or(s.flow.Steps[i].At, plan.Address), 1)}
	made.step.Await.Never = s.flow.Steps[i].Never
	return made, nil
}

var namedInBody = regexp.MustCompile(`\{([A-Za-z0-9_-]+)\}`)

// settle makes the environment settle what an earlier step made: the named one,
// or the latest that the settling request can be about.
func (s *story) settle(i int) (chapter, error) {
	of := len(s.made) - 1
	if name := s.flow.Steps[i].Of; name != "" {
		of = s.named(name)
	}
	if of < 0 {
		return chapter{}, fmt.Errorf("settle: no step before it makes anything")
	}
	if fixture := s.b.fixtures.Settle; fixture != nil {
		body, err := json.Marshal(fixture.Body)
		if err != nil {
			return chapter{}, err
		}
		for _, name := range namedInBody.FindAllStringSubmatch(string(body), -1) {
			capture(&s.made[of].step, spec.Pointer(name[1]), s.number(of))
		}
	}
	step, err := s.b.settle(s.made[of].step)
	if err != nil {
		return chapter{}, lackError{err}
	}
	return chapter{step: step}, nil
}

// request makes a request that is correct but for what the flow says of it.
func (s *story) request(i int) (chapter, error) {
	told := s.flow.Steps[i]
	o := s.own
	if told.Do != spec.Own {
		if o = s.b.description.Operation(told.Do); o == nil {
			return chapter{}, fmt.Errorf("do: no operation of %s has the id %q; allowed: %s, settle, %s", s.b.description.File, told.Do, spec.Own, strings.Join(s.b.description.IDs(), ", "))
		}
	}
	trigger, err := s.trigger(o, told.Test)
	if err != nil {
		return chapter{}, err
	}
	bound, err := s.bind(i, o, trigger)
	if err != nil {
		return chapter{}, err
	}
	suffix := ""
	if i != s.flow.Act() {
		suffix = fmt.Sprintf("_S%d", i+1)
	}
	d := s.b.draft(o, generate.OnlyRequired, trigger, suffix, bound, s.needs(i, o)...)
	if err := s.change(&d, told, suffix); err != nil {
		return chapter{}, err
	}
	request, err := d.request()
	if err != nil {
		return chapter{}, err
	}
	if err := s.certify(d, request, told, o); err != nil {
		return chapter{}, err
	}
	return chapter{step: plan.Step{Name: o.ID, Operation: o.ID, Request: request}, draft: d, operation: o}, nil
}

// certify proves that a request is valid by the description, or invalid where
// that is what it is to be rejected for.
func (s *story) certify(d draft, r plan.Request, told spec.FlowStep, o *spec.Operation) error {
	err := s.b.certify(d, r, nil)
	malformed := told.Expect != nil && slices.Contains(told.Expect.For(o), 400) && told.As == "" && len(told.Expect.For(o)) == 1
	switch {
	case malformed && err == nil:
		return fmt.Errorf("the description allows the request, so that it is not to be answered 400")
	case !malformed && err != nil:
		return fmt.Errorf("the request is not valid: %w", err)
	}
	return nil
}

// trigger names the test data of the fixtures that provoke an outcome on an operation.
func (s *story) trigger(o *spec.Operation, test string) (string, error) {
	if test == "" {
		return "", nil
	}
	groups := s.b.groups(o)
	if test == "refused" {
		test = "refused[0]"
	}
	for _, group := range groups {
		if s.b.fixtures.Trigger(group, test) != nil {
			return group + "/" + test, nil
		}
	}
	if len(groups) == 0 {
		return "", lackError{fmt.Errorf("add to %s: triggers for the payment fields of %s", s.b.fixtures.File, o.ID)}
	}
	return "", lackError{fmt.Errorf("add to %s: triggers.%s.%s", s.b.fixtures.File, groups[0], strings.TrimSuffix(test, "[0]"))}
}

// bind finds what earlier steps give to a request: along a link from the named
// step, or from the latest that has one. The first step is prepared if it needs to be.
func (s *story) bind(i int, o *spec.Operation, trigger string) (map[string]any, error) {
	for of := i - 1; of >= 0; of-- {
		from := s.made[of].operation
		if name := s.flow.Steps[i].Of; from == nil || name != "" && of != s.named(name) {
			continue
		}
		for _, link := range from.Links {
			if link.To == o.ID && !link.Optional && s.b.binds(o, link) {
				return s.b.carry(link, s.made[of].draft, &s.made[of].step, s.number(of))
			}
		}
	}
	if i > 0 {
		return nil, nil // with says it
	}
	group, test, _ := strings.Cut(trigger, "/")
	steps, bound, err := s.b.provoke(o, s.b.fixtures.Trigger(group, test), trigger)
	if err != nil {
		return nil, lackError{err}
	}
	s.before = steps
	return bound, nil
}

// needs lists the optional fields of a request that later steps speak of.
func (s *story) needs(i int, o *spec.Operation) []string {
	var list []string
	for later := i + 1; later < len(s.flow.Steps); later++ {
		told := s.flow.Steps[later]
		for _, link := range o.Links {
			if link.To == told.Do || told.Do == spec.Own && link.To == s.own.ID {
				list = append(list, link.Needs()...)
			}
		}
	}
	return list
}

// change lays what the flow says of a request over its draft.
func (s *story) change(d *draft, told spec.FlowStep, suffix string) error {
	for _, place := range slices.Sorted(maps.Keys(told.With)) {
		value, err := s.value(told.With[place])
		if err != nil {
			return err
		}
		s.put(d, place, value)
	}
	for _, place := range told.Without {
		if strings.HasPrefix(place, "/") {
			d.body = generate.Remove(d.body, place)
		} else {
			delete(d.parameters, place)
		}
	}
	if told.Keyed && !s.b.key(d, suffix) {
		return fmt.Errorf("keyed: %s takes no idempotency key", d.operation.ID)
	}
	if told.Form {
		content := d.operation.Body.Form()
		if content == nil {
			return fmt.Errorf("form: %s takes none", d.operation.ID)
		}
		*d = d.asForm(content, d.body)
	}
	switch told.As {
	case "":
	case spec.Nobody:
		clear(d.credentials)
	default:
		if lacking := s.b.roleLacks(told.As, s.b.schemes(d.operation)); lacking != "" {
			return lackError{fmt.Errorf("%s", lacking)}
		}
		d.credentials = s.b.credentials(d.operation, told.As)
	}
	return nil
}

func (s *story) put(d *draft, place string, value any) {
	if strings.HasPrefix(place, "/") {
		d.body = generate.Set(d.body, place, value)
		return
	}
	d.parameters[place] = value
}

// value works out what stands in a flow for a value.
func (s *story) value(told any) (any, error) {
	text, ok := told.(string)
	if ok && strings.Contains(text, "{$unique.") {
		return embeddedUnique.ReplaceAllStringFunc(text, func(m string) string {
			return string(plan.TemplateOf(plan.FromRun, embeddedUnique.FindStringSubmatch(m)[1], "36"))
		}), nil
	}
	if !ok || !strings.HasPrefix(text, "$") {
		return normal(told), nil
	}
	from, rest, _ := strings.Cut(text[1:], ".")
	switch from {
	case "unique":
		return string(plan.TemplateOf(plan.FromRun, rest, "36")), nil
	case "merchants":
		if merchant := s.b.fixtures.Merchants[rest]; merchant != "" {
			return merchant, nil
		}
		return nil, lackError{fmt.Errorf("add to %s: merchants.%s", s.b.fixtures.File, rest)}
	case "message":
		return string(plan.TemplateOf(plan.FromReceiver, rest)), nil
	}
	of := s.named(from)
	if pointer, ok := strings.CutPrefix(rest, "request#"); ok {
		value, there := spec.Lookup(s.made[of].draft.body, pointer)
		if !there {
			return nil, fmt.Errorf("%s: the request has no such value", text)
		}
		return generate.Copy(value), nil
	}
	pointer := strings.TrimPrefix(rest, "answer#")
	captured := capture(&s.made[of].step, pointer, s.number(of))
	s.b.show(s.made[of].operation, "", pointer, captured)
	return string(captured), nil
}

var embeddedUnique = regexp.MustCompile(`\{\$unique\.([A-Z][A-Z0-9_]*)\}`)

// normal turns numbers of YAML into those of JSON.
func normal(value any) any {
	if n, ok := value.(int); ok {
		return float64(n)
	}
	return value
}
