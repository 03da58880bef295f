package verdict

import (
	"math/big"
	"net/http"
	"slices"
	"strconv"

	"qorcheck/harness/exchange"
	"qorcheck/spec"
)

// code judges that the code of a response agrees with the outcome that it states.
func code(v View) Observation {
	c := v.Operation.Conformance.Codes
	if c == nil {
		return Observation{}
	}
	ending := v.Operation.Ending(v.Body.Value)
	word, deviation := textAt(v.Body.Value, c.Field)
	if ending == "" || ending == spec.Unknown || deviation != 0 || slices.Contains(c.Unjudged, word) {
		return Observation{} // a missing code is the schema's matter
	}
	seen := Observation{Exercised: true}
	success := slices.Contains(c.Success, word)
	finding := Finding{Deviation: Value, Status: v.Answer.Status, Pointer: c.Field, Got: valueAt(v.Body.Value, c.Field), Given: []Fact{{"outcome", string(ending)}}}
	switch {
	case ending == spec.Succeeded && !success:
		finding.Rule, finding.Wanted = SuccessCode, c.Success
		seen.Findings = []Finding{finding}
	case ending != spec.Succeeded && success:
		finding.Rule = FailureCode
		seen.Findings = []Finding{finding}
	}
	return seen
}

// echo judges that a response repeats the values of the request that it must.
func echo(v View) Observation {
	seen := Observation{}
	for _, e := range v.Operation.Conformance.Echo {
		sent := exchange.Text(v.Sent, e.Request)
		if sent == "" {
			continue
		}
		seen.Exercised = true
		if got := exchange.Text(v.Body.Value, e.Answer); got != sent {
			seen.Findings = append(seen.Findings, Finding{
				Rule: Echoed, Deviation: differs(v.Body.Value, e.Answer), Status: v.Answer.Status, Pointer: e.Answer,
				Wanted: []string{strconv.Quote(sent)}, Got: valueAt(v.Body.Value, e.Answer), Given: []Fact{{e.Request, sent}},
			})
		}
	}
	return seen
}

// amount judges that a success states the requested amount, if it states any:
// whether it must is the schema's matter.
func amount(v View) Observation {
	a := v.Operation.Conformance.Amounts
	if a == nil || v.Operation.Ending(v.Body.Value) != spec.Succeeded {
		return Observation{}
	}
	seen := Observation{}
	for _, field := range a.Fields {
		asked, ok := new(big.Rat).SetString(exchange.Text(v.Sent, field))
		if !ok {
			continue
		}
		seen.Exercised = true
		seen.Note = "a response without an amount is tolerated (amount-omitted): it may omit it"
		for _, pointer := range a.Answers {
			booked := exchange.Text(v.Body.Value, pointer)
			if booked == "" {
				continue
			}
			seen.Note = ""
			if moved, ok := new(big.Rat).SetString(booked); !ok || moved.Cmp(asked) != 0 {
				seen.Findings = append(seen.Findings, Finding{
					Rule: Amount, Deviation: Value, Status: v.Answer.Status,
					Pointer: pointer, Wanted: []string{asked.FloatString(2)}, Got: valueAt(v.Body.Value, pointer),
				})
			}
		}
	}
	return seen
}

// added judges that the status is 201 only where something was added.
func added(v View) Observation {
	if v.Answer.Status != http.StatusCreated {
		return Observation{}
	}
	seen := Observation{Exercised: true}
	if e := v.Operation.Ending(v.Body.Value); e == spec.Refused || e == spec.Errored {
		seen.Findings = []Finding{{Rule: NothingAdded, Deviation: Status, Status: v.Answer.Status, Words: outcomeWords(v)}}
	}
	return seen
}

// created judges that whatever was added is answered 201 where the description documents that.
func created(v View) Observation {
	if v.Operation.Response(http.StatusCreated) == nil || v.Answer.Status/100 != 2 || v.Operation.Ending(v.Body.Value) != spec.Succeeded {
		return Observation{}
	}
	seen := Observation{Exercised: true}
	if s := v.Answer.Status; s != http.StatusCreated && v.Operation.Response(s) != nil { // else documented-status has a finding
		seen.Findings = []Finding{{Rule: AddedUnsaid, Deviation: Status, Status: s, Words: outcomeWords(v)}}
	}
	return seen
}
