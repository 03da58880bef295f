package verdict

import (
	"fmt"
	"math/big"
	"net/http"
	"slices"
	"strings"

	"qorcheck/harness/exchange"
	"qorcheck/spec"
)

// code judges that the code of an answer goes with the outcome that it tells.
func code(v View) Observation {
	c := v.Operation.Conformance.Codes
	if c == nil {
		return Observation{}
	}
	ending := v.Operation.Ending(v.Body.Value)
	word, problem := text(v.Body.Value, c.Field)
	if ending == "" || ending == spec.Unknown || problem != "" || slices.Contains(c.Unjudged, word) {
		return Observation{} // a code that is not there is the schema's matter
	}
	seen := Observation{Exercised: true}
	success := slices.Contains(c.Success, word)
	switch {
	case ending == spec.Succeeded && !success:
		seen.Findings = []Finding{{Pointer: c.Field, Keyword: "code", Expected: fmt.Sprintf("%s %s, since the answer tells of success", c.Field, strings.Join(c.Success, " or ")), Received: fmt.Sprintf("%q", word)}}
	case ending != spec.Succeeded && success:
		seen.Findings = []Finding{{Pointer: c.Field, Keyword: "code", Expected: fmt.Sprintf("%s other than %s, since the answer tells of %s", c.Field, word, ending), Received: fmt.Sprintf("%q", word)}}
	}
	return seen
}

// echo judges that an answer repeats what it is promised to repeat of the request.
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
				Pointer: e.Answer, Keyword: "echo",
				Expected: fmt.Sprintf("%s %q, as sent in %s", e.Answer, sent, e.Request), Received: received(v.Body.Value, e.Answer),
			})
		}
	}
	return seen
}

// amount judges that a success tells of the amount that was asked for, if it
// tells of any: whether it must is the schema's matter.
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
		seen.Note = "an answer that tells no amount is tolerated: it may leave it out"
		for _, pointer := range a.Answers {
			told := exchange.Text(v.Body.Value, pointer)
			if told == "" {
				continue
			}
			seen.Note = ""
			if moved, ok := new(big.Rat).SetString(told); !ok || moved.Cmp(asked) != 0 {
				seen.Findings = append(seen.Findings, Finding{
					Pointer: pointer, Keyword: "amount",
					Expected: fmt.Sprintf("%s of %s, the amount asked for", pointer, asked.FloatString(2)), Received: fmt.Sprintf("%q", told),
				})
			}
		}
	}
	return seen
}

// added judges that 201 is answered only where something was added.
func added(v View) Observation {
	if v.Answer.Status != http.StatusCreated {
		return Observation{}
	}
	seen := Observation{Exercised: true}
	if e := v.Operation.Ending(v.Body.Value); e == spec.Refused || e == spec.Errored {
		seen.Findings = []Finding{{Expected: "201 only where something was added", Received: "status 201" + told(v)}}
	}
	return seen
}
