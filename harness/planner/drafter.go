package planner

import (
	"maps"
	"slices"

	"github.com/getkin/kin-openapi/openapi3"

	"qorcheck/harness/generate"
	"qorcheck/harness/plan"
	"qorcheck/harness/settings"
	"qorcheck/spec"
)

// drafter makes requests and certifies them. It remembers what many requests have
// in common, and is for one goroutine.
type drafter struct {
	*ground
	examples map[string]string // those of the ground, and more that flows have found

	groups      memo[*spec.Operation, []string]
	asked       memo[situation, rules]
	exercised   memo[*spec.Operation, rules]
	places      memo[*spec.Operation, []generate.Place]
	ownFields   memo[*spec.Operation, []generate.Place] // see ownIDFields
	faults      memo[*spec.Operation, []generate.Fault] // what breaks its JSON body
	requests    memo[string, *plan.Request]             // what reads a value back, removes something, corrects a request
	samples     memo[string, sample]                    // by placeholder
	violations  memo[sentBody, judged]
	unjudgeable memo[*openapi3.Schema, bool] // whether it has a pattern that cannot be judged
	links       memo[linkKey, linkResult]
	triggers    memo[testData, settings.Trigger]
	texts       memo[*openapi3.Schema, string]        // of schemas of parameters
	names       memo[*openapi3.Schema, plan.Template] // that nothing has
}

// forgetExamples leaves of the examples those of the ground: what a flow is made of does not
// depend on which flows were made before it.
func (d *drafter) forgetExamples() {
	if !maps.Equal(d.examples, d.ground.examples) {
		d.examples, d.samples = maps.Clone(d.ground.examples), memo[string, sample]{}
	}
}

// testData names test data of the fixtures.
type testData struct{ group, name string }

func newDrafter(g *ground) *drafter {
	return &drafter{ground: g, examples: maps.Clone(g.examples)}
}

// recipe says how a correct request is made. The zero value has the mandatory
// fields alone, and nothing that another step has made.
type recipe struct {
	size    generate.Extent
	trigger testData       // provokes an outcome; the zero value is approved
	suffix  string         // of unique variables, so that steps differ
	bound   map[string]any // values that are known, by the place of the request
	needs   []string       // optional fields that are sent all the same
}

// draft makes a correct request.
func (d *drafter) draft(o *spec.Operation, r recipe) draft {
	made := draft{operation: o, method: o.Method, path: o.Path, parameters: map[string]any{}, credentials: d.credentials(o, settings.Valid), bound: r.bound, always: slices.Sorted(maps.Keys(d.fixtures.Headers))}
	for _, p := range o.Parameters {
		key := p.In + ":" + p.Name
		if value, ok := r.bound[key]; ok {
			made.parameters[key] = value
			continue
		}
		if p.In == "header" && d.fixtures.Header(p.Name) != "" {
			made.parameters[key] = string(plan.TemplateOf(plan.FromHeader, p.Name))
			continue
		}
		if !p.Required && r.size != generate.Everything {
			continue
		}
		if value, ok := d.knownValue(o, p); ok {
			made.parameters[key] = value
			continue
		}
		if isIdempotency(o, p) {
			made.parameters[key] = unique(o.Conformance.Idempotency.Name+r.suffix, p.Schema.Schema)
			continue
		}
		made.parameters[key] = d.parameterMaker(p).Make(r.size)
		if sent, err := fields(p, made.parameters[key]); err == nil && len(sent) == 0 { // nothing is sent of an empty object
			made.parameters[key] = d.parameterMaker(p).Make(generate.Everything)
		}
	}
	d.invent(&made)
	if content := o.Body.Fields(); content != nil {
		made.body = d.bodyOf(o, content, r)
		made.hasBody, made.mediaType = true, mediaTypeOf(content)
		if !spec.JSON(content.SentAs) {
			made.form = content
		}
	} else if bodyless(o) != "" && o.Body.Required {
		unmade := plan.Template("text")
		made.hasBody, made.mediaType, made.raw = true, o.Body.Content[0].MediaType, &unmade
	}
	return made
}

