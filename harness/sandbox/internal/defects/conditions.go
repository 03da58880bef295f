package defects

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"qorcheck/harness/sandbox/internal/api"
)

// condition reports whether a defect touches an exchange.
type condition = func(*exchange) bool

func always(*exchange) bool { return true }

// all holds where each of several conditions does.
func all[T any](conditions ...func(T) bool) func(T) bool {
	return func(x T) bool {
		return !slices.ContainsFunc(conditions, func(holds func(T) bool) bool { return !holds(x) })
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

// succeeded holds for answers of an operation that carried the request out.
func succeeded(operation string) condition {
	return all(is(operation), answered(http.StatusOK, http.StatusCreated))
}

// saying holds for answers that have a word in a field.
func saying(field, word string) condition {
	return func(x *exchange) bool { return x.answer()[field] == word }
}

// The outcomes of payments.
var (
	wasApproved = saying("resultCode", api.Authorised)
	wasRefused  = saying("resultCode", api.Refused)
	wasFailed   = saying("resultCode", api.Failed)
	notFound    = all(answered(http.StatusNotFound), saying("code", api.CodeNotFound))
)

// keyless holds for requests that lack a key.
func keyless(x *exchange) bool {
	app, client := x.keys()
	return strings.TrimSpace(app) == "" || strings.TrimSpace(client) == ""
}

// keysOf holds for requests with the keys of a role.
func keysOf(role string) condition {
	return func(x *exchange) bool { return x.role() == role }
}

// keysLike holds for requests whose keys resemble valid ones, both of them.
func keysLike(resemble func(given, valid string) bool) condition {
	return func(x *exchange) bool {
		app, client := x.keys()
		valid := x.server.Fixtures.Credentials["valid"]
		return resemble(app, valid.App) && resemble(client, valid.Client)
	}
}

// merchant holds for requests in a merchant's name.
func merchant(name string) condition {
	return func(x *exchange) bool { return x.text("mid") == x.server.Fixtures.Merchants[name] }
}

// keyed holds for requests with an idempotency key.
func keyed(x *exchange) bool { return x.idempotencyKey() != "" }

// malformed holds for requests that would be refused with 400 if they had keys. It has no effect.
func malformed(x *exchange) bool {
	again := &http.Request{Method: x.Method, URL: &url.URL{Path: x.URL.Path, RawPath: x.URL.RawPath, RawQuery: x.URL.RawQuery}, Header: x.Header.Clone()}
	copied := *x
	copied.Request = again
	withKeys("valid")(&copied)
	again.Body = readable(x.sent)
	_, _, refused := x.server.Accept(again)
	return refused != nil && refused.Status == http.StatusBadRequest
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

// long holds for a text of a length.
func long(length int) func(any, bool) bool {
	return func(value any, _ bool) bool {
		text, _ := value.(string)
		return len(text) == length
	}
}

// noAmount holds for a value that is no amount.
func noAmount(value any, there bool) bool {
	text, ok := value.(string)
	if !ok {
		return there
	}
	_, good := api.ParseAmount(text)
	return !good
}

func given(_ any, there bool) bool   { return there }
func missing(_ any, there bool) bool { return !there }
