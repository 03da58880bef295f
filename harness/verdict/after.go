package verdict

import (
	"slices"
	"strings"

	"qorcheck/harness/exchange"
	"qorcheck/spec"
)

// repeat judges that a rejected request is rejected again when it comes again.
func repeat(v View) Observation {
	_, tolerable := v.tolerable()
	if !tolerable && !slices.Contains(v.Expect.Statuses, v.Answer.Status) {
		return Observation{} // the first response is wrong already
	}
	return v.afterRejection("repeat", func(r exchange.Record) []Finding {
		_, tolerable := tolerated(v.Expect.Tolerated, r.Answer.Status, readBody(r.Answer).Value)
		if r.Answer.Status == v.Answer.Status || tolerable || slices.Contains(v.Expect.Statuses, r.Answer.Status) {
			return nil
		}
		return []Finding{{Rule: RepeatedStatus, Deviation: Status, Status: r.Answer.Status, Wanted: statuses([]int{v.Answer.Status})}}
	})
}

// retry judges that the corrected request is carried out, under the order id and
// the idempotency key of the rejected one.
func retry(v View) Observation {
	return v.afterRejection("retry", func(r exchange.Record) []Finding {
		view := v
		view.Expect, view.Answer, view.Body, view.Method = *r.Step.Expect, r.Answer, readBody(r.Answer), r.Step.Request.Method
		return view.status(nil).Findings
	})
}

// afterRejection judges what was observed after a rejection. A tolerated response
// that is none has nothing after it, and that is no gap.
func (v View) afterRejection(check string, judge func(exchange.Record) []Finding) Observation {
	if note, ok := v.tolerable(); ok && v.Answer.Status < 400 {
		return Observation{Exercised: true, Note: note}
	}
	return v.after(check, judge)
}

// after judges what was observed after the act for a check.
func (v View) after(check string, judge func(exchange.Record) []Finding) Observation {
	seen := Observation{}
	records, places := v.observed(check)
	for i, r := range records {
		switch {
		case r.Failure != nil:
			seen.Unclear = noResponse(r.Step.Name, r.Failure)
			continue
		case r.Unavailable():
			seen.Unclear = &Obstacle{Kind: Busy, Step: r.Step.Name, Status: r.Answer.Status}
			continue
		}
		seen.Exercised = true
		for _, f := range judge(r) {
			f.Step, f.Exchange = r.Step.Name, places[i]
			seen.Findings = append(seen.Findings, f)
		}
	}
	return seen
}

// distinctReasons judges that responses whose codes name different causes give
// different reasons.
func distinctReasons(v View) Observation {
	c := v.Operation.Conformance.Codes
	if c == nil {
		return Observation{Unclear: &Obstacle{Kind: NoCodes}}
	}
	seen := Observation{}
	codeOf := map[string]string{} // reason → code
	records, places := v.observed("distinct-reasons")
	for i, r := range append([]exchange.Record{*v.Transcript.Act}, records...) {
		if r.Answer == nil {
			continue
		}
		body := readBody(r.Answer).Value
		code := exchange.Text(body, c.Field)
		for _, t := range v.Operation.OutcomeValues(body) {
			if t.Ending == spec.Succeeded || t.Ending == spec.Unknown || code == "" {
				continue
			}
			given, deviation := textAt(body, t.Outcome.Reason)
			if deviation != 0 {
				continue // the reason's own check judges that
			}
			given = t.Outcome.Reason + " " + strings.TrimSpace(given)
			other, known := codeOf[given]
			codeOf[given] = code
			if !known || other == code {
				seen.Exercised = seen.Exercised || len(codeOf) > 1
				continue
			}
			place := 0
			if i > 0 {
				place = places[i-1]
			}
			seen.Exercised = true
			seen.Findings = append(seen.Findings, Finding{
				Rule: ReasonDistinct, Deviation: Value, Status: r.Answer.Status, Exchange: place,
				Pointer: t.Outcome.Reason, Got: valueAt(body, t.Outcome.Reason), Given: []Fact{{c.Field, code}, {c.Field, other}},
			})
		}
	}
	return seen
}
