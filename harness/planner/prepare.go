package planner

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"qorcheck/harness/generate"
	"qorcheck/harness/plan"
	"qorcheck/harness/settings"
	"qorcheck/spec"
)

const fromBody = "$response.body#"

// way is how the state that an operation needs is made: the steps, and what they
// bind in its request. One that no link leads to needs none.
type way struct {
	steps []plan.Step
	bound map[string]any
	link  spec.Link // the last one on the way
	err   error
}

// prepare finds the shortest way, along the description's links, to an operation.
func (b *builder) prepare(o *spec.Operation) ([]plan.Step, map[string]any, error) {
	w := b.ways[o.ID]
	return w.steps, w.bound, w.err
}

// provoke prepares an operation for test data that provoke an outcome: where a
// field of theirs is bound by the preparation, the preparation takes them.
func (b *builder) provoke(o *spec.Operation, data settings.Trigger, trigger string) ([]plan.Step, map[string]any, error) {
	steps, bound, err := b.prepare(o)
	if err != nil {
		return nil, nil, err
	}
	for pointer := range bound {
		tokens := spec.Tokens(pointer)
		if _, ok := data[tokens[len(tokens)-1]]; ok && strings.HasPrefix(pointer, "/") {
			return b.follow(b.ways[o.ID].link, trigger)
		}
	}
	return steps, bound, nil
}

// findWays settles the operations in the order of how many steps they need.
func (b *builder) findWays() {
	b.ways = map[string]way{}
	leading := map[string][]spec.Link{}
	for _, from := range b.description.Operations {
		for _, link := range from.Links {
			if to := b.description.Operation(link.To); to != nil && from != to && !link.Optional && b.binds(to, link) {
				leading[to.ID] = append(leading[to.ID], link)
			}
		}
	}
	failed := map[string]error{}
	open := map[string]way{} // the best so far of those that are not settled
	reach := func(from *spec.Operation) {
		for _, to := range b.description.Operations {
			for _, link := range leading[to.ID] {
				if _, settled := b.ways[to.ID]; settled || link.From != from {
					continue
				}
				steps, bound, err := b.follow(link, "")
				if err != nil {
					failed[to.ID] = err
					continue
				}
				if best, ok := open[to.ID]; !ok || len(steps) < len(best.steps) {
					open[to.ID] = way{steps: steps, bound: bound, link: link}
				}
			}
		}
	}
	for _, o := range b.description.Operations {
		if len(leading[o.ID]) == 0 {
			b.ways[o.ID] = way{}
		}
	}
	for _, o := range b.description.Operations {
		if len(leading[o.ID]) == 0 {
			reach(o)
		}
	}
	for len(open) > 0 {
		next := ""
		for _, id := range slices.Sorted(maps.Keys(open)) {
			if next == "" || len(open[id].steps) < len(open[next].steps) {
				next = id
			}
		}
		b.ways[next] = open[next]
		delete(open, next)
		reach(b.description.Operation(next))
	}
	unsettled := slices.DeleteFunc(slices.Sorted(maps.Keys(leading)), func(id string) bool {
		_, settled := b.ways[id]
		return settled
	})
	for range unsettled { // what stops an operation on the way stops those behind it
		for _, id := range unsettled {
			for _, link := range leading[id] {
				failed[id] = cmp.Or(failed[id], failed[link.From.ID])
			}
		}
	}
	for _, id := range unsettled {
		b.ways[id] = way{err: cmp.Or(failed[id], fmt.Errorf("operation %s: its links lead in a circle", id))}
	}
}