// bodyOf makes a correct body. Of a content without a schema it is an example, else the
// least that its media type has.
func (d *drafter) bodyOf(o *spec.Operation, content *spec.Content, r recipe) any {
	switch form := spec.Form(content.SentAs) || spec.Multipart(content.SentAs); {
	case content.File != "":
		return content.File
	case content.HasSchema:
	case len(content.Examples) > 0:
		return content.Examples[0].Value
	case form:
		return map[string]any{"text": "text"}
	case spec.JSON(content.SentAs):
		return map[string]any{}
	default:
		return "text"
	}
	return values{drafter: d, operation: o, recipe: r}.maker(content).Make(r.size)
}

// credentials are those of a role for every scheme that an operation needs.
func (d *drafter) credentials(o *spec.Operation, role string) map[string]credential {
	all := map[string]credential{}
	for _, scheme := range d.schemes(o) {
		all[scheme] = credential{role: role}
	}
	return all
}

// once makes a request that many cases have in common; nil when there is none.
func (d *drafter) once(key string, produce func() draft) *plan.Request {
	return d.requests.get(key, func() *plan.Request {
		request, err := produce().request()
		if err != nil {
			return nil
		}
		return &request
	})
}

// rules lists the requirements on an operation that a kind exercises, as far as
// the environment can.
func (d *drafter) rules(o *spec.Operation, kind string) rules {
	return d.asked.get(situation{o, kind}, func() rules {
		var list rules
		for _, q := range d.rulesOf(o) {
			if d.covered[q][kind] || len(q.Cases) == 0 {
				list = append(list, q)
			}
		}
		return list
	})
}

// rulesOf lists the requirements on an operation that the environment can exercise.
func (d *drafter) rulesOf(o *spec.Operation) rules {
	return d.exercised.get(o, func() rules {
		var list rules
		for _, q := range d.requirements.List {
			if q.Tested() && q.Operations.Has(o.ID) && d.unsupported(o, q) == "" {
				list = append(list, q)
			}
		}
		return list
	})
}

// groupsOf lists the kinds of payment, of the fixtures' triggers, that an
// operation takes: those of whose approved test data it has a field. An amount is part
// of every kind: it tells one only where nothing else does, in a request that is not about
// an earlier one.
func (d *drafter) groupsOf(o *spec.Operation) []string {
	if o.Body.Fields() == nil {
		return nil
	}
	return d.groups.get(o, func() []string {
		names, amounts := map[string]bool{}, map[string]bool{}
		for _, p := range d.fieldsOf(o) {
			names[p.Name] = true
			amounts[p.Name] = o.Conformance.Amounts != nil && slices.Contains(o.Conformance.Amounts.Fields, p.Pointer) || amounts[p.Name]
		}
		groups, byAmount := []string{}, []string{}
		for _, group := range slices.Sorted(maps.Keys(d.fixtures.Triggers)) {
			fields := slices.DeleteFunc(slices.Collect(maps.Keys(d.fixtures.Triggers[group].Approved)), func(field string) bool { return !names[field] })
			switch {
			case slices.ContainsFunc(fields, func(field string) bool { return !amounts[field] }):
				groups = append(groups, group)
			case len(fields) > 0:
				byAmount = append(byAmount, group)
			}
		}
		if len(groups) == 0 && !d.targets[o.ID] {
			return byAmount
		}
		return groups
	})
}

// dataOf finds test data of the fixtures, laid over the approved ones; nil for none.
func (d *drafter) dataOf(t testData) settings.Trigger {
	return d.triggers.get(t, func() settings.Trigger { return d.fixtures.Trigger(t.group, t.name) })
}

// faultsOf lists what breaks the JSON body of an operation.
func (d *drafter) faultsOf(o *spec.Operation, m generate.Maker) []generate.Fault {
	return d.faults.get(o, m.Faults)
}
