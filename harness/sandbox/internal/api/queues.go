package api

import (
	"context"
	"net/url"
	"sync"
	"sync/atomic"
)

// Limits of what is under way at once, so that a receiver which never answers holds up
// nobody but itself.
const (
	attemptsAtATime = 256 // in all
	perRegistration = 16  // to one registration
	perReceiver     = 32  // to all registrations of one host and port that did not acknowledge their last message
	maxQueued       = 512 // messages that wait for one registration; those beyond are dropped
)

// queues hold messages back until they can be sent.
type queues struct {
	all       chan struct{}
	mu        sync.Mutex
	byHook    map[string]*queue
	receivers map[string]chan struct{} // by host and port
}

// queue is that of one registration.
type queue struct {
	slots    chan struct{}
	receiver chan struct{}
	waiting  atomic.Int64 // messages, with those under way
	answers  atomic.Bool  // it acknowledged the last message
}

func newQueues() *queues {
	return &queues{all: make(chan struct{}, attemptsAtATime), byHook: map[string]*queue{}, receivers: map[string]chan struct{}{}}
}

// of returns the queue of a registration.
func (s *queues) of(h *Webhook) *queue {
	s.mu.Lock()
	defer s.mu.Unlock()
	host := ""
	if u, err := url.Parse(h.URI); err == nil {
		host = u.Host
	}
	key := h.ID + " " + host // an updated registration may lead elsewhere
	q := s.byHook[key]
	if q == nil {
		if s.receivers[host] == nil {
			s.receivers[host] = make(chan struct{}, perReceiver)
		}
		q = &queue{slots: make(chan struct{}, perRegistration), receiver: s.receivers[host]}
		s.byHook[key] = q
	}
	return q
}

// join reports whether a message may wait in the queue. It leaves with leave.
func (q *queue) join() bool {
	if q.waiting.Add(1) > maxQueued {
		q.waiting.Add(-1)
		return false
	}
	return true
}

func (q *queue) leave() { q.waiting.Add(-1) }

// attempt sends a message of the queue in its turn, and reports whether it was
// acknowledged. It does not send when the context ends.
func (s *queues) attempt(ctx context.Context, q *queue, send func() bool) (acknowledged bool) {
	slots := []chan struct{}{q.slots}
	if !q.answers.Load() {
		slots = append(slots, q.receiver)
	}
	for _, slot := range append(slots, s.all) {
		select {
		case slot <- struct{}{}:
			defer func() { <-slot }()
		case <-ctx.Done():
			return false
		}
	}
	acknowledged = send()
	q.answers.Store(acknowledged)
	return acknowledged
}
