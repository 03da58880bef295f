package exchange

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"time"

	"qorcheck/harness/plan"
	"qorcheck/harness/redact"
)

// cleanUp sends the clean-up requests for which a value was captured. It has its
// own time, so that an interrupted run still removes what it made. What the
// preparation has read is not read again: its removal follows from that reading.
func (s *script) cleanUp() {
	done := map[string]bool{}
	for _, r := range s.transcript.Prepare {
		f := s.filler()
		if address, err := f.address(r.Step, f.at); err == nil && r.Answer != nil && r.Step.Request.Method == http.MethodGet {
			done[http.MethodGet+" "+address] = true
		}
	}
	if act := s.transcript.Act; act != nil && act.Answer != nil && act.Answer.Status/100 == 2 { // what the act has removed is not removed again
		f := s.filler()
		if address, err := f.address(act.Step, f.at); err == nil && s.transcript.Case.Guess != nil && act.Step.Request.Method == http.MethodDelete {
			done[http.MethodDelete+" "+address] = true
		}
	}
	for _, values := range append([]map[string]string{s.values}, s.repeats...) {
		s.undo(values, done)
	}
}

// carriedOut reports whether the act, or the same request once more or corrected, may have
// had an effect: it was answered as a success, or its answer was lost.
func (s *script) carriedOut() bool {
	act := s.transcript.Act
	if act == nil {
		return false
	}
	return slices.ContainsFunc(append([]Record{*act}, s.transcript.Observe...), func(r Record) bool {
		return r.Step.Operation == act.Step.Operation && (r.Answer == nil || r.Answer.Status/100 == 2)
	})
}

func (s *script) undo(values map[string]string, done map[string]bool) {
	t := s.transcript
	for _, step := range t.Case.Cleanup {
		if !canFill(step, values) || step.AfterAct && !s.carriedOut() {
			continue
		}
		f := filler{client: s.client, caseID: t.Case.ID, values: values}
		address, err := f.address(step, f.at)
		if err != nil {
			continue
		}
		if key := step.Request.Method + " " + address; done[key] {
			continue // a step that was sent several times has the same answer each time
		} else {
			done[key] = true
		}
		ctx, cancel := context.WithTimeout(context.Background(), s.client.settings.Timeout+MaxWaits*MaxWait)
		record := s.client.Do(ctx, t.Case.ID, step, values)
		cancel()
		capture(&record, values)
		t.Cleanup = append(t.Cleanup, record)
		if step.Certifies != "" && !s.certified(&record) {
			delete(values, step.Certifies) // nothing shows that the run made it, so it stays
		}
		if a := record.Answer; a == nil || a.Status/100 != 2 && a.Status != http.StatusNotFound && a.Status != http.StatusGone {
			t.Left = append(t.Left, s.leftover(record))
		}
	}
}

// leftover says what a clean-up request did not remove. Of a secret, which the request line
// does not show, it says which response named it, so that its owner finds it.
func (s *script) leftover(record Record) redact.Text {
	line := record.Evidence().Request.Line
	for _, p := range record.Step.Request.Placeholders() {
		if !s.client.issued(p) {
			continue
		}
		for maker := range s.transcript.Records() {
			if slices.ContainsFunc(maker.Step.Capture, func(c plan.Capture) bool { return c.Name == p.Args[0] }) && maker.Answer != nil {
				from := fmt.Sprintf("%s: $%s is what the response to %s at %s named, in the case %s", line, p.Variable(), maker.Evidence().Request.Line, maker.Started.UTC().Format(time.RFC3339), s.transcript.Case.ID)
				return s.client.redactor.Own(from)
			}
		}
	}
	return line
}

func canFill(step plan.Step, values map[string]string) bool {
	templates := []plan.Template{step.Request.Path, step.Request.Body}
	for _, field := range slices.Concat(step.Request.Query, step.Request.Header) {
		templates = append(templates, field.Value)
	}
	for _, t := range templates {
		for _, p := range t.Placeholders() {
			if p.Source == plan.FromAnswer && values[p.Args[0]] == "" {
				return false
			}
		}
	}
	return true
}
