package sandbox

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

// hookBody is the answer to a registration. Its id has three names in the
// documentation; all carry the same value.
type hookBody struct {
	plainBody
	ID        string `json:"id,omitempty"`
	HookID    string `json:"hook_id,omitempty"`
	WebhookID string `json:"webhook_id,omitempty"`
}

func addHook(w *work, rq *request) answer {
	h := &hook{
		ID:          newHookID(),
		Merchant:    rq.merchant,
		Name:        rq.text("name"),
		URI:         rq.text("uri"),
		Event:       rq.text("event"),
		HeaderKey:   rq.text("header_key"),
		HeaderValue: rq.text("header_value"),
		Created:     w.now,
	}
	w.change.Hooks = append(w.change.Hooks, h)
	return answer{http.StatusCreated, hookBody{plainBody{"ok", codeApproved, "the webhook was added"}, h.ID, h.ID, h.ID}}
}

// refuseRepeated answers a registration under an idempotency key that was used
// for something else: nothing was added.
func refuseRepeated(*request) answer {
	return answer{http.StatusOK, hookBody{plainBody: plainBody{"error", codeRepeatedKey, reason(codeRepeatedKey)}}}
}

func listHooks(w *work, rq *request) answer {
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
	types, some := rq.query["type"]
	wanted := list(types)
	limit, offset := page(rq)
	d := data{Limit: limit, Offset: offset, Webhooks: []entry{}}
	for _, h := range slices.Backward(w.hooks) {
		if !rq.client.owns(h.Merchant) || some && !slices.Contains(wanted, h.Event) {
			continue
		}
		if d.Count >= offset && len(d.Webhooks) < limit {
			d.Webhooks = append(d.Webhooks, entry{h.ID, h.Event, h.URI, h.Created.UTC().Format(moment)})
		}
		d.Count++
	}
	return answer{http.StatusOK, struct {
		plainBody
		Data data `json:"data"`
	}{plainBody{"ok", codeApproved, fmt.Sprintf("%d found", d.Count)}, d}}
}

func removeHook(w *work, rq *request) answer {
	for _, h := range w.hooks {
		if h.ID == rq.path["hook_id"] && rq.client.owns(h.Merchant) {
			w.change.Removed = append(w.change.Removed, h.ID)
			return answer{http.StatusOK, plainBody{"ok", codeApproved, "the webhook was removed"}}
		}
	}
	return notFound("webhook")
}

// updateHook replaces what is given of a registration.
func updateHook(w *work, rq *request) answer {
	for _, h := range w.hooks {
		if h.ID != rq.text("hook_id") || !rq.client.owns(h.Merchant) {
			continue
		}
		fresh := *h
		for name, field := range map[string]*string{
			"name": &fresh.Name, "uri": &fresh.URI, "header_key": &fresh.HeaderKey, "header_value": &fresh.HeaderValue,
		} {
			if text := rq.text(name); strings.TrimSpace(text) != "" {
				*field = text
			}
		}
		switch rq.text("active") {
		case "0", "false":
			fresh.Off = true
		case "1", "true":
			fresh.Off = false
		}
		switch rq.text("run_pause") {
		case "pause":
			fresh.Held = true
		case "run":
			fresh.Held = false
		}
		w.change.Hooks = append(w.change.Hooks, &fresh)
		return answer{http.StatusOK, hookBody{plainBody{"ok", codeApproved, "the webhook was changed"}, h.ID, h.ID, h.ID}}
	}
	return notFound("webhook")
}

func newHookID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	return "hook_" + hex.EncodeToString(b[:])
}
