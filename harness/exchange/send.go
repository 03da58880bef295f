package exchange

import (
	"bytes"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"

	"qorcheck/harness/plan"
	"qorcheck/harness/redact"
)

// send makes the exchange of a request. It is sent a second time only if nothing
// can have come of the first: it was not written, the target says that it left it
// alone, or it changes nothing and its kept connection dropped. Each time that it
// goes out is counted.
func (c *Client) send(ctx context.Context, request *http.Request, r *Record) {
	ctx, cancel := context.WithTimeout(ctx, c.settings.Timeout)
	defer cancel()
	if r.Step.HangUp {
		c.hangUp(ctx, request, r)
		return
	}
	if kept := c.takeKept(r.Step, request); kept != nil && !c.roundTrip(ctx, kept, true, request, r) {
		return
	}
	fresh, err := c.wire.open(ctx, request.URL)
	if err != nil {
		c.fail(ctx, r, err)
		return
	}
	c.roundTrip(ctx, fresh, false, request, r)
}

// takeKept finds a connection to use again, nil where the step wants one of its own.
func (c *Client) takeKept(step plan.Step, request *http.Request) *connection {
	if step.Fresh {
		return nil
	}
	return c.wire.take(request.URL)
}

// hangUp makes the exchange over a connection of its own and drops it when the
// answer begins. Where none begins, the failure says so.
func (c *Client) hangUp(ctx context.Context, request *http.Request, r *Record) {
	conn, err := c.wire.open(ctx, request.URL)
	if err != nil {
		c.fail(ctx, r, err)
		return
	}
	ctx, drop := context.WithCancel(ctx)
	defer drop()
	var began atomic.Bool
	c.roundTrip(httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotFirstResponseByte: func() {
		began.Store(true)
		drop()
	}}), conn, false, request, r)
	if began.Load() || r.Answer != nil {
		r.Answer, r.Failure = nil, &Failure{HungUp, redact.Constant("the connection was dropped when the answer began, as the case has it")}
	}
}

// roundTrip makes the exchange over one connection, and reports whether it must be made again over another.
func (c *Client) roundTrip(ctx context.Context, conn *connection, kept bool, request *http.Request, r *Record) (again bool) {
	outBefore, inBefore := conn.socket.byteCounts()
	var began atomic.Bool
	if conn.shared { // its bytes are those of others too
		ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{WroteHeaderField: func(string, []string) { began.Store(true) }})
	}
	request = request.WithContext(ctx)
	if len(r.Body) > 0 {
		request.Body = io.NopCloser(bytes.NewReader(r.Body))
	}
	response, err := conn.RoundTrip(request)
	out, in := conn.socket.byteCounts()
	written := began.Load() || !conn.shared && out > outBefore
	if written {
		r.Writes++
	} else if err == nil { // an answer to nothing
		_ = response.Body.Close() // the connection goes with it
		err = errUnasked
	}
	if err == nil {
		c.read(ctx, conn, response, r)
		return false
	}
	if !conn.shared {
		_ = conn.Close() // it cannot be used again
	}
	safe := request.Method == http.MethodGet || request.Method == http.MethodHead
	dropped := !conn.shared && in == inBefore
	if kept && ctx.Err() == nil && (!written || notStarted(err) || safe && dropped) {
		return true
	}
	if conn.socket.cutOff() {
		err = cutOffError{err}
	}
	c.fail(ctx, r, err)
	return false
}

// cutOffError is the error of an answer that looks malformed because its end is missing.
type cutOffError struct{ error }

// notStarted reports whether a target says, as HTTP/2 has words for, that it did not begin with a request.
func notStarted(err error) bool {
	return strings.Contains(err.Error(), "REFUSED_STREAM") || strings.Contains(err.Error(), "graceful shutdown GOAWAY")
}

