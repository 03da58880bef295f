package defects

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"qorcheck/harness/sandbox/internal/api"
	"qorcheck/harness/sandbox/internal/strict"
	"qorcheck/spec"
)

// defect plants itself into a target that is still being made. The control
// endpoint of the environment stays sound: it is no part of what is judged.
type defect func(*planting) error

// planting is where defects take hold: of the exchanges, and of the server itself.
type planting struct {
	before, after []alteration
	options       api.Options
}

// New returns a server and the handler of a target that has the named
// defects: the server itself where there are none.
func New(o api.Options, names []string) (*api.Server, http.Handler, error) {
	mutants, err := FindMutants(names)
	if err != nil {
		return nil, nil, err
	}
	p := &planting{options: o}
	for _, m := range mutants {
		if err := m.plant(p); err != nil {
			return nil, nil, fmt.Errorf("defect %s: %w", m.Name, err)
		}
	}
	server, err := api.New(p.options)
	if err != nil || len(mutants) == 0 {
		return server, server, err
	}
	return server, &broken{server, p.before, p.after}, nil
}

// broken is a target with defects around a server.
type broken struct {
	server        *api.Server
	before, after []alteration
}

// exchange is one request and its answer, as defects see them. Where a defect
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
	half      func(hungUp bool) // called in the middle of the answer, when the client has gone away or is patient
}

// patience is how long an answer halts in its middle, to see whether the client goes away.
const patience = 100 * time.Millisecond

type (
	condition  func(*exchange) bool
	alteration func(*exchange)
)

// before alters requests that meet a condition.
func before(when condition, alterations ...alteration) defect {
	return func(p *planting) error {
		p.before = append(p.before, inOrder(when, alterations))
		return nil
	}
}

// after alters the answers of exchanges that meet a condition.
func after(when condition, alterations ...alteration) defect {
	return func(p *planting) error {
		p.after = append(p.after, inOrder(when, alterations))
		return nil
	}
}

func inOrder(when condition, alterations []alteration) alteration {
	return func(x *exchange) {
		if when(x) {
			for _, alter := range alterations {
				alter(x)
			}
		}
	}
}

// replacing replaces the work behind operations; next is the sound one.
func replacing(act func(w *api.Work, rq *api.Request, next api.Handler) api.Answer, operations ...string) defect {
	return func(p *planting) error {
		wrap := func(next api.Handler) api.Handler {
			return func(w *api.Work, rq *api.Request) api.Answer { return act(w, rq, next) }
		}
		if p.options.Handlers == nil {
			p.options.Handlers = map[string][]func(api.Handler) api.Handler{}
		}
		for _, id := range operations {
			p.options.Handlers[id] = append(p.options.Handlers[id], wrap)
		}
		return nil
	}
}

// telling replaces each message by others, none included.
func telling(news func(*api.Server, api.Message) []api.Message) defect {
	return func(p *planting) error {
		p.options.Messages = append(p.options.Messages, news)
		return nil
	}
}

