// Package message receives the messages that a target sends later about the outcome
// of a request. One receiver serves a run. It keeps what carries the
// run's secret header pair, and refuses everything else.
package message

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
)

// Places below a receiver's address. A place may be followed by a slash and a name;
// any other place acknowledges too.
const (
	Acknowledging = "address"  // each message is acknowledged
	Refusing      = "refusing" // each is refused with 500
)

// HeaderName is the header that each message must carry, with the secret as its value.
const HeaderName = "X-Qorcheck-Message"

const (
	maxBytes    = 64 << 10 // of one message
	maxKept     = 16 << 20 // bytes of all messages
	maxMessages = 50_000
)

// Delivery is one message as it came.
type Delivery struct {
	Place    string // that it came to
	At       time.Time
	Header   http.Header
	Body     []byte
	Value    any    // the decoded body, nil when it is not JSON
	Fault    string // why it is not JSON, "" when it is
	Answered int    // 200, or 500 where it was refused
}

// Receiver is where messages come in.
type Receiver struct {
	address string // as the target reaches it, without a path
	secret  string
	path    string // of all places; unguessable
	server  *http.Server
	listens string // host:port

	mu         sync.Mutex
	changed    chan struct{} // closed and replaced when something came
	deliveries []Delivery
	kept       int
	unsigned   []Delivery // came to an address without the header pair; their bodies are not kept
	lost       int        // messages that could not be kept
	fault      error      // why connections could not be accepted
}

// NewSecret makes the secret of a run's messages.
func NewSecret() string { return randomToken() }

// Listen opens a receiver on a host:port. Address is the URL by which the target
// reaches it; the port is added when it has none. The secret is that of the header
// which each message must carry.
func Listen(listen, address, secret string) (*Receiver, error) {
	listener, err := net.Listen("tcp", listen)
	if err != nil {
		return nil, fmt.Errorf("receiver.listen: %w", err)
	}
	u, err := url.Parse(address)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("receiver.address: %w", err), listener.Close())
	}
	if u.Port() == "" {
		_, port, err := net.SplitHostPort(listener.Addr().String())
		if err != nil {
			return nil, errors.Join(err, listener.Close())
		}
		u.Host = net.JoinHostPort(u.Hostname(), port)
	}
	r := &Receiver{
		listens: listener.Addr().String(),
		address: strings.TrimSuffix(u.String(), "/"), secret: secret,
		path: "/" + randomToken() + "/", changed: make(chan struct{}),
	}
	r.server = &http.Server{
		Handler: r, ReadTimeout: 10 * time.Second, WriteTimeout: 10 * time.Second, IdleTimeout: 30 * time.Second,
		MaxHeaderBytes: maxBytes, ErrorLog: log.New(io.Discard, "", 0),
	}
	go func() { _ = r.server.Serve(accepting{listener, r}) }() // ends with http.ErrServerClosed
	return r, nil
}

// randomToken returns an unguessable word. It begins with a letter, since leading digits
// may look like a card number, which is neither sent nor shown.
func randomToken() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // it never fails
	return "q" + hex.EncodeToString(b[:])
}

// Close stops receiving.
func (r *Receiver) Close() error { return r.server.Close() }

// Address is the URL to register for a place.
func (r *Receiver) Address(place string) string { return r.address + r.path + place }

// Secret is the value of the header that each message must carry.
func (r *Receiver) Secret() string { return r.secret }

// ServeHTTP takes a message in.
func (r *Receiver) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	defer func() {
		if recover() != nil { // a fault of ours, or of the connection: a message less is not the target's
			r.lose()
			panic(http.ErrAbortHandler)
		}
	}()
	place, ours := strings.CutPrefix(request.URL.Path, r.path)
	switch {
	case !ours:
		http.Error(w, "nothing is received here", http.StatusNotFound)
		return
	case request.Method == http.MethodGet: // the receiver asking itself
		w.Header().Set(HeaderName, r.secret[:8])
		w.WriteHeader(http.StatusNoContent)
		return
	case request.Method != http.MethodPost:
		http.Error(w, "messages are sent by POST", http.StatusMethodNotAllowed)
		return
	}
	d := Delivery{Place: place, At: time.Now(), Header: request.Header, Answered: http.StatusOK}
	if request.Header.Get(HeaderName) != r.secret {
		r.keep(&r.unsigned, Delivery{Place: place, At: d.At})
		http.Error(w, "the header pair of the registration is missing", http.StatusUnauthorized)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, request.Body, maxBytes))
	if err != nil {
		http.Error(w, "the message is too long", http.StatusRequestEntityTooLarge)
		r.lose()
		return
	}
	d.Body = body
	d.Value, d.Fault = decode(body)
	if name, _, _ := strings.Cut(place, "/"); name == Refusing {
		d.Answered = http.StatusInternalServerError
	}
	r.keep(&r.deliveries, d)
	w.WriteHeader(d.Answered)
}

// lose counts a message that could not be kept.
func (r *Receiver) lose() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.lost++
}

func (r *Receiver) keep(list *[]Delivery, d Delivery) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(*list) >= maxMessages || r.kept+len(d.Body) > maxKept {
		r.lost++
		return
	}
	r.kept += len(d.Body)
	*list = append(*list, d)
	close(r.changed)
	r.changed = make(chan struct{})
}

func decode(body []byte) (value any, fault string) {
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	if err := decoder.Decode(&value); err != nil {
		return nil, err.Error()
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, "bytes after the JSON value"
	}
	return value, ""
}

// Await waits until the given number of deliveries match, and returns those that do:
// fewer when the context ends first.
func (r *Receiver) Await(ctx context.Context, times int, match func(Delivery) bool) []Delivery {
	var found []Delivery
	for next := 0; ; {
		r.mu.Lock()
		fresh, changed := slices.Clone(r.deliveries[next:]), r.changed
		r.mu.Unlock()
		next += len(fresh)
		for _, d := range fresh {
			if match(d) {
				found = append(found, d)
			}
		}
		if len(found) >= times {
			return found
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return found
		}
	}
}

// Deliveries lists all that came with the header pair, in order.
func (r *Receiver) Deliveries() []Delivery {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.deliveries)
}

// Unsigned lists all that came to a registered address without the header pair, in
// order and without the bodies.
func (r *Receiver) Unsigned() []Delivery {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.unsigned)
}

// Lost counts the messages that could not be kept.
func (r *Receiver) Lost() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.lost
}

// Local reports whether the address is one of this machine.
func (r *Receiver) Local() bool {
	u, err := url.Parse(r.address)
	if err != nil {
		return false
	}
	ip := net.ParseIP(u.Hostname())
	return strings.EqualFold(u.Hostname(), "localhost") || ip != nil && ip.IsLoopback()
}

// Open reports whether the address leads to this receiver when called from this machine.
func (r *Receiver) Open(ctx context.Context) bool {
	return r.call(ctx, r.Address(Acknowledging)) == nil
}
