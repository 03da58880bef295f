package planner

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"qorcheck/harness/generate"
	"qorcheck/harness/plan"
	"qorcheck/spec"
)

const fromBody = "$response.body#"

// preparation is how the state that an operation needs is made: the steps, and what
// they bind in its request. An operation that no link leads to needs none.
type preparation struct {
	steps []plan.Step
	bound map[string]any
	link  spec.Link // the last one on the way
	known string    // the name of the known resources that one of is taken instead, "" for none
	err   error

	standIn map[string]any // binds unknown ids where err says why nothing else can be bound; nil for nothing
}

// provoke prepares an operation for test data that provoke an outcome: where a
// field of theirs is bound by the preparation, the preparation takes them.
func (d *drafter) provoke(o *spec.Operation, t testData) (steps []plan.Step, bound map[string]any, err error) {
	p := d.preparations[o.ID]
	if p.err != nil {
		return nil, nil, p.err
	}
	data := d.dataOf(t)
	for pointer := range p.bound {
		tokens := spec.Tokens(pointer)
		if _, ok := data[tokens[len(tokens)-1]]; ok && strings.HasPrefix(pointer, "/") {
			return d.follow(p.link, t)
		}
	}
	return p.steps, p.bound, nil
}

// binds reports whether a link fills a mandatory part of the request; one that
// only fills an optional filter is no preparation.
func binds(o *spec.Operation, link spec.Link) bool {
	for name := range link.Parameters {
		if slices.ContainsFunc(o.Parameters, func(p spec.Parameter) bool { return sameParameter(name, p) && p.Required }) {
			return true
		}
	}
	return slices.ContainsFunc(fieldsOf(o), func(p generate.Place) bool {
		_, ok := link.Body[p.Pointer]
		return ok && p.Required
	})
}

func sameParameter(name string, p spec.Parameter) bool {
	return name == p.Name || name == p.In+"."+p.Name
}

// follow makes the steps up to and including a link's source, and binds what the link carries over.
func (d *drafter) follow(link spec.Link, t testData) (steps []plan.Step, bound map[string]any, err error) {
	return d.followAfter(d.preparations[link.From.ID], link, t)
}

// followAfter is follow with the preparation of the link's source.
func (d *drafter) followAfter(before preparation, link spec.Link, t testData) (steps []plan.Step, bound map[string]any, err error) {
	if before.err != nil {
		return nil, nil, before.err
	}
	number := len(before.steps) + 1
	source := d.draft(link.From, recipe{trigger: t, suffix: fmt.Sprintf("_P%d", number), bound: before.bound, needs: link.Needs()})
	request, err := source.request()
	if err == nil {
		err = d.certify(source, request, nil)
	}
	if err == nil {
		err = d.harmless(source)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("no valid request for %s, which prepares %s: %w", link.From.ID, link.To, err)
	}
	step := requestStep(link.From, request)
	if bound, err = d.carry(link, source, &step, number); err != nil {
		return nil, nil, err
	}
	steps = append(slices.Clone(before.steps), step)
	if link.Settled {
		settle, err := d.settle(step)
		if err != nil {
			return nil, nil, err
		}
		steps = append(steps, settle)
	}
	return steps, bound, nil
}

// carry binds what a link takes over from a made request, and from its answer,
// which the step is made to keep.
func (d *drafter) carry(link spec.Link, source draft, step *plan.Step, number int) (map[string]any, error) {
	bound := map[string]any{}
	bind := func(to, expression string) (err error) {
		bound[to], err = d.evaluate(link, expression, source, step, number)
		return err
	}
	target := d.description.Operation(link.To)
	for _, name := range slices.Sorted(maps.Keys(link.Parameters)) {
		for _, p := range target.Parameters {
			if sameParameter(name, p) {
				if err := bind(p.In+":"+p.Name, link.Parameters[name]); err != nil {
					return nil, err
				}
			}
		}
	}
	for _, pointer := range slices.Sorted(maps.Keys(link.Body)) {
		if err := bind(pointer, link.Body[pointer]); err != nil {
			return nil, err
		}
	}
	return bound, nil
}