// binds tells whether a link fills a mandatory part of the request; one that
// only fills an optional filter is no preparation.
func (b *builder) binds(o *spec.Operation, link spec.Link) bool {
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
func (b *builder) follow(link spec.Link, trigger string) ([]plan.Step, map[string]any, error) {
	before, boundBefore, err := b.prepare(link.From)
	if err != nil {
		return nil, nil, err
	}
	number := len(before) + 1
	source := b.draft(link.From, generate.OnlyRequired, trigger, fmt.Sprintf("_P%d", number), boundBefore, link.Needs()...)
	request, err := source.request()
	if err == nil {
		err = b.certify(source, request, nil)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("no valid request for %s, which prepares %s: %w", link.From.ID, link.To, err)
	}
	step := plan.Step{Name: link.From.ID, Operation: link.From.ID, Request: request}
	bound, err := b.carry(link, source, &step, number)
	if err != nil {
		return nil, nil, err
	}
	steps := append(slices.Clone(before), step)
	if link.Settled {
		settle, err := b.settle(steps[len(steps)-1])
		if err != nil {
			return nil, nil, err
		}
		steps = append(steps, settle)
	}
	return steps, bound, nil
}

// carry binds what a link takes over from a made request, and from its answer,
// which the step is made to keep.
func (b *builder) carry(link spec.Link, source draft, step *plan.Step, number int) (map[string]any, error) {
	bound := map[string]any{}
	bind := func(to, expression string) error {
		switch {
		case strings.HasPrefix(expression, fromBody):
			pointer := strings.TrimPrefix(expression, fromBody)
			captured := capture(step, pointer, number)
			b.show(link.From, link.Status, pointer, captured)
			bound[to] = string(captured)
		case strings.HasPrefix(expression, "$request."):
			value, ok := source.at(strings.TrimPrefix(expression, "$request."))
			if !ok {
				return fmt.Errorf("link %s of %s: %s: the request has no such value", link.Name, link.From.ID, expression)
			}
			bound[to] = generate.Copy(value)
		case strings.HasPrefix(expression, "$"), strings.Contains(expression, "{$"):
			return fmt.Errorf("link %s of %s: %s: only $response.body#/…, $request.body#/…, $request.path.… and $request.query.… are followed", link.Name, link.From.ID, expression)
		default:
			bound[to] = expression
		}
		return nil
	}
	target := b.description.Operation(link.To)
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

// show keeps what a captured value looks like: as in a documented answer.
func (b *builder) show(o *spec.Operation, status, pointer string, captured plan.Template) {
	for _, r := range o.Responses {
		content := r.JSON()
		if status != "" && r.Key != status || content == nil {
			continue
		}
		for _, e := range content.Examples {
			found, _ := spec.Lookup(e.Value, pointer)
			if text, ok := found.(string); ok {
				if name := captured.Placeholders()[0].Args[0]; b.shown[name] != text {
					b.shown[name] = text
					clear(b.samples)
				}
				return
			}
		}
	}
}

// sent finds the value of a path or query parameter in a request that is made.
func sent(o *spec.Operation, r plan.Request, expression string) (plan.Template, bool) {
	if name, ok := strings.CutPrefix(expression, "$request.query."); ok {
		for _, field := range r.Query {
			if field.Name == name {
				return field.Value, true
			}
		}
	}
	if name, ok := strings.CutPrefix(expression, "$request.path."); ok {
		segments := strings.Split(string(r.Path), "/")
		for i, segment := range strings.Split(o.Path, "/") {
			if segment == "{"+name+"}" && i < len(segments) {
				return plan.Template(segments[i]), true
			}
		}
	}
	return "", false
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
func (b *builder) settle(made plan.Step) (plan.Step, error) {
	s := b.fixtures.Settle
	if s == nil {
		return plan.Step{}, fmt.Errorf("needs a settled transaction: add to %s: settle: { method: POST, url: …, body: … }", b.fixtures.File)
	}
	request := plan.Request{Method: strings.ToUpper(s.Method)}
	if s.Body != nil {
		data, err := json.Marshal(s.Body)
		if err != nil {
			return plan.Step{}, fmt.Errorf("%s: settle.body: %w", b.fixtures.File, err)
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
