package exchange

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
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
	load        load
	cards       *redact.CardGuard
	redactor    *redact.Redactor
	secret      string            // of the messages
	receiver    *message.Receiver // nil when no message is awaited
	silent      string            // why no message can come, "" when one can
	batches     *batches
	tokens      *tokens
	makers      sync.Map // unique value → its Maker
	attempts    sync.Map // id of a case that is sent once more → number of the attempt
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
		redactor: NewRedactor(s.Fixtures, d.SecretFields, slices.Concat(keysOf(s.TLS), exampleCards(d), []string{secret})...),
		cards:    s.Fixtures.CardGuard(d.SecretFields),
	}
	c.batches, c.tokens = newBatches(c), c.newTokens()
	return c
}

// Redactor returns what takes the secrets of the run out of texts.
func (c *Client) Redactor() *redact.Redactor { return c.redactor }

// Pauses returns a channel of the times in which nothing is sent. A pause is
// dropped while the channel is full.
func (c *Client) Pauses() <-chan Pause { return c.pace.pauses }

// refuseUncertified refuses a request that only a client certificate lets in where there is none.
func (c *Client) refuseUncertified(step plan.Step) error {
	o := c.description.Operation(step.Operation)
	if o == nil || !o.Certificate || c.settings.TLS != nil && (len(c.settings.TLS.Certificates) > 0 || c.settings.TLS.GetClientCertificate != nil) {
		return nil
	}
	return errors.New("the operation needs a client certificate: give it with --client-cert and --client-key")
}

// Close closes the connections that are kept.
func (c *Client) Close() {
	c.wire.close()
	c.tokens.close()
}

// Do sends one request and reads its answer.
func (c *Client) Do(ctx context.Context, caseID string, step plan.Step, values map[string]string) Record {
	r := Record{Step: step, Started: time.Now(), Method: step.Request.Method}
	filler := filler{client: c, caseID: caseID, values: values}
	request, err := filler.request(step)
	if err == nil {
		err = c.refuseCards(request.URL.RawQuery, string(filler.body))
	}
	if err == nil {
		err = c.refuseUncertified(step)
	}
	if err == nil {
		r.URL, r.Header, r.Body = request.URL.String(), request.Header, filler.body
		c.sendWithRetries(ctx, request, &r)
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
