package defects

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"qorcheck/harness/sandbox/internal/api"
	"qorcheck/harness/sandbox/internal/strict"
	"qorcheck/spec"
)

// plant puts a defect into a target that is still being made. The control
// endpoint of the environment stays sound: it is no part of what is judged.
type plant func(*planting) error

// planting is where defects take hold: of the exchanges, and of the server itself.
type planting struct {
	before, after []alteration
	options       api.Options
}

// New returns a server and the handler of a target that has the named defects: the
// server itself where there are none.
func New(o api.Options, names []string) (*api.Server, http.Handler, error) {
	defects, err := Find(names)
	if err != nil {
		return nil, nil, err
	}
	p := &planting{options: o}
	for _, d := range defects {
		if err := d.plant(p); err != nil {
			return nil, nil, fmt.Errorf("defect %s: %w", d.Name, err)
		}
	}
	server, err := api.New(p.options)
	if err != nil || len(defects) == 0 {
		return server, server, err
	}
	return server, &mutant{server, p.before, p.after}, nil
}

// both plants several defects that make up one.
func both(parts ...plant) plant {
	return func(p *planting) error {
		var errs []error
		for _, part := range parts {
			errs = append(errs, part(p))
		}
		return errors.Join(errs...)
	}
}

// remembering plants a defect that keeps something in mind: it is made anew for each
// target, so that no two share a memory.
func remembering(create func() plant) plant {
	return func(p *planting) error { return create()(p) }
}

// without takes keys out of the description that the sandbox enforces: pointers
// whose last part is the key.
func without(pointers ...string) plant {
	return func(p *planting) error {
		text := p.options.Description
		if text == nil {
			text = spec.BuiltInDescription()
		}
		var tree any
		if err := yaml.Unmarshal(text, &tree); err != nil {
			return err
		}
		for _, pointer := range pointers {
			tokens := strings.Split(pointer, "/")[1:]
			at := tree
			for _, token := range tokens[:len(tokens)-1] {
				members, _ := at.(map[string]any)
				at = members[strings.ReplaceAll(token, "~1", "/")]
			}
			members, ok := at.(map[string]any)
			if _, there := members[tokens[len(tokens)-1]]; !ok || !there {
				return fmt.Errorf("the description has nothing at %s", pointer)
			}
			delete(members, tokens[len(tokens)-1])
		}
		var err error
		p.options.Description, err = yaml.Marshal(tree)
		return err
	}
}

// mutant is a target with defects around a server.
type mutant struct {
	server        *api.Server
	before, after []alteration
}

// exchange is one request and its response, as defects see them. Where a defect
// sets the status before the sandbox has worked, the sandbox does not.
type exchange struct {
	*http.Request
	server    *api.Server
	operation string // "" where the request leads to none
	sent      []byte
	status    int
	header    http.Header
	body      []byte
	raw       string            // sent in place of an HTTP answer
	midway    func(hungUp bool) // called midway through the response, when the client has gone away or is still there
}

// patience is how long a response pauses midway, to see whether the client goes away.
const patience = 100 * time.Millisecond

// ServeHTTP answers a request with all defects in place.
func (m *mutant) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == api.SettlePath {
		m.server.ServeHTTP(w, r)
		return
	}
	x := &exchange{Request: r, server: m.server, header: http.Header{"Content-Type": {strict.JSONType}}}
	var err error
	if x.sent, err = io.ReadAll(io.LimitReader(r.Body, strict.MaxBody+strict.MaxDrain)); err != nil {
		return // the client has gone away
	}
	if op, _, ok := m.server.Description.Route(r.Method, r.URL.EscapedPath()); ok {
		x.operation = op.ID
	}
	for _, alter := range m.before {
		if x.status == 0 && x.raw == "" {
			alter(x)
		}
	}
	if x.raw != "" {
		x.sendRaw(w)
		return
	}
	if x.status == 0 {
		x.status, x.body = x.soundResponse(r, x.sent)
	}
	for _, alter := range m.after {
		alter(x)
	}
	x.send(w)
}

// send writes the answer. A client that goes away is of no consequence but for
// the defect that waits for it.
func (x *exchange) send(w http.ResponseWriter) {
	for name, values := range x.header {
		w.Header()[name] = values
	}
	w.WriteHeader(x.status)
	half := len(x.body) / 2
	_, _ = w.Write(x.body[:half])
	if x.midway != nil {
		_ = http.NewResponseController(w).Flush()
		select {
		case <-x.Context().Done():
			x.midway(true)
		case <-time.After(patience):
			x.midway(false)
		}
	}
	_, _ = w.Write(x.body[half:])
}

// sendRaw writes something that is not HTTP.
func (x *exchange) sendRaw(w http.ResponseWriter) {
	connection, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	_, _ = io.WriteString(connection, x.raw)
	_ = connection.Close()
}

// soundResponse returns the response of the sound server to a request.
func (x *exchange) soundResponse(r *http.Request, body []byte) (int, []byte) {
	r.Body = readable(body)
	return x.server.Respond(r)
}

func readable(body []byte) io.ReadCloser { return io.NopCloser(bytes.NewReader(body)) }

// keys returns the keys that a request carries.
func (x *exchange) keys() (app, client string) {
	return x.Header.Get(api.AppKeyHeader), x.Header.Get(api.ClientKeyHeader)
}

// role returns the role whose keys a request carries, "" for unknown ones.
func (x *exchange) role() string {
	app, client := x.keys()
	for role, pair := range x.server.Fixtures.Credentials {
		if pair.App == app && pair.Client == client {
			return role
		}
	}
	return ""
}

// idempotencyKey returns the key under which a request is sent, "" for none.
func (x *exchange) idempotencyKey() string { return x.Header.Get(api.IdempotencyHeader) }
