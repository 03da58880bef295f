package planner

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"qorcheck/harness/generate"
	"qorcheck/harness/plan"
	"qorcheck/spec"
)

// merchantCases makes requests in the name of each merchant of the fixtures but
// the main one; requirements say which of them an operation must refuse.
func (d *drafter) merchantCases(s subject) []*proposal {
	m := s.Conformance.Merchant
	var list []*proposal
	for _, name := range d.refusedMerchants(s.Operation) {
		kind := merchantKind + "." + name
		if m == nil {
			list = append(list, s.none(kind, "the description names no field for the merchant"))
			continue
		}
		if _, there := spec.Lookup(s.correct.body, m.Field); !there {
			list = append(list, s.none(kind, "the request has no field "+m.Field))
			continue
		}
		value := d.fixtures.Merchants[name]
		if value == "" {
			list = append(list, s.missing(kind, d.missingMerchant(name)))
			continue
		}
		p := s.propose(kind, "", fmt.Sprintf("%s names the merchant %q of the fixtures", m.Field, name), s.correct.with(m.Field, value))
		if name != otherMerchant {
			p.preparedBy(d.inTheNameOf(value, s.prepare)).correct = nil // it is about something of the main merchant
		}
		list = append(list, p)
	}
	return list
}

// otherMerchant is the merchant of other credentials: nothing is prepared in its name with
// those of the main one.
const otherMerchant = "other"

// inTheNameOf is a preparation whose requests name another merchant where they name the
// main one, so that what is refused to that merchant is about something of its own.
func (d *drafter) inTheNameOf(merchant string, steps []plan.Step) []plan.Step {
	list := slices.Clone(steps)
	for i, step := range list {
		o := d.description.Operation(step.Operation)
		if o == nil || o.Conformance.Merchant == nil || !step.Request.HasBody || step.Request.Form() {
			continue
		}
		var body any
		if json.Unmarshal([]byte(step.Request.Body), &body) != nil {
			continue
		}
		field := o.Conformance.Merchant.Field
		if named, _ := spec.Lookup(body, field); named != d.fixtures.Merchants["main"] {
			continue
		}
		if encoded, err := encode(generate.Set(body, field, merchant)); err == nil {
			list[i].Request.Body = encoded
		}
	}
	return list
}

// refusedMerchants lists the merchants, by their names in the fixtures, that
// requirements on an operation name.
func (g *ground) refusedMerchants(o *spec.Operation) []string {
	var list []string
	for _, q := range g.requirements.List {
		for _, kind := range q.Cases {
			if name, ok := strings.CutPrefix(kind, merchantKind+"."); ok && q.Operations.Has(o.ID) && !slices.Contains(list, name) {
				list = append(list, name)
			}
		}
	}
	return list
}

// ofOtherMerchant names another merchant in a request, where it names one at all, and
// says what the fixtures lack for it.
func (d *drafter) ofOtherMerchant(o *spec.Operation, base draft) (made draft, lacking string, ok bool) {
	m := o.Conformance.Merchant
	if m == nil {
		return draft{}, "", false
	}
	if _, there := spec.Lookup(base.body, m.Field); !there {
		return draft{}, "", false
	}
	other := d.fixtures.Merchants[otherMerchant]
	if other == "" {
		return draft{}, d.missingMerchant(otherMerchant), false
	}
	made = base.clone()
	made.body = generate.Set(made.body, m.Field, other)
	return made, "", true
}
