package exchange

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"qorcheck/harness/plan"
	"qorcheck/spec"
)

// Limits of shared read-backs.
const (
	mostShared = 16                    // values asked for in one request, beside the control
	linger     = 20 * time.Millisecond // how long a request waits for more values
)

// sharing makes one request of many read-backs, where the description says that
// a reading takes several values at once. Each such request also asks for a
// control, a value that is known to be found: where the control is missing, or
// something else is found, every value is read back on its own.
type sharing struct {
	client *Client

	mu       sync.Mutex
	controls map[string]string  // reading → a value that is found
	barred   map[string]bool    // readings that do not find several values at once
	open     map[string]*shared // reading → the request that is being filled
}

// shared is one request for many values.
type shared struct {
	step   plan.Step
	values []string
	done   chan struct{}
	record Record
	useful bool // the control was found, and nothing else
	taken  bool // a case has counted the request
}

func newSharing(c *Client) *sharing {
	return &sharing{client: c, controls: map[string]string{}, barred: map[string]bool{}, open: map[string]*shared{}}
}

// reading names what read-backs must have in common to be shared.
func reading(step plan.Step) string { return step.Operation + " " + step.ReadBack.Rows }

// readBack reads a value back, together with others where that proves as much.
// Found tells whether the value is expected to be found: such a one is read on
// its own, and serves as a control afterwards.
func (s *sharing) readBack(ctx context.Context, caseID string, step plan.Step, values map[string]string, found bool, aside func(func())) Record {
	alone := func() Record { return s.client.Do(ctx, caseID, step, values) }
	f := filler{client: s.client, caseID: caseID, values: values}
	sought := f.sought(step)
	if step.ReadBack.Separator == "" || sought == "" || strings.Contains(sought, step.ReadBack.Separator) {
		return alone()
	}
	if found {
		r := alone()
		s.control(step, sought, r)
		return r
	}
	b := s.join(ctx, step, sought)
	if b == nil {
		return alone()
	}
	aside(func() { <-b.done })
	if !b.useful {
		return alone()
	}
	r := b.record
	r.Step, r.Sought = step, sought
	s.mu.Lock()
	r.Shared, b.taken = b.taken, true
	s.mu.Unlock()
	return r
}

// control keeps a value that was found.
func (s *sharing) control(step plan.Step, value string, r Record) {
	if slices.Contains(foundIn(r), value) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.controls[reading(step)] = value
	}
}

// join puts a value into the request that is being filled, nil when there can be none.
func (s *sharing) join(ctx context.Context, step plan.Step, value string) *shared {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := reading(step)
	control := s.controls[key]
	if control == "" || s.barred[key] {
		return nil
	}
	b := s.open[key]
	if b == nil {
		b = &shared{step: step, values: []string{control}, done: make(chan struct{})}
		s.open[key] = b
		time.AfterFunc(linger, func() { s.send(ctx, key, b) })
	}
	b.values = append(b.values, value)
	if len(b.values) > mostShared {
		delete(s.open, key)
		go s.send(ctx, key, b)
	}
	return b
}

// send makes a shared request, once.
func (s *sharing) send(ctx context.Context, key string, b *shared) {
	s.mu.Lock()
	if b.step.ReadBack == nil {
		s.mu.Unlock()
		return
	}
	step := b.step
	b.step = plan.Step{} // it is on its way
	if s.open[key] == b {
		delete(s.open, key)
	}
	values := slices.Clone(b.values)
	s.mu.Unlock()

	step.Request.Query = slices.Clone(step.Request.Query)
	for i, field := range step.Request.Query {
		if field.Name == step.ReadBack.Parameter {
			step.Request.Query[i].Value = plan.Template(strings.Join(values, step.ReadBack.Separator))
		}
	}
	b.record = s.client.Do(ctx, plan.KindSharedRead, step, map[string]string{})
	found := foundIn(b.record)
	b.useful = len(found) > 0 && !slices.ContainsFunc(found, func(v string) bool { return v != values[0] })
	if !slices.Contains(found, values[0]) {
		s.mu.Lock()
		s.barred[key] = true
		s.mu.Unlock()
	}
	close(b.done)
}

// foundIn lists what stands in the field of the rows that a read-back found.
func foundIn(r Record) []string {
	if r.Answer == nil || r.Answer.Status != 200 {
		return nil
	}
	body, err := decoded(r.Answer.Body, false)
	if err != nil {
		return nil
	}
	list, _ := spec.Lookup(body, r.Step.ReadBack.Rows)
	rows, _ := list.([]any)
	var found []string
	for _, row := range rows {
		if text := Text(row, r.Step.ReadBack.Field); text != "" {
			found = append(found, text)
		}
	}
	return found
}
