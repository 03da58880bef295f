package planner

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"qorcheck/harness/generate"
	"qorcheck/harness/plan"
	"qorcheck/spec"
)

// validCases makes requests that the description allows and that the target must
// carry out: the documented examples, the mandatory fields alone, everything, each
// optional field alone, each listed value, each branch, each bound.
func (b *builder) validCases(o *spec.Operation, base draft, prepared []plan.Step) {
	b.add(o, "valid.required", "", "a correct request with the mandatory fields alone", base, prepared, nil)
	b.add(o, "valid.everything", "", "a correct request with every documented field", b.draft(o, generate.Everything, "", "", base.bound), prepared, nil)
	if content := o.Body.Fields(); content != nil {
		v := values{b: b, o: o, bound: base.bound}
		m := v.maker(content)
		for _, e := range content.Examples {
			d := base
			d.body, d.special = v.overlay(m, e.Value, base.body, ""), "example "+e.Name
			b.add(o, "valid.example", e.Name, fmt.Sprintf("the documented example %q", e.Name), d, prepared, nil)
		}
		for _, variant := range m.Valid() {
			if kind, what, ok := variantOf(variant.Class); ok {
				d := base
				d.body, d.special = variant.Value, variant.Pointer
				b.add(o, kind, what, variant.Why, d, prepared, nil)
			}
		}
		b.formCases(o, base, prepared)
	}
	for _, p := range o.Parameters {
		b.validParameter(o, base, prepared, p)
	}
	b.extraCases(o, base, prepared)
}

// unknown is a name that no description has.
const unknown = "qorcheck-unknown"

// extraCases send what the description neither knows nor forbids: a field in the
// body and in each object in it, and a query parameter.
func (b *builder) extraCases(o *spec.Operation, base draft, prepared []plan.Step) {
	if object, ok := base.body.(map[string]any); ok && base.form == nil {
		d := base.clone()
		d.body = generate.Set(object, spec.Pointer(unknown), "1")
		for _, name := range slices.Sorted(maps.Keys(object)) {
			if _, ok := object[name].(map[string]any); ok {
				d.body = generate.Set(d.body, spec.Pointer(name)+spec.Pointer(unknown), "1")
			}
		}
		b.add(o, "valid.extra", "field", "the body has a field that the description does not know", d, prepared, nil)
	}
	d := base.clone()
	d.extra = unknown
	b.add(o, "valid.extra", "query", "the query has a parameter that the description does not know", d, prepared, nil)
}

// variantOf names the kind of a generated valid value; required and everything are planned apart.
func variantOf(class string) (kind, what string, ok bool) {
	kind, what, ok = strings.Cut(class, ".")
	switch kind {
	case "optional", "enum", "branch":
		return "valid." + kind, what, ok
	}
	return "valid.bound", class, ok
}

// validParameter sends a parameter alone, with each listed value and on each bound.
func (b *builder) validParameter(o *spec.Operation, base draft, prepared []plan.Step, p spec.Parameter) {
	key := p.In + ":" + p.Name
	if value, ok := base.parameters[key].(string); ok && isAnswer(value) {
		return // an id that the target itself made
	}
	id, label := generate.ID(p.In+"-"+p.Name), "the "+p.In+" parameter "+p.Name
	with := func(kind, what, why string, value any) {
		d := base.clone()
		d.parameters[key], d.special = value, key
		b.add(o, kind, what, label+" "+why, d, prepared, nil)
	}
	m := b.parameterMaker(p)
	if _, there := base.parameters[key]; !there && !b.isIdempotency(o, p) {
		with("valid.optional", id, "is given, an optional one", m.Make(generate.OnlyRequired))
	}
	for _, variant := range m.Valid() {
		class, place, ok := strings.Cut(variant.Class, ".")
		at, number, numbered := strings.Cut(place, ".")
		kind, _, _ := variantOf(variant.Class)
		if !ok || variant.Value == nil || kind == "valid.optional" && at == "body" || p.In == "path" && shown(p, variant.Value) == "" {
			continue
		}
		what := id
		if at != "body" { // an item or a property of it
			what += "-" + at
		}
		if kind == "valid.bound" {
			what = class + "." + what
		}
		if numbered {
			what += "." + number
		}
		with(kind, what, strings.TrimSpace(variant.Why), variant.Value)
	}
}

// formCases sends the same requests as a form, where the operation takes one beside JSON.
func (b *builder) formCases(o *spec.Operation, base draft, prepared []plan.Step) {
	content := o.Body.Form()
	if content == nil || !content.HasSchema || base.form != nil {
		return
	}
	m := values{b: b, o: o, bound: base.bound}.maker(content)
	for _, variant := range []struct {
		what, why string
		size      generate.Extent
	}{
		{"required", "a correct request, sent as a form, with the mandatory fields alone", generate.OnlyRequired},
		{"everything", "a correct request, sent as a form, with every documented field", generate.Everything},
	} {
		b.add(o, "valid.form", variant.what, variant.why, base.asForm(content, m.Make(variant.size)), prepared, nil)
	}
}

