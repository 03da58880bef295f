package exchange

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"qorcheck/harness/message"
	"qorcheck/harness/plan"
	"qorcheck/harness/redact"
	"qorcheck/harness/settings"
	"qorcheck/spec"
)

// Client sends requests to one target.
type Client struct {
	settings    settings.Settings
	description *spec.Description
	wire        *wire
	pace        *pace
	cards       *redact.CardGuard
	redactor    *redact.Redactor
	secret      string            // of the messages
	receiver    *message.Receiver // nil when no message is awaited
	silent      string            // why no message can come, "" when one can
	sharing     *sharing
	makers      sync.Map // unique value → its Maker
	lines       sync.Map // plan.Field that is alike in every case → the header line that evidence shows
}

// New makes a client. It follows no redirect, no proxy of the environment, asks
// for no compression, and connects to hosts that the fixtures allow and no other.
func New(s settings.Settings, d *spec.Description) *Client {
	s.MessageWait = cmp.Or(s.MessageWait, settings.DefaultMessageWait)
	s.QuietWindow = cmp.Or(s.QuietWindow, settings.DefaultQuietWindow)
	secret := message.NewSecret()
	c := &Client{
		settings: s, description: d, wire: newWire(s), pace: newPace(s.Rate), secret: secret, silent: "no message is received in this run",
		redactor: NewRedactor(s.Fixtures, d.SecretFields, secret),
		cards:    redact.NewCardGuard(slices.Concat(d.SecretFields, s.Fixtures.CardFields()), s.Fixtures.TestCards),
	}
	c.sharing = newSharing(c)
	return c
}

type hostError string

func (h hostError) Error() string {
	return fmt.Sprintf("the host %s is not allowed: only loopback and hosts named in the fixtures get requests", string(h))
}

func blocked(host string) error { return hostError(host) }

// Redactor returns what takes the secrets of the run out of texts.
func (c *Client) Redactor() *redact.Redactor { return c.redactor }

// Pauses returns a channel of the times in which nothing is sent. A pause that nobody
// takes from it is dropped.
func (c *Client) Pauses() <-chan Pause { return c.pace.pauses }

// Reach opens a connection to the target and closes it.
func (c *Client) Reach(ctx context.Context) *Failure {
	ctx, cancel := context.WithTimeout(ctx, c.settings.Timeout)
	defer cancel()
	conn, err := c.wire.target.DialContext(ctx, "tcp", address(c.settings.Target))
	if err != nil {
		return c.failure(ctx, err)
	}
	if err := conn.Close(); err != nil {
		return c.failure(ctx, err)
	}
	return nil
}

// Close closes the connections that are kept.
func (c *Client) Close() { c.wire.close() }

// Do sends one request and reads its answer.
func (c *Client) Do(ctx context.Context, caseID string, step plan.Step, values map[string]string) Record {
	r := Record{Step: step, Started: time.Now(), Method: step.Request.Method}
	filler := filler{client: c, caseID: caseID, values: values}
	request, err := filler.request(step)
	if err == nil {
		err = c.refuseCards(request.URL.RawQuery, string(filler.body))
	}
	if err == nil {
		r.URL, r.Header, r.Body = request.URL.String(), request.Header, filler.body
		c.patiently(ctx, request, &r)
		r.Sought = filler.sought(step)
	} else {
		r.Failure = &Failure{Blocked, c.redactor.Own(err.Error())}
	}
	r.Took = time.Since(r.Started)
	filler.values = maps.Clone(values) // as they were: later answers add to them
	r.filler = filler
	made := r
	r.shown = sync.OnceValue(func() Evidence { return c.evidence(made, filler) })
	return r
}

// filler replaces the placeholders of one case.
type filler struct {
	client *Client
	caseID string
	values map[string]string // captured from earlier answers
	body   []byte
	away   bool // the request leads to another origin than the target's
}

var errAway = errors.New("credentials go to the target's origin only, and this request leads elsewhere")

// request builds the HTTP request of a step.
func (f *filler) request(step plan.Step) (*http.Request, error) {
	target := f.client.settings.Target
	f.away = step.URL != "" && origin(target.ResolveReference(mustParse(step.URL))) != origin(target)
	address, err := f.address(step, f.at)
	if err != nil {
		return nil, err
	}
	switch u, err := url.Parse(address); {
	case err != nil:
		return nil, err
	case !f.client.settings.Fixtures.AllowsHost(u.Host), !f.away && origin(u) != origin(target):
		return nil, blocked(u.Host)
	}
	var reader io.Reader
	if step.Request.HasBody {
		body, err := step.Request.Body.Fill(f.at(inBody(step.Request)))
		if err != nil {
			return nil, err
		}
		f.body = []byte(body)
		reader = strings.NewReader(body)
	}
	request, err := http.NewRequest(step.Request.Method, address, reader)
	if err != nil {
		return nil, err
	}
	for _, field := range step.Request.Header {
		value, err := field.Value.Fill(f.value)
		if err != nil {
			return nil, err
		}
		request.Header.Add(field.Name, value)
	}
	for name, value := range map[string]string{"User-Agent": "qorcheck", "Accept": "application/json"} {
		if request.Header[name] == nil {
			request.Header.Set(name, value)
		}
	}
	return request, nil
}

