package message

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"qorcheck/spec"
)

func listen(t *testing.T, address string) *Receiver {
	t.Helper()
	r, err := Listen("127.0.0.1:0", address, NewSecret())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
	return r
}

// post sends a message and returns the status of the answer.
func post(t *testing.T, r *Receiver, place, secret, body string) int {
	t.Helper()
	return send(t, http.MethodPost, r.Address(place), secret, body)
}

func send(t *testing.T, method, address, secret, body string) int {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if secret != "" {
		request.Header.Set(HeaderName, secret)
	}
	response, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(request)
	if err != nil {
		t.Fatal(err)
	}
	if err := response.Body.Close(); err != nil {
		t.Error(err)
	}
	return response.StatusCode
}

func TestOnlyMessagesWithTheHeaderPairAreKept(t *testing.T) {
	r := listen(t, "http://127.0.0.1")
	for _, tt := range []struct {
		claim                       string
		method, address, secret     string
		body                        string
		status, deliveries, refused int
	}{
		{"with the pair", "POST", r.Address(Acknowledging), r.Secret(), `{"a":1}`, 200, 1, 0},
		{"with another value", "POST", r.Address(Acknowledging), "guess", `{"a":1}`, 401, 1, 1},
		{"without the header", "POST", r.Address(Acknowledging), "", `{"a":1}`, 401, 1, 2},
		{"elsewhere", "POST", r.address + "/guess", r.Secret(), `{"a":1}`, 404, 1, 2},
		{"by another method", "PUT", r.Address(Acknowledging), r.Secret(), `{"a":1}`, 405, 1, 2},
		{"too long", "POST", r.Address(Acknowledging), r.Secret(), strings.Repeat("x", maxBytes+1), 413, 1, 2},
		{"what is no JSON is a message all the same", "POST", r.Address(Acknowledging), r.Secret(), `{`, 200, 2, 2},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			if got := send(t, tt.method, tt.address, tt.secret, tt.body); got != tt.status {
				t.Errorf("answered %d, want %d", got, tt.status)
			}
			if got := r.Deliveries(); len(got) != tt.deliveries {
				t.Errorf("%d deliveries, want %d", len(got), tt.deliveries)
			}
			if got := len(r.Unsigned()); got != tt.refused {
				t.Errorf("%d without the pair, want %d", got, tt.refused)
			}
		})
	}
	list := r.Deliveries()
	if value, _ := spec.Lookup(list[0].Value, "/a"); value == nil || list[0].Fault != "" || list[1].Fault == "" || r.Lost() != 1 {
		t.Errorf("kept %+v, %d lost", list, r.Lost())
	}
}

func TestTheRefusingAddressRefusesEachMessage(t *testing.T) {
	r := listen(t, "http://127.0.0.1")
	for i, tt := range []struct {
		place string
		want  int
	}{{Refusing, 500}, {Refusing, 500}, {Refusing + "/case", 500}, {"own/refusing", 200}, {Acknowledging, 200}} {
		if got := post(t, r, tt.place, r.Secret(), `{"a":1}`); got != tt.want {
			t.Errorf("%s answered %d, want %d", tt.place, got, tt.want)
		}
		if d := r.Deliveries()[i]; d.Answered != tt.want || d.Place != tt.place {
			t.Errorf("kept %+v", d)
		}
	}
}

