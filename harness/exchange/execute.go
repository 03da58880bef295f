package exchange

import (
	"context"
	"fmt"
	"maps"

	"qorcheck/harness/group"
	"qorcheck/harness/plan"
	"qorcheck/spec"
)

// script is a case under way.
type script struct {
	client     *Client
	transcript *Transcript
	values     map[string]string   // captured from answers so far
	path       plan.Template       // of the act where a guess made nothing, "" for that of the plan
	repeats    []map[string]string // captured from the further answers of steps that are sent several times
	yield      func(wait func())   // calls what only waits, so that other cases are sent meanwhile
}

// filler fills the templates of the case with what is known so far.
func (s *script) filler() filler {
	return filler{client: s.client, caseID: s.transcript.Case.ID, values: s.values}
}

// Execute runs a case: its preparation, its act, its observations, and in any
// event its clean-up. The context ends it early: the request under way is waited
// for, no other is made. Clean-up has time of its own.
// What only waits is done within yield, nil for at once.
func (c *Client) Execute(ctx context.Context, planned *plan.Case, yield func(wait func())) *Transcript {
	if yield == nil {
		yield = func(wait func()) { wait() }
	}
	s := script{client: c, transcript: &Transcript{Case: planned}, values: map[string]string{}, yield: yield}
	s.run(ctx, planned)
	s.cleanUp()
	return s.transcript
}

// Prepare runs the preparation of a case and nothing else. Undo cleans up after it.
func (c *Client) Prepare(ctx context.Context, planned *plan.Case) (t *Transcript, undo func()) {
	s := script{client: c, transcript: &Transcript{Case: planned}, values: map[string]string{}}
	s.prepare(ctx, planned)
	return s.transcript, s.cleanUp
}

func (s *script) run(ctx context.Context, planned *plan.Case) {
	t := s.transcript
	if !s.prepare(ctx, planned) {
		return
	}
	records := s.step(ctx, s.withPath(planned.Act, planned))
	t.Act = &records[0]
	t.Observe = append(t.Observe, records[1:]...)
	rejected := t.Act.Answer != nil && t.Act.Answer.Status >= 400
	for i := 0; i < len(planned.Observe); i++ {
		if silent := silences(planned.Observe[i:]); len(silent) > 1 {
			t.Observe = append(t.Observe, s.awaitTogether(ctx, silent)...)
			i += len(silent) - 1
			continue
		}
		step := s.withPath(planned.Observe[i], planned)
		if step.After() == plan.Rejection && !rejected {
			continue
		}
		if step.ReadBack != nil {
			r := s.client.batches.readBack(ctx, s, step, planned.Expect.Handling == plan.Accepted)
			t.Observe = append(t.Observe, r)
			continue
		}
		t.Observe = append(t.Observe, s.step(ctx, step)...)
	}
}

// prepare sends the preparation and reports whether it went as it must.
func (s *script) prepare(ctx context.Context, planned *plan.Case) bool {
	for _, step := range planned.Prepare {
		for _, record := range s.step(ctx, step) {
			s.transcript.Prepare = append(s.transcript.Prepare, record)
			if s.transcript.Stopped == "" {
				s.transcript.Stopped = s.client.prepared(record)
			}
		}
		if s.transcript.Stopped != "" {
			return planned.Guess != nil && s.withoutGuess(ctx, planned.Guess)
		}
	}
	return true
}

// withoutGuess goes on after a preparation that was guessed and made nothing: the act
// names what it would name without it. It reports whether the act can be sent.
func (s *script) withoutGuess(ctx context.Context, g *plan.Guess) bool {
	if ctx.Err() != nil || g.Path == "" {
		return false
	}
	s.path, s.transcript.Stopped = g.Path, ""
	return true
}

// withPath is a step as it is sent after a guess that made nothing.
func (s *script) withPath(step plan.Step, planned *plan.Case) plan.Step {
	if s.path != "" && step.Operation == planned.Act.Operation && step.Request.Path == planned.Act.Request.Path {
		step.Request.Path = s.path
	}
	return step
}

// step sends a step, as often as it says, or awaits its message.
func (s *script) step(ctx context.Context, step plan.Step) []Record {
	id := s.transcript.Case.ID
	if step.Await != nil {
		return []Record{s.await(ctx, step)}
	}
	records := make([]Record, max(step.Times, 1))
	if len(records) == 1 {
		records[0] = s.client.Do(ctx, id, step, s.values)
	} else {
		var together group.Group
		for i := range records {
			together.Go(func() { records[i] = s.client.Do(ctx, id, step, maps.Clone(s.values)) })
		}
		together.Wait()
	}
	for i := range records {
		into := s.values
		if i > 0 {
			into = maps.Clone(s.values)
			s.repeats = append(s.repeats, into)
		}
		records[i].Missing = capture(&records[i], into)
		if name := step.Certifies; name != "" && !s.certified(&records[i]) {
			delete(into, name)
			records[i].Missing = "value of this run"
		}
	}
	return records
}

// prepared says what went wrong with a step of the preparation, "" when nothing did.
func (c *Client) prepared(r Record) string {
	name := "preparation " + r.Step.Name
	switch {
	case r.Failure != nil && r.Failure.Kind == HungUp:
		return ""
	case r.Failure != nil:
		return name + ": " + r.Failure.Text.String()
	case r.Answer.Status/100 != 2:
		return fmt.Sprintf("%s was answered %d", name, r.Answer.Status)
	case r.Missing != "":
		return fmt.Sprintf("%s: the answer has no %s", name, r.Missing)
	}
	if ended := c.ending(r); !ended.meets(r.Step.Ends) {
		return fmt.Sprintf("%s ended as %s", name, ended)
	}
	return ""
}

type ending spec.Ending

// meets reports whether a preparation ended as it must: with success when nothing else is said.
func (e ending) meets(want spec.Ending) bool {
	if want == "" || want == spec.Succeeded {
		return spec.Ending(e) != spec.Refused && spec.Ending(e) != spec.Errored
	}
	return spec.Ending(e) == want
}

// ending reads how an answer says that its request ended.
func (c *Client) ending(r Record) ending {
	o := c.description.Operation(r.Step.Operation)
	body, ok := r.Answer.JSON()
	if o == nil || !ok {
		return ""
	}
	return ending(o.Ending(body))
}
