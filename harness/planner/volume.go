package planner

import (
	"fmt"
	"maps"
	"math/big"
	"slices"

	"qorcheck/harness/plan"
	"qorcheck/spec"
)

// Volume counts what the plan sends: every step of every case, and the preflight.
func Volume(p *plan.Plan) plan.Volume {
	var v plan.Volume
	sums := map[string]*sum{} // by currency
	v.Effects = effects(p)
	count := func(step plan.Step, accepted bool) {
		if step.Await != nil {
			return
		}
		v.Requests += max(step.Times, 1)
		if step.Request.Method != "GET" && step.Request.Method != "HEAD" {
			v.Writes += max(step.Times, 1)
		}
		o := p.Description.Operation(step.Operation)
		if o == nil || o.Conformance.Amounts == nil || !accepted {
			return
		}
		content := o.Body.Fields()
		if step.Request.Form() {
			content = o.Body.Form()
		}
		if content == nil {
			return
		}
		body, err := read(string(step.Request.Body), content)
		if err != nil {
			return
		}
		for _, pointer := range o.Conformance.Amounts.Fields {
			if value, ok := spec.Lookup(body, pointer); ok {
				if amount, ok := new(big.Rat).SetString(fmt.Sprint(value)); ok {
					add(sums, o.Conformance.Amounts.Currency, amount)
				}
			}
		}
	}
	for _, c := range p.Cases {
		for _, step := range c.Prepare {
			count(step, true)
		}
		count(c.Act, c.Expect.Handling == plan.Accepted)
		for _, step := range c.Observe {
			count(step, step.Check == plan.CheckRetry)
		}
		for _, step := range c.Cleanup {
			count(step, false)
		}
	}
	v.Requests += p.PreflightCount()
	v.Writes += min(len(p.MerchantProbes), 1)
	for _, currency := range slices.Sorted(maps.Keys(sums)) {
		v.Money = append(v.Money, plan.Sum{Currency: currency, Amount: sums[currency].amount.FloatString(2), Requests: sums[currency].requests})
	}
	return v
}

// sum adds up amounts of one currency.
type sum struct {
	amount   big.Rat
	requests int
}

func add(sums map[string]*sum, currency string, amount *big.Rat) {
	if sums[currency] == nil {
		sums[currency] = &sum{}
	}
	s := sums[currency]
	s.amount.Add(&s.amount, amount)
	s.requests++
}

// effects counts what the plan sends of operations that do more than read.
func effects(p *plan.Plan) []plan.EffectVolume {
	byID := map[string]*plan.EffectVolume{}
	for id, effect := range p.Effects {
		if effect != spec.Reads {
			byID[id] = &plan.EffectVolume{Operation: id, Effect: effect}
		}
	}
	for _, c := range p.Cases {
		for _, step := range c.Steps() {
			if one := byID[step.Operation]; one != nil && step.Await == nil {
				one.Requests += max(step.Times, 1)
			}
		}
		if one := byID[c.Operation]; one != nil && len(c.Cleanup) > 0 {
			one.Undone++
		}
	}
	var list []plan.EffectVolume
	for _, id := range slices.Sorted(maps.Keys(byID)) {
		list = append(list, *byID[id])
	}
	return list
}
