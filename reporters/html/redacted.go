package html

import (
	"qorcheck/harness/redact"
	"qorcheck/harness/run"
)

// redactedIn counts what was taken out of the exchanges that a document keeps.
func redactedIn(d *run.Document) *redact.Tally {
	var kept []run.Case
	for _, c := range d.Causes {
		kept = append(kept, c.Shown...)
	}
	for _, x := range d.Examples {
		kept = append(kept, run.Case{Evidence: x.Evidence})
	}
	var tally redact.Tally
	for _, c := range kept {
		for _, e := range c.Evidence {
			texts := append([]redact.Text{e.Request.Line, e.Request.Body}, e.Request.Header...)
			if e.Answer != nil {
				texts = append(append(texts, e.Answer.Body), e.Answer.Header...)
			}
			for _, text := range texts {
				tally.Add(text)
			}
			tally.AddCommand(e.Curl)
		}
	}
	return &tally
}
