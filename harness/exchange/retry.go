package exchange

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"qorcheck/spec"
)

// Limits of retries.
const (
	MaxWait  = time.Minute // before each retry
	MaxWaits = 3           // retries of one request
)

// Pauses before the first retry; each further one is twice as long.
const (
	lostPause = 250 * time.Millisecond // after a lost connection or a failing gateway
	busyPause = time.Second            // after a 429 that does not say how long
)

// Unavailable reports whether a status says that the target, or a gateway in front of
// it, could not serve a request: 429 and 503, and a 502 or 504 that the operation does
// not document. It is no response of the operation. O is nil for a request of no operation.
func Unavailable(o *spec.Operation, status int) bool {
	switch status {
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		return true
	case http.StatusBadGateway, http.StatusGatewayTimeout:
		return o == nil || !o.DocumentsStatus(status)
	}
	return false
}

// sendWithRetries sends a request, and repeats it up to MaxWaits times while the target
// asks for time, and, where nothing can have come of it, while a gateway fails or
// connections are lost. Once the context has ended nothing more is sent; the response
// to what was sent is waited for, since only it shows what must be removed.
func (c *Client) sendWithRetries(ctx context.Context, request *http.Request, r *Record) {
	for try := 0; ; try++ {
		if err := c.pace.wait(ctx); err != nil {
			c.fail(ctx, r, err)
			return
		}
		r.Started = time.Now()
		writes := r.Writes
		c.send(context.WithoutCancel(ctx), request, r)
		c.pace.answered(r)
		c.load.add(r, r.Answer != nil && Unavailable(c.description.Operation(r.Step.Operation), r.Answer.Status))
		own, all, again := c.pause(r, r.Writes > writes, try)
		if !again || try == MaxWaits {
			return
		}
		if r.Answer != nil {
			r.Waits++
			why := fmt.Sprintf("%s %s was answered %d", r.Method, request.URL.Path, r.Answer.Status)
			c.pace.hold(Pause{min(all, MaxWait), c.redactor.Answer(why)})
			if r.Answer.Status == http.StatusTooManyRequests {
				r.Refused += r.Writes - writes
			}
		}
		r.Answer, r.Failure, r.Began = nil, nil, false
		select {
		case <-time.After(own):
		case <-ctx.Done():
		}
	}
}

// pause reports whether a request is repeated, and how long before that it waits
// itself, and all requests wait. Written says that the last try went out.
func (c *Client) pause(r *Record, written bool, try int) (own, all time.Duration, again bool) {
	safe := r.safe()
	if r.Failure != nil {
		return jittered(lostPause, try), 0, r.Failure.Kind == Network && lost(r.err) && (safe || !written)
	}
	if r.Answer == nil || !Unavailable(c.description.Operation(r.Step.Operation), r.Answer.Status) {
		return 0, 0, false
	}
	asked, says := retryAfter(r.Answer, time.Now())
	switch status := r.Answer.Status; {
	case says && (safe || status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable):
		return jittered(lostPause, try), asked, true
	case status == http.StatusTooManyRequests:
		return jittered(busyPause, try), busyPause, true
	}
	return jittered(lostPause, try), 0, safe // 503 without Retry-After does not promise that a retry will succeed
}

// jittered is the pause before a retry, twice as long each time. It is shortened by up
// to a half at random, so that what failed together does not come again together.
func jittered(first time.Duration, try int) time.Duration {
	longest := first << try
	return longest - rand.N(longest/2)
}

// retryAfter returns for how much time a response asks with its Retry-After, and
// whether it does. A date counts from the response's own.
func retryAfter(a *Answer, now time.Time) (time.Duration, bool) {
	value := strings.TrimSpace(a.Header.Get("Retry-After"))
	if seconds, err := strconv.ParseUint(value, 10, 31); err == nil {
		return time.Duration(seconds) * time.Second, true
	}
	date, err := http.ParseTime(value)
	if err != nil {
		return 0, false
	}
	if at, err := http.ParseTime(a.Header.Get("Date")); err == nil {
		now = at
	}
	return max(date.Sub(now), 0), true
}

// lost reports whether an error is that a connection could not be made or was dropped,
// which may pass. A certificate that is refused, or a host that does not exist, stays so.
func lost(err error) bool {
	if dns, ok := errors.AsType[*net.DNSError](err); ok {
		return dns.IsTemporary
	}
	_, certificate := errors.AsType[*tls.CertificateVerificationError](err)
	_, alert := errors.AsType[tls.AlertError](err)
	_, record := errors.AsType[tls.RecordHeaderError](err)
	_, invalid := errors.AsType[x509.CertificateInvalidError](err)
	_, name := errors.AsType[x509.HostnameError](err)
	return !certificate && !alert && !record && !invalid && !name && !untrusted(err)
}
