package exchange

import (
	"errors"
	"net"
	"sync"
)

// socket is a connection that counts its bytes, and knows whether a read is under way
// and whether bytes came between a response and the next request.
type socket struct {
	net.Conn

	mu      sync.Mutex
	changed sync.Cond
	out, in int64 // bytes
	reading bool
	last    byte  // that came in
	end     error // why nothing more comes
	idle    bool  // between an answer and the next request
	dirty   bool  // bytes came meanwhile
	closed  bool
}

func newSocket(conn net.Conn) *socket {
	s := &socket{Conn: conn}
	s.changed.L = &s.mu
	return s
}

func (s *socket) Read(p []byte) (int, error) {
	s.mu.Lock()
	s.reading = true
	s.changed.Broadcast()
	s.mu.Unlock()
	n, err := s.Conn.Read(p)
	s.mu.Lock()
	s.reading = false
	s.in += int64(n)
	if n > 0 {
		s.last = p[n-1]
	}
	s.end = err
	s.dirty = s.dirty || s.idle && n > 0
	s.mu.Unlock()
	return n, err
}

var errUnasked = errors.New("bytes came before the request was sent")

// Write sends no request on a connection on which something came before it: that
// would be taken for the answer.
func (s *socket) Write(p []byte) (int, error) {
	s.mu.Lock()
	if s.dirty {
		s.mu.Unlock()
		return 0, errUnasked
	}
	s.idle = false
	s.out += int64(len(p)) // before it is written: the answer may be read before Write returns
	s.mu.Unlock()
	return s.Conn.Write(p)
}

func (s *socket) Close() error {
	s.mu.Lock()
	s.closed = true
	s.changed.Broadcast()
	s.mu.Unlock()
	return s.Conn.Close()
}

// waitIdle waits, after the end of a response, until the next read begins, which shows
// that all that has come was read, or until the connection is closed. It reports
// whether the connection can be used again.
func (s *socket) waitIdle() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for !s.reading && !s.closed {
		s.changed.Wait()
	}
	s.idle = true
	return !s.closed
}

// byteCounts returns how many bytes went out and came in so far.
func (s *socket) byteCounts() (out, in int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.out, s.in
}

// cutOff reports whether the connection ended in the middle of a line.
func (s *socket) cutOff() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.end != nil && s.in > 0 && s.last != '\n'
}
