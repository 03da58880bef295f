package verdict

import (
	"fmt"
	"slices"
	"strings"

	"qorcheck/harness/exchange"
	"qorcheck/spec"
)

// repeat judges that a rejected request is rejected again when it comes again.
func repeat(v View) Observation {
	_, tolerable := v.tolerable()
	if !tolerable && !slices.Contains(v.Expect.Statuses, v.Answer.Status) {
		return Observation{} // the first answer is wrong already
	}
	return v.afterRejection("repeat", func(r exchange.Record) []Finding {
		if r.Answer.Status == v.Answer.Status {
			return nil
		}
		return []Finding{{
			Expected: fmt.Sprintf("status %d again, when the request is repeated unchanged", v.Answer.Status),
			Received: fmt.Sprintf("status %d", r.Answer.Status),
		}}
	})
}

// retry judges that the corrected request is carried out, under the order id and
// the idempotency key of the rejected one.
func retry(v View) Observation {
	return v.afterRejection("retry", func(r exchange.Record) []Finding {
		view := v
		view.Expect, view.Answer, view.Body, view.Method = *r.Step.Expect, r.Answer, readBody(r.Answer), r.Step.Request.Method
		findings := status(view).Findings
		for i := range findings {
			findings[i].Expected = "for the corrected request: " + withoutFault(findings[i].Expected)
		}
		return findings
	})
}

// withoutFault leaves out what was wrong with the first request.
func withoutFault(expected string) string {
	expected, _, _ = strings.Cut(expected, ", because ")
	return expected
}

// alike judges that an answer does not tell another's object from none.
func alike(v View) Observation {
	return v.after("alike", func(r exchange.Record) []Finding {
		if r.Answer.Status != v.Answer.Status {
			return []Finding{{
				Expected: fmt.Sprintf("the answer that an unknown id gets, status %d", r.Answer.Status),
				Received: fmt.Sprintf("status %d, which tells that the object exists", v.Answer.Status),
			}}
		}
		c := v.Operation.Conformance.Codes
		if c == nil {
			return nil
		}
		foreign, unknown := exchange.Text(v.Body.Value, c.Field), exchange.Text(readBody(r.Answer).Value, c.Field)
		if foreign == unknown {
			return nil
		}
		return []Finding{{
			Pointer: c.Field, Expected: fmt.Sprintf("%s %q, as an unknown id gets", c.Field, unknown),
			Received: fmt.Sprintf("%q, which tells that the object exists", foreign),
		}}
	})
}

// afterRejection judges what was observed after a rejection. A tolerated answer
// that is none has nothing after it, and that is no gap.
func (v View) afterRejection(check string, judge func(exchange.Record) []Finding) Observation {
	if note, ok := v.tolerable(); ok && v.Answer.Status < 400 {
		return Observation{Exercised: true, Note: note}
	}
	return v.after(check, judge)
}

// tolerable tells whether the answer is a tolerated one, and why.
func (v View) tolerable() (string, bool) {
	return tolerated(v.Expect.Tolerated, v.Answer.Status, v.Body.Value)
}

// after judges what was observed after the act for a check.
func (v View) after(check string, judge func(exchange.Record) []Finding) Observation {
	seen := Observation{}
	records, places := v.observed(check)
	for i, r := range records {
		switch {
		case r.Failure != nil:
			seen.Unclear = r.Step.Name + ": " + r.Failure.Text.String()
			continue
		case r.Answer.Status == 429 || r.Answer.Status == 503:
			seen.Unclear = fmt.Sprintf("%s was answered %d: it has no time now", r.Step.Name, r.Answer.Status)
			continue
		}
		seen.Exercised = true
		for _, f := range judge(r) {
			f.Exchange = places[i]
			seen.Findings = append(seen.Findings, f)
		}
	}
	return seen
}

// distinctReasons judges that answers whose codes name different causes give
// different reasons.
func distinctReasons(v View) Observation {
	c := v.Operation.Conformance.Codes
	if c == nil {
		return Observation{Unclear: "the description names no code"}
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
			given, problem := text(body, t.Outcome.Reason)
			if problem != "" {
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
				Exchange: place, Pointer: t.Outcome.Reason, Keyword: "distinct",
				Expected: fmt.Sprintf("another %s for the code %s than for %s", t.Outcome.Reason, code, other),
				Received: received(body, t.Outcome.Reason),
			})
		}
	}
	return seen
}
