package exchange

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"sync"
	"time"

	"qorcheck/harness/message"
	"qorcheck/harness/plan"
	"qorcheck/spec"
)

// script is a case under way.
type script struct {
	client     *Client
	transcript *Transcript
	values     map[string]string   // captured from answers so far
	doubles    []map[string]string // captured from the further answers of steps that are sent several times
	aside      func(wait func())   // runs what only waits, so that other cases go on meanwhile
}

// Execute runs a case: its preparation, its act, its observations, and in any
// event its clean-up. The context ends it early: the request under way is waited
// for, no other is made. Clean-up has time of its own.
// What only waits is done within aside, nil for at once.
func (c *Client) Execute(ctx context.Context, planned *plan.Case, aside func(wait func())) *Transcript {
	if aside == nil {
		aside = func(wait func()) { wait() }
	}
	s := script{client: c, transcript: &Transcript{Case: planned}, values: map[string]string{}, aside: aside}
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
	records := s.step(ctx, planned.Act)
	t.Act = &records[0]
	t.Observe = append(t.Observe, records[1:]...)
	rejected := t.Act.Answer != nil && t.Act.Answer.Status >= 400
	for _, step := range planned.Observe {
		if step.After() == plan.Rejection && !rejected {
			continue
		}
		if step.ReadBack != nil {
			r := s.client.sharing.readBack(ctx, planned.ID, step, s.values, planned.Expect.Handling == plan.Accepted, s.aside)
			t.Observe = append(t.Observe, r)
			continue
		}
		t.Observe = append(t.Observe, s.step(ctx, step)...)
	}
}

// prepare sends the preparation and tells whether it went as it must.
func (s *script) prepare(ctx context.Context, planned *plan.Case) bool {
	for _, step := range planned.Prepare {
		for _, record := range s.step(ctx, step) {
			s.transcript.Prepare = append(s.transcript.Prepare, record)
			if s.transcript.Stopped == "" {
				s.transcript.Stopped = s.client.prepared(record)
			}
		}
		if s.transcript.Stopped != "" {
			return false
		}
	}
	return true
}

