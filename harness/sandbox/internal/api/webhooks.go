package api

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

func (s *Server) webhooks() map[string]service {
	return map[string]service{
		"webhooks-create": {handle: addHook, repeated: refuseRepeated},
		"webhooks-update": {handle: updateHook},
		"webhooks_list":   {handle: listHooks},
		"webhooks-remove": {handle: removeHook},
	}
}

// webhookBody is the response to a registration. Its id has three names in the
// documentation; all carry the same value.
type webhookBody struct {
	StatusBody
	ID        string `json:"id,omitempty"`
	HookID    string `json:"hook_id,omitempty"`
	WebhookID string `json:"webhook_id,omitempty"`
}

func addHook(w *Work, rq *Request) Response {
	h := &Webhook{
		ID:          newHookID(),
		Merchant:    rq.Merchant,
		Name:        rq.Text("name"),
		URI:         rq.Text("uri"),
		Event:       rq.Text("event"),
		HeaderKey:   rq.Text("header_key"),
		HeaderValue: rq.Text("header_value"),
		Created:     w.Now,
	}
	w.Change.Hooks = append(w.Change.Hooks, h)
	return Response{http.StatusCreated, webhookBody{StatusBody{"ok", CodeApproved, "the webhook was added"}, h.ID, h.ID, h.ID}}
}

// refuseRepeated answers a registration under an idempotency key that was used
// for something else: nothing was added.
func refuseRepeated(*Request) Response {
	return Response{http.StatusOK, webhookBody{StatusBody: StatusBody{"error", CodeRepeatedKey, Reason(CodeRepeatedKey)}}}
}

func listHooks(w *Work, rq *Request) Response {
	type entry struct {
		ID       string `json:"webhook_id"`
		Type     string `json:"type"`
		Endpoint string `json:"endpoint"`
		Created  string `json:"created"`
	}
	type data struct {
		Count    int     `json:"count"`
		Limit    int     `json:"limit"`
		Offset   int     `json:"offset"`
		Webhooks []entry `json:"webhooks"`
	}
	types, some := rq.Query["type"]
	wanted := splitList(types)
	limit, offset := page(rq)
	d := data{Limit: limit, Offset: offset, Webhooks: []entry{}}
	for _, h := range slices.Backward(w.Hooks) {
		if !rq.Client.owns(h.Merchant) || some && !slices.Contains(wanted, h.Event) {
			continue
		}
		if d.Count >= offset && len(d.Webhooks) < limit {
			d.Webhooks = append(d.Webhooks, entry{h.ID, h.Event, h.URI, h.Created.UTC().Format(timeFormat)})
		}
		d.Count++
	}
	return Response{http.StatusOK, struct {
		StatusBody
		Data data `json:"data"`
	}{StatusBody{"ok", CodeApproved, fmt.Sprintf("%d found", d.Count)}, d}}
}

func removeHook(w *Work, rq *Request) Response {
	for _, h := range w.Hooks {
		if h.ID == rq.Path["hook_id"] && rq.Client.owns(h.Merchant) {
			w.Change.Removed = append(w.Change.Removed, h.ID)
			return Response{http.StatusOK, StatusBody{"ok", CodeApproved, "the webhook was removed"}}
		}
	}
	return notFound("webhook")
}

// updateHook replaces what is given of a registration.
func updateHook(w *Work, rq *Request) Response {
	for _, h := range w.Hooks {
		if h.ID != rq.Text("hook_id") || !rq.Client.owns(h.Merchant) {
			continue
		}
		fresh := *h
		for name, field := range map[string]*string{
			"name": &fresh.Name, "uri": &fresh.URI, "header_key": &fresh.HeaderKey, "header_value": &fresh.HeaderValue,
		} {
			if text := rq.Text(name); strings.TrimSpace(text) != "" {
				*field = text
			}
		}
		switch rq.Text("active") {
		case "0", "false":
			fresh.Off = true
		case "1", "true":
			fresh.Off = false
		}
		switch rq.Text("run_pause") {
		case "pause":
			fresh.Held = true
		case "run":
			fresh.Held = false
		}
		w.Change.Hooks = append(w.Change.Hooks, &fresh)
		return Response{http.StatusOK, webhookBody{StatusBody{"ok", CodeApproved, "the webhook was changed"}, h.ID, h.ID, h.ID}}
	}
	return notFound("webhook")
}

func newHookID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	return "hook_" + hex.EncodeToString(b[:])
}
