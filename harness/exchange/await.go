package exchange

import (
	"context"
	"fmt"
	"sync"
	"time"

	"qorcheck/harness/group"
	"qorcheck/harness/message"
	"qorcheck/harness/plan"
	"qorcheck/spec"
)

// await waits for the message about an id. Nothing is sent.
func (s *script) await(ctx context.Context, step plan.Step) Record {
	c := s.client
	r := Record{Step: step, Started: time.Now(), Place: placeOf(step.Await.Place, c.attempt(s.transcript.Case.ID))}
	f := s.filler()
	about, err := step.Await.About.Fill(f.value)
	switch {
	case c.silent != "":
		r.Failure = &Failure{Blocked, c.redactor.Own(c.silent)}
	case err != nil:
		r.Failure = &Failure{Blocked, c.redactor.Own(err.Error())}
	default:
		timeout := c.settings.MessageWait
		if step.Await.Never {
			timeout = c.settings.QuietWindow
		}
		waiting, cancel := context.WithTimeout(ctx, timeout)
		defer cancel()
		s.yield(func() { r.Messages = c.receiveAbout(waiting, step.Await, r.Place, about) })
		if len(r.Messages) == 0 && !step.Await.Never && ctx.Err() == nil {
			r.Deaf = c.receiver.Deaf(ctx)
		}
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

// silences are the steps at the beginning of a list in each of which no message may come.
func silences(steps []plan.Step) []plan.Step {
	for i, step := range steps {
		if step.Await == nil || !step.Await.Never {
			return steps[:i]
		}
	}
	return steps
}

// awaitTogether waits for several messages that must not come at the same time: nothing is
// sent between them, so that each has its whole quiet window.
func (s *script) awaitTogether(ctx context.Context, steps []plan.Step) []Record {
	records := make([]Record, len(steps))
	s.yield(func() {
		waiting := *s
		waiting.yield = func(wait func()) { wait() }
		var together group.Group
		for i, step := range steps {
			together.Go(func() { records[i] = waiting.await(ctx, step) })
		}
		together.Wait()
	})
	return records
}

// receiveAbout receives the messages about an id. When as many have come as are
// awaited, it waits for further ones until none comes for a while, up to the most
// that may come.
func (c *Client) receiveAbout(ctx context.Context, a *plan.Await, place, id string) []message.Delivery {
	pointer := a.Source.Conformance.Messages.ID
	match := func(d message.Delivery) bool { return d.Place == place && Text(d.Value, pointer) == id }
	received := c.receiver.Await(ctx, a.Times, match)
	for before := -1; before < len(received) && len(received) >= a.Times && len(received) <= a.MaxTimes; {
		before = len(received)
		quiet, cancel := context.WithTimeout(ctx, c.settings.QuietWindow)
		received = c.receiver.Await(quiet, before+1, match)
		cancel()
	}
	return received
}

// Text finds a value of a message and writes it as text, "" when it is not there.
func Text(value any, pointer string) string {
	found, there := spec.Lookup(value, pointer)
	if !there || found == nil {
		return ""
	}
	return fmt.Sprint(found)
}
