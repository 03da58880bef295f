package run

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"sync"

	"qorcheck/harness/exchange"
	"qorcheck/harness/message"
	"qorcheck/harness/plan"
	"qorcheck/spec"
)

// suspect returns a function that reports whether a message may be about a request
// that was rejected.
func (r *Run) suspect() func(message.Delivery) bool {
	var of []func(message.Delivery) bool
	for _, t := range r.inbox.late {
		if t.Case.Expect.Handling == plan.Rejected {
			of = append(of, concerns(r.plan.Description.Operation(t.Case.Operation)))
		}
	}
	return func(d message.Delivery) bool {
		return slices.ContainsFunc(of, func(concerns func(message.Delivery) bool) bool { return concerns(d) })
	}
}

// concerns returns a function that reports whether a message is of an event that an operation promises.
func concerns(o *spec.Operation) func(message.Delivery) bool {
	m := o.Conformance.Messages
	var events []string
	for _, c := range o.Callbacks {
		events = append(events, c.Events(m.Event)...)
	}
	return func(d message.Delivery) bool {
		return len(events) == 0 || slices.Contains(events, exchange.Text(d.Value, m.Event))
	}
}

// origin is what a message about an id that no response named is about.
type origin int

const (
	unknown  origin = iota
	ours            // what an earlier part of the run made
	rejected        // a rejected request of ours: nothing has the id, or such a request made it
	others          // what other people made
)

// origins looks ids up, as many at once as cases are sent.
func (r *Run) origins(ctx context.Context, m *spec.Messaging, ids []string) map[string]origin {
	if len(ids) == 0 {
		return nil
	}
	made := r.made()
	found := make([]origin, len(ids))
	slots := make(chan struct{}, r.options.Settings.Concurrency)
	var pool sync.WaitGroup
	for i, id := range ids {
		slots <- struct{}{}
		pool.Go(func() {
			found[i] = r.origin(ctx, m, id, made)
			<-slots
		})
	}
	pool.Wait()
	list := map[string]origin{}
	for i, id := range ids {
		list[id] = found[i]
	}
	return list
}

func (r *Run) origin(ctx context.Context, m *spec.Messaging, id string, made map[string]origin) origin {
	if m.Lookup == nil || r.plan.Finder == nil || id == "" {
		return rejected
	}
	record := r.client.Do(ctx, plan.KindLookup, *r.plan.Finder, map[string]string{plan.MessageID: id})
	r.count([]exchange.Record{record})
	switch {
	case record.Answer == nil, record.Answer.Status >= 500, record.Answer.Status == http.StatusTooManyRequests:
		return unknown // a sick target does not say that nothing has the id
	case record.Answer.Status/100 != 2:
		return rejected
	}
	if of, ok := made[record.Named(m.Lookup.Field)]; ok {
		return of
	}
	return others
}

// made lists the unique values that requests send, in this part of the run and in
// earlier ones. Of a case in which a response was lost it is not known which of its
// requests a value is about: one that is rejected is sent again, corrected.
func (r *Run) made() map[string]origin {
	list, runs := map[string]origin{}, r.document.RunIDs()
	lost := maps.Clone(r.lost)
	for _, t := range r.inbox.late {
		lost[t.Case.ID] = lost[t.Case.ID] || t.Unanswered()
	}
	for _, c := range r.plan.Cases {
		steps := append(c.Steps(), c.Act) // what the act sends is judged by it alone
		for i, step := range steps {
			of := ours
			if i == len(steps)-1 && c.Expect.Handling == plan.Rejected {
				of = rejected
			}
			if lost[c.ID] {
				of = unknown
			}
			for _, p := range step.Request.Body.Placeholders() {
				if p.Source != plan.FromRun {
					continue
				}
				for _, id := range runs {
					if value, err := exchange.Unique(id, c.ID, p); err == nil {
						list[value] = of
					}
				}
			}
		}
	}
	return list
}