// without takes keys out of the description that the sandbox enforces: pointers
// whose last part is the key.
func without(pointers ...string) defect {
	return func(p *planting) error {
		text := p.options.Description
		if text == nil {
			text = spec.QorCommerce()
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

// both plants several defects that make up one.
func both(parts ...defect) defect {
	return func(p *planting) error {
		var errs []error
		for _, plant := range parts {
			errs = append(errs, plant(p))
		}
		return errors.Join(errs...)
	}
}

// ServeHTTP answers a request with all defects in place.
func (s *broken) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == api.SettlePath {
		s.server.ServeHTTP(w, r)
		return
	}
	x := &exchange{Request: r, server: s.server, header: http.Header{"Content-Type": {strict.JSONType}}}
	var err error
	if x.sent, err = io.ReadAll(io.LimitReader(r.Body, strict.MaxBody+strict.MaxDrain)); err != nil {
		return // nobody is left to be answered
	}
	if op, _, ok := s.server.Description.Route(r.Method, r.URL.EscapedPath()); ok {
		x.operation = op.ID
	}
	for _, alter := range s.before {
		if x.status == 0 && x.raw == "" {
			alter(x)
		}
	}
	if x.raw != "" {
		x.sendRaw(w)
		return
	}
	if x.status == 0 {
		x.status, x.body = x.inside(r, x.sent)
	}
	for _, alter := range s.after {
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
	if x.half != nil {
		_ = http.NewResponseController(w).Flush()
		select {
		case <-x.Context().Done():
			x.half(true)
		case <-time.After(patience):
			x.half(false)
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

// inside lets the sound sandbox answer a request.
func (x *exchange) inside(r *http.Request, body []byte) (int, []byte) {
	r.Body = readable(body)
	return x.server.Reply(r)
}

func readable(body []byte) io.ReadCloser { return io.NopCloser(bytes.NewReader(body)) }

// Conditions.

func always(*exchange) bool { return true }

// all holds where each of several conditions does.
func all(conditions ...condition) condition {
	return func(x *exchange) bool {
		return !slices.ContainsFunc(conditions, func(c condition) bool { return !c(x) })
	}
}

// is holds for requests of an operation among these.
func is(operations ...string) condition {
	return func(x *exchange) bool { return slices.Contains(operations, x.operation) }
}

// answered holds for answers with a status among these.
func answered(statuses ...int) condition {
	return func(x *exchange) bool { return slices.Contains(statuses, x.status) }
}

func rejected(x *exchange) bool { return x.status >= 400 }

// told holds for answers that have a word in a field.
func told(field, word string) condition {
	return func(x *exchange) bool { return x.answer()[field] == word }
}

// keyless holds for requests that lack a key.
func keyless(x *exchange) bool {
	return strings.TrimSpace(x.Header.Get(api.AppKeyHeader)) == "" || strings.TrimSpace(x.Header.Get(api.ClientKeyHeader)) == ""
}

// keysOf holds for requests with the keys of a role.
func keysOf(role string) condition {
	return func(x *exchange) bool {
		pair := x.server.Fixtures.Credentials[role]
		return x.Header.Get(api.AppKeyHeader) == pair.App && x.Header.Get(api.ClientKeyHeader) == pair.Client
	}
}

// sends holds for requests with a field of transaction_data that fits.
func sends(field string, fits func(value any, there bool) bool) condition {
	return func(x *exchange) bool {
		data := x.data()
		value, there := data[field]
		return data != nil && fits(value, there)
	}
}

// as holds for a value that is this text.
func as(text string) func(any, bool) bool {
	return func(value any, _ bool) bool { return value == text }
}

func given(_ any, there bool) bool   { return there }
func missing(_ any, there bool) bool { return !there }

// Changes.

// answers answers in place of the sandbox, or of what it answered.
func answers(status int, body string) alteration {
	return func(x *exchange) { x.status, x.body = status, []byte(body) }
}

// status changes the status alone.
func status(code int) alteration { return func(x *exchange) { x.status = code } }

// labels changes the media type alone; "" takes it away.
func labels(mediaType string) alteration {
	return func(x *exchange) {
		x.header["Content-Type"] = nil
		if mediaType != "" {
			x.header.Set("Content-Type", mediaType)
		}
	}
}

// says sets a field of the answer.
func says(field string, value any) alteration {
	return edits(func(m map[string]any) { m[field] = value })
}

// omits takes a field out of the answer.
func omits(field string) alteration {
	return edits(func(m map[string]any) { delete(m, field) })
}

// renames gives a field of the answer another name.
func renames(from, to string) alteration {
	return edits(func(m map[string]any) {
		if value, there := m[from]; there {
			delete(m, from)
			m[to] = value
		}
	})
}

// edits changes the members of the answer, where it is an object.
func edits(edit func(members map[string]any)) alteration {
	return func(x *exchange) {
		if m := x.answer(); m != nil {
			edit(m)
			x.body = api.EncodeJSON(m)
		}
	}
}

// editsRows changes each row of a list in the answer.
func editsRows(edit func(row map[string]any)) alteration {
	return edits(func(m map[string]any) {
		for _, row := range rowsOf(m) {
			if row, ok := row.(map[string]any); ok {
				edit(row)
			}
		}
	})
}

// rowsOf returns the list that an answer of any reading operation holds.
func rowsOf(m map[string]any) []any {
	switch data := m["data"].(type) {
	case []any:
		return data
	case map[string]any:
		for _, name := range []string{"transactions", "webhooks"} {
			if rows, ok := data[name].([]any); ok {
				return rows
			}
		}
	}
	rows, _ := m["token"].([]any)
	return rows
}

// inserts writes text before the body, after its first sign.
func inserts(text string) alteration {
	return func(x *exchange) { x.body = append([]byte(string(x.body[:1])+text), x.body[1:]...) }
}

// appends writes text after the body.
func appends(text string) alteration { return func(x *exchange) { x.body = append(x.body, text...) } }

// withKeys puts the keys of a role in place of those sent.
func withKeys(role string) alteration {
	return func(x *exchange) {
		pair := x.server.Fixtures.Credentials[role]
		x.Header.Set(api.AppKeyHeader, pair.App)
		x.Header.Set(api.ClientKeyHeader, pair.Client)
	}
}

// asMerchant puts a merchant in place of the one sent.
func asMerchant(name string) alteration {
	return func(x *exchange) { corrects("mid", x.server.Fixtures.Merchants[name])(x) }
}

// corrects puts a value in place of a field of transaction_data.
func corrects(field string, value any) alteration {
	return func(x *exchange) {
		x.rewrite(func(data map[string]any) { data[field] = value })
	}
}

// answer returns the members of the answer, nil when it is no object.
func (x *exchange) answer() map[string]any {
	var m map[string]any
	if json.Unmarshal(x.body, &m) != nil {
		return nil
	}
	return m
}

// data returns transaction_data of the request, nil when it cannot be read.
func (x *exchange) data() map[string]any {
	var m struct {
		Data map[string]any `json:"transaction_data"`
	}
	if json.Unmarshal(x.sent, &m) != nil {
		return nil
	}
	return m.Data
}

// text returns a field of transaction_data that holds a string.
func (x *exchange) text(field string) string {
	s, _ := x.data()[field].(string)
	return s
}

// rewrite changes transaction_data and leaves what stands beside it. A body that
// is not UTF-8 stays as it is: to read and write it would mend it.
func (x *exchange) rewrite(edit func(data map[string]any)) {
	var m map[string]any
	if !utf8.Valid(x.sent) || json.Unmarshal(x.sent, &m) != nil {
		return
	}
	if data, ok := m["transaction_data"].(map[string]any); ok {
		edit(data)
		x.sent = api.EncodeJSON(m)
	}
}
