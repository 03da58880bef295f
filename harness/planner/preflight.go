package planner

import (
	"cmp"
	"slices"

	"qorcheck/harness/plan"
	"qorcheck/spec"
)

// Numbers of calls that show whether the settings are right. A preflight makes no more
// than a dozen requests, those that are sent again among them.
const (
	maxProbes         = 5 // beside the first call
	minCalls          = 3 // of those that read; what must be rejected is called where there are fewer
	maxMerchantProbes = 2 // of different operations, and one more that names no merchant
)

// addPreflight adds harmless calls, each of another operation: those that read and need no
// preparation. One that needs credentials and names nothing comes first: its answer is
// about neither an invented name nor a wrong one. A request that lacks something mandatory
// is harmless, too, where it could at most make something.
func (d *drafter) addPreflight(p *plan.Plan) {
	order := slices.Clone(d.description.Operations)
	slices.SortStableFunc(order, func(a, b *spec.Operation) int { return cmp.Compare(likelihood(b), likelihood(a)) })
	for _, o := range order {
		if c := d.harmlessCall(o); c != nil && len(p.Probes) < maxProbes {
			p.Probes = append(p.Probes, c)
			if p.Preflight == nil {
				p.Preflight, p.Probes = c, nil
			}
		}
	}
	for _, o := range order {
		merchants := o.Conformance.Merchant != nil && len(p.MerchantProbes) < maxMerchantProbes
		missed := p.Preflight != nil && len(p.Probes) < minCalls-1
		if !merchants && !missed {
			continue
		}
		c := d.incomplete(o)
		switch {
		case c == nil:
		case merchants:
			p.MerchantProbes = append(p.MerchantProbes, c)
		default:
			p.Probes = append(p.Probes, c)
		}
	}
	if len(p.MerchantProbes) < maxMerchantProbes {
		p.MerchantProbes = nil
		return
	}
	nobody := *p.MerchantProbes[0]
	nobody.Act.Request.Body = "{"
	p.MerchantProbes = append(p.MerchantProbes, &nobody)
}

// harmlessCall is a valid call of an operation that reads, nil where there is none.
func (d *drafter) harmlessCall(o *spec.Operation) *plan.Case {
	if o.Method != "GET" && o.Method != "HEAD" || o.Certificate || o.Unsendable != "" || streams(o) {
		return nil
	}
	made, ok := d.unprepared(o)
	if !ok {
		return nil
	}
	return d.probe(made, nil)
}

// incomplete is a request that lacks a mandatory field, and not the merchant, of an
// operation that can at most make something; nil where there is none.
func (d *drafter) incomplete(o *spec.Operation) *plan.Case {
	effect, _ := d.effect(o)
	content := o.Body.JSON()
	if effect != spec.Makes && effect != spec.Reads || o.Certificate || o.Unsendable != "" || content == nil || len(o.Names()) > 0 {
		return nil
	}
	correct, ok := d.unprepared(o)
	if !ok || correct.form != nil || correct.body == nil || spec.Bodiless(o.Method) {
		return nil
	}
	m := d.bodyMaker(o, content, correct.bound)
	for _, f := range d.faultsOf(o, m) {
		if !f.Absent || !f.Required || f.Within || f.Gap != "" || withinMerchant(o, f.Pointer) {
			continue
		}
		made := correct
		made.body = f.Value
		if c := d.probe(made, bodyFault(m, f)); c != nil {
			return c
		}
	}
	return nil
}

// unprepared is a correct request of an operation that needs no other before it.
func (d *drafter) unprepared(o *spec.Operation) (draft, bool) {
	p := d.preparations[o.ID]
	if p.err != nil || len(p.steps) > 0 || p.known != "" {
		return draft{}, false
	}
	return d.draft(o, recipe{bound: p.bound}), true
}

// probe makes a call of the preflight, nil where it cannot be certified.
func (d *drafter) probe(made draft, broken *fault) *plan.Case {
	request, err := made.request()
	if err != nil || d.certify(made, request, broken) != nil || d.harmless(made) != nil {
		return nil
	}
	if path, query := request.Location(); d.unlistedCard(string(path+query+request.Body)) != "" {
		return nil
	}
	o := made.operation
	c := &plan.Case{ID: plan.CaseID(o.Slug(), "valid.required", ""), Operation: o.ID, Kind: "valid.required", Act: requestStep(o, request), Invented: d.inventedIn(made)}
	if broken != nil {
		c.ID, c.Kind, c.Fault = plan.CaseID(o.Slug(), "malformed.missing", ""), "malformed.missing", &broken.Fault
	}
	return c
}

// likelihood is how much the answer to a call of an operation says of the settings alone.
func likelihood(o *spec.Operation) int {
	switch {
	case len(o.Names()) > 0:
		return 0
	case len(o.Security) == 0 || anonymous(o):
		return 1
	}
	return 2
}