// read takes the answer in, and keeps the connection if it can be used again.
func (c *Client) read(ctx context.Context, conn *connection, response *http.Response, r *Record) {
	defer response.Body.Close()
	limit := int64(c.settings.BodyLimit)
	if response.StatusCode < 100 { // net/http demands three digits and no more
		r.Failure = &Failure{Malformed, c.redactor.Own(fmt.Sprintf("malformed HTTP status code %03d", response.StatusCode))}
		return
	}
	var body []byte
	var err error
	if response.StatusCode != http.StatusSwitchingProtocols { // what follows that is not HTTP
		body, err = io.ReadAll(io.LimitReader(response.Body, limit+1))
	}
	if err != nil {
		c.fail(ctx, r, fmt.Errorf("reading the answer (status %d, after %d bytes): %w", response.StatusCode, len(body), err))
		r.Began = true
		return
	}
	_, reason, _ := strings.Cut(response.Status, " ")
	r.Answer = &Answer{Status: response.StatusCode, Proto: response.Proto, Reason: reason, Header: response.Header, Trailer: response.Trailer, Body: body}
	if len(codings(response.Header)) > 0 && int64(len(body)) <= limit {
		r.Answer.Body, r.Answer.Truncated, r.Answer.Decoded = decode(body, response.Header, limit)
	}
	switch {
	case int64(len(body)) > limit:
		r.Answer.Body, r.Answer.Truncated = body[:limit], true
	case conn.shared, response.StatusCode == http.StatusSwitchingProtocols:
	case conn.socket.waitIdle():
		c.wire.keep(conn)
	default:
		_ = conn.Close() // waits until it knows why it was closed
		r.Answer.Trailing = !response.Close && trailing(conn.Err())
	}
}

// trailing reports whether a connection was closed because of bytes after an answer.
// What net/http says then wraps nothing, because nothing went wrong with reading.
func trailing(err error) bool {
	return err != nil && errors.Unwrap(err) == nil && strings.HasPrefix(err.Error(), "readLoopPeekFail")
}

// fail enters an error that ended the exchange.
func (c *Client) fail(ctx context.Context, r *Record, err error) {
	r.err, r.Failure = err, c.failure(ctx, err)
	if short := Shortage(err); short != "" {
		r.Short, r.Failure.Kind = short, Network
		r.Failure.Text = c.redactor.Excerpt("this machine ran out of "+short+": "+err.Error(), maxFailure)
		c.wire.release()
	}
}

// failure sorts an error by what it says about the target.
func (c *Client) failure(ctx context.Context, err error) *Failure {
	text := err.Error()
	kind := Network
	var host hostError
	switch {
	case errors.As(err, &host):
		kind = Blocked
	case errors.Is(ctx.Err(), context.DeadlineExceeded) || timedOut(err):
		kind, text = Timeout, fmt.Sprintf("no answer within %s", c.settings.Timeout)
	case errors.Is(ctx.Err(), context.Canceled):
		kind, text = Interrupted, "the run was interrupted"
	case untrusted(err):
		text += "; --ca-file FILE trusts another"
	case errors.As(err, &cutOffError{}):
	case slices.ContainsFunc(notHTTP, func(words string) bool { return strings.Contains(text, words) }), brokenHTTP2.MatchString(text) && !strings.Contains(text, "received from peer"):
		kind = Malformed
	}
	return &Failure{kind, c.redactor.Excerpt(text, maxFailure)}
}

// notHTTP are the words of net/http, which has no type for them, about an answer that breaks the protocol.
var notHTTP = []string{
	"malformed HTTP", "malformed MIME", "malformed chunked", "bad Content-Length", "invalid empty Content-Length",
	"multiple Content-Length headers", "bad trailer key", "invalid Trailer key", "http: suspiciously long trailer",
	"invalid byte in chunk length", "http chunk length too large", "empty hex number for chunk length",
	"chunked line ends with bare LF", "invalid CR in chunked line", "too much non-data", "header line too long", "message too large",
	"unsupported transfer encoding", "too many transfer encodings", "response headers exceeded", "malformed response",
}

// brokenHTTP2 finds what our side says of frames that break HTTP/2; the target's own word is about ours.
var brokenHTTP2 = regexp.MustCompile(`(connection|stream) error: .*(PROTOCOL|COMPRESSION|FLOW_CONTROL|FRAME_SIZE)_ERROR|http2: frame too large`)

// untrusted reports whether a certificate is one of an authority that is not trusted.
func untrusted(err error) bool {
	_, ok := errors.AsType[x509.UnknownAuthorityError](err)
	return ok
}

func timedOut(err error) bool {
	t, ok := errors.AsType[net.Error](err)
	return ok && t.Timeout()
}