// step sends a step, as often as it says, or awaits its message.
func (s *script) step(ctx context.Context, step plan.Step) []Record {
	id := s.transcript.Case.ID
	if step.Await != nil {
		return []Record{s.client.await(ctx, id, step, s.values, s.aside)}
	}
	records := make([]Record, max(step.Times, 1))
	if len(records) == 1 {
		records[0] = s.client.Do(ctx, id, step, s.values)
	} else {
		var together sync.WaitGroup
		for i := range records {
			together.Go(func() { records[i] = s.client.Do(ctx, id, step, maps.Clone(s.values)) })
		}
		together.Wait()
	}
	for i := range records {
		into := s.values
		if i > 0 {
			into = maps.Clone(s.values)
			s.doubles = append(s.doubles, into)
		}
		records[i].Missing = keep(records[i], into)
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

// meets tells whether a preparation ended as it must: with success when nothing else is said.
func (e ending) meets(want spec.Ending) bool {
	if want == "" || want == spec.Succeeded {
		return spec.Ending(e) != spec.Refused && spec.Ending(e) != spec.Errored
	}
	return spec.Ending(e) == want
}

// ending reads how an answer says that its request ended.
func (c *Client) ending(r Record) ending {
	var body any
	o := c.description.Operation(r.Step.Operation)
	if o == nil || json.Unmarshal(r.Answer.Body, &body) != nil {
		return ""
	}
	return ending(o.Ending(body))
}

// keep takes the captured values out of an answer and names the first one that is not there.
func keep(r Record, values map[string]string) (missing string) {
	if r.Answer == nil || len(r.Step.Capture) == 0 {
		return ""
	}
	var body any
	decoder := json.NewDecoder(bytes.NewReader(r.Answer.Body))
	decoder.UseNumber()       // ids beyond 2^53 stay as they are
	_ = decoder.Decode(&body) // what is not JSON holds nothing
	for _, capture := range r.Step.Capture {
		text := ""
		switch v, _ := spec.Lookup(body, capture.Pointer); v := v.(type) {
		case string:
			text = v
		case json.Number:
			text = v.String()
		}
		switch {
		case text != "":
			values[capture.Name] = text
		case missing == "" && !capture.Optional:
			missing = capture.Pointer
		}
	}
	return missing
}

// await waits for the message about an id. Nothing is sent.
func (c *Client) await(ctx context.Context, caseID string, step plan.Step, values map[string]string, aside func(func())) Record {
	r := Record{Step: step, Started: time.Now(), Place: placeOf(step.Await.Place, caseID)}
	f := filler{client: c, caseID: caseID, values: values}
	about, err := step.Await.About.Fill(f.value)
	switch {
	case c.silent != "":
		r.Failure = &Failure{Blocked, c.redactor.Own(c.silent)}
	case err != nil:
		r.Failure = &Failure{Blocked, c.redactor.Own(err.Error())}
	default:
		m := step.Await.Source.Conformance.Messages
		patience := c.settings.MessageWait
		if step.Await.Never {
			patience = c.settings.QuietWindow
		}
		waiting, cancel := context.WithTimeout(ctx, patience)
		defer cancel()
		aside(func() {
			match := func(d message.Delivery) bool { return d.Place == r.Place && Text(d.Value, m.ID) == about }
			r.Messages = c.receiver.Await(waiting, step.Await.Times, match)
			for got := -1; got < len(r.Messages) && len(r.Messages) >= step.Await.Times && len(r.Messages) <= step.Await.Most; {
				got = len(r.Messages)
				quiet, cancel := context.WithTimeout(waiting, c.settings.QuietWindow)
				r.Messages = c.receiver.Await(quiet, got+1, match)
				cancel()
			}
		})
		if ctx.Err() != nil && len(r.Messages) < step.Await.Times {
			r.Failure = c.failure(ctx, ctx.Err())
		}
	}
	r.Took = time.Since(r.Started)
	r.Sought = about
	made := r
	r.shown = sync.OnceValue(func() Evidence { return c.awaited(made, about) })
	return r
}

// Text finds a value of a message and writes it as text, "" when it is not there.
func Text(value any, pointer string) string {
	found, there := spec.Lookup(value, pointer)
	if !there || found == nil {
		return ""
	}
	return fmt.Sprint(found)
}

// cleanUp sends the clean-up requests for which a value was captured. It has its
// own time, so that an interrupted run still removes what it made. What the
// preparation has read is not read again: its removal follows from that reading.
func (s *script) cleanUp() {
	done := map[string]bool{}
	for _, r := range s.transcript.Prepare {
		f := filler{client: s.client, caseID: s.transcript.Case.ID, values: s.values}
		if address, err := f.address(r.Step, f.at); err == nil && r.Answer != nil && r.Step.Request.Method == http.MethodGet {
			done[http.MethodGet+" "+address] = true
		}
	}
	for _, values := range append([]map[string]string{s.values}, s.doubles...) {
		s.undo(values, done)
	}
}

func (s *script) undo(values map[string]string, done map[string]bool) {
	t := s.transcript
	for _, step := range t.Case.Cleanup {
		if !filled(step, values) {
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
		ctx, cancel := context.WithTimeout(context.Background(), s.client.settings.Timeout+MostWaits*MostWait)
		record := s.client.Do(ctx, t.Case.ID, step, values)
		cancel()
		keep(record, values)
		t.Cleanup = append(t.Cleanup, record)
		if a := record.Answer; a == nil || a.Status/100 != 2 && a.Status != http.StatusNotFound {
			t.Left = append(t.Left, record.Evidence().Request.Line)
		}
	}
}

func filled(step plan.Step, values map[string]string) bool {
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
