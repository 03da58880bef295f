package planner

import (
	"strings"

	"qorcheck/harness/generate"
	"qorcheck/harness/plan"
	"qorcheck/spec"
)

// nearIDs are the ways in which an id nearly names what the preparation made.
var nearIDs = []struct {
	twist plan.Twist
	why   string
}{
	{plan.TwistTruncated, "lacks the last character of an id"},
	{plan.TwistLonger, "has the last character of an id twice"},
	{plan.TwistOtherCase, "has the letters of an id in the other case"},
	{plan.TwistNeighbour, "has another character in the middle of an id"},
}

// nearIDCases name what the preparation made by an id that is not quite its own. A short
// id is left alone, since what is like it may be another thing's; so is a value that would
// no longer be one by the description.
func (d *drafter) nearIDCases(s subject) []*proposal {
	const kind = "not-found.near"
	_, places := d.withUnknownIDs(s.Operation, s.correct)
	var list []*proposal
	for _, place := range places {
		id, ok := s.answerAt(place)
		if !ok || len(d.examples[id.Placeholders()[0].Args[0]]) < plan.DistinctiveLength {
			continue
		}
		for _, near := range nearIDs {
			made := s.correct.with(place, string(id.Twisted(near.twist)))
			request, err := made.request()
			if err != nil || d.certify(made, request, nil) != nil {
				continue
			}
			list = append(list, s.propose(kind, string(near.twist)+"."+generate.ID(place), place+" "+near.why, made).varying(place))
		}
	}
	if len(list) == 0 {
		return []*proposal{s.none(kind, "no id of the request can be altered a little and still be one")}
	}
	return list
}

// answerAt returns the template at a place of the correct request, where it begins with
// what an earlier answer holds.
func (s subject) answerAt(place string) (plan.Template, bool) {
	value, there := s.correct.parameters[place]
	if strings.HasPrefix(place, "/") {
		value, there = spec.Lookup(s.correct.body, place)
	}
	text, ok := value.(string)
	return plan.Template(text), there && ok && plan.Template(text).Begins(plan.FromAnswer)
}

// with is the request with another value at a place of its body or in a parameter.
func (d draft) with(place string, value any) draft {
	made := d.clone()
	if strings.HasPrefix(place, "/") {
		made.body = generate.Set(made.body, place, value)
	} else {
		made.parameters[place] = value
	}
	return made
}

// nearMerchantCases name the merchant of the credentials not quite by its id.
func (d *drafter) nearMerchantCases(s subject) []*proposal {
	const kind = "forbidden.near-merchant"
	m := s.Conformance.Merchant
	if m == nil {
		return []*proposal{s.none(kind, "the description names no field for the merchant")}
	}
	value, _ := spec.Lookup(s.correct.body, m.Field)
	main, ok := value.(string)
	if !ok || len(main) < plan.DistinctiveLength || main != d.fixtures.Merchants["main"] {
		return []*proposal{s.none(kind, "the request has no merchant of the fixtures whose id is long enough to be altered")}
	}
	return []*proposal{
		s.propose(kind, "truncated", m.Field+" lacks the last character of the merchant's id", s.correct.with(m.Field, plan.TwistTruncated.Of(main))),
		s.propose(kind, "padded", m.Field+" has a blank behind the merchant's id", s.correct.with(m.Field, main+" ")),
	}
}