func TestAwait(t *testing.T) {
	r := listen(t, "http://127.0.0.1")
	is := func(id string) func(Delivery) bool {
		return func(d Delivery) bool { v, _ := spec.Lookup(d.Value, "/id"); return v == id }
	}
	found := make(chan []Delivery)
	go func() { found <- r.Await(t.Context(), 2, is("b")) }()
	for _, id := range []string{"a", "b", "c", "b", "b"} {
		post(t, r, Acknowledging, r.Secret(), `{"id":"`+id+`"}`)
	}
	if got := <-found; len(got) < 2 {
		t.Errorf("%d found, want at least 2", len(got))
	}
	if got := r.Await(t.Context(), 1, is("a")); len(got) != 1 {
		t.Errorf("what came before is not found: %v", got)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if got := r.Await(ended, 3, is("c")); len(got) != 1 {
		t.Errorf("%d found at the end, want the one that came", len(got))
	}
}

func TestAddresses(t *testing.T) {
	r := listen(t, "http://127.0.0.1")
	if !r.Local() || !r.Open(t.Context()) || !strings.HasPrefix(r.Address(Acknowledging), "http://127.0.0.1:") || r.Address(Acknowledging) == r.Address(Refusing) {
		t.Errorf("address %s", r.Address(Acknowledging))
	}
	elsewhere := listen(t, "https://receiver.example.test:8443/in/")
	if elsewhere.Local() || !strings.HasPrefix(elsewhere.Address(Acknowledging), "https://receiver.example.test:8443/in/") {
		t.Errorf("address %s", elsewhere.Address(Acknowledging))
	}
	closed := listen(t, "http://127.0.0.1:1") // where nobody listens
	if !closed.Local() || closed.Open(t.Context()) {
		t.Error("an address that leads nowhere is open")
	}
	if r.Secret() == elsewhere.Secret() || len(r.Secret()) < 20 {
		t.Error("secrets can be guessed")
	}
}

// endless is a body that does not end.
// The client may still send it after it has returned.
type endless struct{ taken atomic.Int64 }

func (e *endless) Read(p []byte) (int, error) {
	e.taken.Add(int64(len(p)))
	return len(p), nil
}

// What senders do costs them alone: a body of any length is cut off, and who sends
// nothing more keeps nobody else from being heard.
func TestReceiver_HostileSenders(t *testing.T) {
	r := listen(t, "http://127.0.0.1")
	for _, tt := range []struct {
		claim, secret string
		lost          int
	}{{"without the secret", "guess", 0}, {"with it", r.Secret(), 1}} {
		body := &endless{}
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, r.Address(Acknowledging), body)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set(HeaderName, tt.secret)
		if response, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(request); err == nil {
			if response.StatusCode/100 != 4 || response.Body.Close() != nil {
				t.Errorf("%s: answered %d", tt.claim, response.StatusCode)
			}
		}
		if body.taken.Load() > 64<<20 || len(r.Deliveries()) > 0 || r.Lost() != tt.lost {
			t.Errorf("%s: %d bytes were taken in, %d deliveries, %d lost", tt.claim, body.taken.Load(), len(r.Deliveries()), r.Lost())
		}
	}
	for range 50 {
		conn, err := net.Dial("tcp", r.listens)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		if _, err := conn.Write([]byte("POST " + r.path + Acknowledging + " HTTP/1.1\r\nHost: x\r\n")); err != nil {
			t.Fatal(err)
		}
	}
	if got := post(t, r, Acknowledging, r.Secret(), "{}"); got != http.StatusOK || len(r.Deliveries()) != 1 {
		t.Errorf("another sender is answered %d", got)
	}
}

// A receiver hears as long as it listens, whatever its address leads to.
func TestDeaf(t *testing.T) {
	for _, at := range []string{"127.0.0.1:0", "0.0.0.0:0", "[::1]:0"} {
		r, err := Listen(at, "http://receiver.example.test", NewSecret())
		if err != nil {
			t.Fatal(err)
		}
		if why := r.Deaf(t.Context()); why != "" {
			t.Errorf("%s: %s", at, why)
		}
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
		if why := r.Deaf(t.Context()); !strings.Contains(why, "did not hear its own call") || strings.Contains(why, r.path) {
			t.Errorf("%s, closed: %q", at, why)
		}
	}
	r := listen(t, "http://127.0.0.1")
	if _, err := (accepting{failing{}, r}).Accept(); err == nil || !strings.Contains(r.Deaf(t.Context()), "could not accept a connection: too many open files") {
		t.Errorf("%v, %q", err, r.Deaf(t.Context()))
	}
}

type failing struct{ net.Listener }

func (failing) Accept() (net.Conn, error) { return nil, errors.New("too many open files") }

func TestListenRefuses(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	if _, err := Listen(taken.Addr().String(), "http://127.0.0.1", NewSecret()); err == nil || !strings.Contains(err.Error(), "receiver.listen") {
		t.Errorf("got %v", err)
	}
	if _, err := Listen("127.0.0.1:0", "http://127.0.0.1:port", NewSecret()); err == nil || !strings.Contains(err.Error(), "receiver.address") {
		t.Errorf("got %v", err)
	}
}

// A secret whose first digits are those of a card by chance would not be sent: one run
// in some thousands would have no messages.
func TestASecretBeginsWithALetter(t *testing.T) {
	for range 40 {
		if first := listen(t, "http://127.0.0.1").Secret()[0]; first < 'a' || first > 'z' {
			t.Fatalf("it begins with %q", first)
		}
	}
}