// address builds the URL of a step; at gives the values of placeholders for a place.
func (f *filler) address(step plan.Step, at func(place) valuer) (string, error) {
	if step.URL != "" {
		return f.client.settings.Target.ResolveReference(mustParse(step.URL)).String(), nil
	}
	path, err := step.Request.Path.Fill(at(inPath))
	if err != nil {
		return "", err
	}
	address := f.client.settings.Target.String() + path
	for i, field := range step.Request.Query {
		mark := "&"
		if i == 0 {
			mark = "?"
		}
		text, err := field.Value.Escape(inQuery.escape).Fill(at(inQuery))
		if err != nil {
			return "", err
		}
		address += mark + url.QueryEscape(field.Name) + "=" + text
	}
	return address, nil
}

// mustParse reads a URL that the settings have checked.
func mustParse(text string) *url.URL {
	u, err := url.Parse(text)
	if err != nil {
		return &url.URL{}
	}
	return u
}

// valuer gives the value of a placeholder.
type valuer = func(plan.Placeholder) (string, error)

// at gives values as they are sent at a place.
func (f *filler) at(at place) valuer {
	return func(p plan.Placeholder) (string, error) {
		text, err := f.value(p)
		return at.escape(text), err
	}
}

// value finds what a placeholder stands for.
func (f *filler) value(p plan.Placeholder) (string, error) {
	fixtures := f.client.settings.Fixtures
	if f.away && (p.Source == plan.FromCredential || p.Source == plan.FromBasic) {
		return "", errAway
	}
	switch p.Source {
	case plan.FromCredential, plan.FromBasic:
		return p.Credential(fixtures), nil
	case plan.FromTrigger:
		return fixtures.Field(p.Args[0], p.Args[1], p.Args[2]), nil
	case plan.FromRun:
		return f.client.unique(f.caseID, p)
	case plan.FromReceiver:
		return f.client.receiving(p.Args[0], f.caseID)
	case plan.FromAnswer, plan.UnlikeAnswer:
		value, ok := f.values[p.Args[0]]
		if !ok {
			return "", fmt.Errorf("no earlier answer of the case holds %s", p.Args[0])
		}
		if p.Source == plan.UnlikeAnswer {
			value = unlike(value, f.client.settings.RunID)
		}
		return value, nil
	}
	return "", fmt.Errorf("unknown placeholder %s", p.Source)
}

// sought is the value that a read-back looks for, "" when the step is none.
func (f *filler) sought(step plan.Step) string {
	if step.ReadBack == nil {
		return ""
	}
	value, err := step.ReadBack.Value.Fill(f.value)
	if err != nil {
		return ""
	}
	return value
}

// receiving is what a registration says of where messages come in.
func (c *Client) receiving(what, caseID string) (string, error) {
	switch {
	case c.receiver == nil:
		return "", errors.New(c.silent)
	case what == "header":
		return message.HeaderName, nil
	case what == "secret":
		return c.secret, nil
	}
	return c.receiver.Address(placeOf(what, caseID)), nil
}

// placeOf is a place of the receiver: one for the run, the others for each case.
func placeOf(name, caseID string) string {
	if name == message.Acknowledging {
		return name
	}
	return name + "/" + caseID
}

// unlike alters the digits and hexadecimal letters of an id within their class,
// other letters only where there are none of these, so that the result has the
// id's shape and names nothing. Short ids grow, lest they hit another.
func unlike(id, runID string) string {
	const least = 8
	seed := sha256.Sum256([]byte("unlike " + runID + id))
	state := binary.BigEndian.Uint64(seed[:8])
	next := func(n uint64) rune {
		state = state*6364136223846793005 + 1442695040888963407
		return rune((state >> 33) % n)
	}
	alter := func(classes ...string) string {
		return strings.Map(func(c rune) rune {
			for _, class := range classes {
				if i := strings.IndexRune(class, c); i >= 0 {
					return rune(class[(i+1+int(next(uint64(len(class)-1))))%len(class)])
				}
			}
			return c
		}, id)
	}
	altered := alter("0123456789", "abcdef")
	if altered == id {
		altered = alter("ghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
	}
	for len(altered) < least || altered == id {
		altered += string('1' + next(9))
	}
	return altered
}