// evaluate finds the value of a link's expression.
func (d *drafter) evaluate(link spec.Link, expression string, source draft, step *plan.Step, number int) (any, error) {
	switch {
	case strings.HasPrefix(expression, fromBody):
		pointer := strings.TrimPrefix(expression, fromBody)
		captured := capture(step, pointer, number)
		d.addExample(link.From, link.Status, pointer, captured)
		return string(captured), nil
	case strings.HasPrefix(expression, "$request."):
		value, ok := source.at(strings.TrimPrefix(expression, "$request."))
		if !ok {
			return nil, fmt.Errorf("link %s of %s: %s: the request has no such value", link.Name, link.From.ID, expression)
		}
		return generate.Copy(value), nil
	case strings.HasPrefix(expression, "$"), strings.Contains(expression, "{$"):
		return nil, fmt.Errorf("link %s of %s: %s: only $response.body#/…, $request.body#/…, $request.path.… and $request.query.… are followed", link.Name, link.From.ID, expression)
	}
	return expression, nil
}

// addExample keeps an example of a captured value, from a documented answer, of
// one status or, for "", of any.
func (d *drafter) addExample(o *spec.Operation, status, pointer string, captured plan.Template) {
	for _, r := range o.Responses {
		content := r.JSON()
		if status != "" && r.Key != status || content == nil {
			continue
		}
		for _, e := range content.Examples {
			found, _ := spec.Lookup(e.Value, pointer)
			if text, ok := found.(string); ok {
				if name := captured.Placeholders()[0].Args[0]; d.examples[name] != text {
					d.examples[name] = text
					d.samples = memo[string, sample]{}
				}
				return
			}
		}
	}
}

// capture makes the step keep a value of its answer and returns its placeholder.
func capture(s *plan.Step, pointer string, number int) plan.Template {
	tokens := spec.Tokens(pointer)
	if len(tokens) == 0 {
		tokens = []string{"VALUE"}
	}
	name := ""
	for i := range slices.Backward(tokens) { // by its last name, or by more of them where that is taken
		if name = plan.VariableName(strings.Join(tokens[i:], "_")); number > 1 {
			name = fmt.Sprintf("%s_%d", name, number)
		}
		if !slices.ContainsFunc(s.Capture, func(c plan.Capture) bool { return c.Name == name && c.Pointer != pointer }) {
			break
		}
	}
	if !slices.ContainsFunc(s.Capture, func(c plan.Capture) bool { return c.Name == name }) {
		s.Capture = append(s.Capture, plan.Capture{Name: name, Pointer: pointer})
	}
	return plan.TemplateOf(plan.FromAnswer, name)
}

// settle makes the request that settles what a step made.
func (d *drafter) settle(made plan.Step) (plan.Step, error) {
	s := d.fixtures.Settle
	if s == nil {
		return plan.Step{}, errors.New(d.missingSettle())
	}
	request := plan.Request{Method: strings.ToUpper(s.Method)}
	if s.Body != nil {
		data, err := json.Marshal(s.Body)
		if err != nil {
			return plan.Step{}, fmt.Errorf("%s: settle.body: %w", d.fixtures.File, err)
		}
		body := string(data)
		for _, c := range made.Capture {
			tokens := spec.Tokens(c.Pointer)
			body = strings.ReplaceAll(body, "{"+tokens[len(tokens)-1]+"}", string(plan.TemplateOf(plan.FromAnswer, c.Name)))
		}
		request.Body, request.HasBody = plan.Template(body), true
		request.Header = []plan.Field{{Name: "Content-Type", Value: "application/json"}}
	}
	return plan.Step{Name: "settle", URL: s.URL, Request: request}, nil
}
