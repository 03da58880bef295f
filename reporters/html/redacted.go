package html

import (
	"qorcheck/harness/redact"
	"qorcheck/harness/run"
)

// redactedIn counts what was taken out of the exchanges that a document keeps.
func redactedIn(d *run.Document) *redact.Tally {
	var tally redact.Tally
	for _, c := range d.Causes {
		for _, shown := range c.Shown {
			for _, e := range shown.Evidence {
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
	}
	return &tally
}
