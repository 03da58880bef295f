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

// Limits of batches.
const (
	maxBatch    = 16                    // values in one request, beside the control
	batchWindow = 20 * time.Millisecond // how long a batch waits for more values
)

// batches make one request of many read-backs, where the description says that a
// query takes several values at once. Each such request also asks for a control, a
// value that is known to be found: where the control is missing, or something else is
// found, every value is read back on its own.
type batches struct {
	client *Client

	mu       sync.Mutex
	controls map[string]string // query → a value that is found
	single   map[string]bool   // queries that do not find several values at once
	open     map[string]*batch // query → the batch that is being filled
}

// batch is one request for many values.
type batch struct {
	step    plan.Step
	values  []string
	done    chan struct{}
	record  Record
	usable  bool // the control was found, and nothing else
	counted bool // a case has counted the request
	fault   any  // the panic that ended it, nil for none
}

func newBatches(c *Client) *batches {
	return &batches{client: c, controls: map[string]string{}, single: map[string]bool{}, open: map[string]*batch{}}
}

// query names what read-backs must have in common to be sent in one batch.
func query(step plan.Step) string { return step.Operation + " " + step.ReadBack.Rows }

// readBack reads a value back, together with others where that proves as much. A
// value that is expected is read on its own, and serves as a control afterwards.
func (s *batches) readBack(ctx context.Context, of *script, step plan.Step, expected bool) Record {
	alone := func() Record { return s.client.Do(ctx, of.transcript.Case.ID, step, of.values) }
	f := of.filler()
	sought := f.sought(step)
	if step.ReadBack.Separator == "" || sought == "" || strings.Contains(sought, step.ReadBack.Separator) {
		return alone()
	}
	if expected {
		r := alone()
		s.control(step, sought, r)
		return r
	}
	b := s.join(ctx, step, sought)
	if b == nil {
		return alone()
	}
	of.yield(func() { <-b.done })
	if b.fault != nil {
		panic(b.fault)
	}
	if !b.usable {
		return alone()
	}
	r := b.record
	r.Step, r.Sought, r.Batched = step, sought, true
	s.mu.Lock()
	r.Shared, b.counted = b.counted, true
	s.mu.Unlock()
	return r
}

// control keeps a value that was found.
func (s *batches) control(step plan.Step, value string, r Record) {
	if slices.Contains(foundValues(r), value) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.controls[query(step)] = value
	}
}

// join puts a value into the batch that is being filled, and returns nil when there can be none.
func (s *batches) join(ctx context.Context, step plan.Step, value string) *batch {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := query(step)
	control := s.controls[key]
	if control == "" || s.single[key] {
		return nil
	}
	b := s.open[key]
	if b == nil {
		b = &batch{step: step, values: []string{control}, done: make(chan struct{})}
		s.open[key] = b
		time.AfterFunc(batchWindow, func() { s.send(ctx, key, b) })
	}
	b.values = append(b.values, value)
	if len(b.values) > maxBatch {
		delete(s.open, key)
		go s.send(ctx, key, b)
	}
	return b
}

// send sends a batch, once.
func (s *batches) send(ctx context.Context, key string, b *batch) {
	s.mu.Lock()
	if b.step.ReadBack == nil {
		s.mu.Unlock()
		return
	}
	step := b.step
	b.step = plan.Step{} // it is being sent
	if s.open[key] == b {
		delete(s.open, key)
	}
	values := slices.Clone(b.values)
	s.mu.Unlock()

	defer func() {
		b.fault = recover() // of each case that waits
		close(b.done)
	}()
	step.Request.Query = slices.Clone(step.Request.Query)
	for i, field := range step.Request.Query {
		if field.Name == step.ReadBack.Parameter {
			step.Request.Query[i].Value = plan.Template(strings.Join(values, step.ReadBack.Separator))
		}
	}
	b.record = s.client.Do(ctx, plan.KindSharedRead, step, map[string]string{})
	found := foundValues(b.record)
	b.usable = len(found) > 0 && !slices.ContainsFunc(found, func(v string) bool { return v != values[0] })
	if !slices.Contains(found, values[0]) {
		s.mu.Lock()
		s.single[key] = true
		s.mu.Unlock()
	}
}

// foundValues lists what stands in the field of the rows that a read-back found.
func foundValues(r Record) []string {
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
