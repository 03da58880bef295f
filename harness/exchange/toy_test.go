package exchange

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"qorcheck/harness/plan"
	"qorcheck/harness/redact"
	"qorcheck/harness/settings"
)

// The toy promise that exchanges are tested with, its fixtures and servers.

const toyDescription = `
openapi: 3.0.3
info: { title: Toy, version: "1" }
x-conformance:
  outcome: [{ field: /status, refused: [declined], error: [error], reason: /why, otherwise: absent }]
components:
  schemas:
    Login: { type: object, properties: { tan: { type: string, format: password } } }
paths:
  /pay:
    post:
      operationId: pay
      requestBody: { content: { application/json: { schema: { $ref: "#/components/schemas/Login" } } } }
      responses: { "200": { description: done } }
`

// Credentials with every character that some encoding escapes.
const (
	appKey    = `K3y/w+th&"qu'te"\=1`
	clientKey = "c9a6877e0bc2cfb31b34009a9074f2e9"
	login     = "ada:pa55w/rd<0>"
	pin       = "90s1"
)

const toyFixtures = `
hosts: [%s]
credentials:
  valid: { AppKey: 'K3y/w+th&"qu''te"\=1', ClientKey: c9a6877e0bc2cfb31b34009a9074f2e9, Login: "ada:pa55w/rd<0>", Pin: 90s1 }
triggers: { card: { approved: { creditcard: "4571000000000001", cvv: "873" } } }
test_cards: ["4571000000000001", "370000000000416"]
`

// Cards: one of the fixtures, one known by its shape alone.
const (
	testCard  = "4571000000000001"
	otherCard = "5500000000000004"
)

func toyRedactor(t *testing.T) *redact.Redactor {
	t.Helper()
	return NewRedactor(toyFixture(t, ""), []string{"tan"})
}

func jsonText(value any) string {
	data, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	return string(data)
}

func packed(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }

// leaks finds what must never be shown.
func leaks(t *testing.T, text string) {
	t.Helper()
	for _, secret := range []string{
		"K3y/", "qu'te", clientKey, "pa55", "90s1", testCard, otherCard, "370000000000416",
		"0000 0001", "0000-0001", "0000 0004", "0000-0004",
	} {
		if strings.Contains(text, secret) {
			t.Errorf("%s is left in %s", secret, text)
		}
	}
	if found := verification.FindString(text); found != "" {
		t.Errorf("%s is left in %s", found, text)
	}
}

// verification finds the verification values, but not in ports and lengths.
var verification = regexp.MustCompile(`(?:^|[^0-9])(?:873|951)(?:[^0-9]|$)`)

func toyFixture(t *testing.T, hosts string) *settings.Fixtures {
	t.Helper()
	f, err := settings.ParseFixtures(fmt.Appendf(nil, toyFixtures, hosts), "toy.yaml", nil)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// toyClient makes a client for a target; change alters its settings.
func toyClient(t *testing.T, target string, change ...func(*settings.Settings)) *Client {
	t.Helper()
	u, err := url.Parse(target)
	if err != nil {
		t.Fatal(err)
	}
	d, err := parsed()
	if err != nil {
		t.Fatal(err)
	}
	s := settings.Settings{Target: u, Fixtures: toyFixture(t, ""), Concurrency: 2, Timeout: 20 * time.Second, BodyLimit: 1 << 20, RunID: "run1"}
	for _, c := range change {
		c(&s)
	}
	client := New(s, d)
	t.Cleanup(client.Close)
	return client
}

// toyServer serves on loopback until the test ends.
func toyServer(t *testing.T, h http.HandlerFunc) string {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return server.URL
}

// rawServer hands each request, with the numbers of its connection and of the
// request on it, to serve, and closes the connection when serve says so.
func rawServer(t *testing.T, serve func(w io.Writer, connection, request int) (open bool)) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var served sync.WaitGroup
	served.Go(func() {
		for connection := 1; ; connection++ {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			served.Go(func() {
				defer conn.Close()
				reader := bufio.NewReader(conn)
				for n := 1; ; n++ {
					r, err := http.ReadRequest(reader)
					if err != nil {
						return
					}
					if _, err := io.Copy(io.Discard, r.Body); err != nil || !serve(conn, connection, n) {
						return
					}
				}
			})
		}
	})
	t.Cleanup(func() { _ = listener.Close(); served.Wait() })
	return "http://" + listener.Addr().String()
}

func get(path plan.Template) plan.Step {
	return plan.Step{Name: "get", Request: plan.Request{Method: "GET", Path: path}}
}

func post(path, body plan.Template) plan.Step {
	return plan.Step{Name: "pay", Operation: "pay", Request: plan.Request{
		Method: "POST", Path: path, Body: body, HasBody: true, Header: []plan.Field{{Name: "Content-Type", Value: "application/json"}},
	}}
}

// hole is a placeholder as a plan writes it.
func hole(source plan.Source, args ...string) plan.Template {
	return plan.Template("\uE000" + string(source) + "\uE002" + strings.Join(args, "\uE002") + "\uE001")
}