// overlay takes an example as it stands, except for the fields whose value comes
// from outside the description and those that every request must carry.
func (v values) overlay(m generate.Maker, example, required any, pointer string) any {
	if fixed, ok := v.fixed(pointer, m.At(pointer)); ok {
		return fixed
	}
	object, ok := example.(map[string]any)
	if !ok {
		return generate.Copy(example)
	}
	must, _ := required.(map[string]any)
	merged := map[string]any{}
	for key, inner := range object {
		merged[key] = v.overlay(m, inner, must[key], pointer+spec.Pointer(key))
	}
	branched := m.Branched(pointer) // what one branch demands another may forbid
	for key, inner := range must {
		if _, there := merged[key]; !there && (!branched || v.wanted(pointer+spec.Pointer(key))) {
			merged[key] = generate.Copy(inner)
		}
	}
	return merged
}

// outcomeCases makes correct requests with the test data that provoke a refusal,
// an error or a failure of the platform.
func (b *builder) outcomeCases(o *spec.Operation) {
	groups := b.groups(o)
	for _, group := range groups {
		t := b.fixtures.Triggers[group]
		for i := range t.Refused {
			b.outcomeCase(o, "outcome.refused", group, fmt.Sprintf("refused[%d]", i), fmt.Sprintf("%s-%d", group, i+1))
		}
		b.reasonsCase(o, group)
		if len(t.Refused) == 0 {
			b.lack(o, "outcome.refused", fmt.Sprintf("add to %s: triggers.%s.refused", b.fixtures.File, group))
		}
		for _, one := range []struct {
			trigger string
			there   bool
		}{{"error", t.Error != nil}, {"internal", t.Internal != nil}} {
			if !one.there {
				b.lack(o, "outcome."+one.trigger, fmt.Sprintf("add to %s: triggers.%s.%s", b.fixtures.File, group, one.trigger))
				continue
			}
			b.outcomeCase(o, "outcome."+one.trigger, group, one.trigger, group)
		}
	}
	if len(groups) == 0 {
		for _, kind := range []string{"outcome.refused", "outcome.error", "outcome.internal", "outcome.reasons"} {
			b.lack(o, kind, fmt.Sprintf("add to %s: triggers for the payment fields of %s", b.fixtures.File, o.ID))
		}
	}
}

// checkReasons compares the reasons of several outcomes.
const checkReasons = "distinct-reasons"

// reasonsCase provokes all refusals and errors of a kind of payment in one case, so
// that their reasons can be compared.
func (b *builder) reasonsCase(o *spec.Operation, group string) {
	const kind = "outcome.reasons"
	t := b.fixtures.Triggers[group]
	var triggers []string
	for i := range t.Refused {
		triggers = append(triggers, fmt.Sprintf("refused[%d]", i))
	}
	if t.Error != nil {
		triggers = append(triggers, "error")
	}
	if len(triggers) < 2 || len(t.Refused) == 0 {
		b.lack(o, kind, fmt.Sprintf("add to %s: triggers.%s.refused, at least two that are refused for different causes", b.fixtures.File, group))
		return
	}
	prepared, bound, err := b.provoke(o, b.fixtures.Trigger(group, triggers[0]), group+"/"+triggers[0])
	if err != nil {
		b.lack(o, kind, err.Error())
		return
	}
	known := len(b.cases)
	b.add(o, kind, group, "correct requests with all test data of triggers."+group+" that are refused", b.draft(o, generate.OnlyRequired, group+"/"+triggers[0], "", bound), prepared, nil)
	if len(b.cases) == known {
		return
	}
	c := b.cases[known]
	for i, trigger := range triggers[1:] {
		request, err := b.draft(o, generate.OnlyRequired, group+"/"+trigger, fmt.Sprintf("_R%d", i+2), bound).request()
		if err == nil {
			c.Observe = append(c.Observe, plan.Step{Name: o.ID, Operation: o.ID, Request: request, Check: checkReasons})
		}
	}
}

func (b *builder) outcomeCase(o *spec.Operation, kind, group, trigger, what string) {
	named := group + "/" + trigger
	prepared, bound, err := b.provoke(o, b.fixtures.Trigger(group, trigger), named)
	if err != nil {
		b.lack(o, kind, err.Error())
		return
	}
	if !maps.Equal(b.ways[o.ID].bound, bound) { // the correct request would need a preparation of its own
		defer func(correct *draft) { b.correct = correct }(b.correct)
		b.correct = nil
	}
	why := fmt.Sprintf("a correct request with the test data triggers.%s.%s", group, trigger)
	b.add(o, kind, what, why, b.draft(o, generate.OnlyRequired, named, "", bound), prepared, nil)
}
